//! A browser at a test server: it keeps cookies by name, opens pages, sends forms, and says where its requests come from.

use std::collections::BTreeMap;
use std::net::SocketAddr;

use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::response::Response;
use http::{HeaderMap, Request, StatusCode};
use serde_json::Value;
use url::Url;

use crate::admin::test_server::{TestServer, status_and_json};

/// The origin of a test server that is not at loopback.
pub(crate) const ORIGIN: &str = "https://mcp.example.com";
const SESSION: &str = "__Host-desk365-session";

/// A browser.
#[derive(Clone, Debug, Default)]
pub(crate) struct Browser {
    /// The cookies of the server.
    pub(crate) cookies: Cookies,
    /// The cookies of the identity provider.
    pub(crate) provider_cookies: Cookies,
    /// The address from which its requests come, if that matters.
    peer: Option<SocketAddr>,
    csrf_token: String,
}

/// The cookies of one site.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Cookies(BTreeMap<String, String>);

/// A page that a browser shows, or a redirect.
pub(crate) struct Shown {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) text: String,
}

impl Cookies {
    /// The value of the `Cookie` header.
    pub(crate) fn line(&self) -> String {
        self.0.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("; ")
    }

    /// Keeps the cookies that a response sets, and forgets those that it deletes.
    pub(crate) fn keep(&mut self, headers: &HeaderMap) {
        for set in headers.get_all("set-cookie") {
            let (name, rest) = set.to_str().unwrap().split_once('=').unwrap();
            let (value, attributes) = rest.split_once(';').unwrap_or((rest, ""));
            if name == SESSION {
                let lifetime = if value.is_empty() { 0 } else { 12 * 60 * 60 };
                assert_eq!(attributes, format!(" Path=/; Max-Age={lifetime}; HttpOnly; SameSite=Lax; Secure"));
            }
            if value.is_empty() {
                self.0.remove(name);
            } else {
                self.0.insert(name.to_owned(), value.to_owned());
            }
        }
    }

    /// The value of the session cookie.
    pub(crate) fn session(&self) -> Option<&str> {
        self.0.get(SESSION).map(String::as_str)
    }

    /// Plants a session cookie.
    pub(crate) fn plant_session(&mut self, value: &str) {
        self.0.insert(SESSION.to_owned(), value.to_owned());
    }
}

impl Shown {
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// The address that the response leads to, or an empty text.
    pub(crate) fn location(&self) -> &str {
        self.header("location")
    }

    /// The content security policy.
    pub(crate) fn policy(&self) -> &str {
        self.header("content-security-policy")
    }

    /// The value of a hidden field of the page's form.
    pub(crate) fn field(&self, name: &str) -> String {
        let start = format!("name=\"{name}\" value=\"");
        let rest =
            &self.text[self.text.find(&start).unwrap_or_else(|| panic!("no {name}: {}", self.text)) + start.len()..];
        rest[..rest.find('"').unwrap()].replace("&amp;", "&")
    }

    /// The value of a parameter of the address that the response leads to.
    pub(crate) fn parameter(&self, name: &str) -> Option<String> {
        let location = Url::parse(self.location()).ok()?;
        location.query_pairs().find(|(known, _)| known == name).map(|(_, value)| value.into_owned())
    }
}

impl Browser {
    /// A browser with these cookies of the server.
    pub(crate) fn with_cookies(cookies: Cookies) -> Self {
        Self { cookies, ..Self::default() }
    }

    /// A browser at an address.
    pub(crate) fn at(peer: SocketAddr) -> Self {
        Self { peer: Some(peer), ..Self::default() }
    }

    /// A browser in which the holder of an API token is signed in.
    pub(crate) async fn signed_in(node: &TestServer, token: &str) -> Self {
        let mut browser = Self::default();
        let shown = browser.submit_token(node, token, "/console").await;
        assert_eq!((shown.status.as_u16(), shown.location()), (303, "./console"), "{}", shown.text);
        let csrf_token = browser.session(node).await["csrf_token"].as_str().unwrap().to_owned();
        browser.csrf_token = csrf_token;
        browser
    }

    /// Submits the sign-in form.
    pub(crate) async fn submit_token(&mut self, node: &TestServer, token: &str, return_to: &str) -> Shown {
        self.submit(node, "/sign-in", ORIGIN, &[("token", token), ("return_to", return_to)]).await
    }

    /// Signs out.
    pub(crate) async fn sign_out(&mut self, node: &TestServer, everywhere: bool) -> Shown {
        let csrf_token = self.csrf_token.clone();
        let everywhere = if everywhere { "true" } else { "" };
        self.submit(node, "/sign-out", ORIGIN, &[("csrf_token", &csrf_token), ("everywhere", everywhere)]).await
    }

    /// Submits a form on a page of `origin`.
    pub(crate) async fn submit(
        &mut self,
        node: &TestServer,
        path: &str,
        origin: &str,
        fields: &[(&str, &str)],
    ) -> Shown {
        let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        let request = self.request(node, "POST", path).header("origin", origin);
        let request = request.header("content-type", "application/x-www-form-urlencoded");
        self.shown(node.request(request.body(Body::from(body)).unwrap()).await).await
    }

    /// Opens a page.
    pub(crate) async fn open(&mut self, node: &TestServer, path: &str) -> Shown {
        let request = self.request(node, "GET", path).body(Body::empty()).unwrap();
        self.shown(node.request(request).await).await
    }

    /// Returns the facts that the console's page gets about its session.
    pub(crate) async fn session(&mut self, node: &TestServer) -> Value {
        let shown = self.open(node, "/sign-in/session.json").await;
        assert_eq!(shown.status, 200, "{}", shown.text);
        serde_json::from_str(&shown.text).unwrap()
    }

    /// Sends a request to the admin API as the console's page does.
    pub(crate) async fn send(&self, node: &TestServer, method: &str, path: &str, body: Value) -> (StatusCode, Value) {
        self.send_from(node, method, path, body, &[("origin", ORIGIN), ("x-csrf-token", &self.csrf_token)]).await
    }

    /// Sends a request to the admin API with these headers.
    pub(crate) async fn send_from(
        &self,
        node: &TestServer,
        method: &str,
        path: &str,
        body: Value,
        headers: &[(&str, &str)],
    ) -> (StatusCode, Value) {
        let request = self.request(node, method, path).header("content-type", "application/json");
        let request = headers.iter().fold(request, |request, (name, value)| request.header(*name, *value));
        let body = if body.is_null() { Body::empty() } else { Body::from(body.to_string()) };
        status_and_json(node.request(request.body(body).unwrap()).await).await
    }

    fn request(&self, node: &TestServer, method: &str, path: &str) -> http::request::Builder {
        let (_, host) = node.registry.public_url().split_once("://").unwrap();
        // A cookie of another program on the site.
        let cookies = format!("theme=dark; {}", self.cookies.line());
        let request = Request::builder().method(method).uri(path).header("host", host).header("cookie", cookies);
        match self.peer {
            Some(peer) => request.extension(ConnectInfo(peer)),
            None => request,
        }
    }

    async fn shown(&mut self, response: Response) -> Shown {
        let (head, body) = response.into_parts();
        self.cookies.keep(&head.headers);
        let body = axum::body::to_bytes(body, 10_000_000).await.unwrap();
        Shown { status: head.status, headers: head.headers, text: String::from_utf8(body.to_vec()).unwrap() }
    }
}
