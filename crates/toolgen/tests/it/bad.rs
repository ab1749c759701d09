//! One mistake a file in `bad/`, save in the one called `several`, and the report that a person gets for each.

use std::path::Path;
use std::{fs, io};

use crate::reviewed::Reviewed;
use toolgen::Source;

#[test]
fn every_mistake_is_reported_as_reviewed() {
    let reviewed = Reviewed::folder("diagnostics");
    let mut paths: Vec<_> = fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/bad"))
        .expect("the folder of mistakes is there")
        .map(|entry| entry.expect("a folder can be listed").path())
        .collect();
    paths.sort();
    for path in paths {
        let name = path.file_stem().expect("a file has a name").to_string_lossy().into_owned();
        let text = fs::read_to_string(&path).expect("a mistake can be read");
        let file = format!("{name}.yaml");
        let report = toolgen::compile(Source { file: &file, text: &text }, |_| Err(io::ErrorKind::NotFound.into()))
            .map(|emitted| emitted.file())
            .expect_err(&format!("{file} should be refused"));
        // Only then does a change of one message show in one snapshot.
        let count = report.len();
        assert!(count == 1 || name == "several", "{file} should have one mistake, and has {count}:\n{report}");
        reviewed.check(&name, &report.to_string());
    }
    reviewed.nothing_else();
}
