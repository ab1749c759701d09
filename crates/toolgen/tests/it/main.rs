//! The generator's tests: valid specs, bad ones, and the files generated from them.
#![allow(clippy::indexing_slicing, clippy::panic, reason = "a test stops at the first thing that is wrong")]

mod bad;
mod derived;
mod drift;
mod emit;
mod mutations;
mod readme;
#[path = "../../../../tests/it/common/reviewed_files.rs"]
mod reviewed_files;
