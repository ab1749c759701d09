//! What a tool call comes to: the API's own text, or an error that its reader can act on.
//!
//! Pure. Everything a caller is told about a failed call is worded below here; nothing here sends, waits or logs.

mod arguments;
mod failure;
mod reply;
mod wording;

use serde::Serialize;
use serde_json::{Map, Value};
use tool_runtime::violation::Violation;

pub use self::arguments::{of_prompt_violations, of_violations};
pub use self::failure::of_failure;
pub use self::reply::{answer_of, of_reply};
pub(crate) use self::wording::foreign;
pub use crate::upstream::RateLimit;

/// How a call ended.
pub type Outcome = Result<Success, ToolError>;

/// A call that was carried out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Success {
    /// The API's reply, as it came.
    pub text: String,
    /// What the reply said of the rate limit.
    pub ratelimit: RateLimit,
    /// The HTTP status of the reply.
    pub upstream_status: u16,
}

/// A call that failed, or whose end is unknown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ToolError {
    /// Whose doing it is.
    pub source: Source,
    /// What kind of failure it is.
    pub kind: Kind,
    /// One line that says what is wrong and what to do.
    pub message: String,
    /// The HTTP status, if the API answered.
    pub status: Option<u16>,
    /// What is wrong with the arguments.
    pub violations: Vec<Violation>,
    /// What the API said of the rate limit.
    pub ratelimit: RateLimit,
}

/// Whose doing a failure is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// The caller's arguments; nothing was sent.
    Arguments,
    /// The API, or the way to it.
    Upstream,
    /// This server.
    Server,
}

/// The kind of a failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// The arguments do not fit the tool.
    InvalidArguments,
    /// The API refused the key.
    Unauthorized,
    /// The API does not allow this with this key.
    Forbidden,
    /// The API has no such thing.
    NotFound,
    /// Too many calls.
    RateLimited,
    /// Any other refusal.
    Rejected,
    /// The API failed.
    UpstreamFailed,
    /// No connection, or one that broke before a reply.
    Unreachable,
    /// No reply in time.
    TimedOut,
    /// A reply that cannot be understood.
    BadReply,
    /// More to send or to receive than allowed.
    TooLarge,
}

impl Kind {
    /// The word for it in an error, a log or a metric.
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
        }
    }
}

/// The second line of [`ToolError::text`], and [`ToolError::facts`].
#[derive(Serialize)]
struct Envelope<'a> {
    error: Facts<'a>,
}

#[derive(Serialize)]
struct Facts<'a> {
    source: Source,
    kind: &'static str,
    message: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<u16>,
    #[serde(skip_serializing_if = "<[Violation]>::is_empty")]
    violations: &'a [Violation],
    #[serde(skip_serializing_if = "RateLimit::is_empty")]
    ratelimit: RateLimit,
}

impl ToolError {
    /// What the caller gets: the message as the first line, then the facts as one line of JSON.
    pub fn text(&self) -> String {
        // Serialising texts and numbers cannot fail; if it did, the sentence alone would still say what is wrong.
        let json = serde_json::to_string(&self.envelope()).unwrap_or_default();
        format!("{}\n{json}", self.message)
    }

    /// The facts alone, under the key `error`.
    pub fn facts(&self) -> Map<String, Value> {
        match serde_json::to_value(self.envelope()) {
            Ok(Value::Object(facts)) => facts,
            _ => Map::new(),
        }
    }

    fn envelope(&self) -> Envelope<'_> {
        let facts = Facts {
            source: self.source,
            kind: self.kind.name(),
            message: &self.message,
            status: self.status,
            violations: &self.violations,
            ratelimit: self.ratelimit,
        };
        Envelope { error: facts }
    }
}
