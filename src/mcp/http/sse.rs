//! An answer that is preceded by reports of progress: an event stream.
//!
//! It is begun only when there is something to report. The call runs within the stream, so that a client that hangs
//! up drops it.

use std::convert::Infallible;
use std::pin::Pin;

use axum::body::{Body, Bytes};
use axum::response::Response;
use futures_util::stream::{self, StreamExt as _};
use http::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderName, HeaderValue};
use tokio::sync::mpsc;

use super::Answer;
use crate::mcp::reply;

/// Tells proxies to pass on what they get at once.
const X_ACCEL_BUFFERING: HeaderName = HeaderName::from_static("x-accel-buffering");

/// The answer to come: whole if nothing is reported before it, and else as the last event of a stream.
pub(super) async fn answer(
    call: impl Future<Output = Answer> + Send + 'static,
    reports: mpsc::Receiver<Vec<u8>>,
) -> Response {
    let mut exchange = Exchange { call: Box::pin(call), reports, answer: None };
    let first = match exchange.next().await {
        Next::Report(report) => report,
        Next::Answer(answer) => return answer.whole(),
    };
    let rest = stream::unfold(Some(exchange), |exchange| async {
        let mut exchange = exchange?;
        match exchange.next().await {
            Next::Report(report) => Some((report, Some(exchange))),
            Next::Answer(answer) => Some((reply::joined(answer.message), None)),
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

/// A call and what it has said so far.
struct Exchange<C> {
    call: Pin<Box<C>>,
    reports: mpsc::Receiver<Vec<u8>>,
    /// Once it is there, until every report has gone before it.
    answer: Option<Answer>,
}

/// What is told next.
enum Next {
    Report(Vec<u8>),
    Answer(Answer),
}

impl<C: Future<Output = Answer>> Exchange<C> {
    async fn next(&mut self) -> Next {
        let answer = match self.answer.take() {
            Some(answer) => answer,
            None => tokio::select! {
                biased;
                Some(report) = self.reports.recv() => return Next::Report(report),
                answer = &mut self.call => answer,
            },
        };
        // A call may report and end without a pause between.
        match self.reports.try_recv() {
            Ok(report) => {
                self.answer = Some(answer);
                Next::Report(report)
            }
            Err(_) => Next::Answer(answer),
        }
    }
}

/// A message as an event. It is JSON without line breaks, so it is one line of data.
fn event(message: &[u8]) -> Bytes {
    [b"event: message\ndata: ", message, b"\n\n"].concat().into()
}
