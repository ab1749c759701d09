//! Tests of MCP over HTTP on real sockets: both lifecycles, tokens, hosts and origins, slow and hostile clients,
//! limits, and shutdown.

mod calls;
mod connector;
mod host_guard;
mod hostile;
mod lifecycles;
mod limits;
mod log;
mod probes;
mod server;
mod shutdown;
mod tokens;
