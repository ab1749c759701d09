//! A stand-in for the API, inside this program: an HTTP server on this computer that behaves as one JSON document says.
//!
//! The document holds the API's operations and, for each, what it does with which records. This module knows how to
//! list, find, make and change records, and no API at all. All state is in memory and gone when the stand-in is
//! dropped. It is reached over HTTP by the same client that reaches the real API: nothing here takes a short cut.

mod behaviour;
mod change;
mod check;
mod clock;
mod collection;
mod condition;
mod definition;
mod failure;
mod html;
mod listing;
mod rate;
mod request;
mod scope;
mod search;
mod seed;
mod server;
mod template;
mod view;
mod world;

use std::collections::HashSet;
use std::net::Ipv4Addr;
use std::sync::{Arc, LazyLock, Mutex, RwLock};
use std::time::Duration;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::serve::ListenerExt as _;
use jiff::civil::DateTime;
use secrecy::SecretString;
use tokio::net::TcpListener;
use tokio::sync::oneshot;

use clock::Clock;
use definition::Definition;
use rate::Budget;
use server::Engine;

/// How a stand-in differs from what its document says.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Resources whose operations are let through although the document keeps them shut.
    pub granted: Vec<String>,
    /// Calls in a window; the document's own number if absent.
    pub budget: Option<u32>,
    /// The time it always is; the computer's own if absent.
    pub now: Option<DateTime>,
}

/// A running stand-in. Dropping it stops it: calls under way are finished, new ones are not accepted.
#[derive(Debug)]
pub struct Sandbox {
    /// What stands in the place of the API's base URL.
    pub base_url: String,
    /// The one key that it accepts, new at every start.
    pub key: SecretString,
    _stop: oneshot::Sender<()>,
}

/// Why there is no stand-in.
#[derive(Debug, thiserror::Error)]
pub enum SandboxError {
    /// The document is not of the expected shape.
    #[error("the sandbox definition cannot be read: {0}")]
    Malformed(#[from] serde_json::Error),
    /// The document speaks of something that is not there.
    #[error("the sandbox definition has mistakes:\n  {}", .0.join("\n  "))]
    Mistakes(Vec<String>),
    /// A resource was granted that is not kept shut.
    #[error("there is nothing to grant for `{0}`; what can be granted: {1}")]
    NothingToGrant(String, String),
    /// The computer gives no port.
    #[error("the sandbox cannot listen on 127.0.0.1: {0}")]
    Listen(#[from] std::io::Error),
}

/// Starts a stand-in on a free port of this computer.
pub async fn start(definition: &str, options: Options) -> Result<Sandbox, SandboxError> {
    let definition: Arc<Definition> = Arc::new(serde_json::from_str(definition)?);
    let mistakes = check::mistakes(&definition);
    if !mistakes.is_empty() {
        return Err(SandboxError::Mistakes(mistakes));
    }
    let granted = granted(&definition, options.granted)?;
    let clock = options.now.map_or(Clock::Running, Clock::Stopped);
    let data = &definition.data;
    let seeded = Arc::clone(&definition);
    let window = Duration::from_secs(data.rate.seconds.into());
    let key = SecretString::from(format!("sandbox-{:032x}", rand::random::<u128>()));
    let engine = Engine {
        world: LazyLock::new(Box::new(move || RwLock::new(seed::world(&seeded, clock.now())))),
        budget: Mutex::new(Budget::new(options.budget.unwrap_or(data.rate.calls), window)),
        clock,
        key: key.clone(),
        granted,
        definition: Arc::clone(&definition),
    };
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
    let base_url = format!("http://{}{}", listener.local_addr()?, data.base);
    let router = Router::new()
        .fallback(server::handle)
        .layer(DefaultBodyLimit::max(data.limits.body_bytes))
        .with_state(Arc::new(engine));
    let listener = listener.tap_io(|stream| {
        // Replies are small and whole: there is nothing to wait for before sending one.
        if let Err(error) = stream.set_nodelay(true) {
            tracing::debug!(%error, "the sandbox could not set TCP_NODELAY");
        }
    });
    let (stop, stopped) = oneshot::channel::<()>();
    let serving = axum::serve(listener, router).with_graceful_shutdown(async move {
        // Both a message and a dropped sender mean the same.
        let _ended = stopped.await;
    });
    tokio::spawn(async move {
        if let Err(error) = serving.await {
            tracing::error!(%error, "the sandbox stopped");
        }
    });
    Ok(Sandbox { base_url, key, _stop: stop })
}

fn granted(definition: &Definition, granted: Vec<String>) -> Result<HashSet<String>, SandboxError> {
    let gated: Vec<_> = definition.operations.iter().filter(|operation| operation.gated).collect();
    for resource in &granted {
        if !gated.iter().any(|operation| operation.resource == *resource) {
            let mut known: Vec<_> = gated.iter().map(|operation| operation.resource.as_str()).collect();
            known.dedup();
            return Err(SandboxError::NothingToGrant(resource.clone(), known.join(", ")));
        }
    }
    Ok(granted.into_iter().collect())
}
