//! Faults of the machines and clients around the server, and loads, against the real program: what
//! `docs/reliability.md` says.

mod full_disk;
mod log;
mod memory;
mod outage;
mod pooler;
mod signals;
mod sqlite_file;
mod sqlite_log;
