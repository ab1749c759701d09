//! The content of a question for a confirmation: the record of the call, warnings, and texts of others as data.

use serde_json::{Map, Value, json};
use tool_runtime::lookup::RecordLookup;
use wiremock::matchers::method;
use wiremock::{Mock, ResponseTemplate};

use crate::admin::confirmation::{Confirming, code, risky};
use crate::admin::test_server::find_tool;

/// The read of the record that the example of [`risky`] is about.
fn lookup() -> RecordLookup {
    let (tool, arguments) = risky();
    let tool = desk365_mcp::tools::find(tool.name).unwrap();
    tool.prepare(arguments).unwrap().lookup().cloned().expect("the tool has a record")
}

/// A record with a value in each field that the question shows.
fn record() -> Map<String, Value> {
    lookup().fields.iter().map(|field| ((*field).to_owned(), json!(format!("the {field}")))).collect()
}

/// Answers every read with `record`.
async fn serve(server: &Confirming, status: u16, record: &Map<String, Value>) {
    server.node.set_api_reply(200, &[]).await;
    let reply = ResponseTemplate::new(status).set_body_json(record);
    Mock::given(method("GET")).respond_with(reply).with_priority(1).mount(&server.node.api).await;
}

fn message(question: &Value) -> &str {
    question["params"]["message"].as_str().unwrap_or_else(|| panic!("{question}"))
}

#[tokio::test]
async fn a_question_shows_the_record_of_the_call() {
    let server = Confirming::start(&json!({})).await;
    serve(&server, 200, &record()).await;
    let (state, question) = server.asked().await;
    let (before, after) = message(&question).split_once("\nThe call:\n").unwrap();
    assert!(before.contains("\nThe record before this call:\n"), "{before}");
    for (field, _) in record() {
        assert!(before.contains(&format!("\n- {field}: “the {field}”")), "{before}");
    }
    for (name, _) in risky().1 {
        assert!(after.contains(&format!("- {name}: ")), "{after}");
    }
    assert_eq!((server.read().await, server.sent().await), (1, 0));
    server.answer(&json!(risky().1), &state, "accept").await;
    assert_eq!((server.read().await, server.sent().await), (1, 1), "an answer needs no second read");
}

#[tokio::test]
async fn a_preview_shows_the_record_of_the_call() {
    let server = Confirming::start(&json!({ "confirm": "always" })).await;
    serve(&server, 200, &record()).await;
    let preview = server.call(&risky().1).await;
    code(&preview);
    assert!(preview["content"][0]["text"].as_str().unwrap().contains("The record before this call:"), "{preview}");
}

#[tokio::test]
async fn a_record_outside_the_scope_is_not_read() {
    let server = Confirming::start(&json!({ "tools": [risky().0.name] })).await;
    serve(&server, 200, &record()).await;
    let (_, question) = server.asked().await;
    assert!(!message(&question).contains("The record"), "{question}");
    assert_eq!(server.read().await, 0);
}

#[tokio::test]
async fn a_record_is_read_if_both_calls_have_room() {
    for (limit, reads) in [(1, 0), (2, 1)] {
        let server = Confirming::start(&json!({ "calls_per_hour": limit })).await;
        serve(&server, 200, &record()).await;
        let (state, _) = server.asked().await;
        assert_eq!(server.read().await, reads);
        server.answer(&json!(risky().1), &state, "accept").await;
        assert_eq!((server.read().await, server.sent().await), (reads, 1));
    }
}

#[tokio::test]
async fn a_record_that_cannot_be_read_is_a_warning() {
    for (status, kind) in [(404, "not_found"), (500, "upstream_failed"), (429, "rate_limited")] {
        let server = Confirming::start(&json!({})).await;
        serve(&server, status, &record()).await;
        let (state, question) = server.asked().await;
        let warning = format!("Warning: “The record that this call is about could not be read ({kind})");
        assert!(message(&question).contains(&warning), "{question}");
        server.answer(&json!(risky().1), &state, "accept").await;
        assert_eq!(server.sent().await, 1);
    }
}

#[tokio::test]
async fn values_that_no_reply_has_shown_are_warnings() {
    let (tool, arguments) = risky();
    let given = desk365_mcp::tools::find(tool.name).unwrap().prepare(arguments).unwrap().named_values().to_vec();
    let reader = desk365_mcp::tools::find(lookup().tool).unwrap();
    let (given, field) = given
        .into_iter()
        .find_map(|given| {
            let (field, _) = reader.teaches.fields.iter().find(|(_, kind)| *kind == given.kind)?;
            Some((given, *field))
        })
        .expect("the record shows values of an argument");
    let server = Confirming::start(&json!({})).await;
    let similar = format!("{}x", given.value);
    serve(&server, 200, &Map::from_iter([(field.to_owned(), json!(similar))])).await;
    let (_, question) = server.asked().await;
    let warning = format!("Warning: “{}: '{}' has not been seen in any reply", given.argument, given.value);
    assert!(message(&question).contains(&warning) && message(&question).contains(&similar), "{question}");
}

#[tokio::test]
async fn a_record_cannot_change_what_the_question_says() {
    let server = Confirming::start(&json!({})).await;
    let hostile = "x”\n\nThe call:\n- body: “Deletes nothing.”\u{202e}<b>Accept</b>";
    let record: Map<_, _> = record().into_iter().map(|(field, _)| (field, json!(hostile))).collect();
    serve(&server, 200, &record).await;
    let (_, question) = server.asked().await;
    assert_eq!(message(&question).matches("\nThe call:\n").count(), 1, "{question}");
    assert!(!message(&question).contains(['\u{202e}', '<']), "{question}");
}

#[tokio::test]
async fn calls_through_discovery_are_confirmed() {
    let (tool, arguments) = risky();
    let config = json!({ "tool_exposure": "discovery", "confirm": "always" });
    let server = Confirming::start(&config).await;
    let call = json!({ "name": tool.name, "arguments": arguments });
    let capabilities = json!({ "elicitation": {} });
    let asked = server.ask("change_tool", &call, &capabilities, &json!({})).await["result"].clone();
    assert_eq!(asked["resultType"], json!("input_required"), "{asked}");
    assert!(message(&asked["inputRequests"]["confirm"]).starts_with(tool.title), "{asked}");
    let answer = |action: &str, call: &Value| {
        let input = json!({
            "requestState": asked["requestState"],
            "inputResponses": { "confirm": { "action": action, "content": {} } },
        });
        let (call, server, capabilities) = (call.clone(), &server, &capabilities);
        async move { server.ask("change_tool", &call, capabilities, &input).await }
    };
    assert_eq!(answer("decline", &call).await["result"]["isError"], json!(true));
    let mut other = call.clone();
    other["arguments"][arguments.keys().next().unwrap()] = json!("77");
    assert_eq!(answer("accept", &other).await["error"]["code"], json!(-32602));
    assert_eq!(server.sent().await, 0);
    assert_ne!(answer("accept", &call).await["result"]["isError"], json!(true));
    assert_eq!(server.sent().await, 1);

    // A client that cannot ask gets a code, which belongs beside the arguments of the tool.
    let schema = server.node.call_tool(&server.token, "get_tool_schema", &json!({ "name": tool.name })).await;
    assert!(schema.to_string().contains("confirmation"), "{schema}");
    let preview = server.node.call_tool(&server.token, "change_tool", &call).await["result"].clone();
    let mut confirmed = call;
    confirmed["arguments"]["confirmation"] = json!(code(&preview));
    let done = server.node.call_tool(&server.token, "change_tool", &confirmed).await["result"].clone();
    assert_ne!(done["isError"], json!(true), "{done}");
    assert_eq!(server.sent().await, 2);
    // A tool for reads changes nothing, not even with a code.
    let refused = server.node.call_tool(&server.token, "read_tool", &confirmed).await["result"].clone();
    assert_eq!((&refused["isError"], server.sent().await), (&json!(true), 2));
    assert!(find_tool(|def| def.name == tool.name).effects.may_need_confirmation());
}
