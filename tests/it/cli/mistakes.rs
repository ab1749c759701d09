//! What is wrong before anything was called: exit code 2, as the help texts say, and nothing on stdout.

use desk365_mcp::config::EnvNames;
use desk365_mcp::tools::API;

use crate::cli::{FAILED, OK, getter, program, run, tool, usage_error, with_account};

#[test]
fn a_log_level_that_there_is_not_is_a_usage_error_that_names_its_variable_and_the_levels() {
    let variable = EnvNames::for_api(&API).log();
    for wrong in ["banana", "a=b=c", "info,hyper=debug", "trace"] {
        let stderr = usage_error(program(&["tools"]).env(&variable, wrong));
        assert!(stderr.contains(&variable) && stderr.contains("error, warn, info or debug"), "{stderr}");
    }
    for right in ["error", " warn ", "INFO", "debug", ""] {
        assert_eq!(run(program(&["tools"]).env(&variable, right)).code, OK, "{right}");
    }
}

#[test]
fn a_ca_file_that_cannot_be_used_is_a_usage_error() {
    let no_certificate = tempfile::NamedTempFile::new().unwrap();
    let data = tempfile::tempdir().unwrap();
    let data = data.path().to_str().unwrap();
    for file in ["/no/such/file.pem", no_certificate.path().to_str().unwrap()] {
        for command in [
            &["call", getter().name][..],
            &["call", getter().name, "--sandbox"],
            &["stdio"],
            &["serve", "--listen", "127.0.0.1:0", "--data-dir", data],
        ] {
            let arguments = [command, &["--ca-file", file]].concat();
            let stderr = usage_error(&mut with_account("http://127.0.0.1:9", &arguments));
            assert!(stderr.contains(file), "{arguments:?}: {stderr}");
        }
    }
}

#[test]
fn an_address_that_is_taken_is_named_with_what_to_do() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let data = tempfile::tempdir().unwrap();
    let ran = run(program(&["serve", "--listen", &address, "--data-dir"]).arg(data.path()));
    assert_eq!(ran.code, FAILED);
    assert!(ran.stderr.contains(&format!("{address} cannot be listened on: ")), "{}", ran.stderr);
    let advice = "Is the server already running? Else choose another address with --listen\n";
    assert!(ran.stderr.ends_with(advice), "{}", ran.stderr);
}

#[test]
fn a_secret_that_is_none_is_refused_with_its_variable_and_not_shown() {
    let (names, data) = (EnvNames::for_api(&API), tempfile::tempdir().unwrap());
    for name in ["master-key", "admin-token"] {
        let variable = names.server(name);
        let mut command = program(&["serve", "--listen", "127.0.0.1:0", "--data-dir"]);
        let ran = run(command.arg(data.path()).env(&variable, "s3cret"));
        assert!(ran.code != OK && ran.stderr.contains(&variable), "{}", ran.stderr);
        assert!(!ran.stderr.contains("s3cret"), "{}", ran.stderr);
    }
}

#[test]
fn names_that_there_are_not_are_each_named_and_the_list_of_names_comes_once() {
    let stderr = usage_error(&mut program(&["tools", "--tools", "x_one,x_two", "--exclude-tools", "x_three"]));
    for name in ["x_one", "x_two", "x_three"] {
        assert!(stderr.contains(&format!("\"{name}\" is not a tool")), "{stderr}");
    }
    assert_eq!(stderr.matches("allowed:").count(), 1, "{stderr}");
}

#[test]
fn a_call_beyond_the_scope_is_told_which_flags_narrow_it() {
    let writer = tool(|tool| !tool.hints.read_only).name;
    let stderr = usage_error(&mut program(&["call", writer, "--read-only"]));
    assert!(stderr.contains(&format!("no tool is called {writer:?} among the ")), "{stderr}");
    assert!(stderr.contains("that --read-only left"), "{stderr}");
    assert!(!usage_error(&mut program(&["call", "x_no_such_tool"])).contains(" among "));
}

#[test]
fn a_key_that_the_client_did_not_fill_in_is_a_usage_error() {
    let variable = EnvNames::for_api(&API).api_key();
    let unfilled = format!("${{{variable}}}");
    let mut command = with_account("http://127.0.0.1:9", &["stdio"]);
    let stderr = usage_error(command.env(&variable, unfilled));
    assert!(stderr.contains(&variable) && stderr.contains("not set where the client was started"), "{stderr}");
}
