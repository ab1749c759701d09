//! Reading the body of a request, within limits on length and time.

use std::time::Duration;

use axum::body::{Body, Bytes};
use http::StatusCode;
use http::header::{CONNECTION, HeaderValue};
use http_body::Body as _;
use http_body_util::BodyExt as _;
use tokio::time::{Instant, timeout, timeout_at};

use super::access::Denied;
use super::budget::HeldBytes;
use super::problem::Problem;

/// The longest pause between two parts of a body.
const LONGEST_PAUSE: Duration = Duration::from_secs(10);

/// The time in which a body may arrive at any speed.
const GRACE: Duration = Duration::from_secs(30);

/// The minimum average speed after that. Even a poor mobile connection is faster.
const BYTES_PER_SECOND: u64 = 32 * 1024;

/// The longest wait for room in the byte budget.
const LONGEST_WAIT: Duration = Duration::from_secs(30);

/// The length up to which a body does not wait for room, so that small requests are served while large ones wait.
const SMALL: usize = 16 * 1024;

/// The reason why a body was not read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BodyError {
    /// It is longer than this number of bytes.
    TooLong(usize),
    /// It did not arrive in time.
    TooSlow,
    /// The connection broke, or the framing is wrong.
    Broken,
    /// Too many bytes are held for other requests.
    NoRoom,
}

/// A body that was read.
#[derive(Clone, Debug)]
pub struct ReadBody {
    /// The whole body.
    pub bytes: Bytes,
    /// The time for which the client had to wait until there was room for more.
    pub waited: Duration,
}

/// Reads the whole of `body`, up to `longest` bytes. What has arrived is counted in `held`.
///
/// A length that is only announced takes no memory: the buffer grows with what arrives. While there is no room for more,
/// nothing is read, and the client waits.
///
/// # Errors
///
/// Fails if the body is too long, arrives too slowly, or ends early, or if there is no room in time.
pub async fn read_body(mut body: Body, longest: usize, held: &mut HeldBytes) -> Result<ReadBody, BodyError> {
    let announced = body.size_hint().lower();
    if announced > longest as u64 {
        return Err(BodyError::TooLong(longest));
    }
    let announced = usize::try_from(announced).unwrap_or(longest);
    let (mut start, mut waited) = (Instant::now(), Duration::ZERO);
    let mut whole = Vec::new();
    loop {
        let deadline = start + GRACE + Duration::from_secs(whole.len() as u64 / BYTES_PER_SECOND);
        let pause = Instant::now() + LONGEST_PAUSE;
        let frame = timeout_at(deadline.min(pause), body.frame()).await.map_err(|_| BodyError::TooSlow)?;
        let Some(frame) = frame else { return Ok(ReadBody { bytes: whole.into(), waited }) };
        let Ok(data) = frame.map_err(|_| BodyError::Broken)?.into_data() else { continue };
        if whole.len() + data.len() > longest {
            return Err(BodyError::TooLong(longest));
        }
        if whole.len() + data.len() <= SMALL {
            held.take(data.len() as u64);
        } else {
            let asked = Instant::now();
            let room = timeout(LONGEST_WAIT.saturating_sub(waited), held.grow(data.len() as u64));
            if room.await.is_err() {
                drop(whole);
                held.settle(0);
                discard_rest(body).await;
                return Err(BodyError::NoRoom);
            }
            // The client is not to blame for this time.
            start += asked.elapsed();
            waited += asked.elapsed();
        }
        // Most messages arrive in one part, which then needs no copy.
        if whole.is_empty() && body.is_end_stream() {
            return Ok(ReadBody { bytes: data, waited });
        }
        append(&mut whole, &data, announced);
    }
}

/// Reads what is left of a refused body and keeps nothing of it: a client that is still sending when the connection is
/// closed may never see the response.
async fn discard_rest(mut body: Body) {
    const TIME_LIMIT: Duration = Duration::from_secs(10);
    let discarded = async { while let Some(Ok(_)) = body.frame().await {} };
    // A client that sends for longer than that is cut off.
    let _ = timeout(TIME_LIMIT, discarded).await;
}

/// Appends `data` to a buffer that doubles when it is full, but does not become longer than announced.
fn append(whole: &mut Vec<u8>, data: &[u8], announced: usize) {
    let needed = whole.len() + data.len();
    if needed > whole.capacity() {
        let doubled = (whole.len() * 2).min(announced).max(needed);
        whole.reserve_exact(doubled - whole.len());
    }
    whole.extend_from_slice(data);
}

impl From<BodyError> for Problem {
    fn from(error: BodyError) -> Self {
        let problem = match error {
            BodyError::NoRoom => Self::from(Denied::NoRoom),
            BodyError::TooLong(longest) => {
                Self::new(StatusCode::PAYLOAD_TOO_LARGE, format!("The body is longer than {longest} bytes."))
            }
            BodyError::TooSlow => Self::new(StatusCode::REQUEST_TIMEOUT, "The body did not arrive in time."),
            BodyError::Broken => Self::new(StatusCode::BAD_REQUEST, "The connection broke before the end of the body."),
        };
        // The rest of the body is not read, so the connection cannot carry another request.
        problem.with_header(CONNECTION, HeaderValue::from_static("close"))
    }
}
