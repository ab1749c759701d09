//! Which requests are under way: from their headers to the last piece of their response.

use std::pin::Pin;
use std::task::{Context, Poll};

use axum::body::{Body, Bytes};
use http_body::{Frame, SizeHint};
use tokio_util::task::task_tracker::TaskTrackerToken;

/// The body of a response whose request is under way until the body has been handed over, or is dropped.
pub(super) struct UnderWay {
    body: Body,
    _until_then: TaskTrackerToken,
}

impl UnderWay {
    pub(super) fn new(body: Body, token: TaskTrackerToken) -> Self {
        Self { body, _until_then: token }
    }
}

impl http_body::Body for UnderWay {
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
