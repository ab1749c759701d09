//! Files of one folder can be attached, and of no other: what a path may not be, and what a caller gets.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, reason = "tests")]

mod calls;
#[cfg(unix)]
mod race;
#[cfg(unix)]
mod refused;
