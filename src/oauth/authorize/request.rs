//! Authorization requests (OAuth 2.1, section 4.1.1): pure checks of their parameters.

use uuid::Uuid;

use crate::oauth::client::Client;
use crate::oauth::parameters::Parameters;
use crate::registry::{RedirectUri, is_challenge};
use crate::scope::Grant;

/// The longest `state`, in bytes.
const LONGEST_STATE: usize = 2000;

/// A valid authorization request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct AuthorizationRequest {
    pub(super) response: ResponseAddress,
    /// The server that the client wants to use.
    pub(super) server_id: Uuid,
    /// The scopes that it wants. `None` for everything that the server can grant.
    pub(super) wanted: Option<Grant>,
    pub(super) code_challenge: String,
}

/// The address to which the response is sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct ResponseAddress {
    pub(super) redirect: RedirectUri,
    pub(super) state: Option<String>,
}

impl ResponseAddress {
    /// The address with a parameter, the state of the client, and the issuer, by which a client of several authorization servers
    /// tells them apart (RFC 9207).
    pub(super) fn with(&self, parameters: &[(&str, &str)], issuer: &str) -> String {
        let mut all = parameters.to_vec();
        all.extend(self.state.as_deref().map(|state| ("state", state)));
        all.push(("iss", issuer));
        self.redirect.with_parameters(&all)
    }
}

/// The reason why a request is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Refused {
    /// The user sees it: it is not safe to send the response anywhere (OAuth 2.1, section 4.1.2.1).
    Page(String),
    /// The client gets it.
    Response(Box<ResponseAddress>, AuthorizationError),
}

/// An error for the client.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct AuthorizationError {
    pub(super) code: &'static str,
    pub(super) description: &'static str,
}

impl AuthorizationError {
    pub(super) const INVALID_SCOPE: Self =
        Self { code: "invalid_scope", description: "The MCP server grants none of these scopes." };
    pub(super) const INVALID_TARGET: Self =
        Self { code: "invalid_target", description: "The resource is not an MCP server that asks for sign-in." };
    pub(super) const ACCESS_DENIED: Self = Self { code: "access_denied", description: "The user did not agree." };

    const fn invalid_request(description: &'static str) -> Self {
        Self { code: "invalid_request", description }
    }
}

impl AuthorizationRequest {
    /// Checks the parameters of a request by `client`. `server_of_resource` finds the server that a resource indicator names.
    pub(super) fn check(
        parameters: &Parameters,
        client: &Client,
        server_of_resource: impl Fn(&str) -> Option<Uuid>,
    ) -> Result<Self, Refused> {
        let redirect = match (parameters.get("redirect_uri"), client.redirect_uris.as_slice()) {
            (Some(uri), registered) => RedirectUri::matching(registered, uri),
            (None, [only]) => Some(only.clone()),
            (None, _) => None,
        };
        let redirect = redirect.ok_or_else(|| {
            let problem = "The address to return to after sign-in is not one that this client has registered.";
            Refused::Page(problem.to_owned())
        })?;
        let state = parameters.get("state").filter(|state| state.len() <= LONGEST_STATE).map(str::to_owned);
        let response = ResponseAddress { redirect, state };
        match Self::check_rest(parameters, client, server_of_resource) {
            Ok((server_id, code_challenge)) => {
                Ok(Self { response, server_id, wanted: parameters.get("scope").map(Grant::parse), code_challenge })
            }
            Err(error) => Err(Refused::Response(Box::new(response), error)),
        }
    }

    fn check_rest(
        parameters: &Parameters,
        client: &Client,
        server_of_resource: impl Fn(&str) -> Option<Uuid>,
    ) -> Result<(Uuid, String), AuthorizationError> {
        let invalid = AuthorizationError::invalid_request;
        if parameters.get("state").is_some_and(|state| state.len() > LONGEST_STATE) {
            return Err(invalid("The state is too long."));
        }
        match parameters.get("response_type") {
            Some("code") => {}
            Some(_) => {
                let description = "response_type must be code.";
                return Err(AuthorizationError { code: "unsupported_response_type", description });
            }
            None => return Err(invalid("The parameter response_type is missing.")),
        }
        if parameters.get("response_mode").is_some_and(|mode| mode != "query") {
            return Err(invalid("response_mode must be query."));
        }
        for (name, code) in [("request", "request_not_supported"), ("request_uri", "request_uri_not_supported")] {
            if parameters.get(name).is_some() {
                return Err(AuthorizationError { code, description: "Request objects are not supported." });
            }
        }
        let challenge = parameters.get("code_challenge").ok_or(invalid("PKCE is required: send code_challenge."))?;
        // Without the method, it would be `plain` (RFC 7636, section 4.3).
        if parameters.get("code_challenge_method") != Some("S256") || !is_challenge(challenge) {
            return Err(invalid("PKCE with code_challenge_method=S256 is required."));
        }
        let server_id = match (parameters.get("resource"), client.server_id) {
            (Some(resource), bound) => {
                let server = server_of_resource(resource).ok_or(AuthorizationError::INVALID_TARGET)?;
                if bound.is_some_and(|bound| bound != server) {
                    return Err(AuthorizationError::INVALID_TARGET);
                }
                server
            }
            (None, Some(bound)) => bound,
            (None, None) => return Err(invalid("The parameter resource is missing: send the URL of the MCP server.")),
        };
        Ok((server_id, challenge.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::*;

    const SERVER: Uuid = Uuid::from_u128(1);
    const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

    fn client(redirect_uris: &[&str], server_id: Option<Uuid>) -> Client {
        let redirect_uris = redirect_uris.iter().map(|uri| RedirectUri::parse(uri).unwrap()).collect();
        Client { id: "c".to_owned(), name: "Client".to_owned(), host: None, redirect_uris, server_id }
    }

    /// The parameters of a valid request, with changes: an empty value removes one.
    fn check(client: &Client, changes: &[(&str, &str)]) -> Result<AuthorizationRequest, Refused> {
        let valid = [
            ("client_id", "c"),
            ("redirect_uri", "https://a.example/cb"),
            ("response_type", "code"),
            ("state", "s"),
            ("code_challenge", CHALLENGE),
            ("code_challenge_method", "S256"),
            ("resource", "server"),
        ];
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        for (name, value) in valid {
            if !changes.iter().any(|(changed, _)| *changed == name) {
                query.append_pair(name, value);
            }
        }
        query.extend_pairs(changes);
        let parameters = Parameters::parse(query.finish().as_bytes()).unwrap();
        AuthorizationRequest::check(&parameters, client, |resource| (resource == "server").then_some(SERVER))
    }

    fn error_of(client: &Client, changes: &[(&str, &str)]) -> &'static str {
        match check(client, changes).unwrap_err() {
            Refused::Response(response, error) => {
                assert_eq!(response.redirect.as_str(), "https://a.example/cb");
                error.code
            }
            Refused::Page(_) => "page",
        }
    }

    #[test]
    fn a_valid_request_is_accepted() {
        let client = client(&["https://a.example/cb"], None);
        let request = check(&client, &[("scope", "read openid")]).unwrap();
        assert_eq!((request.server_id, request.wanted), (SERVER, Some(Grant::parse("read"))));
        assert_eq!(check(&client, &[]).unwrap().wanted, None);
        assert_eq!(
            request.response.with(&[("code", "x")], "https://mcp.example.com"),
            "https://a.example/cb?code=x&state=s&iss=https%3A%2F%2Fmcp.example.com"
        );
    }

    #[test]
    fn an_unknown_redirect_uri_gets_no_answer() {
        let client = client(&["https://a.example/cb", "http://127.0.0.1/cb"], None);
        for uri in ["https://evil.example/cb", "https://a.example/cb/", "http://127.0.0.1:1/other", ""] {
            assert_eq!(error_of(&client, &[("redirect_uri", uri)]), "page", "{uri}");
        }
        assert!(check(&client, &[("redirect_uri", "http://127.0.0.1:1/cb")]).is_ok());
    }

    #[test]
    fn the_only_redirect_uri_may_be_omitted() {
        let client = client(&["https://a.example/cb"], None);
        assert_eq!(check(&client, &[("redirect_uri", "")]).unwrap().response.redirect.as_str(), "https://a.example/cb");
    }

    #[test]
    fn pkce_cannot_be_downgraded() {
        let client = client(&["https://a.example/cb"], None);
        for changes in [
            [("code_challenge", ""), ("code_challenge_method", "")],
            [("code_challenge", CHALLENGE), ("code_challenge_method", "")],
            [("code_challenge", CHALLENGE), ("code_challenge_method", "plain")],
            [("code_challenge", "short"), ("code_challenge_method", "S256")],
        ] {
            assert_eq!(error_of(&client, &changes), "invalid_request", "{changes:?}");
        }
    }

    #[test]
    fn other_mistakes_are_answered_to_the_client() {
        let client = client(&["https://a.example/cb"], None);
        let long = "s".repeat(LONGEST_STATE + 1);
        for (name, value, code) in [
            ("response_type", "token", "unsupported_response_type"),
            ("response_type", "", "invalid_request"),
            ("response_mode", "fragment", "invalid_request"),
            ("request", "eyJ", "request_not_supported"),
            ("resource", "", "invalid_request"),
            ("resource", "other", "invalid_target"),
            ("state", &long, "invalid_request"),
        ] {
            assert_eq!(error_of(&client, &[(name, value)]), code, "{name}={value}");
        }
    }

    #[test]
    fn a_bound_client_uses_its_server_only() {
        let bound = client(&["https://a.example/cb"], Some(SERVER));
        assert_eq!(check(&bound, &[("resource", "")]).unwrap().server_id, SERVER);
        let other = client(&["https://a.example/cb"], Some(Uuid::from_u128(2)));
        assert_eq!(error_of(&other, &[]), "invalid_target");
    }
}
