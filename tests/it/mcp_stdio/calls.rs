//! Tests of concurrent calls: order, number, cancellation, and the end of the connection.

use std::io;

use mcp_server::serve_stdio;
use serde_json::{Value, json};

use crate::common::fixture_service::{Event, FixtureService};
use crate::mcp_stdio::client::StdioClient;

fn started(tag: &str) -> Event {
    Event::Started(tag.to_owned())
}

fn dropped(tag: &str) -> Event {
    Event::Dropped(tag.to_owned())
}

fn ping(id: impl Into<Value>) -> Value {
    json!({ "jsonrpc": "2.0", "id": id.into(), "method": "ping" })
}

#[tokio::test(start_paused = true)]
async fn a_call_does_not_block_other_requests() {
    let mut client = StdioClient::connect();
    client.hold(1).await;
    assert_eq!(client.event().await, started("1"));
    assert_eq!(client.ask(&ping(2)).await["id"], 2);
    client.release(1);
    assert_eq!(client.receive().await["result"]["content"][0]["text"], "1");
}

#[tokio::test(start_paused = true)]
async fn progress_comes_before_the_answer() {
    let mut client = StdioClient::connect();
    client.release(1);
    let params = json!({ "name": "report", "arguments": {}, "_meta": { "progressToken": "p" } });
    client.send(&json!({ "jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params })).await;
    for progress in [1, 2] {
        let params = &client.receive().await["params"];
        assert_eq!((&params["progressToken"], &params["progress"]), (&json!("p"), &json!(progress)));
    }
    assert_eq!(client.receive().await["result"]["content"][0]["text"], "reported");
}

#[tokio::test(start_paused = true)]
async fn a_cancelled_call_is_dropped_and_not_answered() {
    for id in [json!(7), json!("seven")] {
        let mut client = StdioClient::connect();
        let params = json!({ "name": "hold", "arguments": { "tag": "x" } });
        client.send(&json!({ "jsonrpc": "2.0", "id": id, "method": "tools/call", "params": params })).await;
        assert_eq!(client.event().await, started("x"));
        client.cancel(&id).await;
        assert_eq!(client.event().await, dropped("x"));
        client.release(1);
        client.receive_nothing().await;
        assert_eq!(client.ask(&ping(8)).await["id"], 8);
    }
}

#[tokio::test(start_paused = true)]
async fn only_the_named_call_is_cancelled() {
    let mut client = StdioClient::connect();
    client.hold(1).await;
    client.hold(2).await;
    assert_eq!((client.event().await, client.event().await), (started("1"), started("2")));
    client.cancel(&json!("1")).await;
    client.cancel(&json!(3)).await;
    client.cancel(&json!(null)).await;
    client.cancel(&json!(2)).await;
    assert_eq!(client.event().await, dropped("2"));
    client.release(1);
    assert_eq!(client.receive().await["id"], 1);
}

#[tokio::test(start_paused = true)]
async fn at_most_32_calls_run_at_a_time() {
    let mut client = StdioClient::connect();
    for id in 0..40 {
        client.hold(id).await;
    }
    for id in 0..32 {
        assert_eq!(client.event().await, started(&id.to_string()));
    }
    client.no_event().await;
    client.cancel(&json!(35)).await;
    client.cancel(&json!(0)).await;
    assert_eq!(client.event().await, dropped("0"));
    assert_eq!(client.event().await, started("32"), "a cancelled call frees its slot");
    client.release(100);
    let mut answered = Vec::new();
    for _ in 0..38 {
        answered.push(client.receive().await["id"].as_u64().unwrap());
    }
    answered.sort_unstable();
    assert_eq!(answered, (1..40).filter(|id| *id != 35).collect::<Vec<_>>());
}

#[tokio::test(start_paused = true)]
async fn more_than_256_calls_are_refused() {
    let mut client = StdioClient::connect();
    for id in 0..256 {
        client.hold(id).await;
    }
    for id in 0..32 {
        assert_eq!(client.event().await, started(&id.to_string()));
    }
    client.hold(256).await;
    let refused = client.receive().await;
    assert_eq!((&refused["id"], &refused["error"]["code"]), (&json!(256), &json!(-32603)), "{refused}");
    let message = refused["error"]["message"].as_str().unwrap();
    assert!(message.contains("256 calls") && message.contains("again"), "{message}");
    let call = json!({ "jsonrpc": "2.0", "id": 257, "method": "tools/call", "params": { "name": "echo" } });
    let answers = client.ask(&json!([call])).await;
    assert_eq!((&answers[0]["id"], &answers[0]["error"]["code"]), (&json!(257), &json!(-32603)), "{answers}");
    assert_eq!(client.ask(&ping("late")).await["id"], "late");
    client.cancel(&json!(0)).await;
    // Another call can take its place at once.
    client.hold(258).await;
    assert_eq!(client.event().await, dropped("0"));
    assert_eq!(client.event().await, started("32"));
    client.release(256);
    for _ in 0..256 {
        assert!(client.receive().await["result"].is_object());
    }
}

#[tokio::test(start_paused = true)]
async fn an_id_in_use_is_refused() {
    let mut client = StdioClient::connect();
    client.hold(1).await;
    assert_eq!(client.event().await, started("1"));
    let call = json!({ "jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": { "name": "echo" } });
    for second in [call.clone(), ping(1)] {
        let refused = client.ask(&second).await;
        assert_eq!((&refused["id"], &refused["error"]["code"]), (&json!(1), &json!(-32600)), "{refused}");
    }
    let mut twice = call.clone();
    twice["id"] = json!(2);
    let answers = client.ask(&json!([call, twice, twice])).await;
    assert_eq!((&answers[0]["id"], &answers[0]["error"]["code"]), (&json!(1), &json!(-32600)), "{answers}");
    assert_eq!((&answers[1]["id"], &answers[1]["result"]["isError"]), (&json!(2), &json!(false)), "{answers}");
    assert_eq!((&answers[2]["id"], &answers[2]["error"]["code"]), (&json!(2), &json!(-32600)), "{answers}");
    client.cancel(&json!(1)).await;
    assert_eq!(client.event().await, dropped("1"));
    client.hold(1).await;
    assert_eq!(client.event().await, started("1"), "the id of a cancelled call is free again");
}

#[tokio::test(start_paused = true)]
async fn a_panicking_call_fails_alone() {
    let mut client = StdioClient::connect();
    let answer =
        client.ask(&json!({ "jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": { "name": "panic" } })).await;
    assert_eq!((&answer["id"], &answer["error"]["code"]), (&json!(1), &json!(-32603)));
    assert_eq!(client.ask(&ping(2)).await["id"], 2);
}

#[tokio::test(start_paused = true)]
async fn a_batch_is_answered_together_in_order() {
    let mut client = StdioClient::connect();
    let hold = json!({ "jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": { "name": "hold" } });
    let initialize = json!({ "jsonrpc": "2.0", "id": 3, "method": "initialize" });
    let notification = json!({ "jsonrpc": "2.0", "method": "notifications/initialized" });
    client.send(&json!([hold, ping(2), notification, initialize, 4])).await;
    assert_eq!(client.event().await, started(""));
    client.receive_nothing().await;
    client.release(1);
    let answers = client.receive().await;
    let ids: Vec<_> = answers.as_array().unwrap().iter().map(|answer| answer["id"].clone()).collect();
    assert_eq!(ids, [json!(1), json!(2), json!(3), json!(null)]);
    assert_eq!((&answers[2]["error"]["code"], &answers[3]["error"]["code"]), (&json!(-32600), &json!(-32600)));
}

#[tokio::test(start_paused = true)]
async fn a_call_in_a_batch_can_be_cancelled() {
    let mut client = StdioClient::connect();
    let hold = |id: u32| json!({ "jsonrpc": "2.0", "id": id, "method": "tools/call", "params": { "name": "hold" } });
    client.send(&json!([hold(1), hold(2)])).await;
    assert_eq!((client.event().await, client.event().await), (started(""), started("")));
    client.cancel(&json!(1)).await;
    assert_eq!(client.event().await, dropped(""));
    client.release(1);
    let answers = client.receive().await;
    assert_eq!(answers.as_array().map(Vec::len), Some(1));
    assert_eq!(answers[0]["id"], 2);
}

#[tokio::test(start_paused = true)]
async fn a_batch_of_notifications_has_no_answer() {
    let mut client = StdioClient::connect();
    let notification = json!({ "jsonrpc": "2.0", "method": "notifications/initialized" });
    client.send(&json!([notification, notification])).await;
    client.receive_nothing().await;
}

#[tokio::test(start_paused = true)]
async fn the_agreed_revision_decides_about_batches() {
    let mut client = StdioClient::connect();
    let initialize = |version: &str| {
        let params = json!({ "protocolVersion": version, "capabilities": {}, "clientInfo": {} });
        json!({ "jsonrpc": "2.0", "id": 0, "method": "initialize", "params": params })
    };
    client.ask(&initialize("2025-03-26")).await;
    assert!(client.ask(&json!([ping(1)])).await.is_array());
    client.ask(&initialize("2025-06-18")).await;
    assert_eq!(client.ask(&json!([ping(1)])).await["error"]["code"], -32600);
}

#[tokio::test(start_paused = true)]
async fn running_calls_are_answered_after_end_of_input() {
    let mut client = StdioClient::connect();
    client.hold(1).await;
    client.hold(2).await;
    assert_eq!((client.event().await, client.event().await), (started("1"), started("2")));
    client.release(2);
    let (rest, outcome, _) = client.close().await;
    assert_eq!(rest.iter().map(|answer| answer["id"].clone()).collect::<Vec<_>>(), [1, 2]);
    assert!(outcome.is_ok());
}

#[tokio::test(start_paused = true)]
async fn calls_are_dropped_30_seconds_after_end_of_input() {
    let mut client = StdioClient::connect();
    client.hold(1).await;
    assert_eq!(client.event().await, started("1"));
    let closed = tokio::time::Instant::now();
    let (rest, outcome, mut fixture) = client.close().await;
    assert_eq!(closed.elapsed().as_secs(), 30);
    assert_eq!(fixture.events.recv().await, Some(dropped("1")));
    assert_eq!(rest, Vec::<Value>::new());
    assert!(outcome.is_ok());
}

#[tokio::test(start_paused = true)]
async fn empty_input_is_not_an_error() {
    let (rest, outcome, _) = StdioClient::connect().close().await;
    assert_eq!(rest, Vec::<Value>::new());
    assert!(outcome.is_ok());
}

#[tokio::test(start_paused = true)]
async fn a_closed_output_is_not_an_error() {
    let mut client = StdioClient::connect();
    client.hold(1).await;
    assert_eq!(client.event().await, started("1"));
    client.release(1);
    assert!(client.vanish().await.is_ok());
}

#[tokio::test(start_paused = true)]
async fn a_write_error_ends_the_connection() {
    let (mut client, server) = tokio::io::duplex(1 << 10);
    let (service, mut fixture) = FixtureService::new();
    let full = io::Error::new(io::ErrorKind::StorageFull, "no room");
    let writer = tokio_test::io::Builder::new().write_error(full).build();
    let serving = tokio::spawn(serve_stdio(service, server, writer));
    let call = json!({ "jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": { "name": "hold" } });
    tokio::io::AsyncWriteExt::write_all(&mut client, format!("{call}\n{}\n", ping(2)).as_bytes()).await.unwrap();
    assert_eq!(serving.await.unwrap().unwrap_err().kind(), io::ErrorKind::StorageFull);
    assert_eq!(fixture.events.recv().await, Some(started("")));
    assert_eq!(fixture.events.recv().await, Some(dropped("")));
}

#[tokio::test(start_paused = true)]
async fn a_read_runs_concurrently_and_can_be_cancelled() {
    let mut client = StdioClient::connect();
    let read = |id: u32, uri: &str| json!({ "jsonrpc": "2.0", "id": id, "method": "resources/read", "params": { "uri": uri } });
    client.send(&read(1, "fixture:record/hold")).await;
    assert_eq!(client.event().await, Event::Started("record".to_owned()));
    assert_eq!(client.ask(&read(2, "fixture:text")).await["id"], 2);
    client.cancel(&json!(1)).await;
    assert_eq!(client.event().await, Event::Dropped("record".to_owned()));
    client.receive_nothing().await;
}
