//! Fields of a request: whether a value may be absent or `null`.

use serde_json::Value;
use tool_runtime::arguments::Arguments;
use tool_runtime::violation::Violations;

use super::limits::Limits;
use super::read::FormRequest;
use super::schema::{Component, Property, nullable};
use super::value::RequestValue;

/// The type of a field in a [`FormRequest`]. A field that is read from several names does not use its own.
pub trait RequestField: Sized {
    /// The names under which its values are given.
    fn names(name: &'static str) -> Vec<&'static str> {
        vec![name]
    }

    /// Its properties in the schema of the request. `about` describes it.
    fn properties(name: &'static str, about: &str) -> Vec<Property>;

    /// Adds the schemas that the properties refer to.
    fn components(schemas: &mut Vec<Component>);

    /// Takes its values out of `fields`. Returns `None` only if a violation was recorded there.
    fn take(fields: &mut Arguments, name: &'static str, limits: Limits) -> Option<Self>;
}

impl<T: RequestValue> RequestField for T {
    fn properties(name: &'static str, about: &str) -> Vec<Property> {
        vec![Property::new(name, true, T::value_schema(), about)]
    }

    fn components(schemas: &mut Vec<Component>) {
        T::components(schemas);
    }

    fn take(fields: &mut Arguments, name: &'static str, limits: Limits) -> Option<Self> {
        fields.required(name, |value| T::decode(value, limits))
    }
}

impl<T: RequestValue> RequestField for Option<T> {
    fn properties(name: &'static str, about: &str) -> Vec<Property> {
        vec![Property::new(name, false, T::value_schema(), about)]
    }

    fn components(schemas: &mut Vec<Component>) {
        T::components(schemas);
    }

    fn take(fields: &mut Arguments, name: &'static str, limits: Limits) -> Option<Self> {
        Some(fields.optional(name, |value| T::decode(value, limits)))
    }
}

/// A field that may be absent or, with the same meaning, `null`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Nullable<T>(pub Option<T>);

impl<T: RequestValue> RequestField for Nullable<T> {
    fn properties(name: &'static str, about: &str) -> Vec<Property> {
        Change::<T>::properties(name, about)
    }

    fn components(schemas: &mut Vec<Component>) {
        T::components(schemas);
    }

    fn take(fields: &mut Arguments, name: &'static str, limits: Limits) -> Option<Self> {
        Some(Self(Change::take(fields, name, limits)?.value()))
    }
}

/// A field of an update: absent keeps the present value, `null` clears it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change<T> {
    /// Keep the present value.
    Keep,
    /// Clear the present value.
    Clear,
    /// Replace the present value.
    Set(T),
}

impl<T> Change<T> {
    /// Applies the change to the `present` value.
    pub(crate) fn apply_to(self, present: Option<T>) -> Option<T> {
        match self {
            Self::Keep => present,
            Self::Clear => None,
            Self::Set(value) => Some(value),
        }
    }

    /// The new value, if there is one.
    pub fn value(self) -> Option<T> {
        self.apply_to(None)
    }

    /// Takes the field `name` out of `fields`. A value that `decode` refuses is recorded there and changes nothing.
    pub fn taken(fields: &mut Arguments, name: &str, decode: impl FnOnce(Value) -> Result<T, Violations>) -> Self {
        let change = fields.optional(name, |value| match value {
            Value::Null => Ok(Self::Clear),
            value => decode(value).map(Self::Set),
        });
        change.unwrap_or(Self::Keep)
    }
}

impl<T: RequestValue> RequestField for Change<T> {
    fn properties(name: &'static str, about: &str) -> Vec<Property> {
        vec![Property::new(name, false, nullable(T::value_schema()), about)]
    }

    fn components(schemas: &mut Vec<Component>) {
        T::components(schemas);
    }

    fn take(fields: &mut Arguments, name: &'static str, limits: Limits) -> Option<Self> {
        Some(Self::taken(fields, name, |value| T::decode(value, limits)))
    }
}

/// The fields of another request, as fields of this one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Flatten<T>(pub T);

impl<T: FormRequest> RequestField for Flatten<T> {
    fn names(_: &'static str) -> Vec<&'static str> {
        T::names()
    }

    fn properties(_: &'static str, _: &str) -> Vec<Property> {
        T::properties()
    }

    fn components(schemas: &mut Vec<Component>) {
        T::components(schemas);
    }

    fn take(fields: &mut Arguments, _: &'static str, limits: Limits) -> Option<Self> {
        T::take(fields, limits).map(Self)
    }
}
