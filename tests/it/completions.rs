//! Shell completions and manual pages.

use assert_cmd::Command;
use desk365_mcp::config::EnvNames;
use desk365_mcp::tools::API;

use crate::common::program::program_path;

/// Returns what the program prints, or the message of a usage error.
fn run(arguments: &[&str]) -> Result<String, String> {
    let output = Command::new(program_path()).env_clear().args(arguments).output().unwrap();
    let [stdout, stderr] = [output.stdout, output.stderr].map(|text| String::from_utf8(text).unwrap());
    match output.status.code() {
        Some(0) => {
            assert_eq!(stderr, "");
            Ok(stdout)
        }
        code => {
            assert_eq!((code, stdout.as_str()), (Some(2), ""));
            Err(stderr)
        }
    }
}

#[test]
fn completions_of_every_shell_contain_every_command() {
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let script = run(&["completions", shell]).unwrap();
        for command in
            ["stdio", "serve", "tools", "call", "doctor", "account", "server", "token", "rotate-key", "config"]
        {
            assert!(script.contains(command), "the {shell} completions lack {command}");
        }
    }
    assert!(run(&["completions", "bosh"]).unwrap_err().contains("'bash'"));
}

#[test]
fn bash_accepts_its_completions() {
    let script = run(&["completions", "bash"]).unwrap();
    let Ok(mut bash) = std::process::Command::new("bash").args(["-n", "-c", &script]).spawn() else { return };
    assert!(bash.wait().unwrap().success());
}

/// Checks the page of a command and, recursively, of every subcommand that it refers to. Returns their titles.
fn pages(words: &[String]) -> Vec<String> {
    let page = run(&[&["man"], &*words.iter().map(String::as_str).collect::<Vec<_>>()].concat()).unwrap();
    assert!(page.contains(".SH NAME") && page.contains("Examples:") && !page.contains('\u{1b}'), "{page}");
    let title = [&[env!("CARGO_PKG_NAME").to_owned()], words].concat().join("-");
    let page = page.replace("\\-", "-");
    let mut titles = vec![title.clone()];
    for below in page.lines().filter_map(|line| line.strip_prefix(&format!("{title}-"))?.strip_suffix("(1)")) {
        titles.extend(pages(&[words, &[below.to_owned()]].concat()));
    }
    titles
}

#[test]
fn every_command_that_a_manual_page_names_has_a_page() {
    let pages = pages(&[]);
    for command in ["", "-stdio", "-account", "-account-add", "-server-create", "-token-revoke", "-rotate-key"] {
        let page = format!("{}{command}", env!("CARGO_PKG_NAME"));
        assert!(pages.contains(&page), "{page}: {pages:?}");
    }
    assert!(run(&["man", "doctor"]).unwrap().contains(&EnvNames::for_api(&API).api_key()));
    for unknown in [&["man", "x_no_such_command"][..], &["man", "account", "x_no_such_command"]] {
        assert!(run(unknown).unwrap_err().contains("x_no_such_command"));
    }
}
