//! The hosted server as processes: starts and ends, several nodes on one database that comes and goes, and the commands
//! that work on the same store.

mod api;
mod commands;
mod health;
mod nodes;
mod proxies;
mod rotation;
mod start;
