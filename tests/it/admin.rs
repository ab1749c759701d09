//! The hosted server from outside: the admin API, and MCP at the tokens that it issues.
//!
//! Everything runs in this process, on a clock that only the tests move. Tests of crashes start a process.

mod access;
mod accounts;
mod admission;
mod audit;
pub(crate) mod browser;
mod budget;
mod call_log;
mod call_records;
mod checks;
mod clock;
mod confirmation;
mod crash;
mod document;
mod hostile;
mod limits;
mod locks;
mod maintenance;
mod nodes;
pub(crate) mod oauth;
mod preconditions;
mod providers;
mod question;
mod resources;
mod rotation;
mod scopes;
mod servers;
mod sessions;
mod test_server;
mod tokens;
mod users;
