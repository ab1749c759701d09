//! Any text is a specification, or a report of what is wrong with it: no panic, no endless loop, no exhausted stack.
//!
//! `.ci/run` runs it for a minute. For longer, from crates/toolgen/: `cargo fuzz run --sanitizer none spec -- -timeout=10`.

#![no_main]

use std::io;

use libfuzzer_sys::fuzz_target;
use toolgen::Source;

fuzz_target!(|text: &str| {
    // A file that it names beside itself is the same text again.
    let beside = |_: &str| -> io::Result<String> { Ok(text.to_owned()) };
    match toolgen::compile(Source { file: "spec/api.yaml", text }, beside) {
        Ok(emitted) => assert!(!emitted.file().is_empty()),
        Err(report) => assert!(!report.to_string().is_empty()),
    }
});
