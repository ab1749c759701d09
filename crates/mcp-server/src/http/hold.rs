//! The share of the limits that a request holds until the last byte of its answer has left.

use std::sync::Arc;

use axum::body::Bytes;
use tokio::sync::OwnedSemaphorePermit;

use super::budget::HeldBytes;
use crate::response::{Pieces, own_bytes};

/// The permits and bytes of a request that is being answered.
#[derive(Debug)]
pub(super) struct Hold {
    pub(super) bytes: HeldBytes,
    pub(super) _permits: Vec<OwnedSemaphorePermit>,
}

impl Hold {
    /// Ties the hold to a message: it ends when the last of the returned pieces is dropped.
    ///
    /// The HTTP server drops a piece when the operating system has taken its last byte, and a body long before that. A
    /// client that does not read therefore keeps its hold.
    pub(super) fn until_sent(mut self, pieces: Pieces) -> Pieces {
        self.bytes.settle(own_bytes(&pieces));
        let hold = Arc::new(self);
        pieces.map(|piece| {
            if piece.is_empty() {
                return piece;
            }
            Bytes::from_owner(HeldPiece { piece, _hold: Arc::clone(&hold) })
        })
    }
}

struct HeldPiece {
    piece: Bytes,
    _hold: Arc<Hold>,
}

impl AsRef<[u8]> for HeldPiece {
    fn as_ref(&self) -> &[u8] {
        &self.piece
    }
}
