//! MCP over HTTP as clients meet it, on real sockets: both lifecycles, tokens, hosts and origins, slow and hostile clients,
//! and the end.
#![expect(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, reason = "tests")]

#[path = "http/calls.rs"]
mod calls;
#[path = "common/connector.rs"]
mod cloud;
#[path = "http/connector.rs"]
mod connector;
#[path = "http/door.rs"]
mod door;
#[path = "http/end.rs"]
mod end;
#[path = "http/hostile.rs"]
mod hostile;
#[path = "http/lifecycles.rs"]
mod lifecycles;
#[path = "http/log.rs"]
mod log;
#[path = "http/probes.rs"]
mod probes;
#[path = "http/site.rs"]
mod site;
#[path = "http/tokens.rs"]
mod tokens;
#[path = "common/workshop.rs"]
mod workshop;
