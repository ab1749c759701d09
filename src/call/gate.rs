//! The gate that a prepared request passes before it is sent.

use tool_runtime::request::Request;

use crate::outcome::ToolError;

/// A decision on whether a prepared request is sent.
pub trait Gate: Sync {
    /// Decides whether the request may be sent.
    ///
    /// # Errors
    ///
    /// If it may not.
    fn permit(&self, request: &Request) -> impl Future<Output = Result<(), ToolError>> + Send;

    /// Called when only the API can refuse the request any more.
    ///
    /// # Errors
    ///
    /// If the request may not be sent after all.
    fn leave(&self, request: &Request) -> impl Future<Output = Result<(), ToolError>> + Send;
}

/// The gate that every request passes.
#[derive(Clone, Copy, Debug)]
pub struct OpenGate;

impl Gate for OpenGate {
    async fn permit(&self, _: &Request) -> Result<(), ToolError> {
        Ok(())
    }

    async fn leave(&self, _: &Request) -> Result<(), ToolError> {
        Ok(())
    }
}
