//! The workflows through rmcp, the Rust SDK, in both lifecycles.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rmcp::model::{
    CallToolRequestParams, CallToolResult, GetPromptRequestParams, JsonObject, ProtocolVersion,
    ReadResourceRequestParams,
};
use rmcp::object;
use rmcp::service::{ClientLifecycleMode, ClientServiceExt as _, RoleClient, RunningService};
use rmcp::transport::{StreamableHttpClientTransport, TokioChildProcess};
use serde_json::{Value, json};
use tokio::process::Command;

use crate::clients::endpoints::Endpoints;

type Client = RunningService<RoleClient, ()>;

fn modes() -> [ClientLifecycleMode; 2] {
    let newest = ClientLifecycleMode::Discover { preferred_versions: vec![ProtocolVersion::V_2026_07_28] };
    [ClientLifecycleMode::Initialize, newest]
}

#[tokio::test(flavor = "multi_thread")]
async fn rust_sdk_does_the_workflows_in_both_lifecycles() {
    let endpoints = Endpoints::start().await;
    for mode in modes() {
        let over_stdio = async |line: &[&str]| {
            let mut command = Command::new(line[0]);
            command.args(&line[1..]);
            ().serve_with_lifecycle(TokioChildProcess::new(command).unwrap(), mode.clone()).await.unwrap()
        };
        let over_http = async |url: &str| {
            let transport = StreamableHttpClientTransport::from_uri(url);
            ().serve_with_lifecycle(transport, mode.clone()).await.unwrap()
        };
        does_the_work(over_stdio(&endpoints.stdio.open).await).await;
        learns_how_long_to_wait(over_stdio(&endpoints.stdio.spent).await).await;
        does_the_work(over_http(&endpoints.http.open).await).await;
        learns_how_long_to_wait(over_http(&endpoints.http.spent).await).await;
    }
}

async fn does_the_work(client: Client) {
    let tools = client.list_all_tools().await.unwrap();
    assert_eq!(tools.len(), 52);

    let of_the_ticket = object!({ "ticket_number": 904 });
    let ticket = read(&client, "get_single_desk_365_ticket_by_id", of_the_ticket.clone()).await;
    assert_eq!(ticket["ticket_number"], 904);
    let note = object!({ "ticket_number": 904, "body": "Handed on.", "private_note": true });
    read(&client, "create_a_desk_365_ticket_note", note).await;
    let log = json!({ "filename": "pool.log", "content_base64": STANDARD.encode("timeout after 30 s\n") });
    let attached = object!({ "ticket_number": 904, "body": "The pool's log.", "files": [log] });
    read(&client, "desk_365_ticket_notes_create_with_attachment", attached).await;
    let said = read(&client, "list_all_desk_365_ticket_conversations", of_the_ticket).await;
    assert!(said.to_string().contains("pool.log"), "{said}");

    let prompt = GetPromptRequestParams::new("triage_ticket").with_arguments(object!({ "ticket_number": "904" }));
    let prompt = client.get_prompt(prompt).await.unwrap();
    assert!(serde_json::to_string(&prompt).unwrap().contains("#904"));
    let resource = client.read_resource(ReadResourceRequestParams::new("desk365://tickets/904")).await.unwrap();
    assert!(serde_json::to_string(&resource).unwrap().contains("Nightly export"));

    let wrong = object!({ "ticket_number": "nine", "prioritty": "high" });
    let (error, _) = refused(&client, "update_a_desk_365_ticket_by_id", wrong).await;
    assert_eq!(error["kind"], "invalid_arguments");
    assert_eq!(error["violations"].as_array().unwrap().len(), 3, "{error}");
    client.cancel().await.unwrap();
}

async fn learns_how_long_to_wait(client: Client) {
    let (error, result) = refused(&client, "get_single_desk_365_ticket_by_id", object!({ "ticket_number": 904 })).await;
    assert_eq!((&error["kind"], &error["status"]), (&json!("rate_limited"), &json!(429)));
    assert!(error["ratelimit"]["reset"].as_u64().unwrap() > 0, "{error}");
    assert_eq!(serde_json::to_value(&result.meta).unwrap()["ratelimit"], error["ratelimit"]);
    client.cancel().await.unwrap();
}

async fn call(client: &Client, tool: &'static str, arguments: JsonObject) -> CallToolResult {
    client.call_tool(CallToolRequestParams::new(tool).with_arguments(arguments)).await.unwrap()
}

/// Calls a tool, and returns the JSON of its result.
async fn read(client: &Client, tool: &'static str, arguments: JsonObject) -> Value {
    let result = call(client, tool, arguments).await;
    assert_ne!(result.is_error, Some(true), "{tool}: {result:?}");
    serde_json::from_str(&result.content[0].as_text().unwrap().text).unwrap()
}

/// Calls a tool that fails, and returns the error and the whole result.
async fn refused(client: &Client, tool: &'static str, arguments: JsonObject) -> (Value, CallToolResult) {
    let result = call(client, tool, arguments).await;
    assert_eq!(result.is_error, Some(true), "{tool}: {result:?}");
    let mut meta = serde_json::to_value(&result.meta).unwrap();
    (meta["error"].take(), result)
}
