//! Configuration of MCP clients for this server: a snippet of a configuration file, a command, or a URL. Also the limit that
//! they set to the length of tool names.
//!
//! The module is pure and handles no secret: a key is referenced by its variable, in the syntax of each client.

mod client;
mod formats;
mod name;
mod target;
mod tool_name_length;

pub use self::client::McpClient;
pub use self::formats::{ClientConfig, client_config};
pub use self::name::ServerName;
pub use self::target::{EnvVariable, LaunchCommand, ServerTarget, ServerUrl, UnsupportedTarget};
pub use self::tool_name_length::DroppedTools;
