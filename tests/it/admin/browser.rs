//! A browser at a test server, as far as signing in needs one: it keeps the session cookie and says where requests come from.

use axum::body::Body;
use axum::response::Response;
use http::{HeaderMap, Request, StatusCode};
use serde_json::Value;

use crate::admin::test_server::{TestServer, status_and_json};

pub(crate) const ORIGIN: &str = "https://mcp.example.com";
const COOKIE: &str = "__Host-desk365-session";

/// A browser.
#[derive(Clone, Debug, Default)]
pub(crate) struct Browser {
    /// The value of the session cookie.
    pub(crate) cookie: Option<String>,
    csrf_token: String,
}

/// A page that a browser shows.
pub(crate) struct Shown {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) text: String,
}

impl Shown {
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }
}

impl Browser {
    /// A browser in which the holder of an API token is signed in.
    pub(crate) async fn signed_in(node: &TestServer, token: &str) -> Self {
        let mut browser = Self::default();
        let shown = browser.submit_token(node, token, "/console").await;
        assert_eq!(shown.status, 303, "{}", shown.text);
        assert_eq!(shown.header("location"), "./console");
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
        let request = self.request("POST", path).header("origin", origin);
        let request = request.header("content-type", "application/x-www-form-urlencoded");
        self.shown(node.request(request.body(Body::from(body)).unwrap()).await).await
    }

    /// Opens a page.
    pub(crate) async fn open(&mut self, node: &TestServer, path: &str) -> Shown {
        let request = self.request("GET", path).body(Body::empty()).unwrap();
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
        let request = self.request(method, path).header("content-type", "application/json");
        let request = headers.iter().fold(request, |request, (name, value)| request.header(*name, *value));
        let body = if body.is_null() { Body::empty() } else { Body::from(body.to_string()) };
        status_and_json(node.request(request.body(body).unwrap()).await).await
    }

    fn request(&self, method: &str, path: &str) -> http::request::Builder {
        let request = Request::builder().method(method).uri(path).header("host", "mcp.example.com");
        match &self.cookie {
            Some(cookie) => request.header("cookie", format!("theme=dark; {COOKIE}={cookie}")),
            None => request,
        }
    }

    async fn shown(&mut self, response: Response) -> Shown {
        let (head, body) = response.into_parts();
        let body = axum::body::to_bytes(body, 1_000_000).await.unwrap();
        for line in head.headers.get_all("set-cookie") {
            let line = line.to_str().unwrap();
            let (value, attributes) = line.strip_prefix(&format!("{COOKIE}=")).unwrap().split_once("; ").unwrap();
            let lifetime = if value.is_empty() { 0 } else { 12 * 60 * 60 };
            assert_eq!(attributes, format!("Path=/; Max-Age={lifetime}; HttpOnly; SameSite=Lax; Secure"));
            self.cookie = Some(value.to_owned()).filter(|value| !value.is_empty());
        }
        Shown { status: head.status, headers: head.headers, text: String::from_utf8(body.to_vec()).unwrap() }
    }
}
