//! The generator's tests, one binary: valid specifications, bad ones, and what it writes for both.
#![allow(clippy::indexing_slicing, reason = "a test stops at the first thing that is wrong")]

mod bad;
mod derived;
mod drift;
mod emit;
mod mutations;
mod readme;
#[path = "../../../../tests/it/common/reviewed.rs"]
mod reviewed;
