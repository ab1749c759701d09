//! Protocol errors: the error codes, and the JSON-RPC error object.
//!
//! A tool that fails is not a protocol error. Its result has `isError` (MCP 2026-07-28, Server Features, Tools, "Error
//! Handling").

use http::HeaderName;
use serde::{Serialize, Serializer};
use serde_json::{Map, Value, json};

use super::prompt::PromptError;
use super::resource::{ReadError, Unreadable};
use super::revision::{Lifecycle, Revision};
use super::text::shortened;

/// An error code of JSON-RPC 2.0 (section 5.1) or of MCP (2026-07-28, Basic, "Error Codes").
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ErrorCode {
    /// The message is not JSON.
    Parse,
    /// The message is JSON, but not a request.
    InvalidRequest,
    /// The method does not exist in the lifecycle that the request uses.
    MethodNotFound,
    /// The method does not accept these parameters.
    InvalidParams,
    /// No resource exists at the address. Only the handshake lifecycle has a code of its own for this.
    ResourceNotFound,
    /// The server failed.
    Internal,
    /// The HTTP headers contradict the message.
    HeaderMismatch,
    /// The request needs a capability that its client does not declare.
    MissingCapability,
    /// The request uses a revision that this server does not implement.
    UnsupportedVersion,
}

impl ErrorCode {
    /// The code as a number, as messages carry it.
    pub(crate) const fn number(self) -> i32 {
        match self {
            Self::Parse => -32700,
            Self::InvalidRequest => -32600,
            Self::MethodNotFound => -32601,
            Self::InvalidParams => -32602,
            Self::ResourceNotFound => -32002,
            Self::Internal => -32603,
            Self::HeaderMismatch => -32020,
            Self::MissingCapability => -32021,
            Self::UnsupportedVersion => -32022,
        }
    }

    /// The code as a text, as metrics carry it.
    pub(crate) const fn label(self) -> &'static str {
        match self {
            Self::Parse => "-32700",
            Self::InvalidRequest => "-32600",
            Self::MethodNotFound => "-32601",
            Self::InvalidParams => "-32602",
            Self::ResourceNotFound => "-32002",
            Self::Internal => "-32603",
            Self::HeaderMismatch => "-32020",
            Self::MissingCapability => "-32021",
            Self::UnsupportedVersion => "-32022",
        }
    }
}

impl Serialize for ErrorCode {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_i32(self.number())
    }
}

/// A JSON-RPC error object (JSON-RPC 2.0, section 5.1).
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(crate) struct RpcError {
    /// The kind of error.
    pub(crate) code: ErrorCode,
    /// One sentence on what is wrong.
    pub(crate) message: String,
    /// Facts for programs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) data: Option<Box<Value>>,
    /// Headers of the response, on transports that have them.
    #[serde(skip)]
    pub(crate) headers: Vec<(HeaderName, u64)>,
}

impl RpcError {
    /// An error without `data`.
    pub(crate) fn new(code: ErrorCode, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), data: None, headers: Vec::new() }
    }

    /// Sets `data`.
    #[must_use]
    pub(crate) fn with_data(self, data: Value) -> Self {
        Self { data: Some(Box::new(data)), ..self }
    }

    /// The error for parameters that are missing or wrong.
    pub(crate) fn invalid_params(message: impl Into<String>) -> Self {
        Self::new(ErrorCode::InvalidParams, message)
    }

    /// The error for a message that is not a request.
    pub(crate) fn invalid_request(message: impl Into<String>) -> Self {
        Self::new(ErrorCode::InvalidRequest, message)
    }

    /// The error for a method that the lifecycle of the request does not have.
    pub(crate) fn unknown_method(method: &str) -> Self {
        Self::new(ErrorCode::MethodNotFound, format!("Method not found: {}", shortened(method)))
    }

    /// The error for a tool that does not exist (MCP 2026-07-28, Server Features, Tools, "Error Handling").
    pub(crate) fn unknown_tool(name: &str) -> Self {
        Self::invalid_params(format!("Unknown tool: {}", shortened(name)))
    }

    /// The error for a revision that this server does not implement (MCP 2026-07-28, schema,
    /// `UnsupportedProtocolVersionError`).
    pub(crate) fn unsupported_version(requested: &str) -> Self {
        Self::new(ErrorCode::UnsupportedVersion, "Unsupported protocol version")
            .with_data(json!({ "supported": Revision::ALL, "requested": shortened(requested) }))
    }

    /// The error for a capability that the request does not declare (MCP 2026-07-28, schema,
    /// `MissingRequiredClientCapabilityError`).
    pub(crate) fn missing_capability(capability: &str) -> Self {
        Self::new(ErrorCode::MissingCapability, format!("Missing required client capability: {capability}"))
            .with_data(json!({ "requiredCapabilities": { capability: {} } }))
    }

    /// The error for a prompt that was not filled in.
    pub(crate) fn from_prompt_error(name: &str, error: PromptError) -> Self {
        match error {
            PromptError::Unknown => Self::invalid_params(format!("Unknown prompt: {}", shortened(name))),
            PromptError::Arguments { message, facts: None } => Self::invalid_params(message),
            PromptError::Arguments { message, facts: Some(facts) } => Self::invalid_params(message).with_data(facts),
        }
    }

    /// The error for a resource that was not read.
    ///
    /// A missing resource is -32002 up to 2025-11-25 and -32602 from 2026-07-28 on (MCP, Server Features, Resources,
    /// "Error Handling", in both revisions).
    pub(crate) fn from_read_error(uri: &str, error: ReadError, lifecycle: Lifecycle) -> Self {
        let code = match (error.reason, lifecycle) {
            (Unreadable::NotFound, Lifecycle::Handshake) => ErrorCode::ResourceNotFound,
            (Unreadable::NotFound | Unreadable::Invalid, _) => ErrorCode::InvalidParams,
            (Unreadable::Failed, _) => ErrorCode::Internal,
        };
        let mut data = Map::from_iter([("uri".to_owned(), Value::from(shortened(uri)))]);
        data.extend(*error.facts);
        Self { headers: error.headers, ..Self::new(code, error.message).with_data(data.into()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_names_are_cut_short_in_errors() {
        assert!(RpcError::unknown_tool(&"é".repeat(1_000_000)).message.len() < 500);
        assert_eq!(RpcError::unknown_tool("no_such").message, "Unknown tool: no_such");
        let data = RpcError::unsupported_version(&"2".repeat(1_000_000)).data.unwrap_or_default();
        assert!(data.to_string().len() < 500);
    }

    #[test]
    fn unsupported_version_lists_the_supported_ones() {
        let data = RpcError::unsupported_version("2031-01-01").data.unwrap_or_default();
        assert_eq!(
            *data,
            json!({
                "supported": ["2026-07-28", "2025-11-25", "2025-06-18", "2025-03-26", "2024-11-05"],
                "requested": "2031-01-01",
            })
        );
    }

    #[test]
    fn missing_capability_is_an_object_of_capabilities() {
        let data = RpcError::missing_capability("sampling").data.unwrap_or_default();
        assert_eq!(*data, json!({ "requiredCapabilities": { "sampling": {} } }));
    }
}
