//! Tracks in-flight requests: from their headers to the last chunk of their response.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use axum::body::{Body, Bytes};
use http_body::{Frame, SizeHint};
use hyper::body::Incoming;
use tokio_util::task::task_tracker::TaskTrackerToken;

use super::connections::{Activity, Connection, Phase};

/// A request body that notes when all of it has arrived.
pub(super) struct RequestBody {
    body: Incoming,
    activity: Arc<Activity>,
}

impl RequestBody {
    pub(super) fn new(body: Incoming, activity: Arc<Activity>) -> Self {
        let is_whole = http_body::Body::is_end_stream(&body);
        activity.enter(if is_whole { Phase::Answering } else { Phase::Reading });
        Self { body, activity }
    }
}

impl http_body::Body for RequestBody {
    type Data = Bytes;
    type Error = hyper::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, hyper::Error>>> {
        let frame = ready!(Pin::new(&mut self.body).poll_frame(context));
        if frame.is_none() || self.body.is_end_stream() {
            self.activity.enter(Phase::Answering);
        }
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

/// A response body that keeps its request in flight until the body is sent or dropped.
pub(super) struct InFlightBody {
    body: Body,
    connection: Arc<Connection>,
    _request: TaskTrackerToken,
}

impl InFlightBody {
    pub(super) fn new(body: Body, connection: Arc<Connection>, request: TaskTrackerToken) -> Self {
        connection.activity.enter(Phase::Writing);
        Self { body, connection, _request: request }
    }
}

impl http_body::Body for InFlightBody {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let frame = Pin::new(&mut self.body).poll_frame(context);
        // A stream of events waits for the call between two events.
        self.connection.activity.enter(if frame.is_pending() { Phase::Answering } else { Phase::Writing });
        frame
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

impl Drop for InFlightBody {
    fn drop(&mut self) {
        self.connection.has_answered();
    }
}
