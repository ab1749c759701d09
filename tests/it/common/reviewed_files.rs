//! Snapshots that are plain files, such as Rust and Markdown, for tools that read them as they are. Shared by the tests of
//! several packages.
//!
//! They follow insta's variable: with `INSTA_UPDATE=always` a test writes what differs.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::{env, fs};

/// A folder of files that one test owns. A file that the test does not compare is left over and fails it.
pub(crate) struct ReviewedFiles {
    folder: PathBuf,
    checked: RefCell<BTreeSet<String>>,
    problems: RefCell<Vec<String>>,
}

impl ReviewedFiles {
    /// Opens the folder `snapshots/{name}` at the top of the project, from any of its packages.
    pub(crate) fn folder(name: &str) -> Self {
        let package = Path::new(env!("CARGO_MANIFEST_DIR"));
        let top = package.ancestors().find(|folder| folder.join("snapshots").is_dir()).unwrap_or(package);
        Self::at(top.join("snapshots").join(name))
    }

    /// Opens a folder.
    pub(crate) fn at(folder: PathBuf) -> Self {
        Self { folder, checked: RefCell::default(), problems: RefCell::default() }
    }

    /// Compares `text` with the file `name`. [`Self::nothing_else`] reports the difference.
    pub(crate) fn check(&self, name: &str, text: &str) {
        self.checked.borrow_mut().insert(name.to_owned());
        let path = self.folder.join(name);
        let reviewed = fs::read_to_string(&path).unwrap_or_default();
        if reviewed == text {
            return;
        }
        if env::var("INSTA_UPDATE").is_ok_and(|update| update == "always") {
            fs::create_dir_all(&self.folder).expect("the folder of snapshots can be created");
            fs::write(&path, text).expect("a snapshot can be written");
            return;
        }
        let same = reviewed.lines().zip(text.lines()).take_while(|(old, new)| old == new).count();
        let line = |text: &str| text.lines().nth(same).unwrap_or("(end of the file)").to_owned();
        let place = format!("{}:{}", path.display(), same + 1);
        self.problems.borrow_mut().push(format!(
            "{place}\n  reviewed: {}\n  now:      {}",
            line(&reviewed),
            line(text)
        ));
    }

    /// Fails if a file differs, or if the folder has a file that was not compared.
    pub(crate) fn nothing_else(&self) {
        let present = fs::read_dir(&self.folder).expect("the folder of snapshots exists");
        let present = present.map(|entry| entry.expect("a folder can be listed").file_name());
        let present = present.map(|name| name.to_string_lossy().into_owned());
        let checked = self.checked.borrow();
        let left_over = present.filter(|name| !checked.contains(name));
        let left_over = left_over.map(|name| format!("{}: left over", self.folder.join(name).display()));
        let problems: Vec<_> = self.problems.borrow().iter().cloned().chain(left_over).collect();
        assert!(
            problems.is_empty(),
            "{}\n\nIf the new text is right, run the test with INSTA_UPDATE=always and remove what is left over; \
             then review the difference.",
            problems.join("\n"),
        );
    }
}
