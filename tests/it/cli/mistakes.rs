//! Mistakes that are found before anything is called: exit code 2 and an empty stdout.

use desk365_mcp::config::EnvNames;
use desk365_mcp::tools::API;

use crate::cli::{FAILED, OK, find_tool, getter, program, run, usage_error, with_account};

#[test]
fn an_unknown_log_level_is_reported_with_the_allowed_levels() {
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
fn a_misspelt_variable_stops_the_start() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let name = |flag: &str| EnvNames::for_api(&API).server(flag);
    let (misspelt, meant) = (name("--data-base-url-file"), name("--database-url-file"));
    for arguments in [&["serve", "--listen", "127.0.0.1:0"][..], &["account", "list"], &["stdio", "--sandbox"]] {
        let stderr = usage_error(program(arguments).env(&misspelt, "/run/secrets/url").env(name("--data-dir"), &data));
        assert!(stderr.contains(&format!("{misspelt} is not a setting")), "{stderr}");
        assert!(stderr.contains(&format!("set {meant} instead")), "{stderr}");
    }
    assert!(!data.exists(), "no store was created");
    // Kubernetes sets such a variable for a service of this name.
    assert_eq!(run(program(&["tools"]).env(name("--service-host"), "10.0.0.1")).code, OK);
}

#[test]
fn an_unusable_ca_file_is_a_usage_error() {
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
fn a_listen_address_in_use_is_reported_with_a_fix() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let data = tempfile::tempdir().unwrap();
    let ran = run(program(&["serve", "--listen", &address, "--data-dir"]).arg(data.path()));
    assert_eq!(ran.code, FAILED);
    assert!(ran.stderr.contains(&format!("failed to listen on {address}: ")), "{}", ran.stderr);
    let advice = "Check whether the server is already running, or choose another address with --listen\n";
    assert!(ran.stderr.ends_with(advice), "{}", ran.stderr);
}

#[test]
fn an_invalid_secret_is_refused_by_variable_and_not_shown() {
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
fn unknown_tools_are_all_named_and_the_allowed_list_once() {
    let stderr = usage_error(&mut program(&["tools", "--tools", "x_one,x_two", "--exclude-tools", "x_three"]));
    for name in ["x_one", "x_two", "x_three"] {
        assert!(stderr.contains(&format!("\"{name}\" is not a tool")), "{stderr}");
    }
    assert_eq!(stderr.matches("allowed:").count(), 1, "{stderr}");
}

#[test]
fn a_call_outside_the_scope_names_the_scope_flags() {
    let writer = find_tool(|tool| !tool.hints.read_only).name;
    let stderr = usage_error(&mut program(&["call", writer, "--read-only"]));
    assert!(stderr.contains(&format!("no tool is called {writer:?} among the ")), "{stderr}");
    assert!(stderr.contains("that --read-only selects"), "{stderr}");
    assert!(!usage_error(&mut program(&["call", "x_no_such_tool"])).contains(" among "));
}

#[test]
fn an_unfilled_key_placeholder_is_a_usage_error() {
    let variable = EnvNames::for_api(&API).api_key();
    let unfilled = format!("${{{variable}}}");
    let mut command = with_account("http://127.0.0.1:9", &["stdio"]);
    let stderr = usage_error(command.env(&variable, unfilled));
    assert!(stderr.contains(&variable) && stderr.contains("not set where the client was started"), "{stderr}");
}
