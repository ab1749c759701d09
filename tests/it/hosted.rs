//! The hosted server as processes: start, shutdown, several nodes on one database, outages, and commands on the same store.

pub(crate) mod api;
mod commands;
mod health;
mod nodes;
mod proxies;
mod rotation;
mod secrets;
mod sign_in;
mod start;
mod upgrade;
