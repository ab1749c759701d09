//! The description of a server that clients receive.

use serde::Serialize;

/// The name and version of a server, its instructions, and its size limits.
///
/// It is serialised as the protocol's `Implementation` object: instructions and limits are not part of that.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ServerInfo {
    /// Name for programs.
    pub name: String,
    /// Name for people.
    pub title: String,
    /// Version of the server.
    pub version: String,
    /// Instructions for the model on how to use the server as a whole. May be empty.
    #[serde(skip)]
    pub instructions: String,
    /// The maximum length of a message from the client, in bytes. A tool call carries its attachments in the message,
    /// so this limits them as well.
    #[serde(skip)]
    pub max_message_bytes: usize,
    /// The maximum length of the text that a call returns, in bytes. Over HTTP, a call is executed only when there is room
    /// for an answer of this length in the byte budget of its service.
    #[serde(skip)]
    pub max_result_bytes: usize,
}
