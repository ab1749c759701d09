//! Snapshots in the folder `snapshots/` at the top of the project, none of them unused.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// A folder of snapshots, all of which one test compares.
pub(crate) struct Reviewed {
    folder: PathBuf,
    checked: RefCell<BTreeSet<String>>,
}

impl Reviewed {
    /// Opens the folder `snapshots/{name}` at the top of the project, from any of its packages.
    pub(crate) fn folder(name: &str) -> Self {
        let package = Path::new(env!("CARGO_MANIFEST_DIR"));
        let top = package.ancestors().find(|folder| folder.join("snapshots").is_dir()).unwrap_or(package);
        let folder = top.join("snapshots").join(name);
        Self { folder, checked: RefCell::default() }
    }

    /// Compares `text` with the snapshot `name`.
    pub(crate) fn check(&self, name: &str, text: &str) {
        let mut settings = insta::Settings::clone_current();
        settings.set_snapshot_path(&self.folder);
        settings.set_prepend_module_to_snapshot(false);
        settings.set_omit_expression(true);
        settings.bind(|| insta::assert_snapshot!(name, text));
        self.checked.borrow_mut().insert(format!("{name}.snap"));
    }

    /// Fails if the folder has a snapshot that was not compared.
    pub(crate) fn nothing_else(&self) {
        let present = fs::read_dir(&self.folder).expect("the folder of snapshots is there");
        let present = present.map(|entry| entry.expect("a folder can be listed").path());
        // Files with another extension wait for a review.
        let present = present.filter(|path| path.extension().is_some_and(|ending| ending == "snap"));
        let present = present.filter_map(|path| Some(path.file_name()?.to_string_lossy().into_owned()));
        let checked = self.checked.borrow();
        let left_over: Vec<_> = present.filter(|name| !checked.contains(name)).collect();
        assert!(
            left_over.is_empty(),
            "{} has snapshots that no test uses: {left_over:?}\n\
             review and remove them with: TESTS=all cargo insta test --workspace --review --unreferenced=delete",
            self.folder.display(),
        );
    }
}
