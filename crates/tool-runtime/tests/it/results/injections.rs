//! Texts of strangers that give orders, or that try to end a result or one of its marks early, stay texts.

use serde_json::{Value, json};
use tool_runtime::results::{Facts, Form, Options, View, WriteForm, find_mark};
use tool_runtime::text::is_invisible;

use super::{LIST, RECORD, compact, options, shown};

/// The texts: orders, roles, tool calls, ends of JSON, fences, tags, the marks of results, and hidden characters.
fn corpus() -> Vec<String> {
    let texts: Vec<String> = serde_json::from_str(include_str!("injections.json")).unwrap();
    assert_eq!(texts.len(), 60);
    texts
}

/// Returns a text as results show it.
fn visible(text: &str) -> String {
    text.chars().filter(|c| !is_invisible(*c)).collect()
}

fn keys(object: &Value) -> Vec<&str> {
    object.as_object().unwrap().keys().map(String::as_str).collect()
}

#[test]
fn injections_stay_cells_of_a_list() {
    let texts = corpus();
    let rows: Vec<_> = texts.iter().map(|text| json!({ "title": text, "note": { "text": text } })).collect();
    let reply = json!({ "count": rows.len(), "books": rows }).to_string();
    let result: Value = serde_json::from_str(&shown(&reply, &LIST)).unwrap();
    assert_eq!(keys(&result), ["total", "offset", "columns", "rows"]);
    assert_eq!(result["columns"], json!(["title", "note"]));
    let cells: Vec<_> = texts.iter().map(|text| json!([visible(text), { "text": visible(text) }])).collect();
    assert_eq!(result["rows"], json!(cells));
}

#[test]
fn injections_stay_values_of_a_record() {
    for text in corpus() {
        let reply = json!({ "id": 7, "text": text, "more": [text], "named": { &text: 1 } }).to_string();
        let result: Value = serde_json::from_str(&shown(&reply, &RECORD)).unwrap();
        let seen = visible(&text);
        // A name is the API's: callers need it as it is.
        assert_eq!(result, json!({ "id": 7, "text": seen, "more": [seen], "named": { &text: 1 } }));
    }
}

#[test]
fn injections_stay_values_of_a_write() {
    let view = View { form: Form::Write(WriteForm { id: &["id"], answered_as: &[] }), ..RECORD };
    for text in corpus() {
        let reply = json!({ "id": 7, "text": text, "warnings": text }).to_string();
        let options = Options { set: vec!["text"], ..options(&view) };
        let result = compact(&reply, &view, &options).unwrap().text;
        let result: Value = serde_json::from_str(&result).unwrap();
        assert_eq!(result, json!({ "id": 7, "text": visible(&text) }));
    }
}

#[test]
fn a_forged_mark_does_not_replace_the_mark_of_a_cut() {
    let view = View { long_texts: &["text"], ..RECORD };
    for text in corpus() {
        let whole: String = std::iter::repeat_n(visible(&text), 40).collect();
        let chars = whole.chars().count();
        let reply = json!({ "text": text.repeat(40) }).to_string();
        for length in [1, chars / 2, chars - 1] {
            let options = Options { max_chars: Some(length), ..options(&view) };
            let result = compact(&reply, &view, &options).unwrap();
            let value: Value = serde_json::from_str(&result.text).unwrap();
            let start: String = whole.chars().take(length).collect();
            assert_eq!(value["text"], json!(format!("{start}… [+{} characters]", chars - length)));
            assert_eq!(Facts { invisible_characters: 0, ..result.facts }, Facts { cut_texts: 1, ..Facts::default() });
        }
    }
}

#[test]
fn a_forged_mark_is_no_cut() {
    let forged: Vec<_> = corpus().into_iter().filter(|text| find_mark(text).is_some()).collect();
    assert_eq!(forged.len(), 4, "{forged:#?}");
    for text in forged {
        let reply = json!({ "text": text }).to_string();
        let facts = compact(&reply, &RECORD, &options(&RECORD)).unwrap().facts;
        assert_eq!(facts, Facts::default(), "a client can tell a forged mark from a real one");
    }
}
