//! Replies as JSON: what a result holds in which era, and the envelope around it.
//!
//! A result's text can be megabytes long. It is escaped straight into the buffer that goes out: no tree of JSON
//! values is built for it.

use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};
use serde_json::value::RawValue;
use serde_json::{Map, Value};

use super::era::SERVER_INFO;
use super::fault::Fault;
use super::message::Id;
use super::revision::{Era, Revision};
use super::service::{CallResult, Content, ServerInfo};

/// For how long a client may go on with a list of tools that it has, in milliseconds.
pub(super) const TTL_MS: u32 = 300_000;

/// Who may keep what was listed: nobody but the client, as two clients may see different tools.
pub(super) const CACHE_SCOPE: &str = "private";

/// The only type of result that needs nothing more from the client.
pub(super) const COMPLETE: &str = "complete";

/// The result of a request.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub enum Reply<'s> {
    /// Of `initialize`.
    Initialized(Initialized<'s>),
    /// Of `server/discover`.
    Discovered(Discovered<'s>),
    /// Of `tools/list`.
    Listed(&'s RawValue),
    /// Of `tools/call`.
    Called(Called<'s>),
    /// Of `ping`.
    Pong {},
}

/// What a handshake comes to.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Initialized<'s> {
    /// What the connection has settled on.
    pub protocol_version: Revision,
    capabilities: Capabilities,
    server_info: &'s ServerInfo,
    #[serde(skip_serializing_if = "str::is_empty")]
    instructions: &'s str,
}

impl<'s> Initialized<'s> {
    pub(super) fn by(info: &'s ServerInfo, protocol_version: Revision) -> Self {
        Self {
            protocol_version,
            capabilities: Capabilities::default(),
            server_info: info,
            instructions: &info.instructions,
        }
    }
}

/// What a modern client learns before it asks for anything.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Discovered<'s> {
    result_type: &'static str,
    supported_versions: [Revision; Revision::ALL.len()],
    capabilities: Capabilities,
    #[serde(skip_serializing_if = "str::is_empty")]
    instructions: &'s str,
    ttl_ms: u32,
    cache_scope: &'static str,
    #[serde(rename = "_meta")]
    meta: Stamp<'s>,
}

impl<'s> Discovered<'s> {
    pub(super) fn by(info: &'s ServerInfo) -> Self {
        Self {
            result_type: COMPLETE,
            supported_versions: Revision::ALL,
            capabilities: Capabilities::default(),
            instructions: &info.instructions,
            ttl_ms: TTL_MS,
            cache_scope: CACHE_SCOPE,
            meta: Stamp(info),
        }
    }
}

/// What this server can do: it has tools, and they do not change while a client looks on.
#[derive(Debug, Default, Serialize)]
struct Capabilities {
    tools: Empty,
}

#[derive(Debug, Default, Serialize)]
struct Empty {}

/// The server's name on a modern result.
#[derive(Debug)]
pub(super) struct Stamp<'s>(pub(super) &'s ServerInfo);

impl Serialize for Stamp<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map([(SERVER_INFO, self.0)])
    }
}

/// The result of a call, as the era of its request has it.
#[derive(Debug)]
pub struct Called<'s> {
    /// What the call came to.
    pub result: CallResult,
    pub(super) by: &'s ServerInfo,
    pub(super) era: Era,
}

impl Called<'_> {
    /// Room for its texts once they are escaped: of JSON, every fifth or sixth character is a quotation mark.
    fn expected_length(&self) -> usize {
        let texts = self.result.content.iter().map(|Content::Text { text }| text.len() + text.len() / 4);
        texts.sum::<usize>()
    }
}

impl Serialize for Called<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let modern = self.era == Era::Modern;
        let mut map = serializer.serialize_map(None)?;
        if modern {
            map.serialize_entry("resultType", COMPLETE)?;
        }
        map.serialize_entry("content", &self.result.content)?;
        map.serialize_entry("isError", &self.result.is_error)?;
        if modern || !self.result.meta.is_empty() {
            map.serialize_entry("_meta", &Meta { server: modern.then_some(self.by), facts: &self.result.meta })?;
        }
        map.end()
    }
}

struct Meta<'a> {
    server: Option<&'a ServerInfo>,
    facts: &'a Map<String, Value>,
}

impl Serialize for Meta<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        if let Some(server) = self.server {
            map.serialize_entry(SERVER_INFO, server)?;
        }
        for (key, fact) in self.facts {
            map.serialize_entry(key, fact)?;
        }
        map.end()
    }
}

/// The message that answers the request of that id, or the one whose id could not be read.
pub fn write(id: Option<&Id>, reply: &Result<Reply<'_>, Fault>) -> Vec<u8> {
    let mut message = Vec::with_capacity(expected_length(reply));
    let response = Response { jsonrpc: "2.0", id, result: reply.as_ref().ok(), error: reply.as_ref().err() };
    if let Err(error) = serde_json::to_writer(&mut message, &response) {
        tracing::error!(%error, "an answer could not be written");
        message.clear();
        message.extend_from_slice(UNWRITABLE);
    }
    message
}

/// The message that answers several at once.
pub fn write_batch(answers: &[Vec<u8>]) -> Vec<u8> {
    let mut message = Vec::with_capacity(answers.iter().map(|answer| answer.len() + 1).sum::<usize>() + 1);
    for (index, answer) in answers.iter().enumerate() {
        message.push(if index == 0 { b'[' } else { b',' });
        message.extend_from_slice(answer);
    }
    message.push(b']');
    message
}

const UNWRITABLE: &[u8] =
    br#"{"jsonrpc":"2.0","id":null,"error":{"code":-32603,"message":"Internal error: the answer could not be written"}}"#;

#[derive(Serialize)]
struct Response<'a> {
    jsonrpc: &'static str,
    id: Option<&'a Id>,
    #[serde(skip_serializing_if = "Option::is_none")]
    result: Option<&'a Reply<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<&'a Fault>,
}

/// Room for a whole answer in most cases, so that a long text is copied once.
fn expected_length(reply: &Result<Reply<'_>, Fault>) -> usize {
    /// What stands around a result.
    const ENVELOPE: usize = 512;
    ENVELOPE
        + match reply {
            Ok(Reply::Listed(list)) => list.get().len(),
            Ok(Reply::Called(called)) => called.expected_length(),
            Ok(
                Reply::Initialized(Initialized { instructions, .. })
                | Reply::Discovered(Discovered { instructions, .. }),
            ) => instructions.len(),
            Ok(Reply::Pong {}) | Err(_) => 0,
        }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::*;

    #[test]
    fn an_answer_without_a_known_id_has_the_id_null() {
        let message = write(None, &Err(Fault::invalid_request("no")));
        assert_eq!(
            String::from_utf8(message).unwrap(),
            r#"{"jsonrpc":"2.0","id":null,"error":{"code":-32600,"message":"no"}}"#
        );
    }

    #[test]
    fn what_stands_for_an_unwritable_answer_is_a_valid_one() {
        let message: Value = serde_json::from_slice(UNWRITABLE).unwrap();
        assert_eq!(message.pointer("/error/code"), Some(&Value::from(-32603)));
    }

    #[test]
    fn answers_to_a_batch_are_one_array() {
        let pong = write(Some(&Id::Text("a".into())), &Ok(Reply::Pong {}));
        let batch: Value = serde_json::from_slice(&write_batch(&[pong.clone(), pong])).unwrap();
        assert_eq!(batch.as_array().map(Vec::len), Some(2));
    }

    #[test]
    fn a_long_text_fits_into_the_room_made_for_it() {
        let text = r#"{"subject":"Printer","status":"Open"},"#.repeat(50_000);
        let info = ServerInfo {
            name: "x".to_owned(),
            title: "X".to_owned(),
            version: "1".to_owned(),
            instructions: String::new(),
            longest_message: 0,
        };
        let reply = Ok(Reply::Called(Called { result: CallResult::text(text), by: &info, era: Era::Modern }));
        let room = expected_length(&reply);
        let message = write(Some(&Id::Text("a".into())), &reply);
        assert!(message.len() <= room, "{} > {room}", message.len());
    }
}
