//! The `_meta` keys that the protocol defines (MCP 2026-07-28, Basic, "`_meta`").

/// The revision that a request uses. Required in every stateless request.
pub(crate) const PROTOCOL_VERSION: &str = "io.modelcontextprotocol/protocolVersion";

/// The capabilities of the client that sent a request. Required in every stateless request.
pub(crate) const CLIENT_CAPABILITIES: &str = "io.modelcontextprotocol/clientCapabilities";

/// The name and version of the client that sent a request.
pub(crate) const CLIENT_INFO: &str = "io.modelcontextprotocol/clientInfo";

/// The name and version of the server that gave a stateless result.
pub(crate) const SERVER_INFO: &str = "io.modelcontextprotocol/serverInfo";

/// The token under which a client wants to receive progress notifications.
pub(crate) const PROGRESS_TOKEN: &str = "progressToken";
