//! The only writer to standard output.
//!
//! A reader may close the pipe early. That is not a failure: the rest is dropped.

use std::io::{self, IsTerminal as _, Write};

/// Returns whether standard output is a terminal.
pub(super) fn is_terminal() -> bool {
    io::stdout().is_terminal()
}

/// Writes bytes unchanged.
pub(super) fn write_bytes(bytes: &[u8]) -> io::Result<()> {
    write_to(io::stdout().lock(), bytes)
}

/// Writes styled text. The styles are dropped where colours are disabled.
pub(super) fn write_styled(text: &str) -> io::Result<()> {
    write_to(anstream::stdout().lock(), text.as_bytes())
}

fn write_to(mut stdout: impl Write, bytes: &[u8]) -> io::Result<()> {
    match stdout.write_all(bytes).and_then(|()| stdout.flush()) {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        result => result,
    }
}
