//! Clients: finding the one that a request names, and authenticating it (OAuth 2.1, sections 2.3 and 2.4).

use std::net::IpAddr;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::HeaderMap;
use http::header::AUTHORIZATION;
use percent_encoding::percent_decode_str;
use url::Url;
use uuid::Uuid;

use super::AuthorizationServer;
use super::client_document::{ClientDocumentError, parse_client_id};
use super::error::OauthError;
use super::parameters::Parameters;
use crate::registry::RedirectUri;
use crate::store::StoreError;

/// A client that wants a user's authorization.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Client {
    /// Its `client_id`.
    pub(super) id: String,
    /// The name that it gives itself, or that an operator gave it.
    pub(super) name: String,
    /// The host that owns it, if its `client_id` proves that.
    pub(super) host: Option<String>,
    /// The addresses to which users may return.
    pub(super) redirect_uris: Vec<RedirectUri>,
    /// The only server that it may use, if it is bound to one.
    pub(super) server_id: Option<Uuid>,
}

/// The reason why there is no such client.
#[derive(Debug, thiserror::Error)]
pub(super) enum UnknownClient {
    #[error("This server does not know the client. Remove the connection in the client and add it again.")]
    Unregistered,
    #[error("The client cannot be identified: {0}.")]
    Document(#[from] ClientDocumentError),
    #[error("The store is not available at the moment: try again in a few seconds.")]
    Store(#[from] StoreError),
}

impl AuthorizationServer {
    /// Returns the client that an authorization request of `peer` names.
    pub(super) async fn client(&self, client_id: &str, peer: Option<IpAddr>) -> Result<Client, UnknownClient> {
        let Ok(id) = Uuid::try_parse(client_id) else {
            let document = self.0.documents.get(client_id, peer).await?;
            let host = Url::parse(client_id).ok().and_then(|url| url.host_str().map(str::to_owned));
            return Ok(Client {
                id: client_id.to_owned(),
                name: document.name.clone(),
                host,
                redirect_uris: document.redirect_uris.clone(),
                server_id: None,
            });
        };
        let row = self.0.registry.store().oauth_client(id).await?.ok_or(UnknownClient::Unregistered)?;
        let redirect_uris = row.redirect_uris.0.iter().filter_map(|uri| RedirectUri::parse(uri).ok()).collect();
        Ok(Client { id: id.to_string(), name: row.name, host: None, redirect_uris, server_id: row.server_id })
    }

    /// Authenticates the client of a request for tokens. Returns its `client_id`.
    pub(super) async fn authenticated_client(
        &self,
        headers: &HeaderMap,
        parameters: &Parameters,
        peer: Option<IpAddr>,
    ) -> Result<String, OauthError> {
        let Credentials { id, secret } = Credentials::of_request(headers, parameters)?;
        let Ok(id) = Uuid::try_parse(&id) else {
            // A client with a metadata document is public. The document was read when its user agreed.
            let is_documented = secret.is_none() && parse_client_id(&id).is_some();
            return if is_documented { Ok(id) } else { Err(OauthError::invalid_client()) };
        };
        self.0.secrets.delay(peer).await;
        let row = self.0.registry.store().oauth_client(id).await.map_err(|error| OauthError::unavailable(&error))?;
        let is_authentic = match (&row, secret) {
            (Some(row), Some(secret)) => self.0.registry.is_secret_of(row, &secret),
            (Some(row), None) => row.secret_hash.is_none(),
            (None, _) => false,
        };
        if is_authentic {
            return Ok(id.to_string());
        }
        match self.0.secrets.count_failure(peer) {
            Some(wait) => Err(OauthError::too_many_requests(wait)),
            None => Err(OauthError::invalid_client()),
        }
    }
}

/// The credentials of a client.
#[derive(Debug, PartialEq, Eq)]
struct Credentials {
    id: String,
    secret: Option<String>,
}

impl Credentials {
    /// Reads them from the header `Authorization: Basic` or from the parameters (RFC 6749, section 2.3.1). One request has one
    /// of them only.
    fn of_request(headers: &HeaderMap, parameters: &Parameters) -> Result<Self, OauthError> {
        let secret = parameters.get("client_secret");
        match (headers.get(AUTHORIZATION), parameters.get("client_id")) {
            (Some(header), id) => {
                let basic = header.to_str().ok().and_then(decode_basic).ok_or_else(OauthError::invalid_client)?;
                if secret.is_some() || id.is_some_and(|id| id != basic.id) {
                    return Err(OauthError::invalid_request("The client authenticates itself in more than one way."));
                }
                Ok(basic)
            }
            (None, Some(id)) => Ok(Self { id: id.to_owned(), secret: secret.map(str::to_owned) }),
            (None, None) => Err(OauthError::invalid_request("The parameter client_id is missing.")),
        }
    }
}

fn decode_basic(header: &str) -> Option<Credentials> {
    let (scheme, encoded) = header.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let decoded = String::from_utf8(STANDARD.decode(encoded.trim()).ok()?).ok()?;
    let (id, secret) = decoded.split_once(':')?;
    // Both parts are form-encoded first. Identifiers and secrets of this server contain no `+` and no space.
    let decode = |part: &str| percent_decode_str(part).decode_utf8().ok().map(std::borrow::Cow::into_owned);
    let secret = decode(secret)?;
    Some(Credentials { id: decode(id)?, secret: (!secret.is_empty()).then_some(secret) })
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::*;

    fn credentials(header: Option<&str>, form: &str) -> Result<(String, Option<String>), &'static str> {
        let mut headers = HeaderMap::new();
        if let Some(header) = header {
            headers.insert(AUTHORIZATION, header.parse().unwrap());
        }
        let parameters = Parameters::parse(form.as_bytes()).unwrap();
        let read = Credentials::of_request(&headers, &parameters);
        read.map(|credentials| (credentials.id, credentials.secret)).map_err(|error| error.code)
    }

    #[test]
    fn a_client_authenticates_itself_in_one_way() {
        let basic = |text: &str| format!("Basic {}", STANDARD.encode(text));
        let (id, secret) = (|| "a".to_owned(), || Some("s:1".to_owned()));
        assert_eq!(credentials(None, "client_id=a"), Ok((id(), None)));
        assert_eq!(credentials(None, "client_id=a&client_secret="), Ok((id(), None)));
        assert_eq!(credentials(None, "client_id=a&client_secret=s:1"), Ok((id(), secret())));
        assert_eq!(credentials(Some(&basic("a:s%3A1")), ""), Ok((id(), secret())));
        assert_eq!(credentials(Some(&basic("a:s:1")), "client_id=a"), Ok((id(), secret())));
        assert_eq!(credentials(Some(&basic("a:")), ""), Ok((id(), None)));
        assert_eq!(credentials(Some(&basic("a:s")), "client_secret=s"), Err("invalid_request"));
        assert_eq!(credentials(Some(&basic("a:s")), "client_id=b"), Err("invalid_request"));
        assert_eq!(credentials(Some("Bearer x"), "client_id=a"), Err("invalid_client"));
        assert_eq!(credentials(Some("Basic ???"), ""), Err("invalid_client"));
        assert_eq!(credentials(None, ""), Err("invalid_request"));
    }
}
