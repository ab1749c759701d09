//! The form in which a record is shown.

use minijinja::{Error, Value};

use crate::definition::collection::{Collection, Shown, View};
use crate::scope::Scope;
use crate::value::{Record, entries, is_empty};

/// Shows the record of a scope.
pub(crate) fn show(view: &View, scope: &Scope) -> Result<Value, Error> {
    match view {
        View::Value(template) => template.fill(scope),
        View::Fields(fields) => shown(fields, scope).map(Value::from_pairs),
    }
}

/// The fields of the record of a scope, as far as they have a value or are always shown.
pub(crate) fn shown<'a>(fields: impl IntoIterator<Item = &'a Shown>, scope: &Scope) -> Result<Record, Error> {
    let mut shown = Record::new();
    for field in fields {
        let value = field.value.fill(scope)?;
        if !(field.optional && is_empty(&value)) {
            shown.insert(field.name.clone(), value);
        }
    }
    Ok(shown)
}

/// Moves the keys of these fields up beside the others.
pub(crate) fn flatten(shown: &mut Record, fields: &[String]) {
    for field in fields {
        if let Some(inner) = shown.get(field).and_then(entries) {
            shown.shift_remove(field);
            shown.extend(inner);
        }
    }
}

/// A view of a collection.
pub(crate) fn named<'a>(collection: &'a Collection, name: &str) -> &'a View {
    collection.views.get(name).expect("a definition that names an unknown view is refused")
}
