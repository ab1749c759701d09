//! One node of the hosted server in this process, with a fake API behind it and a clock that only tests move.

use std::cell::Cell;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::time::Duration;

use axum::body::Body;
use axum::response::Response;
use desk365_mcp::access::{self, AccessResolver};
use desk365_mcp::admin::AdminApi;
use desk365_mcp::call_log::{self, CallLog};
use desk365_mcp::clock::{Clock, TimeSource};
use desk365_mcp::doctor;
use desk365_mcp::oauth::AuthorizationServer;
use desk365_mcp::registry::{OpenOptions, OpenedRegistry, Registry};
use desk365_mcp::seal::MasterKey;
use desk365_mcp::seal::keyring::KeySource;
use desk365_mcp::serve::{self, HostGuard, OpenRoutes, Routes};
use desk365_mcp::sign_in::SignIn;
use desk365_mcp::tools::{API, TOOLS};
use desk365_mcp::upstream::{self, ApiHosts, BoundedClient, UpstreamClient};
use http::{Request, StatusCode};
use jiff::Timestamp;
use serde_json::{Map, Value, json};
use tokio_util::sync::CancellationToken;
use tool_runtime::tool::ToolDef;
use wiremock::matchers::any;
use wiremock::{Mock, MockServer, ResponseTemplate};

use crate::common::database::{self, Database};

pub(crate) const ADMIN_TOKEN: &str = "an admin token that tests know";
pub(crate) const API_KEY: &str = "the-key-that-must-not-come-back";
pub(crate) const UNKNOWN_ID: &str = "01890a5d-ac96-774b-bcce-b302099a8057";

/// A clock that only tests move. Clones share the time.
#[derive(Clone)]
pub(crate) struct ManualClock {
    milliseconds: Arc<AtomicI64>,
    monotonic: Arc<AtomicU64>,
}

impl ManualClock {
    pub(crate) fn new() -> Self {
        Self { milliseconds: Arc::new(AtomicI64::new(1_800_000_000_000)), monotonic: Arc::default() }
    }

    /// Advances both readings.
    pub(crate) fn advance(&self, time: Duration) {
        self.monotonic.fetch_add(u64::try_from(time.as_millis()).unwrap(), Ordering::SeqCst);
        self.shift_calendar(i64::try_from(time.as_millis()).unwrap());
    }

    /// Sets the calendar forwards or backwards, as an operator does. The monotonic reading stays the same.
    pub(crate) fn shift_calendar(&self, milliseconds: i64) {
        self.milliseconds.fetch_add(milliseconds, Ordering::SeqCst);
    }
}

impl TimeSource for ManualClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_millisecond(self.milliseconds.load(Ordering::SeqCst)).unwrap()
    }

    fn monotonic(&self) -> Duration {
        Duration::from_millis(self.monotonic.load(Ordering::SeqCst))
    }
}

/// The settings of a node.
#[derive(Default)]
pub(crate) struct Options {
    pub(crate) access: access::AccessOptions,
    pub(crate) call_log: call_log::CallLogOptions,
    /// True if clients reach the node on this machine only.
    pub(crate) at_loopback: bool,
}

thread_local! {
    /// True while the tests of this thread run on `PostgreSQL`.
    static ON_POSTGRES: Cell<bool> = const { Cell::new(false) };
}

/// Runs tests once more, with each node that they start on a new `PostgreSQL` database.
pub(crate) fn on_postgres(tests: &[fn()]) {
    let Some(_) = database::cluster() else { return };
    ON_POSTGRES.set(true);
    for test in tests {
        test();
    }
}

async fn new_database() -> Arc<Database> {
    Arc::new(if ON_POSTGRES.get() { database::postgres().await.unwrap() } else { database::sqlite() })
}

/// The hosts that an operator has listed.
const LISTED_HOSTS: [&str; 3] = ["elsewhere.example", "example.com", "h"];

/// One node.
pub(crate) struct TestServer {
    pub(crate) registry: Registry,
    pub(crate) call_log: CallLog,
    pub(crate) clock: ManualClock,
    pub(crate) key: MasterKey,
    routes: Routes<AccessResolver>,
    /// Deleted with the last node on it.
    pub(crate) database: Arc<Database>,
    pub(crate) api: Arc<MockServer>,
}

impl TestServer {
    /// Starts a node on a new database: `SQLite`, except within [`on_postgres`].
    pub(crate) async fn start() -> Self {
        Self::with_options(Options::default()).await
    }

    /// Starts a second node on the same database, at the same public URL.
    pub(crate) async fn second_node(&self) -> Self {
        let options = Options { at_loopback: self.registry.has_loopback_url(), ..Options::default() };
        let (database, api) = (Arc::clone(&self.database), Arc::clone(&self.api));
        Self::with(database, self.key.clone(), self.clock.clone(), api, options).await
    }

    /// Starts a node on a new `PostgreSQL` database, or returns `None` if the test is skipped.
    pub(crate) async fn on_postgres() -> Option<Self> {
        let database = Arc::new(database::postgres().await?);
        let api = Arc::new(MockServer::start().await);
        Some(Self::with_database(database, MasterKey::generate(), ManualClock::new(), api).await)
    }

    /// Starts a node with these settings on a new database.
    pub(crate) async fn with_options(options: Options) -> Self {
        let api = Arc::new(MockServer::start().await);
        Self::with(new_database().await, MasterKey::generate(), ManualClock::new(), api, options).await
    }

    /// Starts a node whose public URL is one of this machine.
    pub(crate) async fn at_loopback() -> Self {
        Self::with_options(Options { at_loopback: true, ..Options::default() }).await
    }

    pub(crate) async fn with_database(
        database: Arc<Database>,
        key: MasterKey,
        clock: ManualClock,
        api: Arc<MockServer>,
    ) -> Self {
        Self::with(database, key, clock, api, Options::default()).await
    }

    async fn with(
        database: Arc<Database>,
        key: MasterKey,
        manual_clock: ManualClock,
        api: Arc<MockServer>,
        options: Options,
    ) -> Self {
        let clock = Clock::new(manual_clock.clone());
        let mut hosts = ApiHosts::of_api(&API);
        for host in LISTED_HOSTS {
            hosts.allow(host).unwrap();
        }
        let opening = OpenOptions {
            database_url: database.url.clone(),
            keys: KeySource::Given { key: key.clone(), next: None },
            admin_token: Some(ADMIN_TOKEN.into()),
            public_url: if options.at_loopback { "http://127.0.0.1:8365" } else { "https://mcp.example.com" }
                .to_owned(),
            api_hosts: hosts.clone(),
        };
        let OpenedRegistry { registry, admin_token, .. } =
            OpenedRegistry::open_or_create(&API, opening, clock.clone(), true).await.unwrap();
        assert!(admin_token.is_none());
        let client =
            UpstreamClient::new(upstream::UpstreamOptions { hosts, ..upstream::UpstreamOptions::default() }).unwrap();
        let call_log = CallLog::start(registry.store().clone(), clock.clone(), &options.call_log);
        let access = AccessResolver::new(registry.clone(), client.clone(), call_log.clone(), options.access);
        let documents = BoundedClient::for_documents(client.certificates(), registry.has_loopback_url());
        let providers = BoundedClient::for_providers(client.certificates(), registry.has_loopback_url());
        let admin = AdminApi::new(registry.clone(), move |account| {
            let client = client.clone();
            Box::pin(async move { doctor::examine(&client, &account, &API, TOOLS).await })
        });
        let sign_in = SignIn::new(registry.clone(), admin.throttle(), providers);
        let oauth = AuthorizationServer::new(registry.clone(), documents, sign_in.clone());
        let pages = admin.clone().router().merge(sign_in.router());
        let pages = pages.merge(oauth.pages());
        let open = OpenRoutes { router: oauth.open_routes(), is_at: AuthorizationServer::is_open };
        let routes = serve::routes(access.clone(), pages, open, access, &HostGuard::new(), CancellationToken::new());
        Self { registry, call_log, clock: manual_clock, key, routes, database, api }
    }

    /// Sends a request.
    pub(crate) async fn request(&self, request: Request<Body>) -> Response {
        self.routes.answer(request).await
    }

    /// Sends a request to the admin API and returns the status, the `ETag` and the body.
    pub(crate) async fn send_if_match(
        &self,
        method: &str,
        path: &str,
        if_match: Option<&str>,
        body: &Value,
    ) -> (StatusCode, Option<String>, Value) {
        let request = Request::builder().method(method).uri(path);
        let request = request.header("authorization", format!("Bearer {ADMIN_TOKEN}"));
        let request = request.header("content-type", "application/json");
        let request = match if_match {
            Some(tags) => request.header("if-match", tags),
            None => request,
        };
        let body = if body.is_null() { Body::empty() } else { Body::from(body.to_string()) };
        let response = self.request(request.body(body).unwrap()).await;
        let tag = response.headers().get("etag").map(|tag| tag.to_str().unwrap().to_owned());
        let (status, body) = status_and_json(response).await;
        (status, tag, body)
    }

    /// Sends a request to the admin API with a token.
    pub(crate) async fn send_as(
        &self,
        token: &str,
        method: &str,
        path: &str,
        body: Option<&Value>,
    ) -> (StatusCode, Value) {
        let request = Request::builder().method(method).uri(path).header("authorization", format!("Bearer {token}"));
        let request = match body {
            Some(body) => request.header("content-type", "application/json").body(Body::from(body.to_string())),
            None => request.body(Body::empty()),
        };
        status_and_json(self.request(request.unwrap()).await).await
    }

    pub(crate) async fn get(&self, path: &str) -> (StatusCode, Value) {
        self.send_as(ADMIN_TOKEN, "GET", path, None).await
    }

    pub(crate) async fn post(&self, path: &str, body: &Value) -> (StatusCode, Value) {
        self.send_as(ADMIN_TOKEN, "POST", path, Some(body)).await
    }

    pub(crate) async fn patch(&self, path: &str, body: &Value) -> (StatusCode, Value) {
        self.send_as(ADMIN_TOKEN, "PATCH", path, Some(body)).await
    }

    pub(crate) async fn delete(&self, path: &str) -> (StatusCode, Value) {
        self.send_as(ADMIN_TOKEN, "DELETE", path, None).await
    }

    /// Creates an account at the fake API and returns its identifier.
    pub(crate) async fn create_account(&self) -> String {
        let (status, account) = self.post("/integrated-account", &self.account_body()).await;
        assert_eq!(status, 201, "{account}");
        account["id"].as_str().unwrap().to_owned()
    }

    pub(crate) fn account_body(&self) -> Value {
        json!({ "name": "Acme", "api_key": API_KEY, "base_url": self.api.uri() })
    }

    /// Creates a scoped server and returns the response, which contains its token.
    pub(crate) async fn create_server(&self, account: &str, config: &Value) -> Value {
        let body = json!({ "name": "a server", "config": config });
        let (status, server) = self.post(&format!("/integrated-account/{account}/mcp"), &body).await;
        assert_eq!(status, 201, "{server}");
        server
    }

    /// Creates an API token and returns its text.
    pub(crate) async fn create_api_token(&self, role: &str) -> String {
        let (status, token) = self.post("/api-token", &json!({ "name": role, "role": role })).await;
        assert_eq!(status, 201, "{token}");
        token["token"].as_str().unwrap().to_owned()
    }

    /// Sets the reply of the fake API to every request from now on.
    pub(crate) async fn set_api_reply(&self, status: u16, headers: &[(&str, &str)]) {
        self.api.reset().await;
        let mut reply = ResponseTemplate::new(status).set_body_raw("{}", "application/json");
        for (name, value) in headers {
            reply = reply.insert_header(*name, *value);
        }
        Mock::given(any()).respond_with(reply).mount(&self.api).await;
    }

    /// Sends an MCP message to the server of a token.
    pub(crate) async fn send_mcp(&self, token: &str, bearer: Option<&str>, message: &Value) -> Response {
        let request = Request::builder()
            .method("POST")
            .uri(format!("/mcp/{token}"))
            .header("content-type", "application/json")
            .header("accept", "application/json, text/event-stream")
            .header("mcp-protocol-version", "2025-06-18")
            .header("user-agent", "tester/1.0")
            .header("x-request-id", "request-1");
        let request = match bearer {
            Some(bearer) => request.header("authorization", format!("Bearer {bearer}")),
            None => request,
        };
        self.request(request.body(Body::from(message.to_string())).unwrap()).await
    }

    /// Returns the names of the tools that a token lists, or the status of the refusal.
    pub(crate) async fn list_tools(&self, token: &str) -> Result<Vec<String>, StatusCode> {
        self.list_tools_with(token, None).await
    }

    pub(crate) async fn list_tools_with(&self, token: &str, bearer: Option<&str>) -> Result<Vec<String>, StatusCode> {
        let message = json!({ "jsonrpc": "2.0", "id": 1, "method": "tools/list" });
        let (status, body) = status_and_json(self.send_mcp(token, bearer, &message).await).await;
        if status != 200 {
            return Err(status);
        }
        let tools = body["result"]["tools"].as_array().unwrap();
        Ok(tools.iter().map(|tool| tool["name"].as_str().unwrap().to_owned()).collect())
    }

    /// Calls a tool and returns the JSON-RPC response.
    pub(crate) async fn call_tool(&self, token: &str, tool: &str, arguments: &Value) -> Value {
        let message = json!({
            "jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": { "name": tool, "arguments": arguments },
        });
        let (status, body) = status_and_json(self.send_mcp(token, None, &message).await).await;
        assert_eq!(status, 200, "{body}");
        body
    }
}

/// Waits until a condition holds. Fails after a minute with `what`.
pub(crate) async fn until(what: &str, mut holds: impl AsyncFnMut() -> bool) {
    let wait = async {
        while !holds().await {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    assert!(tokio::time::timeout(Duration::from_mins(1), wait).await.is_ok(), "timed out waiting until {what}");
}

/// Returns the name of a read-only tool, and valid arguments for it.
pub(crate) fn read_tool() -> (&'static str, Value) {
    let def = find_tool(|def| def.hints.read_only && def.arguments.len() > 1);
    (def.name, serde_json::from_str(def.example).unwrap())
}

pub(crate) fn find_tool(is_wanted: impl Fn(&ToolDef) -> bool) -> &'static ToolDef {
    TOOLS.iter().map(|tool| tool.def).find(|def| is_wanted(def)).unwrap()
}

pub(crate) async fn status_and_json(response: Response) -> (StatusCode, Value) {
    let status = response.status();
    let body = axum::body::to_bytes(response.into_body(), 10_000_000).await.unwrap();
    let body = if body.is_empty() { Value::Null } else { serde_json::from_slice(&body).unwrap() };
    (status, body)
}

/// Returns the arguments that the violations of an error name.
pub(crate) fn violated_arguments(body: &Value) -> Vec<&str> {
    let violations = body["violations"].as_array().unwrap_or_else(|| panic!("{body}"));
    violations.iter().map(|violation| violation["argument"].as_str().unwrap()).collect()
}

/// Returns the token in the response to the creation of a server or API token.
pub(crate) fn token(created: &Value) -> &str {
    created["token"].as_str().unwrap()
}

/// Returns valid values for the base URL's variables.
pub(crate) fn variables() -> Map<String, Value> {
    API.variables.iter().map(|variable| (variable.name.to_owned(), json!(variable.example))).collect()
}
