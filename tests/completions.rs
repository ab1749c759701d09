//! What is made for the system rather than for a person: a shell's completions and the manual's pages.
#![allow(clippy::unwrap_used, reason = "tests")]

use assert_cmd::Command;
use desk365_mcp::config::Names;
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
        for command in ["stdio", "tools", "call", "doctor", "config"] {
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

#[test]
fn the_manual_has_a_page_for_the_program_and_one_for_each_command() {
    let program_page = run(&["man"]).unwrap();
    assert!(program_page.contains(".SH NAME") && !program_page.contains('\u{1b}'), "{program_page}");
    for command in ["stdio", "tools", "call", "doctor", "config", "completions"] {
        let page = run(&["man", command]).unwrap();
        assert!(program_page.contains(command), "{command}");
        assert!(page.contains(".SH NAME") && page.contains("Examples:") && !page.contains('\u{1b}'), "{page}");
    }
    assert!(run(&["man", "doctor"]).unwrap().contains(&Names::of(&API).api_key()));
    assert!(run(&["man", "x_no_such_command"]).unwrap_err().contains("x_no_such_command"));
}
