//! The HTTP server: the MCP endpoint, the admin API, the console and the probes, on one port.
//!
//! This module holds what all requests share: allowed hosts and origins, limits on connections and for slow clients,
//! response headers, request logging and graceful shutdown. Terminate TLS at a reverse proxy; its `X-Forwarded-For` header is trusted only
//! if the proxy is named in the settings.

mod connections;
mod host_guard;
mod http_service;
mod in_flight;
mod listen;
mod probes;
mod redaction;
mod routes;
mod shutdown_signal;
mod starting;
mod tracked_stream;

pub use self::connections::ConnectionLimits;
pub use self::host_guard::{HostGuard, InvalidOrigin, InvalidProxy};
pub use self::listen::{ServeOptions, serve};
pub use self::probes::ProbeBackend;
pub use self::routes::{OpenRoutes, Routes, routes};
pub use self::shutdown_signal::{StopSignals, ignore_hangups};
pub use self::starting::while_starting;
