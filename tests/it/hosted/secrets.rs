//! Secrets of a running server: where an account's key is sent, and texts that must not contain a key or a token.

use std::path::Path;

use desk365_mcp::config::EnvNames;
use desk365_mcp::store::Store;
use desk365_mcp::tools::API;
use desk365_mcp::upstream::ApiHosts;
use serde_json::{Value, json};
use wiremock::matchers::any;
use wiremock::{Mock, MockServer, ResponseTemplate};

use crate::common::node::{ADMIN_TOKEN, Node, serve, until};
use crate::hosted::api::{self, KEY};
use crate::store::rows;

/// A host in a private network, in an unusual spelling.
const PRIVATE_URL: &str = "https://0x0a.9.8.7/apis";
const PRIVATE_HOST: &str = "10.9.8.7";

fn database(folder: &Path) -> String {
    format!("sqlite:{}/{}.db", folder.display(), env!("CARGO_PKG_NAME"))
}

/// Creates an account on `api` and a server for it. Returns the account's id and the server's token.
async fn server_on(node: &Node, api: &MockServer) -> (String, String) {
    let account = node.made("/integrated-account", &api::account_form(api)).await;
    let id = account["id"].as_str().unwrap().to_owned();
    let server = node.made(&format!("/integrated-account/{id}/mcp"), &json!({ "name": "s" })).await;
    (id, server["token"].as_str().unwrap().to_owned())
}

#[tokio::test]
async fn a_moved_account_sends_its_key_nowhere() {
    let folder = tempfile::tempdir().unwrap();
    let node = Node::start(&mut serve(folder.path()));
    let (own, other) = (api::start_api(200).await, api::start_api(200).await);
    let (id, token) = server_on(&node, &own).await;
    assert_ne!(node.call(&token, api::reading_tool()).await["isError"], json!(true));

    // An attacker with access to the database gives the account another port of the same host.
    let store = Store::open(&database(folder.path())).await.unwrap();
    let mut moved = store.account(id.parse().unwrap()).await.unwrap().unwrap();
    moved.base_url = Some(other.uri());
    moved.version += 1;
    assert!(store.change_account(&moved, moved.version - 1, &rows::event()).await.unwrap());
    store.close().await;
    // Also after a restart, which finds the store bound already.
    drop(node);
    let node = Node::start(&mut serve(folder.path()));
    let (status, _) = node.mcp(&token, "tools/list", &json!({})).await;
    assert_eq!(status, 503);
    assert!(other.received_requests().await.unwrap().is_empty());
    until("the reason is logged", async || node.log().contains("Give the account its key again")).await;
    assert!(!node.log().contains(KEY), "{}", node.log());

    // The operator gives the key for the new address.
    let given = json!({ "api_key": KEY });
    let path = format!("/integrated-account/{id}");
    assert_eq!(node.send("PATCH", &path, ADMIN_TOKEN, Some(&given)).await.0, 200);
    assert_ne!(node.call(&token, api::reading_tool()).await["isError"], json!(true));
}

#[tokio::test]
async fn hosts_outside_the_list_are_refused_and_named_at_start() {
    let folder = tempfile::tempdir().unwrap();
    let mut command = serve(folder.path());
    let node = Node::start(command.args([ApiHosts::FLAG, PRIVATE_HOST]));
    let token = {
        let account = json!({ "name": "gateway", "base_url": PRIVATE_URL, "api_key": KEY });
        let account = node.made("/integrated-account", &account).await;
        let path = format!("/integrated-account/{}/mcp", account["id"].as_str().unwrap());
        node.made(&path, &json!({ "name": "s" })).await["token"].as_str().unwrap().to_owned()
    };
    assert!(!node.log().contains(PRIVATE_HOST), "{}", node.log());
    drop(node);

    let node = Node::start(&mut serve(folder.path()));
    let advice = format!("{} {PRIVATE_HOST}", ApiHosts::FLAG);
    let line = node.said("Calls of the account \"gateway\"").expect("the account is named");
    assert!(line.contains(&advice), "{line}");
    let result = node.call(&token, api::reading_tool()).await;
    let text = result["content"][0]["text"].as_str().unwrap();
    assert!(text.contains("unreachable") && text.contains(&advice), "{text}");
    for url in [PRIVATE_URL, "https://169.254.169.254", "https://[::ffff:10.9.8.7]", "https://evil.example"] {
        let (status, answer) =
            node.post("/integrated-account", &json!({ "name": "x", "base_url": url, "api_key": KEY })).await;
        assert_eq!((status, &answer["violations"][0]["argument"]), (400, &json!("base_url")), "{answer}");
    }
}

#[tokio::test]
async fn tokens_in_headers_are_redacted() {
    let folder = tempfile::tempdir().unwrap();
    let mut command = serve(folder.path());
    let node = Node::start(command.env(EnvNames::for_api(&API).log(), "info"));
    let (_, token) = server_on(&node, &api::start_api(200).await).await;
    let _ = rustls::crypto::ring::default_provider().install_default();
    let client = reqwest::Client::builder().no_proxy().tls_certs_only([]).build().unwrap();
    let call = json!({ "jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": { "name": api::reading_tool() } });
    let request = client.post(node.url(&format!("/mcp/{token}"))).json(&call);
    let request = request.header("x-request-id", &token).header("user-agent", format!("{token}/{token}"));
    let response = request.send().await.unwrap();
    assert_eq!(
        (response.status().as_u16(), &response.headers()["x-request-id"]),
        (200, &"[redacted]".parse().unwrap())
    );
    let wrong_path = client.get(node.url(&format!("/x/{}", &token[..30]))).send().await.unwrap();
    assert_eq!(wrong_path.status().as_u16(), 404);
    let wrong_host = client.get(node.url("/openapi.json")).header("host", &token).send().await.unwrap();
    assert_eq!(wrong_host.status().as_u16(), 403);
    assert!(!wrong_host.text().await.unwrap().contains(&token));

    let log = async || node.get("/log?log_type=mcp").await.1;
    until("the call is in the log", async || log().await["result"][0].is_object()).await;
    let log = log().await;
    let call = &log["result"][0];
    assert_eq!(
        (&call["request_id"], &call["client"]),
        (&json!("[redacted]"), &json!({ "name": "[redacted]", "version": "[redacted]" })),
        "{call}"
    );
    until("the requests are logged", async || node.log().matches("status=40").count() == 2).await;
    assert!(!format!("{log}{}", node.log()).contains(&token[..20]), "{log}{}", node.log());
}

#[tokio::test]
async fn a_reply_that_repeats_the_key_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let node = Node::start(&mut serve(folder.path()));
    let api = api::start_api(200).await;
    let (_, token) = server_on(&node, &api).await;
    let escapes: Vec<_> = KEY.bytes().map(|byte| format!("\\u{byte:04x}")).collect();
    let key_in_json = escapes.concat();
    for body in [json!({ "headers": { "authorization": KEY } }).to_string(), format!("{{\"a\": \"{key_in_json}\"}}")] {
        api.reset().await;
        let reply = ResponseTemplate::new(200).set_body_raw(body, "application/json");
        Mock::given(any()).respond_with(reply).mount(&api).await;
        let result: Value = node.call(&token, api::reading_tool()).await;
        let text = result["content"][0]["text"].as_str().unwrap();
        assert!(text.contains("bad_reply") && text.contains("repeats the account's API key"), "{text}");
        let everything = format!("{result}{}", node.log());
        assert!(!everything.contains(KEY) && !everything.contains(&key_in_json), "{everything}");
    }
}

#[tokio::test]
async fn no_secret_is_in_the_store_the_audit_log_or_the_log() {
    const NEW_KEY: &str = "another-key-that-must-not-come-back";
    let folder = tempfile::tempdir().unwrap();
    let mut command = serve(folder.path());
    let node = Node::start(command.env(EnvNames::for_api(&API).log(), "debug"));
    let (account, token) = server_on(&node, &api::start_api(200).await).await;
    let path = format!("/integrated-account/{account}");
    assert_eq!(node.send("PATCH", &path, ADMIN_TOKEN, Some(&json!({ "api_key": NEW_KEY }))).await.0, 200);
    let (_, servers) = node.get(&format!("{path}/mcp")).await;
    let server_path = format!("{path}/mcp/{}", servers["result"][0]["id"].as_str().unwrap());
    let (_, rotated) = node.post(&format!("{server_path}/rotate-url"), &json!({ "overlap_seconds": 60 })).await;
    let new_token = rotated["token"].as_str().unwrap();
    let caller = node.made("/api-token", &json!({ "name": "caller", "role": "caller" })).await;
    let caller = caller["token"].as_str().unwrap();
    // A token where a name belongs, and where the admin API wants another one.
    node.made(&format!("{path}/mcp"), &json!({ "name": "s" })).await;
    assert_eq!(node.send("PATCH", &server_path, ADMIN_TOKEN, Some(&json!({ "name": new_token }))).await.0, 200);
    assert_eq!(node.send("PATCH", &server_path, ADMIN_TOKEN, Some(&json!({ "name": "s" }))).await.0, 200);
    assert_eq!(node.send("GET", "/audit", caller, None).await.0, 403);
    assert_eq!(node.send("DELETE", &path, ADMIN_TOKEN, None).await.0, 200);

    let (_, audit) = node.get("/audit").await;
    let events = audit["result"].as_array().unwrap();
    for action in ["created", "updated", "rotated", "denied", "revoked", "deleted"] {
        assert!(events.iter().any(|event| event["action"] == action), "{action}: {audit}");
    }
    let log = node.log();
    assert!(node.end().success());
    let store: Vec<u8> = std::fs::read_dir(folder.path())
        .unwrap()
        .map(|file| file.unwrap().path())
        .filter(|path| path.to_string_lossy().contains(".db"))
        .flat_map(|path| std::fs::read(path).unwrap())
        .collect();
    let audit = audit.to_string();
    assert!(store.windows(7).any(|bytes| bytes == b"rotated"));
    for secret in [KEY, NEW_KEY, token.as_str(), new_token, caller, ADMIN_TOKEN] {
        assert!(!audit.contains(secret) && !log.contains(secret), "{audit}{log}");
    }
    for secret in [KEY, NEW_KEY, token.as_str(), caller, ADMIN_TOKEN] {
        let found = store.windows(secret.len()).any(|bytes| bytes == secret.as_bytes());
        assert!(!found, "the store contains {secret}");
    }
}
