//! Refused HTTP requests: a status, and one sentence for a person, as JSON.
//!
//! An error inside a message is not a problem in this sense: it is a JSON-RPC error.

use std::time::Duration;

use axum::response::{IntoResponse, Response};
use http::header::{CONTENT_TYPE, HeaderValue, RETRY_AFTER};
use http::{HeaderName, StatusCode};
use serde::Serialize;
use serde_json::{Map, Value};

use crate::encode::encode_bytes;

/// A refused HTTP request. As a response, it has the body `{"statusCode", "error", "message"}` and any members that the
/// application adds.
#[derive(Clone, Debug)]
pub struct Problem {
    status: StatusCode,
    message: String,
    members: Vec<(String, Value)>,
    headers: Vec<(HeaderName, HeaderValue)>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ProblemBody<'a> {
    status_code: u16,
    error: &'a str,
    message: &'a str,
    #[serde(flatten)]
    members: Map<String, Value>,
}

impl Problem {
    /// A refusal with that status. `message` says what is wrong and what to do.
    pub fn new(status: StatusCode, message: impl Into<String>) -> Self {
        Self { status, message: message.into(), members: Vec::new(), headers: Vec::new() }
    }

    /// The refusal of an address that has sent too many wrong tokens, for the duration that it has to wait.
    pub fn throttled(wait: Duration) -> Self {
        let seconds = wait.as_secs().max(1);
        let message = format!("Too many wrong API tokens came from your address: try again in {seconds} seconds.");
        Self::new(StatusCode::TOO_MANY_REQUESTS, message).with_header(RETRY_AFTER, seconds)
    }

    /// The status.
    pub const fn status(&self) -> StatusCode {
        self.status
    }

    /// The message: what is wrong and what to do.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// Adds a sentence to the message.
    #[must_use]
    pub(crate) fn with_advice(self, advice: &str) -> Self {
        Self { message: format!("{} {advice}", self.message), ..self }
    }

    /// Adds a member to the body, after the three that every problem has.
    #[must_use]
    pub fn with_member(mut self, name: &str, value: Value) -> Self {
        self.members.push((name.to_owned(), value));
        self
    }

    /// Adds a header to the response.
    #[must_use]
    pub fn with_header(mut self, name: HeaderName, value: impl Into<HeaderValue>) -> Self {
        self.headers.push((name, value.into()));
        self
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let body = ProblemBody {
            status_code: self.status.as_u16(),
            error: self.status.canonical_reason().unwrap_or_default(),
            message: &self.message,
            members: self.members.into_iter().collect(),
        };
        let mut response = (self.status, encode_bytes(&body)).into_response();
        response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        response.headers_mut().extend(self.headers);
        response
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use http_body_util::BodyExt as _;
    use serde_json::json;

    use super::*;

    #[tokio::test]
    async fn a_problem_is_json_with_its_members_last() {
        let problem = Problem::new(StatusCode::BAD_REQUEST, "No.")
            .with_member("violations", json!([{ "argument": "a" }]))
            .with_advice("Try again.");
        let body = problem.into_response().into_body().collect().await.unwrap().to_bytes();
        assert_eq!(
            body,
            r#"{"statusCode":400,"error":"Bad Request","message":"No. Try again.","violations":[{"argument":"a"}]}"#
        );
    }
}
