//! The context of a request: revision, lifecycle, client and progress channel.

use serde_json::{Map, Value};
use tokio::time::Instant;

use super::input::{GivenInput, has_forms};
use super::peer::Peer;
use super::progress::Progress;
use super::revision::{Lifecycle, Revision};
use super::text::shortened;

/// Facts about a request besides its method and parameters.
#[derive(Clone, Debug)]
pub struct RequestContext {
    /// The lifecycle that the request uses.
    pub lifecycle: Lifecycle,
    /// The revision, if the request or its transport names it.
    pub revision: Option<Revision>,
    /// The client capabilities that the request declares.
    ///
    /// Always empty in the handshake lifecycle, where capabilities are declared once, in `initialize`: see
    /// [`can_ask`](Self::can_ask).
    pub capabilities: Map<String, Value>,
    /// The client program, if the request or its transport names it.
    pub client: Option<ClientInfo>,
    /// The caller, as the resolver of the token names it, if it can tell callers apart.
    pub caller: Option<String>,
    /// The identifier under which the transport logs the request.
    pub request_id: Option<String>,
    /// The channel for progress reports, if the client wants to receive them.
    pub progress: Option<Progress>,
    /// The answers to the questions that an earlier call of the same tool was answered with.
    pub input: GivenInput,
    /// The channel for questions to the client's user, in the handshake lifecycle.
    pub(crate) peer: Option<Peer>,
    /// The time at which the whole request had been read. The client has been waiting for its answer since then.
    pub received: Instant,
}

impl RequestContext {
    /// The context of a request that has just been read, and of which only the lifecycle is known.
    pub fn new(lifecycle: Lifecycle) -> Self {
        Self {
            lifecycle,
            revision: None,
            capabilities: Map::new(),
            client: None,
            caller: None,
            request_id: None,
            progress: None,
            input: GivenInput::default(),
            peer: None,
            received: Instant::now(),
        }
    }

    /// Returns whether the client can ask its user a question for the server.
    pub fn can_ask(&self) -> bool {
        match self.lifecycle {
            Lifecycle::Stateless => has_forms(&self.capabilities),
            Lifecycle::Handshake => self.peer.is_some(),
        }
    }
}

/// A client program, by the name and version that it gives itself. Neither is verified.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClientInfo {
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: Option<String>,
}

impl ClientInfo {
    /// The client of that name and version, both cut to 200 characters.
    pub fn new(name: &str, version: Option<&str>) -> Self {
        Self { name: shortened(name), version: version.map(shortened) }
    }
}
