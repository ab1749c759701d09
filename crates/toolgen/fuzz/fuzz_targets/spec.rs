//! The generator on arbitrary text: it compiles or reports mistakes, and never panics, hangs or overflows the stack.
//!
//! `.ci/run` runs it for a minute. To run it for longer, in crates/toolgen:
//! `cargo fuzz run --sanitizer none spec -- -timeout=10`.

#![no_main]

use std::io;

use libfuzzer_sys::fuzz_target;
use toolgen::Source;

fuzz_target!(|text: &str| {
    // Any file that the spec names has the same text.
    let read = |_: &str| -> io::Result<String> { Ok(text.to_owned()) };
    match toolgen::compile(Source { file: "spec/api.yaml", text }, read) {
        Ok(emitted) => assert!(!emitted.files.is_empty()),
        Err(report) => assert!(!report.to_string().is_empty()),
    }
});
