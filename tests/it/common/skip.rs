//! Skips a test on a machine that lacks what the test needs. Every skip goes through here, so that all are counted.

use std::path::Path;
use std::{env, fs, thread};

/// Returns what a test needs, or `None` if this machine lacks it.
///
/// The test then returns early. Since the test harness counts it as passed, it is recorded in `target/tmp/skipped`, which
/// the closing lines of `cargo test --workspace` and of `.ci/run` report.
///
/// # Panics
///
/// If `CI=true`: there, nothing is skipped.
pub(crate) fn required<T>(found: Result<T, String>) -> Option<T> {
    // The harness names each test's thread after the test.
    let test = thread::current().name().unwrap_or("a test").replace("::", "-");
    let record = Path::new(env!("CARGO_TARGET_TMPDIR")).join("skipped").join(test);
    match found {
        Ok(found) => {
            let _ = fs::remove_file(record);
            Some(found)
        }
        Err(reason) if env::var_os("CI").is_some_and(|ci| ci == "true") => panic!("skipped: {reason}"),
        Err(reason) => {
            fs::create_dir_all(record.parent().unwrap()).unwrap();
            fs::write(record, reason).unwrap();
            None
        }
    }
}
