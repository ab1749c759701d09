//! The fields that replies can show, as far as a definition tells without being run.

use std::collections::{BTreeMap, BTreeSet};

use minijinja::Value;

use crate::definition::Definition;
use crate::definition::collection::{Collection, Shown, View};
use crate::definition::data::{Behaviour, List, Method, MethodReply};
use crate::expression::{Expression, Template};
use crate::value::{entries, items};

/// Names of fields. Those within the object `a` are `a.b`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FieldNames {
    names: BTreeSet<String>,
    /// Objects with fields that are known only when the sandbox runs; empty for the reply itself.
    open: BTreeSet<String>,
}

impl FieldNames {
    /// Returns whether a field of this name can be shown.
    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        let objects = name.match_indices('.').map(|(end, _)| name.get(..end).unwrap_or_default());
        self.names.contains(name) || [""].into_iter().chain(objects).any(|object| self.open.contains(object))
    }

    /// Returns the names that are known, in alphabetical order.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.names.iter().map(String::as_str)
    }

    /// Adds the names of another reply.
    pub fn extend(&mut self, other: &Self) {
        self.names.extend(other.names.iter().cloned());
        self.open.extend(other.open.iter().cloned());
    }
}

/// Returns the fields in the reply of each operation, by the tool's name. Those of a list are the fields of a row.
pub(crate) fn fields(definition: &Definition) -> BTreeMap<String, FieldNames> {
    let operations = definition.operations.iter().filter_map(|operation| {
        let behaviour = definition.data.operations.get(&operation.key())?;
        let mut reader = Reader { definition, found: FieldNames::default() };
        match behaviour {
            Behaviour::Say(_) => return None,
            Behaviour::List(list) => reader.list(list),
            Behaviour::Get(method)
            | Behaviour::Create(method)
            | Behaviour::Update(method)
            | Behaviour::Delete(method) => reader.method(method),
        }
        Some((operation.tool.clone(), reader.found))
    });
    operations.collect()
}

/// The most names in the path of a field, and the most steps from one value to another. What is deeper can have any name.
const DEPTH: usize = 8;

struct Reader<'a> {
    definition: &'a Definition,
    found: FieldNames,
}

impl<'a> Reader<'a> {
    fn collection(&self, name: &str) -> Option<&'a Collection> {
        self.definition.data.collections.get(name).map(AsRef::as_ref)
    }

    fn list(&mut self, list: &List) {
        self.view(&list.collection, &list.view);
        self.fields(&list.collection, list.with.values().flatten());
        let flat: BTreeSet<_> = list.flat.values().flatten().map(|field| format!("{field}.")).collect();
        let moved = |names: &BTreeSet<String>| -> Vec<String> {
            let inner = flat.iter().flat_map(|field| names.iter().filter_map(move |name| name.strip_prefix(field)));
            inner.map(str::to_owned).collect()
        };
        self.found.names.extend(moved(&self.found.names));
    }

    fn method(&mut self, method: &Method) {
        match &method.reply {
            MethodReply::View(view) => self.view(&method.collection, view),
            MethodReply::Body(body) => self.value(&method.collection, "", body, DEPTH),
        }
    }

    fn view(&mut self, collection: &str, view: &str) {
        match self.collection(collection).and_then(|collection| collection.views.get(view)) {
            Some(View::Fields(fields)) => self.fields(collection, fields),
            Some(View::Value(_)) => {
                self.found.open.insert(String::new());
            }
            None => {}
        }
    }

    fn fields<'f>(&mut self, collection: &str, fields: impl IntoIterator<Item = &'f Shown>) {
        for (name, value) in fields.into_iter().flat_map(|field| &field.0) {
            let name = name.trim_end_matches('?');
            self.found.names.insert(name.to_owned());
            self.value(collection, name, value, DEPTH);
        }
    }

    /// Adds the fields within the value of the field `name`.
    fn value(&mut self, collection: &str, name: &str, value: &Template, depth: usize) {
        let Some(depth) = depth.checked_sub(1) else { return self.open(name) };
        match value {
            Template::Literal(_) | Template::Text(_) => {}
            Template::List(items) => items.iter().for_each(|item| self.value(collection, name, item, depth)),
            Template::Object(fields) => {
                for (key, value) in fields {
                    let name = joined(name, key);
                    self.found.names.insert(name.clone());
                    self.value(collection, &name, value, depth);
                }
            }
            Template::Expression(expression) => match path(expression) {
                Some(path) => self.stored(collection, name, &path, depth),
                None => self.open(name),
            },
        }
    }

    /// Adds the fields within what a path leads to: a relation, a derived field, or values in the data.
    fn stored(&mut self, collection: &str, name: &str, path: &[&str], depth: usize) {
        let Some(depth) = depth.checked_sub(1) else { return self.open(name) };
        let (Some(here), Some((first, rest))) = (self.collection(collection), path.split_first()) else { return };
        if let Some(relation) = here.relations.get(*first) {
            match rest {
                [] => self.open(name),
                rest => self.stored(&relation.collection, name, rest, depth),
            }
        } else if let Some(derived) = here.derived.get(*first) {
            match rest {
                [] => self.value(collection, name, derived, depth),
                _ => self.open(name),
            }
        } else {
            for value in here.records.iter().filter_map(|record| record.get(*first)) {
                self.literal(name, value, rest, depth);
            }
            let generated = here.generate.iter().flat_map(|generate| [&generate.record, &generate.set]);
            for value in [&here.defaults].into_iter().chain(generated).filter_map(|fields| fields.get(*first)) {
                if rest.is_empty() {
                    self.value(collection, name, value, depth);
                } else if !value.code().is_empty() {
                    self.open(name);
                }
            }
        }
    }

    fn literal(&mut self, name: &str, value: &Value, path: &[&str], depth: usize) {
        let Some(depth) = depth.checked_sub(1) else { return self.open(name) };
        items(value).for_each(|item| self.literal(name, &item, path, depth));
        for (key, value) in entries(value).into_iter().flatten() {
            match path.split_first() {
                Some((first, rest)) if *first == key => self.literal(name, &value, rest, depth),
                Some(_) => {}
                None => {
                    let name = joined(name, &key);
                    self.found.names.insert(name.clone());
                    self.literal(&name, &value, &[], depth);
                }
            }
        }
    }

    fn open(&mut self, name: &str) {
        self.found.open.insert(name.to_owned());
    }
}

/// Returns the names in an expression that only follows fields: `rating.details`.
fn path(expression: &Expression) -> Option<Vec<&str>> {
    let text = expression.code.text.trim();
    let is_name = |name: &str| !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || c == '_');
    text.split('.').all(is_name).then(|| text.split('.').collect())
}

fn joined(object: &str, field: &str) -> String {
    if object.is_empty() { field.to_owned() } else { format!("{object}.{field}") }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use serde_json::{Value, json};

    use super::*;

    fn fields_of(collections: &Value, behaviour: &Value) -> FieldNames {
        let text = "x";
        let definition = json!({
            "auth": { "header": "key", "prefix": "" },
            "rate_limit": {},
            "operations": [{
                "tool": "t", "resource": "book", "operation": "do", "method": "GET", "path": "/",
                "params": [{ "name": "flat", "argument": "flat", "in": "query", "type": { "kind": "flag" } }],
                "reply": { "rows": null, "total": null }, "multipart": null, "cost": 1, "gated": false,
            }],
            "data": {
                "rate": { "calls": 1, "seconds": 1 },
                "limits": { "records": 9, "body_bytes": 9, "url_bytes": 9 },
                "errors": {
                    "body": {}, "bad_request": text, "unauthorized": text, "gated": text, "unknown_path": text,
                    "not_found": text, "ambiguous": text, "too_large": text, "long_url": text, "rate_limited": text,
                    "full": text,
                },
                "collections": collections,
                "operations": { "book.do": behaviour },
            },
        });
        let definition = crate::check::read_definition(&definition.to_string()).unwrap();
        fields(&definition).remove("t").unwrap()
    }

    #[test]
    fn fields_of_a_view_are_found_with_those_within_them() {
        let collections = json!({
            "book": {
                "relations": { "author": { "in": "author", "on": { "id": "by" }, "one": true } },
                "derived": { "both": { "a": "{{ title }}", "b": [{ "c": 1 }] } },
                "views": { "row": [
                    "title?", "size", "both", { "who": "{{ author.name }}", "made": "{{ title|upper }}" },
                ] },
                "records": [{ "title": "Emma", "by": 1, "size": { "wide": 1 } }, { "title": "X", "size": { "high": 2 } }],
            },
            "author": { "records": [{ "id": 1, "name": { "first": "Jane" } }] },
        });
        let found = fields_of(
            &collections,
            &json!({ "does": "list", "in": "book", "view": "row", "flat": { "flat": ["size"] } }),
        );
        let names: Vec<_> = found.iter().collect();
        let expected = [
            "both",
            "both.a",
            "both.b",
            "both.b.c",
            "high",
            "made",
            "size",
            "size.high",
            "size.wide",
            "title",
            "who",
            "who.first",
            "wide",
        ];
        assert_eq!(names, expected);
        assert!(found.has("made.anything") && found.has("who.first"));
        assert!(!found.has("who.last") && !found.has("title.a") && !found.has("by"));
    }

    #[test]
    fn fields_below_the_limit_of_depth_can_have_any_name() {
        let deep = (0..9).fold(json!(1), |within, _| json!({ "a": within }));
        let collections =
            json!({ "book": { "views": { "row": [{ "deep": deep }] }, "records": [{ "title": "Emma" }] } });
        let found = fields_of(&collections, &json!({ "does": "list", "in": "book", "view": "row" }));
        assert!(found.has("deep.a.a.a.a.a.a.a.a.a") && !found.has("deep.b"));
    }

    #[test]
    fn a_reply_of_plain_values_can_have_any_name() {
        let collections = json!({ "book": { "views": { "row": "{{ title }}" }, "records": [{ "title": "Emma" }] } });
        assert!(fields_of(&collections, &json!({ "does": "list", "in": "book", "view": "row" })).has("title"));
    }

    #[test]
    fn a_body_of_its_own_shows_its_keys() {
        let collections = json!({ "book": { "records": [{ "title": "Emma" }] } });
        let found = fields_of(
            &collections,
            &json!({ "does": "delete", "in": "book", "by": ["title == args.flat"], "reply": { "message": "Gone" } }),
        );
        assert!(found.has("message") && !found.has("title"));
    }
}
