//! The form in which a record is shown.

use minijinja::{Error, Value};

use super::scope::Scope;
use crate::definition::collection::{Collection, Shown, View};
use crate::value::{Record, entries, is_empty};

/// A view of a collection.
pub(super) fn named<'a>(collection: &'a Collection, name: &str) -> &'a View {
    collection.views.get(name).expect("a definition that names an unknown view is refused")
}

/// Shows the record of a scope.
pub(super) fn show(view: &View, scope: &Scope) -> Result<Value, Error> {
    match view {
        View::Value(template) => template.fill(scope),
        View::Fields(fields) => shown(fields, scope).map(Value::from_pairs),
    }
}

/// The fields of the record of a scope, as far as they have a value or are always shown.
pub(super) fn shown<'a>(fields: impl IntoIterator<Item = &'a Shown>, scope: &Scope) -> Result<Record, Error> {
    let mut shown = Record::new();
    for (name, value) in fields.into_iter().flat_map(|field| &field.0) {
        let value = value.fill(scope)?;
        match name.strip_suffix('?') {
            Some(_) if is_empty(&value) => None,
            Some(name) => shown.insert(name.to_owned(), value),
            None => shown.insert(name.clone(), value),
        };
    }
    Ok(shown)
}

/// Moves the keys of these fields up beside the others. A key that is already there stays where it is.
pub(super) fn flatten(shown: &mut Record, fields: &[String]) {
    for field in fields {
        let Some(inner) = shown.get(field).and_then(entries) else { continue };
        let (beside, within): (Record, Record) = inner.into_iter().partition(|(key, _)| !shown.contains_key(key));
        shown.shift_remove(field);
        shown.extend(beside);
        if !within.is_empty() {
            shown.insert(field.clone(), Value::from_pairs(within));
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::value::from_json;

    #[test]
    fn flat_fields_hide_no_field_of_the_same_name() {
        let record = json!({ "title": "Emma", "more": { "size": 1, "title": "x", "more": 2 }, "plain": 3 });
        let mut shown = entries(&from_json(record)).unwrap_or_default();
        flatten(&mut shown, &["more".to_owned(), "plain".to_owned(), "absent".to_owned()]);
        let expected = json!({ "title": "Emma", "size": 1, "more": { "title": "x", "more": 2 }, "plain": 3 });
        assert_eq!(json!(Value::from_pairs(shown)), expected);
    }
}
