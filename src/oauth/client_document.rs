//! Client ID metadata documents: a client's `client_id` is the https URL of a document that describes it (draft
//! "OAuth Client ID Metadata Document", as MCP 2026-07-28, Basic, Authorization requires it).

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use http::StatusCode;
use http::header::ACCEPT;
use moka::sync::Cache;
use serde_json::{Map, Value};
use url::Url;

use super::rate_limit::RateLimit;
use super::register::clean_name;
use crate::clock::Clock;
use crate::registry::{MOST_REDIRECT_URIS, RedirectUri};
use crate::upstream::{BoundedClient, BoundedRequestError};

/// The fetches that one address may cause in a minute.
const FETCHES_PER_ADDRESS: u32 = 10;
/// The fetches that all addresses together may cause in a minute.
const FETCHES: u32 = 100;
/// The number of documents that are held, of at most a few kilobytes each.
const CACHED: u64 = 1000;
/// The time for which a document is held.
const CACHED_FOR: Duration = Duration::from_hours(1);
/// The longest `client_id`, in bytes.
const LONGEST_URL: usize = 500;

/// A client as its document describes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct DocumentedClient {
    pub(super) name: String,
    pub(super) redirect_uris: Vec<RedirectUri>,
}

/// The reason why a client could not be identified by its document.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum ClientDocumentError {
    #[error("the client ID is not an https URL with a path")]
    Url,
    #[error("too many clients were looked up: try again in a minute")]
    TooMany,
    #[error("the document cannot be fetched: {0}")]
    Fetch(BoundedRequestError),
    #[error("the document cannot be fetched: the address cannot be reached")]
    Unreachable,
    #[error("the document cannot be fetched: the response has the status {0}")]
    Status(u16),
    #[error("the document is not valid: {0}")]
    Invalid(&'static str),
}

/// The documents of clients.
pub(super) struct ClientDocuments {
    client: BoundedClient,
    cache: Cache<String, Arc<DocumentedClient>>,
    per_address: RateLimit,
    in_total: RateLimit,
}

impl ClientDocuments {
    pub(super) fn new(client: BoundedClient, clock: Clock) -> Self {
        let minute = Duration::from_mins(1);
        Self {
            client,
            cache: Cache::builder().max_capacity(CACHED).time_to_live(CACHED_FOR).build(),
            per_address: RateLimit::new(FETCHES_PER_ADDRESS, minute, clock.clone()),
            in_total: RateLimit::new(FETCHES, minute, clock),
        }
    }

    /// Returns true if documents can be fetched.
    pub(super) fn are_usable(&self) -> bool {
        self.client.is_usable()
    }

    /// Returns the client that the document at `client_id` describes. `peer` asks for it.
    pub(super) async fn get(
        &self,
        client_id: &str,
        peer: Option<IpAddr>,
    ) -> Result<Arc<DocumentedClient>, ClientDocumentError> {
        if let Some(client) = self.cache.get(client_id) {
            return Ok(client);
        }
        let url = parse_client_id(client_id).ok_or(ClientDocumentError::Url)?;
        if self.per_address.admit(peer).is_err() || self.in_total.admit(None).is_err() {
            return Err(ClientDocumentError::TooMany);
        }
        let document = self.fetch(&url).await?;
        let text = std::str::from_utf8(&document).map_err(|_| ClientDocumentError::Invalid("it is not UTF-8"))?;
        let document =
            strict_json::object(text).map_err(|_| ClientDocumentError::Invalid("it is not a JSON object"))?;
        let client = Arc::new(read_document(client_id, &document).map_err(ClientDocumentError::Invalid)?);
        self.cache.insert(client_id.to_owned(), Arc::clone(&client));
        Ok(client)
    }

    async fn fetch(&self, url: &Url) -> Result<Vec<u8>, ClientDocumentError> {
        let request = http::Request::get(url.as_str()).header(ACCEPT, "application/json").body(Vec::new());
        let response = self.client.send(request.map_err(|_| ClientDocumentError::Url)?).await;
        match response {
            Ok(response) if response.status() == StatusCode::OK => Ok(response.into_body()),
            Ok(response) => Err(ClientDocumentError::Status(response.status().as_u16())),
            // The cause describes the network of this server, which is not for strangers.
            Err(BoundedRequestError::Unreachable(cause)) => {
                tracing::info!(host = url.host_str(), cause, "failed to fetch the document of a client");
                Err(ClientDocumentError::Unreachable)
            }
            Err(error) => Err(ClientDocumentError::Fetch(error)),
        }
    }
}

/// The URL of a document: with a path, without a fragment, user name, password or dot segments. The host is checked when it is
/// fetched.
pub(super) fn parse_client_id(client_id: &str) -> Option<Url> {
    let url = Url::parse(client_id).ok().filter(|_| client_id.len() <= LONGEST_URL)?;
    let is_plain = matches!(url.scheme(), "https" | "http")
        && url.fragment().is_none()
        && url.username().is_empty()
        && url.password().is_none()
        && url.path() != "/"
        // A URL that is written in another way than it is sent names two things.
        && url.as_str() == client_id;
    is_plain.then_some(url)
}

/// Reads the document of `client_id`.
fn read_document(client_id: &str, document: &Map<String, Value>) -> Result<DocumentedClient, &'static str> {
    let text = |name: &str| document.get(name).and_then(Value::as_str);
    if text("client_id") != Some(client_id) {
        return Err("its `client_id` is not its own URL");
    }
    if document.contains_key("client_secret")
        || text("token_endpoint_auth_method").is_some_and(|m| m.contains("secret"))
    {
        return Err("a public document cannot hold a secret");
    }
    let uris = document.get("redirect_uris").and_then(Value::as_array).ok_or("it has no list `redirect_uris`")?;
    if uris.is_empty() || uris.len() > MOST_REDIRECT_URIS {
        return Err("it has no `redirect_uris`, or too many");
    }
    let uris = uris.iter().map(|uri| uri.as_str().and_then(|uri| RedirectUri::parse(uri).ok()));
    let redirect_uris = uris.collect::<Option<Vec<_>>>().ok_or("one of its `redirect_uris` is not accepted")?;
    let name = text("client_name").and_then(clean_name).ok_or("it has no `client_name`")?;
    Ok(DocumentedClient { name, redirect_uris })
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use serde_json::json;

    use super::*;

    const ID: &str = "https://claude.ai/oauth/mcp-client";

    fn read(document: &Value) -> Result<DocumentedClient, &'static str> {
        read_document(ID, document.as_object().unwrap())
    }

    #[test]
    fn a_client_id_is_a_plain_url_with_a_path() {
        for id in [ID, "https://app.example:8443/client.json?v=1"] {
            assert!(parse_client_id(id).is_some(), "{id}");
        }
        for id in [
            "https://claude.ai",
            "https://claude.ai/",
            "https://claude.ai/x#y",
            "https://user@claude.ai/x",
            "https://claude.ai/a/../x",
            "https://CLAUDE.ai/x",
            "https://claude.ai:443/x",
            "ftp://claude.ai/x",
            "claude",
            &format!("https://claude.ai/{}", "x".repeat(LONGEST_URL)),
        ] {
            assert!(parse_client_id(id).is_none(), "{id}");
        }
    }

    #[test]
    fn a_document_describes_its_own_client() {
        let valid = json!({
            "client_id": ID,
            "client_name": "Claude",
            "redirect_uris": ["https://claude.ai/api/mcp/auth_callback", "http://localhost/callback"],
            "token_endpoint_auth_method": "none",
            "logo_uri": "https://claude.ai/logo.png",
        });
        assert_eq!(read(&valid).unwrap().name, "Claude");
        for (key, value) in [
            ("client_id", json!("https://evil.example/client")),
            ("client_id", Value::Null),
            ("client_name", Value::Null),
            ("redirect_uris", json!([])),
            ("redirect_uris", json!("https://claude.ai/cb")),
            ("redirect_uris", json!(["https://claude.ai/cb", "http://evil.example/cb"])),
            ("token_endpoint_auth_method", json!("client_secret_post")),
            ("client_secret", json!("secret")),
        ] {
            let mut document = valid.clone();
            document.as_object_mut().unwrap().insert(key.to_owned(), value);
            assert!(read(&document).is_err(), "{document}");
        }
    }
}
