//! Lenient decoding never changes the meaning of a value that is accepted without it.

use proptest::prelude::*;
use serde_json::{Value, json};
use tool_runtime::decode;
use tool_runtime::prelude::*;
use tool_runtime::violation::Violations;

use super::Search;

/// The object of `Search` without a text form.
#[derive(Debug)]
struct StrictSearch(Search);

impl Fields for StrictSearch {
    const NAMES: &'static [&'static str] = Search::NAMES;

    fn decode(fields: &mut Arguments) -> Option<Self> {
        Search::decode(fields).map(Self)
    }
}

/// Returns JSON values, often such as a caller writes.
fn values() -> impl Strategy<Value = Value> {
    let text = prop_oneof![
        "[a-z#@,. \\[\\]{}\"0-9-]{0,12}",
        Just("a@x.example".to_owned()),
        Just("a@x.example,b@x.example".to_owned()),
        Just("[\"a@x.example\"]".to_owned()),
        Just("{\"words\":\"a\"}".to_owned()),
        Just("[]".to_owned()),
        Just("--".to_owned()),
    ];
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        text.prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 24, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::btree_map("words|areas|[a-c]", inner, 0..3)
                .prop_map(|fields| Value::Object(fields.into_iter().collect())),
        ]
    })
}

/// Returns the items of a list, without the lenient forms.
fn strict_items(value: &Value) -> Option<Vec<Value>> {
    match value {
        Value::Array(items) => Some(items.clone()),
        Value::String(text) if text.trim_start().starts_with('[') => serde_json::from_str(text).ok(),
        _ => None,
    }
}

/// Decodes a list without the lenient forms.
fn strict_list<T>(value: &Value, decode: impl Fn(Value) -> Result<T, Violations>) -> Option<Vec<T>> {
    strict_items(value)?.into_iter().map(|item| decode(item).ok()).collect()
}

proptest! {
    #[test]
    fn a_list_keeps_its_meaning(value in values()) {
        if let Some(items) = strict_list(&value, decode::email) {
            prop_assert_eq!(decode::list(decode::email)(value.clone()), Ok(items.clone()));
            prop_assert_eq!(decode::joined::<','>(decode::email)(value), Ok(Joined(items)));
        }
    }

    #[test]
    fn a_list_of_texts_keeps_its_meaning(value in values()) {
        if let Some(items) = strict_list(&value, decode::non_empty_string) {
            prop_assert_eq!(decode::list(decode::non_empty_string)(value), Ok(items));
        }
    }

    #[test]
    fn a_number_keeps_its_meaning(value in values()) {
        if let Ok(number) = decode::integer(i64::MIN, i64::MAX)(value.clone()) {
            prop_assert_eq!(decode::or_prefixed("#", decode::integer(i64::MIN, i64::MAX))(value), Ok(number));
        }
    }

    #[test]
    fn an_object_keeps_its_meaning(value in values()) {
        if let Ok(StrictSearch(search)) = decode::record::<StrictSearch>(value.clone()) {
            prop_assert_eq!(decode::record::<Search>(value), Ok(search));
        }
    }

    #[test]
    fn arguments_without_synonyms_keep_their_meaning(reader in values(), number in values()) {
        let given = json!({ "reader": reader, "number": number });
        let strict = || {
            let mut arguments = Arguments::new(super::NAMES, given.as_object().cloned()?);
            let reader = arguments.optional("reader", decode::email);
            let number = arguments.optional("number", decode::integer(1, i64::MAX));
            arguments.finish(Some((reader, number))).ok()
        };
        if let Some((reader, number)) = strict() {
            prop_assert_eq!(super::call(&given), Ok((reader, number, None, None)));
        }
    }
}
