//! A byte stream as lines of limited length.
//!
//! A line over the limit is read to its end, so that the next line is found, but not stored. Only the id of the message
//! in it is reported.

use std::io;

use tokio::io::{AsyncBufReadExt as _, AsyncRead, BufReader};

use super::skim::Skim;
use crate::message::RpcId;

/// The byte order mark, which some programs write before everything else.
const BOM: &[u8] = b"\xef\xbb\xbf";

/// A line.
#[derive(Debug, PartialEq)]
pub(super) enum Line {
    /// The bytes of the line, without the line feed.
    Whole(Vec<u8>),
    /// A line over the limit, with the id of the message in it, if one was found.
    TooLong(Option<RpcId>),
}

/// The lines of a stream.
#[derive(Debug)]
pub(super) struct Lines<R> {
    reader: BufReader<R>,
    longest: usize,
    line: Vec<u8>,
    /// Set as soon as the line is over the limit.
    skim: Option<Skim>,
}

impl<R: AsyncRead + Unpin> Lines<R> {
    /// The lines of `reader`, each of them at most `longest` bytes long.
    pub(super) fn new(reader: R, longest: usize) -> Self {
        /// The size of a pipe on Linux.
        const BUFFER: usize = 64 * 1024;
        Self { reader: BufReader::with_capacity(BUFFER, reader), longest, line: Vec::new(), skim: None }
    }

    /// The next line that is not blank, or `None` at the end of the stream. The last line needs no line feed.
    ///
    /// Cancel-safe: after the future is dropped, the next call continues where it stopped.
    pub(super) async fn next(&mut self) -> io::Result<Option<Line>> {
        loop {
            let buffered = self.reader.fill_buf().await?;
            if buffered.is_empty() {
                return Ok(self.finish());
            }
            let mut parts = buffered.splitn(2, |&byte| byte == b'\n');
            let part = parts.next().expect("splitting yields at least one part");
            let ended = parts.next().is_some();
            let used = part.len() + usize::from(ended);
            append(&mut self.line, &mut self.skim, self.longest, part);
            self.reader.consume(used);
            if ended && let Some(line) = self.finish() {
                return Ok(Some(line));
            }
        }
    }

    fn finish(&mut self) -> Option<Line> {
        let line = std::mem::take(&mut self.line);
        match self.skim.take() {
            Some(skim) => Some(Line::TooLong(skim.id())),
            None if line.strip_prefix(BOM).unwrap_or(&line).trim_ascii().is_empty() => None,
            None => Some(Line::Whole(line)),
        }
    }
}

fn append(line: &mut Vec<u8>, skim: &mut Option<Skim>, longest: usize, part: &[u8]) {
    if skim.is_none() && line.len() + part.len() > longest {
        let mut started = Skim::default();
        started.feed(&std::mem::take(line));
        *skim = Some(started);
    }
    match skim {
        Some(skim) => skim.feed(part),
        None => line.extend_from_slice(part),
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::*;

    async fn lines(text: &[u8], longest: usize) -> Vec<Line> {
        let mut lines = Lines::new(text, longest);
        let mut all = Vec::new();
        while let Some(line) = lines.next().await.unwrap() {
            all.push(line);
        }
        all
    }

    fn whole(text: &str) -> Line {
        Line::Whole(text.as_bytes().to_vec())
    }

    #[tokio::test]
    async fn blank_lines_are_skipped_and_the_last_needs_no_line_feed() {
        assert_eq!(lines(b"\n a\r\n\r\n  \nb", 10).await, [whole(" a\r"), whole("b")]);
        assert_eq!(lines(b"\n\r\n ", 10).await, []);
        assert_eq!(lines(b"\xef\xbb\xbf\r\na", 10).await, [whole("a")]);
        assert_eq!(lines(b"", 10).await, []);
    }

    #[tokio::test]
    async fn a_too_long_line_is_reported_with_its_id() {
        let text = br#"{"id":7,"x":1}
12345
{"x":1,"id":"a"}"#;
        let seen = lines(text, 5).await;
        let text = |id: &str| Line::TooLong(Some(RpcId::Text(id.into())));
        assert_eq!(seen, [Line::TooLong(Some(RpcId::Integer("7".into()))), whole("12345"), text("a")]);
    }

    #[tokio::test]
    async fn a_too_long_line_is_not_stored() {
        let text = vec![b'x'; 1_000_000];
        let mut lines = Lines::new(text.as_slice(), 1_000);
        assert_eq!(lines.next().await.unwrap(), Some(Line::TooLong(None)));
        assert!(lines.line.capacity() <= 1_000);
    }

    #[tokio::test]
    async fn a_partial_line_survives_a_dropped_read() {
        let (mut client, server) = tokio::io::duplex(64);
        let mut lines = Lines::new(server, 100);
        tokio::io::AsyncWriteExt::write_all(&mut client, b"{\"a\"").await.unwrap();
        assert!(futures_util::FutureExt::now_or_never(lines.next()).is_none());
        tokio::io::AsyncWriteExt::write_all(&mut client, b":1}\n").await.unwrap();
        assert_eq!(lines.next().await.unwrap(), Some(whole("{\"a\":1}")));
    }
}
