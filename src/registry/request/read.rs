//! Reading a whole request.

use serde_json::{Map, Value};
use tool_runtime::arguments::Arguments;

use super::limits::Limits;
use super::schema::{Component, Property};
use crate::registry::error::Result;

/// A request body or the parameters of a query. Implemented by `request!`.
pub trait FormRequest: Sized {
    /// The names of all fields.
    fn names() -> Vec<&'static str>;

    /// The properties of the request's schema.
    fn properties() -> Vec<Property>;

    /// Adds the schemas that the properties refer to.
    fn components(schemas: &mut Vec<Component>);

    /// Takes the fields out of `fields` and records every violation there. Returns `None` if a required field is missing
    /// or wrong; an optional field that is wrong counts as absent.
    fn take(fields: &mut Arguments, limits: Limits) -> Option<Self>;

    /// Returns the fields of `given`, ready to be taken.
    fn fields(given: Map<String, Value>) -> Arguments {
        Arguments::of_request(Self::names(), given)
    }

    /// Reads a whole request.
    ///
    /// # Errors
    /// Fails with every violation in `given`.
    fn read(given: Map<String, Value>, limits: Limits) -> Result<Self> {
        let mut fields = Self::fields(given);
        let request = Self::take(&mut fields, limits);
        Ok(fields.finish(request)?)
    }
}
