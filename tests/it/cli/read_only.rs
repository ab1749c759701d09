//! `--read-only` and its variable: a host offers the variable as a switch, and a typo must not offer tools that write.

use desk365_mcp::config::EnvNames;
use desk365_mcp::tools::{API, TOOLS};

use super::{OK, find_tool, program, run, usage_error};

fn variable() -> String {
    EnvNames::for_api(&API).read_only()
}

/// Returns the number of tools that the program lists with these flags and this value of the variable.
fn listed(flags: &[&str], value: Option<&str>) -> usize {
    let ran = run(program(&["tools"]).args(flags).envs(value.map(|value| (variable(), value))));
    assert_eq!(ran.code, OK, "{}", ran.stderr);
    ran.stdout.lines().count()
}

#[test]
fn the_switch_works_as_flag_and_as_variable() {
    let readers = TOOLS.iter().filter(|tool| tool.def.hints.read_only).count();
    for (flags, value, expected) in [
        (&["--read-only"][..], None, readers),
        (&["--read-only=true"], None, readers),
        (&["--read-only=false"], None, TOOLS.len()),
        (&[], Some("true"), readers),
        (&[], Some(" TRUE "), readers),
        (&[], Some("false"), TOOLS.len()),
        (&[], Some(""), TOOLS.len()),
        // The flag takes precedence.
        (&["--read-only=false"], Some("true"), TOOLS.len()),
        (&["--read-only"], Some("false"), readers),
    ] {
        assert_eq!(listed(flags, value), expected, "{flags:?} {value:?}");
    }
}

#[test]
fn a_wrong_switch_is_refused_and_names_the_values() {
    for command in ["tools", "stdio"] {
        for wrong in ["yes", "1", "${user_config.read_only}"] {
            let stderr = usage_error(program(&[command]).env(variable(), wrong));
            let expected = format!("{} is {wrong:?}: expected true or false", variable());
            assert!(stderr.contains(&expected), "{stderr}");
            let stderr = usage_error(&mut program(&[command, &format!("--read-only={wrong}")]));
            assert!(stderr.contains("[possible values: true, false]"), "{stderr}");
        }
    }
}

#[test]
fn a_call_outside_the_scope_names_the_variable() {
    let writer = find_tool(|tool| !tool.hints.read_only).name;
    let stderr = usage_error(program(&["call", writer]).env(variable(), "true"));
    assert!(stderr.contains(&format!("that {} selects", variable())), "{stderr}");
}

#[test]
fn a_configuration_keeps_the_switch_of_the_variable() {
    let printed = |value: &str| run(program(&["config", "cursor", "--sandbox"]).env(variable(), value)).stdout;
    assert!(printed("true").contains("\"--read-only\""));
    assert!(!printed("false").contains("--read-only"));
}
