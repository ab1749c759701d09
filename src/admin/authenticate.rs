//! Authentication for the admin API: a live API token with the role `admin`, or the session of a user with that role. The routes
//! for a user's own access need a session of any role.
//!
//! A browser sends the cookie of a session with every request to this server. The header with the session's CSRF token
//! proves that the request comes from a page of this server; a change must also come from this server's own origin.

use std::net::IpAddr;

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use http::header::{CACHE_CONTROL, HeaderValue, WWW_AUTHENTICATE};
use http::request::Parts;
use http::{HeaderName, StatusCode};
use mcp_server::http::{Problem, bearer_token, peer_address};

use super::error::AdminResult;
use super::state::AdminApi;
use crate::registry::{ActiveUser, Actor, Audited};
use crate::sign_in::{check_same_origin, is_csrf_token_of, session};
use crate::store::{AuditObject, TokenRole, UserRole};

/// The header in which a page repeats the CSRF token of its session.
pub(super) const CSRF_TOKEN: HeaderName = HeaderName::from_static("x-csrf-token");

/// Passes the requests of admins on, with the caller as an extension, and refuses all others.
pub(super) async fn require_admin(State(admin): State<AdminApi>, request: Request, next: Next) -> Response {
    let (mut head, body) = request.into_parts();
    let mut response = match authenticated_admin(&admin, &head).await {
        Ok(caller) => {
            head.extensions.insert(caller);
            next.run(Request::from_parts(head, body)).await
        }
        Err(error) => error.into_response(),
    };
    // Responses hold secrets, and their content can change at any time.
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// Passes the requests of users on who are signed in, with the user and the caller as extensions, and refuses all others.
pub(super) async fn require_user(State(admin): State<AdminApi>, request: Request, next: Next) -> Response {
    let (mut head, body) = request.into_parts();
    let mut response = match session_user(&admin, &head).await {
        Ok(Some(user)) => {
            head.extensions.insert(Actor { address: peer_address(&head.extensions), ..user.actor() });
            head.extensions.insert(user);
            next.run(Request::from_parts(head, body)).await
        }
        Ok(None) => {
            let message = "This request belongs to the session of a user. Sign in at the console.";
            let challenge = HeaderValue::from_static("Session");
            Problem::new(StatusCode::UNAUTHORIZED, message).with_header(WWW_AUTHENTICATE, challenge).into_response()
        }
        Err(error) => error.into_response(),
    };
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// The admin who sent a request.
async fn authenticated_admin(admin: &AdminApi, request: &Parts) -> AdminResult<Actor> {
    match bearer_token(&request.headers) {
        Some(token) => admin_of_token(admin, peer_address(&request.extensions), token).await,
        None => admin_of_session(admin, request).await,
    }
}

/// The admin whose API token `token` is.
async fn admin_of_token(admin: &AdminApi, peer: Option<IpAddr>, token: &str) -> AdminResult<Actor> {
    admin.throttle.delay(peer).await;
    match admin.registry.principal(token).await? {
        Some(principal) if principal.role == TokenRole::Admin => Ok(Actor { address: peer, ..principal.actor }),
        Some(principal) => {
            denied(admin, peer, &principal.actor).await;
            let message = "This API token has the role caller. The admin API requires the role admin.";
            Err(Problem::new(StatusCode::FORBIDDEN, message).into())
        }
        // A request without a token is not a failed login.
        None if token.is_empty() => Err(unauthorized().into()),
        None => {
            denied(admin, peer, &Actor::unknown()).await;
            Err(admin.throttle.count_failure(peer).map_or_else(unauthorized, Problem::throttled).into())
        }
    }
}

/// The admin in whose session a request was sent.
async fn admin_of_session(admin: &AdminApi, request: &Parts) -> AdminResult<Actor> {
    let peer = peer_address(&request.extensions);
    let Some(user) = session_user(admin, request).await? else { return Err(unauthorized().into()) };
    match user.role {
        UserRole::Admin => Ok(Actor { address: peer, ..user.actor() }),
        UserRole::Member => {
            denied(admin, peer, &user.actor()).await;
            let message = "Your role is member. Ask an admin for the role admin.";
            Err(Problem::new(StatusCode::FORBIDDEN, message).into())
        }
    }
}

/// The user in whose session a request was sent, if there is one.
async fn session_user(admin: &AdminApi, request: &Parts) -> AdminResult<Option<ActiveUser>> {
    let headers = &request.headers;
    let Some(session) = session(&admin.registry, headers).await? else { return Ok(None) };
    let given = headers.get(CSRF_TOKEN).and_then(|given| given.to_str().ok()).unwrap_or_default();
    if !is_csrf_token_of(&session, given) {
        let message = format!(
            "A request with a session cookie must repeat the session's CSRF token in the header {CSRF_TOKEN}. Reload the \
             page to get it."
        );
        return Err(Problem::new(StatusCode::FORBIDDEN, message).into());
    }
    if !request.method.is_safe() {
        check_same_origin(admin.registry.public_url(), headers)?;
    }
    Ok(Some(session.user))
}

/// Records that a request was refused.
async fn denied(admin: &AdminApi, peer: Option<IpAddr>, actor: &Actor) {
    admin.registry.record_denial(actor, peer, Audited::only(AuditObject::AdminApi)).await;
}

fn unauthorized() -> Problem {
    let message = "The admin API requires a live API token with the role admin. Send it in the header \
                   Authorization: Bearer {API token}.";
    Problem::new(StatusCode::UNAUTHORIZED, message).with_header(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"))
}
