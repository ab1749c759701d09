//! The types of an outcome, and the form in which a caller receives an error.

use std::time::Duration;

use serde::Serialize;
use serde_json::{Map, Value};
use tool_runtime::results::{Facts, JsonText};
use tool_runtime::violation::Violation;

use crate::upstream::RateLimit;

/// The result of a tool call.
pub type Outcome = Result<Success, ToolError>;

/// The reply to a request that was carried out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ToolReply {
    /// The content of the reply.
    pub body: ReplyBody,
    /// The rate-limit facts of the reply.
    pub ratelimit: RateLimit,
    /// The HTTP status of the reply.
    pub upstream_status: u16,
    /// The age of the reply, if it was held since an earlier call.
    pub age: Option<Duration>,
}

impl ToolReply {
    /// Returns the success of a call that shows this reply unchanged.
    pub(crate) fn into_success(self) -> Success {
        let Self { body, ratelimit, upstream_status, age } = self;
        Success { text: body.into_text(), facts: Facts::default(), ratelimit, upstream_status, age }
    }

    /// Returns the reply as it is shared when it has that age. What it said of the rate limit no longer holds.
    pub(crate) fn aged(self, age: Duration) -> Self {
        Self { age: Some(age), ratelimit: RateLimit::default(), ..self }
    }
}

/// The content of a reply, in the format that the tool expects.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ReplyBody {
    /// JSON, unchanged.
    Json(JsonText),
    /// Text, or a sentence in place of a body that a write was answered without.
    Text(String),
}

impl ReplyBody {
    /// Returns the content as text.
    pub fn text(&self) -> &str {
        match self {
            Self::Json(json) => json.as_json().text(),
            Self::Text(text) => text,
        }
    }

    fn into_text(self) -> String {
        match self {
            Self::Json(json) => json.into_text(),
            Self::Text(text) => text,
        }
    }
}

/// A call that was carried out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Success {
    /// The result.
    pub text: String,
    /// Facts about a compact result that are not part of it.
    pub facts: Facts,
    /// The rate-limit facts of the reply.
    pub ratelimit: RateLimit,
    /// The HTTP status of the reply.
    pub upstream_status: u16,
    /// The age of the reply, if it was held since an earlier call.
    pub age: Option<Duration>,
}

/// A call that failed, or whose outcome is unknown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ToolError {
    /// The side that caused the failure.
    pub source: FailureSource,
    /// The kind of failure.
    pub kind: FailureKind,
    /// One line: what failed, and what to do next.
    pub message: String,
    /// The HTTP status, if the API replied.
    pub status: Option<u16>,
    /// The violations of the arguments.
    pub violations: Vec<Violation>,
    /// The rate-limit facts of the reply.
    pub ratelimit: RateLimit,
    /// The code by which the call can be confirmed.
    pub confirmation: Option<Box<str>>,
}

/// The side that caused a failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum FailureSource {
    /// The caller's arguments. Nothing was sent.
    Arguments,
    /// The API, or the connection to it.
    Upstream,
    /// This server.
    Server,
}

/// The kind of a failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum FailureKind {
    /// The arguments violate the tool's schema or rules.
    InvalidArguments,
    /// The API refused the key (401).
    Unauthorized,
    /// The API does not allow the operation with this key (403).
    Forbidden,
    /// The record or the address does not exist (404).
    NotFound,
    /// The rate limit is used up (429).
    RateLimited,
    /// The API refused the call for another reason (other 4xx).
    Rejected,
    /// The API failed (5xx).
    UpstreamFailed,
    /// There was no connection, or it was lost before a reply.
    Unreachable,
    /// There was no whole reply in time.
    TimedOut,
    /// The reply could not be understood.
    BadReply,
    /// The request or the reply is larger than allowed.
    TooLarge,
    /// The call is not confirmed.
    NeedsConfirmation,
}

impl FailureKind {
    /// Returns the name in errors, logs and metrics.
    pub const fn name(self) -> &'static str {
        match self {
            Self::InvalidArguments => "invalid_arguments",
            Self::Unauthorized => "unauthorized",
            Self::Forbidden => "forbidden",
            Self::NotFound => "not_found",
            Self::RateLimited => "rate_limited",
            Self::Rejected => "rejected",
            Self::UpstreamFailed => "upstream_failed",
            Self::Unreachable => "unreachable",
            Self::TimedOut => "timed_out",
            Self::BadReply => "bad_reply",
            Self::TooLarge => "too_large",
            Self::NeedsConfirmation => "needs_confirmation",
        }
    }
}

/// The facts of an error as JSON.
#[derive(Serialize)]
struct ErrorFacts<'a> {
    source: FailureSource,
    kind: &'static str,
    message: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<u16>,
    #[serde(skip_serializing_if = "<[Violation]>::is_empty")]
    violations: &'a [Violation],
    #[serde(skip_serializing_if = "RateLimit::is_empty")]
    ratelimit: RateLimit,
    #[serde(skip_serializing_if = "Option::is_none")]
    confirmation: Option<&'a str>,
}

impl ToolError {
    /// Returns the text for the caller: the kind and the message, on one line. The facts are beside it, in `_meta`.
    pub fn to_text(&self) -> String {
        format!("{}: {}", self.kind.name(), self.message)
    }

    /// Returns the facts, under the key `error`.
    pub fn facts(&self) -> Map<String, Value> {
        Map::from_iter([("error".to_owned(), self.facts_json())])
    }

    fn facts_json(&self) -> Value {
        let facts = ErrorFacts {
            source: self.source,
            kind: self.kind.name(),
            message: &self.message,
            status: self.status,
            violations: &self.violations,
            ratelimit: self.ratelimit,
            confirmation: self.confirmation.as_deref(),
        };
        serde_json::to_value(facts).expect("strings, numbers and lists of them are valid JSON")
    }
}
