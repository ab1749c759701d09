//! Confirmation on a hosted server: by a question to the client's user, and by the code of an earlier answer.

use std::time::Duration;

use axum::body::Body;
use axum::extract::Request;
use serde_json::{Map, Value, json};
use tool_runtime::tool::ToolDef;

use crate::admin::test_server::{TestServer, find_tool, status_and_json, token, until};

const VERSION: &str = "2026-07-28";

/// A tool all of whose calls need a confirmation, with valid arguments.
pub(super) fn risky() -> (&'static ToolDef, Map<String, Value>) {
    let def = find_tool(|def| {
        def.files.is_none()
            && def.effects.0.iter().any(|effect| effect.kind.needs_confirmation() && effect.condition.is_none())
    });
    (def, serde_json::from_str(def.example).unwrap())
}

/// A server whose API accepts everything.
pub(super) struct Confirming {
    pub(super) node: TestServer,
    pub(super) account: String,
    pub(super) token: String,
}

impl Confirming {
    pub(super) async fn start(config: &Value) -> Self {
        Self::on(TestServer::start().await, config).await
    }

    pub(super) async fn on(node: TestServer, config: &Value) -> Self {
        node.set_api_reply(200, &[]).await;
        let account = node.create_account().await;
        let server = node.create_server(&account, config).await;
        Self { token: token(&server).to_owned(), node, account }
    }

    /// The number of requests that changed something at the API.
    pub(super) async fn sent(&self) -> usize {
        self.requests().await.iter().filter(|method| *method != "GET").count()
    }

    /// The number of requests that read something at the API.
    pub(super) async fn read(&self) -> usize {
        self.requests().await.iter().filter(|method| *method == "GET").count()
    }

    async fn requests(&self) -> Vec<String> {
        self.node.api.received_requests().await.unwrap().iter().map(|request| request.method.to_string()).collect()
    }

    /// Calls a tool as a client that cannot ask its user. Returns the result.
    pub(super) async fn call(&self, arguments: &Map<String, Value>) -> Value {
        self.node.call_tool(&self.token, risky().0.name, &json!(arguments)).await["result"].clone()
    }

    pub(super) async fn call_with_code(&self, arguments: &Map<String, Value>, code: &str) -> Value {
        let mut arguments = arguments.clone();
        arguments.insert("confirmation".to_owned(), json!(code));
        self.call(&arguments).await
    }

    /// Calls a tool as a stateless client. `input` is added to the parameters. Returns the response.
    pub(super) async fn ask(&self, tool: &str, arguments: &Value, capabilities: &Value, input: &Value) -> Value {
        let mut params = json!({
            "name": tool,
            "arguments": arguments,
            "_meta": {
                "io.modelcontextprotocol/protocolVersion": VERSION,
                "io.modelcontextprotocol/clientCapabilities": capabilities,
            },
        });
        params.as_object_mut().unwrap().extend(input.as_object().unwrap().clone());
        let message = json!({ "jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params });
        let request = Request::builder()
            .method("POST")
            .uri(format!("/mcp/{}", self.token))
            .header("content-type", "application/json")
            .header("accept", "application/json, text/event-stream")
            .header("mcp-protocol-version", VERSION)
            .header("mcp-method", "tools/call")
            .header("mcp-name", tool);
        status_and_json(self.node.request(request.body(Body::from(message.to_string())).unwrap()).await).await.1
    }

    /// Asks for the example, and returns the state of the question.
    pub(super) async fn asked(&self) -> (String, Value) {
        let (tool, arguments) = risky();
        let response = self.ask(tool.name, &json!(arguments), &json!({ "elicitation": {} }), &json!({})).await;
        let result = response["result"].clone();
        assert_eq!(result["resultType"], json!("input_required"), "{response}");
        (result["requestState"].as_str().unwrap().to_owned(), result["inputRequests"]["confirm"].clone())
    }

    pub(super) async fn answer(&self, arguments: &Value, state: &str, action: &str) -> Value {
        let input =
            json!({ "requestState": state, "inputResponses": { "confirm": { "action": action, "content": {} } } });
        self.ask(risky().0.name, arguments, &json!({ "elicitation": {} }), &input).await
    }
}

/// Returns the code of an answer, after checking that it asks for a confirmation.
pub(super) fn code(result: &Value) -> String {
    let text = result["content"][0]["text"].as_str().unwrap();
    assert!(result["isError"] == json!(true) && text.contains("needs_confirmation"), "{result}");
    let (_, rest) = text.split_once("Call again with the same arguments and \"confirmation\": \"").unwrap();
    rest.split_once('"').unwrap().0.to_owned()
}

#[tokio::test]
async fn a_code_confirms_one_call_with_the_same_arguments() {
    let server = Confirming::start(&json!({ "confirm": "always" })).await;
    let (_, arguments) = risky();
    let preview = server.call(&arguments).await;
    let first = code(&preview);
    assert!(first.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_')), "{first}");
    assert_eq!(preview["_meta"]["error"]["confirmation"], json!(first));

    let mut changed = arguments.clone();
    let (name, value) = changed.iter_mut().find(|(_, value)| value.is_string()).unwrap();
    let name = name.clone();
    *value = json!(format!("{} changed", value.as_str().unwrap()));
    assert_ne!(code(&server.call_with_code(&changed, &first).await), first, "{name}");
    code(&server.call_with_code(&arguments, &format!("{first}A")).await);
    assert_eq!(server.sent().await, 0);

    // A refused attempt does not use it up.
    let done = server.call_with_code(&arguments, &first).await;
    assert_ne!(done["isError"], json!(true), "{done}");
    assert_eq!(server.sent().await, 1);

    let second = server.call_with_code(&arguments, &first).await;
    assert!(second["content"][0]["text"].as_str().unwrap().contains("used already"), "{second}");
    let next = code(&second);
    assert_eq!(server.sent().await, 1);
    server.node.clock.advance(Duration::from_secs(601));
    assert!(server.call_with_code(&arguments, &next).await.to_string().contains("has expired"));
    assert_eq!(server.sent().await, 1);
}

#[tokio::test]
async fn a_code_belongs_to_its_server() {
    let server = Confirming::start(&json!({ "confirm": "always" })).await;
    let (_, arguments) = risky();
    let first = code(&server.call(&arguments).await);
    let other = server.node.create_server(&server.account, &json!({ "confirm": "always" })).await;
    let other = Confirming { token: token(&other).to_owned(), ..server };
    code(&other.call_with_code(&arguments, &first).await);
    assert_eq!(other.sent().await, 0);
}

#[tokio::test]
async fn only_calls_with_effects_need_a_confirmation() {
    for (confirm, sent) in [(json!("always"), 0), (json!("auto"), 1), (json!("never"), 1), (json!(null), 1)] {
        let config = if confirm.is_null() { json!({}) } else { json!({ "confirm": confirm }) };
        let server = Confirming::start(&config).await;
        server.call(&risky().1).await;
        assert_eq!(server.sent().await, sent, "{confirm}");
        let reading = find_tool(|def| def.hints.read_only);
        let example: Value = serde_json::from_str(reading.example).unwrap();
        server.node.call_tool(&server.token, reading.name, &example).await;
        assert_eq!((server.sent().await, server.read().await > 0), (sent, true), "{confirm}");
    }
}

#[tokio::test]
async fn the_argument_for_codes_exists_where_calls_must_be_confirmed() {
    for confirm in ["auto", "never"] {
        let server = Confirming::start(&json!({ "confirm": confirm })).await;
        let refused = server.call_with_code(&risky().1, "x").await;
        assert!(refused.to_string().contains("invalid_arguments"), "{refused}");
    }
}

#[tokio::test]
async fn the_user_of_a_stateless_client_is_asked() {
    for confirm in ["auto", "always"] {
        let server = Confirming::start(&json!({ "confirm": confirm })).await;
        let arguments = json!(risky().1);
        let (state, question) = server.asked().await;
        assert_eq!(question["method"], json!("elicitation/create"));
        let message = question["params"]["message"].as_str().unwrap();
        assert!(message.starts_with(risky().0.title), "{message}");
        for action in ["decline", "cancel"] {
            let refused = server.answer(&arguments, &state, action).await;
            assert!(refused["result"]["isError"] == json!(true), "{refused}");
            assert!(refused.to_string().contains("needs_confirmation"), "{refused}");
        }
        assert_eq!(server.sent().await, 0);
        // The question was refused, but its state is still valid: the client asked its user again.
        let done = server.answer(&arguments, &state, "accept").await;
        assert_ne!(done["result"]["isError"], json!(true), "{done}");
        assert_eq!(server.sent().await, 1);
        // A replay is refused.
        let replay = server.answer(&arguments, &state, "accept").await;
        assert_eq!(replay["error"]["code"], json!(-32602), "{replay}");
        assert_eq!(server.sent().await, 1);
    }
}

#[tokio::test]
async fn a_call_that_is_refused_last_is_not_counted() {
    let (tool, arguments) = risky();
    let server = Confirming::start(&json!({ "tools": [tool.name], "calls_per_hour": 2 })).await;
    let (state, _) = server.asked().await;
    server.answer(&json!(arguments), &state, "accept").await;
    let replay = server.answer(&json!(arguments), &state, "accept").await;
    assert_eq!(replay["error"]["code"], json!(-32602), "{replay}");
    let (state, _) = server.asked().await;
    let second = server.answer(&json!(arguments), &state, "accept").await;
    assert_ne!(second["result"]["isError"], json!(true), "{second}");
    assert_eq!(server.sent().await, 2);
}

#[tokio::test]
async fn answers_to_another_question_are_refused() {
    let server = Confirming::start(&json!({})).await;
    let (_, mut arguments) = risky();
    let (state, _) = server.asked().await;
    let tampered = server.answer(&json!(arguments), &format!("{state}-TAMPERED"), "accept").await;
    assert_eq!(tampered["error"]["code"], json!(-32602), "{tampered}");
    let value = arguments.values_mut().find(|value| value.is_string()).unwrap();
    *value = json!(format!("{} changed", value.as_str().unwrap()));
    let changed = server.answer(&json!(arguments), &state, "accept").await;
    assert_eq!(changed["error"]["code"], json!(-32602), "{changed}");
    // Without a state, the answer answers nothing.
    let (tool, arguments) = risky();
    let unasked = json!({ "inputResponses": { "confirm": { "action": "accept", "content": {} } } });
    let unasked = server.ask(tool.name, &json!(arguments), &json!({ "elicitation": {} }), &unasked).await;
    assert_eq!(unasked["result"]["resultType"], json!("input_required"), "{unasked}");
    server.node.clock.advance(Duration::from_secs(601));
    let late = server.answer(&json!(risky().1), &state, "accept").await;
    assert!(late["error"]["message"].as_str().unwrap().contains("has expired"), "{late}");
    assert_eq!(server.sent().await, 0);
}

#[tokio::test]
async fn stateless_clients_that_cannot_ask_are_not_asked() {
    let (tool, arguments) = risky();
    for capabilities in [json!({}), json!({ "elicitation": { "url": {} } }), json!({ "sampling": {} })] {
        let server = Confirming::start(&json!({ "confirm": "always" })).await;
        let response = server.ask(tool.name, &json!(arguments), &capabilities, &json!({})).await;
        code(&response["result"]);
    }
}

#[tokio::test]
async fn confirmations_are_in_the_call_log() {
    let server = Confirming::start(&json!({ "confirm": "always" })).await;
    let (_, arguments) = risky();
    let first = code(&server.call(&arguments).await);
    server.call_with_code(&arguments, "x").await;
    server.call_with_code(&arguments, &first).await;
    let (state, _) = server.asked().await;
    server.answer(&json!(arguments), &state, "decline").await;
    server.answer(&json!(arguments), &state, "accept").await;
    let steps = ["code_asked", "code_refused", "code_given", "question_asked", "question_refused", "question_given"]
        .map(Value::from);
    until("all calls are in the log", async || {
        let log = server.node.get("/log?limit=200").await.1;
        let mut logged: Vec<_> =
            log["result"].as_array().unwrap().iter().map(|entry| entry["confirmation"].clone()).collect();
        logged.reverse();
        logged == steps
    })
    .await;
}
