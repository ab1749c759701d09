//! A refused request: its status and message.

use minijinja::{Error, Value, context};

use crate::definition::data::Errors;
use crate::expression::Template;
use crate::value::text_of;

/// A refusal.
#[derive(Debug)]
pub(super) struct Failure {
    pub(super) status: u16,
    pub(super) message: String,
}

impl Failure {
    /// A refusal with a message that is filled in a context.
    pub(super) fn new(status: u16, message: &Template, context: impl Into<Value>) -> Self {
        message.fill(context).map_or_else(Self::from, |message| Self { status, message: text_of(&message) })
    }

    /// A refusal of a request that is malformed.
    pub(super) fn bad_request(errors: &Errors, problem: &str) -> Self {
        Self::new(400, &errors.bad_request, context! { problem })
    }
}

/// Code in the definition that fails although it compiles, such as a sum of texts.
impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self { status: 500, message: format!("the sandbox definition is wrong: {error}") }
    }
}
