//! Every way out of the folder, one a row. What lies outside is named in each row that could reach it.

use std::fs;
use std::os::unix::fs::symlink;
use std::os::unix::net::UnixListener;
use std::path::Path;
use std::process::Command;

use desk365_mcp::attachments::{AttachmentsFolder, PathRefusal};
use tempfile::TempDir;

use PathRefusal::{NotAFile, NotFound, NotOpened};

/// The refusal for the form of a path.
const fn bad_form(problem: &'static str) -> PathRefusal {
    PathRefusal::Path(problem)
}

const ABSOLUTE: PathRefusal = bad_form("is absolute");
const DOTS: PathRefusal = bad_form("contains . or .. as a part");
const EMPTY_PART: PathRefusal = bad_form("contains an empty part");
const CONTROL: PathRefusal = bad_form("contains a control character");
const BACKSLASH: PathRefusal = bad_form("contains a backslash: write folder/file");
const INVISIBLE: PathRefusal = bad_form("contains an invisible character");
const LOOKALIKE: PathRefusal = bad_form("contains a character that looks like / or a dot");
const ENDS: PathRefusal = bad_form("contains a part that begins with a space, or ends with a space or a dot");

/// Texts that are not paths of files in the folder.
const TEXTS: &[(&str, &str, PathRefusal)] = &[
    ("nothing", "", bad_form("is empty")),
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
    // These are not decoded, so they are names of files that do not exist.
    ("percent-encoded dots", "%2e%2e/outside/secret.txt", NotFound),
    ("a percent-encoded slash", "..%2foutside%2fsecret.txt", NotFound),
    ("twice encoded", "%252e%252e%252foutside%252fsecret.txt", NotFound),
    ("overlong UTF-8, written out", "%c0%ae%c0%ae/outside/secret.txt", NotFound),
    ("a home", "~/secret.txt", NotFound),
    ("a variable", "$HOME/secret.txt", NotFound),
    ("a URL", "file:/outside/secret.txt", NotFound),
    ("a command", "$(cat secret.txt)", NotFound),
    ("a pattern", "*.txt", NotFound),
    ("another case", "PLAIN.TXT", NotFound),
    ("a file as a folder", "plain.txt/plain.txt", NotFound),
    ("an accent that no file has", "cafe\u{300}.txt", NotFound),
];

/// Entries of the folder that are not its own regular files.
const ENTRIES: &[(&str, &str, PathRefusal)] = &[
    ("a folder", "sub", NotAFile),
    ("a pipe", "pipe", NotAFile),
    ("a socket", "socket", NotOpened),
    ("a link to a folder", "to-sub", NotAFile),
    ("a link to a pipe", "to-pipe", NotAFile),
    ("a link that leads nowhere", "to-nothing", NotFound),
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

/// Creates the folder, with all these entries in and beside it.
fn folder() -> (TempDir, AttachmentsFolder) {
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
    let folder = AttachmentsFolder::open(&at("in")).unwrap();
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
fn a_too_long_path_or_name_is_refused() {
    let (_home, folder) = folder();
    assert_eq!(folder.file(&"a/".repeat(4096)).unwrap_err(), bad_form("is too long"));
    assert_eq!(folder.file(&"a".repeat(256)).unwrap_err(), bad_form("contains a part that is too long"));
    assert_eq!(folder.file(&"a/".repeat(2047)).unwrap_err(), EMPTY_PART);
    assert_eq!(folder.file(&format!("{}b", "a/".repeat(2047))).unwrap_err(), NotFound);
}

#[test]
fn links_inside_the_folder_are_followed() {
    let (_home, folder) = folder();
    for path in ["plain.txt", "sub/deep.txt", "to-plain", "to-sub/deep.txt", "sub/to-plain", "caf\u{e9}.txt"] {
        assert_eq!(folder.file(path).unwrap().length(), 5, "{path}");
    }
}

#[test]
fn an_opened_folder_stays_the_same_folder() {
    let (home, folder) = folder();
    fs::rename(home.path().join("in"), home.path().join("moved")).unwrap();
    symlink(home.path().join("outside"), home.path().join("in")).unwrap();
    assert_eq!(folder.file("secret.txt").unwrap_err(), NotFound);
    assert_eq!(folder.file("plain.txt").unwrap().length(), 5);
}

#[cfg(target_os = "linux")]
#[test]
fn devices_and_process_links_are_not_files() {
    let devices = AttachmentsFolder::open(Path::new("/dev")).unwrap();
    for path in ["null", "zero", "full", "urandom", "tty"] {
        let refusal = devices.file(path).unwrap_err();
        // Without a terminal, /dev/tty cannot be opened.
        assert!([NotAFile, NotOpened].contains(&refusal), "{path}: {refusal:?}");
    }
    let process = AttachmentsFolder::open(Path::new("/proc/self")).unwrap();
    for path in ["exe", "cwd/Cargo.toml", "root/etc/passwd", "fd/0"] {
        assert_eq!(process.file(path).unwrap_err(), NotOpened, "{path}");
    }
}

#[test]
fn a_missing_folder_cannot_be_opened() {
    let (home, _folder) = folder();
    for path in ["nothing", "in/plain.txt", "in/to-nothing"] {
        AttachmentsFolder::open(&home.path().join(path)).unwrap_err();
    }
}
