//! Properties of summaries that hold for any list and any way to cut it into pages.

use std::collections::BTreeMap;

use proptest::collection::vec;
use proptest::prelude::*;
use serde::de::IgnoredAny;
use serde_json::{Value, json};
use tool_runtime::results::Json;
use tool_runtime::results::summary::{Bucket, GroupKey, Statistic, Stop, Summary, SummaryOptions};

use super::super::model::{Node, hostile_text, name, node, object};
use super::{BOOKS, VIEW, key, options, page};

fn choices() -> impl Strategy<Value = SummaryOptions> {
    let keys = prop_oneof![
        Just(vec![key("author")]),
        Just(vec![GroupKey { field: "bought", bucket: Some(Bucket::Week) }, key("state")]),
        Just(vec![key("at.shelf"), key("tags")]),
    ];
    let measure = prop_oneof![Just(None), (0..Statistic::ALL.len()).prop_map(|n| Some(("price", Statistic::ALL[n])))];
    (keys, measure).prop_map(|(keys, measure)| options(&keys, measure))
}

/// Returns the rows of a list: authors in cents.
fn rows() -> impl Strategy<Value = Vec<(u8, i32)>> {
    vec((0_u8..60, -1000_i32..1000), 0..120)
}

/// Cuts rows into pages, each of a length from `lengths`, which begin again at their end.
fn pages(rows: &[(u8, i32)], lengths: &[usize]) -> Vec<String> {
    let row = |(n, (author, cents)): (usize, &(u8, i32))| json!({"isbn": n, "author": author, "price": format!("{}e-2", cents)});
    let mut rest: Vec<_> = rows.iter().enumerate().map(row).collect();
    let total = rest.len() as u64;
    let mut pages = vec![];
    for length in lengths.iter().cycle() {
        let after = rest.split_off((*length).min(rest.len()));
        pages.push(page(total, &json!(rest)));
        rest = after;
        if rest.is_empty() {
            break;
        }
    }
    pages
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(64) })]

    #[test]
    fn any_reply_has_a_valid_answer_within_the_limit(
        replies in vec(prop_oneof![node(hostile_text()), list()], 0..3),
        choices in choices(),
        limit in prop_oneof![0_usize..400, Just(25_000)],
    ) {
        let mut summary = Summary::new(&BOOKS, &VIEW, choices);
        for reply in &replies {
            let before = (summary.read(), summary.next_offset());
            if summary.add(Json::checked(&reply.sprawling()).unwrap()).is_err() {
                prop_assert_eq!(before, (summary.read(), summary.next_offset()));
            }
        }
        for stop in [None, Some(Stop::MaxCalls), Some(Stop::Budget(1)), Some(Stop::Failed("no"))] {
            let Ok(answer) = summary.answer(1, stop, &[], limit) else { continue };
            prop_assert!(answer.text.chars().count() <= limit, "{}", answer.text);
            let text = answer.text.as_ref();
            prop_assert!(serde_json::from_str::<IgnoredAny>(text).is_ok(), "{}", text);
            let answer: Value = serde_json::from_str(text).unwrap();
            let rows = answer["rows"].as_array().unwrap();
            let counted: u64 = rows.iter().map(|row| row.as_array().unwrap().last().unwrap().as_u64().unwrap()).sum();
            prop_assert_eq!(counted, summary.read(), "no row is lost");
            let columns = answer["columns"].as_array().unwrap().len();
            prop_assert!(rows.iter().all(|row| row.as_array().unwrap().len() == columns));
        }
    }

    #[test]
    fn pages_of_any_length_have_the_same_answer(rows in rows(), lengths in vec(1_usize..40, 1..4), choices in choices()) {
        let answer = |pages: &[String]| {
            let mut summary = Summary::new(&BOOKS, &VIEW, choices.clone());
            for page in pages {
                prop_assert!(summary.next_offset().is_some());
                summary.add(Json::checked(page).unwrap()).unwrap();
            }
            prop_assert_eq!(summary.next_offset(), None);
            Ok(summary.answer(1, None, &[], 25_000).unwrap().text)
        };
        prop_assert_eq!(answer(&pages(&rows, &lengths))?, answer(&pages(&rows, &[1000]))?);
    }

    #[test]
    fn counts_and_sums_are_those_of_the_rows(rows in rows()) {
        let mut summary = Summary::new(&BOOKS, &VIEW, options(&[key("author")], Some(("price", Statistic::Sum))));
        summary.add(Json::checked(&pages(&rows, &[1000])[0]).unwrap()).unwrap();
        let answer = summary.answer(1, None, &[], 25_000).unwrap().text;
        let answer: Value = serde_json::from_str(&answer).unwrap();
        let mut expected = BTreeMap::<u64, (i64, u64)>::new();
        for (author, cents) in &rows {
            let group = expected.entry(u64::from(*author)).or_default();
            *group = (group.0 + i64::from(*cents), group.1 + 1);
        }
        let mut last = u64::MAX;
        let (mut cents, mut count) = (0, 0);
        for row in answer["rows"].as_array().unwrap() {
            let sum = cents_of(&row[1].to_string());
            (cents, count) = (cents + sum, count + row[2].as_u64().unwrap());
            if let Some(author) = row[0].as_u64() {
                prop_assert_eq!((sum, row[2].as_u64().unwrap()), expected[&author]);
                prop_assert!(row[2].as_u64().unwrap() <= last, "the largest come first");
                last = row[2].as_u64().unwrap();
            }
        }
        let all = rows.iter().map(|(_, cents)| i64::from(*cents)).sum::<i64>();
        prop_assert_eq!((cents, count), (all, rows.len() as u64));
    }
}

/// Returns a list whose rows have the fields of books, among others.
fn list() -> impl Strategy<Value = Node> {
    let field =
        prop_oneof![name(), (0..5_usize).prop_map(|n| ["author", "state", "bought", "tags", "price"][n].to_owned())];
    let row = vec((field, node(hostile_text())), 0..5).prop_map(Node::Object);
    vec(prop_oneof![row, object(hostile_text()), node(hostile_text())], 0..9)
        .prop_map(|rows| Node::Object(vec![("books".to_owned(), Node::List(rows))]))
}

/// Returns a number with two decimals as cents.
fn cents_of(number: &str) -> i64 {
    let (whole, cents) = number.split_once('.').expect("sums keep both digits");
    let negative = whole.starts_with('-');
    let cents = whole.trim_start_matches('-').parse::<i64>().unwrap() * 100 + cents.parse::<i64>().unwrap();
    if negative { -cents } else { cents }
}
