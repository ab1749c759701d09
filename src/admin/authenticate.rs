//! Authentication for the admin API: a live API token with the role `admin`.

use std::net::IpAddr;

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use http::StatusCode;
use http::header::{CACHE_CONTROL, HeaderValue, WWW_AUTHENTICATE};
use mcp_server::http::{Problem, bearer_token, peer_address};

use super::error::AdminResult;
use super::state::AdminApi;
use crate::registry::ActorName;
use crate::store::TokenRole;

/// Passes the requests of admins on, with the name of the caller as an extension, and refuses all others.
pub(super) async fn require_admin(State(admin): State<AdminApi>, mut request: Request, next: Next) -> Response {
    let peer = peer_address(request.extensions());
    let token = bearer_token(request.headers()).unwrap_or_default();
    let mut response = match authenticated_admin(&admin, peer, token).await {
        Ok(caller) => {
            request.extensions_mut().insert(caller);
            next.run(request).await
        }
        Err(error) => error.into_response(),
    };
    // Responses hold secrets, and their content can change at any time.
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// The name of the admin whose API token `token` is.
async fn authenticated_admin(admin: &AdminApi, peer: Option<IpAddr>, token: &str) -> AdminResult<ActorName> {
    admin.throttle.delay(peer).await;
    match admin.registry.principal(token).await? {
        Some(principal) if principal.role == TokenRole::Admin => Ok(principal.actor),
        Some(_) => Err(forbidden().into()),
        // A request without a token is not a failed login.
        None if token.is_empty() => Err(unauthorized().into()),
        None => Err(admin.throttle.count_failure(peer).map_or_else(unauthorized, Problem::throttled).into()),
    }
}

fn unauthorized() -> Problem {
    let message = "The admin API requires a live API token with the role admin. Send it in the header \
                   Authorization: Bearer {API token}.";
    Problem::new(StatusCode::UNAUTHORIZED, message).with_header(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"))
}

fn forbidden() -> Problem {
    let message = "This API token has the role caller. The admin API requires the role admin.";
    Problem::new(StatusCode::FORBIDDEN, message)
}
