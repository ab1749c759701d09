//! The results of methods that list something, encoded once for all requests.
//!
//! A list is the largest answer that clients ask for again and again. It is serialised when the service is built, once
//! for each lifecycle, and every response shares those bytes.

use bytes::Bytes;
use serde::{Serialize, Serializer};

use super::encode::encode_bytes;
use super::envelope::{Envelope, LISTS_TTL_MS};
use super::prompt::PromptEntry;
use super::resource::{ResourceEntry, TemplateEntry};
use super::revision::Lifecycle;
use super::server_info::ServerInfo;
use super::tool::ToolEntry;

/// The encoded result of a listing method, in both lifecycles. The list has one page and keeps the order of its entries.
#[derive(Debug)]
pub struct EncodedList {
    handshake: Bytes,
    stateless: Bytes,
}

/// The two lists of resources that a service has.
#[derive(Debug)]
pub struct Resources {
    /// The resources that have an address of their own.
    pub list: EncodedList,
    /// The patterns of the addresses of all other resources.
    pub templates: EncodedList,
}

impl EncodedList {
    /// The result of `tools/list`.
    pub fn tools(tools: &[ToolEntry<'_>], info: &ServerInfo) -> Self {
        Self::new("tools", tools, info)
    }

    /// The result of `prompts/list`.
    pub fn prompts(prompts: &[PromptEntry<'_>], info: &ServerInfo) -> Self {
        Self::new("prompts", prompts, info)
    }

    /// The result of `resources/list`.
    pub fn resources(resources: &[ResourceEntry<'_>], info: &ServerInfo) -> Self {
        Self::new("resources", resources, info)
    }

    /// The result of `resources/templates/list`.
    pub fn templates(templates: &[TemplateEntry<'_>], info: &ServerInfo) -> Self {
        Self::new("resourceTemplates", templates, info)
    }

    fn new(key: &'static str, entries: &[impl Serialize], info: &ServerInfo) -> Self {
        let encode = |lifecycle| {
            let result = Envelope::new(Listing { key, entries }, info, lifecycle).with_ttl(LISTS_TTL_MS);
            Bytes::from(encode_bytes(&result))
        };
        Self { handshake: encode(Lifecycle::Handshake), stateless: encode(Lifecycle::Stateless) }
    }

    /// The result in that lifecycle, as JSON without line breaks.
    pub fn result(&self, lifecycle: Lifecycle) -> &Bytes {
        match lifecycle {
            Lifecycle::Handshake => &self.handshake,
            Lifecycle::Stateless => &self.stateless,
        }
    }
}

/// Entries under the key that their method gives them.
struct Listing<'a, T> {
    key: &'static str,
    entries: &'a [T],
}

impl<T: Serialize> Serialize for Listing<'_, T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map([(self.key, self.entries)])
    }
}
