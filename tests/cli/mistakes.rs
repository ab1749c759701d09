//! What is wrong before anything was called: exit code 2, as the help texts say, and nothing on stdout.

use desk365_mcp::config::Names;
use desk365_mcp::tools::API;

use crate::{OK, getter, program, run, usage_error, with_account};

#[test]
fn a_log_level_that_there_is_not_is_a_usage_error_that_names_its_variable_and_the_levels() {
    let variable = Names::of(&API).log();
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
