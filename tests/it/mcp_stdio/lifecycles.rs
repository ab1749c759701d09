//! Tests of whole conversations in each lifecycle, word for word.

use std::fmt::Write as _;

use serde_json::{Value, json};

use crate::common::fixture_service::LONGEST_MESSAGE;
use crate::mcp_stdio::client::StdioClient;

/// Sends these messages, and compares the conversation with its snapshot. Every message with an id gets one answer.
async fn conversation(name: &str, messages: Vec<Value>) {
    let mut client = StdioClient::connect();
    let mut text = String::new();
    for message in messages {
        let answered = message.get("id").is_some();
        writeln!(text, "> {message}").unwrap();
        client.send(&message).await;
        if answered {
            writeln!(text, "< {}", client.receive_text().await).unwrap();
        }
        text.push('\n');
    }
    client.receive_nothing().await;
    insta::with_settings!({
        snapshot_path => "../../../snapshots/mcp",
        prepend_module_to_snapshot => false,
        omit_expression => true,
    }, { insta::assert_snapshot!(name, text) });
}

fn request(id: u32, method: &str, params: &Value) -> Value {
    json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params })
}

fn stateless(id: u32, method: &str, params: &Value) -> Value {
    let mut params = params.clone();
    params["_meta"] = json!({
        "io.modelcontextprotocol/protocolVersion": "2026-07-28",
        "io.modelcontextprotocol/clientInfo": { "name": "test", "version": "1" },
        "io.modelcontextprotocol/clientCapabilities": {},
    });
    request(id, method, &params)
}

fn initialize(version: &str) -> Value {
    let client = json!({ "name": "test", "version": "1" });
    request(0, "initialize", &json!({ "protocolVersion": version, "capabilities": {}, "clientInfo": client }))
}

#[tokio::test(start_paused = true)]
async fn a_handshake_client_lists_and_calls() {
    let initialized = json!({ "jsonrpc": "2.0", "method": "notifications/initialized" });
    conversation(
        "handshake",
        vec![
            initialize("2025-11-25"),
            initialized,
            request(1, "ping", &json!({})),
            request(2, "tools/list", &json!({})),
            request(3, "tools/call", &json!({ "name": "echo", "arguments": { "tag": "\"é\u{1}\"" } })),
            request(4, "tools/call", &json!({ "name": "echo" })),
            request(5, "tools/call", &json!({ "name": "echo", "arguments": null })),
            request(6, "tools/call", &json!({ "name": "fail" })),
            request(7, "tools/call", &json!({ "name": "facts" })),
        ],
    )
    .await;
}

#[tokio::test(start_paused = true)]
async fn handshake_errors_are_explained() {
    conversation(
        "handshake_errors",
        vec![
            request(1, "initialize", &json!({})),
            request(2, "server/discover", &json!({ "_meta": [] })),
            request(3, "tools/list", &json!({ "cursor": "2" })),
            request(4, "tools/list", &json!({ "cursor": null })),
            request(5, "tools/call", &json!({})),
            request(6, "tools/call", &json!({ "name": 1 })),
            request(7, "tools/call", &json!({ "name": "saw" })),
            request(8, "tools/call", &json!({ "name": "echo", "arguments": [] })),
            request(9, "tools/call", &json!({ "name": "echo", "arguments": "{}" })),
            request(10, "completion/complete", &json!({})),
            request(11, "notifications/initialized", &json!({})),
            request(12, "", &json!({})),
        ],
    )
    .await;
}

#[tokio::test(start_paused = true)]
async fn a_stateless_client_discovers_lists_and_calls() {
    conversation(
        "stateless",
        vec![
            stateless(1, "server/discover", &json!({})),
            stateless(2, "tools/list", &json!({})),
            stateless(3, "tools/call", &json!({ "name": "echo", "arguments": { "tag": "a" } })),
            stateless(4, "tools/call", &json!({ "name": "fail" })),
            stateless(5, "tools/call", &json!({ "name": "facts" })),
        ],
    )
    .await;
}

/// Requests for prompts and resources, correct and incorrect ones.
fn prompt_and_resource_requests(request: fn(u32, &str, &Value) -> Value) -> Vec<Value> {
    let read = |id, uri: &str| request(id, "resources/read", &json!({ "uri": uri }));
    let prompt = |id, params: Value| request(id, "prompts/get", &params);
    vec![
        request(1, "prompts/list", &json!({})),
        prompt(2, json!({ "name": "order", "arguments": { "part": "wheel" } })),
        prompt(3, json!({ "name": "show" })),
        request(4, "resources/list", &json!({})),
        request(5, "resources/templates/list", &json!({ "cursor": null })),
        read(6, "fixture:text"),
        read(7, "fixture:image"),
        read(8, "fixture:record/1"),
        request(9, "prompts/list", &json!({ "cursor": "2" })),
        request(10, "resources/list", &json!({ "cursor": "2" })),
        request(11, "resources/templates/list", &json!({ "cursor": 2 })),
        prompt(12, json!({})),
        prompt(13, json!({ "name": "no_such" })),
        prompt(14, json!({ "name": "order" })),
        prompt(15, json!({ "name": "order", "arguments": "wheel" })),
        prompt(16, json!({ "name": "panic" })),
        request(17, "resources/read", &json!({})),
        read(18, "fixture:none"),
        read(19, "fixture:record/x"),
        read(20, "fixture:record/2"),
        read(21, "fixture:record/panic"),
    ]
}

#[tokio::test(start_paused = true)]
async fn a_handshake_client_uses_prompts_and_resources() {
    conversation("handshake_prompts_and_resources", prompt_and_resource_requests(request)).await;
}

#[tokio::test(start_paused = true)]
async fn a_stateless_client_uses_prompts_and_resources() {
    conversation("stateless_prompts_and_resources", prompt_and_resource_requests(stateless)).await;
}

#[tokio::test(start_paused = true)]
async fn stateless_errors_are_explained() {
    const VERSION: &str = "io.modelcontextprotocol/protocolVersion";
    const CAPABILITIES: &str = "io.modelcontextprotocol/clientCapabilities";
    let meta = |id, meta: Value| request(id, "tools/list", &json!({ "_meta": meta }));
    conversation(
        "stateless_errors",
        vec![
            stateless(1, "initialize", &json!({ "protocolVersion": "2025-11-25" })),
            stateless(2, "ping", &json!({})),
            stateless(3, "logging/setLevel", &json!({ "level": "debug" })),
            stateless(4, "tools/list", &json!({ "cursor": "" })),
            stateless(5, "tools/call", &json!({ "name": "saw" })),
            stateless(6, "tools/call", &json!({ "name": "sample" })),
            request(7, "server/discover", &json!({})),
            meta(8, json!({ VERSION: "2026-07-28" })),
            meta(9, json!({ CAPABILITIES: {} })),
            meta(10, json!({ VERSION: "2026-07-28", CAPABILITIES: null })),
            meta(11, json!({ VERSION: 2026, CAPABILITIES: {} })),
            meta(12, json!({ VERSION: "2099-01-01", CAPABILITIES: {} })),
        ],
    )
    .await;
}

#[tokio::test(start_paused = true)]
async fn a_handshake_negotiates_the_revision() {
    for (requested, settled) in [
        ("2025-11-25", "2025-11-25"),
        ("2025-06-18", "2025-06-18"),
        ("2025-03-26", "2025-03-26"),
        ("2024-11-05", "2024-11-05"),
        ("2026-07-28", "2025-11-25"),
        ("1.0", "2025-11-25"),
        ("", "2025-11-25"),
    ] {
        let answer = StdioClient::connect().ask(&initialize(requested)).await;
        assert_eq!(answer["result"]["protocolVersion"], settled, "{requested}");
    }
}

#[tokio::test(start_paused = true)]
async fn an_unreadable_id_is_null_or_absent_by_revision() {
    for (version, has_id) in [(None, true), (Some("2025-06-18"), true), (Some("2025-11-25"), false)] {
        let mut client = StdioClient::connect();
        if let Some(version) = version {
            client.ask(&initialize(version)).await;
        }
        for line in ["{".to_owned(), "7".to_owned(), "x".repeat(LONGEST_MESSAGE + 1)] {
            client.send_text(&line).await;
            let answer = client.receive().await;
            assert_eq!(answer.get("id"), has_id.then_some(&Value::Null), "{version:?} {answer}");
        }
        // This message names its revision itself.
        let mut message = stateless(1, "tools/list", &json!({}));
        message["id"] = json!(null);
        assert_eq!(client.ask(&message).await.get("id"), None);
    }
}

#[tokio::test(start_paused = true)]
async fn one_connection_carries_both_lifecycles() {
    let mut client = StdioClient::connect();
    let mut lifecycle = async |message: Value| client.ask(&message).await["result"]["resultType"].clone();
    assert_eq!(lifecycle(stateless(1, "server/discover", &json!({}))).await, "complete");
    assert_eq!(lifecycle(initialize("2025-11-25")).await, Value::Null);
    assert_eq!(lifecycle(stateless(2, "tools/list", &json!({}))).await, "complete");
    assert_eq!(lifecycle(request(3, "tools/list", &json!({}))).await, Value::Null);
}

#[tokio::test(start_paused = true)]
async fn a_stateless_request_in_a_batch_is_refused() {
    let answers = StdioClient::connect().ask(&json!([stateless(1, "tools/list", &json!({}))])).await;
    assert_eq!(answers[0]["error"]["code"], -32600);
}

#[tokio::test(start_paused = true)]
async fn tools_see_declared_capabilities() {
    let mut message = stateless(1, "tools/call", &json!({ "name": "sample" }));
    message["params"]["_meta"]["io.modelcontextprotocol/clientCapabilities"] = json!({ "sampling": {} });
    let answer = StdioClient::connect().ask(&message).await;
    assert_eq!(answer["result"]["content"][0]["text"], "sampled");
}

#[tokio::test(start_paused = true)]
async fn lists_are_byte_identical() {
    let mut client = StdioClient::connect();
    let mut list = async || {
        client.send(&stateless(1, "tools/list", &json!({}))).await;
        client.receive_text().await
    };
    assert_eq!(list().await, list().await);
}
