//! The content of results and prompts: text, images, audio and resources (MCP schema, `ContentBlock`).

use base64::display::Base64Display;
use base64::engine::general_purpose::STANDARD;
use serde::{Serialize, Serializer};

/// A block of content in a result or a prompt.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "type", rename_all = "snake_case", rename_all_fields = "camelCase")]
pub enum Content {
    /// Plain text.
    Text {
        /// The text.
        text: String,
    },
    /// An image.
    Image {
        /// The encoded image.
        #[serde(serialize_with = "base64")]
        data: Vec<u8>,
        /// Its media type, such as `image/png`.
        mime_type: String,
    },
    /// A sound.
    Audio {
        /// The encoded sound.
        #[serde(serialize_with = "base64")]
        data: Vec<u8>,
        /// Its media type, such as `audio/wav`.
        mime_type: String,
    },
    /// A resource with its contents.
    Resource {
        /// The resource.
        resource: ResourceContents,
    },
    /// A reference to a resource that the client can read.
    ResourceLink {
        /// Its address.
        uri: String,
        /// Its name for programs.
        name: String,
        /// Its purpose, for the model.
        #[serde(skip_serializing_if = "Option::is_none")]
        description: Option<String>,
        /// Its media type, if it is known.
        #[serde(skip_serializing_if = "Option::is_none")]
        mime_type: Option<String>,
    },
}

impl Content {
    /// A block of text.
    pub fn from_text(text: impl Into<String>) -> Self {
        Self::Text { text: text.into() }
    }
}

/// The contents of a resource.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ResourceContents {
    /// The address of the resource.
    pub uri: String,
    /// Its media type, if it is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mime_type: Option<String>,
    /// The contents themselves.
    #[serde(flatten)]
    pub body: ResourceBody,
}

/// The contents of a resource, as text or as bytes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum ResourceBody {
    /// Text.
    Text(String),
    /// Bytes.
    Blob(#[serde(serialize_with = "base64")] Vec<u8>),
}

/// Serialises bytes as Base64, as the protocol requires.
fn base64<S: Serializer>(data: &[u8], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(&Base64Display::new(data, &STANDARD))
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use serde_json::json;

    use super::*;

    #[test]
    fn every_block_matches_the_schema() {
        let resource = |body| ResourceContents { uri: "a:b".to_owned(), mime_type: None, body };
        let mime_type = "image/png".to_owned();
        for (block, expected) in [
            (Content::from_text("a"), json!({ "type": "text", "text": "a" })),
            (
                Content::Image { data: vec![1], mime_type: mime_type.clone() },
                json!({ "type": "image", "data": "AQ==", "mimeType": "image/png" }),
            ),
            (
                Content::Audio { data: vec![255, 254], mime_type: "audio/wav".to_owned() },
                json!({ "type": "audio", "data": "//4=", "mimeType": "audio/wav" }),
            ),
            (
                Content::Resource { resource: resource(ResourceBody::Text("a".to_owned())) },
                json!({ "type": "resource", "resource": { "uri": "a:b", "text": "a" } }),
            ),
            (
                Content::Resource {
                    resource: ResourceContents {
                        mime_type: Some(mime_type),
                        ..resource(ResourceBody::Blob(b"abc".to_vec()))
                    },
                },
                json!({ "type": "resource", "resource": { "uri": "a:b", "mimeType": "image/png", "blob": "YWJj" } }),
            ),
            (
                Content::ResourceLink {
                    uri: "a:b".to_owned(),
                    name: "b".to_owned(),
                    description: None,
                    mime_type: None,
                },
                json!({ "type": "resource_link", "uri": "a:b", "name": "b" }),
            ),
        ] {
            assert_eq!(serde_json::to_value(&block).unwrap(), expected);
        }
    }
}
