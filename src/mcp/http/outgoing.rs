//! The body of a response: a message in its pieces, none of them copied on its way to the connection.

use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll};

use axum::body::{Body, Bytes};
use http_body::{Frame, SizeHint};

use crate::mcp::reply::Pieces;

/// The body that consists of these pieces.
pub(super) fn body(pieces: Pieces) -> Body {
    Body::new(Outgoing { pieces })
}

/// What has gone out already is empty.
struct Outgoing {
    pieces: Pieces,
}

impl Outgoing {
    fn length(&self) -> usize {
        self.pieces.iter().map(Bytes::len).sum()
    }
}

impl http_body::Body for Outgoing {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        let next = self.pieces.iter_mut().find(|piece| !piece.is_empty());
        Poll::Ready(next.map(|piece| Ok(Frame::data(std::mem::take(piece)))))
    }

    fn is_end_stream(&self) -> bool {
        self.length() == 0
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.length() as u64)
    }
}
