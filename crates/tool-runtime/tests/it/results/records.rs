//! Records: one object, and what it leaves out.

use serde_json::{Value, json};
use tool_runtime::results::{Facts, Options, Twin, View};

use super::{LIMIT, RECORD, compact, options, shown, shown_with};

const BOOK: &str = r#"{"isbn": "978-0", "title": "Emma", "html": "<p>A</p>", "text": "A", "price": 7.50, "none": null,
    "empty": "", "list": [], "object": {}, "own": {"cf_a.b": 1, "cf_c": null}, "lent": false, "times": 0}"#;

const BOOK_VIEW: View = View { twins: &[Twin { html: "html", text: "text" }], ..RECORD };

#[test]
fn fields_without_data_are_left_out() {
    let expected = concat!(
        r#"{"isbn":"978-0","title":"Emma","text":"A","price":7.50,"own":{"cf_a.b":1,"cf_c":null},"#,
        r#""lent":false,"times":0,"omitted":["html"]}"#
    );
    assert_eq!(shown(BOOK, &BOOK_VIEW), expected);
}

#[test]
fn omitted_names_every_other_field_with_data() {
    let view = View { fields: &["title", "none", "html", "text", "absent"], ..BOOK_VIEW };
    let expected = r#"{"title":"Emma","text":"A","omitted":["isbn","html","price","own","lent","times"]}"#;
    assert_eq!(shown(BOOK, &view), expected);
}

#[test]
fn asked_fields_are_the_ones_shown() {
    let expected = concat!(
        r#"{"html":"<p>A</p>","own.cf_a.b":1,"isbn":"978-0","#,
        r#""omitted":["title","text","price","own","lent","times"],"#,
        r#""warnings":["fields: the API's reply has no `titles`; did you mean `title`?"]}"#
    );
    assert_eq!(shown_with(BOOK, &BOOK_VIEW, &["html", "own.cf_a.b", "titles", "isbn", "none"]), expected);
    assert_eq!(shown_with(BOOK, &BOOK_VIEW, &["*"]), BOOK);
}

#[test]
fn html_stays_where_its_plain_text_has_no_data() {
    let reply = r#"{"html": "<img src='a'>", "text": ""}"#;
    assert_eq!(shown(reply, &BOOK_VIEW), r#"{"html":"<img src='a'>"}"#);
}

#[test]
fn a_record_that_does_not_fit_has_its_texts_cut() {
    let reply = json!({"id": 1, "a": "x".repeat(LIMIT), "b": ["y".repeat(LIMIT)], "c": "z".repeat(400)}).to_string();
    let result = compact(&reply, &RECORD, &options(&RECORD)).unwrap();
    let value: Value = serde_json::from_str(&result.text).unwrap();
    assert_eq!(value["a"], json!(format!("{}… [+{} characters]", "x".repeat(500), LIMIT - 500)));
    assert!(value["b"].as_str().unwrap().starts_with("[\"yyy"), "a list becomes a text that is cut");
    assert_eq!((&value["c"], &value["id"]), (&json!("z".repeat(400)), &json!(1)));
    assert_eq!(result.facts, Facts { cut_texts: 2, ..Facts::default() });
}

#[test]
fn fields_that_do_not_fit_are_omitted() {
    let fields: serde_json::Map<_, _> = (0..2000).map(|n| (format!("field_{n}"), json!("value"))).collect();
    let reply = Value::from(fields).to_string();
    let text = shown(&reply, &RECORD);
    let value: Value = serde_json::from_str(&text).unwrap();
    let warnings = value["warnings"].to_string();
    let omitted = value["omitted"].as_array().unwrap().len();
    let shown = value.as_object().unwrap().len() - 2;
    let unlisted = 2000 - omitted - shown;
    assert!(text.len() <= LIMIT && shown > 300 && omitted > 300, "{shown}, {omitted}");
    assert!(warnings.contains(&format!("{unlisted} more fields do not fit")), "{warnings}");
}

#[test]
fn the_keys_of_a_result_are_no_fields() {
    let expected = concat!(
        r#"{"a":1,"omitted":["omitted"],"warnings":["The API's own `omitted` is not shown; "#,
        r#"`fields: [\"*\"]` asks for the whole reply."]}"#
    );
    assert_eq!(shown(r#"{"a": 1, "omitted": [2], "warnings": []}"#, &RECORD), expected);
}

#[test]
fn repeated_fields_are_a_warning() {
    let expected =
        r#"{"a":2,"warnings":["The API's reply has `a` more than once in one object; the last value is shown."]}"#;
    assert_eq!(shown(r#"{"a": 1, "\u0061": 2}"#, &RECORD), expected);
}

#[test]
fn another_shape_is_passed_on_as_it_is() {
    for reply in ["[1, 2]", "null", "\"text\"", "7.0"] {
        let result = compact(reply, &RECORD, &options(&RECORD)).unwrap();
        assert_eq!((&*result.text, result.facts.unknown_shape), (reply, true));
    }
}

#[test]
fn warnings_of_the_caller_are_repeated() {
    let warnings = vec!["status: `Opened` is not known.".to_owned()];
    let result = compact("{\"a\":1}", &RECORD, &Options { warnings, ..options(&RECORD) }).unwrap();
    assert_eq!(result.text, r#"{"a":1,"warnings":["status: `Opened` is not known."]}"#);
}
