//! Messages for a person, on standard error.

use std::io::Write as _;

/// Prints a line. A failure is ignored, because nothing depends on the message being read.
pub(super) fn print_line(line: &str) {
    let _ = writeln!(anstream::stderr(), "{line}");
}
