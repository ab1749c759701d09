//! A small HTTP client for a sandbox. It knows no tool and no API.

use api_sandbox::{Sandbox, SandboxOptions, start};
use reqwest::multipart::{Form, Part};
use secrecy::ExposeSecret as _;
use serde_json::Value;
use tool_runtime::file::FileContent;
use tool_runtime::request::{Request, RequestBody};

/// A sandbox and a client for it.
pub(crate) struct SandboxClient {
    pub(crate) sandbox: Sandbox,
    http: reqwest::Client,
}

/// A response.
pub(crate) struct SandboxReply {
    pub(crate) status: u16,
    pub(crate) headers: reqwest::header::HeaderMap,
    pub(crate) text: String,
}

impl SandboxReply {
    /// The body, which must be JSON, of a call that must have succeeded.
    pub(crate) fn ok(&self) -> Value {
        assert_eq!(self.status, 200, "{}", self.text);
        self.json()
    }

    /// The body, which must be JSON.
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text).expect(&self.text)
    }

    /// The text of an error, which must have this status.
    pub(crate) fn error(&self, status: u16) -> String {
        assert_eq!(self.status, status, "{}", self.text);
        let body = self.json();
        assert_eq!(body["status"], status);
        body["message"].as_str().unwrap().to_owned()
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }
}

impl SandboxClient {
    pub(crate) async fn start(definition: &str, options: SandboxOptions) -> Self {
        let sandbox = start(definition, options).await.unwrap_or_else(|error| panic!("{error}"));
        Self { sandbox, http: http() }
    }

    /// A request that carries the key.
    pub(crate) fn request(&self, method: &str, target: &str) -> reqwest::RequestBuilder {
        self.keyless(method, target).header("Authorization", self.sandbox.key.expose_secret())
    }

    pub(crate) fn keyless(&self, method: &str, target: &str) -> reqwest::RequestBuilder {
        let url = format!("{}{target}", self.sandbox.base_url);
        self.http.request(method.parse().unwrap(), url)
    }

    pub(crate) async fn get(&self, target: &str) -> SandboxReply {
        send(self.request("GET", target)).await
    }

    pub(crate) async fn json(&self, method: &str, target: &str, body: Value) -> SandboxReply {
        let request = self.request(method, target).header("content-type", "application/json");
        send(request.body(body.to_string())).await
    }

    pub(crate) async fn form(&self, target: &str, form: Form) -> SandboxReply {
        send(self.request("POST", target).multipart(form)).await
    }

    /// Sends what a tool made of its arguments.
    pub(crate) async fn tool(&self, request: &Request) -> SandboxReply {
        let builder = self.request(request.method().name(), &request.target());
        let builder = match request.body() {
            RequestBody::Empty => builder,
            RequestBody::Json(json) => builder.header("content-type", "application/json").body(json.clone()),
            RequestBody::Form(form) => {
                let mut parts = Form::new();
                for (name, value) in &form.fields {
                    parts = parts.text(*name, value.clone());
                }
                for file in &form.files {
                    let FileContent::Inline(bytes) = &file.content else { panic!("an example names a path") };
                    let part = Part::bytes(bytes.to_vec()).file_name(file.filename.clone());
                    parts = parts.part(form.part, part.mime_str(&file.content_type).unwrap());
                }
                builder.multipart(parts)
            }
        };
        send(builder).await
    }
}

/// A client that goes straight to this computer, whatever proxies its environment names.
pub(crate) fn http() -> reqwest::Client {
    // Another test of this process may have been first.
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder().no_proxy().build().unwrap()
}

pub(crate) async fn send(request: reqwest::RequestBuilder) -> SandboxReply {
    let reply = request.send().await.unwrap();
    SandboxReply {
        status: reply.status().as_u16(),
        headers: reply.headers().clone(),
        text: reply.text().await.unwrap(),
    }
}

/// One field of each of these records.
pub(crate) fn column(rows: &Value, field: &str) -> Vec<Value> {
    rows.as_array().expect("a list of rows").iter().map(|row| row[field].clone()).collect()
}

/// A query: names and values, encoded.
pub(crate) fn query(pairs: &[(&str, &str)]) -> String {
    url::form_urlencoded::Serializer::new(String::from("?")).extend_pairs(pairs).finish()
}
