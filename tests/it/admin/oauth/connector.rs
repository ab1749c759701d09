//! A client of the authorization server, which a user connects to a server.

use axum::body::Body;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::Request;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::admin::browser::{Browser, Shown};
use crate::admin::test_server::{TestServer, status_and_json};

/// The verifier of every request.
pub(crate) const VERIFIER: &str = "a-verifier-of-a-client-that-is-long-enough-for-the-rfc";

/// A client.
#[derive(Clone, Debug)]
pub(crate) struct Connector {
    pub(crate) client_id: String,
    pub(crate) client_secret: Option<String>,
    pub(crate) redirect_uri: String,
    /// The public URL of the node.
    pub(crate) origin: String,
    /// The identifier of the server that it uses.
    pub(crate) server: String,
}

impl Connector {
    /// A client that has registered itself, as Cursor and claude.ai do.
    pub(crate) async fn registered(node: &TestServer, server: &str, redirect_uri: &str) -> Self {
        let metadata = json!({
            "client_name": "A client",
            "redirect_uris": [redirect_uri],
            "token_endpoint_auth_method": "none",
            "grant_types": ["authorization_code", "refresh_token"],
            "response_types": ["code"],
        });
        let (status, client) = register(node, &metadata).await;
        assert_eq!(status, 201, "{client}");
        Self {
            client_id: client["client_id"].as_str().unwrap().to_owned(),
            client_secret: None,
            redirect_uri: redirect_uri.to_owned(),
            origin: node.registry.public_url().to_owned(),
            server: server.to_owned(),
        }
    }

    pub(crate) fn resource(&self) -> String {
        format!("{}/mcp/{}", self.origin, self.server)
    }

    /// The path of its authorization request, with changed or added parameters. An empty value removes one.
    pub(crate) fn authorize_path(&self, changes: &[(&str, &str)]) -> String {
        let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(VERIFIER));
        let resource = self.resource();
        let valid = [
            ("response_type", "code"),
            ("client_id", &self.client_id),
            ("redirect_uri", &self.redirect_uri),
            ("state", "the state"),
            ("code_challenge", &challenge),
            ("code_challenge_method", "S256"),
            ("resource", &resource),
        ];
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        for (name, value) in valid {
            if !changes.iter().any(|(changed, _)| *changed == name) {
                query.append_pair(name, value);
            }
        }
        query.extend_pairs(changes.iter().filter(|(_, value)| !value.is_empty()));
        format!("/oauth/authorize?{}", query.finish())
    }

    /// Lets the user of `browser` agree to the request with these changes. Returns the response to the form.
    pub(crate) async fn agree(&self, node: &TestServer, browser: &mut Browser, changes: &[(&str, &str)]) -> Shown {
        self.decide(node, browser, changes, &[("decision", "allow")]).await
    }

    /// Sends the form of the page with these fields.
    pub(crate) async fn decide(
        &self,
        node: &TestServer,
        browser: &mut Browser,
        changes: &[(&str, &str)],
        fields: &[(&str, &str)],
    ) -> Shown {
        let page = browser.open(node, &self.authorize_path(changes)).await;
        assert_eq!(page.status, 200, "{}", page.text);
        let (request, csrf) = (page.field("request"), page.field("csrf_token"));
        let mut all = vec![("request", request.as_str()), ("csrf_token", csrf.as_str())];
        all.extend(fields);
        browser.submit(node, "/oauth/authorize", &self.origin, &all).await
    }

    /// Lets the user agree, and returns the code.
    pub(crate) async fn code(&self, node: &TestServer, browser: &mut Browser) -> String {
        let visit = self.agree(node, browser, &[]).await;
        assert_eq!(visit.status, 303, "{}", visit.text);
        visit.parameter("code").unwrap_or_else(|| panic!("{}", visit.location()))
    }

    /// The form by which it exchanges a code.
    pub(crate) fn code_form(&self, code: &str) -> Vec<(&'static str, String)> {
        let mut form = vec![
            ("grant_type", "authorization_code".to_owned()),
            ("code", code.to_owned()),
            ("redirect_uri", self.redirect_uri.clone()),
            ("client_id", self.client_id.clone()),
            ("code_verifier", VERIFIER.to_owned()),
            ("resource", self.resource()),
        ];
        form.extend(self.client_secret.clone().map(|secret| ("client_secret", secret)));
        form
    }

    /// Connects: registers an authorization of the user and gets the first tokens.
    pub(crate) async fn connect(&self, node: &TestServer, browser: &mut Browser) -> Value {
        let code = self.code(node, browser).await;
        let (status, tokens) = send_form(node, "/oauth/token", &self.code_form(&code)).await;
        assert_eq!(status, 200, "{tokens}");
        tokens
    }

    pub(crate) async fn refresh(&self, node: &TestServer, refresh_token: &str, scope: Option<&str>) -> (u16, Value) {
        let mut form = vec![
            ("grant_type", "refresh_token".to_owned()),
            ("refresh_token", refresh_token.to_owned()),
            ("client_id", self.client_id.clone()),
        ];
        form.extend(scope.map(|scope| ("scope", scope.to_owned())));
        form.extend(self.client_secret.clone().map(|secret| ("client_secret", secret)));
        send_form(node, "/oauth/token", &form).await
    }

    pub(crate) async fn revoke(&self, node: &TestServer, token: &str) -> u16 {
        let form = [("token", token.to_owned()), ("client_id", self.client_id.clone())];
        send_form(node, "/oauth/revoke", &form).await.0
    }
}

/// Creates a server that asks for sign-in, and returns its identifier.
pub(crate) async fn sign_in_server(node: &TestServer, config: &Value) -> String {
    let account = node.create_account().await;
    let mut config = config.clone();
    config["auth"] = json!("sign_in");
    node.create_server(&account, &config).await["id"].as_str().unwrap().to_owned()
}

pub(crate) async fn register(node: &TestServer, metadata: &Value) -> (u16, Value) {
    let request = Request::post("/oauth/register").header("content-type", "application/json");
    let (status, body) =
        status_and_json(node.request(request.body(Body::from(metadata.to_string())).unwrap()).await).await;
    (status.as_u16(), body)
}

/// Sends a form as a client does.
pub(crate) async fn send_form(node: &TestServer, path: &str, fields: &[(&str, String)]) -> (u16, Value) {
    let form = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
    let request = Request::post(path).header("content-type", "application/x-www-form-urlencoded");
    let (status, body) = status_and_json(node.request(request.body(Body::from(form)).unwrap()).await).await;
    (status.as_u16(), body)
}

/// The text in a member of a JSON object.
pub(crate) fn text<'v>(value: &'v Value, key: &str) -> &'v str {
    value[key].as_str().unwrap_or_else(|| panic!("no {key}: {value}"))
}
