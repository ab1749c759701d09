//! The hosted server as processes: starts and ends, several nodes on one database that comes and goes, and the commands
//! that work on the same store.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, clippy::print_stderr, reason = "tests")]

#[path = "common/database.rs"]
mod database;
#[path = "common/node.rs"]
mod node;

#[path = "hosted/api.rs"]
mod api;
#[path = "hosted/commands.rs"]
mod commands;
#[path = "hosted/health.rs"]
mod health;
#[path = "hosted/nodes.rs"]
mod nodes;
#[path = "hosted/proxies.rs"]
mod proxies;
#[path = "hosted/rotation.rs"]
mod rotation;
#[path = "hosted/start.rs"]
mod start;
