//! Signing out, and what a page may know of its own session.

use axum::Json;
use axum::extract::{Request, State};
use axum::response::{IntoResponse as _, Response};
use http::{HeaderMap, StatusCode};
use mcp_server::http::{Problem, peer_address};
use serde::Serialize;
use url::form_urlencoded::byte_serialize;

use super::cookie::{clear_session_cookie, session_cookie};
use super::form::FormFields;
use super::local_path::LocalPath;
use super::origin::check_same_origin;
use super::page::{error_page, keep_private};
use super::sign_in_page::{return_to, see_other};
use super::{SIGN_IN, SignIn, is_csrf_token_of, session};
use crate::registry::{RegistryError, Session, SignInBrowser};
use crate::store::UserRole;

/// The session of the console's page.
#[derive(Serialize)]
struct SessionJson {
    /// The e-mail address or name of the user.
    user: String,
    role: UserRole,
    /// The value of the header `x-csrf-token` in every request to the admin API.
    csrf_token: String,
    expires_at: jiff::Timestamp,
}

/// Returns the session of the browser, or `null`.
pub(super) async fn session_json(State(this): State<SignIn>, headers: HeaderMap) -> Response {
    let json = |session: Session| SessionJson {
        user: session.user.shown_name().to_owned(),
        role: session.user.role,
        csrf_token: session.csrf_token,
        expires_at: session.expires_at,
    };
    let mut response = match session(&this.registry, &headers).await {
        Ok(found) => Json(found.map(json)).into_response(),
        Err(error) => {
            tracing::warn!(%error, "failed to look up a session");
            let message = "The store is unavailable. Try again in a few seconds.";
            Problem::new(StatusCode::SERVICE_UNAVAILABLE, message).into_response()
        }
    };
    keep_private(response.headers_mut());
    response
}

/// Ends the session of the browser, or with the field `everywhere` all sessions of its user. Leads to the sign-in page.
pub(super) async fn submit(State(this): State<SignIn>, request: Request) -> Response {
    match this.sign_out(request).await {
        Ok(response) => response,
        Err(problem) => {
            error_page(this.registry.api(), problem.status(), 0, "You are still signed in", problem.message())
        }
    }
}

impl SignIn {
    async fn sign_out(&self, request: Request) -> Result<Response, Problem> {
        let peer = peer_address(request.extensions());
        let headers = request.headers().clone();
        check_same_origin(self.registry.public_url(), &headers)?;
        let fields = FormFields::read(request, &self.bodies).await?;
        let unavailable = |error: RegistryError| {
            tracing::warn!(%error, "failed to end a session");
            let message = "The server cannot reach its store. Try again in a few seconds.";
            Problem::new(StatusCode::SERVICE_UNAVAILABLE, message)
        };
        // A browser whose session has ended already is signed out.
        if let Some(session) = session(&self.registry, &headers).await.map_err(unavailable)? {
            if !is_csrf_token_of(&session, fields.value("csrf_token")) {
                let message = "This request does not come from a page of your session. Reload the page and try again.";
                return Err(Problem::new(StatusCode::FORBIDDEN, message));
            }
            let browser = SignInBrowser { cookie: session_cookie(&self.registry, &headers), address: peer };
            let everywhere = fields.value("everywhere") == "true";
            self.registry.sign_out(&session.user, browser, everywhere).await.map_err(unavailable)?;
        }
        let after: String = byte_serialize(return_to(&fields).as_str().as_bytes()).collect();
        let page = LocalPath::parse(&format!("{SIGN_IN}?return_to={after}"));
        let page = page.ok_or_else(|| Problem::new(StatusCode::BAD_REQUEST, "`return_to` is too long."))?;
        Ok(see_other(&page, Some(clear_session_cookie(&self.registry))))
    }
}
