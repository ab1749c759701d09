//! The program under test.

use std::env;
use std::sync::LazyLock;

/// Returns the path of the program that Cargo built, or of another build that the variable `TEST_PROGRAM` names, such as
/// the one that a release ships.
pub(crate) fn program_path() -> &'static str {
    static PATH: LazyLock<String> =
        LazyLock::new(|| env::var("TEST_PROGRAM").unwrap_or_else(|_| env!("CARGO_BIN_EXE_desk365-mcp").to_owned()));
    &PATH
}
