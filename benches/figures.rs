//! Figures and their limits.

use std::io::{self, Write};

/// Prints a figure, and whether it is within its limit.
pub(crate) fn report(out: &mut impl Write, name: &str, figure: f64, unit: &str, limit: f64) -> io::Result<()> {
    let verdict = if figure <= limit { "ok" } else { "OVER" };
    writeln!(out, "{name:<60} {figure:>8.3} {unit:<3} (at most {limit}) {verdict}")
}
