//! What is exchanged while a path is being resolved. By construction there is no window: one handle is opened below
//! another, and only the handle is looked at. These loops would find one all the same.

use std::fs;
use std::iter;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use desk365_mcp::attachments::Folder;
use futures_util::TryStreamExt as _;

const ENOUGH: usize = 200;

/// Ends the exchange, also when the test fails.
struct Stop<'a>(&'a AtomicBool);

impl Drop for Stop<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// Opens `path` while `exchange` goes on, again and again until it was often opened, and reads whatever that was.
fn opened_meanwhile(folder: &Path, path: &str, exchange: impl Fn() + Sync) -> Vec<Vec<u8>> {
    let folder = Folder::open(folder).unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let done = AtomicBool::new(false);
    thread::scope(|scope| {
        scope.spawn(|| {
            while !done.load(Ordering::Relaxed) {
                exchange();
            }
        });
        let _stop = Stop(&done);
        let contents = iter::repeat_with(|| folder.file(path)).filter_map(Result::ok).take(ENOUGH);
        contents.map(|opened| runtime.block_on(opened.content().try_collect::<Vec<_>>()).unwrap().concat()).collect()
    })
}

#[test]
fn a_file_exchanged_for_a_link_never_lets_the_outside_in() {
    let home = tempfile::tempdir().unwrap();
    let at = |path: &str| home.path().join(path);
    fs::create_dir(at("in")).unwrap();
    fs::write(at("secret"), "secret").unwrap();
    fs::write(at("in/file"), "plain").unwrap();
    let read = opened_meanwhile(&at("in"), "file", || {
        symlink("../secret", at("in/next")).unwrap();
        fs::rename(at("in/next"), at("in/file")).unwrap();
        fs::write(at("in/next"), "plain").unwrap();
        fs::rename(at("in/next"), at("in/file")).unwrap();
    });
    assert!(read.iter().all(|content| content == b"plain"));
}

#[test]
fn a_folder_exchanged_for_a_link_never_lets_the_outside_in() {
    let home = tempfile::tempdir().unwrap();
    let at = |path: &str| home.path().join(path);
    fs::create_dir_all(at("in/sub")).unwrap();
    fs::create_dir(at("outside")).unwrap();
    fs::write(at("outside/file"), "secret").unwrap();
    fs::write(at("in/sub/file"), "plain").unwrap();
    let read = opened_meanwhile(&at("in"), "sub/file", || {
        fs::rename(at("in/sub"), at("in/aside")).unwrap();
        symlink("../outside", at("in/sub")).unwrap();
        fs::remove_file(at("in/sub")).unwrap();
        fs::rename(at("in/aside"), at("in/sub")).unwrap();
    });
    assert!(read.iter().all(|content| content == b"plain"));
}

#[test]
fn a_pipe_put_in_the_place_of_a_file_holds_nothing_up() {
    let home = tempfile::tempdir().unwrap();
    let at = |path: &str| home.path().join(path);
    fs::write(at("file"), "plain").unwrap();
    assert!(std::process::Command::new("mkfifo").arg(at("pipe")).status().unwrap().success());
    let read = opened_meanwhile(home.path(), "file", || {
        fs::hard_link(at("pipe"), at("next")).unwrap();
        fs::rename(at("next"), at("file")).unwrap();
        fs::write(at("next"), "plain").unwrap();
        fs::rename(at("next"), at("file")).unwrap();
    });
    assert!(read.iter().all(|content| content == b"plain"));
}
