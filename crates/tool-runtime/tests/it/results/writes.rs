//! Writes: the ID and what the call set.

use serde_json::json;
use tool_runtime::results::{CodedField, Form, Label, Options, Twin, View, WriteForm};

use super::{RECORD, compact, options};

const VIEW: View = View {
    form: Form::Write(WriteForm { id: &["isbn"], answered_as: &[("lend_to", "lent_to"), ("half", "other")] }),
    fields: &["message"],
    twins: &[Twin { html: "about", text: "about_text" }],
    codes: &[CodedField { field: "state", labels: &[("1", Label::Text("new"))] }],
    ..RECORD
};

fn written(reply: &str, set: &[&'static str]) -> String {
    compact(reply, &VIEW, &Options { set: set.to_vec(), ..options(&VIEW) }).unwrap().text.into_owned()
}

#[test]
fn a_write_answers_with_the_id_and_what_was_set() {
    let reply = r#"{"title": "Emma", "isbn": "978-0", "state": 1, "lent_to": null, "price": 7.50, "tags": []}"#;
    assert_eq!(
        written(reply, &["isbn", "lend_to", "state", "tags", "silent"]),
        r#"{"isbn":"978-0","lent_to":null,"state":"new","tags":[]}"#
    );
}

#[test]
fn long_texts_are_not_echoed() {
    let reply = json!({"isbn": 1, "about": "<p>x</p>".repeat(100), "about_text": "x".repeat(300)}).to_string();
    let expected = format!(r#"{{"isbn":1,"about_text":"{}… [+100 characters]"}}"#, "x".repeat(200));
    assert_eq!(written(&reply, &["isbn", "about"]), expected);
}

#[test]
fn without_the_record_the_fields_of_the_view_are_shown() {
    assert_eq!(written(r#"{"message": "Deleted.", "code": 7}"#, &["title"]), r#"{"message":"Deleted."}"#);
}

#[test]
fn another_answer_is_passed_on_as_it_is() {
    for reply in ["[1]", "null", "{}", r#"{"id": 7}"#] {
        assert_eq!(written(reply, &["title"]), reply);
    }
}

#[test]
fn warnings_of_the_caller_are_repeated() {
    let warnings = vec!["group: `Sales` is not known.".to_owned()];
    let options = Options { warnings, ..options(&VIEW) };
    let result = compact(r#"{"isbn": 1}"#, &VIEW, &options).unwrap();
    assert_eq!(result.text, r#"{"isbn":1,"warnings":["group: `Sales` is not known."]}"#);
}

#[test]
fn a_warning_of_a_write_names_no_argument_that_writes_lack() {
    let many: Vec<_> = (0..20_000).map(|number| format!("\"f{number}\":1")).collect();
    let reply = format!(r#"{{"isbn": 1, "warnings": 2, {}}}"#, many.join(","));
    let result = written(&reply, &["warnings"]);
    assert!(result.contains("more fields than are read here.") && result.contains("is not shown."), "{result}");
    assert!(!result.contains("`fields"), "{result}");
}

#[test]
fn an_answer_to_a_write_always_fits() {
    let huge = "x".repeat(100_000);
    for reply in
        [json!([huge]), json!({ "isbn": huge }), json!({"isbn": 1, "title": {huge.clone(): 1}}), json!({ "q": huge })]
    {
        let reply = reply.to_string();
        let options = Options { set: vec!["title"], max_result_chars: 400, ..options(&VIEW) };
        let result = compact(&reply, &VIEW, &options).unwrap();
        assert!(result.text.chars().count() <= 400, "{}", result.text);
        assert!(serde_json::from_str::<serde_json::Value>(&result.text).is_ok());
    }
}
