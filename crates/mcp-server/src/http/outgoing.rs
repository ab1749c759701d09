//! The body of a response: the pieces of a message. A list is a piece that all responses share.

use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll};

use axum::body::{Body, Bytes};
use http_body::{Frame, SizeHint};

use super::hold::Hold;
use crate::response::Pieces;

/// The body that consists of these pieces. `hold` ends when the last of them has left.
pub(super) fn body_of_pieces(pieces: Pieces, hold: Hold) -> Body {
    Body::new(PiecesBody { pieces: hold.until_sent(pieces) })
}

/// Pieces that are still to be sent. A piece that has been sent is empty.
struct PiecesBody {
    pieces: Pieces,
}

impl PiecesBody {
    fn length(&self) -> usize {
        self.pieces.iter().map(Bytes::len).sum()
    }
}

impl http_body::Body for PiecesBody {
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
