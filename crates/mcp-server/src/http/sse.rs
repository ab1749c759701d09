//! An answer that follows progress notifications: an event stream (MCP 2026-07-28, Basic, Transports, "Streamable HTTP",
//! "Receiving Messages").
//!
//! The stream starts only when there is something to report. The call runs inside the stream, so that a client that
//! disconnects cancels it.

use std::convert::Infallible;
use std::pin::Pin;

use axum::body::{Body, Bytes};
use axum::response::Response;
use futures_util::stream::{self, StreamExt as _};
use http::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderName, HeaderValue};
use tokio::sync::mpsc;

use super::answer::HttpAnswer;
use super::hold::Hold;

/// Tells nginx and compatible proxies not to buffer the stream.
const X_ACCEL_BUFFERING: HeaderName = HeaderName::from_static("x-accel-buffering");

/// Awaits `call`, and responds with its answer: as plain JSON if nothing is reported before it, otherwise as the last
/// event of a stream. `hold` ends when the last byte of the answer has left.
pub(super) async fn respond(
    call: impl Future<Output = HttpAnswer> + Send + 'static,
    reports: mpsc::Receiver<Vec<u8>>,
    hold: Hold,
) -> Response {
    let mut exchange = Exchange { call: Box::pin(call), reports, answer: None };
    let first = match exchange.next().await {
        Next::Report(report) => event([report.into()]),
        Next::Answer(answer) => return answer.into_whole_response(hold),
    };
    let rest = stream::unfold(Some((exchange, hold)), |state| async {
        let (mut exchange, hold) = state?;
        Some(match exchange.next().await {
            Next::Report(report) => (event([report.into()]), Some((exchange, hold))),
            Next::Answer(answer) => (event(hold.until_sent(answer.message)), None),
        })
    });
    let pieces = stream::iter([first]).chain(rest).flat_map(stream::iter).map(Ok::<_, Infallible>);
    let mut response = Response::new(Body::from_stream(pieces));
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/event-stream"));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    headers.insert(X_ACCEL_BUFFERING, HeaderValue::from_static("no"));
    response
}

/// A call and its reports.
struct Exchange<C> {
    call: Pin<Box<C>>,
    reports: mpsc::Receiver<Vec<u8>>,
    /// The answer, while reports that came before it are still to be sent.
    answer: Option<HttpAnswer>,
}

/// The next message for the client.
enum Next {
    Report(Vec<u8>),
    Answer(HttpAnswer),
}

impl<C: Future<Output = HttpAnswer>> Exchange<C> {
    async fn next(&mut self) -> Next {
        let answer = match self.answer.take() {
            Some(answer) => answer,
            None => tokio::select! {
                biased;
                Some(report) = self.reports.recv() => return Next::Report(report),
                answer = &mut self.call => answer,
            },
        };
        // A call can report and finish without yielding in between.
        match self.reports.try_recv() {
            Ok(report) => {
                self.answer = Some(answer);
                Next::Report(report)
            }
            Err(_) => Next::Answer(answer),
        }
    }
}

/// A message as an event. Its JSON has no line breaks, so it is a single `data` line.
fn event(message: impl IntoIterator<Item = Bytes>) -> Vec<Bytes> {
    let (before, after) = (Bytes::from_static(b"event: message\ndata: "), Bytes::from_static(b"\n\n"));
    let pieces = [before].into_iter().chain(message).chain([after]);
    pieces.filter(|piece| !piece.is_empty()).collect()
}
