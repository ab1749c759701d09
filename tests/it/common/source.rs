//! The project's own files as text, for tests of its rules.

use std::fs;
use std::path::{Path, PathBuf};

/// A file of the project.
pub(crate) struct Source {
    /// The path from the top of the project, with forward slashes.
    pub(crate) path: String,
    pub(crate) text: String,
}

impl Source {
    /// Returns the lines of a Rust file that are compiled into the product, with their numbers: all but those below
    /// `#[cfg(test)]`.
    pub(crate) fn lines(&self) -> impl Iterator<Item = (usize, &str)> {
        // The closing brace of the test module that is skipped.
        let mut until: Option<String> = None;
        let mut attribute = false;
        self.text.lines().enumerate().filter_map(move |(number, line)| {
            if let Some(end) = &until {
                if line == end {
                    until = None;
                }
                return None;
            }
            if line.trim() == "#[cfg(test)]" {
                attribute = true;
            } else if attribute && !line.trim_start().starts_with('#') {
                attribute = false;
                if line.ends_with('{') {
                    let indent = line.len() - line.trim_start().len();
                    until = Some(format!("{}}}", " ".repeat(indent)));
                }
                return None;
            }
            (!attribute).then_some((number + 1, line))
        })
    }

    /// Returns the problems that `find` sees in those lines, each with its place.
    pub(crate) fn findings(&self, find: impl Fn(&str) -> Option<String>) -> Vec<String> {
        let found = self.lines().filter_map(|(line, code)| Some((line, find(code)?)));
        found.map(|(line, problem)| format!("{}:{line}: {problem}", self.path)).collect()
    }

    /// Returns whether the file is one of these, or in one of these folders.
    pub(crate) fn is_in(&self, places: &[&str]) -> bool {
        places.iter().any(|place| self.path.starts_with(place))
    }
}

/// Returns every file with one of these extensions in these files and folders, in a fixed order.
pub(crate) fn sources(places: &[&str], extensions: &[&str]) -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut paths = Vec::new();
    for place in places {
        let place = root.join(place);
        assert!(place.exists(), "{} does not exist: say where its code is now", place.display());
        collect(&place, extensions, &mut paths);
    }
    paths.sort();
    let relative =
        |path: &Path| path.strip_prefix(root).expect("it was found there").to_string_lossy().replace('\\', "/");
    let read = |path: &Path| fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    paths.iter().map(|path| Source { path: relative(path), text: read(path) }).collect()
}

/// Returns the Rust code of the product and of its generator, without tests.
pub(crate) fn product() -> Vec<Source> {
    let mut sources = sources(&["src", "crates", "build.rs"], &["rs"]);
    sources.retain(|source| source.path.split_once("/src/").is_some() || source.is_in(&["src/", "build.rs"]));
    sources.retain(|source| !source.path.ends_with("/tests.rs") && !source.path.contains("/tests/"));
    sources
}

/// Fails with the problems, and what to do about them.
pub(crate) fn assert_none(problems: impl IntoIterator<Item = String>, advice: &str) {
    let problems: Vec<_> = problems.into_iter().collect();
    assert!(problems.is_empty(), "\n{}\n\n{advice}\n", problems.join("\n"));
}

fn collect(path: &Path, extensions: &[&str], into: &mut Vec<PathBuf>) {
    if path.is_dir() && !path.ends_with("target") {
        for entry in fs::read_dir(path).expect("a folder of the project is readable") {
            collect(&entry.expect("so are its entries").path(), extensions, into);
        }
    } else if path.is_file() && path.extension().is_some_and(|extension| extensions.iter().any(|e| extension == *e)) {
        into.push(path.to_path_buf());
    }
}
