//! A byte stream as lines of bounded length.
//!
//! A line beyond the limit is read to its end and forgotten, so that the next one is found; of it, only the id is
//! reported. Nothing is known here of what else a line holds.

use std::io;

use tokio::io::{AsyncBufReadExt as _, AsyncRead, BufReader};

use super::skim::Skim;
use crate::mcp::message::Id;

/// One line.
#[derive(Debug, PartialEq)]
pub(super) enum Line {
    /// Its bytes, without the end of line.
    Whole(Vec<u8>),
    /// It was longer than allowed; the id of the message in it, if that could be seen.
    TooLong(Option<Id>),
}

/// The lines of a stream.
#[derive(Debug)]
pub(super) struct Lines<R> {
    reader: BufReader<R>,
    longest: usize,
    kept: Vec<u8>,
    /// There from the moment the line is too long.
    skim: Option<Skim>,
}

impl<R: AsyncRead + Unpin> Lines<R> {
    /// The lines of `reader`, none of them longer than `longest` bytes.
    pub(super) fn of(reader: R, longest: usize) -> Self {
        /// A pipe holds as much.
        const BUFFER: usize = 64 * 1024;
        Self { reader: BufReader::with_capacity(BUFFER, reader), longest, kept: Vec::new(), skim: None }
    }

    /// The next line that is not blank, or `None` at the end of the stream. What follows the last end of line is a
    /// line as well.
    ///
    /// Dropping the future loses nothing: the next one goes on where it stopped.
    pub(super) async fn next(&mut self) -> io::Result<Option<Line>> {
        loop {
            let buffered = self.reader.fill_buf().await?;
            if buffered.is_empty() {
                return Ok(self.finish());
            }
            let mut parts = buffered.splitn(2, |&byte| byte == b'\n');
            let part = parts.next().unwrap_or_default();
            let ended = parts.next().is_some();
            let used = part.len() + usize::from(ended);
            keep(&mut self.kept, &mut self.skim, self.longest, part);
            self.reader.consume(used);
            if ended && let Some(line) = self.finish() {
                return Ok(Some(line));
            }
        }
    }

    fn finish(&mut self) -> Option<Line> {
        let kept = std::mem::take(&mut self.kept);
        match self.skim.take() {
            Some(skim) => Some(Line::TooLong(skim.id())),
            None if kept.trim_ascii().is_empty() => None,
            None => Some(Line::Whole(kept)),
        }
    }
}

fn keep(kept: &mut Vec<u8>, skim: &mut Option<Skim>, longest: usize, part: &[u8]) {
    if skim.is_none() && kept.len() + part.len() > longest {
        let mut begun = Skim::default();
        begun.feed(&std::mem::take(kept));
        *skim = Some(begun);
    }
    match skim {
        Some(skim) => skim.feed(part),
        None => kept.extend_from_slice(part),
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::*;

    async fn lines(text: &[u8], longest: usize) -> Vec<Line> {
        let mut lines = Lines::of(text, longest);
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
    async fn blank_lines_are_no_lines_and_the_last_one_needs_no_end() {
        assert_eq!(lines(b"\n a\r\n\r\n  \nb", 10).await, [whole(" a\r"), whole("b")]);
        assert_eq!(lines(b"\n\r\n ", 10).await, []);
        assert_eq!(lines(b"", 10).await, []);
    }

    #[tokio::test]
    async fn a_line_beyond_the_limit_is_reported_with_its_id_and_the_next_one_is_read() {
        let text = br#"{"id":7,"x":1}
12345
{"x":1,"id":"a"}"#;
        let seen = lines(text, 5).await;
        let text = |id: &str| Line::TooLong(Some(Id::Text(id.into())));
        assert_eq!(seen, [Line::TooLong(Some(Id::Integer("7".into()))), whole("12345"), text("a")]);
    }

    #[tokio::test]
    async fn a_line_beyond_the_limit_takes_no_memory() {
        let text = vec![b'x'; 1_000_000];
        let mut lines = Lines::of(text.as_slice(), 1_000);
        assert_eq!(lines.next().await.unwrap(), Some(Line::TooLong(None)));
        assert!(lines.kept.capacity() <= 1_000);
    }

    #[tokio::test]
    async fn a_line_in_pieces_survives_a_dropped_read() {
        let (mut client, server) = tokio::io::duplex(64);
        let mut lines = Lines::of(server, 100);
        tokio::io::AsyncWriteExt::write_all(&mut client, b"{\"a\"").await.unwrap();
        assert!(futures_util::FutureExt::now_or_never(lines.next()).is_none());
        tokio::io::AsyncWriteExt::write_all(&mut client, b":1}\n").await.unwrap();
        assert_eq!(lines.next().await.unwrap(), Some(whole("{\"a\":1}")));
    }
}
