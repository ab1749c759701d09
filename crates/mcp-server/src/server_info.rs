//! The description of a server that clients receive.

use serde::Serialize;

use super::revision::Revision;

/// The name and version of a server, its instructions, and its size limits.
///
/// It is serialised as the protocol's `Implementation` object, without the icons. Instructions and limits are not part of
/// that object.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ServerInfo {
    /// Name for programs.
    pub name: String,
    /// Name for people.
    pub title: String,
    /// Version of the server.
    pub version: String,
    /// Icons for people. May be empty.
    #[serde(skip)]
    pub icons: Vec<Icon>,
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

/// An icon of a server (MCP 2025-11-25, schema, `Icon`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Icon {
    /// The address of the image: an `https:` or `data:` URI.
    pub src: String,
    /// The media type of the image.
    pub mime_type: &'static str,
    /// The size as `WIDTHxHEIGHT`, or `any` if the image scales.
    pub sizes: [&'static str; 1],
}

/// A server as it introduces itself: with its icons, if the revision has them. Other results name the server without
/// icons, because a stateless client gets its name with every result.
#[derive(Clone, Copy, Debug, Serialize)]
pub(crate) struct Introduction<'s> {
    #[serde(flatten)]
    server: &'s ServerInfo,
    #[serde(skip_serializing_if = "<[Icon]>::is_empty")]
    icons: &'s [Icon],
}

impl<'s> Introduction<'s> {
    pub(crate) fn new(server: &'s ServerInfo, revision: Revision) -> Self {
        Self { server, icons: if revision.has_icons() { &server.icons } else { &[] } }
    }

    pub(crate) fn without_icons(server: &'s ServerInfo) -> Self {
        Self { server, icons: &[] }
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::*;

    #[test]
    fn only_revisions_with_icons_get_them() {
        let icon = Icon { src: "data:,".to_owned(), mime_type: "image/png", sizes: ["any"] };
        let server = ServerInfo {
            name: "x".to_owned(),
            title: "X".to_owned(),
            version: "1".to_owned(),
            icons: vec![icon],
            instructions: String::new(),
            max_message_bytes: 0,
            max_result_bytes: 0,
        };
        let icons = r#","icons":[{"src":"data:,","mimeType":"image/png","sizes":["any"]}]"#;
        for revision in Revision::ALL {
            let added = if revision < Revision::V2025_11_25 { "" } else { icons };
            let text = serde_json::to_string(&Introduction::new(&server, revision)).unwrap();
            assert_eq!(text, format!(r#"{{"name":"x","title":"X","version":"1"{added}}}"#), "{revision:?}");
        }
        let text = serde_json::to_string(&Introduction::without_icons(&server)).unwrap();
        assert_eq!(text, r#"{"name":"x","title":"X","version":"1"}"#);
    }
}
