//! What is made for the system rather than for a person: a shell's completions and the manual's pages.

use assert_cmd::Command;
use desk365_mcp::config::EnvNames;
use desk365_mcp::tools::API;

/// What the program prints, or what it complains of with the exit code of a wrong command line.
fn run(arguments: &[&str]) -> Result<String, String> {
    let output = Command::new(env!("CARGO_BIN_EXE_desk365-mcp")).env_clear().args(arguments).output().unwrap();
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
fn every_shell_gets_completions_with_every_command() {
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let script = run(&["completions", shell]).unwrap();
        for command in
            ["stdio", "serve", "tools", "call", "doctor", "account", "server", "token", "rotate-key", "config"]
        {
            assert!(script.contains(command), "{shell} does not know {command}");
        }
    }
    assert!(run(&["completions", "bosh"]).unwrap_err().contains("'bash'"));
}

#[test]
fn bash_takes_its_completions() {
    let script = run(&["completions", "bash"]).unwrap();
    let Ok(mut bash) = std::process::Command::new("bash").args(["-n", "-c", &script]).spawn() else { return };
    assert!(bash.wait().unwrap().success());
}

/// Reads the page of a command and of every command that it refers to, down to the last; says which there are.
fn pages(words: &[String]) -> Vec<String> {
    let page = run(&[&["man"], &*words.iter().map(String::as_str).collect::<Vec<_>>()].concat()).unwrap();
    assert!(page.contains(".SH NAME") && page.contains("Examples:") && !page.contains('\u{1b}'), "{page}");
    let title = [&[env!("CARGO_PKG_NAME").to_owned()], words].concat().join("-");
    let page = page.replace("\\-", "-");
    let mut read = vec![title.clone()];
    for below in page.lines().filter_map(|line| line.strip_prefix(&format!("{title}-"))?.strip_suffix("(1)")) {
        read.extend(pages(&[words, &[below.to_owned()]].concat()));
    }
    read
}

#[test]
fn the_manual_has_a_page_for_the_program_and_for_every_command_that_a_page_refers_to() {
    let pages = pages(&[]);
    for command in ["", "-stdio", "-account", "-account-add", "-server-create", "-token-remove", "-rotate-key"] {
        let page = format!("{}{command}", env!("CARGO_PKG_NAME"));
        assert!(pages.contains(&page), "{page}: {pages:?}");
    }
    assert!(run(&["man", "doctor"]).unwrap().contains(&EnvNames::for_api(&API).api_key()));
    for unknown in [&["man", "x_no_such_command"][..], &["man", "account", "x_no_such_command"]] {
        assert!(run(unknown).unwrap_err().contains("x_no_such_command"));
    }
}
