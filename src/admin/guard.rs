//! Who may use the admin API: principals of an API token with the role `admin`. Whoever guesses must wait.

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use http::StatusCode;
use http::header::{CACHE_CONTROL, HeaderValue, WWW_AUTHENTICATE};

use mcp_server::http::{Problem, bearer_token, peer_address};

use super::Admin;
use super::answer::Refused;
use crate::store::Role;

/// Lets an admin's request through, with who it is.
pub(super) async fn admit(State(admin): State<Admin>, mut request: Request, next: Next) -> Response {
    let peer = peer_address(request.extensions());
    let given = bearer_token(request.headers()).unwrap_or_default();
    let answer = match admin.throttle.wait(peer) {
        Some(wait) => Err(Problem::throttled(wait)),
        None => Ok(admin.registry.principal(given).await),
    };
    let mut response = match answer {
        Err(problem) => problem.into_response(),
        Ok(Err(error)) => Refused::from(error).into_response(),
        Ok(Ok(None)) => {
            // Without a token nothing was guessed.
            if !given.is_empty() {
                admin.throttle.failed(peer);
            }
            unauthorized().into_response()
        }
        Ok(Ok(Some(principal))) if principal.role != Role::Admin => forbidden().into_response(),
        Ok(Ok(Some(principal))) => {
            request.extensions_mut().insert(principal.actor);
            next.run(request).await
        }
    };
    // Answers hold secrets, and what they say may be changed at any time.
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

fn unauthorized() -> Problem {
    let message = "The admin API needs a live API token of the role admin: send it in the header \
                   Authorization: Bearer {API token}.";
    Problem::new(StatusCode::UNAUTHORIZED, message).with_header(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"))
}

fn forbidden() -> Problem {
    Problem::new(StatusCode::FORBIDDEN, "This API token has the role caller; the admin API needs the role admin.")
}
