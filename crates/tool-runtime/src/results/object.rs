//! Fields of an object, by names that reach into nested objects with a dot.
//!
//! A key may contain dots, too. The longest key that a name begins with is the one that it means, so each name means one
//! value of an object. If a key is repeated, its last value counts, as for most readers of JSON.

use std::borrow::Cow;
use std::collections::HashSet;

use super::json::{Key, Kind, Raw};
use crate::text::shortened;

/// The members of an object, in the order of the document.
pub(super) type Entries<'a> = Vec<(Key<'a>, Raw<'a>)>;

/// Returns the first members of an object, at most `max`.
pub(super) fn entries(object: Raw<'_>, max: usize) -> Entries<'_> {
    object.members().take(max).collect()
}

/// Returns the entries without those whose key comes again, and the name of one of these.
pub(super) fn last_of_repeated(entries: Entries<'_>) -> (Entries<'_>, Option<Cow<'_, str>>) {
    let mut seen = HashSet::with_capacity(entries.len());
    let mut repeated = None;
    let mut last = Vec::with_capacity(entries.len());
    for (key, value) in entries.into_iter().rev() {
        if seen.insert(key.name()) {
            last.push((key, value));
        } else {
            repeated = Some(key.name());
        }
    }
    last.reverse();
    (last, repeated)
}

/// The value under a name.
#[derive(Clone, Copy)]
pub(super) enum Found<'a, 'n> {
    Value(Raw<'a>),
    /// The values under a name within the objects of a list.
    Each(Raw<'a>, &'n str),
}

impl Found<'_, '_> {
    /// Returns whether the value holds no data.
    pub(super) fn is_empty(self) -> bool {
        matches!(self, Found::Value(value) if value.is_empty())
    }
}

/// Returns the value under a name, or `None` if the object does not have it.
pub(super) fn find<'a, 'n>(entries: &[(Key<'a>, Raw<'a>)], name: &'n str) -> Option<Found<'a, 'n>> {
    let (place, rest) = place(entries, name)?;
    within(entries.get(place)?.1, rest)
}

/// Returns the place of the entry that owns a name, and the rest of the name within it.
pub(super) fn place<'n>(entries: &[(Key<'_>, Raw<'_>)], name: &'n str) -> Option<(usize, &'n str)> {
    owner(entries.iter().enumerate().map(|(place, (key, _))| (*key, place)), name)
}

/// Returns the value under `rest` within an object of a list. Anything but an object has none.
pub(super) fn find_in_item<'a, 'n>(item: Raw<'a>, rest: &'n str) -> Option<Found<'a, 'n>> {
    let (value, rest) = owner(item.members(), rest)?;
    within(value, rest)
}

/// Returns the value under `rest` within a value. An empty `rest` means the value itself.
///
/// Every level of recursion takes a dot off `rest`.
pub(super) fn within<'a, 'n>(value: Raw<'a>, rest: &'n str) -> Option<Found<'a, 'n>> {
    match value.kind() {
        _ if rest.is_empty() => Some(Found::Value(value)),
        Kind::Array if value.items().any(|item| find_in_item(item, rest).is_some()) => Some(Found::Each(value, rest)),
        _ => find_in_item(value, rest),
    }
}

/// Returns the names that are in the same object as a nested name, or nothing for any other name.
pub(super) fn names_beside(entries: &[(Key<'_>, Raw<'_>)], name: &str) -> Vec<String> {
    /// Enough for a hint.
    const MOST: usize = 100;
    let Some((object, _)) = name.rsplit_once('.') else { return Vec::new() };
    let Some(Found::Value(value)) = find(entries, object) else { return Vec::new() };
    let members = value.items().flat_map(Raw::members).chain(value.members());
    members.take(MOST).map(|(key, _)| format!("{object}.{}", shortened(&key.name(), MOST))).collect()
}

/// Returns what belongs to the longest key that `name` begins with, and the rest of the name.
fn owner<'a, 'n, T>(entries: impl Iterator<Item = (Key<'a>, T)>, name: &'n str) -> Option<(T, &'n str)> {
    let rest_after = |key: Key| match key.rest_of(name)? {
        "" => Some(""),
        rest => rest.strip_prefix('.').filter(|rest| !rest.is_empty()),
    };
    let owners = entries.filter_map(|(key, value)| Some((value, rest_after(key)?)));
    // Of several keys that are equally long, the last one counts.
    owners.reduce(|longest, next| if next.1.len() <= longest.1.len() { next } else { longest })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use super::*;
    use crate::results::json::Json;

    fn found(object: &str, name: &str) -> Option<String> {
        let text = |found: Found| match found {
            Found::Value(value) => value.text().to_owned(),
            Found::Each(list, rest) => {
                let one = |item| find_in_item(item, rest).map(|found| matches!(found, Found::Value(_)));
                format!("{:?}", list.items().map(one).collect::<Vec<_>>())
            }
        };
        find(&entries(Json::checked(object).unwrap().root(), usize::MAX), name).map(text)
    }

    #[test]
    fn names_reach_into_objects_and_lists() {
        let object = r#"{"a": {"b": {"c": 1.0}}, "l": [{"x": 1}, {"y": 2}, 3, {"x": {"z": 4}}]}"#;
        assert_eq!(found(object, "a.b.c").as_deref(), Some("1.0"));
        assert_eq!(found(object, "a.b").as_deref(), Some("{\"c\": 1.0}"));
        assert_eq!(found(object, "l.x").as_deref(), Some("[Some(true), None, None, Some(true)]"));
        assert_eq!(found(object, "l.x.z").as_deref(), Some("[None, None, None, Some(true)]"));
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
    fn repeated_entries_are_found() {
        let object = Json::checked(r#"{"a":1,"b":2,"\u0061":3}"#).unwrap().root();
        let (last, repeated) = last_of_repeated(entries(object, usize::MAX));
        let last: Vec<_> = last.into_iter().map(|(key, value)| (key.name(), value.text())).collect();
        assert_eq!((last, repeated.as_deref()), (vec![("b".into(), "2"), ("a".into(), "3")], Some("a")));
    }

    #[test]
    fn the_last_of_repeated_keys_counts() {
        assert_eq!(found(r#"{"a":1,"\u0061":2}"#, "a").as_deref(), Some("2"));
        assert_eq!(found(r#"{"a":{"b":1},"a":{"c":2}}"#, "a.b"), None);
    }
}
