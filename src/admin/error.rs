//! Error responses of the admin API.

use axum::response::{IntoResponse, Response};
use http::StatusCode;
use http::header::{ETAG, HeaderValue, RETRY_AFTER};
use mcp_server::http::Problem;
use tool_runtime::violation::{Violation, Violations};

use super::revision::entity_tag;
use crate::registry::{Conflict, RegistryError};
use crate::store::{Outage, StoreError};
use crate::token;

/// The response to a request that failed.
pub(super) struct AdminError(Problem);

/// The result of a handler.
pub(super) type AdminResult<T> = Result<T, AdminError>;

impl From<Problem> for AdminError {
    fn from(problem: Problem) -> Self {
        Self(problem)
    }
}

impl From<Violations> for AdminError {
    fn from(violations: Violations) -> Self {
        let without_tokens = |violation: &Violation| Violation {
            argument: token::redacted(&violation.argument).into_owned(),
            problem: token::redacted(&violation.problem).into_owned(),
            allowed: violation.allowed.as_deref().map(|allowed| token::redacted(allowed).into_owned()),
        };
        let shown: Vec<_> = violations.iter().map(without_tokens).collect();
        let message = match &*shown {
            [one] => sentence(&format!("{} {}", one.argument, one.problem)),
            several => {
                let count = several.len() + violations.omitted();
                format!("This request has {count} errors: see `violations`.")
            }
        };
        let shown = serde_json::to_value(shown).expect("violations are structs of strings");
        Self(Problem::new(StatusCode::BAD_REQUEST, message).with_member("violations", shown))
    }
}

impl From<StoreError> for AdminError {
    fn from(error: StoreError) -> Self {
        /// Seconds.
        const RETRY_SOON: HeaderValue = HeaderValue::from_static("5");
        match error {
            StoreError::Unavailable(outage) => {
                tracing::warn!(error = %outage, "failed to reach the store");
                let mut message = outage.for_clients().to_owned();
                if matches!(outage, Outage::Other(_)) {
                    // The connection may have broken after the change was stored.
                    message.push_str(" If this request changes something, check first whether the change was made.");
                }
                Self(Problem::new(StatusCode::SERVICE_UNAVAILABLE, message).with_header(RETRY_AFTER, RETRY_SOON))
            }
            StoreError::SlowReport => {
                let message =
                    "This report took longer than 10 seconds. Ask for a shorter period with `since` and `until`.";
                Self(Problem::new(StatusCode::SERVICE_UNAVAILABLE, message))
            }
            error => internal_error(&error),
        }
    }
}

impl From<RegistryError> for AdminError {
    fn from(error: RegistryError) -> Self {
        match error {
            RegistryError::Invalid(violations) => violations.into(),
            RegistryError::Conflict(conflict) => {
                let Conflict { kind, revision, current } = *conflict;
                let message = format!(
                    "The {kind} has changed since you read it, and nothing was done. `current` is the {kind} as it is \
                     now, and the header ETag its revision: send that as If-Match to apply your change to it."
                );
                let problem = Problem::new(StatusCode::PRECONDITION_FAILED, message).with_member("current", current);
                Self(problem.with_header(ETAG, entity_tag(&revision)))
            }
            RegistryError::NotFound(kind) => {
                Self(Problem::new(StatusCode::NOT_FOUND, format!("There is no such {kind}.")))
            }
            RegistryError::Store(error) => error.into(),
            RegistryError::Keyring(error) => internal_error(&error),
        }
    }
}

impl IntoResponse for AdminError {
    fn into_response(self) -> Response {
        self.0.into_response()
    }
}

fn sentence(text: &str) -> String {
    if text.ends_with(['.', '?']) { text.to_owned() } else { format!("{text}.") }
}

/// The cause goes to the log only: it may describe the server's inside.
fn internal_error(error: &dyn std::fmt::Display) -> AdminError {
    tracing::error!(%error, "failed to handle an admin request");
    let message = "The server failed to handle this request. The cause is in its log.";
    AdminError(Problem::new(StatusCode::INTERNAL_SERVER_ERROR, message))
}
