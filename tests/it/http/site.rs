//! A server with a workshop behind it, and the ways to talk to it.

use std::future::pending;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use axum::Router;
use desk365_mcp::mcp::http::{AccessRequest, Denied, Granted, Resolver};
use desk365_mcp::serve::{HostGuard, ProbeBackend, routes, serve};
use reqwest::{RequestBuilder, Response};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc::UnboundedReceiver;
use tokio::sync::{Semaphore, oneshot};
use tokio::task::JoinHandle;

use crate::common::workshop::{Door, Event, Workshop};

/// Opens the workshop.
pub(crate) const TOKEN: &str = "secret-token-of-a-workshop";
/// Opens it together with [`SECOND`].
pub(crate) const GUARDED: &str = "secret-token-of-a-guarded-workshop";
/// An API token.
pub(crate) const SECOND: &str = "secret-api-token";
/// Cannot be looked up.
pub(crate) const LOST: &str = "secret-token-out-of-reach";

/// How many requests may be under way at once.
pub(crate) const AT_ONCE: usize = 3;

#[derive(Clone)]
pub(crate) struct Tokens {
    workshop: Arc<Workshop>,
    under_way: Arc<Semaphore>,
    withdrawn: Arc<AtomicBool>,
}

impl Resolver for Tokens {
    type Service = Workshop;

    async fn resolve(&self, visit: &AccessRequest<'_>) -> Result<Granted<Workshop>, Denied> {
        match visit.token {
            TOKEN if self.withdrawn.load(Ordering::SeqCst) => return Err(Denied::Unknown),
            TOKEN => {}
            GUARDED if visit.bearer == Some(SECOND) => {}
            GUARDED => return Err(Denied::Unauthorized),
            LOST => return Err(Denied::Unavailable),
            _ => return Err(Denied::Unknown),
        }
        Granted::counted(Arc::clone(&self.workshop), &[&self.under_way])
    }
}

#[derive(Clone, Copy)]
pub(crate) struct Behind {
    pub(crate) ready: bool,
}

impl ProbeBackend for Behind {
    async fn is_ready(&self) -> bool {
        self.ready
    }

    async fn knows_api_token(&self, token: &str, _peer: Option<IpAddr>) -> Result<bool, Duration> {
        Ok(token == SECOND)
    }
}

/// A running server.
pub(crate) struct Site {
    pub(crate) address: SocketAddr,
    pub(crate) door: Door,
    pub(crate) client: reqwest::Client,
    withdrawn: Arc<AtomicBool>,
    stop: Option<oneshot::Sender<()>>,
    serving: JoinHandle<()>,
}

impl Site {
    pub(crate) async fn open() -> Self {
        Self::with(HostGuard::new(), Behind { ready: true }).await
    }

    pub(crate) async fn with(host_guard: HostGuard, behind: Behind) -> Self {
        let (workshop, door) = Workshop::open();
        let withdrawn = Arc::new(AtomicBool::new(false));
        let tokens = Tokens {
            workshop: Arc::new(workshop),
            under_way: Arc::new(Semaphore::new(AT_ONCE)),
            withdrawn: Arc::clone(&withdrawn),
        };
        let routes = routes(tokens, Router::new(), behind, &host_guard);
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (stop, stopped) = oneshot::channel();
        let until_stopped = async move {
            let _ = stopped.await;
        };
        let serving = tokio::spawn(serve(listener, routes, host_guard, until_stopped, pending()));
        // Another test may have been first.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = reqwest::Client::builder().no_proxy().tls_certs_only([]).build().unwrap();
        Self { address, door, client, withdrawn, stop: Some(stop), serving }
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// A POST to the workshop's own URL.
    pub(crate) fn post(&self) -> RequestBuilder {
        self.client.post(self.url(&format!("/mcp/{TOKEN}")))
    }

    /// A message of the handshake lifecycle, without any headers of MCP's.
    pub(crate) async fn handshake(&self, message: &Value) -> Response {
        self.post().json(message).send().await.unwrap()
    }

    /// A message of the stateless lifecycle, with the headers that belong to it.
    pub(crate) async fn stateless(&self, message: &Value) -> Response {
        headed(self.post(), message).json(message).send().await.unwrap()
    }

    /// What comes back over a connection of its own that `request` is written to, until the server closes it.
    pub(crate) async fn raw(&self, request: &[u8]) -> String {
        let mut stream = self.connect().await;
        stream.write_all(request).await.unwrap();
        read_to_end(&mut stream).await
    }

    pub(crate) async fn connect(&self) -> TcpStream {
        TcpStream::connect(self.address).await.unwrap()
    }

    /// From now on, [`TOKEN`] opens nothing.
    pub(crate) fn withdraw(&self) {
        self.withdrawn.store(true, Ordering::SeqCst);
    }

    /// Asks the server to end.
    pub(crate) fn stop(&mut self) {
        self.stop.take().unwrap().send(()).unwrap();
    }

    /// Waits until it has, and hands over what held calls have gone through and nobody has heard.
    pub(crate) async fn ended(self) -> UnboundedReceiver<Event> {
        self.serving.await.unwrap();
        self.door.events
    }
}

pub(crate) async fn read_to_end(stream: &mut TcpStream) -> String {
    let mut text = Vec::new();
    // A reset is an end as well.
    let _ = stream.read_to_end(&mut text).await;
    String::from_utf8(text).unwrap()
}

pub(crate) fn request(id: u32, method: &str, params: &Value) -> Value {
    json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params })
}

pub(crate) fn call(tool: &str) -> Value {
    request(1, "tools/call", &json!({ "name": tool, "arguments": {} }))
}

pub(crate) fn meta(version: &str) -> Value {
    json!({
        "io.modelcontextprotocol/protocolVersion": version,
        "io.modelcontextprotocol/clientInfo": { "name": "test", "version": "1" },
        "io.modelcontextprotocol/clientCapabilities": {},
    })
}

pub(crate) fn stateless(mut message: Value) -> Value {
    message["params"]["_meta"] = meta("2026-07-28");
    message
}

/// With the headers that say of `message` what they have to say of a stateless one.
pub(crate) fn headed(request: RequestBuilder, message: &Value) -> RequestBuilder {
    let text = |pointer: &str| message.pointer(pointer).and_then(Value::as_str);
    let request =
        request.header("MCP-Protocol-Version", "2026-07-28").header("Mcp-Method", text("/method").unwrap_or_default());
    match text("/params/name").or_else(|| text("/params/uri")) {
        Some(name) => request.header("Mcp-Name", name),
        None => request,
    }
}

/// Status and body.
pub(crate) async fn taken_apart(response: Response) -> (u16, Value) {
    let status = response.status().as_u16();
    let text = response.text().await.unwrap();
    (status, if text.is_empty() { Value::Null } else { serde_json::from_str(&text).unwrap_or(Value::String(text)) })
}

/// Status and the code of the error in the body.
pub(crate) async fn code(response: Response) -> (u16, i64) {
    let (status, body) = taken_apart(response).await;
    (status, body["error"]["code"].as_i64().unwrap_or_else(|| panic!("an error: {body}")))
}
