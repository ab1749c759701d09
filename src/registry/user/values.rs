//! The values of users in requests.

use serde_json::Value;
use tool_runtime::exact;
use tool_runtime::violation::Violations;
use utoipa::openapi::{RefOr, Schema};

use crate::registry::request::{Component, Limits, RequestValue, add_component, reference};
use crate::store::{UserRole, UserStatus};

impl RequestValue for UserRole {
    fn decode(value: Value, _: Limits) -> Result<Self, Violations> {
        exact::one_of(&Self::ALL.map(|role| (role.name(), role)))(value)
    }

    fn value_schema() -> RefOr<Schema> {
        reference::<Self>()
    }

    fn components(schemas: &mut Vec<Component>) {
        add_component::<Self>(schemas);
    }
}

impl RequestValue for UserStatus {
    fn decode(value: Value, _: Limits) -> Result<Self, Violations> {
        exact::one_of(&Self::ALL.map(|status| (status.name(), status)))(value)
    }

    fn value_schema() -> RefOr<Schema> {
        reference::<Self>()
    }

    fn components(schemas: &mut Vec<Component>) {
        add_component::<Self>(schemas);
    }
}
