//! Requests of the admin API: one definition for reading a request and for its OpenAPI schema.
//!
//! The [`request!`] macro makes a [`Request`] of a struct. The doc comments of its fields are their descriptions in the
//! OpenAPI document. The type of a field determines how its value is decoded and what its schema is ([`RequestValue`]),
//! and whether it may be absent or `null` ([`RequestField`]):
//!
//! | type of the field | absent        | `null`          |
//! |-------------------|---------------|-----------------|
//! | `T`               | refused       | refused         |
//! | `Option<T>`       | `None`        | refused         |
//! | `Nullable<T>`     | `None`        | `None`          |
//! | `Change<T>`       | `Change::Keep`| `Change::Clear` |
//!
//! A request is read to its end even if a field is wrong, so that one reply names every violation, unknown fields
//! included.

mod field;
mod schema;
mod time;
mod value;

use jiff::Timestamp;
use serde_json::{Map, Value};
use tool_runtime::args::Arguments;

pub use self::field::{Change, Flatten, Nullable, RequestField};
pub use self::schema::{Component, Property, about, add_component, nullable, object, parameters, reference};
pub use self::value::{Expiry, Name, QueryFlag, RequestValue, string_schema};
use super::error::Result;

/// The shortest time between a request and the expiry that it sets, in seconds.
const SHORTEST_LIFETIME: i64 = 60;

/// Limits on values that depend on when a request arrives.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// The earliest expiry that is accepted, in seconds since the Unix epoch.
    earliest_expiry: i64,
}

impl Limits {
    /// The limits for a request that arrives at `now`.
    pub fn at(now: Timestamp) -> Self {
        Self { earliest_expiry: now.as_second() + SHORTEST_LIFETIME }
    }

    /// The limits for requests without an expiry.
    pub const NONE: Self = Self { earliest_expiry: i64::MIN };
}

/// A request body or the parameters of a query. Implemented by [`request!`].
pub trait Request: Sized {
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

/// Defines the struct of a request, its [`Request`] implementation and its schema, which `as` names.
macro_rules! request {
    (
        $(#[doc = $about:literal])*
        $visibility:vis struct $name:ident as $schema:literal {
            $($(#[doc = $field_about:literal])* $field_visibility:vis $field:ident: $type:ty,)*
        }
    ) => {
        $(#[doc = $about])*
        #[derive(Debug)]
        $visibility struct $name {
            $($(#[doc = $field_about])* $field_visibility $field: $type,)*
        }

        impl $crate::registry::request::Request for $name {
            fn names() -> Vec<&'static str> {
                let names: &[Vec<&'static str>] =
                    &[$(<$type as $crate::registry::request::RequestField>::names(stringify!($field))),*];
                names.concat()
            }

            fn properties() -> Vec<$crate::registry::request::Property> {
                let properties: &[Vec<$crate::registry::request::Property>] =
                    &[$(<$type as $crate::registry::request::RequestField>::properties(
                        stringify!($field),
                        &$crate::registry::request::about(&[$($field_about),*]),
                    )),*];
                properties.concat()
            }

            fn components(_schemas: &mut Vec<$crate::registry::request::Component>) {
                $(<$type as $crate::registry::request::RequestField>::components(_schemas);)*
            }

            fn take(
                _fields: &mut tool_runtime::args::Arguments,
                _limits: $crate::registry::request::Limits,
            ) -> Option<Self> {
                // Every field is taken before the first missing one ends this, so that all violations are recorded.
                $(let $field =
                    <$type as $crate::registry::request::RequestField>::take(_fields, stringify!($field), _limits);)*
                Some(Self { $($field: $field?),* })
            }
        }

        impl utoipa::PartialSchema for $name {
            fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::Schema> {
                $crate::registry::request::object::<Self>(&$crate::registry::request::about(&[$($about),*]))
            }
        }

        impl utoipa::ToSchema for $name {
            fn name() -> std::borrow::Cow<'static, str> {
                $schema.into()
            }

            fn schemas(schemas: &mut Vec<$crate::registry::request::Component>) {
                <Self as $crate::registry::request::Request>::components(schemas);
            }
        }

        impl utoipa::IntoParams for $name {
            fn into_params(
                _: impl Fn() -> Option<utoipa::openapi::path::ParameterIn>,
            ) -> Vec<utoipa::openapi::path::Parameter> {
                $crate::registry::request::parameters::<Self>()
            }
        }
    };
}

pub(crate) use request;
