//! The hosted server as its operator and its callers meet it: the admin API, and MCP at the tokens it hands out.
//!
//! Everything runs in this process on a clock that only the tests move, save where a process is the point.

mod access;
mod accounts;
mod call_log;
mod clock;
mod crash;
mod document;
mod hostile;
mod limits;
mod log;
mod nodes;
mod resources;
mod scopes;
mod servers;
mod site;
mod tokens;
mod upkeep;
