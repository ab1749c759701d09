//! Starting and stopping a sandbox.

mod arguments;
mod body;
mod change;
mod engine;
mod failure;
mod listing;
mod lookup;
mod rate;
mod record;
mod route;
mod scope;
mod search;
mod seed;
mod view;
mod world;

use std::collections::HashSet;
use std::net::Ipv4Addr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::serve::ListenerExt as _;
use jiff::civil::DateTime;
use secrecy::SecretString;
use tokio::net::TcpListener;
use tokio::sync::oneshot;

use crate::check::{self, Mistake};
use crate::definition::Definition;
use engine::Engine;
use rate::Budget;

/// The differences between a sandbox and its definition.
#[derive(Clone, Debug, Default)]
pub struct SandboxOptions {
    /// Gated resources whose operations are allowed.
    pub granted: Vec<String>,
    /// Calls in each window of the rate limit; the definition's own number if absent.
    pub budget: Option<u32>,
    /// A fixed current time; the system clock if absent.
    pub now: Option<DateTime>,
}

/// A running sandbox. Dropping it stops it: it accepts no new requests, and finishes those in flight.
#[derive(Debug)]
pub struct Sandbox {
    /// The URL that replaces the API's base URL.
    pub base_url: String,
    /// The one key that it accepts, new at every start.
    pub key: SecretString,
    _stop: oneshot::Sender<()>,
}

/// A sandbox that cannot start.
#[derive(Debug, thiserror::Error)]
pub enum SandboxError {
    /// The definition is malformed, or uses names that do not exist.
    #[error("the sandbox definition has mistakes:{}", .0.iter().fold(String::new(), |all, mistake| format!("{all}\n  {mistake}")))]
    Mistakes(Vec<Mistake>),
    /// A resource that is not gated was granted. Holds its name, and the names of those that are gated.
    #[error("`{0}` cannot be granted: it is not a gated resource. Gated resources: {1}")]
    NothingToGrant(String, String),
    /// No port of the computer can be opened.
    #[error("the sandbox cannot listen on 127.0.0.1: {0}")]
    Listen(#[from] std::io::Error),
}

/// Starts a sandbox on a free port of this computer.
///
/// # Errors
///
/// Fails if the definition has mistakes, if `options` grants a resource that is not gated, and if no port can be
/// opened.
pub async fn start(definition: &str, options: SandboxOptions) -> Result<Sandbox, SandboxError> {
    let definition = check::read_definition(definition).map_err(SandboxError::Mistakes)?;
    let granted = granted(&definition, options.granted)?;
    let data = &definition.data;
    let base = data.base.clone();
    let largest_body = data.limits.body_bytes;
    let key = SecretString::from(format!("sandbox-{:032x}", rand::random::<u128>()));
    let window = Duration::from_secs(data.rate.seconds.into());
    let engine = Engine {
        world: Mutex::new(None),
        budget: Mutex::new(Budget::new(options.budget.unwrap_or(data.rate.calls), window)),
        now: options.now,
        key: key.clone(),
        granted,
        definition: Arc::new(definition),
    };
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
    let base_url = format!("http://{}{base}", listener.local_addr()?);
    let router =
        Router::new().fallback(engine::handle).layer(DefaultBodyLimit::max(largest_body)).with_state(Arc::new(engine));
    let listener = listener.tap_io(|stream| {
        // Replies are small and written at once, so there is nothing to wait for.
        if let Err(error) = stream.set_nodelay(true) {
            tracing::debug!(%error, "failed to set TCP_NODELAY on a sandbox connection");
        }
    });
    let (stop, stopped) = oneshot::channel::<()>();
    let serving = axum::serve(listener, router).with_graceful_shutdown(async move {
        // A dropped sender is the signal.
        let _dropped = stopped.await;
    });
    tokio::spawn(async move {
        if let Err(error) = serving.await {
            tracing::error!(%error, "the sandbox stopped");
        }
    });
    Ok(Sandbox { base_url, key, _stop: stop })
}

fn granted(definition: &Definition, granted: Vec<String>) -> Result<HashSet<String>, SandboxError> {
    let gated = definition.operations.iter().filter(|operation| operation.gated);
    let mut gated: Vec<_> = gated.map(|operation| operation.resource.as_str()).collect();
    gated.dedup();
    match granted.iter().find(|resource| !gated.contains(&resource.as_str())) {
        Some(resource) => Err(SandboxError::NothingToGrant(resource.clone(), gated.join(", "))),
        None => Ok(granted.into_iter().collect()),
    }
}
