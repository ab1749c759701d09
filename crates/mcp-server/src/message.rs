//! Reading messages: the JSON-RPC envelope, and every error in it.
//!
//! The envelope is read before its members, so that a request with broken parameters is answered under its own id.
//! The only method that this file knows is the notification that cancels a request.

use std::fmt;
use std::time::Duration;

use serde::de::{Error as _, IgnoredAny, SeqAccess, Visitor};
use serde::ser::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::error::Category;
use serde_json::value::RawValue;
use serde_json::{Map, Value};
use tokio::time::Instant;

use super::meta::PROTOCOL_VERSION;
use super::revision::Revision;
use super::rpc_error::{ErrorCode, RpcError};

/// The maximum number of messages in a batch.
const LARGEST_BATCH: usize = 100;

/// A message from a client, or several of them.
#[derive(Debug)]
pub(crate) enum Incoming {
    /// One message.
    One(Message),
    /// Several messages that are answered together, each of them read or refused.
    Batch(Vec<Result<Message, RefusedMessage>>),
}

impl Incoming {
    /// Counts the time for which the client had to wait before the whole message was read.
    pub(crate) fn count_wait(&mut self, waited: Duration) {
        match self {
            Self::One(message) => message.count_wait(waited),
            Self::Batch(messages) => messages.iter_mut().flatten().for_each(|message| message.count_wait(waited)),
        }
    }
}

/// A message that could be read.
#[derive(Debug)]
pub(crate) enum Message {
    /// A request, which needs an answer.
    Request(RpcRequest),
    /// A notification that the answer to the request of that id is no longer needed.
    Cancelled(RpcId),
    /// The response to a request of the server: its result, or nothing if it is an error.
    Response(RpcId, Option<Value>),
    /// Any other notification.
    Ignored,
}

impl Message {
    fn count_wait(&mut self, waited: Duration) {
        if let Self::Request(request) = self {
            request.received = request.received.checked_sub(waited).unwrap_or(request.received);
        }
    }
}

/// A JSON-RPC request.
#[derive(Debug)]
pub(crate) struct RpcRequest {
    /// The id under which the client expects the answer.
    pub(crate) id: RpcId,
    /// The method.
    pub(crate) method: String,
    /// The parameters. Empty if the message has none.
    pub(crate) params: Map<String, Value>,
    /// The time at which the whole message had been read.
    pub(crate) received: Instant,
}

impl RpcRequest {
    /// A request that has just been read.
    pub(crate) fn new(id: RpcId, method: String, params: Map<String, Value>) -> Self {
        Self { id, method, params, received: Instant::now() }
    }
}

/// A message that could not be read, or may not be answered with a result.
#[derive(Debug, PartialEq)]
pub(crate) struct RefusedMessage {
    /// The id of the answer.
    pub(crate) id: AnswerId,
    /// The reason.
    pub(crate) error: RpcError,
}

/// The id of a request: a string or an integer (MCP schema, `RequestId`).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum RpcId {
    /// An integer of any length, in the digits in which it was written.
    Integer(Box<str>),
    /// A string.
    Text(Box<str>),
}

impl RpcId {
    /// Parses the JSON text of an id. Returns `None` for `null`, a fraction and any other value.
    pub(crate) fn parse(json: &str) -> Option<Self> {
        if json.starts_with('"') {
            return serde_json::from_str(json).ok().map(Self::Text);
        }
        let digits = json.strip_prefix('-').unwrap_or(json);
        let integer = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
        integer.then(|| Self::Integer(json.into()))
    }
}

impl Serialize for RpcId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Text(text) => serializer.serialize_str(text),
            Self::Integer(digits) => {
                serde_json::from_str::<&RawValue>(digits).map_err(S::Error::custom)?.serialize(serializer)
            }
        }
    }
}

/// The `id` of an answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub(crate) enum AnswerId {
    /// The id of the request.
    Known(RpcId),
    /// `null`: the request has no readable id.
    Null,
    /// No `id` at all: the request has no readable id, and its revision does not allow `null`.
    #[serde(skip)]
    Absent,
}

impl AnswerId {
    /// The id of an answer to a message without a readable id, in the revision of the message, if that is known.
    ///
    /// The schemas of 2025-11-25 and 2026-07-28 say `JSONRPCErrorResponse { id?: RequestId }` with `RequestId = string |
    /// number`: the member can be absent, but never `null`. The older schemas require it (`JSONRPCError { id: RequestId
    /// }`) and leave this case open, so JSON-RPC 2.0 decides: section 5 says that the id "MUST be Null" if it could not
    /// be detected. The same holds for a message that names no revision.
    pub(crate) fn unreadable(revision: Option<Revision>) -> Self {
        if revision >= Some(Revision::V2025_11_25) { Self::Absent } else { Self::Null }
    }

    /// Returns true if the answer has no `id` member.
    pub(crate) fn is_absent(&self) -> bool {
        *self == Self::Absent
    }
}

/// Reads a message, or a batch of them.
///
/// `settled` is the revision that the transport knows: from the handshake, or from a header. Batches exist only in
/// 2025-03-26 (Basic, "Batching"; removed in 2025-06-18), and are also accepted before a revision is known.
pub(crate) fn read_message(bytes: &[u8], settled: Option<Revision>) -> Result<Incoming, RefusedMessage> {
    let refused = |error| RefusedMessage { id: AnswerId::unreadable(settled), error };
    let text = std::str::from_utf8(bytes)
        .map_err(|error| refused(RpcError::new(ErrorCode::Parse, format!("The message is not UTF-8: {error}"))))?;
    // Some clients write a byte order mark first, which readers may ignore (RFC 8259, section 8.1).
    let text = strict_json::without_bom(text).trim_matches([' ', '\t', '\r', '\n']);
    if !text.starts_with('[') {
        return read_one(text, settled).map(Incoming::One);
    }
    let Batch(texts) = serde_json::from_str(text).map_err(|error| refused(unreadable(&error)))?;
    if !matches!(settled, None | Some(Revision::V2025_03_26)) {
        let only = Revision::V2025_03_26.name();
        return Err(refused(RpcError::invalid_request(format!("Batches exist only in revision {only}"))));
    }
    if texts.is_empty() {
        return Err(refused(RpcError::invalid_request("The batch is empty")));
    }
    Ok(Incoming::Batch(texts.into_iter().map(|text| read_one(text.get(), settled)).collect()))
}

fn read_one(text: &str, settled: Option<Revision>) -> Result<Message, RefusedMessage> {
    let refused = |error| RefusedMessage { id: AnswerId::unreadable(settled), error };
    if !text.starts_with('{') {
        let error = match serde_json::from_str::<IgnoredAny>(text) {
            Ok(_) => RpcError::invalid_request("A message must be a JSON object"),
            Err(error) => unreadable(&error),
        };
        return Err(refused(error));
    }
    let message: RawMessage<'_> = serde_json::from_str(text).map_err(|error| refused(unreadable(&error)))?;
    let id = message.id.and_then(|id| RpcId::parse(id.get()));
    let invalid = |id: Option<RpcId>, problem| {
        let id = id.map_or_else(|| AnswerId::unreadable(named_revision(message.params).or(settled)), AnswerId::Known);
        Err(RefusedMessage { id, error: RpcError::invalid_request(problem) })
    };
    if string(message.jsonrpc).as_deref() != Some("2.0") {
        return invalid(id, "`jsonrpc` must be \"2.0\"");
    }
    let Some(method) = message.method else {
        return match (message.result, message.error) {
            (None, None) => invalid(id, "`method` is missing"),
            (result, _) => Ok(response(id, result)),
        };
    };
    let Some(method) = string(Some(method)) else {
        return invalid(id, "`method` must be a string");
    };
    match (message.id, id) {
        (None, _) => Ok(notification(&method, message.params)),
        (Some(_), None) => invalid(None, "`id` must be a string or an integer"),
        (Some(_), Some(id)) => match params(message.params) {
            Ok(params) => Ok(Message::Request(RpcRequest::new(id, method, params))),
            Err(error) => Err(RefusedMessage {
                id: AnswerId::Known(id),
                error: RpcError::invalid_params(format!("`params` cannot be read: {error}")),
            }),
        },
    }
}

/// Most clients leave out parameters that a method does not need; some send `null`, and those in PHP an empty list, which
/// is how PHP writes an empty object.
fn params(given: Option<&RawValue>) -> Result<Map<String, Value>, serde_json::Error> {
    match given.map(RawValue::get) {
        None | Some("null") => Ok(Map::new()),
        Some(text) if is_empty_list(text) => Ok(Map::new()),
        Some(text) => strict_json::object(text),
    }
}

fn is_empty_list(json: &str) -> bool {
    json.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).is_some_and(|items| items.trim().is_empty())
}

/// The revision that a message names for itself, as far as its parameters can be read.
fn named_revision(params: Option<&RawValue>) -> Option<Revision> {
    let params = strict_json::object(params?.get()).ok()?;
    Revision::from_name(params.get("_meta")?.get(PROTOCOL_VERSION)?.as_str()?)
}

fn notification(method: &str, params: Option<&RawValue>) -> Message {
    #[derive(Deserialize)]
    struct Cancelled<'a> {
        #[serde(borrow, rename = "requestId")]
        request_id: &'a RawValue,
    }
    if method != "notifications/cancelled" {
        return Message::Ignored;
    }
    params
        .filter(|params| params.get().starts_with('{'))
        .and_then(|params| serde_json::from_str::<Cancelled<'_>>(params.get()).ok())
        .and_then(|cancelled| RpcId::parse(cancelled.request_id.get()))
        .map_or(Message::Ignored, Message::Cancelled)
}

/// A response without a readable id belongs to no request.
fn response(id: Option<RpcId>, result: Option<&RawValue>) -> Message {
    let Some(id) = id else { return Message::Ignored };
    let result = result.and_then(|result| strict_json::object(result.get()).ok());
    Message::Response(id, result.map(Value::Object))
}

fn string(json: Option<&RawValue>) -> Option<String> {
    serde_json::from_str(json?.get()).ok()
}

/// Distinguishes text that is not JSON from JSON that does not have the shape of a message.
fn unreadable(error: &serde_json::Error) -> RpcError {
    match error.classify() {
        Category::Data => RpcError::invalid_request(format!("The message is not a request: {error}")),
        Category::Syntax | Category::Eof | Category::Io => {
            RpcError::new(ErrorCode::Parse, format!("The message is not JSON: {error}"))
        }
    }
}

/// A message whose members are still JSON text, so that a broken one does not hide the others. A member that occurs
/// twice is an error.
#[derive(Deserialize)]
struct RawMessage<'a> {
    #[serde(borrow, default, deserialize_with = "present")]
    jsonrpc: Option<&'a RawValue>,
    #[serde(borrow, default, deserialize_with = "present")]
    id: Option<&'a RawValue>,
    #[serde(borrow, default, deserialize_with = "present")]
    method: Option<&'a RawValue>,
    #[serde(borrow, default, deserialize_with = "present")]
    params: Option<&'a RawValue>,
    #[serde(borrow, default, deserialize_with = "present")]
    result: Option<&'a RawValue>,
    #[serde(borrow, default, deserialize_with = "present")]
    error: Option<&'a RawValue>,
}

/// Keeps a member that is present, even if it is `null`.
fn present<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<&'de RawValue>, D::Error> {
    <&RawValue>::deserialize(deserializer).map(Some)
}

/// The texts of the messages of a batch, at most [`LARGEST_BATCH`].
struct Batch<'a>(Vec<&'a RawValue>);

impl<'de> Deserialize<'de> for Batch<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_seq(BatchVisitor)
    }
}

struct BatchVisitor;

impl<'de> Visitor<'de> for BatchVisitor {
    type Value = Batch<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a batch")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut messages: A) -> Result<Self::Value, A::Error> {
        let mut texts = Vec::new();
        while let Some(text) = messages.next_element()? {
            if texts.len() == LARGEST_BATCH {
                return Err(A::Error::custom(format_args!("a batch holds at most {LARGEST_BATCH} messages")));
            }
            texts.push(text);
        }
        Ok(Batch(texts))
    }
}

#[cfg(test)]
mod tests;
