//! Registration of clients by themselves (RFC 7591).

use axum::Json;
use axum::extract::{Request, State};
use axum::response::{IntoResponse as _, Response};
use http::StatusCode;
use mcp_server::http::{Problem, peer_address, read_body};
use secrecy::ExposeSecret as _;
use serde_json::{Map, Value, json};
use tool_runtime::text::is_invisible;

use super::AuthorizationServer;
use super::error::{OauthError, uncached};
use crate::registry::{DynamicClient, MOST_REDIRECT_URIS, RedirectUri};
use crate::scope::GrantedMethod;

/// The longest body, in bytes.
const LONGEST_BODY: usize = 32 * 1024;

/// The longest name that is stored, in characters.
const LONGEST_NAME: usize = 100;

/// A registration request.
#[derive(Clone, Debug)]
struct Registration {
    client: DynamicClient,
    method: AuthenticationMethod,
}

/// The way in which a client authenticates itself for tokens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum AuthenticationMethod {
    None,
    Basic,
    Post,
}

impl AuthenticationMethod {
    const ALL: [Self; 3] = [Self::None, Self::Basic, Self::Post];

    const fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Basic => "client_secret_basic",
            Self::Post => "client_secret_post",
        }
    }
}

pub(super) async fn register(State(server): State<AuthorizationServer>, request: Request) -> Response {
    match registered(&server, request).await {
        Ok(response) => response,
        Err(error) => error.into_response(),
    }
}

async fn registered(server: &AuthorizationServer, request: Request) -> Result<Response, OauthError> {
    server.0.registrations.admit(peer_address(request.extensions())).map_err(OauthError::too_many_requests)?;
    let mut held = server.0.bodies.open_request();
    let body = read_body(request.into_body(), LONGEST_BODY, &mut held).await.map_err(Problem::from)?;
    let text = std::str::from_utf8(&body.bytes).map_err(|_| invalid_metadata("The body is not UTF-8."))?;
    let metadata = strict_json::object(text)
        .map_err(|error| invalid_metadata(&format!("The body is not a JSON object: {error}.")))?;
    let Registration { client, method } = read_registration(&metadata)?;
    let (row, secret) =
        server.0.registry.register_client(client).await.map_err(|error| OauthError::internal(&error))?;
    let mut response = json!({
        "client_id": row.id,
        "client_id_issued_at": row.created_at.as_second(),
        "client_name": row.name,
        "redirect_uris": row.redirect_uris.0,
        "grant_types": ["authorization_code", "refresh_token"],
        "response_types": ["code"],
        "token_endpoint_auth_method": method.name(),
        "scope": GrantedMethod::ALL.map(GrantedMethod::name).join(" "),
    });
    if let (Some(secret), Value::Object(response)) = (secret, &mut response) {
        response.insert("client_secret".to_owned(), json!(secret.expose_secret()));
        response.insert("client_secret_expires_at".to_owned(), json!(0));
    }
    Ok(uncached((StatusCode::CREATED, Json(response)).into_response()))
}

/// Reads the metadata of a client. What this server does not use is ignored (RFC 7591, section 2).
fn read_registration(metadata: &Map<String, Value>) -> Result<Registration, OauthError> {
    let text = |name: &str| metadata.get(name).and_then(Value::as_str);
    let uris = metadata.get("redirect_uris").and_then(Value::as_array);
    let uris = uris.filter(|uris| (1..=MOST_REDIRECT_URIS).contains(&uris.len())).ok_or_else(|| {
        invalid_redirect_uri(&format!("redirect_uris must be a list of 1 to {MOST_REDIRECT_URIS} addresses."))
    })?;
    let uris = uris.iter().map(|uri| match uri.as_str() {
        Some(uri) => RedirectUri::parse(uri).map_err(|error| invalid_redirect_uri(&format!("A redirect URI {error}."))),
        None => Err(invalid_redirect_uri("A redirect URI is not a string.")),
    });
    let redirect_uris = uris.collect::<Result<Vec<_>, _>>()?;
    // A client that names no method authenticates itself with Basic (RFC 7591, section 2).
    let method = text("token_endpoint_auth_method").unwrap_or(AuthenticationMethod::Basic.name());
    let method = AuthenticationMethod::ALL.into_iter().find(|known| known.name() == method).ok_or_else(|| {
        let names = AuthenticationMethod::ALL.map(AuthenticationMethod::name).join(", ");
        invalid_metadata(&format!("token_endpoint_auth_method must be one of: {names}."))
    })?;
    for (name, needed) in [("grant_types", "authorization_code"), ("response_types", "code")] {
        let lists_needed = |list: &Value| list.as_array().is_some_and(|list| list.iter().any(|item| item == needed));
        if metadata.get(name).is_some_and(|list| !lists_needed(list)) {
            return Err(invalid_metadata(&format!("{name} must be a list that contains {needed}.")));
        }
    }
    let name = text("client_name").and_then(clean_name);
    let destination = || redirect_uris.first().map(RedirectUri::destination).unwrap_or_default();
    let client = DynamicClient {
        name: name.unwrap_or_else(destination),
        confidential: method != AuthenticationMethod::None,
        redirect_uris,
    };
    Ok(Registration { client, method })
}

/// Returns the name of a client without characters that could make it look like something else, or `None` if nothing is left.
pub(super) fn clean_name(name: &str) -> Option<String> {
    let visible = name.chars().filter(|c| !is_invisible(*c));
    let cleaned: String = visible.map(|c| if c.is_control() { ' ' } else { c }).collect();
    let cleaned: String = cleaned.trim().chars().take(LONGEST_NAME).collect();
    (!cleaned.is_empty()).then_some(cleaned)
}

fn invalid_metadata(description: &str) -> OauthError {
    OauthError::new(StatusCode::BAD_REQUEST, "invalid_client_metadata", description)
}

fn invalid_redirect_uri(description: &str) -> OauthError {
    OauthError::new(StatusCode::BAD_REQUEST, "invalid_redirect_uri", description)
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::*;

    fn read(metadata: &Value) -> Result<Registration, &'static str> {
        read_registration(metadata.as_object().unwrap()).map_err(|error| error.code)
    }

    #[test]
    fn clients_register_as_they_are_known_to_do() {
        // Cursor.
        let cursor = read(&json!({
            "client_name": "Cursor",
            "redirect_uris": ["cursor://anysphere.cursor-mcp/oauth/callback"],
            "grant_types": ["authorization_code", "refresh_token"],
            "response_types": ["code"],
            "token_endpoint_auth_method": "none",
            "application_type": "native",
        }));
        let cursor = cursor.unwrap();
        assert_eq!((cursor.client.name.as_str(), cursor.client.confidential), ("Cursor", false));
        // A client that follows the defaults of RFC 7591 gets a secret.
        let default = read(&json!({ "redirect_uris": ["https://app.example/cb"] })).unwrap();
        assert_eq!((default.client.name.as_str(), default.method), ("app.example", AuthenticationMethod::Basic));
        assert!(default.client.confidential);
    }

    #[test]
    fn registrations_that_cannot_work_are_refused() {
        let with = |key: &str, value: Value| {
            let mut metadata =
                json!({ "redirect_uris": ["https://app.example/cb"], "token_endpoint_auth_method": "none" });
            metadata.as_object_mut().unwrap().insert(key.to_owned(), value);
            read(&metadata).unwrap_err()
        };
        for uris in [
            json!([]),
            json!("https://app.example/cb"),
            json!(["http://app.example/cb"]),
            json!(["javascript:alert(1)"]),
            json!([1]),
            json!(vec!["https://app.example/cb"; 21]),
        ] {
            assert_eq!(with("redirect_uris", uris), "invalid_redirect_uri");
        }
        for (key, value) in [
            ("token_endpoint_auth_method", json!("private_key_jwt")),
            ("grant_types", json!(["implicit"])),
            ("grant_types", json!("authorization_code")),
            ("response_types", json!(["token"])),
        ] {
            assert_eq!(with(key, value), "invalid_client_metadata", "{key}");
        }
    }

    #[test]
    fn names_cannot_hide_what_they_are() {
        assert_eq!(clean_name(" Claude\u{202e}\u{200b}\n "), Some("Claude".to_owned()));
        assert_eq!(clean_name("\u{200b} "), None);
        assert_eq!(clean_name(&"x".repeat(1000)).map(|name| name.len()), Some(LONGEST_NAME));
    }
}
