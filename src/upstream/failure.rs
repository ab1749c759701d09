//! The errors of an exchange, distinguished by whether the request may have been carried out.
//!
//! No text here contains the request's URL, because its query contains arguments.

use std::error::Error;
use std::fmt;
use std::io;
use std::time::Duration;

use super::hosts::HostRefusal;
use super::ratelimit::RateLimit;

/// The reason why there is no whole reply.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SendError {
    /// The request could not be built. Nothing was sent.
    #[error("the request could not be built: {0}")]
    Unsendable(&'static str),
    /// The arguments in the path and the query make the URL too long. Nothing was sent.
    #[error("the URL is {bytes} bytes long, and the limit is {limit}")]
    UrlTooLong {
        /// Length of the URL.
        bytes: usize,
        /// Maximum length of a URL.
        limit: usize,
    },
    /// The request is larger than allowed. Nothing was sent.
    #[error("the request is {bytes} bytes long, and the limit is {limit}")]
    UploadTooLarge {
        /// Size of the request.
        bytes: u64,
        /// Maximum size of a request.
        limit: u64,
    },
    /// The time for the call was over before the request could be sent. Nothing was sent.
    #[error("the {} seconds for the call were over before it was sent", .limit.as_secs())]
    NoTimeLeft {
        /// Time for a whole call.
        limit: Duration,
    },
    /// An attachment could not be read to its end, so the request was cut off before its end.
    #[error("an attachment could not be read: {cause}")]
    AttachmentUnreadable {
        /// The reason.
        cause: String,
    },
    /// No key may be sent to the host. Nothing was sent.
    #[error(transparent)]
    HostRefused(HostRefusal),
    /// There was no connection. Nothing was sent.
    #[error("no connection to {host} ({step}): {cause}")]
    NotConnected {
        /// The host of the account.
        host: String,
        /// The step that failed.
        step: ConnectStep,
        /// The system's explanation.
        cause: String,
    },
    /// The connection was lost before a reply. The request may have been carried out.
    #[error("the connection was lost before a reply: {cause}")]
    ConnectionLost {
        /// The system's explanation.
        cause: String,
    },
    /// There was no reply in time. The request may have been carried out.
    #[error("no reply within {} seconds", .after.as_secs())]
    TimedOut {
        /// The time-out.
        after: Duration,
    },
    /// The status is a success, but the body did not arrive whole. The request was most likely carried out.
    #[error("status {status}, but the body {error}")]
    Incomplete {
        /// The status.
        status: u16,
        /// The rate-limit facts in the headers.
        ratelimit: RateLimit,
        /// The problem with the body.
        error: ReplyBodyError,
    },
}

/// The step of connecting that failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ConnectStep {
    /// Resolving the host name.
    Name,
    /// Agreeing on TLS: the certificate is not trusted, or there is no common protocol.
    Tls,
    /// The time limit passed during one of the steps.
    Time,
    /// Connecting: refused, no route, or a proxy refused.
    Connect,
}

impl fmt::Display for ConnectStep {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Name => "name",
            Self::Tls => "TLS",
            Self::Time => "time",
            Self::Connect => "connect",
        })
    }
}

/// The problem with a body.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReplyBodyError {
    /// It ended early or could not be decompressed.
    #[error("was cut off: {0}")]
    CutOff(String),
    /// It did not arrive completely before the time-out.
    #[error("did not arrive within {} seconds", .0.as_secs())]
    TimedOut(Duration),
    /// Its content coding is not known.
    #[error("has the content coding {0:?}, which is not known")]
    UnknownCoding(String),
    /// It is longer than allowed, decompressed.
    #[error("is longer than {0} bytes")]
    TooLarge(usize),
}

/// The error of an attachment that cannot be read. Its type distinguishes it from errors of the connection.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(super) struct UnreadableAttachment(pub(super) io::Error);

/// Classifies an error before the reply's headers arrived.
pub(super) fn error_before_reply(error: &reqwest::Error, host: &str, after: Duration) -> SendError {
    if error.is_builder() {
        return SendError::Unsendable("a header or a file's type is not valid");
    }
    if let Some(unreadable) = chain(error).find_map(|error| error.downcast_ref::<UnreadableAttachment>()) {
        return SendError::AttachmentUnreadable { cause: unreadable.to_string() };
    }
    if let Some(refusal) = chain(error).find_map(|error| error.downcast_ref::<HostRefusal>()) {
        return SendError::HostRefused(refusal.clone());
    }
    if error.is_connect() {
        return SendError::NotConnected { host: host.to_owned(), step: step(error), cause: cause(error) };
    }
    if error.is_timeout() {
        return SendError::TimedOut { after };
    }
    SendError::ConnectionLost { cause: cause(error) }
}

/// Classifies an error within the reply's body.
pub(super) fn error_in_body(error: &reqwest::Error, after: Duration) -> ReplyBodyError {
    if error.is_timeout() { ReplyBodyError::TimedOut(after) } else { ReplyBodyError::CutOff(cause(error)) }
}

fn step(error: &reqwest::Error) -> ConnectStep {
    if error.is_dns() {
        ConnectStep::Name
    } else if error.is_timeout() {
        ConnectStep::Time
    } else if chain(error).any(is_tls) {
        ConnectStep::Tls
    } else {
        ConnectStep::Connect
    }
}

/// Returns whether this is an error of the TLS layer. It may be inside an I/O error, whose inner error is not its
/// `source`.
fn is_tls(error: &(dyn Error + 'static)) -> bool {
    let wrapped = error.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
    error.is::<rustls::Error>() || wrapped.is_some_and(|wrapped| is_tls(wrapped))
}

/// Returns the text of the innermost error. The outer ones describe layers of the client, and the outermost contains the
/// URL.
fn cause(error: &reqwest::Error) -> String {
    chain(error).last().map_or_else(|| "unknown reason".to_owned(), ToString::to_string)
}

fn chain(error: &reqwest::Error) -> impl Iterator<Item = &(dyn Error + 'static)> {
    std::iter::successors(error.source(), |&error| error.source())
}
