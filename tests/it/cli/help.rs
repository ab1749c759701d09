//! The help text of every command. Each contains examples.

use crate::cli::{OK, program, run};
use crate::common::reviewed::Reviewed;

#[test]
fn help_texts_match_their_snapshots() {
    let reviewed = Reviewed::folder("cli");
    for command in [
        "",
        "stdio",
        "serve",
        "tools",
        "call",
        "doctor",
        "account",
        "account add",
        "account list",
        "account show",
        "account update",
        "account delete",
        "server",
        "server create",
        "server list",
        "server show",
        "server update",
        "server rotate-url",
        "server revoke",
        "token",
        "token create",
        "token list",
        "token revoke",
        "user",
        "user list",
        "user update",
        "user delete",
        "oauth-client",
        "oauth-client create",
        "oauth-client list",
        "oauth-client delete",
        "connection",
        "connection list",
        "connection revoke",
        "identity-provider",
        "identity-provider add",
        "identity-provider list",
        "identity-provider update",
        "identity-provider delete",
        "audit",
        "rotate-key",
        "config",
        "completions",
    ] {
        let words: Vec<_> = command.split_whitespace().collect();
        let ran = run(program(&words).arg("--help"));
        assert_eq!((ran.code, ran.stderr.as_str()), (OK, ""));
        assert!(ran.stdout.contains("\nExamples:\n"), "{command}: {}", ran.stdout);
        reviewed.check(&[&["help"], &*words].concat().join("_"), &ran.stdout);
    }
    reviewed.nothing_else();
}

#[test]
fn the_version_names_the_build() {
    let version = run(&mut program(&["--version"])).stdout;
    let expected = concat!(env!("CARGO_PKG_NAME"), " ", env!("CARGO_PKG_VERSION"), " (");
    assert!(version.starts_with(expected) && version.contains(std::env::consts::ARCH), "{version}");
}
