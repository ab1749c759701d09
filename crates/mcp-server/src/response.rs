//! Writing responses: the results of the methods, and the JSON-RPC message around them.
//!
//! A tool's text can be megabytes long. It is escaped straight into the buffer that is sent, without a tree of JSON
//! values, which would take several times its memory. An encoded list is shared: a message is a row of pieces, and the list is
//! one of them, so that a client that reads slowly holds no copy of it.

use std::borrow::Cow;

use bytes::Bytes;
use serde::Serialize;

use super::encode::{encode_around, encode_bytes, encode_text};
use super::envelope::Envelope;
use super::input::InputRequired;
use super::instructions::Instructions;
use super::message::{AnswerId, RefusedMessage, RpcId};
use super::prompt::FilledPrompt;
use super::resource::ReadResult;
use super::revision::Revision;
use super::rpc_error::RpcError;
use super::server_info::Introduction;
use super::service::Service;
use super::tool::ToolResult;

/// The result of a request, by method.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub(crate) enum RpcResponse<'s> {
    /// Of `initialize`.
    Initialized(Initialized<'s>),
    /// Of `server/discover`.
    Discovered(Envelope<'s, Discovered<'s>>),
    /// Of every method that lists something: encoded JSON.
    #[serde(skip)]
    Listed(&'s Bytes),
    /// Of `tools/call`.
    Called(Envelope<'s, ToolResult>),
    /// Of `tools/call`, if the client has to ask its user first.
    InputRequired(Envelope<'s, InputRequired>),
    /// Of `prompts/get`.
    Prompted(Envelope<'s, FilledPrompt>),
    /// Of `resources/read`.
    Read(Envelope<'s, ReadResult>),
    /// Of `ping`.
    Pong {},
}

/// The result of `initialize` (MCP 2025-11-25, schema, `InitializeResult`).
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Initialized<'s> {
    /// The revision of all further messages on the connection.
    pub(crate) protocol_version: Revision,
    capabilities: Capabilities,
    server_info: Introduction<'s>,
    #[serde(skip_serializing_if = "str::is_empty")]
    instructions: Cow<'s, str>,
}

impl<'s> Initialized<'s> {
    pub(crate) fn new(service: &'s impl Service, protocol_version: Revision) -> Self {
        Self {
            protocol_version,
            capabilities: Capabilities::new(service),
            server_info: Introduction::new(service.info(), protocol_version),
            instructions: service.instructions().text,
        }
    }
}

/// The result of `server/discover` (MCP 2026-07-28, schema, `DiscoverResult`).
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Discovered<'s> {
    supported_versions: [Revision; Revision::ALL.len()],
    capabilities: Capabilities,
    #[serde(skip_serializing_if = "str::is_empty")]
    instructions: Cow<'s, str>,
}

impl<'s> Discovered<'s> {
    pub(crate) fn new(service: &'s impl Service, instructions: Instructions<'s>) -> Self {
        Self {
            supported_versions: Revision::ALL,
            capabilities: Capabilities::new(service),
            instructions: instructions.text,
        }
    }
}

/// The capabilities of a service. None of them has `listChanged` or `subscribe`, because lists never change while a
/// client is connected.
#[derive(Debug, Serialize)]
struct Capabilities {
    tools: Empty,
    #[serde(skip_serializing_if = "Option::is_none")]
    prompts: Option<Empty>,
    #[serde(skip_serializing_if = "Option::is_none")]
    resources: Option<Empty>,
}

impl Capabilities {
    fn new(service: &impl Service) -> Self {
        Self {
            tools: Empty {},
            prompts: service.prompts().map(|_| Empty {}),
            resources: service.resources().map(|_| Empty {}),
        }
    }
}

#[derive(Debug, Serialize)]
struct Empty {}

/// A message as consecutive pieces. Some may be empty.
pub(crate) type Pieces = [Bytes; 3];

/// A message that consists of one piece.
pub(crate) fn single_piece(message: impl Into<Bytes>) -> Pieces {
    [message.into(), Bytes::new(), Bytes::new()]
}

/// Joins the pieces of a message.
pub(crate) fn join_pieces(pieces: Pieces) -> Vec<u8> {
    match pieces {
        [whole, second, third] if second.is_empty() && third.is_empty() => whole.into(),
        pieces => pieces.concat(),
    }
}

/// The bytes of a message that no other message shares. The piece in the middle is an encoded list.
pub(crate) fn own_bytes([head, _, tail]: &Pieces) -> u64 {
    (head.len() + tail.len()) as u64
}

/// Encodes the answer to a request.
pub(crate) fn encode_answer(id: &RpcId, answer: &Result<RpcResponse<'_>, RpcError>) -> Pieces {
    match answer {
        Ok(RpcResponse::Listed(list)) => {
            let head = format!(r#"{{"jsonrpc":"2.0","id":{},"result":"#, encode_text(id));
            [head.into(), Bytes::clone(list), Bytes::from_static(b"}")]
        }
        Ok(result) => {
            let text = if let RpcResponse::Called(called) = result { called.result.text_bytes() } else { 0 };
            single_piece(encode_around(&Response { jsonrpc: "2.0", id, result }, text))
        }
        Err(error) => {
            single_piece(encode_bytes(&ErrorResponse { jsonrpc: "2.0", id: &AnswerId::Known(id.clone()), error }))
        }
    }
}

/// Encodes the answer to a message that was refused.
pub(crate) fn encode_refusal(refused: &RefusedMessage) -> Vec<u8> {
    encode_bytes(&ErrorResponse { jsonrpc: "2.0", id: &refused.id, error: &refused.error })
}

/// The answer to a batch: the encoded answers to its messages, in one buffer.
#[derive(Debug, Default)]
pub(crate) struct Batch(Vec<u8>);

impl Batch {
    /// Appends the answer to a message.
    pub(crate) fn push(&mut self, answer: &Pieces) {
        self.0.push(if self.0.is_empty() { b'[' } else { b',' });
        for piece in answer {
            self.0.extend_from_slice(piece);
        }
    }

    /// The length so far, in bytes.
    pub(crate) fn length(&self) -> usize {
        self.0.len()
    }

    /// The whole answer. `None` if there are no answers, and nothing is sent.
    pub(crate) fn into_message(mut self) -> Option<Vec<u8>> {
        (!self.0.is_empty()).then(|| {
            self.0.push(b']');
            self.0
        })
    }
}

#[derive(Serialize)]
struct Response<'a> {
    jsonrpc: &'static str,
    id: &'a RpcId,
    result: &'a RpcResponse<'a>,
}

#[derive(Serialize)]
struct ErrorResponse<'a> {
    jsonrpc: &'static str,
    #[serde(skip_serializing_if = "AnswerId::is_absent")]
    id: &'a AnswerId,
    error: &'a RpcError,
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use serde_json::{Value, json};

    use super::*;

    #[test]
    fn the_id_of_a_refusal_is_known_null_or_absent() {
        for (id, expected) in [
            (AnswerId::Known(RpcId::Text("a".into())), r#""id":"a","#),
            (AnswerId::Null, r#""id":null,"#),
            (AnswerId::Absent, ""),
        ] {
            let message = encode_refusal(&RefusedMessage { id, error: RpcError::invalid_request("no") });
            assert_eq!(
                String::from_utf8(message).unwrap(),
                format!(r#"{{"jsonrpc":"2.0",{expected}"error":{{"code":-32600,"message":"no"}}}}"#)
            );
        }
    }

    #[test]
    fn an_encoded_list_is_not_copied() {
        let list = Bytes::from_static(br#"{"tools":[]}"#);
        for id in [RpcId::Text("a\"b".into()), RpcId::Integer("7".into())] {
            let pieces = encode_answer(&id, &Ok(RpcResponse::Listed(&list)));
            assert_eq!(pieces[1].as_ptr(), list.as_ptr());
            let message: Value = serde_json::from_slice(&join_pieces(pieces)).unwrap();
            assert_eq!(message, json!({ "jsonrpc": "2.0", "id": id, "result": { "tools": [] } }));
        }
    }

    #[test]
    fn answers_to_a_batch_are_one_array() {
        let pong = encode_answer(&RpcId::Text("a".into()), &Ok(RpcResponse::Pong {}));
        let mut batch = Batch::default();
        assert_eq!((batch.length(), Batch::default().into_message()), (0, None));
        batch.push(&pong);
        batch.push(&pong);
        let batch: Value = serde_json::from_slice(&batch.into_message().unwrap()).unwrap();
        assert_eq!(batch.as_array().map(Vec::len), Some(2));
    }
}
