//! The authorization endpoint (OAuth 2.1, section 4.1): the page on which a user lets a client use a server.
//!
//! `GET` always answers with a page, or leads to the sign-in page, and changes nothing: a link alone can neither grant access
//! nor make this server redirect a browser to another site (RFC 9700, section 4.11.2). The page's form repeats the request, so
//! that no node has to remember it, and every check is made again.

mod page;
mod request;

use std::net::IpAddr;

use axum::extract::{Request, State};
use axum::response::{IntoResponse as _, Redirect, Response};
use http::{HeaderMap, StatusCode};
use mcp_server::http::peer_address;
use secrecy::ExposeSecret as _;

use self::page::Consent;
use self::request::{AuthorizationError, AuthorizationRequest, Refused};
use super::AuthorizationServer;
use super::client::{Client, UnknownClient};
use super::parameters::Parameters;
use crate::registry::{Authorization, RedirectKind, RegistryError, Session, SignInTarget};
use crate::scope::{Grant, GrantedMethod};
use crate::sign_in::{self, FormFields, LocalPath};
use crate::store::StoreError;

/// A request that a signed-in user may agree to.
struct Pending {
    client: Client,
    request: AuthorizationRequest,
    target: SignInTarget,
    /// The scopes that the client wants and the server can grant; never empty.
    grant: Grant,
    session: Session,
}

/// Shows the page.
pub(super) async fn show(State(server): State<AuthorizationServer>, request: Request) -> Response {
    let peer = peer_address(request.extensions());
    let query = request.uri().query().unwrap_or_default();
    let pending = match server.pending(query, peer, request.headers()).await {
        Ok(pending) => pending,
        Err(response) => return response,
    };
    let Pending { client, request: asked, target, grant, session } = &pending;
    let remembered = asked.response.redirect.kind() == RedirectKind::Website;
    let registry = &server.0.registry;
    let known = if remembered {
        registry.is_remembered(session.user.id, &client.id, target.id, *grant).await
    } else {
        Ok(false)
    };
    match known {
        Ok(is_known) => Consent { client, asked, target, grant: *grant, session, query, is_known }.page(registry.api()),
        Err(error) => server.store_failed(&error),
    }
}

/// Carries out the decision that the user made on the page.
pub(super) async fn decide(State(server): State<AuthorizationServer>, request: Request) -> Response {
    let registry = &server.0.registry;
    let (peer, headers) = (peer_address(request.extensions()), request.headers().clone());
    if let Err(problem) = sign_in::check_same_origin(registry.public_url(), &headers) {
        return problem.into_response();
    }
    let fields = match FormFields::read(request, &server.0.bodies).await {
        Ok(fields) => fields,
        Err(problem) => return problem.into_response(),
    };
    let pending = match server.pending(fields.value(page::QUERY), peer, &headers).await {
        Ok(pending) => pending,
        Err(response) => return response,
    };
    let Pending { client, request: asked, target, grant, session } = pending;
    if !sign_in::is_csrf_token_of(&session, fields.value(page::CSRF)) {
        let message =
            "This page is too old, or you signed in again meanwhile. Go back to the client and connect again.";
        return server.error(StatusCode::FORBIDDEN, "Page expired", message);
    }
    let issuer = registry.public_url();
    if fields.value(page::DECISION) != page::ALLOW {
        return leave_to(&response_with(&asked, AuthorizationError::ACCESS_DENIED, issuer));
    }
    let grant = match fields.value(page::ACCESS) {
        page::READ_ONLY => grant.and([GrantedMethod::Read].into_iter().collect()),
        _ => grant,
    };
    if grant.is_empty() {
        return leave_to(&response_with(&asked, AuthorizationError::INVALID_SCOPE, issuer));
    }
    let authorization = Authorization {
        user_id: session.user.id,
        server_id: target.id,
        client_id: &client.id,
        client_name: &client.name,
        redirect_uri: asked.response.redirect.as_str(),
        grant,
        // Any program of a computer can listen at a loopback address or claim a scheme.
        remembered: asked.response.redirect.kind() == RedirectKind::Website,
        code_challenge: &asked.code_challenge,
    };
    match registry.authorize(&authorization).await {
        Ok(code) => leave_to(&asked.response.with(&[("code", code.expose_secret())], issuer)),
        Err(error) => server.store_failed(&error),
    }
}

impl AuthorizationServer {
    /// Checks an authorization request in full, and that its user is signed in and admitted. Fails with the response.
    async fn pending(&self, query: &str, peer: Option<IpAddr>, headers: &HeaderMap) -> Result<Pending, Response> {
        let registry = &self.0.registry;
        let refuse = |message: &str| self.error(StatusCode::BAD_REQUEST, "Connection not possible", message);
        let parameters = Parameters::parse(query.as_bytes()).map_err(|error| refuse(&error.0))?;
        let missing = "The parameter client_id is missing. Start the connection in the client.";
        let client_id = parameters.get("client_id").ok_or_else(|| refuse(missing))?;
        let client = match self.client(client_id, peer).await {
            Ok(client) => client,
            Err(UnknownClient::Store(error)) => return Err(self.store_failed(&error)),
            Err(error) => return Err(refuse(&error.to_string())),
        };
        let checked = AuthorizationRequest::check(&parameters, &client, |resource| self.server_of_resource(resource));
        let request = match checked {
            Ok(request) => request,
            Err(Refused::Page(message)) => return Err(refuse(&message)),
            Err(Refused::Response(response, error)) => {
                let back = response
                    .with(&[("error", error.code), ("error_description", error.description)], registry.public_url());
                return Err(page::refused(registry.api(), &client, error, &back));
            }
        };
        let refuse = |error: AuthorizationError| {
            let back = response_with(&request, error, registry.public_url());
            page::refused(registry.api(), &client, error, &back)
        };
        let target = registry.sign_in_target(request.server_id).await.map_err(|error| self.store_failed(&error))?;
        let target = target.ok_or_else(|| refuse(AuthorizationError::INVALID_TARGET))?;
        let grant = request.wanted.unwrap_or(target.grantable).and(target.grantable);
        if grant.is_empty() {
            return Err(refuse(AuthorizationError::INVALID_SCOPE));
        }
        let session = match sign_in::session(registry, headers).await {
            Ok(Some(session)) => session,
            Ok(None) => return Err(self.to_sign_in(query)),
            Err(RegistryError::Store(error)) => return Err(self.store_failed(&error)),
            Err(error) => return Err(super::error::OauthError::internal(&error).into_response()),
        };
        let admitted =
            registry.admitted(session.user.id, target.id).await.map_err(|error| self.store_failed(&error))?;
        if admitted.is_none() {
            let back = response_with(&request, AuthorizationError::ACCESS_DENIED, registry.public_url());
            return Err(page::not_admitted(registry.api(), &target, &session, &sign_in_path(query), &back));
        }
        Ok(Pending { client, request, target, grant, session })
    }

    /// Leads to the sign-in page, which leads back here.
    fn to_sign_in(&self, query: &str) -> Response {
        if LocalPath::parse(&return_path(query)).is_none() {
            return self.error(
                StatusCode::BAD_REQUEST,
                "Connection not possible",
                "The request of the client is too long.",
            );
        }
        Redirect::to(&sign_in_path(query)).into_response()
    }

    fn store_failed(&self, error: &StoreError) -> Response {
        tracing::warn!(%error, "failed to authorize a client");
        let message = "The server cannot reach its store. Try again in a few seconds.";
        self.error(StatusCode::SERVICE_UNAVAILABLE, "Connection failed", message)
    }

    fn error(&self, status: StatusCode, title: &str, message: &str) -> Response {
        sign_in::error_page(self.0.registry.api(), status, page::DEPTH, title, message)
    }
}

/// The address of the client with an error.
fn response_with(request: &AuthorizationRequest, error: AuthorizationError, issuer: &str) -> String {
    request.response.with(&[("error", error.code), ("error_description", error.description)], issuer)
}

/// The path of an authorization request.
fn return_path(query: &str) -> String {
    format!("{}?{query}", super::AUTHORIZE)
}

/// The sign-in page that leads back to an authorization request, relative to the authorization endpoint.
fn sign_in_path(query: &str) -> String {
    let pairs =
        url::form_urlencoded::Serializer::new(String::new()).append_pair("return_to", &return_path(query)).finish();
    format!("../{}?{pairs}", sign_in::SIGN_IN.trim_start_matches('/'))
}

/// Leads the user back to the client. The browser follows with `GET` and without the form (RFC 9700, section 4.12).
fn leave_to(address: &str) -> Response {
    super::error::uncached(Redirect::to(address).into_response())
}
