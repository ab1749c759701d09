//! API keys in requests.

use secrecy::SecretString;
use serde_json::Value;
use tool_runtime::violation::Violations;
use utoipa::openapi::{RefOr, Schema};

use crate::registry::request::{Limits, RequestValue, string_schema};
use crate::upstream::{Account, AccountError, NotAKey};

/// A key to the API.
#[derive(Clone, Debug)]
pub(super) struct ApiKey(pub(super) SecretString);

impl RequestValue for ApiKey {
    /// No violation repeats the value: it may be a key with a typo.
    fn decode(value: Value, _: Limits) -> Result<Self, Violations> {
        let Value::String(key) = value else {
            return Err(Violations::new("is not a string", "the API key as a text, in quotes"));
        };
        if let Some(problem) = NotAKey::find(&key) {
            let advice = problem.advice();
            return Err(Violations::new(format!("is {problem}. {advice}"), "the API key itself"));
        }
        let key = SecretString::from(key);
        // Any valid address will do: only the key is checked.
        match Account::new("https://host", key.clone()) {
            Ok(_) => Ok(Self(key)),
            Err(AccountError::NoKey) => Err(Violations::new("is empty", "the API key")),
            Err(_) => {
                let problem = "contains a space, a line break or another character that no key has";
                Err(Violations::new(problem, "the API key: copy it again"))
            }
        }
    }

    fn value_schema() -> RefOr<Schema> {
        RefOr::T(string_schema().min_length(Some(1)).build().into())
    }
}
