//! Fields of an object, by names that reach into nested objects with a dot.
//!
//! A key may contain dots, too. The longest key that a name begins with is the one that it means, so each name means one
//! value of an object. If a key is repeated, its last value counts, as for most readers of JSON.

use std::borrow::Cow;
use std::collections::HashSet;

use foldhash::fast::RandomState;

use super::json::{Key, Kind, Raw};
use super::taught::TaughtReader;
use crate::text::shortened;

/// The number of members for which there is room from the beginning.
const FEW: usize = 64;

/// The members of an object, in the order of the document.
pub(super) type Entries<'a> = Vec<(Key<'a>, Raw<'a>)>;

/// Returns the first members of an object, at most `max`.
pub(super) fn entries(object: Raw<'_>, max: usize) -> Entries<'_> {
    object.members().take(max).collect()
}

/// An object of a reply. If a key is repeated, it has its last value only.
pub(super) struct Object<'a> {
    pub(super) entries: Entries<'a>,
    /// The names of the entries.
    pub(super) names: Vec<Cow<'a, str>>,
    /// A name that the reply repeats.
    pub(super) repeated: Option<Cow<'a, str>>,
    /// True if the object has more members than were read.
    pub(super) has_more: bool,
    /// The length of the object in bytes.
    pub(super) length: usize,
}

impl<'a> Object<'a> {
    /// Reads at most `max` members, and passes all of them to `taught`. Returns `None` for any other value.
    pub(super) fn read(
        value: Raw<'a>,
        max: usize,
        taught: &mut TaughtReader<impl FnMut(&'static str, &str)>,
    ) -> Option<Self> {
        if value.kind() != Kind::Object {
            return None;
        }
        let mut entries = Entries::with_capacity(FEW.min(max));
        let mut has_more = false;
        for (key, value) in value.members() {
            taught.read_member(key, value);
            has_more = entries.len() == max;
            if !has_more {
                entries.push((key, value));
            }
        }
        Some(Self { has_more, length: value.text().len(), ..Self::of(entries) })
    }

    /// Returns the object with these members.
    pub(super) fn of(entries: Entries<'a>) -> Self {
        let names: Vec<_> = entries.iter().map(|(key, _)| key.name()).collect();
        let mut object = Self { entries, names, repeated: None, has_more: false, length: 0 };
        let mut seen = HashSet::with_capacity_and_hasher(object.names.len(), RandomState::default());
        if !object.names.iter().all(|name| seen.insert(name)) {
            object.drop_repeated();
        }
        object
    }

    fn drop_repeated(&mut self) {
        let all = std::mem::take(&mut self.entries).into_iter().zip(std::mem::take(&mut self.names));
        let mut seen = HashSet::with_hasher(RandomState::default());
        for (entry, name) in all.rev() {
            if seen.insert(name.clone()) {
                self.entries.push(entry);
                self.names.push(name);
            } else {
                self.repeated = Some(name);
            }
        }
        self.entries.reverse();
        self.names.reverse();
    }

    /// Returns the place of the entry that owns a name, and the rest of the name within it.
    pub(super) fn place<'n>(&self, name: &'n str) -> Option<(usize, &'n str)> {
        // The whole name is the longest key that it can begin with.
        let whole = self.names.iter().position(|known| known == name);
        whole.map(|place| (place, "")).or_else(|| place(self.entries.iter().map(|(key, _)| *key), name))
    }

    /// Returns the value under a name, or `None` if the object does not have it.
    pub(super) fn find<'n>(&self, name: &'n str) -> Option<Found<'a, 'n>> {
        let (place, rest) = self.place(name)?;
        self.value(place, rest)
    }

    /// Returns the value under `rest` within the value of an entry.
    pub(super) fn value<'n>(&self, place: usize, rest: &'n str) -> Option<Found<'a, 'n>> {
        within(self.entries.get(place)?.1, rest)
    }

    /// Takes the value of the first entry that `is_it` accepts.
    pub(super) fn take(&mut self, is_it: impl Fn(&(Key<'a>, Raw<'a>)) -> bool) -> Option<Raw<'a>> {
        let place = self.entries.iter().position(is_it)?;
        self.names.remove(place);
        Some(self.entries.remove(place).1)
    }
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
    let (place, rest) = place(entries.iter().map(|(key, _)| *key), name)?;
    within(entries.get(place)?.1, rest)
}

/// Returns the place of the key that owns a name, and the rest of the name within its value.
pub(super) fn place<'a, 'n>(keys: impl Iterator<Item = Key<'a>>, name: &'n str) -> Option<(usize, &'n str)> {
    owner(keys.enumerate().map(|(place, key)| (key, place)), name)
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
    if rest.is_empty() {
        return Some(Found::Value(value));
    }
    match value.kind() {
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
    let mut longest: Option<(T, &str)> = None;
    for (key, value) in entries {
        let Some(rest) = key.rest_of(name) else { continue };
        let rest = match rest.strip_prefix('.') {
            _ if rest.is_empty() => rest,
            Some(rest) if !rest.is_empty() => rest,
            _ => continue,
        };
        // Of several keys that are equally long, the last one counts.
        if longest.as_ref().is_none_or(|(_, shortest)| rest.len() <= shortest.len()) {
            longest = Some((value, rest));
        }
    }
    longest
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
        let root = Json::checked(r#"{"a":1,"b":2,"\u0061":3}"#).unwrap().root();
        let object = Object::of(entries(root, usize::MAX));
        let values: Vec<_> = object.entries.iter().map(|(_, value)| value.text()).collect();
        assert_eq!((object.names, values), (vec!["b".into(), "a".into()], vec!["2", "3"]));
        assert_eq!(object.repeated.as_deref(), Some("a"));
    }

    #[test]
    fn the_last_of_repeated_keys_counts() {
        assert_eq!(found(r#"{"a":1,"\u0061":2}"#, "a").as_deref(), Some("2"));
        assert_eq!(found(r#"{"a":{"b":1},"a":{"c":2}}"#, "a.b"), None);
    }
}
