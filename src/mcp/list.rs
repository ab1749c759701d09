//! What a method answers that lists something, written down once for as long as the list stands.
//!
//! Pure: what a client may see is decided by whoever hands it in, and its order is kept.

use bytes::Bytes;
use serde::{Serialize, Serializer};
use tool_runtime::tool::ToolDef;

use super::envelope::{Envelope, OF_THE_SERVER};
use super::prompt::PromptEntry;
use super::resource::{ResourceEntry, TemplateEntry};
use super::revision::Lifecycle;
use super::service::ServerInfo;
use super::tool;

/// The result of a listing in both lifecycles. It has one page.
#[derive(Debug)]
pub struct EncodedList {
    handshake: Bytes,
    stateless: Bytes,
}

/// Why there is no list.
#[derive(Debug, thiserror::Error)]
pub enum ListError {
    /// A definition is broken.
    #[error("the input schema of the tool `{tool}` is no JSON object: {problem}")]
    Schema {
        /// Whose definition.
        tool: &'static str,
        /// What is wrong with it.
        problem: serde_json::Error,
    },
    /// The list cannot be written.
    #[error("the list cannot be written: {0}")]
    Unwritable(#[from] serde_json::Error),
}

impl EncodedList {
    /// The list of these tools, in this order.
    ///
    /// With `local_files`, attachments may also be named by their path on this machine.
    pub fn tools(tools: &[&ToolDef], local_files: bool, info: &ServerInfo) -> Result<Self, ListError> {
        let tools: Vec<_> = tools.iter().map(|def| tool::entry(def, local_files)).collect::<Result<_, _>>()?;
        Self::of("tools", &tools, info)
    }

    /// The list of these prompts, in this order.
    pub fn prompts(prompts: &[PromptEntry<'_>], info: &ServerInfo) -> Result<Self, ListError> {
        Self::of("prompts", prompts, info)
    }

    /// The list of these resources, in this order.
    pub fn resources(resources: &[ResourceEntry<'_>], info: &ServerInfo) -> Result<Self, ListError> {
        Self::of("resources", resources, info)
    }

    /// The list of these patterns, in this order.
    pub fn templates(templates: &[TemplateEntry<'_>], info: &ServerInfo) -> Result<Self, ListError> {
        Self::of("resourceTemplates", templates, info)
    }

    fn of(key: &'static str, entries: &[impl Serialize], info: &ServerInfo) -> Result<Self, ListError> {
        let result = |lifecycle| {
            serde_json::to_vec(&Envelope::new(Listing { key, entries }, info, lifecycle).kept_for(OF_THE_SERVER))
                .map(Bytes::from)
        };
        Ok(Self { handshake: result(Lifecycle::Handshake)?, stateless: result(Lifecycle::Stateless)? })
    }

    /// The result in that lifecycle, as JSON without line breaks.
    pub fn result(&self, lifecycle: Lifecycle) -> &Bytes {
        match lifecycle {
            Lifecycle::Handshake => &self.handshake,
            Lifecycle::Stateless => &self.stateless,
        }
    }
}

/// Entries under the key that their method has for them.
struct Listing<'a, T> {
    key: &'static str,
    entries: &'a [T],
}

impl<T: Serialize> Serialize for Listing<'_, T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map([(self.key, self.entries)])
    }
}
