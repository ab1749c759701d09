//! Finding the records that a request means or needs.

use std::sync::Arc;

use minijinja::{Error, Value};

use crate::definition::data::{Check, Get};
use crate::expression::{Expression, Template};
use crate::failure::Failure;
use crate::scope::Scope;
use crate::view;

/// Answers one record.
pub(crate) fn get(get: &Get, scope: &Scope) -> Result<Value, Failure> {
    let position = find(&get.collection, &get.by, get.missing.as_ref(), scope)?;
    let record = scope.world.records(&get.collection).get(position).map(Arc::clone).unwrap_or_default();
    let view = view::named(scope.world.collection(&get.collection), &get.view);
    Ok(view::show(view, &scope.at(&get.collection, &record))?)
}

/// The position of the one record that a request means: the one found by the first expression whose arguments are
/// given and that finds any.
pub(crate) fn find(
    collection: &str,
    by: &[Expression],
    missing: Option<&Template>,
    scope: &Scope,
) -> Result<usize, Failure> {
    let errors = &scope.world.definition().data.errors;
    let mut given = by.iter().filter(|expression| scope.gives_arguments_of(expression)).peekable();
    if given.peek().is_none() {
        return Err(Failure::bad_request(errors, "The record to use is not named"));
    }
    for expression in given {
        match *scope.find(collection, &[], Some(expression))?.as_slice() {
            [] => {}
            [(position, _)] => return Ok(position),
            _ => return Err(Failure::new(400, &errors.ambiguous, scope)),
        }
    }
    Err(Failure::new(404, missing.unwrap_or(&errors.not_found), scope))
}

/// Refuses a request if a record is missing that must exist.
pub(crate) fn check_needs(checks: &[Check], scope: &Scope) -> Result<(), Failure> {
    for check in checks {
        if applicable(check, scope)?.is_some_and(|found| found.is_empty()) {
            return Err(Failure::new(check.status, &check.message, scope));
        }
    }
    Ok(())
}

/// The positions of the records that a check finds; `None` if it does not apply.
pub(crate) fn applicable(check: &Check, scope: &Scope) -> Result<Option<Vec<usize>>, Error> {
    if !check.when.as_ref().map_or(Ok(true), |when| when.holds(scope))? {
        return Ok(None);
    }
    let found = scope.find(&check.collection, &[], Some(&check.filter))?;
    Ok(Some(found.into_iter().map(|(position, _)| position).collect()))
}

