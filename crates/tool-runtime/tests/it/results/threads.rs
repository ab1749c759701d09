//! Threads: conversations that the API returns all at once.

use serde_json::{Value, json};
use tool_runtime::results::{Extent, Form, ListForm, Options, View};

use super::{LIST, compact, options};

const THREAD: View = View {
    form: Form::List(ListForm { rows: "entries", total: None, extent: Extent::Thread, oldest_first: true }),
    fields: &["n", "text"],
    ..LIST
};

/// Returns a thread in which entry `n` has a text of `lengths[n]` characters.
fn thread(lengths: &[usize]) -> String {
    let entries = lengths.iter().enumerate().map(|(n, length)| json!({"n": n, "text": "x".repeat(*length)}));
    json!({"entries": entries.collect::<Vec<_>>(), "replies": lengths.len()}).to_string()
}

fn result(reply: &str, options: &Options) -> (Value, Vec<u64>) {
    let text = compact(reply, &THREAD, options).unwrap().text;
    assert!(text.chars().count() <= options.max_result_chars);
    let value: Value = serde_json::from_str(&text).unwrap();
    let numbers = value["rows"].as_array().unwrap().iter().map(|row| row[0].as_u64().unwrap()).collect();
    (value, numbers)
}

#[test]
fn a_long_thread_loses_its_middle() {
    let reply = thread(&[100; 50]);
    let limit = Options { max_result_chars: 1000, ..options(&THREAD) };
    let (value, numbers) = result(&reply, &limit);
    assert_eq!(numbers, [0, 1, 2, 3, 47, 48, 49]);
    assert_eq!(value["cut"], json!({"from": 4, "to": 47}));
    assert_eq!((&value["total"], &value["offset"], &value["next_offset"]), (&json!(50), &json!(0), &Value::Null));
    assert_eq!(value["replies"], json!(50));
}

#[test]
fn skip_continues_where_the_middle_begins() {
    let reply = thread(&[100; 50]);
    let limit = Options { max_result_chars: 1000, skip: 4, ..options(&THREAD) };
    let (value, numbers) = result(&reply, &limit);
    assert_eq!(numbers, [4, 5, 6, 7, 47, 48, 49]);
    assert_eq!((&value["offset"], &value["cut"]), (&json!(4), &json!({"from": 8, "to": 47})));
    let (value, numbers) = result(&reply, &Options { skip: 48, ..options(&THREAD) });
    assert_eq!((numbers, &value["cut"]), (vec![48, 49], &Value::Null));
}

#[test]
fn one_long_entry_is_left_out_alone() {
    let limit = Options { max_result_chars: 1000, max_chars: None, ..options(&THREAD) };
    let (value, numbers) = result(&thread(&[50, 50, 5000, 50, 50]), &limit);
    assert_eq!((numbers, &value["cut"]), (vec![0, 1, 3, 4], &json!({"from": 2, "to": 3})));
}

#[test]
fn the_newest_entries_come_first_on_request() {
    let newest = Options { newest: true, ..options(&THREAD) };
    assert_eq!(result(&thread(&[1; 4]), &newest).1, [3, 2, 1, 0]);
    let limit = Options { max_result_chars: 1000, ..newest };
    let (value, numbers) = result(&thread(&[100; 50]), &limit);
    assert_eq!((numbers, &value["cut"]), (vec![49, 48, 47, 46, 2, 1, 0], &json!({"from": 4, "to": 47})));
}
