//! A test server on a real socket, with the fixture service behind it, and the ways to send requests to it.

use std::future::pending;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use axum::Router;
use desk365_mcp::serve::{ConnectionLimits, HostGuard, OpenRoutes, ProbeBackend, ServeOptions, routes, serve};
use mcp_server::http::{AccessRequest, ByteBudget, Denied, Granted, Limits, Resolver};
use reqwest::{RequestBuilder, Response};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc::UnboundedReceiver;
use tokio::sync::{Semaphore, oneshot};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::common::fixture_service::{Event, FixtureHandle, FixtureService};

/// The token of the fixture service.
pub(crate) const TOKEN: &str = "secret-token-of-the-fixture";
/// A token of the fixture service that works only together with [`API_TOKEN`].
pub(crate) const TWO_FACTOR_TOKEN: &str = "secret-token-with-a-second-factor";
/// An API token.
pub(crate) const API_TOKEN: &str = "secret-api-token";
/// A token that cannot be looked up.
pub(crate) const UNAVAILABLE_TOKEN: &str = "secret-token-out-of-reach";

/// The number of requests that may be in flight at once.
pub(crate) const REQUEST_LIMIT: usize = 3;

/// The time for calls that are in flight when the server stops.
const DRAIN_TIMEOUT: Duration = Duration::from_secs(30);

#[derive(Clone)]
pub(crate) struct TestResolver {
    service: Arc<FixtureService>,
    limits: Limits,
    revoked: Arc<AtomicBool>,
}

impl Resolver for TestResolver {
    type Service = FixtureService;

    async fn resolve(&self, access: &AccessRequest<'_>) -> Result<Granted<FixtureService>, Denied> {
        match access.token {
            TOKEN if self.revoked.load(Ordering::SeqCst) => return Err(Denied::Unknown),
            TOKEN => {}
            TWO_FACTOR_TOKEN if access.bearer == Some(API_TOKEN) => {}
            TWO_FACTOR_TOKEN => return Err(Denied::Unauthorized),
            UNAVAILABLE_TOKEN => return Err(Denied::Unavailable),
            _ => return Err(Denied::Unknown),
        }
        Ok(Granted::new(Arc::clone(&self.service), self.limits.clone()))
    }
}

/// Answers to the probes: `None` if all is well, else the reason.
#[derive(Clone, Copy, Default)]
pub(crate) struct TestBackend {
    pub(crate) serves_no_calls: Option<&'static str>,
    pub(crate) takes_no_changes: Option<&'static str>,
}

impl ProbeBackend for TestBackend {
    async fn can_serve(&self) -> Result<(), &'static str> {
        self.serves_no_calls.map_or(Ok(()), Err)
    }

    async fn takes_changes(&self) -> Result<(), &'static str> {
        self.takes_no_changes.map_or(Ok(()), Err)
    }

    async fn knows_api_token(&self, token: &str, _peer: Option<IpAddr>) -> Result<bool, Duration> {
        Ok(token == API_TOKEN)
    }
}

/// A running server.
pub(crate) struct TestServer {
    pub(crate) address: SocketAddr,
    pub(crate) fixture: FixtureHandle,
    pub(crate) client: reqwest::Client,
    /// The bytes that the server holds for its clients.
    pub(crate) bytes: ByteBudget,
    revoked: Arc<AtomicBool>,
    /// Makes the server not ready.
    pub(crate) draining: CancellationToken,
    stop: Option<oneshot::Sender<()>>,
    serving: JoinHandle<()>,
}

impl TestServer {
    pub(crate) async fn start() -> Self {
        Self::start_with(HostGuard::new(), TestBackend::default()).await
    }

    pub(crate) async fn start_with(host_guard: HostGuard, backend: TestBackend) -> Self {
        Self::start_within(host_guard, backend, ByteBudget::new(u64::MAX), ConnectionLimits::default()).await
    }

    /// Starts a server that holds at most these bytes and connections.
    pub(crate) async fn start_within(
        host_guard: HostGuard,
        backend: TestBackend,
        bytes: ByteBudget,
        connections: ConnectionLimits,
    ) -> Self {
        let (service, fixture) = FixtureService::new();
        let revoked = Arc::new(AtomicBool::new(false));
        let resolver = TestResolver {
            service: Arc::new(service),
            limits: Limits { requests: vec![Arc::new(Semaphore::new(REQUEST_LIMIT))], bytes: bytes.clone() },
            revoked: Arc::clone(&revoked),
        };
        let draining = CancellationToken::new();
        let routes = routes(resolver, Router::new(), OpenRoutes::none(), backend, &host_guard, draining.clone());
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let options = ServeOptions { connections, drain_timeout: DRAIN_TIMEOUT };
        let (stop, stopped) = oneshot::channel();
        let until_stopped = async move {
            let _ = stopped.await;
        };
        let serving = tokio::spawn(serve(listener, routes, host_guard, options, until_stopped, pending()));
        // Fails if another test was first.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = reqwest::Client::builder().no_proxy().tls_certs_only([]).build().unwrap();
        Self { address, fixture, client, bytes, revoked, draining, stop: Some(stop), serving }
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// A POST request to the URL of the fixture service.
    pub(crate) fn post(&self) -> RequestBuilder {
        self.client.post(self.url(&format!("/mcp/{TOKEN}")))
    }

    /// Sends a message of the handshake lifecycle, without MCP headers.
    pub(crate) async fn handshake(&self, message: &Value) -> Response {
        self.post().json(message).send().await.unwrap()
    }

    /// Sends a message of the stateless lifecycle, with the headers that it needs.
    pub(crate) async fn stateless(&self, message: &Value) -> Response {
        with_stateless_headers(self.post(), message).json(message).send().await.unwrap()
    }

    /// Sends these bytes on a connection of their own, and reads until the server closes it.
    pub(crate) async fn send_raw(&self, request: &[u8]) -> String {
        let mut stream = self.connect().await;
        stream.write_all(request).await.unwrap();
        read_to_end(&mut stream).await
    }

    pub(crate) async fn connect(&self) -> TcpStream {
        TcpStream::connect(self.address).await.unwrap()
    }

    /// Revokes [`TOKEN`].
    pub(crate) fn revoke(&self) {
        self.revoked.store(true, Ordering::SeqCst);
    }

    /// Starts the shutdown.
    pub(crate) fn stop(&mut self) {
        self.stop.take().unwrap().send(()).unwrap();
    }

    /// Waits until the server has shut down. Returns the events that no test has received.
    pub(crate) async fn stopped(self) -> UnboundedReceiver<Event> {
        self.serving.await.unwrap();
        self.fixture.events
    }
}

pub(crate) async fn read_to_end(stream: &mut TcpStream) -> String {
    let mut text = Vec::new();
    // A reset also ends the connection.
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

/// Adds the headers that a stateless message needs.
pub(crate) fn with_stateless_headers(request: RequestBuilder, message: &Value) -> RequestBuilder {
    let text = |pointer: &str| message.pointer(pointer).and_then(Value::as_str);
    let request =
        request.header("MCP-Protocol-Version", "2026-07-28").header("Mcp-Method", text("/method").unwrap_or_default());
    match text("/params/name").or_else(|| text("/params/uri")) {
        Some(name) => request.header("Mcp-Name", name),
        None => request,
    }
}

pub(crate) async fn status_and_body(response: Response) -> (u16, Value) {
    let status = response.status().as_u16();
    let text = response.text().await.unwrap();
    (status, if text.is_empty() { Value::Null } else { serde_json::from_str(&text).unwrap_or(Value::String(text)) })
}

/// The status, and the code of the error in the body.
pub(crate) async fn status_and_code(response: Response) -> (u16, i64) {
    let (status, body) = status_and_body(response).await;
    (status, body["error"]["code"].as_i64().unwrap_or_else(|| panic!("expected an error: {body}")))
}
