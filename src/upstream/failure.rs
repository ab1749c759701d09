//! Why a request brought no whole reply, told apart by what may have happened on the other side.
//!
//! No text here carries the request's URL, for arguments travel in its query.

use std::error::Error;
use std::fmt;
use std::io;
use std::time::Duration;

use super::ratelimit::RateLimit;

/// Why there is no reply.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SendError {
    /// The request could not be formed. Nothing was sent.
    #[error("the request could not be formed: {0}")]
    Unsendable(&'static str),
    /// The arguments in the path and the query make too long an address. Nothing was sent.
    #[error("an address of {bytes} bytes, and at most {limit} are possible")]
    AddressTooLong {
        /// How long it would be.
        bytes: usize,
        /// How long it may be.
        limit: usize,
    },
    /// More to upload than allowed. Nothing was sent.
    #[error("{bytes} bytes to send, and at most {limit} are allowed")]
    UploadTooLarge {
        /// What was to be sent.
        bytes: u64,
        /// What may be sent.
        limit: u64,
    },
    /// An attachment could not be read to its end, and the request was broken off before its own end.
    #[error("an attachment could not be read: {cause}")]
    AttachmentLost {
        /// What was wrong with it.
        cause: String,
    },
    /// There was no connection. Nothing was sent.
    #[error("no connection to {host} ({step}): {cause}")]
    NotConnected {
        /// The host that was meant.
        host: String,
        /// What did not work.
        step: Step,
        /// What the system said.
        cause: String,
    },
    /// The connection broke before a reply. The request may have been carried out.
    #[error("the connection broke before a reply: {cause}")]
    Broken {
        /// What the system said.
        cause: String,
    },
    /// There was no reply in time. The request may have been carried out.
    #[error("no reply within {} seconds", .after.as_secs())]
    TimedOut {
        /// The time allowed.
        after: Duration,
    },
    /// A success was announced, but its body did not arrive whole.
    #[error("status {status}, but its body {fault}")]
    Unfinished {
        /// The status.
        status: u16,
        /// The rate-limit facts in the reply's head.
        ratelimit: RateLimit,
        /// What was wrong with the body.
        fault: BodyFault,
    },
}

/// The step of connecting that failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// The host's name has no address.
    Name,
    /// No certificate that can be trusted, or no common protocol.
    Tls,
    /// Nobody answered in time.
    Time,
    /// Anything else: refused, no route, a proxy.
    Connect,
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Name => "name",
            Self::Tls => "TLS",
            Self::Time => "time",
            Self::Connect => "connect",
        })
    }
}

/// What was wrong with a body.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BodyFault {
    /// It ended early or could not be decompressed.
    #[error("broke off: {0}")]
    Broken(String),
    /// It was still coming when the time was up.
    #[error("was not there within {} seconds", .0.as_secs())]
    TimedOut(Duration),
    /// It is longer than allowed, decompressed.
    #[error("is longer than {0} bytes")]
    TooLarge(usize),
}

/// The error of an attachment that cannot be read, told apart by its type from those of the connection.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(super) struct Unreadable(pub(super) io::Error);

/// What an error before the reply's head means.
pub(super) fn of_sending(error: &reqwest::Error, host: &str, after: Duration) -> SendError {
    if error.is_builder() {
        return SendError::Unsendable("a header or a file's type is not valid");
    }
    if let Some(lost) = chain(error).find_map(|error| error.downcast_ref::<Unreadable>()) {
        return SendError::AttachmentLost { cause: lost.to_string() };
    }
    if error.is_connect() {
        return SendError::NotConnected { host: host.to_owned(), step: step(error), cause: cause(error) };
    }
    if error.is_timeout() {
        return SendError::TimedOut { after };
    }
    SendError::Broken { cause: cause(error) }
}

/// What an error within the reply's body means.
pub(super) fn of_body(error: &reqwest::Error, after: Duration) -> BodyFault {
    if error.is_timeout() { BodyFault::TimedOut(after) } else { BodyFault::Broken(cause(error)) }
}

fn step(error: &reqwest::Error) -> Step {
    if error.is_dns() {
        Step::Name
    } else if error.is_timeout() {
        Step::Time
    } else if chain(error).any(is_tls) {
        Step::Tls
    } else {
        Step::Connect
    }
}

/// Whether it is an error of the TLS layer, which hides inside I/O errors: what those wrap is not their source.
fn is_tls(error: &(dyn Error + 'static)) -> bool {
    let wrapped = error.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
    error.is::<rustls::Error>() || wrapped.is_some_and(|wrapped| is_tls(wrapped))
}

/// The innermost error's text. The outer ones say where in the client it was found, and the outermost has the URL.
fn cause(error: &reqwest::Error) -> String {
    chain(error).last().map_or_else(|| "no reason is known".to_owned(), ToString::to_string)
}

fn chain(error: &reqwest::Error) -> impl Iterator<Item = &(dyn Error + 'static)> {
    std::iter::successors(error.source(), |&error| error.source())
}
