//! Requests of the admin API: one definition for reading a request and for its OpenAPI schema.
//!
//! The [`request!`] macro makes a [`FormRequest`] of a struct. The doc comments of its fields are their descriptions in the
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
mod limits;
mod read;
mod schema;
mod time;
mod value;

pub use self::field::{Change, Flatten, Nullable, RequestField};
pub use self::limits::Limits;
pub use self::read::FormRequest;
pub use self::schema::{Component, Property, about, add_component, nullable, object, parameters, reference};
pub use self::value::{Expiry, Name, QueryFlag, RequestValue, WholeNumber, string_schema};

/// Defines the struct of a request, its [`FormRequest`] implementation and its schema, which `as` names.
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

        const _: () = {
            #[allow(unused_imports, reason = "a request may have no fields")]
            use $crate::registry::request::RequestField;
            use $crate::registry::request::{Component, Limits, FormRequest, Property, about, object, parameters};

            impl FormRequest for $name {
                fn names() -> Vec<&'static str> {
                    let names: &[Vec<_>] = &[$(<$type as RequestField>::names(stringify!($field))),*];
                    names.concat()
                }

                fn properties() -> Vec<Property> {
                    let properties: &[Vec<_>] =
                        &[$(<$type as RequestField>::properties(stringify!($field), &about(&[$($field_about),*]))),*];
                    properties.concat()
                }

                fn components(_schemas: &mut Vec<Component>) {
                    $(<$type as RequestField>::components(_schemas);)*
                }

                fn take(_fields: &mut tool_runtime::arguments::Arguments, _limits: Limits) -> Option<Self> {
                    // Every field is taken before a missing one ends this, so that all violations are recorded.
                    $(let $field = <$type as RequestField>::take(_fields, stringify!($field), _limits);)*
                    Some(Self { $($field: $field?),* })
                }
            }

            impl utoipa::PartialSchema for $name {
                fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::Schema> {
                    object(&about(&[$($about),*]), Self::properties())
                }
            }

            impl utoipa::ToSchema for $name {
                fn name() -> std::borrow::Cow<'static, str> {
                    $schema.into()
                }

                fn schemas(schemas: &mut Vec<Component>) {
                    Self::components(schemas);
                }
            }

            impl utoipa::IntoParams for $name {
                fn into_params(
                    _: impl Fn() -> Option<utoipa::openapi::path::ParameterIn>,
                ) -> Vec<utoipa::openapi::path::Parameter> {
                    parameters(Self::properties())
                }
            }
        };
    };
}

pub(crate) use request;

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use serde_json::{Value, json};
    use utoipa::ToSchema as _;

    use super::{Change, Expiry, FormRequest as _, Limits, Name, Nullable};
    use crate::registry::error::RegistryError;

    request! {
        /// A request with a field of each kind.
        struct Example as "Example" {
            /// A required field.
            required: Name,
            /// An optional field.
            optional: Option<Name>,
            /// A nullable field.
            nullable: Nullable<Name>,
            /// A field to change.
            change: Change<Name>,
        }
    }

    fn read(given: &Value) -> Result<Example, Vec<String>> {
        match Example::read(given.as_object().unwrap().clone(), Limits::NONE) {
            Ok(example) => Ok(example),
            Err(RegistryError::Invalid(found)) => Err(found.into_iter().map(|found| found.argument).collect()),
            Err(other) => unreachable!("{other}"),
        }
    }

    #[test]
    fn types_say_what_may_be_absent_or_null() {
        let example = read(&json!({ "required": "a" })).unwrap();
        assert_eq!((example.required, example.optional), (Name("a".to_owned()), None));
        assert_eq!((example.nullable, example.change), (Nullable(None), Change::Keep));
        let example = read(&json!({ "required": "a", "nullable": null, "change": null })).unwrap();
        assert_eq!((example.nullable, example.change), (Nullable(None), Change::Clear));
        assert_eq!(read(&json!({ "required": null, "optional": null })).unwrap_err(), ["required", "optional"]);
        assert_eq!(read(&json!({})).unwrap_err(), ["required"]);
    }

    #[test]
    fn all_violations_come_together() {
        let given = json!({ "optional": 1, "nullable": "", "change": "a\nb", "requird": null });
        assert_eq!(read(&given).unwrap_err(), ["required", "optional", "nullable", "change", "requird"]);
    }

    #[test]
    fn schema_agrees_with_the_types() {
        let name = |types: Value, about: &str| json!({ "type": types, "description": about, "minLength": 1, "maxLength": 200 });
        let expected = json!({
            "type": "object",
            "description": "A request with a field of each kind.",
            "required": ["required"],
            "properties": {
                "required": name(json!("string"), "A required field."),
                "optional": name(json!("string"), "An optional field."),
                "nullable": name(json!(["string", "null"]), "A nullable field."),
                "change": name(json!(["string", "null"]), "A field to change."),
            },
            "additionalProperties": false,
        });
        assert_eq!(Example::name(), "Example");
        assert_eq!(serde_json::to_value(<Example as utoipa::PartialSchema>::schema()).unwrap(), expected);
    }

    #[test]
    fn expiry_lies_a_minute_ahead() {
        use super::RequestValue as _;
        let limits = Limits::at("2030-01-31T12:00:00.9Z".parse().unwrap());
        assert!(Expiry::decode(json!("2030-01-31T12:01:00Z"), limits).is_ok());
        assert!(Expiry::decode(json!("2030-01-31T12:00:59Z"), limits).is_err());
    }
}
