//! Making a record: what a request stores in it, what its collection adds, and the rules that follow.

use std::sync::Arc;

use minijinja::{Error, Value};

use super::scope::Scope;
use crate::definition::data::Method;
use crate::definition::operation::Operation;
use crate::expression::Template;
use crate::value::{Record, alike, entries, items};

/// Gives a new record its number and defaults, and applies the rules of its collection.
pub(super) fn complete(scope: &Scope, name: &str, mut record: Arc<Record>) -> Result<Arc<Record>, Error> {
    scope.world.number(name, Arc::make_mut(&mut record));
    let given = Arc::clone(&record);
    let defaults = scope.world.collection(name).defaults.iter().filter(|(field, _)| !given.contains_key(*field));
    let record = set(scope, name, defaults, record)?;
    follow(scope, name, record)
}

/// Applies the rules of a collection to a record.
pub(super) fn follow(scope: &Scope, name: &str, mut record: Arc<Record>) -> Result<Arc<Record>, Error> {
    for rule in &scope.world.collection(name).rules {
        if rule.when.holds(&scope.at(name, &record))? {
            record = set(scope, name, &rule.set, record)?;
        }
    }
    Ok(record)
}

/// Sets fields of a record in order. Each value sees the fields set before it.
pub(super) fn set<'a>(
    scope: &Scope,
    name: &str,
    fields: impl IntoIterator<Item = (&'a String, &'a Template)>,
    mut record: Arc<Record>,
) -> Result<Arc<Record>, Error> {
    for (field, value) in fields {
        let value = value.fill(&scope.at(name, &record))?;
        Arc::make_mut(&mut record).insert(field.clone(), value);
    }
    Ok(record)
}

/// Stores the arguments of a request in a record.
pub(super) fn store(operation: &Operation, method: &Method, arguments: &Record, record: &mut Record) {
    for param in &operation.params {
        let (Some(field), Some(given)) = (method.stored_as(param), arguments.get(&param.argument)) else {
            continue;
        };
        let clears = method.clear.as_deref().is_some_and(|clear| given.as_str() == Some(clear));
        let given = if clears { Value::from(()) } else { given.clone() };
        let held = record.get(field).cloned().unwrap_or_default();
        let is_list = method.lists.iter().any(|list| list == field);
        record.insert(field.to_owned(), if is_list { edited(&held, given) } else { merged(&held, given) });
    }
}

/// Merges a given value into the stored one: objects key by key; any other value replaces it.
fn merged(held: &Value, given: Value) -> Value {
    let (Some(mut fields), Some(changes)) = (entries(held), entries(&given)) else {
        return given;
    };
    for (key, value) in changes {
        let below = fields.get(&key).cloned().unwrap_or_default();
        fields.insert(key, merged(&below, value));
    }
    Value::from_pairs(fields)
}

/// The stored list after `{add: […], remove: […]}`, or the given list.
fn edited(held: &Value, given: Value) -> Value {
    let Some(edit) = entries(&given) else {
        return given;
    };
    let part = |name| edit.get(name).map(items).into_iter().flatten();
    let mut list: Vec<_> = items(held).filter(|item| !part("remove").any(|removed| alike(item, &removed))).collect();
    for added in part("add") {
        if !list.iter().any(|item| alike(item, &added)) {
            list.push(added);
        }
    }
    list.into()
}
