//! Tests with hostile input: every answer is a message, and the next request is served.

use mcp_server::serve_stdio;
use proptest::collection::vec;
use proptest::prelude::*;
use serde_json::{Map, Value, json};
use tokio::io::AsyncReadExt as _;

use crate::common::fixture_service::{FixtureService, LONGEST_MESSAGE};
use crate::mcp_stdio::client::StdioClient;

const PING: &str = r#"{"jsonrpc":"2.0","id":"alive","method":"ping"}"#;

/// Lines that are refused, each with the code and the id of the answer.
fn refused() -> Vec<(String, i32, Value)> {
    let call = |params: &str| format!(r#"{{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{params}}}"#);
    let deep = format!("{}{}", "[".repeat(40_000), "]".repeat(40_000));
    let long = "x".repeat(LONGEST_MESSAGE + 1);
    vec![
        ("nonsense".to_owned(), -32700, Value::Null),
        ("\u{0}".to_owned(), -32700, Value::Null),
        (r#"{"jsonrpc":"2.0","id":1,"method":"ping""#.to_owned(), -32700, Value::Null),
        ("[".repeat(90_000), -32700, Value::Null),
        ("3".to_owned(), -32600, Value::Null),
        (r#"{"jsonrpc":"2.0","id":null,"method":"ping"}"#.to_owned(), -32600, Value::Null),
        (r#"{"jsonrpc":"2.0","id":1.5,"method":"ping"}"#.to_owned(), -32600, Value::Null),
        (r#"{"jsonrpc":"2.0","id":1,"id":2,"method":"ping"}"#.to_owned(), -32600, Value::Null),
        (r#"{"jsonrpc":"1.0","id":1,"method":"ping"}"#.to_owned(), -32600, json!(1)),
        (call(&format!(r#"{{"name":"echo","arguments":{{"tag":{deep}}}}}"#)), -32602, json!(1)),
        (call(r#"{"name":"echo","arguments":{"tag":1,"tag":2}}"#), -32602, json!(1)),
        (call(r#"{"name":"echo","name":"hold"}"#), -32602, json!(1)),
        (call(r#"["echo"]"#), -32602, json!(1)),
        (call(&format!(r#"{{"name":"{long}"}}"#)), -32600, json!(1)),
        (
            format!(r#"{{"method":"ping","params":{{"x":"{long}","id":2}},"jsonrpc":"2.0","id":"a"}}"#),
            -32600,
            json!("a"),
        ),
        (long, -32600, Value::Null),
    ]
}

#[tokio::test(start_paused = true)]
async fn bad_lines_are_refused_and_the_next_is_served() {
    let mut client = StdioClient::connect();
    for (line, code, id) in refused() {
        let start: String = line.chars().take(80).collect();
        client.send_text(&line).await;
        let answer = client.receive().await;
        assert_eq!((&answer["error"]["code"], &answer["id"]), (&json!(code), &id), "{start}: {answer}");
        client.send_text(PING).await;
        assert_eq!(client.receive().await["id"], "alive", "{start}");
    }
}

#[tokio::test(start_paused = true)]
async fn line_endings_and_blank_lines_are_tolerated() {
    let mut client = StdioClient::connect();
    client.send_text(&format!("\r\n\n  \n{PING}\r\n{PING}")).await;
    assert_eq!(client.receive().await["id"], "alive");
    assert_eq!(client.receive().await["id"], "alive");
    client.receive_nothing().await;
}

#[tokio::test(start_paused = true)]
async fn a_message_at_the_limit_is_served() {
    let mut client = StdioClient::connect();
    let frame = r#"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"echo","arguments":{"tag":""}}}"#;
    let tag = "x".repeat(LONGEST_MESSAGE - frame.len());
    client.send_text(&frame.replace(r#""tag":"""#, &format!(r#""tag":"{tag}""#))).await;
    let text = client.receive().await["result"]["content"][0]["text"].as_str().map(str::len);
    assert_eq!(text, Some(tag.len() + r#"{"tag":""}"#.len()));
}

#[tokio::test(start_paused = true)]
async fn notifications_are_never_answered() {
    let mut client = StdioClient::connect();
    for message in [
        json!({ "jsonrpc": "2.0", "method": "no/such" }),
        json!({ "jsonrpc": "2.0", "method": "ping" }),
        json!({ "jsonrpc": "2.0", "method": "tools/call", "params": { "name": "hold" } }),
        json!({ "jsonrpc": "2.0", "method": "notifications/cancelled", "params": 5 }),
        json!({ "jsonrpc": "2.0", "id": 5, "result": {} }),
        json!({ "jsonrpc": "2.0", "id": 5, "error": { "code": 1, "message": "" } }),
    ] {
        client.send(&message).await;
    }
    client.receive_nothing().await;
    client.no_event().await;
}

/// All answers to `input`.
fn answers_to(input: &[u8]) -> Vec<Value> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
    let output = runtime.block_on(async {
        let (mut ours, theirs) = tokio::io::duplex(1 << 20);
        let (service, fixture) = FixtureService::new();
        fixture.released.add_permits(1_000);
        serve_stdio(service, input, theirs).await.unwrap();
        let mut output = String::new();
        ours.read_to_string(&mut output).await.unwrap();
        output
    });
    output.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn is_answer(message: &Value) -> bool {
    let keys: Vec<_> =
        message.as_object().map(|object| object.keys().map(String::as_str).collect()).unwrap_or_default();
    message["jsonrpc"] == "2.0"
        && (message["id"].is_null() || message["id"].is_string() || message["id"].is_number())
        && matches!(keys.as_slice(), ["jsonrpc", "id", "result" | "error"] | ["jsonrpc", "error"])
}

/// JSON made of words that the protocol knows.
fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        word().prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..4).prop_map(Value::from),
            vec((word(), inner), 0..4).prop_map(|entries| Value::Object(entries.into_iter().collect())),
        ]
    })
}

fn word() -> impl Strategy<Value = String> {
    prop_oneof![
        proptest::sample::select(
            &[
                "2.0",
                "jsonrpc",
                "id",
                "method",
                "params",
                "name",
                "arguments",
                "cursor",
                "_meta",
                "requestId",
                "tools/call",
                "tools/list",
                "initialize",
                "ping",
                "server/discover",
                "notifications/cancelled",
                "protocolVersion",
                "2026-07-28",
                "2025-11-25",
                "echo",
                "facts",
                "panic",
                "io.modelcontextprotocol/protocolVersion",
                "io.modelcontextprotocol/clientCapabilities",
            ][..]
        )
        .prop_map(str::to_owned),
        any::<String>(),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(200) })]

    #[test]
    fn any_bytes_are_answered_with_messages(mut input in vec(any::<u8>(), 0..400)) {
        input.extend_from_slice(b"\n");
        input.extend_from_slice(PING.as_bytes());
        let answers = answers_to(&input);
        prop_assert!(answers.iter().all(is_answer), "{answers:?}");
        prop_assert_eq!(&answers.last().unwrap()["id"], "alive");
    }

    #[test]
    fn any_request_is_answered_once_under_its_id(method in word(), params in value()) {
        let answers = answers_to(json!({ "jsonrpc": "2.0", "id": "x", "method": method, "params": params }).to_string().as_bytes());
        prop_assert_eq!(answers.len(), 1);
        prop_assert!(is_answer(&answers[0]) && answers[0]["id"] == "x", "{:?}", answers);
    }

    #[test]
    fn any_json_is_answered_with_messages(messages in vec(value(), 1..4)) {
        let lines: Vec<_> = messages.iter().map(Value::to_string).collect();
        let single = |message: &Value| message.as_array().map_or_else(|| is_answer(message), |all| all.iter().all(is_answer));
        let answers = answers_to(lines.join("\n").as_bytes());
        prop_assert!(answers.iter().all(single), "{answers:?}");
    }

    #[test]
    fn corrupted_calls_are_answered_with_messages(wrong in vec((any::<proptest::sample::Index>(), any::<u8>()), 1..4)) {
        let mut line = json!({ "jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": { "name": "echo", "arguments": { "tag": "a" } } })
            .to_string()
            .into_bytes();
        for (place, byte) in wrong {
            let place = place.index(line.len());
            line[place] = byte;
        }
        let answers = answers_to(&line);
        prop_assert!(answers.iter().all(is_answer), "{answers:?}");
    }
}

#[test]
fn the_vocabulary_makes_valid_calls() {
    let mut params = Map::new();
    params.insert("name".to_owned(), json!("facts"));
    let answers = answers_to(
        json!({ "jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params }).to_string().as_bytes(),
    );
    assert!(answers.iter().all(is_answer));
    assert_eq!(answers[0]["result"]["isError"], false);
}
