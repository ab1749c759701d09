//! Every way out of the folder, one a row. What lies outside is named in each row that could reach it.

use std::fs;
use std::os::unix::fs::symlink;
use std::os::unix::net::UnixListener;
use std::path::Path;
use std::process::Command;

use desk365_mcp::attachments::{Folder, Refusal};
use tempfile::TempDir;

use Refusal::{NotAFile, NotOpened, NotThere};

/// The text refusal that begins so.
const fn text(problem: &'static str) -> Refusal {
    Refusal::Path(problem)
}

const ABSOLUTE: Refusal = text("is absolute");
const DOTS: Refusal = text("has . or .. as a part");
const EMPTY_PART: Refusal = text("has an empty part in it");
const CONTROL: Refusal = text("has a control character in it");
const BACKSLASH: Refusal = text("has a backslash in it: write folder/file");
const INVISIBLE: Refusal = text("has an invisible character in it");
const LOOKALIKE: Refusal = text("has a character in it that could be taken for / or a dot");
const ENDS: Refusal = text("has a part that begins with a space, or ends with a space or a dot");

/// Texts that are no paths of files in the folder.
const TEXTS: &[(&str, &str, Refusal)] = &[
    ("nothing", "", text("is empty")),
    ("the folder above", "..", DOTS),
    ("a file above", "../outside/secret.txt", DOTS),
    ("down and up again", "sub/../plain.txt", DOTS),
    ("up from below", "sub/../../outside/secret.txt", DOTS),
    ("far up", "../../../../../../../../etc/passwd", DOTS),
    ("a dot first", "./..", DOTS),
    ("a dot in the middle", "sub/./deep.txt", DOTS),
    ("the folder itself", ".", DOTS),
    ("dots at the end", "sub/..", DOTS),
    ("absolute", "/etc/passwd", ABSOLUTE),
    ("the root", "/", ABSOLUTE),
    ("two slashes first", "//etc/passwd", ABSOLUTE),
    ("two slashes within", "sub//deep.txt", EMPTY_PART),
    ("a slash at the end", "plain.txt/", EMPTY_PART),
    ("a drive", "C:/Windows/win.ini", ABSOLUTE),
    ("a drive without a slash", "c:win.ini", ABSOLUTE),
    ("backslashes", "..\\outside\\secret.txt", BACKSLASH),
    ("a network path", "\\\\server\\share\\secret.txt", BACKSLASH),
    ("a verbatim path", "\\\\?\\C:\\secret.txt", BACKSLASH),
    ("mixed slashes", "sub\\../../outside/secret.txt", BACKSLASH),
    ("NUL", "plain.txt\0.png", CONTROL),
    ("NUL first", "\0", CONTROL),
    ("a line break", "plain.txt\n", CONTROL),
    ("a tab", "\tplain.txt", CONTROL),
    ("escape", "\u{1b}[2Jplain.txt", CONTROL),
    ("a control character of the second set", "plain\u{85}.txt", CONTROL),
    ("a dot at the end", "plain.txt.", ENDS),
    ("many dots", ".../plain.txt", ENDS),
    ("a space at the end", "plain.txt ", ENDS),
    ("dots and a space", ".. /outside/secret.txt", ENDS),
    ("a space and dots", " ../outside/secret.txt", ENDS),
    ("right to left", "plain\u{202e}txt.exe", INVISIBLE),
    ("an isolate", "\u{2067}plain.txt", INVISIBLE),
    ("a zero-width space", "pla\u{200b}in.txt", INVISIBLE),
    ("a zero-width joiner within dots", ".\u{200d}./outside/secret.txt", INVISIBLE),
    ("a byte order mark", "\u{feff}plain.txt", INVISIBLE),
    ("a soft hyphen", "pl\u{ad}ain.txt", INVISIBLE),
    ("a tag character", "plain.txt\u{e0041}", INVISIBLE),
    ("a fullwidth slash", "..\u{ff0f}outside\u{ff0f}secret.txt", LOOKALIKE),
    ("a fullwidth backslash", "..\u{ff3c}outside\u{ff3c}secret.txt", LOOKALIKE),
    ("a division slash", "..\u{2215}outside\u{2215}secret.txt", LOOKALIKE),
    ("a fraction slash", "..\u{2044}secret.txt", LOOKALIKE),
    ("fullwidth dots", "\u{ff0e}\u{ff0e}/outside/secret.txt", LOOKALIKE),
    ("a two-dot leader", "\u{2025}/outside/secret.txt", LOOKALIKE),
    // Nobody decodes these, so they are names like any other, of files that are not there.
    ("percent-encoded dots", "%2e%2e/outside/secret.txt", NotThere),
    ("a percent-encoded slash", "..%2foutside%2fsecret.txt", NotThere),
    ("twice encoded", "%252e%252e%252foutside%252fsecret.txt", NotThere),
    ("overlong UTF-8, written out", "%c0%ae%c0%ae/outside/secret.txt", NotThere),
    ("a home", "~/secret.txt", NotThere),
    ("a variable", "$HOME/secret.txt", NotThere),
    ("a URL", "file:/outside/secret.txt", NotThere),
    ("a command", "$(cat secret.txt)", NotThere),
    ("a pattern", "*.txt", NotThere),
    ("another case", "PLAIN.TXT", NotThere),
    ("a file as a folder", "plain.txt/plain.txt", NotThere),
    ("decomposed, where it is composed on disk", "cafe\u{301}.txt", NotThere),
];

/// What is in the folder, but is no file of its own.
const ENTRIES: &[(&str, &str, Refusal)] = &[
    ("a folder", "sub", NotAFile),
    ("a pipe", "pipe", NotAFile),
    ("a socket", "socket", NotOpened),
    ("a link to a folder", "to-sub", NotAFile),
    ("a link to a pipe", "to-pipe", NotAFile),
    ("a link that leads nowhere", "to-nothing", NotThere),
    ("a link to a file outside", "out", NotOpened),
    ("an absolute link outside", "out-absolute", NotOpened),
    ("an absolute link inside", "in-absolute", NotOpened),
    ("a link out and back in", "out-and-in", NotOpened),
    ("a link to a folder outside", "out-folder", NotOpened),
    ("through a link to a folder outside", "out-folder/secret.txt", NotOpened),
    ("a link in a folder within", "sub/out", NotOpened),
    ("a chain of links outside", "chain", NotOpened),
    ("a link to what does not exist outside", "out-nothing", NotOpened),
    ("two links in a circle", "circle", NotOpened),
    ("a link to itself", "itself", NotOpened),
    ("a link to a device", "zero", NotOpened),
    ("a link to the root by way of a process", "proc-root", NotOpened),
    ("a link to where the process is", "proc-cwd/Cargo.toml", NotOpened),
    ("a link to what the process has open", "proc-fd", NotOpened),
];

/// The folder, with all of that in and beside it.
fn folder() -> (TempDir, Folder) {
    let home = tempfile::tempdir().unwrap();
    let at = |path: &str| home.path().join(path);
    for dir in ["in", "in/sub", "outside"] {
        fs::create_dir(at(dir)).unwrap();
    }
    for file in ["outside/secret.txt", "outside.txt"] {
        fs::write(at(file), "secret").unwrap();
    }
    for file in ["in/plain.txt", "in/sub/deep.txt", "in/caf\u{e9}.txt"] {
        fs::write(at(file), "plain").unwrap();
    }
    assert!(Command::new("mkfifo").arg(at("in/pipe")).status().unwrap().success());
    drop(UnixListener::bind(at("in/socket")).unwrap());
    let absolute = |path: &str| at(path).to_string_lossy().into_owned();
    for (target, link) in [
        ("sub", "to-sub"),
        ("pipe", "to-pipe"),
        ("nothing", "to-nothing"),
        ("plain.txt", "to-plain"),
        ("../plain.txt", "sub/to-plain"),
        ("../outside/secret.txt", "out"),
        (&absolute("outside/secret.txt"), "out-absolute"),
        (&absolute("in/plain.txt"), "in-absolute"),
        ("../in/plain.txt", "out-and-in"),
        ("../outside", "out-folder"),
        ("../../outside/secret.txt", "sub/out"),
        ("sub/out", "chain"),
        ("../nothing-here", "out-nothing"),
        ("circle-back", "circle"),
        ("circle", "circle-back"),
        ("itself", "itself"),
        ("/dev/zero", "zero"),
        ("/proc/self/root/etc/passwd", "proc-root"),
        ("/proc/self/cwd", "proc-cwd"),
        ("/proc/self/fd/0", "proc-fd"),
    ] {
        symlink(target, at("in").join(link)).unwrap();
    }
    let folder = Folder::open(&at("in")).unwrap();
    (home, folder)
}

#[test]
fn no_path_leads_out_of_the_folder() {
    let (_home, folder) = folder();
    let wrong: Vec<_> = TEXTS
        .iter()
        .chain(ENTRIES)
        .filter_map(|(name, path, expected)| {
            let refusal = folder.file(path).map(|opened| opened.length());
            (refusal.as_ref() != Err(expected)).then(|| format!("{name}: {path:?}: {refusal:?}, not {expected:?}"))
        })
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_path_or_a_name_that_is_too_long_is_refused() {
    let (_home, folder) = folder();
    assert_eq!(folder.file(&"a/".repeat(4096)).unwrap_err(), text("is too long"));
    assert_eq!(folder.file(&"a".repeat(256)).unwrap_err(), text("has a part that is too long"));
    assert_eq!(folder.file(&"a/".repeat(2047)).unwrap_err(), EMPTY_PART);
    assert_eq!(folder.file(&format!("{}b", "a/".repeat(2047))).unwrap_err(), NotThere);
}

#[test]
fn files_within_are_opened_and_links_within_are_followed() {
    let (_home, folder) = folder();
    for path in ["plain.txt", "sub/deep.txt", "to-plain", "to-sub/deep.txt", "sub/to-plain", "caf\u{e9}.txt"] {
        assert_eq!(folder.file(path).unwrap().length(), 5, "{path}");
    }
}

#[test]
fn a_folder_stays_the_one_that_was_opened() {
    let (home, folder) = folder();
    fs::rename(home.path().join("in"), home.path().join("moved")).unwrap();
    symlink(home.path().join("outside"), home.path().join("in")).unwrap();
    assert_eq!(folder.file("secret.txt").unwrap_err(), NotThere);
    assert_eq!(folder.file("plain.txt").unwrap().length(), 5);
}

#[cfg(target_os = "linux")]
#[test]
fn devices_and_the_links_of_a_process_are_no_files() {
    let devices = Folder::open(Path::new("/dev")).unwrap();
    for path in ["null", "zero", "full", "urandom", "tty"] {
        let refusal = devices.file(path).unwrap_err();
        // Without a terminal there is nothing behind /dev/tty.
        assert!([NotAFile, NotOpened].contains(&refusal), "{path}: {refusal:?}");
    }
    let process = Folder::open(Path::new("/proc/self")).unwrap();
    for path in ["exe", "cwd/Cargo.toml", "root/etc/passwd", "fd/0"] {
        assert_eq!(process.file(path).unwrap_err(), NotOpened, "{path}");
    }
}

#[test]
fn there_is_no_folder_where_there_is_none() {
    let (home, _folder) = folder();
    for path in ["nothing", "in/plain.txt", "in/to-nothing"] {
        Folder::open(&home.path().join(path)).unwrap_err();
    }
}
