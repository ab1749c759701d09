//! Tests of the status and error code of every kind of request, in each lifecycle.

use serde_json::{Value, json};

use crate::http::server::{
    TestServer, call, meta, request, stateless, status_and_body, status_and_code, with_stateless_headers,
};

fn initialize(version: &str) -> Value {
    let client = json!({ "name": "test", "version": "1" });
    request(0, "initialize", &json!({ "protocolVersion": version, "capabilities": {}, "clientInfo": client }))
}

#[tokio::test]
async fn a_handshake_creates_no_session() {
    let server = TestServer::start().await;
    for (requested, agreed) in [
        ("2024-11-05", "2024-11-05"),
        ("2025-03-26", "2025-03-26"),
        ("2025-06-18", "2025-06-18"),
        ("2025-11-25", "2025-11-25"),
        ("2026-07-28", "2025-11-25"),
        ("1.0", "2025-11-25"),
    ] {
        let response = server.handshake(&initialize(requested)).await;
        assert!(!response.headers().contains_key("mcp-session-id"));
        assert_eq!(response.headers()["content-type"], "application/json");
        let (status, body) = status_and_body(response).await;
        assert_eq!((status, &body["result"]["protocolVersion"]), (200, &json!(agreed)));
    }
}

#[tokio::test]
async fn handshake_requests_may_name_any_known_revision() {
    let server = TestServer::start().await;
    for version in ["2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25"] {
        let sent = server.post().header("MCP-Protocol-Version", version).header("Mcp-Session-Id", "made-up");
        let (status, body) = status_and_body(sent.json(&call("echo")).send().await.unwrap()).await;
        assert_eq!((status, &body["result"]["content"][0]["text"]), (200, &json!("{}")), "{version}");
    }
    assert_eq!(status_and_body(server.handshake(&request(1, "ping", &json!({}))).await).await.0, 200);
}

#[tokio::test]
async fn handshake_errors_are_answered_with_200() {
    let server = TestServer::start().await;
    assert_eq!(status_and_code(server.handshake(&request(1, "no/such", &json!({}))).await).await, (200, -32601));
    assert_eq!(status_and_code(server.handshake(&call("no_such")).await).await, (200, -32602));
    let (status, body) = status_and_body(server.handshake(&call("fail")).await).await;
    assert_eq!((status, &body["result"]["isError"]), (200, &json!(true)));
}

#[tokio::test]
async fn a_stateless_request_needs_no_handshake() {
    let server = TestServer::start().await;
    let (status, body) =
        status_and_body(server.stateless(&stateless(request(1, "server/discover", &json!({})))).await).await;
    assert_eq!((status, &body["result"]["resultType"]), (200, &json!("complete")));
    let (status, body) =
        status_and_body(server.stateless(&stateless(request(2, "tools/list", &json!({})))).await).await;
    assert_eq!((status, &body["result"]["cacheScope"], &body["id"]), (200, &json!("private"), &json!(2)));
    let (status, body) = status_and_body(server.stateless(&stateless(call("echo"))).await).await;
    assert_eq!((status, &body["result"]["content"][0]["text"]), (200, &json!("{}")));
}

#[tokio::test]
async fn handshake_methods_are_not_found_when_stateless() {
    let server = TestServer::start().await;
    for method in ["initialize", "ping", "logging/setLevel", "resources/subscribe", "subscriptions/listen", "no/such"] {
        assert_eq!(
            status_and_code(server.stateless(&stateless(request(1, method, &json!({})))).await).await,
            (404, -32601),
            "{method}"
        );
    }
}

#[tokio::test]
async fn stateless_tool_errors_are_answered_with_200() {
    let server = TestServer::start().await;
    assert_eq!(status_and_code(server.stateless(&stateless(call("no_such"))).await).await, (200, -32602));
    assert_eq!(status_and_code(server.stateless(&stateless(call("panic"))).await).await, (200, -32603));
    let (status, body) = status_and_body(server.stateless(&stateless(call("fail"))).await).await;
    assert_eq!((status, &body["result"]["isError"]), (200, &json!(true)));
    assert_eq!(status_and_code(server.stateless(&stateless(call("sample"))).await).await, (400, -32021));
}

#[tokio::test]
async fn stateless_requests_require_metadata() {
    let server = TestServer::start().await;
    for absent in ["protocolVersion", "clientCapabilities"] {
        let mut message = stateless(request(7, "server/discover", &json!({})));
        let meta = message["params"]["_meta"].as_object_mut().unwrap();
        meta.remove(&format!("io.modelcontextprotocol/{absent}")).unwrap();
        let (status, body) = status_and_body(server.stateless(&message).await).await;
        assert_eq!((status, &body["error"]["code"], &body["id"]), (400, &json!(-32602), &json!(7)), "{absent}");
    }
    assert_eq!(status_and_code(server.stateless(&request(1, "tools/list", &json!({}))).await).await, (400, -32602));
}

#[tokio::test]
async fn unsupported_revisions_list_the_supported_ones() {
    let server = TestServer::start().await;
    let mut message = request(1, "tools/list", &json!({}));
    message["params"]["_meta"] = meta("2031-01-01");
    let sent = server.post().header("MCP-Protocol-Version", "2031-01-01").header("Mcp-Method", "tools/list");
    let (status, body) = status_and_body(sent.json(&message).send().await.unwrap()).await;
    assert_eq!((status, &body["error"]["code"]), (400, &json!(-32022)));
    assert_eq!(body["error"]["data"]["requested"], "2031-01-01");
    assert_eq!(body["error"]["data"]["supported"][0], "2026-07-28");
    // The header alone is enough, without `_meta` and in a batch.
    for message in [call("echo"), json!([call("echo")])] {
        let sent = server.post().header("MCP-Protocol-Version", "2031-01-01").json(&message);
        assert_eq!(status_and_code(sent.send().await.unwrap()).await, (400, -32022));
    }
}

#[tokio::test]
async fn headers_and_message_must_name_the_same_revision() {
    let server = TestServer::start().await;
    for (header, in_message) in [
        ("2025-11-25", "2026-07-28"),
        ("2026-07-28", "2031-01-01"),
        ("2031-01-01", "2026-07-28"),
        ("2026-07-28", "2025-11-25"),
    ] {
        let mut message = request(9, "tools/list", &json!({}));
        message["params"]["_meta"] = meta(in_message);
        let sent = server.post().header("MCP-Protocol-Version", header).header("Mcp-Method", "tools/list");
        let (status, body) = status_and_body(sent.json(&message).send().await.unwrap()).await;
        assert_eq!(
            (status, &body["error"]["code"], &body["id"]),
            (400, &json!(-32020), &json!(9)),
            "{header} {in_message}"
        );
    }
}

#[tokio::test]
async fn stateless_headers_occur_once_and_match_the_message() {
    const NAMES: [&str; 3] = ["MCP-Protocol-Version", "Mcp-Method", "Mcp-Name"];
    let server = TestServer::start().await;
    let message = stateless(call("echo"));
    let right = ["2026-07-28", "tools/call", "echo"];
    for (index, name) in NAMES.into_iter().enumerate() {
        for values in [vec![], vec!["TOOLS/CALL"], vec![right[index], right[index]]] {
            let mut sent = server.post();
            for (other, value) in NAMES.into_iter().zip(right) {
                let values = if other == name { &values } else { &vec![value] };
                for value in values {
                    sent = sent.header(other, *value);
                }
            }
            let answer = status_and_code(sent.json(&message).send().await.unwrap()).await;
            assert_eq!(answer, (400, -32020), "{name}: {values:?}");
        }
    }
    // `tools/list` has no `Mcp-Name`.
    let list = stateless(request(1, "tools/list", &json!({})));
    assert_eq!(server.stateless(&list).await.status(), 200);
}

#[tokio::test]
async fn prompts_and_resources_are_served_in_either_lifecycle() {
    let server = TestServer::start().await;
    let asked = [
        (request(1, "prompts/list", &json!({})), "/result/prompts/0/name", "order"),
        (request(2, "prompts/get", &json!({ "name": "show" })), "/result/messages/0/content/data", "iVBORw=="),
        (request(3, "resources/list", &json!({})), "/result/resources/0/uri", "fixture:text"),
        (
            request(4, "resources/templates/list", &json!({})),
            "/result/resourceTemplates/0/uriTemplate",
            "fixture:record/{id}",
        ),
        (request(5, "resources/read", &json!({ "uri": "fixture:image" })), "/result/contents/0/blob", "iVBORw=="),
    ];
    for (message, place, expected) in asked {
        let (status, body) = status_and_body(server.handshake(&message).await).await;
        assert_eq!((status, body.pointer(place)), (200, Some(&json!(expected))));
        assert_eq!(body["result"]["resultType"], Value::Null);
        let (status, body) = status_and_body(server.stateless(&stateless(message)).await).await;
        assert_eq!((status, body.pointer(place)), (200, Some(&json!(expected))));
        assert_eq!(body["result"]["resultType"], "complete");
    }
}

#[tokio::test]
async fn a_missing_resource_has_its_own_handshake_code() {
    let server = TestServer::start().await;
    let message = request(1, "resources/read", &json!({ "uri": "fixture:none" }));
    assert_eq!(status_and_code(server.handshake(&message).await).await, (200, -32002));
    assert_eq!(status_and_code(server.stateless(&stateless(message)).await).await, (200, -32602));
}

#[tokio::test]
async fn the_name_header_is_required_when_stateless() {
    let server = TestServer::start().await;
    for (method, params, right) in [
        ("prompts/get", json!({ "name": "show" }), "show"),
        ("resources/read", json!({ "uri": "fixture:text" }), "fixture:text"),
    ] {
        for (header, expected) in [(Some(right), 200), (Some("echo"), 400), (None, 400)] {
            let sent = server.post().header("MCP-Protocol-Version", "2026-07-28").header("Mcp-Method", method);
            let sent = header.into_iter().fold(sent, |sent, name| sent.header("Mcp-Name", name));
            let (status, body) =
                status_and_body(sent.json(&stateless(request(1, method, &params))).send().await.unwrap()).await;
            assert_eq!(status, expected, "{method} {header:?}");
            assert_eq!(body["error"]["code"] == json!(-32020), expected == 400, "{body}");
        }
    }
}

#[tokio::test]
async fn the_name_header_may_be_base64() {
    let server = TestServer::start().await;
    let send = async |name: &str| {
        let sent = server.post().header("MCP-Protocol-Version", "2026-07-28").header("Mcp-Method", "tools/call");
        sent.header("Mcp-Name", name).json(&stateless(call("echo"))).send().await.unwrap()
    };
    assert_eq!(send("=?base64?ZWNobw==?=").await.status(), 200);
    for wrong in ["=?base64?ZWNobw?=", "=?base64?ZWN!bw==?=", "=?base64?aG9sZA==?=", "=?base64?ZWNobw==", "ZWNobw=="] {
        assert_eq!(status_and_code(send(wrong).await).await, (400, -32020), "{wrong}");
    }
}

#[tokio::test]
async fn notifications_are_accepted_in_either_lifecycle() {
    let server = TestServer::start().await;
    for message in [
        json!({ "jsonrpc": "2.0", "method": "notifications/initialized" }),
        json!({ "jsonrpc": "2.0", "method": "notifications/cancelled", "params": { "requestId": 1 } }),
        json!({ "jsonrpc": "2.0", "id": 1, "result": {} }),
    ] {
        assert_eq!(status_and_body(server.handshake(&message).await).await, (202, Value::Null));
        let sent = with_stateless_headers(server.post(), &message).json(&message);
        assert_eq!(status_and_body(sent.send().await.unwrap()).await, (202, Value::Null));
    }
}

#[tokio::test]
async fn notifications_of_unknown_revisions_are_refused() {
    let server = TestServer::start().await;
    let notification = json!({ "jsonrpc": "2.0", "method": "notifications/initialized" });
    for message in [notification.clone(), json!([notification]), call("echo")] {
        let sent = server.post().header("MCP-Protocol-Version", "1999-01-01").json(&message);
        assert_eq!(status_and_code(sent.send().await.unwrap()).await, (400, -32022), "{message}");
    }
}

#[tokio::test]
async fn only_2025_03_26_has_batches() {
    let server = TestServer::start().await;
    let initialized = json!({ "jsonrpc": "2.0", "method": "notifications/initialized" });
    let batch =
        json!([call("echo"), initialized, request(2, "ping", &json!({})), { "id": 3 }, initialize("2025-03-26")]);
    for version in [None, Some("2025-03-26")] {
        let sent =
            version.into_iter().fold(server.post(), |sent, version| sent.header("MCP-Protocol-Version", version));
        let (status, body) = status_and_body(sent.json(&batch).send().await.unwrap()).await;
        assert_eq!((status, body.as_array().unwrap().len()), (200, 4));
        assert_eq!(body[0]["result"]["content"][0]["text"], "{}");
        assert_eq!((&body[1]["result"], &body[1]["id"]), (&json!({}), &json!(2)));
        assert_eq!((&body[2]["error"]["code"], &body[3]["error"]["code"]), (&json!(-32600), &json!(-32600)));
    }
    assert_eq!(status_and_body(server.handshake(&json!([initialized, initialized])).await).await, (202, Value::Null));
    for version in ["2024-11-05", "2025-06-18", "2026-07-28"] {
        let sent = server.post().header("MCP-Protocol-Version", version).json(&batch);
        assert_eq!(status_and_code(sent.send().await.unwrap()).await, (400, -32600), "{version}");
    }
    assert_eq!(status_and_code(server.handshake(&json!([])).await).await, (400, -32600));
}

#[tokio::test]
async fn an_unreadable_id_is_null_or_absent_by_revision() {
    let server = TestServer::start().await;
    for (version, has_id) in [
        (None, true),
        (Some("2024-11-05"), true),
        (Some("2025-03-26"), true),
        (Some("2025-06-18"), true),
        (Some("2025-11-25"), false),
        (Some("2026-07-28"), false),
        (Some("2031-01-01"), false),
    ] {
        for message in ["{", "7", r#"{"jsonrpc":"2.0","id":null,"method":"ping"}"#] {
            let post = server.post().body(message);
            let post = version.into_iter().fold(post, |post, version| post.header("MCP-Protocol-Version", version));
            let (status, body) = status_and_body(post.send().await.unwrap()).await;
            let id = has_id.then_some(&Value::Null);
            assert_eq!((status, body.get("id")), (400, id), "{version:?} {message}");
            assert!(body["error"]["code"].is_i64(), "{body}");
        }
    }
}

#[tokio::test]
async fn any_accept_header_is_tolerated() {
    let server = TestServer::start().await;
    for accept in ["*/*", "application/json", "text/event-stream", "application/json, text/event-stream", "text/html"] {
        let response = server.post().header("Accept", accept).json(&call("echo")).send().await.unwrap();
        assert_eq!(response.status(), 200, "{accept}");
        assert_eq!(response.headers()["content-type"], "application/json");
    }
}

#[tokio::test]
async fn only_post_is_allowed() {
    let server = TestServer::start().await;
    for path in ["/mcp", "/mcp/anything"] {
        for method in ["GET", "DELETE", "PUT", "HEAD"] {
            let sent = server.client.request(method.parse().unwrap(), server.url(path));
            let response = sent.send().await.unwrap();
            assert_eq!(response.status(), 405, "{method} {path}");
            assert_eq!(response.headers()["allow"], "POST");
            assert_eq!(response.headers()["content-type"], "application/json");
        }
    }
}
