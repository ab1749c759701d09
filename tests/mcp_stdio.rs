//! MCP over stdio, as a client sees it: both lifecycles, concurrency, cancellation, the end, and hostile input.
//!
//! Everything runs in memory on a paused clock, so a wait that nothing would end fails at once.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "tests")]

#[path = "mcp_stdio/calls.rs"]
mod calls;
#[path = "mcp_stdio/client.rs"]
mod client;
#[path = "mcp_stdio/hostile.rs"]
mod hostile;
#[path = "mcp_stdio/lifecycles.rs"]
mod lifecycles;
#[path = "common/workshop.rs"]
mod workshop;
