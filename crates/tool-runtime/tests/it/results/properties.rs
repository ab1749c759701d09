//! Properties of results that hold for any reply, view and choice.

use std::collections::BTreeMap;

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use serde::de::IgnoredAny;
use serde_json::Value;
use serde_json::value::RawValue;
use tool_runtime::results::{CodedField, Extent, Form, Label, ListForm, Options, Twin, View, WriteForm, find_mark};
use tool_runtime::text::is_invisible;

use super::model::{Node, hostile_text, name, node, object, visible_text};
use super::{LIMIT, RECORD, compact};

const CODES: &[CodedField] = &[
    CodedField { field: "a", labels: &[("0", Label::Text("none")), ("1", Label::Flag(true))] },
    CodedField { field: "b.a", labels: &[("0", Label::Text("none"))] },
];

const TWINS: &[Twin] = &[Twin { html: "html", text: "text" }];

/// Views of every form, with and without everything a view may say.
fn views() -> Vec<View> {
    let list = |extent| ListForm { rows: "rows", total: Some("count"), extent, oldest_first: true };
    let forms = [
        Form::List(list(Extent::Page)),
        Form::List(list(Extent::Whole)),
        Form::List(list(Extent::Thread)),
        Form::List(list(Extent::Part)),
        Form::Record,
        Form::Write(WriteForm { id: &["id"], answered_as: &[("name", "title")] }),
    ];
    let plain = forms.map(|form| View { form, ..RECORD });
    let full = plain.map(|view| View {
        fields: &["id", "text", "b.a"],
        optional: &["a", "title"],
        codes: CODES,
        twins: TWINS,
        long_texts: &["text"],
        ..view
    });
    plain.into_iter().chain(full).collect()
}

fn view() -> impl Strategy<Value = View> {
    let views = views();
    (0..views.len()).prop_map(move |index| views[index])
}

/// Returns replies: of any shape, lists, and lists with rows of one kind.
fn reply() -> impl Strategy<Value = Node> {
    let list = |rows: Vec<Node>, beside: Vec<(String, Node)>| {
        Node::Object(beside.into_iter().chain([("rows".to_owned(), Node::List(rows))]).collect())
    };
    let beside = || vec((name(), node(hostile_text())), 0..3);
    prop_oneof![
        node(hostile_text()),
        object(hostile_text()),
        (vec(node(hostile_text()), 0..6), beside()).prop_map(move |(rows, beside)| list(rows, beside)),
        (vec(object(hostile_text()), 0..9), beside()).prop_map(move |(rows, beside)| list(rows, beside)),
    ]
}

/// Returns an object's members as text.
fn members(text: &str) -> BTreeMap<String, &RawValue> {
    serde_json::from_str(text).unwrap()
}

/// Returns a list of names.
fn names(json: Option<&&RawValue>) -> Vec<String> {
    json.map(|json| serde_json::from_str(json.get()).unwrap()).unwrap_or_default()
}

/// Returns the cells of a result's rows as text.
fn cells<'a>(result: &BTreeMap<String, &'a RawValue>) -> Vec<Vec<&'a str>> {
    let rows: Vec<Vec<&RawValue>> = serde_json::from_str(result["rows"].get()).unwrap();
    rows.into_iter().map(|row| row.into_iter().map(RawValue::get).collect()).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(64) })]

    #[test]
    fn any_reply_has_a_valid_result_within_the_limit(
        (reply, view, fields) in (reply(), view(), vec(name(), 0..3)),
        (max_chars, text_from) in (option::of(0_usize..40), 0_usize..20),
        (skip, offset, newest) in (0_u64..5, 0_u64..100, any::<bool>()),
        max_result_chars in prop_oneof![0_usize..400, Just(LIMIT)],
    ) {
        let set = ["title", "name", "a"];
        let options = Options {
            fields, max_chars, text_from, skip, newest, offset, page_size: Some(3), max_result_chars, set: set.to_vec(),
            warnings: Vec::new(),
        };
        let reply = reply.sprawling();
        let result = compact(&reply, &view, &options);
        prop_assert_eq!(&result, &compact(&reply, &view, &options), "the same call has the same result");
        if let Ok(result) = result {
            prop_assert!(result.text.chars().count() <= max_result_chars, "{}", result.text);
            prop_assert!(serde_json::from_str::<IgnoredAny>(&result.text).is_ok(), "{}", result.text);
            prop_assert!(!result.facts.unknown_shape || result.text == reply || result.text.contains("not shown"));
        } else {
            let is_write = matches!(view.form, Form::Write(_));
            prop_assert!(!is_write || max_result_chars < 200, "the answer to a write fits");
        }
    }

    #[test]
    fn cells_are_the_values_of_the_reply(rows in vec(object(visible_text()), 1..6), asked in vec(name(), 0..4)) {
        let reply = Node::Object(vec![("rows".to_owned(), Node::List(rows.clone()))]).sprawling();
        let asked: Vec<_> = asked.into_iter().filter(|name| !name.contains('.')).collect();
        let view = views()[0];
        let options = Options { fields: asked.clone(), ..Options::new(&view, 1_000_000) };
        let result = compact(&reply, &view, &options).unwrap().text;
        let result = members(&result);
        let columns = names(result.get("columns"));
        let other = names(result.get("other_fields"));
        for (row, cells) in rows.iter().zip(cells(&result)) {
            let Node::Object(fields) = row else { unreachable!() };
            prop_assert_eq!(cells.len(), columns.len());
            // A name with a dot may mean a nested field as well.
            for (column, cell) in columns.iter().zip(cells).filter(|(column, _)| !column.contains('.')) {
                prop_assert_eq!(cell, row.last(column).map_or("null".to_owned(), Node::compact), "{}", column);
            }
            for (name, _) in fields {
                let is_said = columns.contains(name) || other.contains(name);
                prop_assert!(is_said || !asked.is_empty(), "{} is a column or named", name);
                prop_assert!(!(columns.contains(name) && other.contains(name)), "{} is said once", name);
            }
        }
        let repeated = rows.iter().any(|row| {
            let Node::Object(fields) = row else { unreachable!() };
            fields.iter().enumerate().any(|(index, (name, _))| fields[..index].iter().any(|(known, _)| known == name))
        });
        prop_assert!(!repeated || result["warnings"].get().contains("more than once"));
    }

    #[test]
    fn every_field_of_a_record_is_shown_or_omitted(record in object(visible_text()), asked in vec(name(), 0..4)) {
        let reply = record.sprawling();
        for view in [RECORD, View { twins: TWINS, ..RECORD }] {
            let options = Options { fields: asked.clone(), ..Options::new(&view, 1_000_000) };
            let result = compact(&reply, &view, &options).unwrap().text;
            let shown = members(&result);
            let omitted = names(shown.get("omitted"));
            let Node::Object(fields) = &record else { unreachable!() };
            for (name, _) in fields {
                let value = record.last(name).unwrap();
                let is_own_key = ["omitted", "warnings"].contains(&name.as_str());
                match shown.get(name).filter(|_| !is_own_key) {
                    Some(text) => prop_assert_eq!(text.get(), value.compact()),
                    None => prop_assert!(value.is_empty() || omitted.contains(name), "{} is lost in {}", name, result),
                }
            }
            for name in shown.keys().filter(|name| !["omitted", "warnings"].contains(&name.as_str())) {
                prop_assert!(record.last(name).is_some() || name.contains('.'), "{} is invented", name);
            }
        }
    }

    #[test]
    fn rows_are_lost_only_at_the_mark(count in 0_usize..60, limit in 250_usize..600, skip in 0_u64..8, kind in 0_usize..3) {
        let number = |n: usize| Node::Object(vec![("id".to_owned(), Node::Literal(n.to_string()))]);
        let reply = Node::Object(vec![("rows".to_owned(), Node::List((0..count).map(number).collect()))]).compact();
        let view = views()[kind];
        let result = compact(&reply, &view, &Options { skip, ..Options::new(&view, limit) }).unwrap().text;
        let result = members(&result);
        let cells = cells(&result);
        let shown: Vec<usize> = cells.iter().map(|row| row[0].parse().unwrap()).collect();
        let first = usize::try_from(skip).unwrap().min(count);
        let mut expected: Vec<usize> = (first..count).collect();
        match result.get("cut").map(|cut| cut.get()) {
            None => {}
            Some("true") => {
                let next: usize = result["next_offset"].get().parse().unwrap();
                expected.retain(|number| *number < next);
            }
            Some(gap) => {
                let gap: BTreeMap<String, usize> = serde_json::from_str(gap).unwrap();
                prop_assert!(gap["from"] < gap["to"]);
                expected.retain(|number| !(gap["from"]..gap["to"]).contains(number));
            }
        }
        prop_assert_eq!(shown, expected);
    }

    #[test]
    fn texts_are_cleaned_and_parts_join(text in hostile_text(), length in 1_usize..12) {
        prop_assume!(!text.contains('…'));
        let view = View { long_texts: &["text"], ..RECORD };
        let reply = Node::Object(vec![("text".to_owned(), Node::Text(text))]).sprawling();
        let part = |text_from, max_chars| {
            let options = Options { text_from, max_chars, ..Options::new(&view, LIMIT) };
            let result: Value = serde_json::from_str(&compact(&reply, &view, &options).unwrap().text).unwrap();
            result["text"].as_str().unwrap_or_default().to_owned()
        };
        let whole = part(0, None);
        let is_hidden = |c| is_invisible(c) && !['\u{200c}', '\u{200d}', '\u{2028}', '\u{2029}'].contains(&c);
        prop_assert!(!whole.contains(is_hidden) && !whole.contains("data:image/png;base64,QUJDRA=="));
        let chars = whole.chars().count();
        let parts: Vec<_> = (0..chars).step_by(length).map(|from| part(from, Some(length))).collect();
        prop_assert_eq!(parts.iter().map(|part| part.split('…').next().unwrap()).collect::<String>(), whole);
        prop_assert!(parts.iter().filter(|part| part.contains('…')).all(|part| find_mark(part).is_some()));
    }
}
