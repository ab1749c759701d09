//! Values in requests: how each is decoded, and its schema.

use jiff::Timestamp;
use serde_json::Value;
use tool_runtime::exact;
use tool_runtime::violation::Violations;
use utoipa::openapi::schema::{KnownFormat, ObjectBuilder, SchemaFormat, Type};
use utoipa::openapi::{RefOr, Schema};
use uuid::Uuid;

use super::limits::{Limits, SHORTEST_LIFETIME};
use super::schema::Component;
use super::time;

/// The longest name, in characters.
const LONGEST_NAME: usize = 200;

/// A value in a request.
pub trait RequestValue: Sized {
    /// Decodes the value.
    ///
    /// # Errors
    /// Fails with everything that is wrong with `value`.
    fn decode(value: Value, limits: Limits) -> Result<Self, Violations>;

    /// Its schema, or the reference to it.
    fn value_schema() -> RefOr<Schema>;

    /// Adds the schemas that `value_schema` refers to.
    fn components(_schemas: &mut Vec<Component>) {}
}

/// The schema of a string, as far as all have it.
pub fn string_schema() -> ObjectBuilder {
    ObjectBuilder::new().schema_type(Type::String)
}

fn string_of_format(format: KnownFormat) -> RefOr<Schema> {
    RefOr::T(string_schema().format(Some(SchemaFormat::KnownFormat(format))).build().into())
}

/// A name: 1 to 200 characters, not blank, without control characters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Name(pub String);

impl RequestValue for Name {
    fn decode(value: Value, _: Limits) -> Result<Self, Violations> {
        let name = exact::name(value)?;
        match name.chars().count() {
            ..=LONGEST_NAME => Ok(Self(name)),
            length => {
                let allowed = format!("at most {LONGEST_NAME} characters");
                Err(Violations::new(format!("has {length} characters"), allowed))
            }
        }
    }

    fn value_schema() -> RefOr<Schema> {
        RefOr::T(string_schema().min_length(Some(1)).max_length(Some(LONGEST_NAME)).build().into())
    }
}

/// The time at which something expires.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Expiry(pub Timestamp);

impl RequestValue for Expiry {
    fn decode(value: Value, limits: Limits) -> Result<Self, Violations> {
        let expiry = Timestamp::decode(value, limits)?;
        if expiry < limits.earliest_expiry {
            let problem = format!("must be at least {SHORTEST_LIFETIME} seconds from now");
            return Err(Violations::new(problem, format!("{} or later", limits.earliest_expiry)));
        }
        Ok(Self(expiry))
    }

    fn value_schema() -> RefOr<Schema> {
        Timestamp::value_schema()
    }
}

impl RequestValue for Timestamp {
    fn decode(value: Value, _: Limits) -> Result<Self, Violations> {
        time::decode(value)
    }

    fn value_schema() -> RefOr<Schema> {
        string_of_format(KnownFormat::DateTime)
    }
}

impl RequestValue for Uuid {
    fn decode(value: Value, _: Limits) -> Result<Self, Violations> {
        Self::try_parse(&exact::name(value)?).map_err(|_| Violations::new("is not an ID", "a UUID"))
    }

    fn value_schema() -> RefOr<Schema> {
        string_of_format(KnownFormat::Uuid)
    }
}

impl RequestValue for bool {
    fn decode(value: Value, _: Limits) -> Result<Self, Violations> {
        exact::boolean(value)
    }

    fn value_schema() -> RefOr<Schema> {
        RefOr::T(ObjectBuilder::new().schema_type(Type::Boolean).build().into())
    }
}

/// A whole number from `MIN` to `MAX`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WholeNumber<const MIN: u32, const MAX: u32>(pub u32);

impl<const MIN: u32, const MAX: u32> RequestValue for WholeNumber<MIN, MAX> {
    fn decode(value: Value, _: Limits) -> Result<Self, Violations> {
        exact::whole_number(MIN.into(), MAX.into())(value)
            .map(|number| Self(u32::try_from(number).expect("it is at most MAX")))
    }

    fn value_schema() -> RefOr<Schema> {
        let schema = ObjectBuilder::new().schema_type(Type::Integer).minimum(Some(MIN)).maximum(Some(MAX));
        RefOr::T(schema.build().into())
    }
}

/// A boolean in a query, where every value is a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct QueryFlag(pub bool);

impl RequestValue for QueryFlag {
    fn decode(value: Value, _: Limits) -> Result<Self, Violations> {
        exact::one_of(&[("true", true), ("false", false)])(value).map(Self)
    }

    fn value_schema() -> RefOr<Schema> {
        bool::value_schema()
    }
}
