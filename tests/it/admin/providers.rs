//! Signing in with a real identity provider, and everything that must not work.

mod attacks;
mod configuration;
mod flow;
mod leaving;

use std::collections::BTreeMap;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use axum::body::Body;
use http::{HeaderMap, Request, StatusCode};
use serde_json::{Value, json};
use url::Url;

use crate::admin::test_server::TestServer;
use crate::common::identity_provider::{CLIENT_ID, CLIENT_SECRET, IdentityProvider};

/// The public URL of the node.
const PUBLIC: &str = "http://127.0.0.1:8365";

/// A node with a provider.
struct Fixture {
    node: TestServer,
    provider: IdentityProvider,
    /// The ID of the provider at the node.
    id: String,
}

impl Fixture {
    /// Starts both. Returns `None` if the test is skipped.
    async fn start(rules: Value) -> Option<Self> {
        let mut provider = IdentityProvider::start()?;
        let node = TestServer::at_loopback().await;
        // The provider's clock is the real one.
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
        let ahead = i64::try_from(now.as_millis()).unwrap() - node.registry.clock().now().as_millisecond();
        node.clock.shift_calendar(ahead);
        let mut body = json!({
            "name": "Company", "preset": "other", "issuer": provider.issuer,
            "client_id": CLIENT_ID, "client_secret": CLIENT_SECRET,
        });
        body.as_object_mut().unwrap().extend(rules.as_object().unwrap().clone());
        let (status, made) = node.post("/identity-provider", &body).await;
        assert_eq!(status, 201, "{made}");
        provider.register(made["redirect_uri"].as_str().unwrap());
        let id = made["id"].as_str().unwrap().to_owned();
        Some(Self { node, provider, id })
    }

    /// Signs in, and returns what the node answers in the end, with the browser.
    async fn sign_in(&self) -> (Answer, Browser) {
        let mut browser = Browser::default();
        let callback = browser.go_to_provider(self, "/console#/activity").await;
        (browser.open(&self.node, &callback).await, browser)
    }

    /// Signs in with these claims. Returns the text of the refusal.
    async fn refusal(&self, claims: Value) -> String {
        self.provider.control(json!({ "claims": claims })).await;
        let (answer, mut browser) = self.sign_in().await;
        assert_eq!(answer.status, 403, "{}", answer.text);
        assert_eq!(browser.session(&self.node).await, Value::Null);
        answer.text
    }

    async fn users(&self) -> Vec<Value> {
        self.node.get("/user").await.1["result"].as_array().unwrap().clone()
    }
}

/// The answer of a node.
struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    text: String,
}

impl Answer {
    fn location(&self) -> &str {
        self.headers.get("location").map_or("", |location| location.to_str().unwrap())
    }
}

/// A browser that follows redirects between the node and the provider.
#[derive(Clone, Default)]
struct Browser {
    /// The cookies of the node and of the provider.
    own: BTreeMap<String, String>,
    foreign: BTreeMap<String, String>,
}

impl Browser {
    /// Opens a path of the node.
    async fn open(&mut self, node: &TestServer, path: &str) -> Answer {
        let request = Request::builder().uri(path).header("host", "127.0.0.1:8365").header("cookie", line(&self.own));
        let (head, body) = node.request(request.body(Body::empty()).unwrap()).await.into_parts();
        keep(&mut self.own, &head.headers);
        let body = axum::body::to_bytes(body, 1_000_000).await.unwrap();
        Answer { status: head.status, headers: head.headers, text: String::from_utf8(body.to_vec()).unwrap() }
    }

    async fn session(&mut self, node: &TestServer) -> Value {
        serde_json::from_str(&self.open(node, "/sign-in/session.json").await.text).unwrap()
    }

    /// Begins a sign-in. Returns the address at the provider.
    async fn begin(&mut self, fixture: &Fixture, return_to: &str) -> Url {
        let query: String = url::form_urlencoded::byte_serialize(return_to.as_bytes()).collect();
        let answer = self.open(&fixture.node, &format!("/sign-in/start/{}?return_to={query}", fixture.id)).await;
        assert_eq!(answer.status, 303, "{}", answer.text);
        answer.location().parse().unwrap()
    }

    /// Begins a sign-in and goes through the provider. Returns the path of the callback.
    async fn go_to_provider(&mut self, fixture: &Fixture, return_to: &str) -> String {
        let at = self.begin(fixture, return_to).await;
        self.follow(at).await
    }

    /// Follows the provider's redirects, up to the callback of the node.
    async fn follow(&mut self, mut at: Url) -> String {
        let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
        for _ in 0..20 {
            let response = client.get(at.clone()).header("cookie", line(&self.foreign)).send().await.unwrap();
            keep(&mut self.foreign, response.headers());
            let Some(location) = response.headers().get("location") else {
                panic!("{at}: {}", response.text().await.unwrap());
            };
            at = at.join(location.to_str().unwrap()).unwrap();
            if let Some(path) = at.as_str().strip_prefix(PUBLIC) {
                return path.to_owned();
            }
        }
        panic!("the provider does not lead back: {at}");
    }
}

fn line(cookies: &BTreeMap<String, String>) -> String {
    cookies.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("; ")
}

fn keep(cookies: &mut BTreeMap<String, String>, headers: &HeaderMap) {
    for set in headers.get_all("set-cookie") {
        let (name, rest) = set.to_str().unwrap().split_once('=').unwrap();
        let value = rest.split(';').next().unwrap();
        if value.is_empty() {
            cookies.remove(name);
        } else {
            cookies.insert(name.to_owned(), value.to_owned());
        }
    }
}

/// A minute more than the time for which a confirmation is not repeated.
const LATER: Duration = Duration::from_mins(2);
