//! From a [`Request`] to a [`UpstreamReply`]: one HTTP exchange with the API.
//!
//! It sends once: no retry, no redirect, no cookie. It decides nothing about a reply but whether it is all there;
//! what a status means is for [`outcome`](crate::outcome) to say.

mod account;
mod attachment;
mod connections;
mod failure;
mod ratelimit;
mod upload;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use http::header::{ACCEPT, CONTENT_TYPE};
use tool_runtime::api::ApiDef;
use tool_runtime::request::{HttpMethod, Request, RequestBody};

pub use self::account::{Account, AccountError, base_url, example_base_url, placeholder};
pub use self::attachment::Attachment;
pub(crate) use self::attachment::upload_bytes;
pub use self::connections::ClientError;
use self::connections::Connections;
pub use self::failure::{BodyFault, SendError, Step};
pub use self::ratelimit::{RateLimit, rate_limit};
pub use self::upload::Upload;

/// The longest address that the HTTP client can send, in bytes.
const LONGEST_ADDRESS: usize = u16::MAX as usize - 1;

/// How the client behaves.
#[derive(Clone, Debug)]
pub struct Options {
    /// PEM file with certificates to trust besides the system's.
    pub ca_file: Option<PathBuf>,
    /// Time to find a host, connect to it and agree on TLS.
    pub connect_timeout: Duration,
    /// Time for a whole exchange. What is uploaded adds to it.
    pub total_timeout: Duration,
    /// How long an unused connection is kept.
    pub idle_timeout: Duration,
    /// The longest reply, decompressed.
    pub max_reply_bytes: usize,
    /// The most that one request uploads.
    pub max_upload_bytes: u64,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            ca_file: None,
            connect_timeout: Duration::from_secs(10),
            total_timeout: Duration::from_mins(1),
            // Shorter than servers usually wait: whoever closes first must be us, or a call now and then meets a
            // connection that is just being closed, and calls are not repeated.
            idle_timeout: Duration::from_secs(45),
            max_reply_bytes: 10_000_000,
            max_upload_bytes: 25_000_000,
        }
    }
}

/// What came back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UpstreamReply {
    /// The HTTP status.
    pub status: u16,
    /// What its headers say of the rate limit.
    pub ratelimit: RateLimit,
    /// Its media type, as the header has it.
    pub content_type: Option<String>,
    /// Its body, decompressed. Of anything but a success only the beginning, and that as far as it arrived.
    pub body: Bytes,
}

/// The HTTP client of the process. Cheap to clone; clones share their connections.
#[derive(Clone, Debug)]
pub struct UpstreamClient {
    connections: Connections,
    options: Arc<Options>,
}

impl UpstreamClient {
    /// A client that has not connected to anything yet. `HTTPS_PROXY`, `HTTP_PROXY` and `NO_PROXY` are honoured,
    /// except for what is on this machine.
    pub fn new(options: Options) -> Result<Self, ClientError> {
        Ok(Self { connections: Connections::new(&options)?, options: Arc::new(options) })
    }

    /// The proxy on the way to `account`, by its host and port.
    pub fn proxy_towards(&self, account: &Account) -> Option<String> {
        if account.is_loopback() { None } else { connections::proxy_for(account.base_url().as_str()) }
    }

    /// Sends `request`, with `attachments` as its files, to the API of `account`, and counts in `upload` what is sent
    /// of these. Dropping the future drops the exchange.
    pub async fn send(
        &self,
        account: &Account,
        api: &ApiDef,
        request: Request,
        attachments: Vec<Attachment>,
        upload: &Upload,
    ) -> Result<UpstreamReply, SendError> {
        let url = account.address(&request).ok_or(SendError::Unsendable("its path leads out of the API"))?;
        if url.as_str().len() > LONGEST_ADDRESS {
            return Err(SendError::AddressTooLong { bytes: url.as_str().len(), limit: LONGEST_ADDRESS });
        }
        let key = account.authorization(api.auth).ok_or(SendError::Unsendable("the key cannot be in a header"))?;
        let bytes = upload_bytes(request.body(), &attachments);
        if bytes > self.options.max_upload_bytes {
            return Err(SendError::UploadTooLarge { bytes, limit: self.options.max_upload_bytes });
        }
        let allowed = self.time_for(bytes);
        let outgoing = self
            .connections
            .towards(account.is_loopback())
            .map_err(|_| SendError::Unsendable("the HTTP client cannot be set up"))?
            .request(method(request.method()), url)
            .header(ACCEPT, "application/json, text/plain, */*")
            .header(api.auth.header, key)
            .timeout(allowed);
        let failed = |error: reqwest::Error| failure::of_sending(&error, account.host(), allowed);
        let outgoing = match request.into_body() {
            RequestBody::Empty => outgoing,
            RequestBody::Json(json) => outgoing.header(CONTENT_TYPE, "application/json").body(json),
            RequestBody::Form(form) => {
                outgoing.multipart(attachment::multipart(form, attachments, upload).map_err(failed)?)
            }
        };
        let response = outgoing.send().await.map_err(failed)?;

        let status = response.status();
        let ratelimit = rate_limit(&api.rate_limit, response.headers(), SystemTime::now());
        let content_type = response.headers().get(CONTENT_TYPE);
        let content_type = content_type.and_then(|value| value.to_str().ok()).map(str::to_owned);
        let body = if status.is_success() {
            whole_body(response, self.options.max_reply_bytes, allowed)
                .await
                .map_err(|fault| SendError::Unfinished { status: status.as_u16(), ratelimit, fault })?
        } else {
            beginning(response).await
        };
        Ok(UpstreamReply { status: status.as_u16(), ratelimit, content_type, body })
    }

    /// The time for an exchange that uploads so many bytes: more for more, at a rate that a poor line still has.
    fn time_for(&self, upload: u64) -> Duration {
        const BYTES_PER_SECOND: u64 = 128 * 1024;
        self.options.total_timeout + Duration::from_secs(upload / BYTES_PER_SECOND)
    }
}

/// The body of a success: all of it, or what is wrong with it. Memory is bounded by `limit`, whatever a compressed
/// body unfolds to.
async fn whole_body(mut response: reqwest::Response, limit: usize, allowed: Duration) -> Result<Bytes, BodyFault> {
    let announced = response.content_length().and_then(|length| usize::try_from(length).ok()).unwrap_or(0);
    if announced > limit {
        return Err(BodyFault::TooLarge(limit));
    }
    let mut body = Vec::with_capacity(announced);
    while let Some(chunk) = response.chunk().await.map_err(|error| failure::of_body(&error, allowed))? {
        if body.len() + chunk.len() > limit {
            return Err(BodyFault::TooLarge(limit));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body.into())
}

/// As much of an error's body as an explanation can need: it is found only in a body that is whole. That one breaks off
/// matters less than the status before it.
async fn beginning(mut response: reqwest::Response) -> Bytes {
    const ENOUGH: usize = 1024 * 1024;
    let mut body = Vec::new();
    while let Ok(Some(chunk)) = response.chunk().await {
        if body.len() + chunk.len() > ENOUGH {
            break;
        }
        body.extend_from_slice(&chunk);
    }
    body.into()
}

fn method(method: HttpMethod) -> http::Method {
    match method {
        HttpMethod::Get => http::Method::GET,
        HttpMethod::Post => http::Method::POST,
        HttpMethod::Put => http::Method::PUT,
        HttpMethod::Patch => http::Method::PATCH,
        HttpMethod::Delete => http::Method::DELETE,
    }
}

#[cfg(test)]
mod tests;
