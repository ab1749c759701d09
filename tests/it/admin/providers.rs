//! Signing in with a real identity provider, and everything that must not work.

mod attacks;
mod configuration;
mod connections;
mod flow;
mod leaving;
mod rules;
mod user_info;

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use desk365_mcp::sign_in::SignIn;
use desk365_mcp::upstream::{BoundedClient, TrustedCertificates};
use serde_json::{Value, json};
use url::Url;
use uuid::Uuid;

use crate::admin::browser::{Browser, Shown};
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

    /// Signs in, and returns what the node shows in the end, with the browser.
    async fn sign_in(&self) -> (Shown, Browser) {
        let mut browser = Browser::default();
        let callback = browser.go_to_provider(self, "/console#/activity").await;
        (browser.open(&self.node, &callback).await, browser)
    }

    /// Signs in with these claims. Returns the text of the refusal.
    async fn refusal(&self, claims: Value) -> String {
        self.provider.control(json!({ "claims": claims })).await;
        let (shown, mut browser) = self.sign_in().await;
        assert_eq!(shown.status, 403, "{}", shown.text);
        assert_eq!(browser.session(&self.node).await, Value::Null);
        shown.text
    }

    async fn users(&self) -> Vec<Value> {
        self.node.get("/user").await.1["result"].as_array().unwrap().clone()
    }
}

/// Signs in. Returns what asks the provider about the user.
async fn signed_in(fixture: &Fixture) -> (SignIn, Uuid, Option<Uuid>) {
    let (shown, mut browser) = fixture.sign_in().await;
    assert_eq!(shown.status, 303, "{}", shown.text);
    assert_ne!(browser.session(&fixture.node).await, Value::Null);
    let registry = fixture.node.registry.clone();
    let throttle = desk365_mcp::registry::AuthThrottle::new(registry.clock().clone());
    let user = fixture.users().await[0]["id"].as_str().unwrap().parse().unwrap();
    let providers = BoundedClient::for_providers(TrustedCertificates::default(), true);
    (SignIn::new(registry, throttle, providers), user, Some(fixture.id.parse().unwrap()))
}

impl Browser {
    /// Begins a sign-in. Returns the address at the provider.
    async fn begin(&mut self, fixture: &Fixture, return_to: &str) -> Url {
        let query: String = url::form_urlencoded::byte_serialize(return_to.as_bytes()).collect();
        let shown = self.open(&fixture.node, &format!("/sign-in/start/{}?return_to={query}", fixture.id)).await;
        assert_eq!(shown.status, 303, "{}", shown.text);
        shown.location().parse().unwrap()
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
            let response = client.get(at.clone()).header("cookie", self.provider_cookies.line()).send().await.unwrap();
            self.provider_cookies.keep(response.headers());
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

/// A minute more than the time for which a confirmation is not repeated.
const LATER: Duration = Duration::from_mins(2);
