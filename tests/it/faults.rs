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

use std::os::unix::fs::MetadataExt as _;
use std::process::Command;

/// Returns a command for a shell script, to be appended, whose mounts only it and its children see.
fn with_own_mounts() -> Command {
    let is_root = std::fs::metadata("/proc/self").is_ok_and(|process| process.uid() == 0);
    let mut command = Command::new("unshare");
    command.arg("--mount");
    // Root needs no user namespace, which some machines do not allow.
    if !is_root {
        command.arg("--map-root-user");
    }
    command.args(["--", "sh", "-c"]);
    command
}
