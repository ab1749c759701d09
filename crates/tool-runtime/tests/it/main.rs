//! Tests of the whole way from JSON arguments to a request.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "tests")]

mod arguments;
mod empty;
mod files;
mod hostile;
mod lenient;
mod prompts;
mod requests;
mod resources;
mod results;
mod values;
