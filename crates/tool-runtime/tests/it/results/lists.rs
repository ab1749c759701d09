//! Lists: columns, rows, paging.

use serde_json::{Value, json};
use tool_runtime::results::{CodedField, Extent, Facts, Form, Label, ListForm, Options, Twin, View};

use super::{LIMIT, LIST, PAGE, compact, options, shown, shown_with};

const BOOKS: &str = r#"{"count": 3, "books": [
    {"isbn": "978-0", "title": "Emma", "price": 7.50, "state": 1, "by": {"name": "Austen"}, "tags": [ "a", "b" ]},
    {"isbn": "978-1", "title": null, "price": 1e400, "state": "5", "by": null, "tags": []},
    {"isbn": "978-2", "state": 9, "lent": true}], "late": 2, "note": "", "page": null}"#;

#[test]
fn a_list_has_columns_and_rows() {
    let view = View { fields: &["title", "isbn", "price"], ..LIST };
    let expected = concat!(
        r#"{"total":3,"offset":0,"late":2,"columns":["title","isbn","price"],"#,
        r#""rows":[["Emma","978-0",7.50],[null,"978-1",1e400],[null,"978-2",null]],"#,
        r#""other_fields":["state","by","tags","lent"]}"#
    );
    assert_eq!(shown(BOOKS, &view), expected);
}

#[test]
fn without_default_fields_all_are_columns() {
    let expected = concat!(
        r#"{"total":3,"offset":0,"late":2,"columns":["isbn","title","price","state","by","tags","lent"],"rows":["#,
        r#"["978-0","Emma",7.50,1,{"name":"Austen"},["a","b"],null],"#,
        r#"["978-1",null,1e400,"5",null,[],null],["978-2",null,null,9,null,null,true]]}"#
    );
    assert_eq!(shown(BOOKS, &LIST), expected);
}

#[test]
fn asked_fields_come_in_the_order_asked() {
    let view = View { fields: &["isbn"], ..LIST };
    let expected = concat!(
        r#"{"total":3,"offset":0,"late":2,"columns":["lent","by.name"],"#,
        r#""rows":[[null,"Austen"],[null,null],[true,null]]}"#
    );
    assert_eq!(shown_with(BOOKS, &view, &["lent", "by.name", "lent"]), expected);
}

#[test]
fn unknown_fields_are_warnings_with_the_nearest_name() {
    let view = View { fields: &["isbn", "colour"], ..LIST };
    let shown = |fields: &[&str]| serde_json::from_str::<Value>(&shown_with(BOOKS, &view, fields)).unwrap();
    let result = shown(&["titles", "isbn", "by.nam", "qqqq", "colour"]);
    assert_eq!(result["columns"], json!(["isbn", "colour"]), "a view may know more than one page has");
    assert_eq!(
        result["warnings"],
        json!([
            "fields: the API's reply has no `titles`; did you mean `title`?",
            "fields: the API's reply has no `by.nam`; did you mean `by.name`?",
            "fields: the API's reply has no `qqqq`"
        ])
    );
    assert_eq!(shown(&["titles"])["columns"], json!(["isbn", "colour"]), "the default fields remain");
}

#[test]
fn optional_fields_are_columns_if_a_row_has_them() {
    let view = View { fields: &["isbn"], optional: &["by.name", "blurb", "lent"], ..LIST };
    let columns = |result: &str| serde_json::from_str::<Value>(result).unwrap()["columns"].clone();
    assert_eq!(columns(&shown(BOOKS, &view)), json!(["isbn", "by.name", "lent"]));
    assert_eq!(columns(&shown(r#"{"count": 0, "books": []}"#, &view)), json!(["isbn"]));
    let asked: Value = serde_json::from_str(&shown_with(BOOKS, &view, &["isbn", "blurb"])).unwrap();
    assert_eq!(asked["columns"], json!(["isbn"]));
    assert_eq!(asked["warnings"], json!(["fields: the API's reply has no `blurb`"]));
}

#[test]
fn a_part_of_a_list_does_not_say_its_place() {
    let view = View { form: Form::List(ListForm { extent: Extent::Part, ..PAGE }), fields: &["isbn"], ..LIST };
    let reply = r#"{"count": 9, "books": [{"isbn": "978-0"}, {"isbn": "978-1"}]}"#;
    let result = shown(reply, &view);
    assert_eq!(result, r#"{"total":9,"columns":["isbn"],"rows":[["978-0"],["978-1"]]}"#);
}

#[test]
fn codes_become_labels() {
    const LABELS: &[(&str, Label)] =
        &[("1", Label::Text("new")), ("5", Label::Text("used")), ("0", Label::Flag(false))];
    const CODES: &[CodedField] = &[
        CodedField { field: "state", labels: LABELS },
        CodedField { field: "by.level", labels: LABELS },
        CodedField { field: "all", labels: LABELS },
    ];
    let view = View { codes: CODES, ..LIST };
    let reply = r#"{"books": [
        {"state": 1, "by": {"level": "5", "n": 1}, "all": [0, {"x": 1}, 1, "9"]},
        {"state": "5", "by": [{"level": 0}], "all": 1.0},
        {"state": 10, "by": {"x": {"level": 1}}, "all": null}]}"#;
    let result: Value = serde_json::from_str(&shown(reply, &view)).unwrap();
    assert_eq!(
        result["rows"],
        json!([
            ["new", {"level": "used", "n": 1}, [false, {"x": 1}, "new", "9"]],
            ["used", [{"level": false}], 1.0],
            [10, {"x": {"level": 1}}, null]
        ])
    );
    let result: Value = serde_json::from_str(&shown_with(reply, &view, &["by.level"])).unwrap();
    assert_eq!(result["rows"], json!([["used"], [[false]], [null]]));
}

#[test]
fn html_is_no_column_beside_its_plain_text() {
    let view = View { twins: &[Twin { html: "body", text: "body_text" }], ..LIST };
    let reply = r#"{"books": [{"body": "<p>a</p>", "body_text": "a"}, {"body": "<img>"}]}"#;
    let expected = r#"{"offset":0,"columns":["body_text"],"rows":[["a"],[null]],"other_fields":["body"]}"#;
    assert_eq!(shown(reply, &view), expected);
    let expected = r#"{"offset":0,"columns":["body"],"rows":[["<p>a</p>"],["<img>"]]}"#;
    assert_eq!(shown_with(reply, &view, &["body"]), expected);
}

#[test]
fn rows_of_plain_values_have_one_column() {
    let view = View { fields: &["title"], ..LIST };
    let reply = r#"{"count": 2, "books": ["Emma", "Persuasion"]}"#;
    let expected = r#"{"total":2,"offset":0,"columns":["title"],"rows":[["Emma"],["Persuasion"]]}"#;
    assert_eq!(shown(reply, &view), expected);
    assert!(shown(reply, &LIST).contains(r#""columns":["books"]"#));
}

#[test]
fn an_empty_list_keeps_its_columns() {
    let view = View { fields: &["isbn"], ..LIST };
    let expected = r#"{"total":0,"offset":60,"columns":["isbn"],"rows":[]}"#;
    let options = Options { offset: 60, ..options(&view) };
    assert_eq!(compact(r#"{"count": 0, "books": []}"#, &view, &options).unwrap().text, expected);
    assert!(shown_with(r#"{"books": []}"#, &view, &["x"]).contains(r#""columns":["x"],"rows":[]}"#));
}

/// Returns a reply with rows numbered from `from`.
fn numbered(from: u64, count: u64, total: u64) -> String {
    let rows: Vec<_> = (from..from + count).map(|number| json!({"n": number, "x": 0})).collect();
    json!({"count": total, "books": rows}).to_string()
}

/// Returns the offset, the next offset and the first column of a result.
fn page(reply: &str, view: &View, options: &Options) -> (Value, Value, Vec<Value>) {
    let result: Value = serde_json::from_str(&compact(reply, view, options).unwrap().text).unwrap();
    let rows = result["rows"].as_array().unwrap().iter().map(|row| row[0].clone()).collect();
    (result["offset"].clone(), result["next_offset"].clone(), rows)
}

#[test]
fn the_next_offset_is_said_while_there_is_more() {
    let at = |offset, reply: &str| page(reply, &LIST, &Options { offset, ..options(&LIST) });
    assert_eq!(at(0, &numbered(0, 2, 5)), (json!(0), json!(2), vec![json!(0), json!(1)]));
    assert_eq!(at(2, &numbered(2, 2, 5)).1, json!(4));
    assert_eq!(at(4, &numbered(4, 1, 5)).1, Value::Null);
    assert_eq!(at(1000, &numbered(0, 0, 5000)).1, Value::Null, "an empty page is the last one");
    let unknown = View { form: Form::List(ListForm { total: None, ..PAGE }), ..LIST };
    let of_size = |size| page(&numbered(0, 2, 5), &unknown, &Options { page_size: Some(size), ..options(&unknown) });
    assert_eq!((of_size(2).1, of_size(3).1), (json!(2), Value::Null));
}

#[test]
fn other_fields_come_with_the_first_rows_only() {
    let view = View { fields: &["n"], ..LIST };
    assert!(shown(&numbered(0, 2, 5), &view).contains(r#""other_fields":["x"]"#));
    let later = numbered(2, 2, 5);
    let later = compact(&later, &view, &Options { offset: 2, ..options(&view) }).unwrap().text;
    assert!(!later.contains("other_fields"), "{later}");
    let chosen = shown_with(&numbered(0, 2, 5), &view, &["n"]);
    assert!(!chosen.contains("other_fields"), "{chosen}");
}

#[test]
fn the_newest_rows_come_first_on_request() {
    let newest =
        |offset, skip, reply: &str| page(reply, &LIST, &Options { newest: true, offset, skip, ..options(&LIST) });
    let numbers = |numbers: &[u64]| numbers.iter().map(|number| json!(number)).collect::<Vec<_>>();
    assert_eq!(newest(4, 0, &numbered(4, 3, 7)), (json!(0), json!(3), numbers(&[6, 5, 4])));
    assert_eq!(newest(1, 3, &numbered(1, 3, 7)), (json!(3), json!(6), numbers(&[3, 2, 1])));
    assert_eq!(newest(0, 6, &numbered(0, 3, 7)), (json!(6), Value::Null, numbers(&[0])));
    let reply = numbered(4, 3, 7);
    let result = compact(&reply, &LIST, &Options { newest: true, offset: 4, ..options(&LIST) }).unwrap();
    assert_eq!(result.facts, Facts { newest_first: true, ..Facts::default() });
}

#[test]
fn rows_that_do_not_fit_are_dropped_from_the_end() {
    let reply = numbered(0, 100, 132);
    let limit = |max_result_chars| Options { max_result_chars, offset: 30, ..options(&LIST) };
    let result = compact(&reply, &LIST, &limit(500)).unwrap().text;
    assert!(result.chars().count() <= 500 && result.chars().count() > 400, "{result}");
    let value: Value = serde_json::from_str(&result).unwrap();
    let rows = value["rows"].as_array().unwrap().len();
    assert_eq!((&value["cut"], &value["next_offset"]), (&json!(true), &json!(30 + rows)));
    assert_eq!(value["rows"][rows - 1], json!([rows - 1, 0]));
    let error = compact(&reply, &LIST, &limit(100)).unwrap_err();
    assert_eq!((error.chars, error.max_result_chars), (reply.len(), 100));
}

#[test]
fn a_whole_list_is_continued_with_skip() {
    let view = View { form: Form::List(ListForm { extent: Extent::Whole, total: None, ..PAGE }), ..LIST };
    let reply = numbered(0, 5, 5);
    let skipped = page(&reply, &view, &Options { skip: 3, ..options(&view) });
    assert_eq!(skipped, (json!(3), Value::Null, vec![json!(3), json!(4)]));
    let result = compact(&reply, &view, &Options { max_result_chars: 180, ..options(&view) }).unwrap().text;
    assert_eq!(
        result,
        concat!(
            r#"{"total":5,"offset":0,"next_offset":2,"count":5,"columns":["n","x"],"#,
            r#""rows":[[0,0],[1,0]],"cut":true}"#
        )
    );
}

#[test]
fn a_row_that_does_not_fit_alone_is_cut() {
    let reply = json!({"count": 2, "books": [
        {"isbn": 1, "title": "t".repeat(90_000), "by": {"name": "n".repeat(90_000)}},
        {"isbn": 2, "title": "u"},
    ]})
    .to_string();
    let result = compact(&reply, &LIST, &Options { max_chars: None, ..options(&LIST) }).unwrap();
    let value: Value = serde_json::from_str(&result.text).unwrap();
    assert_eq!(value["rows"][0][1], json!(format!("{}… [+89500 characters]", "t".repeat(500))));
    assert_eq!(value["rows"][0][2].as_str().unwrap().split_once("… ").unwrap().1, "[+89511 characters]");
    assert_eq!((value["rows"].as_array().unwrap().len(), result.facts.cut_texts), (2, 2));
}

#[test]
fn another_shape_is_passed_on_as_it_is() {
    for reply in [
        r#"{"message": "none"}"#,
        r#"[{"isbn": 1}]"#,
        " null ",
        r#"{"books": {"isbn": 1}}"#,
        r#"{"books": [], "books": []}"#,
        r#"{"books": [{"isbn": 1}, 2]}"#,
    ] {
        let result = compact(reply, &LIST, &options(&LIST)).unwrap();
        assert_eq!((&*result.text, result.facts), (reply, Facts { unknown_shape: true, ..Facts::default() }));
    }
    let long = format!("[{}1]", "1,".repeat(LIMIT));
    assert!(compact(&long, &LIST, &options(&LIST)).is_err());
}

#[test]
fn a_star_asks_for_the_reply_as_it_is() {
    assert_eq!(shown_with(BOOKS, &LIST, &["*"]), BOOKS);
    let reply = numbered(0, 5000, 5000);
    let error = compact(&reply, &LIST, &Options { fields: vec!["*".into()], ..options(&LIST) });
    let message = error.unwrap_err().to_string();
    assert!(message.ends_with("name the fields you need in `fields`"), "{message}");
}

#[test]
fn nothing_disappears_without_a_warning() {
    let reply = r#"{"x": 1, "count": 1, "rows": 7, "x": 2, "big": "BIG", "books": [{"a": 1, "a": 2, "b.c": 3, "b": {"c": 4}}]}"#;
    let reply = reply.replace("BIG", &"x".repeat(LIMIT));
    let value: Value = serde_json::from_str(&shown(&reply, &LIST)).unwrap();
    assert_eq!((&value["x"], &value["rows"]), (&json!(2), &json!([[2, 3, {"c": 4}]])));
    assert_eq!(
        value["warnings"],
        json!([
            "The API's reply has `x` more than once in one object; the last value is shown.",
            "The API's own `rows` is not shown; `fields: [\"*\"]` asks for the whole reply.",
            "`big` does not fit in the result; `fields: [\"*\"]` asks for the whole reply."
        ])
    );
    let many: Value = (0..20_000).map(|n| (format!("f{n}"), json!(n))).collect::<serde_json::Map<_, _>>().into();
    let reply = json!({"books": [many]}).to_string();
    let value: Value = serde_json::from_str(&shown(&reply, &View { fields: &["f1"], ..LIST })).unwrap();
    assert_eq!(value["rows"], json!([[1]]));
    let warnings = value["warnings"].to_string();
    assert!(
        warnings.contains("more fields do not fit") && warnings.contains("more fields than are read"),
        "{warnings}"
    );
}
