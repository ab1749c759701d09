//! Replies as JSON: what a result holds in which lifecycle, and the envelope around it.
//!
//! A result's text can be megabytes long. It is escaped straight into the buffer that goes out: no tree of JSON
//! values is built for it. A list has been written down before and is not even copied.

use bytes::Bytes;
use serde::Serialize;

use super::content::{Content, ResourceContents};
use super::envelope::Envelope;
use super::message::Id;
use super::prompt::Prompt;
use super::resource::ReadResult;
use super::revision::Revision;
use super::rpc_error::RpcError;
use super::service::{ServerInfo, Service, ToolResult};

/// The result of a request.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub enum RpcResponse<'s> {
    /// Of `initialize`.
    Initialized(Initialized<'s>),
    /// Of `server/discover`.
    Discovered(Envelope<'s, Discovered<'s>>),
    /// Of every method that lists something, as JSON.
    #[serde(skip)]
    Listed(&'s Bytes),
    /// Of `tools/call`.
    Called(Envelope<'s, ToolResult>),
    /// Of `prompts/get`.
    Prompted(Envelope<'s, Prompt>),
    /// Of `resources/read`.
    Read(Envelope<'s, ReadResult>),
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
    pub(super) fn by(service: &'s impl Service, protocol_version: Revision) -> Self {
        let server_info = service.info();
        Self {
            protocol_version,
            capabilities: Capabilities::of(service),
            server_info,
            instructions: &server_info.instructions,
        }
    }
}

/// What a stateless client learns before it asks for anything.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Discovered<'s> {
    supported_versions: [Revision; Revision::ALL.len()],
    capabilities: Capabilities,
    #[serde(skip_serializing_if = "str::is_empty")]
    instructions: &'s str,
}

impl<'s> Discovered<'s> {
    pub(super) fn by(service: &'s impl Service) -> Self {
        Self {
            supported_versions: Revision::ALL,
            capabilities: Capabilities::of(service),
            instructions: &service.info().instructions,
        }
    }
}

/// What this server can do. Nothing of it changes while a client looks on.
#[derive(Debug, Serialize)]
struct Capabilities {
    tools: Empty,
    #[serde(skip_serializing_if = "Option::is_none")]
    prompts: Option<Empty>,
    #[serde(skip_serializing_if = "Option::is_none")]
    resources: Option<Empty>,
}

impl Capabilities {
    fn of(service: &impl Service) -> Self {
        Self {
            tools: Empty {},
            prompts: service.prompts().map(|_| Empty {}),
            resources: service.resources().map(|_| Empty {}),
        }
    }
}

#[derive(Debug, Serialize)]
struct Empty {}

/// A message in the pieces that it consists of, one after another. Some may be empty.
pub type Pieces = [Bytes; 3];

/// The message that answers the request of that id, or the one whose id could not be read.
pub fn pieces(id: Option<&Id>, reply: &Result<RpcResponse<'_>, RpcError>) -> Pieces {
    let written = match reply {
        Ok(RpcResponse::Listed(list)) => {
            head(id).map(|head| [head.into(), Bytes::clone(list), Bytes::from_static(LISTED_TAIL)])
        }
        reply => whole(id, reply).map(in_one_piece),
    };
    written.unwrap_or_else(|error| {
        tracing::error!(%error, "an answer could not be written");
        in_one_piece(Bytes::from_static(UNWRITABLE))
    })
}

/// A message that is one piece.
pub fn in_one_piece(message: impl Into<Bytes>) -> Pieces {
    [message.into(), Bytes::new(), Bytes::new()]
}

/// The message that [`pieces`] gives, joined.
pub fn write(id: Option<&Id>, reply: &Result<RpcResponse<'_>, RpcError>) -> Vec<u8> {
    joined(pieces(id, reply))
}

/// The pieces of a message, joined.
pub fn joined(pieces: Pieces) -> Vec<u8> {
    match pieces {
        [whole, second, third] if second.is_empty() && third.is_empty() => whole.into(),
        pieces => pieces.concat(),
    }
}

fn whole(id: Option<&Id>, reply: &Result<RpcResponse<'_>, RpcError>) -> serde_json::Result<Vec<u8>> {
    let mut message = Vec::with_capacity(expected_length(reply));
    let response = Response { jsonrpc: "2.0", id, result: reply.as_ref().ok(), error: reply.as_ref().err() };
    serde_json::to_writer(&mut message, &response)?;
    Ok(message)
}

/// What stands before a result that is written down already.
fn head(id: Option<&Id>) -> serde_json::Result<Vec<u8>> {
    let mut head = br#"{"jsonrpc":"2.0","id":"#.to_vec();
    serde_json::to_writer(&mut head, &id)?;
    head.extend_from_slice(br#","result":"#);
    Ok(head)
}

/// And what stands behind it.
const LISTED_TAIL: &[u8] = b"}";

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
    result: Option<&'a RpcResponse<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<&'a RpcError>,
}

/// Room for a whole answer in most cases, so that a long text is copied once.
fn expected_length(reply: &Result<RpcResponse<'_>, RpcError>) -> usize {
    /// What stands around a result.
    const ENVELOPE: usize = 512;
    // Of JSON, every fifth or sixth character is a quotation mark, to be escaped; Base64 makes four bytes out of three.
    let written = |length: usize| length + length / 3;
    ENVELOPE
        + match reply {
            Ok(RpcResponse::Called(called)) => written(called.result.content.iter().map(Content::length).sum()),
            Ok(RpcResponse::Read(read)) => written(read.result.contents.iter().map(ResourceContents::length).sum()),
            Ok(RpcResponse::Prompted(prompted)) => {
                written(prompted.result.messages.iter().map(|message| message.content.length()).sum())
            }
            Ok(RpcResponse::Initialized(Initialized { instructions, .. })) => instructions.len(),
            Ok(RpcResponse::Discovered(discovered)) => discovered.result.instructions.len(),
            Ok(RpcResponse::Listed(_) | RpcResponse::Pong {}) | Err(_) => 0,
        }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use serde_json::Value;

    use super::*;
    use crate::mcp::revision::Lifecycle;

    #[test]
    fn an_answer_without_a_known_id_has_the_id_null() {
        let message = write(None, &Err(RpcError::invalid_request("no")));
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
    fn a_list_stands_in_its_answer_without_having_been_copied() {
        let list = Bytes::from_static(br#"{"tools":[]}"#);
        for id in [Some(Id::Text("a\"b".into())), Some(Id::Integer("7".into())), None] {
            let pieces = pieces(id.as_ref(), &Ok(RpcResponse::Listed(&list)));
            assert_eq!(pieces[1].as_ptr(), list.as_ptr());
            let message: Value = serde_json::from_slice(&joined(pieces)).unwrap();
            let id = serde_json::to_value(id).unwrap();
            assert_eq!(message, serde_json::json!({ "jsonrpc": "2.0", "id": id, "result": { "tools": [] } }));
        }
    }

    #[test]
    fn answers_to_a_batch_are_one_array() {
        let pong = write(Some(&Id::Text("a".into())), &Ok(RpcResponse::Pong {}));
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
        let reply = Ok(RpcResponse::Called(Envelope::new(ToolResult::text(text), &info, Lifecycle::Stateless)));
        let room = expected_length(&reply);
        let message = write(Some(&Id::Text("a".into())), &reply);
        assert!(message.len() <= room, "{} > {room}", message.len());
    }
}
