//! Finding the records that a request refers to or needs.

use std::sync::Arc;

use minijinja::Error;

use super::failure::Failure;
use super::scope::Scope;
use crate::definition::data::{Check, Method};
use crate::value::Record;

/// Finds the record that a request refers to. The conditions in `by` whose arguments were given are tried in order; the
/// first that matches decides.
pub(super) fn find(method: &Method, scope: &Scope) -> Result<Arc<Record>, Failure> {
    let errors = &scope.world.definition().data.errors;
    let mut given = method.by.iter().filter(|expression| scope.gives_arguments_of(expression)).peekable();
    if given.peek().is_none() {
        return Err(Failure::bad_request(errors, "No argument identifies a record"));
    }
    for expression in given {
        match scope.find(&method.collection, &[], Some(expression))?.as_slice() {
            [] => {}
            [found] => return Ok(Arc::clone(&found.record)),
            _ => return Err(Failure::new(400, &errors.ambiguous, scope)),
        }
    }
    Err(Failure::new(404, method.missing.as_ref().unwrap_or(&errors.not_found), scope))
}

/// Refuses a request if a record is missing that must exist.
pub(super) fn check_needs(checks: &[Check], scope: &Scope) -> Result<(), Failure> {
    for check in checks {
        if applicable(check, scope)?.is_some_and(|found| found.is_empty()) {
            return Err(Failure::new(check.status, &check.message, scope));
        }
    }
    Ok(())
}

/// The records that a check finds; `None` if it does not apply.
pub(super) fn applicable(check: &Check, scope: &Scope) -> Result<Option<Vec<Scope>>, Error> {
    if !check.when.as_ref().map_or(Ok(true), |when| when.holds(scope))? {
        return Ok(None);
    }
    scope.find(&check.collection, &[], Some(&check.filter)).map(Some)
}
