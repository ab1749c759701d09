//! Tests of questions to the client's user over stdio: a request of the server in the handshake lifecycle, and a result that
//! asks for input in the stateless one.

use serde_json::{Value, json};

use crate::mcp_stdio::client::StdioClient;

const ELICITATION: &str = "elicitation/create";

fn initialize(version: &str, capabilities: &Value) -> Value {
    let params = json!({
        "protocolVersion": version, "capabilities": capabilities, "clientInfo": { "name": "test", "version": "1" },
    });
    json!({ "jsonrpc": "2.0", "id": 0, "method": "initialize", "params": params })
}

fn call(id: u32) -> Value {
    json!({ "jsonrpc": "2.0", "id": id, "method": "tools/call", "params": { "name": "ask", "arguments": { "tag": "x" } } })
}

fn answered(question: &Value, result: &Value) -> Value {
    json!({ "jsonrpc": "2.0", "id": question["id"], "result": result })
}

fn text(answer: &Value) -> &str {
    answer["result"]["content"][0]["text"].as_str().unwrap_or_else(|| panic!("{answer}"))
}

/// Connects, and starts a call that asks. Returns the question.
async fn asking() -> (StdioClient, Value) {
    let mut client = StdioClient::connect();
    client.ask(&initialize("2025-06-18", &json!({ "elicitation": {} }))).await;
    client.send(&call(1)).await;
    let question = client.receive().await;
    assert_eq!(question["method"], ELICITATION, "{question}");
    (client, question)
}

#[tokio::test(start_paused = true)]
async fn the_user_of_a_handshake_client_is_asked() {
    for (result, expected) in [
        (json!({ "action": "accept", "content": { "name": "Ada" } }), "accepted by Ada for x"),
        (json!({ "action": "decline" }), "declined"),
        (json!({ "action": "cancel" }), "cancelled"),
        (json!({ "action": "accept", "content": 7 }), "cancelled"),
    ] {
        let (mut client, question) = asking().await;
        assert_eq!(question["params"]["message"], "Your name?");
        assert_eq!(text(&client.ask(&answered(&question, &result)).await), expected);
    }
}

#[tokio::test(start_paused = true)]
async fn other_requests_are_answered_while_a_user_is_asked() {
    let (mut client, question) = asking().await;
    let other = json!({ "jsonrpc": "2.0", "id": 5, "method": "ping" });
    assert_eq!(client.ask(&other).await["id"], 5);
    // An answer to no question, and one that belongs to another question, have no effect.
    client.send(&json!({ "jsonrpc": "2.0", "id": "question-99", "result": { "action": "accept" } })).await;
    client.receive_nothing().await;
    let answer = client.ask(&answered(&question, &json!({ "action": "decline" }))).await;
    assert_eq!((&answer["id"], text(&answer)), (&json!(1), "declined"));
    client.send(&answered(&question, &json!({ "action": "accept" }))).await;
    client.receive_nothing().await;
}

#[tokio::test(start_paused = true)]
async fn a_client_that_cannot_ask_is_not_asked() {
    for (version, capabilities) in [
        ("2025-06-18", json!({})),
        ("2025-11-25", json!({ "elicitation": { "url": {} } })),
        ("2025-03-26", json!({ "elicitation": {} })),
    ] {
        let mut client = StdioClient::connect();
        client.ask(&initialize(version, &capabilities)).await;
        assert_eq!(text(&client.ask(&call(1)).await), "cannot ask", "{version}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_client_that_fails_to_ask_cancels() {
    let (mut client, question) = asking().await;
    let error = json!({ "jsonrpc": "2.0", "id": question["id"], "error": { "code": -32601, "message": "no" } });
    client.send(&error).await;
    assert_eq!(text(&client.receive().await), "cancelled");
}

#[tokio::test(start_paused = true)]
async fn a_cancelled_call_closes_its_question() {
    let (mut client, question) = asking().await;
    client.cancel(&json!(1)).await;
    client.send(&answered(&question, &json!({ "action": "accept" }))).await;
    client.receive_nothing().await;
}

#[tokio::test(start_paused = true)]
async fn the_end_of_input_closes_all_questions() {
    let (client, _) = asking().await;
    let (rest, outcome, _) = client.close().await;
    assert!(outcome.is_ok());
    assert_eq!(rest.iter().map(text).collect::<Vec<_>>(), ["cancelled"]);
}

#[tokio::test(start_paused = true)]
async fn a_stateless_client_asks_its_user_itself() {
    let mut client = StdioClient::connect();
    let mut request = call(1);
    request["params"]["_meta"] = json!({
        "io.modelcontextprotocol/protocolVersion": "2026-07-28",
        "io.modelcontextprotocol/clientCapabilities": { "elicitation": {} },
    });
    let asked = client.ask(&request).await["result"].clone();
    assert_eq!(asked["resultType"], "input_required");
    assert_eq!(asked["inputRequests"]["name"]["method"], ELICITATION);
    request["params"]["requestState"] = asked["requestState"].clone();
    request["params"]["inputResponses"] = json!({ "name": { "action": "accept", "content": { "name": "Ada" } } });
    let answer = client.ask(&request).await;
    assert_eq!((text(&answer), &answer["result"]["resultType"]), ("accepted by Ada for x", &json!("complete")));
    request["params"]["requestState"] = json!("another");
    assert_eq!(client.ask(&request).await["error"]["code"], -32602);
}
