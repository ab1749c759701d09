//! The content of a file as a stream of exactly as many bytes as it had when it was opened.
//!
//! The request announces that length, and the size limit was checked against it. The last piece is held back until the
//! file is known to end there, so that the API never receives the whole of a file that was being written.

use std::io;

use bytes::{Bytes, BytesMut};
use futures_util::{Stream, stream};
use tokio::fs::File;
use tokio::io::{AsyncRead, AsyncReadExt as _};

/// The size of the pieces in which a file is read.
const PIECE_BYTES: u64 = 64 * 1024;

/// Streams the `length` bytes of `file`.
pub(super) fn stream_exactly(
    file: std::fs::File,
    length: u64,
) -> impl Stream<Item = io::Result<Bytes>> + Send + 'static {
    pieces(File::from_std(file), length)
}

fn pieces<R: AsyncRead + Unpin + Send + 'static>(
    source: R,
    length: u64,
) -> impl Stream<Item = io::Result<Bytes>> + Send + 'static {
    stream::try_unfold(Some((source, length)), async |rest| {
        let Some((mut source, left)) = rest else { return Ok(None) };
        let wanted = left.min(PIECE_BYTES);
        let mut piece = BytesMut::new();
        while (piece.len() as u64) < wanted {
            let missing = wanted - piece.len() as u64;
            if (&mut source).take(missing).read_buf(&mut piece).await? == 0 {
                return Err(io::Error::new(io::ErrorKind::UnexpectedEof, "the file became shorter while it was read"));
            }
        }
        let left = left - wanted;
        if left > 0 {
            return Ok(Some((piece.freeze(), Some((source, left)))));
        }
        if source.read(&mut [0]).await? > 0 {
            return Err(io::Error::new(io::ErrorKind::InvalidData, "the file became longer while it was read"));
        }
        Ok(Some((piece.freeze(), None)))
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use futures_util::TryStreamExt as _;
    use tokio_test::io::Builder;

    use super::*;

    async fn read_pieces(source: impl AsyncRead + Unpin + Send + 'static, length: u64) -> io::Result<Vec<Bytes>> {
        pieces(source, length).try_collect().await
    }

    #[tokio::test]
    async fn bytes_arrive_in_pieces_and_in_order() {
        let bytes: Vec<u8> = (0..=u8::MAX).cycle().take(150_000).collect();
        let pieces = read_pieces(io::Cursor::new(bytes.clone()), 150_000).await.unwrap();
        assert_eq!(pieces.iter().map(Bytes::len).collect::<Vec<_>>(), [65_536, 65_536, 18_928]);
        assert_eq!(pieces.concat(), bytes);
    }

    #[tokio::test]
    async fn short_reads_make_no_difference() {
        let source = Builder::new().read(b"a").read(b"bc").read(b"d").build();
        assert_eq!(read_pieces(source, 4).await.unwrap(), ["abcd"]);
    }

    #[tokio::test]
    async fn an_empty_file_has_no_bytes() {
        assert_eq!(read_pieces(io::Cursor::new(b""), 0).await.unwrap().concat(), b"");
    }

    #[tokio::test]
    async fn a_file_that_has_grown_is_an_error() {
        for length in [0, 3] {
            let error = read_pieces(io::Cursor::new(b"abcd"), length).await.unwrap_err();
            assert!(error.to_string().contains("longer"), "{error}");
        }
    }

    #[tokio::test]
    async fn a_file_that_has_shrunk_is_an_error() {
        let error = read_pieces(io::Cursor::new(b"abcd"), 5).await.unwrap_err();
        assert!(error.to_string().contains("shorter"), "{error}");
    }
}
