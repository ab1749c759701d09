//! MCP over stdio, as a client sees it: both lifecycles, concurrency, cancellation, the end, and hostile input.
//!
//! Everything runs in memory on a paused clock, so a wait that nothing would end fails at once.

mod calls;
mod client;
mod hostile;
mod lifecycles;
