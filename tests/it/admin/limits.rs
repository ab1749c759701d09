//! How much may be under way at once for an account, whichever of its servers it comes through.

use std::time::Duration;

use desk365_mcp::access::Options;
use http::StatusCode;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::timeout;

use crate::admin::site::{API_KEY, Site, reader, token};

/// The next call that arrives at the API. It waits for its answer.
async fn asked(api: &TcpListener) -> TcpStream {
    let arrival = timeout(Duration::from_mins(1), api.accept());
    let (mut connection, _) = arrival.await.expect("a call arrives").unwrap();
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(connection.read_u8().await.unwrap());
    }
    connection
}

async fn answer(mut connection: TcpStream) {
    let answer =
        b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}";
    connection.write_all(answer).await.unwrap();
}

fn succeeded(message: &Value) -> bool {
    message["result"]["content"][0]["text"] == "{}"
}

#[tokio::test]
async fn servers_of_one_account_share_what_it_may_have_under_way_and_others_do_not() {
    let site = Site::behaving(Options { requests_per_account: 1, ..Options::default() }).await;
    site.api_answers(200, &[]).await;
    let api = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base_url = format!("http://{}", api.local_addr().unwrap());
    let (_, account) =
        site.post("/integrated-account", &json!({ "name": "busy", "api_key": API_KEY, "base_url": base_url })).await;
    let account = account["id"].as_str().unwrap();
    let (first, second) = (site.server(account, &json!({})).await, site.server(account, &json!({})).await);
    let of_another = site.server(&site.account().await, &json!({})).await;
    let (tool, arguments) = reader();

    let meanwhile = async {
        let held = asked(&api).await;
        let params = json!({ "name": tool, "arguments": arguments });
        let message = json!({ "jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params });
        let refused = site.mcp(token(&second), None, &message).await;
        assert_eq!(refused.status(), StatusCode::TOO_MANY_REQUESTS);
        assert!(refused.headers().contains_key("retry-after"), "{:?}", refused.headers());
        assert!(succeeded(&site.call(token(&of_another), tool, &arguments).await));
        answer(held).await;
    };
    let (called, ()) = tokio::join!(site.call(token(&first), tool, &arguments), meanwhile);
    assert!(succeeded(&called), "{called}");

    let answered = async { answer(asked(&api).await).await };
    let (called, ()) = tokio::join!(site.call(token(&second), tool, &arguments), answered);
    assert!(succeeded(&called), "{called}");
}
