//! A figure beside its limit.

use std::io::{self, Write};

/// Prints a figure, and whether it is within its limit.
///
/// # Errors
///
/// If `out` cannot be written to.
pub fn report(out: &mut impl Write, what: &str, figure: f64, unit: &str, limit: f64) -> io::Result<()> {
    let verdict = if figure <= limit { "ok" } else { "OVER" };
    writeln!(out, "{what:<60} {figure:>8.3} {unit:<3} (at most {limit}) {verdict}")
}
