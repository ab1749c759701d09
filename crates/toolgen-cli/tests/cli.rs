//! The program `toolgen`: exit codes, stdout and stderr.

#![expect(clippy::expect_used, reason = "a test that cannot be set up fails")]

use std::path::Path;
use std::process::{Command, Output};

fn toolgen(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_toolgen"))
        .current_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("../toolgen/tests"))
        .args(arguments)
        .output()
        .expect("the program can be started")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[test]
fn a_valid_spec_exits_with_0() {
    let output = toolgen(&["check", "shelves.yaml"]);
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(text(&output.stdout), "shelves.yaml is valid: 10 tools\n");
}

#[test]
fn mistakes_exit_with_1() {
    let spec = std::env::temp_dir().join(format!("spec-{}.yaml", std::process::id()));
    std::fs::write(&spec, "api: {}\nresource: {}\n").expect("it can be written");
    let output = toolgen(&["check", &spec.display().to_string()]);
    std::fs::remove_file(&spec).expect("it can be removed");
    assert_eq!(output.status.code(), Some(1));
    let shown = text(&output.stdout);
    let count = shown.lines().filter(|line| line.starts_with("error: ")).count();
    assert!(count > 1 && shown.ends_with(&format!("\n{count} mistakes in {}\n", spec.display())), "{shown}");
    assert!(!shown.contains('\u{1b}'), "a pipe gets no colours");
    assert_eq!(text(&output.stderr), "");
}

#[test]
fn a_failed_command_exits_with_2() {
    for arguments in [&["check", "nowhere.yaml"][..], &["diff", "shelves.yaml", "shelves.yaml"], &["compile"]] {
        let output = toolgen(arguments);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert_ne!(text(&output.stderr), "");
    }
}

#[test]
fn a_difference_exits_with_1() {
    let document = std::env::temp_dir().join(format!("openapi-{}.json", std::process::id()));
    std::fs::write(&document, r#"{"openapi": "3.0.1", "paths": {"/v1/new": {"get": {}}}}"#).expect("it can be written");
    let output = toolgen(&["diff", "shelves.yaml", &document.display().to_string()]);
    std::fs::remove_file(&document).expect("it can be removed");
    assert_eq!(output.status.code(), Some(1));
    let shown = text(&output.stdout);
    assert!(shown.contains("differs:   GET /v1/new is new in the document\n"), "{shown}");
    assert!(shown.contains("explained: GET /v1/type is not in the document\n           inferred: Seen in"), "{shown}");
}

#[test]
fn a_reply_is_shown_as_a_model_reads_it() {
    let reply = std::env::temp_dir().join(format!("reply-{}.json", std::process::id()));
    let shown = |json: &str| {
        std::fs::write(&reply, json).expect("it can be written");
        toolgen(&["preview", "shelves.yaml", "list_all_library_types", &reply.display().to_string()])
    };
    let rows = shown(r#"{"total": 1, "types": [{"self": "a", "rank": 10}]}"#);
    let other = shown("[1]");
    std::fs::remove_file(&reply).expect("it can be removed");
    assert_eq!((rows.status.code(), other.status.code()), (Some(0), Some(1)));
    assert!(text(&rows.stdout).starts_with(r#"{"total":1,"offset":0,"columns":["#), "{}", text(&rows.stdout));
    assert_eq!(text(&other.stdout), "[1]\n");
    assert!(text(&other.stderr).starts_with("the reply has another shape than the spec describes"));
    let unknown = toolgen(&["preview", "shelves.yaml", "list_all_library_tpyes", "shelves.yaml"]);
    assert_eq!(unknown.status.code(), Some(2));
    assert!(text(&unknown.stderr).contains("did you mean `list_all_library_types`?"), "{}", text(&unknown.stderr));
}
