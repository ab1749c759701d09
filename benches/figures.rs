//! A figure beside what it should be.

use std::io::{self, Write};

/// Writes down a figure, and whether it is within what is allowed.
pub(crate) fn report(out: &mut impl Write, what: &str, figure: f64, unit: &str, allowed: f64) -> io::Result<()> {
    let verdict = if figure <= allowed { "ok" } else { "OVER" };
    writeln!(out, "{what:<60} {figure:>8.3} {unit:<3} (at most {allowed}) {verdict}")
}
