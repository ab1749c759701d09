//! The only writer to stdout.
//!
//! A reader that has seen enough and closed the pipe is no failure: what it did not want is dropped in silence.

use std::io::{self, IsTerminal as _, Write};

/// Whether a person reads it, rather than a program.
pub(super) fn is_terminal() -> bool {
    io::stdout().is_terminal()
}

/// Writes bytes as they are.
pub(super) fn verbatim(bytes: &[u8]) -> io::Result<()> {
    written(io::stdout().lock(), bytes)
}

/// Writes text with colours, or without them where they are not wanted.
pub(super) fn coloured(text: &str) -> io::Result<()> {
    written(anstream::stdout().lock(), text.as_bytes())
}

fn written(mut stdout: impl Write, bytes: &[u8]) -> io::Result<()> {
    match stdout.write_all(bytes).and_then(|()| stdout.flush()) {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        result => result,
    }
}
