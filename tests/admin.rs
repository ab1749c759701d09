//! The hosted server as its operator and its callers meet it: the admin API, and MCP at the tokens it hands out.
//!
//! Everything runs in this process on a clock that only the tests move, save where a process is the point.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stderr,
    clippy::print_stdout,
    reason = "tests"
)]

#[path = "common/database.rs"]
mod database;

#[path = "admin/access.rs"]
mod access;
#[path = "admin/accounts.rs"]
mod accounts;
#[path = "admin/call_log.rs"]
mod call_log;
#[path = "admin/clock.rs"]
mod clock;
#[path = "admin/crash.rs"]
mod crash;
#[path = "admin/document.rs"]
mod document;
#[path = "admin/hostile.rs"]
mod hostile;
#[path = "admin/limits.rs"]
mod limits;
#[path = "admin/log.rs"]
mod log;
#[path = "admin/nodes.rs"]
mod nodes;
#[path = "admin/resources.rs"]
mod resources;
#[path = "admin/scopes.rs"]
mod scopes;
#[path = "admin/servers.rs"]
mod servers;
#[path = "admin/site.rs"]
mod site;
#[path = "admin/tokens.rs"]
mod tokens;
#[path = "admin/upkeep.rs"]
mod upkeep;
