//! Summaries: pages as groups of rows.

mod arguments;
mod properties;

use serde_json::{Value, json};
use tool_runtime::results::summary::{
    Bucket, GroupKey, Measure, NoRows, PageQuery, Statistic, Stop, Summary, SummaryDef, SummaryOptions,
};
use tool_runtime::results::{CodedField, Json, Label, View};

use super::{LIMIT, LIST};

const CODES: &[CodedField] =
    &[CodedField { field: "state", labels: &[("1", Label::Text("new")), ("5", Label::Text("used"))] }];

const VIEW: View = View { codes: CODES, ..LIST };

const BOOKS: SummaryDef = SummaryDef {
    id: &["isbn"],
    unset: &["--"],
    page: PageQuery { offset: "offset", size: Some(("rows", "100")) },
    by: &["author", "state", "at.shelf", "tags"],
    times: &["bought"],
    measures: &["price", "at.level"],
};

fn key(field: &'static str) -> GroupKey {
    GroupKey { field, bucket: None }
}

fn options(by: &[GroupKey], measure: Option<(&'static str, Statistic)>) -> SummaryOptions {
    let measure = measure.map(|(field, statistic)| Measure { field, statistic });
    SummaryOptions { by: by.to_vec(), measure, max_calls: 5 }
}

/// Returns the page of some rows, out of a list of `total` rows.
fn page(total: u64, rows: &Value) -> String {
    json!({ "count": total, "books": rows }).to_string()
}

/// Returns the answer for pages that were all read.
fn answer(pages: &[String], options: SummaryOptions) -> String {
    let mut summary = Summary::new(&BOOKS, &VIEW, options);
    for page in pages {
        summary.add(Json::checked(page).unwrap()).unwrap();
    }
    let calls = u32::try_from(pages.len()).unwrap();
    summary.answer(calls, None, &[], LIMIT).unwrap().text.into_owned()
}

/// Returns the answer for one page with these rows.
fn answer_of(rows: &Value, options: SummaryOptions) -> Value {
    let total = rows.as_array().unwrap().len() as u64;
    serde_json::from_str(&answer(&[page(total, rows)], options)).unwrap()
}

#[test]
fn rows_are_counted_by_group_the_largest_first() {
    let rows = json!([{"author": "Woolf"}, {"author": "Austen"}, {"author": "Woolf"}, {"author": "Proust"}]);
    let expected = concat!(
        r#"{"total":4,"read":4,"calls":1,"complete":true,"columns":["author","count"],"#,
        r#""rows":[["Woolf",2],["Austen",1],["Proust",1]]}"#
    );
    assert_eq!(answer(&[page(4, &rows)], options(&[key("author")], None)), expected);
}

#[test]
fn two_fields_make_groups_of_both() {
    let rows = json!([
        {"author": "Woolf", "bought": "2026-11-30 10:00:00"}, {"author": "Woolf", "bought": "2026-12-06"},
        {"author": "Woolf", "bought": "2026-12-07T00:00:00Z"}
    ]);
    let by = [key("author"), GroupKey { field: "bought", bucket: Some(Bucket::Week) }];
    let answer = answer_of(&rows, options(&by, None));
    assert_eq!(answer["columns"], json!(["author", "bought:week", "count"]));
    assert_eq!(answer["rows"], json!([["Woolf", "2026-11-30", 2], ["Woolf", "2026-12-07", 1]]));
}

#[test]
fn rows_without_a_value_are_one_group() {
    let rows = json!([
        {"author": null}, {"author": "--"}, {"author": ""}, {}, {"author": []}, {"author": "—"}, {"author": "--"}
    ]);
    assert_eq!(answer_of(&rows, options(&[key("author")], None))["rows"], json!([[null, 6], ["—", 1]]));
    let times = json!([{"bought": null}, {"bought": "--"}, {"bought": "2026-11-30"}]);
    let by = [GroupKey { field: "bought", bucket: Some(Bucket::Month) }];
    assert_eq!(answer_of(&times, options(&by, None))["rows"], json!([[null, 2], ["2026-11", 1]]));
}

#[test]
fn codes_are_grouped_by_their_labels() {
    let rows = json!([{"state": 1}, {"state": "1"}, {"state": 5}, {"state": 9}, {"state": true}]);
    let rows = &answer_of(&rows, options(&[key("state")], None))["rows"];
    assert_eq!(*rows, json!([["new", 2], ["used", 1], [9, 1], [true, 1]]));
}

#[test]
fn nested_fields_and_lists_are_values_too() {
    let rows = json!([{"at": {"shelf": "B2"}, "tags": ["a"]}, {"at": {"shelf": "B2"}, "tags": ["a"]}, {"at": null}]);
    assert_eq!(answer_of(&rows, options(&[key("at.shelf")], None))["rows"], json!([["B2", 2], [null, 1]]));
    assert_eq!(answer_of(&rows, options(&[key("tags")], None))["rows"], json!([[["a"], 2], [null, 1]]));
}

#[test]
fn numbers_are_measured_exactly_and_keep_their_digits() {
    let rows = r#"{"count": 4, "books": [{"author": "A", "price": 0.10}, {"author": "A", "price": "0.20"},
        {"author": "A", "price": 0.6}, {"author": "B", "price": 12345678901234567890.5}]}"#;
    for (statistic, expected) in [
        (Statistic::Sum, "0.90"),
        (Statistic::Average, "0.30"),
        (Statistic::Median, "0.20"),
        (Statistic::Min, "0.10"),
        (Statistic::Max, "0.6"),
    ] {
        let answer = answer(&[rows.to_owned()], options(&[key("author")], Some(("price", statistic))));
        let expected = format!(
            "\"columns\":[\"author\",\"price:{}\",\"count\"],\"rows\":[[\"A\",{expected},3],[\"B\",12345678901234567890.5,1]]",
            statistic.name()
        );
        assert!(answer.contains(&expected), "{answer}");
    }
}

#[test]
fn rows_without_a_number_are_said() {
    let rows = json!([{"author": "A", "price": 2}, {"author": "A", "price": null}, {"author": "B"}, {"author": "C", "price": "dear"}]);
    let answer = answer_of(&rows, options(&[key("author")], Some(("price", Statistic::Average))));
    assert_eq!(answer["rows"], json!([["A", 2, 2], ["B", null, 1], ["C", null, 1]]));
    assert_eq!(
        answer["warnings"],
        json!([
            "2 of 4 rows have no price and are left out of it.",
            "1 rows have a price that cannot be measured exactly."
        ])
    );
}

#[test]
fn a_result_with_too_many_digits_is_null() {
    let price = |n| json!({"author": "A", "price": format!("{}e{n}", "9".repeat(15))});
    let answer = answer_of(
        &json!([price(15), price(-15), price(-30)]),
        options(&[key("author")], Some(("price", Statistic::Sum))),
    );
    assert_eq!(answer["rows"], json!([["A", null, 3]]));
    assert!(answer["warnings"][0].as_str().unwrap().contains("too many digits"), "{answer}");
}

#[test]
fn values_that_are_no_times_are_shown_and_said() {
    let by = [GroupKey { field: "bought", bucket: Some(Bucket::Day) }];
    let answer = answer_of(&json!([{"bought": "soon"}, {"bought": 1_764_500_000}]), options(&by, None));
    assert_eq!(answer["rows"], json!([["soon", 1], [1_764_500_000, 1]]));
    assert_eq!(answer["warnings"], json!(["2 rows have a value that is not a time; it is shown as it is."]));
}

#[test]
fn small_groups_are_others_beyond_fifty() {
    let rows: Vec<_> = (0..130).map(|n| json!({"author": n.min(70).to_string(), "price": 1})).collect();
    let answer = answer_of(&json!(rows), options(&[key("author")], Some(("price", Statistic::Sum))));
    let rows = answer["rows"].as_array().unwrap();
    assert_eq!((rows.len(), &rows[0], &rows[50]), (51, &json!(["70", 60, 60]), &json!(["others", 21, 21])));
    let members: Vec<_> = answer.as_object().unwrap().keys().collect();
    assert_eq!(members, ["total", "read", "calls", "complete", "columns", "rows"]);
    let by = [key("author"), key("state")];
    let two = answer_of(&json!((0..51).map(|n| json!({ "author": n })).collect::<Vec<_>>()), options(&by, None));
    assert_eq!(two["rows"][50], json!(["others", "others", 1]));
}

#[test]
fn an_answer_fits_by_fewer_groups() {
    let rows: Vec<_> = (0..50).map(|n| json!({"author": format!("{n:0>100}")})).collect();
    let mut summary = Summary::new(&BOOKS, &VIEW, options(&[key("author")], None));
    summary.add(Json::checked(&page(50, &json!(rows))).unwrap()).unwrap();
    let answer: Value = serde_json::from_str(&summary.answer(1, None, &[], 1000).unwrap().text).unwrap();
    let rows = answer["rows"].as_array().unwrap();
    assert_eq!((rows.len(), &rows[rows.len() - 1]), (9, &json!(["others", 42])));
    assert!(summary.answer(1, None, &[], 50).is_err());
}

#[test]
fn long_values_are_cut_and_said() {
    let long = |end: &str| json!({"author": format!("{}{end}", "x".repeat(100))});
    let answer = answer_of(&json!([long("abc"), long("xyz"), long("")]), options(&[key("author")], None));
    let start = "x".repeat(100);
    assert_eq!(answer["rows"], json!([[format!("{start}… [+3 characters]"), 2], [start, 1]]));
    assert_eq!(answer["warnings"], json!(["Long values are cut: those that begin alike are one group."]));
}

#[test]
fn invisible_characters_are_removed_and_counted() {
    let mut summary = Summary::new(&BOOKS, &VIEW, options(&[key("author")], None));
    summary.add(Json::checked(&page(1, &json!([{"author": "Wo\u{200b}olf"}]))).unwrap()).unwrap();
    let answer = summary.answer(1, None, &[], LIMIT).unwrap();
    assert!(answer.text.contains(r#"[["Woolf",1]]"#), "{}", answer.text);
    assert_eq!(answer.facts.invisible_characters, 1);
}

#[test]
fn pages_follow_each_other_until_the_total() {
    let mut summary = Summary::new(&BOOKS, &VIEW, options(&[key("author")], None));
    assert_eq!(summary.next_offset(), Some(0));
    for (rows, next) in [(2, Some(2)), (1, Some(3)), (2, None)] {
        let first = summary.read();
        let rows: Vec<_> = (first..first + rows).map(|n| json!({"isbn": n, "author": "A"})).collect();
        summary.add(Json::checked(&page(5, &json!(rows))).unwrap()).unwrap();
        assert_eq!(summary.next_offset(), next, "a page may be shorter than asked for");
    }
    assert_eq!((summary.read(), summary.total()), (5, Some(5)));
}

#[test]
fn without_a_total_an_empty_page_is_the_end() {
    let mut summary = Summary::new(&BOOKS, &VIEW, options(&[key("author")], None));
    summary.add(Json::checked(r#"{"books": [{"author": "A"}]}"#).unwrap()).unwrap();
    assert_eq!(summary.next_offset(), Some(1));
    summary.add(Json::checked(r#"{"books": []}"#).unwrap()).unwrap();
    assert_eq!(summary.next_offset(), None);
    let answer: Value = serde_json::from_str(&summary.answer(2, None, &[], LIMIT).unwrap().text).unwrap();
    assert_eq!((&answer["total"], &answer["read"], &answer["complete"]), (&Value::Null, &json!(1), &json!(true)));
}

/// Returns an answer's `read` and `complete`, and its first warning.
fn completeness(pages: &[String]) -> (Value, Value, String) {
    let answer: Value = serde_json::from_str(&answer(pages, options(&[key("author")], None))).unwrap();
    let warning = answer["warnings"][0].as_str().unwrap_or_default().to_owned();
    (answer["read"].clone(), answer["complete"].clone(), warning)
}

#[test]
fn a_row_that_is_read_twice_counts_once() {
    let first = page(3, &json!([{"isbn": 1}, {"isbn": 2}]));
    let grown = page(4, &json!([{"isbn": 2}, {"isbn": 3}]));
    let changed = "The list changed while it was read: rows may be missing.";
    assert_eq!(completeness(&[first.clone(), grown]), (json!(3), json!(false), changed.to_owned()));
    let shrunk = page(2, &json!([]));
    assert_eq!(completeness(&[first.clone(), shrunk]), (json!(2), json!(false), changed.to_owned()));
    let unstable = page(3, &json!([{"isbn": 2}]));
    let fewer = "Not all rows are read: the API returned fewer rows than its total.";
    assert_eq!(completeness(&[first, unstable]), (json!(2), json!(false), fewer.to_owned()));
    let without_id = page(2, &json!([{"author": "A"}, {"author": "A"}]));
    assert_eq!(completeness(&[without_id]), (json!(2), json!(true), String::new()));
}

#[test]
fn an_end_before_the_total_is_not_complete() {
    let rows = page(9, &json!([{"isbn": 1}]));
    let (read, complete, warning) = completeness(&[rows, page(9, &json!([]))]);
    assert_eq!((read, complete), (json!(1), json!(false)));
    assert!(warning.contains("fewer rows"), "{warning}");
}

#[test]
fn a_stop_is_said_with_its_reason() {
    let mut summary = Summary::new(&BOOKS, &VIEW, options(&[key("author")], None));
    summary.add(Json::checked(&page(9, &json!([{"isbn": 1}]))).unwrap()).unwrap();
    for (stop, expected) in [
        (Stop::MaxCalls, "Not all rows are read: max_calls is 5. Filter more, or allow more calls."),
        (Stop::Budget(1), "Not all rows are read: one more page would use up the rate limit (1 left)."),
        (Stop::Failed("gone"), "Not all rows are read. The next page failed: gone"),
    ] {
        let answer: Value = serde_json::from_str(&summary.answer(1, Some(stop), &[], LIMIT).unwrap().text).unwrap();
        assert_eq!((&answer["complete"], &answer["warnings"]), (&json!(false), &json!([expected])));
    }
}

#[test]
fn a_reply_without_rows_adds_nothing() {
    let mut summary = Summary::new(&BOOKS, &VIEW, options(&[key("author")], None));
    for reply in ["null", "[1]", "{}", r#"{"books": null, "count": 1}"#, r#"{"books": [1], "books": {}}"#] {
        assert_eq!(summary.add(Json::checked(reply).unwrap()), Err(NoRows), "{reply}");
    }
    assert_eq!((summary.read(), summary.next_offset()), (0, Some(0)));
}

#[test]
fn groups_and_rows_are_limited() {
    let by = options(&[key("author")], None);
    let rows: Vec<_> = (0..50_001).map(|n| json!({"author": n % 20_000})).collect();
    let answer = answer_of(&json!(rows), by);
    assert_eq!((&answer["read"], &answer["complete"]), (&json!(50_000), &json!(false)));
    assert_eq!(
        answer["warnings"],
        json!([
            "Not all rows are read: a summary reads at most 50000.",
            "There are more than 10000 groups; 20000 rows of the others are counted together."
        ])
    );
    let counted: u64 = answer["rows"].as_array().unwrap().iter().map(|row| row[1].as_u64().unwrap()).sum();
    assert_eq!(counted, 50_000);
}
