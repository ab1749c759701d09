//! A whole hosted server in this process, with an API behind it and a clock that stands still.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::time::Duration;

use axum::body::Body;
use axum::response::Response;
use desk365_mcp::access::{AccessResolver, Options};
use desk365_mcp::admin::AdminApi;
use desk365_mcp::clock::{Clock, Time};
use desk365_mcp::doctor::{Finding, Status};
use desk365_mcp::registry::{OpenOptions, OpenedRegistry, Registry};
use desk365_mcp::seal::MasterKey;
use desk365_mcp::seal::keyring::KeySource;
use desk365_mcp::serve::{self, HostGuard, Routes};
use desk365_mcp::tools::{API, TOOLS};
use desk365_mcp::upstream::{self, UpstreamClient};
use http::{Request, StatusCode};
use jiff::Timestamp;
use secrecy::ExposeSecret as _;
use serde_json::{Map, Value, json};
use tool_runtime::tool::ToolDef;
use wiremock::matchers::any;
use wiremock::{Mock, MockServer, ResponseTemplate};

use crate::common::database::{self, Database};

pub(crate) const ADMIN_TOKEN: &str = "an admin token that tests know";
pub(crate) const API_KEY: &str = "the-key-that-must-not-come-back";
pub(crate) const UNKNOWN_ID: &str = "01890a5d-ac96-774b-bcce-b302099a8057";

/// A clock that only tests move.
#[derive(Clone)]
pub(crate) struct Hands {
    milliseconds: Arc<AtomicI64>,
    monotonic: Arc<AtomicU64>,
}

impl Hands {
    pub(crate) fn new() -> Self {
        Self { milliseconds: Arc::new(AtomicI64::new(1_800_000_000_000)), monotonic: Arc::default() }
    }

    /// Time passes.
    pub(crate) fn pass(&self, time: Duration) {
        self.monotonic.fetch_add(u64::try_from(time.as_millis()).unwrap(), Ordering::SeqCst);
        self.set_by(i64::try_from(time.as_millis()).unwrap());
    }

    /// Somebody sets the calendar, by so many milliseconds.
    pub(crate) fn set_by(&self, milliseconds: i64) {
        self.milliseconds.fetch_add(milliseconds, Ordering::SeqCst);
    }
}

impl Time for Hands {
    fn now(&self) -> Timestamp {
        Timestamp::from_millisecond(self.milliseconds.load(Ordering::SeqCst)).unwrap()
    }

    fn monotonic(&self) -> Duration {
        Duration::from_millis(self.monotonic.load(Ordering::SeqCst))
    }
}

/// One node.
pub(crate) struct Site {
    pub(crate) registry: Registry,
    pub(crate) access: AccessResolver,
    pub(crate) hands: Hands,
    pub(crate) key: MasterKey,
    routes: Routes<AccessResolver>,
    /// Goes with it.
    pub(crate) database: Arc<Database>,
    pub(crate) api: Arc<MockServer>,
}

impl Site {
    /// A node on a new `SQLite` database.
    pub(crate) async fn open() -> Self {
        let api = Arc::new(MockServer::start().await);
        Self::on(Arc::new(database::sqlite()), MasterKey::generate(), Hands::new(), api).await
    }

    /// Another node on the same database.
    pub(crate) async fn sibling(&self) -> Self {
        Self::on(Arc::clone(&self.database), self.key.clone(), self.hands.clone(), Arc::clone(&self.api)).await
    }

    /// A node on a new `SQLite` database that behaves so.
    pub(crate) async fn behaving(options: Options) -> Self {
        let api = Arc::new(MockServer::start().await);
        Self::start(Arc::new(database::sqlite()), MasterKey::generate(), Hands::new(), api, options).await
    }

    pub(crate) async fn on(database: Arc<Database>, key: MasterKey, hands: Hands, api: Arc<MockServer>) -> Self {
        // Purging is tested for itself; here nothing happens but what a test does.
        let options = Options { upkeep_interval: Duration::from_hours(1), ..Options::default() };
        Self::start(database, key, hands, api, options).await
    }

    async fn start(
        database: Arc<Database>,
        key: MasterKey,
        hands: Hands,
        api: Arc<MockServer>,
        options: Options,
    ) -> Self {
        let clock = Clock::of(hands.clone());
        let opening = OpenOptions {
            database_url: database.url.clone(),
            keys: KeySource::Given { key: key.clone(), next: None },
            admin_token: Some(ADMIN_TOKEN.into()),
            public_url: "https://mcp.example.com".to_owned(),
        };
        let OpenedRegistry { registry, admin_token, .. } =
            OpenedRegistry::open_or_create(&API, opening, clock, true).await.unwrap();
        assert!(admin_token.is_none());
        let client = UpstreamClient::new(upstream::Options::default()).unwrap();
        let access = AccessResolver::start(registry.clone(), client, options);
        let admin = AdminApi::new(registry.clone(), |account| {
            Box::pin(async move { vec![Finding::new("reachable", Status::Ok, account.host())] })
        });
        let routes = serve::routes(access.clone(), admin.router(), access.clone(), &HostGuard::new());
        Self { registry, access, hands, key, routes, database, api }
    }

    /// Sends any request.
    pub(crate) async fn request(&self, request: Request<Body>) -> Response {
        self.routes.answer(request).await
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
        taken_apart(self.request(request.unwrap()).await).await
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

    /// Adds an account at the API of this site, and answers its identifier.
    pub(crate) async fn account(&self) -> String {
        let (status, account) = self.post("/integrated-account", &self.account_body()).await;
        assert_eq!(status, 201, "{account}");
        account["id"].as_str().unwrap().to_owned()
    }

    pub(crate) fn account_body(&self) -> Value {
        json!({ "name": "Acme", "api_key": API_KEY, "base_url": self.api.uri() })
    }

    /// Makes a server, and answers all that is said of it.
    pub(crate) async fn server(&self, account: &str, config: &Value) -> Value {
        let body = json!({ "name": "a server", "config": config });
        let (status, server) = self.post(&format!("/integrated-account/{account}/mcp"), &body).await;
        assert_eq!(status, 201, "{server}");
        server
    }

    /// An API token's text.
    pub(crate) async fn api_token(&self, role: &str) -> String {
        let (status, token) = self.post("/api-token", &json!({ "name": role, "role": role })).await;
        assert_eq!(status, 201, "{token}");
        token["token"].as_str().unwrap().to_owned()
    }

    /// Lets the API answer everything so from now on.
    pub(crate) async fn api_answers(&self, status: u16, headers: &[(&str, &str)]) {
        self.api.reset().await;
        let mut answer = ResponseTemplate::new(status).set_body_raw("{}", "application/json");
        for (name, value) in headers {
            answer = answer.insert_header(*name, *value);
        }
        Mock::given(any()).respond_with(answer).mount(&self.api).await;
    }

    /// Sends a message of the protocol to a token.
    pub(crate) async fn mcp(&self, token: &str, bearer: Option<&str>, message: &Value) -> Response {
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

    /// What a token lists, or the status of the refusal.
    pub(crate) async fn listed(&self, token: &str) -> Result<Vec<String>, StatusCode> {
        self.listed_with(token, None).await
    }

    pub(crate) async fn listed_with(&self, token: &str, bearer: Option<&str>) -> Result<Vec<String>, StatusCode> {
        let message = json!({ "jsonrpc": "2.0", "id": 1, "method": "tools/list" });
        let (status, body) = taken_apart(self.mcp(token, bearer, &message).await).await;
        if status != 200 {
            return Err(status);
        }
        let tools = body["result"]["tools"].as_array().unwrap();
        Ok(tools.iter().map(|tool| tool["name"].as_str().unwrap().to_owned()).collect())
    }

    /// Calls a tool, and answers the whole message.
    pub(crate) async fn call(&self, token: &str, tool: &str, arguments: &Value) -> Value {
        let message = json!({
            "jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": { "name": tool, "arguments": arguments },
        });
        let (status, body) = taken_apart(self.mcp(token, None, &message).await).await;
        assert_eq!(status, 200, "{body}");
        body
    }
}

/// Waits until something is so.
pub(crate) async fn until(what: &str, mut is_so: impl AsyncFnMut() -> bool) {
    let wait = async {
        while !is_so().await {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    assert!(tokio::time::timeout(Duration::from_mins(1), wait).await.is_ok(), "waited in vain until {what}");
}

/// A tool that reads, and arguments that fit it.
pub(crate) fn reader() -> (&'static str, Value) {
    let def = tool(|def| def.hints.read_only && def.arguments.len() > 1);
    (def.name, serde_json::from_str(def.example).unwrap())
}

pub(crate) fn tool(is_meant: impl Fn(&ToolDef) -> bool) -> &'static ToolDef {
    TOOLS.iter().map(|tool| tool.def).find(|def| is_meant(def)).unwrap()
}

pub(crate) async fn taken_apart(response: Response) -> (StatusCode, Value) {
    let status = response.status();
    let body = axum::body::to_bytes(response.into_body(), 10_000_000).await.unwrap();
    let body = if body.is_empty() { Value::Null } else { serde_json::from_slice(&body).unwrap() };
    (status, body)
}

/// The places of what is wrong.
pub(crate) fn violated(body: &Value) -> Vec<&str> {
    let violations = body["violations"].as_array().unwrap_or_else(|| panic!("{body}"));
    violations.iter().map(|violation| violation["argument"].as_str().unwrap()).collect()
}

/// The token of a server as it was shown.
pub(crate) fn token(server: &Value) -> &str {
    server["token"].as_str().unwrap()
}

/// The variables of an account's address with values that fit.
pub(crate) fn variables() -> Map<String, Value> {
    API.variables.iter().map(|variable| (variable.name.to_owned(), json!(variable.example))).collect()
}

/// The URL of an opened secret, for comparison only.
pub(crate) fn shown(secret: &secrecy::SecretString) -> &str {
    secret.expose_secret()
}
