//! Tracks in-flight requests: from their headers to the last chunk of their response.

use std::pin::Pin;
use std::task::{Context, Poll};

use axum::body::{Body, Bytes};
use http_body::{Frame, SizeHint};
use tokio_util::task::task_tracker::TaskTrackerToken;

/// A response body that keeps its request in flight until the body is sent or dropped.
pub(super) struct InFlightBody {
    body: Body,
    _request: TaskTrackerToken,
}

impl InFlightBody {
    pub(super) fn new(body: Body, request: TaskTrackerToken) -> Self {
        Self { body, _request: request }
    }
}

impl http_body::Body for InFlightBody {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        Pin::new(&mut self.body).poll_frame(context)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
