//! Files that are replaced while a path is resolved. There is no race by construction: one handle is opened below
//! another, and only the handle is checked. These loops would find a race.

use std::fs;
use std::iter;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use desk365_mcp::attachments::AttachmentsFolder;
use futures_util::TryStreamExt as _;

const ATTEMPTS: usize = 200;

/// Stops the replacing thread, also when the test fails.
struct StopOnDrop<'a>(&'a AtomicBool);

impl Drop for StopOnDrop<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// Opens `path` repeatedly while `replace` runs in another thread. Returns the contents that were read.
fn contents_while(folder: &Path, path: &str, replace: impl Fn() + Sync) -> Vec<Vec<u8>> {
    let folder = AttachmentsFolder::open(folder).unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let done = AtomicBool::new(false);
    thread::scope(|scope| {
        scope.spawn(|| {
            while !done.load(Ordering::Relaxed) {
                replace();
            }
        });
        let _stop = StopOnDrop(&done);
        let contents = iter::repeat_with(|| folder.file(path)).filter_map(Result::ok).take(ATTEMPTS);
        contents.map(|opened| runtime.block_on(opened.content().try_collect::<Vec<_>>()).unwrap().concat()).collect()
    })
}

#[test]
fn a_file_replaced_by_a_link_does_not_escape() {
    let home = tempfile::tempdir().unwrap();
    let at = |path: &str| home.path().join(path);
    fs::create_dir(at("in")).unwrap();
    fs::write(at("secret"), "secret").unwrap();
    fs::write(at("in/file"), "plain").unwrap();
    let read = contents_while(&at("in"), "file", || {
        symlink("../secret", at("in/next")).unwrap();
        fs::rename(at("in/next"), at("in/file")).unwrap();
        fs::write(at("in/next"), "plain").unwrap();
        fs::rename(at("in/next"), at("in/file")).unwrap();
    });
    assert!(read.iter().all(|content| content == b"plain"));
}

#[test]
fn a_folder_replaced_by_a_link_does_not_escape() {
    let home = tempfile::tempdir().unwrap();
    let at = |path: &str| home.path().join(path);
    fs::create_dir_all(at("in/sub")).unwrap();
    fs::create_dir(at("outside")).unwrap();
    fs::write(at("outside/file"), "secret").unwrap();
    fs::write(at("in/sub/file"), "plain").unwrap();
    let read = contents_while(&at("in"), "sub/file", || {
        fs::rename(at("in/sub"), at("in/aside")).unwrap();
        symlink("../outside", at("in/sub")).unwrap();
        fs::remove_file(at("in/sub")).unwrap();
        fs::rename(at("in/aside"), at("in/sub")).unwrap();
    });
    assert!(read.iter().all(|content| content == b"plain"));
}

#[test]
fn a_file_replaced_by_a_pipe_does_not_block() {
    let home = tempfile::tempdir().unwrap();
    let at = |path: &str| home.path().join(path);
    fs::write(at("file"), "plain").unwrap();
    assert!(std::process::Command::new("mkfifo").arg(at("pipe")).status().unwrap().success());
    let read = contents_while(home.path(), "file", || {
        fs::hard_link(at("pipe"), at("next")).unwrap();
        fs::rename(at("next"), at("file")).unwrap();
        fs::write(at("next"), "plain").unwrap();
        fs::rename(at("next"), at("file")).unwrap();
    });
    assert!(read.iter().all(|content| content == b"plain"));
}
