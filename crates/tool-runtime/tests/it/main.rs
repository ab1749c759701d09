//! From a caller's JSON to a request, without a network: what is taken, what is refused, what can never happen.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, reason = "tests")]

mod arguments;
mod files;
mod hostile;
mod prompts;
mod requests;
mod resources;
mod values;
