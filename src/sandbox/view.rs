//! How a record is shown.

use serde_json::{Map, Value};

use super::collection::{Shown, View};
use super::condition::is_empty;
use super::scope::Scope;

impl View {
    /// The record of `scope`, shown.
    pub(super) fn show(&self, scope: &Scope<'_>) -> Value {
        match self {
            Self::Value(template) => template.fill(scope),
            Self::Fields(fields) => {
                let mut shown = Map::new();
                add(&mut shown, fields, scope);
                Value::Object(shown)
            }
        }
    }
}

/// Shows more fields of the record beside those that are there.
pub(super) fn add(shown: &mut Map<String, Value>, fields: &[Shown], scope: &Scope<'_>) {
    for field in fields {
        let value = field.value.fill(scope);
        if !(field.optional && is_empty(&value)) {
            shown.insert(field.name.clone(), value);
        }
    }
}

/// Moves the keys of these fields up beside the others.
pub(super) fn flatten(shown: &mut Map<String, Value>, fields: &[String]) {
    for field in fields {
        if let Some(value) = shown.shift_remove(field) {
            match value {
                Value::Object(inner) => shown.extend(inner),
                other => {
                    shown.insert(field.clone(), other);
                }
            }
        }
    }
}
