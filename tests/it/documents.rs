//! What the documents name is there: the files they point to, and the tests they say hold something.
//!
//! Whether a sentence is true, this cannot know.

use std::fs;
use std::path::{Path, PathBuf};

const DOCUMENTS: &[&str] = &["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md"];

#[test]
fn every_path_in_the_documents_leads_somewhere() {
    let (root, mut missing) = (Path::new(env!("CARGO_MANIFEST_DIR")), Vec::new());
    for document in DOCUMENTS {
        let text = fs::read_to_string(root.join(document)).expect("a document can be read");
        let links = text.split("](").skip(1).filter_map(|rest| rest.split_once(')').map(|(link, _)| link));
        let linked = links.filter(|link| !link.contains("://"));
        let quoted = in_backticks(&text).filter(|quoted| is_path(root, quoted));
        for path in linked.chain(quoted) {
            let there = root.join(path).exists() || root.join(format!("{path}.rs")).exists();
            if !there {
                missing.push(format!("{document}: {path}"));
            }
        }
    }
    assert!(missing.is_empty(), "\n{}\n\nThese are gone: name what is there now.", missing.join("\n"));
}

#[test]
fn every_test_that_the_architecture_names_exists() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let text = fs::read_to_string(root.join("ARCHITECTURE.md")).expect("the document can be read");
    let mut code = String::new();
    for folder in ["src", "tests", "crates"] {
        read_all(&root.join(folder), &mut code);
    }
    // A sentence in one word is a test's name.
    let named = in_backticks(&text).filter(|name| name.matches('_').count() > 2);
    let missing: Vec<_> = named.filter(|name| !code.contains(&format!("fn {name}("))).collect();
    assert!(missing.is_empty(), "\n{}\n\nNo test has such a name: what holds the rule now?", missing.join("\n"));
}

/// What stands between single backticks on one line.
fn in_backticks(text: &str) -> impl Iterator<Item = &str> {
    text.lines().flat_map(|line| line.split('`').skip(1).step_by(2))
}

/// Whether it begins with a folder of the project and goes on.
fn is_path(root: &Path, quoted: &str) -> bool {
    let Some((first, _)) = quoted.split_once('/') else { return false };
    let named_like_a_folder = first.starts_with(|c: char| c.is_alphabetic() || c == '.');
    named_like_a_folder && !quoted.contains([' ', '*', '{', '<']) && root.join(first).is_dir()
}

/// The text of all Rust files below `folder`.
fn read_all(folder: &Path, into: &mut String) {
    let entries = fs::read_dir(folder).expect("a folder of the project can be listed");
    let paths: Vec<PathBuf> = entries.map(|entry| entry.expect("so can its entries").path()).collect();
    for path in paths {
        if path.is_dir() {
            read_all(&path, into);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            into.push_str(&fs::read_to_string(&path).expect("a file of the project can be read"));
        }
    }
}
