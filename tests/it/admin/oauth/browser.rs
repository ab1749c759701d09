//! A browser: it keeps the session cookie, follows links and sends forms.

use axum::body::Body;
use axum::response::Response;
use http::Request;
use url::Url;

use crate::admin::test_server::{ADMIN_TOKEN, TestServer};

/// The origin of the test server.
pub(crate) const ORIGIN: &str = "https://mcp.example.com";

/// A browser.
#[derive(Clone, Default)]
pub(crate) struct Browser {
    cookie: Option<String>,
}

/// A page, or a redirect.
pub(crate) struct Visit {
    pub(crate) status: u16,
    pub(crate) location: Option<String>,
    pub(crate) policy: String,
    pub(crate) text: String,
}

impl Browser {
    /// A browser in which the admin has signed in.
    pub(crate) async fn signed_in(node: &TestServer) -> Self {
        Self::signed_in_with(node, ADMIN_TOKEN).await
    }

    /// A browser in which the user of an API token has signed in.
    pub(crate) async fn signed_in_with(node: &TestServer, token: &str) -> Self {
        let mut browser = Self::default();
        let visit = browser.post(node, "/sign-in", &[("token", token)], ORIGIN).await;
        assert_eq!(visit.status, 303, "{}", visit.text);
        browser
    }

    /// Opens a path of the server.
    pub(crate) async fn get(&mut self, node: &TestServer, path: &str) -> Visit {
        self.send(node, Request::get(path), Body::empty()).await
    }

    /// Sends a form from a page of `origin`.
    pub(crate) async fn post(&mut self, node: &TestServer, path: &str, fields: &[(&str, &str)], origin: &str) -> Visit {
        let form = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        let request = Request::post(path).header("content-type", "application/x-www-form-urlencoded");
        self.send(node, request.header("origin", origin), Body::from(form)).await
    }

    async fn send(&mut self, node: &TestServer, request: http::request::Builder, body: Body) -> Visit {
        let request = request.header("host", "mcp.example.com");
        let request = match &self.cookie {
            Some(cookie) => request.header("cookie", cookie),
            None => request,
        };
        let response = node.request(request.body(body).unwrap()).await;
        let header = |response: &Response, name: &str| {
            response.headers().get(name).map(|value| value.to_str().unwrap().to_owned())
        };
        if let Some(set) = header(&response, "set-cookie") {
            self.cookie = set.split(';').next().map(str::to_owned);
        }
        let (status, location) = (response.status().as_u16(), header(&response, "location"));
        let policy = header(&response, "content-security-policy").unwrap_or_default();
        let body = axum::body::to_bytes(response.into_body(), 10_000_000).await.unwrap();
        Visit { status, location, policy, text: String::from_utf8(body.to_vec()).unwrap() }
    }
}

impl Visit {
    /// The value of a hidden field of the page's form.
    pub(crate) fn field(&self, name: &str) -> String {
        let start = format!("name=\"{name}\" value=\"");
        let rest =
            &self.text[self.text.find(&start).unwrap_or_else(|| panic!("no {name}: {}", self.text)) + start.len()..];
        rest[..rest.find('"').unwrap()].replace("&amp;", "&")
    }

    /// The value of a parameter of the address that the response leads to.
    pub(crate) fn parameter(&self, name: &str) -> Option<String> {
        let location = Url::parse(self.location.as_ref()?).ok()?;
        location.query_pairs().find(|(known, _)| known == name).map(|(_, value)| value.into_owned())
    }
}
