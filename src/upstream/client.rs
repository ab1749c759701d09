//! Sending a request and reading its reply, with all limits.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use http::header::{ACCEPT, ACCEPT_ENCODING, CONTENT_TYPE};
use tokio::time::Instant;
use tool_runtime::api::ApiDef;
use tool_runtime::request::{HttpMethod, Request, RequestBody};

use super::account::Account;
use super::attachment::{self, Attachment, upload_bytes};
use super::connections::{self, Connections};
use super::content_coding::{self, BodyDecoder};
use super::failure::{self, ReplyBodyError, SendError};
use super::lazy_client::{TrustedCertificates, UpstreamSetupError};
use super::options::{CallSizes, UpstreamOptions};
use super::ratelimit::{RateLimit, rate_limit};
use super::upload::UploadProgress;

/// The maximum length of a URL that the HTTP client can send, in bytes: `http::Uri` stores lengths as `u16`.
const MAX_URL_LENGTH: usize = u16::MAX as usize - 1;

/// The API's reply.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UpstreamReply {
    /// The HTTP status.
    pub status: u16,
    /// The rate-limit facts in the headers.
    pub ratelimit: RateLimit,
    /// The value of the `Content-Type` header, if it is ASCII.
    pub content_type: Option<String>,
    /// The body, decompressed. If the status is not 2xx, only its beginning, as far as it arrived.
    pub body: Bytes,
}

/// The call that a request belongs to.
#[derive(Clone, Copy, Debug)]
pub struct CallInProgress<'p> {
    /// The time since which the caller has been waiting.
    pub since: Instant,
    /// The progress of the call's files, which is reported here.
    pub progress: &'p UploadProgress,
}

/// The HTTP client of the process. Cheap to clone; clones share their connections.
#[derive(Clone, Debug)]
pub struct UpstreamClient {
    connections: Connections,
    certificates: TrustedCertificates,
    options: Arc<UpstreamOptions>,
}

impl UpstreamClient {
    /// Creates a client without connecting to anything. It honours `HTTPS_PROXY`, `HTTP_PROXY` and `NO_PROXY`, but never
    /// uses a proxy for loopback addresses.
    ///
    /// # Errors
    ///
    /// If the CA file cannot be used.
    pub fn new(options: UpstreamOptions) -> Result<Self, UpstreamSetupError> {
        let certificates = match &options.ca_file {
            Some(path) => TrustedCertificates::read(path)?,
            None => TrustedCertificates::default(),
        };
        let connections = Connections::new(&options, &certificates);
        Ok(Self { connections, certificates, options: Arc::new(options) })
    }

    /// Returns the certificates that are trusted in addition to the system's, for the other clients of the process.
    pub fn certificates(&self) -> TrustedCertificates {
        self.certificates.clone()
    }

    /// Returns the host and port of the proxy by which `account` is reached, if there is one.
    pub(crate) fn proxy_towards(account: &Account) -> Option<String> {
        if account.is_loopback() { None } else { connections::proxy_for(account.base_url().as_str()) }
    }

    /// Returns the maximum sizes of a call.
    pub fn call_sizes(&self) -> CallSizes {
        self.options.call_sizes()
    }

    /// Sends `request`, with `attachments` as its files, to the API of `account`, as a part of `call`. Dropping the future
    /// drops the exchange.
    ///
    /// # Errors
    ///
    /// If there is no whole reply. The variants of [`SendError`] distinguish whether the request may have been carried
    /// out.
    pub async fn send(
        &self,
        account: &Account,
        api: &ApiDef,
        request: Request,
        attachments: Vec<Attachment>,
        call: CallInProgress<'_>,
    ) -> Result<UpstreamReply, SendError> {
        self.options.hosts.check(account.base_url()).map_err(SendError::HostRefused)?;
        let url = account.url_of(&request).ok_or(SendError::Unsendable("its path leads out of the API"))?;
        if url.as_str().len() > MAX_URL_LENGTH {
            return Err(SendError::UrlTooLong { bytes: url.as_str().len(), limit: MAX_URL_LENGTH });
        }
        let key = account.authorization(api.auth).ok_or(SendError::Unsendable("the key cannot be sent in a header"))?;
        let bytes = upload_bytes(request.body(), &attachments);
        if bytes > self.options.max_upload_bytes {
            return Err(SendError::UploadTooLarge { bytes, limit: self.options.max_upload_bytes });
        }
        let timeout = self.options.call_timeout;
        let left = (call.since + timeout).saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Err(SendError::NoTimeLeft { limit: timeout });
        }
        let connections = self.connections.towards(account.is_loopback()).map_err(|error| {
            tracing::error!(%error, "failed to set up the HTTP client");
            SendError::Unsendable("the HTTP client cannot be set up")
        })?;
        let outgoing = connections
            .request(http_method(request.method()), url)
            .header(ACCEPT, "application/json, text/plain, */*")
            .header(ACCEPT_ENCODING, content_coding::ACCEPTED)
            .header(api.auth.header, key)
            .timeout(left);
        let send_error = |error: reqwest::Error| failure::error_before_reply(&error, account.host(), timeout);
        let outgoing = match request.into_body() {
            RequestBody::Empty => outgoing,
            RequestBody::Json(json) => outgoing.header(CONTENT_TYPE, "application/json").body(json),
            RequestBody::Form(form) => {
                outgoing.multipart(attachment::multipart(form, attachments, call.progress).map_err(send_error)?)
            }
        };
        let response = outgoing.send().await.map_err(send_error)?;

        let status = response.status();
        let ratelimit = rate_limit(&api.rate_limit, response.headers(), SystemTime::now());
        let content_type = response.headers().get(CONTENT_TYPE);
        let content_type = content_type.and_then(|value| value.to_str().ok()).map(str::to_owned);
        let body =
            if status.is_success() {
                read_body(response, self.options.max_reply_bytes, timeout)
                    .await
                    .map_err(|error| SendError::Incomplete { status: status.as_u16(), ratelimit, error })?
            } else {
                read_beginning(response).await
            };
        Ok(UpstreamReply { status: status.as_u16(), ratelimit, content_type, body })
    }
}

/// Reads the whole body of a success. Memory is bounded by `limit`, however large a compressed body becomes.
async fn read_body(mut response: reqwest::Response, limit: usize, timeout: Duration) -> Result<Bytes, ReplyBodyError> {
    if response.content_length().is_some_and(|announced| announced > limit as u64) {
        return Err(ReplyBodyError::TooLarge(limit));
    }
    // An announced length is within the limit, and the call has reserved the limit.
    let announced = response.content_length().and_then(|length| usize::try_from(length).ok()).unwrap_or_default();
    let mut body = BodyDecoder::new(response.headers(), limit)?.expecting(announced);
    while let Some(chunk) = response.chunk().await.map_err(|error| failure::error_in_body(&error, timeout))? {
        body.write(&chunk)?;
    }
    body.finish().map(Bytes::from)
}

/// Reads the beginning of an error's body, in which an explanation is looked for. A body that is cut off or cannot be
/// decoded is not an error here, because the status before it matters more.
async fn read_beginning(mut response: reqwest::Response) -> Bytes {
    const MAX_BYTES: usize = 1024 * 1024;
    let Ok(mut body) = BodyDecoder::new(response.headers(), MAX_BYTES) else { return Bytes::new() };
    while let Ok(Some(chunk)) = response.chunk().await {
        if body.write(&chunk).is_err() {
            break;
        }
    }
    body.into_beginning().into()
}

fn http_method(method: HttpMethod) -> http::Method {
    match method {
        HttpMethod::Get => http::Method::GET,
        HttpMethod::Post => http::Method::POST,
        HttpMethod::Put => http::Method::PUT,
        HttpMethod::Patch => http::Method::PATCH,
        HttpMethod::Delete => http::Method::DELETE,
    }
}
