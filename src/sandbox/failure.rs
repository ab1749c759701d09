//! A call that is refused, and with which words.

use serde_json::json;

use super::behaviour::Errors;
use super::condition::shown;
use super::scope::Scope;
use super::template::Template;
use super::world::Record;

/// A refusal.
#[derive(Debug)]
pub(super) struct Failure {
    pub(super) status: u16,
    pub(super) message: String,
}

impl Failure {
    /// A refusal in the words of `message`, its holes filled from `scope`.
    pub(super) fn new(status: u16, message: &Template, scope: &Scope<'_>) -> Self {
        Self { status, message: shown(&message.fill(scope)) }
    }

    /// A request that cannot be read.
    pub(super) fn bad_request(errors: &Errors, problem: &str, scope: &Scope<'_>) -> Self {
        let said = Record::from_iter([("problem".to_owned(), json!(problem))]);
        Self::new(400, &errors.bad_request, &scope.request(&said))
    }
}
