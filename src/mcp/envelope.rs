//! A result with all that its lifecycle wants around it.
//!
//! In the stateless lifecycle a result says that it is complete, who gave it, and, if a client may keep it, for how long. The
//! handshake lifecycle has none of that.

use serde::ser::SerializeMap as _;
use serde::{Serialize, Serializer};
use serde_json::{Map, Value};

use super::lifecycle::SERVER_INFO;
use super::revision::Lifecycle;
use super::service::ServerInfo;

/// For how long a client may go on with what it has been told of a server, in milliseconds.
pub(super) const OF_THE_SERVER: u32 = 300_000;

/// For how long a client may go on with what it has read: others change it at any time.
pub(super) const OF_OTHERS: u32 = 0;

/// A result on its way out.
#[derive(Debug)]
pub struct Envelope<'s, T> {
    /// What the request came to.
    pub result: T,
    by: &'s ServerInfo,
    lifecycle: Lifecycle,
    meta: Map<String, Value>,
    /// For how long it may be kept.
    ttl_ms: Option<u32>,
}

impl<'s, T> Envelope<'s, T> {
    /// A result that `by` gives to a request of that lifecycle.
    pub(super) fn new(result: T, by: &'s ServerInfo, lifecycle: Lifecycle) -> Self {
        Self { result, by, lifecycle, meta: Map::new(), ttl_ms: None }
    }

    /// The same with facts for the client.
    pub(super) fn with_meta(self, meta: Map<String, Value>) -> Self {
        Self { meta, ..self }
    }

    /// The same, to be kept for so many milliseconds by the client, and by nobody else: two clients may see different
    /// things.
    pub(super) fn kept_for(self, ttl_ms: u32) -> Self {
        Self { ttl_ms: Some(ttl_ms), ..self }
    }
}

impl<T: Serialize> Serialize for Envelope<'_, T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        #[serde(rename_all = "camelCase")]
        struct Whole<'a, T> {
            #[serde(skip_serializing_if = "Option::is_none")]
            result_type: Option<&'static str>,
            #[serde(flatten)]
            result: &'a T,
            #[serde(skip_serializing_if = "Option::is_none")]
            ttl_ms: Option<u32>,
            #[serde(skip_serializing_if = "Option::is_none")]
            cache_scope: Option<&'static str>,
            #[serde(rename = "_meta", skip_serializing_if = "Option::is_none")]
            meta: Option<Meta<'a>>,
        }
        let stateless = self.lifecycle == Lifecycle::Stateless;
        let ttl_ms = self.ttl_ms.filter(|_| stateless);
        let server = stateless.then_some(self.by);
        Whole {
            // No result needs anything more from the client.
            result_type: stateless.then_some("complete"),
            result: &self.result,
            ttl_ms,
            cache_scope: ttl_ms.map(|_| "private"),
            meta: (stateless || !self.meta.is_empty()).then_some(Meta { server, facts: &self.meta }),
        }
        .serialize(serializer)
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
