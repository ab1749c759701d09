//! The values that a release fills in, and the pins of the workflows that make one.

use std::fs;
use std::process::Command;

use serde_json::Value;
use sha2::{Digest as _, Sha256};
use workspace_tests::full_run;

use super::facts::{bundle_name, targets};
use crate::common::programs::printed;

#[full_run("Python")]
#[test]
fn a_release_fills_in_owner_commit_and_hashes() {
    let (bundles, out) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    for target in targets() {
        fs::write(bundles.path().join(bundle_name(&target)), &target).unwrap();
    }
    let commit = "0123456789abcdef0123456789abcdef01234567";
    let mut finish = Command::new("python3");
    finish.args(["packaging/finish.py", "Acme", commit]).arg(bundles.path()).arg(out.path());
    let output = finish.output().unwrap();
    assert!(output.status.success(), "{}", printed(&output));

    let text = fs::read_to_string(out.path().join("server.json")).unwrap();
    let catalog = fs::read_to_string(out.path().join("server.yaml")).unwrap();
    for left in ["OWNER", &"0".repeat(40)] {
        assert!(!text.contains(left) && !catalog.contains(left), "{text}{catalog}");
    }
    assert!(text.contains("ghcr.io/acme/") && text.contains("io.github.Acme/") && catalog.contains(commit));
    let server: Value = serde_json::from_str(&text).unwrap();
    let packages = server["packages"].as_array().unwrap();
    for (package, target) in packages.iter().zip(targets()) {
        let hash = Sha256::digest(&target).iter().fold(String::new(), |hex, byte| hex + &format!("{byte:02x}"));
        assert_eq!(package["fileSha256"], hash);
    }
}

/// A tag or a branch can be moved to other code, and another compiler builds other bytes.
#[test]
fn workflows_pin_actions_and_toolchains() {
    let version = concat!(env!("CARGO_PKG_RUST_VERSION"), ".");
    let workflows = fs::read_dir(".github/workflows").unwrap().map(|entry| entry.unwrap().path());
    for file in workflows.chain([".github/build-setup.yml".into()]) {
        let text = fs::read_to_string(&file).unwrap();
        for action in text.lines().filter_map(|line| line.split_once("uses: ")).map(|(_, action)| action) {
            let commit = action.split(' ').next().unwrap().rsplit_once('@').map_or("", |(_, commit)| commit);
            let pinned = commit.len() == 40 && commit.bytes().all(|b| b.is_ascii_hexdigit());
            assert!(pinned || action.starts_with("./"), "{}: {action}", file.display());
        }
        for toolchain in text.split("rustup toolchain install ").skip(1).chain(text.split("rustup default ").skip(1)) {
            assert!(toolchain.starts_with(version), "{}: {toolchain}", file.display());
        }
    }
}
