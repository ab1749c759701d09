//! From bytes to requests: JSON-RPC's envelope, and everything that can be wrong with it.
//!
//! The envelope is read before what it holds, so that a request whose parameters are broken still gets an answer
//! under its own id. No method is known here but the one notification that has an effect.

use std::fmt;

use serde::de::{Error as _, IgnoredAny, SeqAccess, Visitor};
use serde::ser::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::error::Category;
use serde_json::value::RawValue;
use serde_json::{Map, Value};
use tool_runtime::json;

use super::revision::Revision;
use super::rpc_error::{Code, RpcError};

/// The most messages that a batch may hold.
const LARGEST_BATCH: usize = 100;

/// What a client sent at once.
#[derive(Debug)]
pub enum Incoming {
    /// One message.
    One(Message),
    /// Several, to be answered together; those that are no messages are already judged.
    Batch(Vec<Result<Message, Refused>>),
}

/// One message.
#[derive(Debug)]
pub enum Message {
    /// It wants an answer.
    Request(RpcRequest),
    /// The answer to the request of that id is no longer wanted.
    Cancelled(Id),
    /// Another notification, or the answer to a question that was never asked: nothing follows from it.
    Ignored,
}

/// A call of a method.
#[derive(Debug)]
pub struct RpcRequest {
    /// What the answer is to be filed under.
    pub id: Id,
    /// The method.
    pub method: String,
    /// Its parameters; if it has none, an empty object.
    pub params: Map<String, Value>,
}

/// A message that cannot be taken on.
#[derive(Debug, PartialEq)]
pub struct Refused {
    /// Its id, if one could be read.
    pub id: Option<Id>,
    /// What is wrong with it.
    pub error: RpcError,
}

/// What a client files a request under.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Id {
    /// An integer of any length, as it was written.
    Integer(Box<str>),
    /// A string.
    Text(Box<str>),
}

impl Id {
    /// The id that a JSON text is. `null`, a fraction and anything else are none.
    pub fn read(json: &str) -> Option<Self> {
        if json.starts_with('"') {
            return serde_json::from_str(json).ok().map(Self::Text);
        }
        let digits = json.strip_prefix('-').unwrap_or(json);
        let integer = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
        integer.then(|| Self::Integer(json.into()))
    }
}

impl Serialize for Id {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Text(text) => serializer.serialize_str(text),
            Self::Integer(digits) => {
                serde_json::from_str::<&RawValue>(digits).map_err(S::Error::custom)?.serialize(serializer)
            }
        }
    }
}

/// Reads what a client sent at once.
///
/// `settled` is the revision that the transport knows of by other means than the message: a handshake before it, or
/// a header around it. Only one revision has batches, and clients that have settled on none are given them too.
pub fn read(bytes: &[u8], settled: Option<Revision>) -> Result<Incoming, Refused> {
    let text = std::str::from_utf8(bytes).map_err(|error| Refused {
        id: None,
        error: RpcError::new(Code::Parse, format!("The message is not UTF-8: {error}")),
    })?;
    let text = text.trim_matches([' ', '\t', '\r', '\n']);
    if !text.starts_with('[') {
        return read_one(text).map(Incoming::One);
    }
    let Batch(texts) = serde_json::from_str(text).map_err(|error| Refused::unreadable(&error))?;
    if !matches!(settled, None | Some(Revision::V2025_03_26)) {
        let only = Revision::V2025_03_26.name();
        return Err(Refused::invalid(None, format!("Only revision {only} has batches")));
    }
    if texts.is_empty() {
        return Err(Refused::invalid(None, "The batch is empty"));
    }
    Ok(Incoming::Batch(texts.into_iter().map(|text| read_one(text.get())).collect()))
}

fn read_one(text: &str) -> Result<Message, Refused> {
    if !text.starts_with('{') {
        let Err(error) = serde_json::from_str::<IgnoredAny>(text) else {
            return Err(Refused::invalid(None, "A message is a JSON object"));
        };
        return Err(Refused::unreadable(&error));
    }
    let envelope: Envelope<'_> = serde_json::from_str(text).map_err(|error| Refused::unreadable(&error))?;
    let id = envelope.id.and_then(|id| Id::read(id.get()));
    if string(envelope.jsonrpc).as_deref() != Some("2.0") {
        return Err(Refused::invalid(id, "`jsonrpc` must be \"2.0\""));
    }
    let Some(method) = envelope.method else {
        return match (envelope.result, envelope.error) {
            (None, None) => Err(Refused::invalid(id, "A request names its `method`")),
            _ => Ok(Message::Ignored),
        };
    };
    let Some(method) = string(Some(method)) else {
        return Err(Refused::invalid(id, "`method` must be a string"));
    };
    match (envelope.id, id) {
        (None, _) => Ok(notification(&method, envelope.params)),
        (Some(_), None) => Err(Refused::invalid(None, "`id` must be a string or an integer")),
        (Some(_), Some(id)) => match params(envelope.params) {
            Ok(params) => Ok(Message::Request(RpcRequest { id, method, params })),
            Err(error) => Err(Refused {
                id: Some(id),
                error: RpcError::invalid_params(format!("`params` cannot be read: {error}")),
            }),
        },
    }
}

/// Most clients leave out what a method does not need; some send `null`.
fn params(given: Option<&RawValue>) -> Result<Map<String, Value>, serde_json::Error> {
    match given.map(RawValue::get) {
        None | Some("null") => Ok(Map::new()),
        Some(text) => json::object(text),
    }
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
        .and_then(|cancelled| Id::read(cancelled.request_id.get()))
        .map_or(Message::Ignored, Message::Cancelled)
}

fn string(json: Option<&RawValue>) -> Option<String> {
    serde_json::from_str(json?.get()).ok()
}

impl Refused {
    fn invalid(id: Option<Id>, message: impl Into<String>) -> Self {
        Self { id, error: RpcError::invalid_request(message) }
    }

    /// Tells what is no JSON from what is JSON, but not of the shape of a message.
    fn unreadable(error: &serde_json::Error) -> Self {
        let error = match error.classify() {
            Category::Data => RpcError::invalid_request(format!("The message is not a request: {error}")),
            Category::Syntax | Category::Eof | Category::Io => {
                RpcError::new(Code::Parse, format!("The message is not JSON: {error}"))
            }
        };
        Self { id: None, error }
    }
}

/// Members keep their text, so that one that is broken does not take the others along. One that is given twice is
/// an error.
#[derive(Deserialize)]
struct Envelope<'a> {
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

/// A member that is there, even if it is `null`.
fn present<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<&'de RawValue>, D::Error> {
    <&RawValue>::deserialize(deserializer).map(Some)
}

/// The texts of a batch, no more of them than allowed.
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
