//! An answer that is preceded by reports of progress: an event stream.
//!
//! It is begun only when there is something to report. The call runs within the stream, so that a client that hangs
//! up drops it.

use std::convert::Infallible;

use axum::body::{Body, Bytes};
use axum::response::Response;
use futures_util::stream::{self, StreamExt as _};
use http::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderName, HeaderValue};
use tokio::sync::mpsc;

use super::Answer;

/// Tells proxies to pass on what they get at once.
const X_ACCEL_BUFFERING: HeaderName = HeaderName::from_static("x-accel-buffering");

/// The answer to come: whole if nothing is reported before it, and else as the last event of a stream.
pub(super) async fn answer(
    call: impl Future<Output = Answer> + Send + 'static,
    mut reports: mpsc::Receiver<Vec<u8>>,
) -> Response {
    let mut call = Box::pin(call);
    let first = tokio::select! {
        biased;
        Some(report) = reports.recv() => report,
        answer = &mut call => return answer.whole(),
    };
    let rest = stream::unfold(Some((call, reports)), |state| async {
        let (mut call, mut reports) = state?;
        tokio::select! {
            biased;
            Some(report) = reports.recv() => Some((report, Some((call, reports)))),
            answer = &mut call => Some((answer.message, None)),
        }
    });
    let events = stream::iter([first]).chain(rest).map(|message| Ok::<_, Infallible>(event(&message)));
    let mut response = Response::new(Body::from_stream(events));
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/event-stream"));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    headers.insert(X_ACCEL_BUFFERING, HeaderValue::from_static("no"));
    response
}

/// A message as an event. It is JSON without line breaks, so it is one line of data.
fn event(message: &[u8]) -> Bytes {
    [b"event: message\ndata: ", message, b"\n\n"].concat().into()
}
