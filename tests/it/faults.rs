//! Faults of the machines and clients around the server, against the real program: what `docs/reliability.md` says.

mod full_disk;
mod memory;
mod outage;
mod pooler;
mod signals;
mod sqlite_file;
mod sqlite_log;
