//! Error responses to clients (RFC 6749, section 5.2; RFC 7591, section 3.2.2; RFC 8707, section 2).

use std::time::Duration;

use axum::Json;
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use http::header::{CACHE_CONTROL, HeaderValue, PRAGMA, RETRY_AFTER, WWW_AUTHENTICATE};
use mcp_server::http::Problem;
use serde_json::json;

use crate::registry::{RegistryError, TokenRefusal};
use crate::store::StoreError;

/// An error response.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct OauthError {
    pub(super) status: StatusCode,
    pub(super) code: &'static str,
    pub(super) description: String,
    retry_after: Option<Duration>,
}

impl OauthError {
    pub(super) fn new(status: StatusCode, code: &'static str, description: impl Into<String>) -> Self {
        Self { status, code, description: description.into(), retry_after: None }
    }

    pub(super) fn invalid_request(description: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "invalid_request", description)
    }

    pub(super) fn invalid_client() -> Self {
        let description =
            "The client is unknown, or its secret is wrong. Remove the connection in the client and add it again.";
        Self::new(StatusCode::UNAUTHORIZED, "invalid_client", description)
    }

    pub(super) fn too_many_requests(wait: Duration) -> Self {
        let description = "Too many requests from your address: try again later.";
        let error = Self::new(StatusCode::TOO_MANY_REQUESTS, "temporarily_unavailable", description);
        Self { retry_after: Some(wait), ..error }
    }

    pub(super) fn unavailable(error: &StoreError) -> Self {
        tracing::warn!(%error, "failed to answer a client of the authorization server");
        let description = "The store is not available at the moment: try again in a few seconds.";
        let error = Self::new(StatusCode::SERVICE_UNAVAILABLE, "temporarily_unavailable", description);
        Self { retry_after: Some(Duration::from_secs(5)), ..error }
    }

    pub(super) fn internal(error: &RegistryError) -> Self {
        match error {
            RegistryError::Store(error) => Self::unavailable(error),
            error => {
                tracing::error!(%error, "failed to answer a client of the authorization server");
                Self::new(StatusCode::INTERNAL_SERVER_ERROR, "server_error", "The server failed.")
            }
        }
    }
}

impl From<TokenRefusal> for OauthError {
    fn from(refusal: TokenRefusal) -> Self {
        let code = match &refusal {
            TokenRefusal::InvalidGrant(_) => "invalid_grant",
            TokenRefusal::InvalidScope => "invalid_scope",
            TokenRefusal::InvalidTarget => "invalid_target",
            TokenRefusal::Store(error) => return Self::unavailable(error),
        };
        Self::new(StatusCode::BAD_REQUEST, code, refusal.to_string())
    }
}

impl From<Problem> for OauthError {
    /// The refusal of a body that was not read.
    fn from(problem: Problem) -> Self {
        Self::new(problem.status(), "invalid_request", problem.message())
    }
}

impl IntoResponse for OauthError {
    fn into_response(self) -> Response {
        let body = json!({ "error": self.code, "error_description": self.description });
        let mut response = uncached((self.status, Json(body)).into_response());
        let headers = response.headers_mut();
        if self.status == StatusCode::UNAUTHORIZED {
            // RFC 6749, section 5.2: the scheme that the client may use.
            headers.insert(WWW_AUTHENTICATE, HeaderValue::from_static("Basic realm=\"OAuth clients\""));
        }
        if let Some(wait) = self.retry_after {
            headers.insert(RETRY_AFTER, wait.as_secs().max(1).into());
        }
        response
    }
}

/// Keeps a response out of caches (RFC 6749, section 5.1).
pub(super) fn uncached(mut response: Response) -> Response {
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response.headers_mut().insert(PRAGMA, HeaderValue::from_static("no-cache"));
    response
}
