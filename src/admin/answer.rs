//! How the admin API says that something was not done.

use axum::response::{IntoResponse, Response};
use http::StatusCode;
use http::header::{HeaderValue, RETRY_AFTER};

use mcp_server::http::Problem;

use crate::registry::Refusal;
use crate::store::StoreError;

/// What a handler answers in place of what was asked for.
pub(super) struct Refused(Problem);

impl From<Problem> for Refused {
    fn from(problem: Problem) -> Self {
        Self(problem)
    }
}

impl From<StoreError> for Refused {
    fn from(error: StoreError) -> Self {
        Refusal::from(error).into()
    }
}

impl From<Refusal> for Refused {
    fn from(refusal: Refusal) -> Self {
        /// Seconds.
        const SOON: HeaderValue = HeaderValue::from_static("5");
        Self(match refusal {
            Refusal::Invalid(violations) => {
                let message = match violations.as_slice() {
                    [one] => sentence(&format!("{} {}", one.argument, one.problem)),
                    several => format!("{} things are wrong with this request: see violations.", several.len()),
                };
                let violations = serde_json::to_value(violations).expect("violations are structs of texts");
                Problem::new(StatusCode::BAD_REQUEST, message).with_member("violations", violations)
            }
            Refusal::NotFound(what) => Problem::new(StatusCode::NOT_FOUND, format!("There is no such {what}.")),
            Refusal::Store(StoreError::Unavailable(error)) => {
                tracing::warn!(error, "the store is not available");
                // A connection may have broken after the change was made.
                let message = "The store cannot be reached: try again soon. If this was to change something, look first \
                               whether it did.";
                Problem::new(StatusCode::SERVICE_UNAVAILABLE, message).with_header(RETRY_AFTER, SOON)
            }
            Refusal::Store(error) => internal(&error),
            Refusal::Keyring(error) => internal(&error),
        })
    }
}

/// A text with an end.
fn sentence(text: &str) -> String {
    if text.ends_with(['.', '?']) { text.to_owned() } else { format!("{text}.") }
}

/// What went wrong is for the operator's log, not for whoever asked.
fn internal(error: &dyn std::fmt::Display) -> Problem {
    tracing::error!(%error, "an admin request failed");
    Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "Something is wrong with the server: its log has the reason.")
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        self.0.into_response()
    }
}

/// What a handler answers.
pub(super) type Answer<T> = Result<T, Refused>;
