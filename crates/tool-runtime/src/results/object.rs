//! Fields of an object, by names that reach into nested objects with a dot.
//!
//! A key may contain dots, too. The longest key that a name begins with is the one that it means, so each name means one
//! value of an object. If a key is repeated, its last value counts, as for most readers of JSON.

use std::borrow::Cow;

use super::json::{Kind, Raw};

/// The members of an object, in the order of the document.
pub(super) type Entries<'a> = Vec<(Cow<'a, str>, Raw<'a>)>;

/// Returns the first members of an object, at most `max`.
pub(super) fn entries(object: Raw<'_>, max: usize) -> Entries<'_> {
    object.members().take(max).map(|(key, value)| (key.name(), value)).collect()
}

/// Returns the value under a name, or `None` if the object does not have it.
///
/// Within a list of objects a name means a list: the value of each object, or null.
pub(super) fn find<'a>(entries: &[(Cow<'a, str>, Raw<'a>)], name: &str) -> Option<Cow<'a, str>> {
    let (value, rest) = owner(entries.iter().map(|(key, value)| (Cow::Borrowed(key.as_ref()), *value)), name)?;
    within(value, rest)
}

/// Returns the names that are in the same object as a nested name, or nothing for any other name.
pub(super) fn names_beside(entries: &[(Cow<'_, str>, Raw<'_>)], name: &str) -> Vec<String> {
    /// Enough for a hint.
    const MOST: usize = 100;
    let Some((object, _)) = name.rsplit_once('.') else { return Vec::new() };
    let value = find(entries, object).unwrap_or_default();
    let value = Raw::assembled(&value);
    let members = value.items().flat_map(Raw::members).chain(value.members());
    members.take(MOST).map(|(key, _)| format!("{object}.{}", key.name())).collect()
}

/// Returns the value under `rest` within a value. An empty `rest` means the value itself.
///
/// Every level of recursion takes a dot off `rest`.
fn within<'a>(value: Raw<'a>, rest: &str) -> Option<Cow<'a, str>> {
    if rest.is_empty() {
        return Some(value.text().into());
    }
    let of_object = |object: Raw<'a>| {
        let members = object.members().filter(|(key, _)| may_begin(key.0, rest));
        let (value, rest) = owner(members.map(|(key, value)| (key.name(), value)), rest)?;
        within(value, rest)
    };
    if value.kind() != Kind::Array {
        return of_object(value);
    }
    let mut list = String::from("[");
    let mut found = false;
    for (index, item) in value.items().enumerate() {
        let part = if item.kind() == Kind::Object { of_object(item) } else { None };
        found |= part.is_some();
        if index > 0 {
            list.push(',');
        }
        list.push_str(part.as_deref().unwrap_or(Raw::NULL.text()));
    }
    list.push(']');
    found.then_some(list.into())
}

/// Returns whether a key, still with its escapes, may be the beginning of a name. A cheap test that spares decoding.
fn may_begin(key: &str, name: &str) -> bool {
    key.contains('\\') || name.starts_with(key)
}

/// Returns the value of the longest key that `name` begins with, and the rest of the name.
fn owner<'a, 'n, 'k>(
    entries: impl Iterator<Item = (Cow<'k, str>, Raw<'a>)>,
    name: &'n str,
) -> Option<(Raw<'a>, &'n str)> {
    let rest_after = |key: &str| match name.strip_prefix(key)? {
        "" => Some(""),
        rest => rest.strip_prefix('.').filter(|rest| !rest.is_empty()),
    };
    let owners = entries.filter_map(|(key, value)| Some((key.len(), value, rest_after(&key)?)));
    // Of several equal elements, `max_by_key` returns the last.
    owners.max_by_key(|(length, ..)| *length).map(|(_, value, rest)| (value, rest))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use super::*;
    use crate::results::json::Json;

    fn found(object: &str, name: &str) -> Option<String> {
        find(&entries(Json::checked(object).unwrap().root(), usize::MAX), name).map(Cow::into_owned)
    }

    #[test]
    fn names_reach_into_objects_and_lists() {
        let object = r#"{"a": {"b": {"c": 1.0}}, "l": [{"x": 1}, {"y": 2}, 3, {"x": {"z": 4}}]}"#;
        assert_eq!(found(object, "a.b.c").as_deref(), Some("1.0"));
        assert_eq!(found(object, "a.b").as_deref(), Some("{\"c\": 1.0}"));
        assert_eq!(found(object, "l.x").as_deref(), Some("[1,null,null,{\"z\": 4}]"));
        assert_eq!(found(object, "l.x.z").as_deref(), Some("[null,null,null,4]"));
        for absent in ["b", "a.c", "a.", "a.b.c.d", "l.q", "", ".", ".a", "l."] {
            assert_eq!(found(object, absent), None, "{absent}");
        }
    }

    #[test]
    fn the_longest_key_owns_a_name() {
        let object = r#"{"v1": {"2": 1, "2.x": 2}, "v1.2": {"y": 3}, "v1.2.y": 4, "": {"": 5}}"#;
        assert_eq!(found(object, "v1.2.y").as_deref(), Some("4"));
        assert_eq!(found(object, "v1.2").as_deref(), Some("{\"y\": 3}"));
        assert_eq!(found(object, "v1.2.x"), None, "`v1.2` owns the name, and has no `x`");
        assert_eq!(found(object, "").as_deref(), Some("{\"\": 5}"));
    }

    #[test]
    fn the_last_of_repeated_keys_counts() {
        assert_eq!(found(r#"{"a":1,"\u0061":2}"#, "a").as_deref(), Some("2"));
        assert_eq!(found(r#"{"a":{"b":1},"a":{"c":2}}"#, "a.b"), None);
    }
}
