//! One record of the call log, and the list of its columns.

use std::borrow::Cow;
use std::time::Duration;

use jiff::Timestamp;
use mcp_server::RequestContext;
use uuid::Uuid;

use crate::outcome::RateLimit;
use crate::service::{CallEnding, EndedCall};
use crate::store::record::record;
use crate::token;

/// The most characters of a text that a client sent.
const MAX_TEXT_CHARS: usize = 200;

record! {
    /// A call, or a request that was refused before it became a call. The fields are the columns of the table `call_log`.
    #[derive(Clone, Debug, Default, PartialEq, Eq)]
    pub struct CallRecord {
        /// The identifier. Identifiers increase in the order in which records are written.
        pub id: Uuid,
        /// The time at which the call ended.
        pub at: Timestamp,
        /// The account of the server.
        pub account_id: Option<Uuid>,
        /// The server through which the call came.
        pub server_id: Option<Uuid>,
        /// The name of the tool.
        pub tool: Option<Cow<'static, str>>,
        /// The name that the client gives itself.
        pub client_name: Option<String>,
        /// The client's version.
        pub client_version: Option<String>,
        /// The protocol revision of the request.
        pub protocol_revision: Option<Cow<'static, str>>,
        /// The outcome: `ok`, a kind of error, or why the request was refused.
        pub status: Cow<'static, str>,
        /// The HTTP status of the API's reply.
        pub upstream_status: Option<u16>,
        /// The duration in microseconds.
        pub duration_us: i64,
        /// The identifier of the HTTP request.
        pub request_id: Option<String>,
        /// The number of calls that the API still allowed after this one.
        pub remaining: Option<i64>,
        /// The number of calls that the record counts: more than one if they exceeded the rate of the log.
        /// The duration is then their mean.
        pub calls: i64,
        /// The step that the confirmation of the call reached, if it needed one.
        pub confirmation: Option<Cow<'static, str>>,
        /// The user who signed in to the server, if it asks for that.
        pub user_id: Option<Uuid>,
    }
}

impl CallRecord {
    /// A record of which only the time and the outcome are known. The identifier is nil until the record is written.
    pub fn new(at: Timestamp, status: impl Into<Cow<'static, str>>) -> Self {
        Self { at, status: status.into(), calls: 1, ..Self::default() }
    }

    /// A record of a request that was refused before it became a call.
    pub(crate) fn of_request(at: Timestamp, status: &'static str, context: &RequestContext) -> Self {
        let client = context.client.as_ref();
        Self {
            client_name: client.map(|client| storable(&client.name)),
            client_version: client.and_then(|client| client.version.as_deref().map(storable)),
            protocol_revision: context.revision.map(|revision| Cow::Borrowed(revision.name())),
            request_id: context.request_id.as_deref().map(storable),
            ..Self::new(at, status)
        }
    }

    /// A record of a call.
    pub(super) fn of_call(at: Timestamp, call: &EndedCall<'_>) -> Self {
        Self {
            tool: call.tool.map(Cow::Borrowed),
            upstream_status: upstream_status(&call.ending),
            duration_us: microseconds(call.duration),
            confirmation: call.confirmation.map(|step| Cow::Borrowed(step.name())),
            remaining: rate_limit(&call.ending).remaining.and_then(|calls| i64::try_from(calls).ok()),
            ..Self::of_request(at, call.ending.name(), call.context)
        }
    }

    /// Adds the server through which the request came, and its account.
    #[must_use]
    pub(crate) fn through(self, server_id: Uuid, account_id: Uuid) -> Self {
        Self { server_id: Some(server_id), account_id: Some(account_id), ..self }
    }
}

fn upstream_status(ending: &CallEnding<'_>) -> Option<u16> {
    match ending {
        CallEnding::Done(Ok(success)) => Some(success.upstream_status),
        CallEnding::Done(Err(error)) => error.status,
        CallEnding::Answered
        | CallEnding::Unknown
        | CallEnding::NotConfirmed
        | CallEnding::InsufficientScope
        | CallEnding::Cancelled => None,
    }
}

/// The rate limit that the API reported with its reply to a call.
pub(super) fn rate_limit(ending: &CallEnding<'_>) -> RateLimit {
    match ending {
        CallEnding::Done(Ok(success)) => success.ratelimit,
        CallEnding::Done(Err(error)) => error.ratelimit,
        CallEnding::Answered
        | CallEnding::Unknown
        | CallEnding::NotConfirmed
        | CallEnding::InsufficientScope
        | CallEnding::Cancelled => RateLimit::default(),
    }
}

fn microseconds(duration: Duration) -> i64 {
    i64::try_from(duration.as_micros()).expect("a call takes less than 290,000 years")
}

/// Returns a text that a client sent in a form that every engine stores: without control characters such as NUL, without
/// tokens, and not longer than [`MAX_TEXT_CHARS`].
fn storable(text: &str) -> String {
    // In this order, because a control character or the end could hide what is left of a token.
    let printable: String = text.chars().filter(|c| !c.is_control()).collect();
    token::redacted(&printable).chars().take(MAX_TEXT_CHARS).collect()
}
