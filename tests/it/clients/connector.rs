//! The workflows as a cloud connector sends them over HTTP, byte for byte, without a library.

use serde_json::{Value, json};

use crate::clients::endpoints::Endpoints;
use crate::common::connector::{Answer, Connector};

#[tokio::test(flavor = "multi_thread")]
async fn cloud_connector_does_the_workflows() {
    let endpoints = Endpoints::start().await;
    does_the_work(connected(&endpoints.http.open).await).await;
    learns_how_long_to_wait(connected(&endpoints.http.spent).await).await;
}

async fn connected(url: &str) -> Connector {
    let mut connector = Connector::at(url).await;
    connector.probe().await;
    connector.initialize().await;
    connector
}

async fn does_the_work(mut connector: Connector) {
    let listed = connector.ask("tools/list", &json!({})).await;
    assert_eq!(listed.body["result"]["tools"].as_array().unwrap().len(), 52);

    let of_the_ticket = json!({ "ticket_number": 904 });
    let ticket = read(&mut connector, "get_single_desk_365_ticket_by_id", &of_the_ticket).await;
    assert_eq!(ticket["ticket_number"], 904);
    let note = json!({ "ticket_number": 904, "body": "Handed on.", "private_note": true });
    read(&mut connector, "create_a_desk_365_ticket_note", &note).await;
    let log = json!({ "filename": "pool.log", "content_base64": "dGltZW91dAo=" });
    let attached = json!({ "ticket_number": 904, "body": "The pool's log.", "files": [log] });
    read(&mut connector, "desk_365_ticket_notes_create_with_attachment", &attached).await;
    let said = read(&mut connector, "list_all_desk_365_ticket_conversations", &of_the_ticket).await;
    assert!(said.to_string().contains("Handed on.") && said.to_string().contains("pool.log"), "{said}");

    let wrong = json!({ "ticket_number": "nine", "prioritty": "high" });
    let (error, _) = refused(&mut connector, "update_a_desk_365_ticket_by_id", &wrong).await;
    assert_eq!(error["kind"], "invalid_arguments");
    assert_eq!(error["violations"].as_array().unwrap().len(), 3, "{error}");
}

async fn learns_how_long_to_wait(mut connector: Connector) {
    let wanted = json!({ "ticket_number": 904 });
    let (error, answer) = refused(&mut connector, "get_single_desk_365_ticket_by_id", &wanted).await;
    assert_eq!((&error["kind"], &error["status"]), (&json!("rate_limited"), &json!(429)));
    assert!(error["ratelimit"]["reset"].as_u64().unwrap() > 0, "{error}");
    assert_eq!(answer.body["result"]["_meta"]["ratelimit"], error["ratelimit"]);
    for (header, fact) in [("ratelimit-remaining", "remaining"), ("ratelimit-reset", "reset")] {
        let line = format!("\r\n{header}: {}\r\n", error["ratelimit"][fact]);
        assert!(answer.head.contains(&line), "{line} {}", answer.head);
    }
}

async fn call(connector: &mut Connector, tool: &str, arguments: &Value) -> Answer {
    connector.ask("tools/call", &json!({ "name": tool, "arguments": arguments })).await
}

/// Calls a tool, and returns the JSON of its result.
async fn read(connector: &mut Connector, tool: &str, arguments: &Value) -> Value {
    let result = call(connector, tool, arguments).await.body["result"].take();
    assert_ne!(result["isError"], true, "{tool}: {result}");
    serde_json::from_str(result["content"][0]["text"].as_str().unwrap()).unwrap()
}

/// Calls a tool that fails, and returns the error and the whole result.
async fn refused(connector: &mut Connector, tool: &str, arguments: &Value) -> (Value, Answer) {
    let answer = call(connector, tool, arguments).await;
    let result = &answer.body["result"];
    assert_eq!(result["isError"], true, "{tool}: {result}");
    let error = result["_meta"]["error"].clone();
    let text = result["content"][0]["text"].as_str().unwrap();
    assert!(text.starts_with(error["kind"].as_str().unwrap()), "{text}");
    (error, answer)
}
