//! Secrets of sign-in in a running server: none is logged, shown, counted or stored as it is.

use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use desk365_mcp::config::EnvNames;
use desk365_mcp::tools::API;
use reqwest::RequestBuilder;
use reqwest::redirect::Policy;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use url::Url;

use crate::admin::browser::Cookies;
use crate::admin::oauth::connector::VERIFIER;
use crate::common::identity_provider::{CLIENT_ID, CLIENT_SECRET, IdentityProvider};
use crate::common::node::{ADMIN_TOKEN, Node, serve, until};
use crate::hosted::api;

const CALLBACK: &str = "https://app.example/cb";

/// A browser and a client of one user, who note every secret that they get.
struct Visitor {
    http: reqwest::Client,
    origin: String,
    own: Cookies,
    foreign: Cookies,
    secrets: Vec<String>,
    /// The bodies of all errors.
    errors: String,
}

/// The end of a visit: a page, or the address of the client.
struct Arrived {
    at: Url,
    page: String,
}

impl Arrived {
    fn parameter(&self, name: &str) -> String {
        let value = self.at.query_pairs().find(|(known, _)| known == name).map(|(_, value)| value.into_owned());
        value.unwrap_or_else(|| panic!("no {name}: {} {}", self.at, self.page))
    }

    fn field(&self, name: &str) -> String {
        let rest = self.page.split(&format!("name=\"{name}\" value=\"")).nth(1);
        let value = rest.unwrap_or_else(|| panic!("no {name}: {}", self.page)).split('"').next().unwrap();
        value.replace("&amp;", "&")
    }
}

impl Visitor {
    fn at(node: &Node) -> Self {
        let http = reqwest::Client::builder().no_proxy().tls_certs_only([]).redirect(Policy::none()).build().unwrap();
        let (own, foreign) = (Cookies::default(), Cookies::default());
        Self { http, origin: node.url(""), own, foreign, secrets: Vec::new(), errors: String::new() }
    }

    /// Opens an address, and follows redirects up to a page or to the client.
    async fn open(&mut self, address: &str) -> Arrived {
        self.send(address, None).await
    }

    async fn send(&mut self, address: &str, mut form: Option<Vec<(&str, String)>>) -> Arrived {
        let mut at: Url = address.parse().unwrap();
        loop {
            if at.as_str().starts_with(CALLBACK) {
                return Arrived { at, page: String::new() };
            }
            // The codes and states of the sign-in with the provider.
            let secret = |name: &str| ["code", "state", "nonce"].contains(&name);
            self.secrets.extend(at.query_pairs().filter(|(name, _)| secret(name)).map(|(_, value)| value.into_owned()));
            let is_own = at.origin().ascii_serialization() == self.origin;
            let cookies = if is_own { &mut self.own } else { &mut self.foreign };
            let request = match form.take() {
                Some(form) => filled_in(self.http.post(at.clone()), &form).header("origin", &self.origin),
                None => self.http.get(at.clone()),
            };
            let response = request.header("cookie", cookies.line()).send().await.unwrap();
            cookies.keep(response.headers());
            if is_own {
                self.secrets.extend(
                    self.own.line().split("; ").filter_map(|cookie| Some(cookie.split_once('=')?.1.to_owned())),
                );
            }
            match response.headers().get("location") {
                Some(location) => at = at.join(location.to_str().unwrap()).unwrap(),
                None => {
                    let is_error = !response.status().is_success();
                    let page = response.text().await.unwrap();
                    if is_error {
                        self.errors.push_str(&page);
                    }
                    return Arrived { at, page };
                }
            }
        }
    }

    /// Signs in with an API token, or else with the provider, and lets a client use a server. Returns the tokens.
    async fn connect(&mut self, client: &Value, server: &str, token: Option<&str>) -> Value {
        let query = url::form_urlencoded::Serializer::new(String::new())
            .append_pair("response_type", "code")
            .append_pair("client_id", client["id"].as_str().unwrap())
            .append_pair("redirect_uri", CALLBACK)
            .append_pair("code_challenge", &URL_SAFE_NO_PAD.encode(Sha256::digest(VERIFIER)))
            .append_pair("code_challenge_method", "S256")
            .append_pair("resource", server)
            .finish();
        let authorize = format!("{}/oauth/authorize?{query}", self.origin);
        let mut page = self.open(&authorize).await;
        if page.page.contains("API token") && !page.page.contains("csrf_token") {
            let return_to = page.field("return_to");
            let to = format!("{}/sign-in", self.origin);
            page = match token {
                Some(token) => self.send(&to, Some(vec![("token", token.to_owned()), ("return_to", return_to)])).await,
                None => {
                    let start = page.page.split("href=\"sign-in/start/").nth(1).unwrap().split('"').next().unwrap();
                    let start = format!("{}/sign-in/start/{}", self.origin, start.replace("&amp;", "&"));
                    self.open(&start).await
                }
            };
        }
        let (request, csrf) = (page.field("request"), page.field("csrf_token"));
        self.secrets.push(csrf.clone());
        let form = vec![("request", request), ("csrf_token", csrf), ("decision", "allow".to_owned())];
        let code = self.send(&format!("{}/oauth/authorize", self.origin), Some(form)).await.parameter("code");
        self.secrets.push(code.clone());
        let tokens = self.token(client, &[("grant_type", "authorization_code"), ("code", &code)]).await;
        // Used a second time at the end of the test, it would revoke the connection.
        self.errors
            .push_str(&self.refused(client, &[("grant_type", "authorization_code"), ("code", &code[1..])]).await);
        tokens
    }

    async fn answer(&self, client: &Value, fields: &[(&str, &str)]) -> reqwest::Response {
        let mut form = vec![("client_id", client["id"].as_str().unwrap()), ("code_verifier", VERIFIER)];
        form.push(("redirect_uri", CALLBACK));
        form.extend(client["client_secret"].as_str().map(|secret| ("client_secret", secret)));
        form.retain(|(name, _)| !fields.iter().any(|(given, _)| given == name));
        form.extend(fields);
        filled_in(self.http.post(format!("{}/oauth/token", self.origin)), &form).send().await.unwrap()
    }

    /// Gets tokens.
    async fn token(&mut self, client: &Value, fields: &[(&str, &str)]) -> Value {
        let response = self.answer(client, fields).await;
        let (status, tokens) = (response.status(), response.json::<Value>().await.unwrap());
        assert_eq!(status, 200, "{tokens}");
        self.secrets.extend(["access_token", "refresh_token"].map(|name| tokens[name].as_str().unwrap().to_owned()));
        tokens
    }

    /// Returns the error of a request for tokens.
    async fn refused(&self, client: &Value, fields: &[(&str, &str)]) -> String {
        let response = self.answer(client, fields).await;
        assert!(response.status().is_client_error(), "{fields:?}");
        response.text().await.unwrap()
    }

    /// Lists and calls with an access token. Returns the status.
    async fn calls(&self, server: &str, access_token: &str) -> u16 {
        let params = json!({ "name": api::reading_tool(), "arguments": {} });
        let message = json!({ "jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params });
        let request = self.http.post(server).json(&message).bearer_auth(access_token);
        request.header("x-request-id", access_token).send().await.unwrap().status().as_u16()
    }
}

#[workspace_tests::full_run("Node.js packages")]
#[tokio::test(flavor = "multi_thread")]
async fn no_secret_of_sign_in_is_logged_shown_or_stored() {
    let Some(mut provider) = IdentityProvider::start() else { return };
    let folder = tempfile::tempdir().unwrap();
    let node = Node::start(serve(folder.path()).env(EnvNames::for_api(&API).log(), "debug"));
    let account = node.made("/integrated-account", &api::account_form(&api::start_api(200).await)).await;
    let path = format!("/integrated-account/{}/mcp", account["id"].as_str().unwrap());
    let server = node.made(&path, &json!({ "name": "s", "config": { "auth": "sign_in" } })).await;
    let url = server["url"].as_str().unwrap();
    let client = json!({ "name": "c", "redirect_uris": [CALLBACK], "confidential": true });
    let client = node.made("/oauth-client", &client).await;
    let mut visitor = Visitor::at(&node);

    // With an API token.
    let tokens = visitor.connect(&client, url, Some(ADMIN_TOKEN)).await;
    assert_eq!(visitor.calls(url, tokens["access_token"].as_str().unwrap()).await, 200);

    // With an identity provider, in another browser.
    let form = json!({
        "name": "Company", "preset": "other", "issuer": provider.issuer, "client_id": CLIENT_ID, "client_secret": CLIENT_SECRET,
    });
    let configured = node.made("/identity-provider", &form).await;
    provider.register(configured["redirect_uri"].as_str().unwrap());
    visitor.own = Cookies::default();
    let tokens = visitor.connect(&client, url, None).await;
    let (access, refresh) = (tokens["access_token"].as_str().unwrap(), tokens["refresh_token"].as_str().unwrap());
    assert_eq!(visitor.calls(url, access).await, 200);
    let renewed = visitor.token(&client, &[("grant_type", "refresh_token"), ("refresh_token", refresh)]).await;
    let newest = renewed["refresh_token"].as_str().unwrap();

    // Requests that fail, with secrets in wrong places.
    for wrong in [
        [("grant_type", "refresh_token"), ("refresh_token", access)],
        [("grant_type", refresh), ("refresh_token", newest)],
        [("client_secret", newest), ("refresh_token", newest)],
        [("client_id", newest), ("refresh_token", access)],
        [("grant_type", "refresh_token"), ("resource", access)],
    ] {
        visitor.errors.push_str(&visitor.refused(&client, &wrong).await);
    }
    for path in ["/oauth/authorize?client_id=", "/sign-in/callback/x?code=", "/mcp/", "/sign-in/start/", "/x/"] {
        visitor.open(&format!("{}{path}{access}", node.url(""))).await;
    }
    let callback = configured["redirect_uri"].as_str().unwrap();
    visitor.open(&format!("{callback}?code={refresh}&state={access}")).await;
    assert_eq!(visitor.calls(url, refresh).await, 401);

    let mut lists = String::new();
    let log = async || node.get("/log?log_type=mcp").await.1;
    until("both calls are in the log", async || log().await["result"].as_array().unwrap().len() > 1).await;
    for path in
        ["/audit", "/log?log_type=mcp", "/user", "/connection", "/oauth-client", "/identity-provider", "/metrics"]
    {
        let (status, list) = node.get(path).await;
        assert_eq!(status, 200, "{path}");
        lists.push_str(&list.to_string());
    }
    let issued = provider.control(json!({})).await["issued"].clone();
    let mut secrets = visitor.secrets;
    secrets.extend(issued.as_array().unwrap().iter().filter_map(|secret| Some(secret.as_str()?.to_owned())));
    secrets.extend([CLIENT_SECRET, client["client_secret"].as_str().unwrap(), ADMIN_TOKEN].map(str::to_owned));
    secrets.sort();
    secrets.dedup();
    assert!(secrets.len() > 20, "{secrets:?}");
    let log = node.log();
    assert!(node.end().success());
    let stored = stored_bytes(folder.path());
    assert!(contains(&stored, b"kim@example.com"));
    for secret in &secrets {
        // A part of it would be found as well.
        let part = &secret[secret.len() / 2..];
        for (place, text) in [("log", &log), ("lists", &lists), ("errors", &visitor.errors)] {
            assert!(!text.contains(part), "{place}: {secret}: {text}");
        }
        assert!(!contains(&stored, part.as_bytes()), "the store contains {secret}");
    }
}

/// Fills in the body of a request that sends a form.
fn filled_in(request: RequestBuilder, fields: &[(&str, impl AsRef<str>)]) -> RequestBuilder {
    let form = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
    request.header("content-type", "application/x-www-form-urlencoded").body(form)
}

fn contains(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|window| window == part)
}

/// Returns the files of the database.
fn stored_bytes(folder: &Path) -> Vec<u8> {
    let files = std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().path());
    let files = files.filter(|path| path.to_string_lossy().contains(".db"));
    files.flat_map(|path| std::fs::read(path).unwrap()).collect()
}
