//! Protocol errors: the codes that exist, and the error object that carries one to the client.
//!
//! A tool that fails is not one of these: it has a result that says so.

use http::HeaderName;
use serde::{Serialize, Serializer};
use serde_json::{Map, Value, json};
use tool_runtime::text::shortened;

use super::prompt::PromptError;
use super::resource::{ReadError, Unreadable};
use super::revision::{Lifecycle, Revision};

/// An error code of JSON-RPC or of the protocol.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Code {
    /// The message is not JSON.
    Parse,
    /// The message is JSON, but no request.
    InvalidRequest,
    /// There is no such method.
    MethodNotFound,
    /// The method exists, but not with these parameters.
    InvalidParams,
    /// There is nothing to be read at that address; only the handshake lifecycle has a code for it.
    NoSuchResource,
    /// The error is ours.
    Internal,
    /// The headers around the request say something else than the request.
    HeaderMismatch,
    /// The request needs a capability that its client has not declared.
    MissingCapability,
    /// The request speaks a revision that this server does not.
    UnsupportedRevision,
}

impl Code {
    /// Its number on the wire.
    pub const fn number(self) -> i32 {
        match self {
            Self::Parse => -32700,
            Self::InvalidRequest => -32600,
            Self::MethodNotFound => -32601,
            Self::InvalidParams => -32602,
            Self::NoSuchResource => -32002,
            Self::Internal => -32603,
            Self::HeaderMismatch => -32020,
            Self::MissingCapability => -32021,
            Self::UnsupportedRevision => -32022,
        }
    }

    /// The same as text.
    pub const fn text(self) -> &'static str {
        match self {
            Self::Parse => "-32700",
            Self::InvalidRequest => "-32600",
            Self::MethodNotFound => "-32601",
            Self::InvalidParams => "-32602",
            Self::NoSuchResource => "-32002",
            Self::Internal => "-32603",
            Self::HeaderMismatch => "-32020",
            Self::MissingCapability => "-32021",
            Self::UnsupportedRevision => "-32022",
        }
    }
}

impl Serialize for Code {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_i32(self.number())
    }
}

/// A JSON-RPC error object.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct RpcError {
    /// What kind of error it is.
    pub code: Code,
    /// One sentence on what is wrong.
    pub message: String,
    /// What a program can act on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub data: Option<Box<Value>>,
    /// Facts for those on the way to the client, where the transport has headers.
    #[serde(skip)]
    pub headers: Vec<(HeaderName, u64)>,
}

impl RpcError {
    /// One without data.
    pub fn new(code: Code, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), data: None, headers: Vec::new() }
    }

    /// The same with what a program can act on.
    #[must_use]
    pub fn with_data(self, data: Value) -> Self {
        Self { data: Some(Box::new(data)), ..self }
    }

    /// The parameters are wrong.
    pub fn invalid_params(message: impl Into<String>) -> Self {
        Self::new(Code::InvalidParams, message)
    }

    /// The message is no request.
    pub fn invalid_request(message: impl Into<String>) -> Self {
        Self::new(Code::InvalidRequest, message)
    }

    /// There is no method of that name in the lifecycle that the request speaks.
    pub fn unknown_method(method: &str) -> Self {
        Self::new(Code::MethodNotFound, format!("Method not found: {}", shown(method)))
    }

    /// There is no tool of that name.
    pub fn unknown_tool(name: &str) -> Self {
        Self::invalid_params(format!("Unknown tool: {}", shown(name)))
    }

    /// The request names a revision that this server does not speak.
    pub fn unsupported(requested: &str) -> Self {
        Self::new(Code::UnsupportedRevision, "Unsupported protocol version")
            .with_data(json!({ "supported": Revision::ALL, "requested": shown(requested) }))
    }

    /// The tool needs a capability that the request does not declare.
    pub fn missing_capability(capability: &str) -> Self {
        Self::new(Code::MissingCapability, format!("Missing required client capability: {capability}"))
            .with_data(json!({ "requiredCapabilities": { capability: {} } }))
    }

    /// There is no such prompt, or not with these arguments.
    pub fn of_prompt(name: &str, error: PromptError) -> Self {
        match error {
            PromptError::Unknown => Self::invalid_params(format!("Unknown prompt: {}", shown(name))),
            PromptError::Arguments { message, facts: None } => Self::invalid_params(message),
            PromptError::Arguments { message, facts: Some(facts) } => Self::invalid_params(message).with_data(facts),
        }
    }

    /// What is at `uri` cannot be read.
    pub fn of_read(uri: &str, error: ReadError, lifecycle: Lifecycle) -> Self {
        let code = match (error.reason, lifecycle) {
            (Unreadable::NotFound, Lifecycle::Handshake) => Code::NoSuchResource,
            (Unreadable::NotFound | Unreadable::Invalid, _) => Code::InvalidParams,
            (Unreadable::Failed, _) => Code::Internal,
        };
        let mut data = Map::from_iter([("uri".to_owned(), Value::from(shown(uri)))]);
        data.extend(*error.facts);
        Self { headers: error.headers, ..Self::new(code, error.message).with_data(data.into()) }
    }
}

/// A name out of a message, short enough to be repeated in an error.
pub(crate) fn shown(name: &str) -> String {
    /// Longer than any name that this or another server gives.
    const LONGEST: usize = 200;
    shortened(name, LONGEST)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_of_a_megabyte_is_not_sent_back_whole() {
        assert!(RpcError::unknown_tool(&"é".repeat(1_000_000)).message.len() < 500);
        assert_eq!(RpcError::unknown_tool("no_such").message, "Unknown tool: no_such");
        let data = RpcError::unsupported(&"2".repeat(1_000_000)).data.unwrap_or_default();
        assert!(data.to_string().len() < 500);
    }

    #[test]
    fn an_unsupported_revision_is_answered_with_all_that_are_supported() {
        let data = RpcError::unsupported("2031-01-01").data.unwrap_or_default();
        assert_eq!(
            *data,
            json!({
                "supported": ["2026-07-28", "2025-11-25", "2025-06-18", "2025-03-26", "2024-11-05"],
                "requested": "2031-01-01",
            })
        );
    }

    #[test]
    fn a_missing_capability_is_named_as_an_object_of_capabilities() {
        let data = RpcError::missing_capability("sampling").data.unwrap_or_default();
        assert_eq!(*data, json!({ "requiredCapabilities": { "sampling": {} } }));
    }
}
