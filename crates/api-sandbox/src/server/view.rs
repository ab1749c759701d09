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

/// Moves the keys of these fields up beside the others.
pub(super) fn flatten(shown: &mut Record, fields: &[String]) {
    for field in fields {
        if let Some(value) = shown.shift_remove(field) {
            shown.extend(entries(&value).unwrap_or_else(|| Record::from([(field.clone(), value)])));
        }
    }
}
