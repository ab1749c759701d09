//! An HTTP request that is refused: its status, and one sentence for a person, as JSON.
//!
//! It says nothing of what is wrong inside a message of the protocol: that has errors of its own.

use std::time::Duration;

use axum::response::{IntoResponse, Response};
use http::header::{CONTENT_TYPE, HeaderValue, RETRY_AFTER};
use http::{HeaderName, StatusCode};
use serde::Serialize;
use tool_runtime::violation::Violation;

/// Why a request is refused.
#[derive(Clone, Debug)]
pub struct Problem {
    status: StatusCode,
    message: String,
    violations: Vec<Violation>,
    headers: Vec<(HeaderName, HeaderValue)>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Body<'a> {
    status_code: u16,
    error: &'a str,
    message: &'a str,
    #[serde(skip_serializing_if = "<[Violation]>::is_empty")]
    violations: &'a [Violation],
}

impl Problem {
    /// A refusal with that status. The message says what is wrong and what to do.
    pub fn new(status: StatusCode, message: impl Into<String>) -> Self {
        Self { status, message: message.into(), violations: Vec::new(), headers: Vec::new() }
    }

    /// Whoever asks has shown too many wrong API tokens, and has to wait.
    pub fn too_many_guesses(wait: Duration) -> Self {
        let seconds = wait.as_secs().max(1);
        let message = format!("Too many wrong API tokens came from your address: try again in {seconds} seconds.");
        Self::new(StatusCode::TOO_MANY_REQUESTS, message).with(RETRY_AFTER, seconds)
    }

    /// What is wrong and what to do.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// With one sentence more.
    pub fn advising(self, advice: &str) -> Self {
        Self { message: format!("{} {advice}", self.message), ..self }
    }

    /// With everything that is wrong with what was given.
    pub fn violations(self, violations: Vec<Violation>) -> Self {
        Self { violations, ..self }
    }

    /// With one header more.
    pub fn with(mut self, name: HeaderName, value: impl Into<HeaderValue>) -> Self {
        self.headers.push((name, value.into()));
        self
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let body = Body {
            status_code: self.status.as_u16(),
            error: self.status.canonical_reason().unwrap_or_default(),
            message: &self.message,
            violations: &self.violations,
        };
        // Serialising texts and a number cannot fail.
        let body = serde_json::to_vec(&body).unwrap_or_default();
        let mut response = (self.status, body).into_response();
        response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        response.headers_mut().extend(self.headers);
        response
    }
}
