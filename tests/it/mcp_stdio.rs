//! Tests of MCP over stdio: both lifecycles, concurrency, cancellation, end of input, and hostile input.
//!
//! Everything runs in memory on a paused clock, so a test that waits for something that never happens fails at once.

mod calls;
mod client;
mod hostile;
mod lifecycles;
mod questions;
