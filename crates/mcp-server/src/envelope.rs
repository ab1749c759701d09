//! The members that a lifecycle adds to every result.
//!
//! A stateless result has a type, the name of the server, and, if the client may cache it, the time for which it may
//! (MCP 2026-07-28, schema, `Result` and `CacheableResult`). The handshake lifecycle has none of these.

use serde::ser::SerializeMap as _;
use serde::{Serialize, Serializer};
use serde_json::{Map, Value};

use super::meta::SERVER_INFO;
use super::revision::Lifecycle;
use super::server_info::{Introduction, ServerInfo};

/// The time for which a client may cache a list or a discovery result, in milliseconds. They change when the server is upgraded
/// or its scope is edited.
pub(crate) const LISTS_TTL_MS: u32 = 300_000;

/// The time for which a client may cache the contents of a resource, in milliseconds. Others can change it at any time.
pub(crate) const CONTENTS_TTL_MS: u32 = 0;

/// A result with the members that its lifecycle adds.
#[derive(Debug)]
pub(crate) struct Envelope<'s, T> {
    /// The result of the method.
    pub(crate) result: T,
    server: Introduction<'s>,
    lifecycle: Lifecycle,
    meta: Map<String, Value>,
    ttl_ms: Option<u32>,
    needs_input: bool,
}

impl<'s, T> Envelope<'s, T> {
    /// A result of `server` for a request of `lifecycle`. It may not be cached.
    pub(crate) fn new(result: T, server: &'s ServerInfo, lifecycle: Lifecycle) -> Self {
        let server = Introduction::without_icons(server);
        Self { result, server, lifecycle, meta: Map::new(), ttl_ms: None, needs_input: false }
    }

    /// Introduces the server, with its icons.
    pub(crate) fn with_introduction(self, server: Introduction<'s>) -> Self {
        Self { server, ..self }
    }

    /// Adds members to `_meta`.
    pub(crate) fn with_meta(self, meta: Map<String, Value>) -> Self {
        Self { meta, ..self }
    }

    /// Marks the result as one that asks the client for input.
    pub(crate) fn needing_input(self) -> Self {
        Self { needs_input: true, ..self }
    }

    /// Lets the client cache the result for `ttl_ms` milliseconds. Shared caches may not: two clients of one server may
    /// see different results.
    pub(crate) fn with_ttl(self, ttl_ms: u32) -> Self {
        Self { ttl_ms: Some(ttl_ms), ..self }
    }
}

impl<T: Serialize> Serialize for Envelope<'_, T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        #[serde(rename_all = "camelCase")]
        struct Members<'a, T> {
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
        let server = stateless.then_some(self.server);
        Members {
            result_type: stateless.then_some(if self.needs_input { "input_required" } else { "complete" }),
            result: &self.result,
            ttl_ms,
            cache_scope: ttl_ms.map(|_| "private"),
            meta: (stateless || !self.meta.is_empty()).then_some(Meta { server, members: &self.meta }),
        }
        .serialize(serializer)
    }
}

struct Meta<'a> {
    server: Option<Introduction<'a>>,
    members: &'a Map<String, Value>,
}

impl Serialize for Meta<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        if let Some(server) = self.server {
            map.serialize_entry(SERVER_INFO, &server)?;
        }
        for (key, value) in self.members {
            map.serialize_entry(key, value)?;
        }
        map.end()
    }
}
