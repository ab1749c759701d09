//! The body of a request, to whichever route: all of it, unless it is too long or comes too slowly.

use std::time::Duration;

use axum::body::{Body, Bytes};
use http::StatusCode;
use http::header::{CONNECTION, HeaderValue};
use http_body::Body as _;
use http_body_util::BodyExt as _;
use tokio::time::{Instant, timeout_at};

use crate::problem::Problem;

/// How long nothing may come.
const STALL: Duration = Duration::from_secs(10);

/// How long the first bytes may take, however often some come.
const GRACE: Duration = Duration::from_secs(30);

/// The least that must come in a second from then on, on average; a poor line still has it.
const BYTES_PER_SECOND: u64 = 32 * 1024;

/// What keeps a body from being read.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Unread {
    /// It is longer than so many bytes.
    TooLong(usize),
    /// It did not come in time.
    TooSlow,
    /// It broke off, or its framing is wrong.
    Broken,
}

/// The whole of `body`, which may have `longest` bytes.
///
/// Whatever was announced, no more memory is taken than has been sent.
pub(crate) async fn read(mut body: Body, longest: usize) -> Result<Bytes, Unread> {
    let announced = body.size_hint().lower();
    if announced > longest as u64 {
        return Err(Unread::TooLong(longest));
    }
    let start = Instant::now();
    let mut whole = Vec::new();
    loop {
        let deadline = start + GRACE + Duration::from_secs(whole.len() as u64 / BYTES_PER_SECOND);
        let frame =
            timeout_at(deadline.min(Instant::now() + STALL), body.frame()).await.map_err(|_| Unread::TooSlow)?;
        let Some(frame) = frame else { return Ok(whole.into()) };
        let Ok(data) = frame.map_err(|_| Unread::Broken)?.into_data() else { continue };
        if whole.len() + data.len() > longest {
            return Err(Unread::TooLong(longest));
        }
        // Most messages come in one piece, which is then the whole.
        if whole.is_empty() && body.is_end_stream() {
            return Ok(data);
        }
        whole.extend_from_slice(&data);
    }
}

impl From<Unread> for Problem {
    fn from(unread: Unread) -> Self {
        let problem = match unread {
            Unread::TooLong(longest) => {
                Self::new(StatusCode::PAYLOAD_TOO_LARGE, format!("The body is longer than {longest} bytes."))
            }
            Unread::TooSlow => Self::new(StatusCode::REQUEST_TIMEOUT, "The body did not arrive in time."),
            Unread::Broken => Self::new(StatusCode::BAD_REQUEST, "The body broke off before its end."),
        };
        // What is left of the body is not read, so nothing else can be read after it.
        problem.with(CONNECTION, HeaderValue::from_static("close"))
    }
}
