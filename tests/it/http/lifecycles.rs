//! Status and code of everything that can be asked, in each lifecycle.

use serde_json::{Value, json};

use crate::http::site::{Site, call, code, headed, meta, request, stateless, taken_apart};

fn initialize(version: &str) -> Value {
    let client = json!({ "name": "test", "version": "1" });
    request(0, "initialize", &json!({ "protocolVersion": version, "capabilities": {}, "clientInfo": client }))
}

#[tokio::test]
async fn a_handshake_client_shakes_hands_without_a_session() {
    let site = Site::open().await;
    for (requested, agreed) in [
        ("2024-11-05", "2024-11-05"),
        ("2025-03-26", "2025-03-26"),
        ("2025-06-18", "2025-06-18"),
        ("2025-11-25", "2025-11-25"),
        ("2026-07-28", "2025-11-25"),
        ("1.0", "2025-11-25"),
    ] {
        let response = site.handshake(&initialize(requested)).await;
        assert!(!response.headers().contains_key("mcp-session-id"));
        assert_eq!(response.headers()["content-type"], "application/json");
        let (status, body) = taken_apart(response).await;
        assert_eq!((status, &body["result"]["protocolVersion"]), (200, &json!(agreed)));
    }
}

#[tokio::test]
async fn a_handshake_request_is_answered_with_any_known_revision_in_its_header_or_none() {
    let site = Site::open().await;
    for version in ["2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25"] {
        let sent = site.post().header("MCP-Protocol-Version", version).header("Mcp-Session-Id", "made-up");
        let (status, body) = taken_apart(sent.json(&call("echo")).send().await.unwrap()).await;
        assert_eq!((status, &body["result"]["content"][0]["text"]), (200, &json!("{}")), "{version}");
    }
    assert_eq!(taken_apart(site.handshake(&request(1, "ping", &json!({}))).await).await.0, 200);
}

#[tokio::test]
async fn in_the_handshake_lifecycle_a_request_that_could_be_read_is_answered_with_200() {
    let site = Site::open().await;
    assert_eq!(code(site.handshake(&request(1, "no/such", &json!({}))).await).await, (200, -32601));
    assert_eq!(code(site.handshake(&call("no_such")).await).await, (200, -32602));
    let (status, body) = taken_apart(site.handshake(&call("fail")).await).await;
    assert_eq!((status, &body["result"]["isError"]), (200, &json!(true)));
}

#[tokio::test]
async fn a_stateless_request_is_answered_by_itself() {
    let site = Site::open().await;
    let (status, body) = taken_apart(site.stateless(&stateless(request(1, "server/discover", &json!({})))).await).await;
    assert_eq!((status, &body["result"]["resultType"]), (200, &json!("complete")));
    let (status, body) = taken_apart(site.stateless(&stateless(request(2, "tools/list", &json!({})))).await).await;
    assert_eq!((status, &body["result"]["cacheScope"], &body["id"]), (200, &json!("private"), &json!(2)));
    let (status, body) = taken_apart(site.stateless(&stateless(call("echo"))).await).await;
    assert_eq!((status, &body["result"]["content"][0]["text"]), (200, &json!("{}")));
}

#[tokio::test]
async fn methods_that_the_stateless_lifecycle_has_not_are_not_found() {
    let site = Site::open().await;
    for method in ["initialize", "ping", "logging/setLevel", "resources/subscribe", "subscriptions/listen", "no/such"] {
        assert_eq!(
            code(site.stateless(&stateless(request(1, method, &json!({})))).await).await,
            (404, -32601),
            "{method}"
        );
    }
}

#[tokio::test]
async fn in_the_stateless_lifecycle_what_is_wrong_inside_a_call_is_no_affair_of_http() {
    let site = Site::open().await;
    assert_eq!(code(site.stateless(&stateless(call("no_such"))).await).await, (200, -32602));
    assert_eq!(code(site.stateless(&stateless(call("panic"))).await).await, (200, -32603));
    let (status, body) = taken_apart(site.stateless(&stateless(call("fail"))).await).await;
    assert_eq!((status, &body["result"]["isError"]), (200, &json!(true)));
    assert_eq!(code(site.stateless(&stateless(call("sample"))).await).await, (400, -32021));
}

#[tokio::test]
async fn a_stateless_request_must_describe_its_client() {
    let site = Site::open().await;
    for absent in ["protocolVersion", "clientCapabilities"] {
        let mut message = stateless(request(7, "server/discover", &json!({})));
        let meta = message["params"]["_meta"].as_object_mut().unwrap();
        meta.remove(&format!("io.modelcontextprotocol/{absent}")).unwrap();
        let (status, body) = taken_apart(site.stateless(&message).await).await;
        assert_eq!((status, &body["error"]["code"], &body["id"]), (400, &json!(-32602), &json!(7)), "{absent}");
    }
    assert_eq!(code(site.stateless(&request(1, "tools/list", &json!({}))).await).await, (400, -32602));
}

#[tokio::test]
async fn a_revision_that_is_not_spoken_is_refused_with_those_that_are() {
    let site = Site::open().await;
    let mut message = request(1, "tools/list", &json!({}));
    message["params"]["_meta"] = meta("2031-01-01");
    let sent = site.post().header("MCP-Protocol-Version", "2031-01-01").header("Mcp-Method", "tools/list");
    let (status, body) = taken_apart(sent.json(&message).send().await.unwrap()).await;
    assert_eq!((status, &body["error"]["code"]), (400, &json!(-32022)));
    assert_eq!(body["error"]["data"]["requested"], "2031-01-01");
    assert_eq!(body["error"]["data"]["supported"][0], "2026-07-28");
    // Without `_meta`, and in a batch, the header alone says so.
    for message in [call("echo"), json!([call("echo")])] {
        let sent = site.post().header("MCP-Protocol-Version", "2031-01-01").json(&message);
        assert_eq!(code(sent.send().await.unwrap()).await, (400, -32022));
    }
}

#[tokio::test]
async fn headers_and_message_must_name_the_same_revision() {
    let site = Site::open().await;
    for (header, said) in [
        ("2025-11-25", "2026-07-28"),
        ("2026-07-28", "2031-01-01"),
        ("2031-01-01", "2026-07-28"),
        ("2026-07-28", "2025-11-25"),
    ] {
        let mut message = request(9, "tools/list", &json!({}));
        message["params"]["_meta"] = meta(said);
        let sent = site.post().header("MCP-Protocol-Version", header).header("Mcp-Method", "tools/list");
        let (status, body) = taken_apart(sent.json(&message).send().await.unwrap()).await;
        assert_eq!((status, &body["error"]["code"], &body["id"]), (400, &json!(-32020), &json!(9)), "{header} {said}");
    }
}

#[tokio::test]
async fn a_stateless_request_must_have_each_header_once_and_it_must_say_what_the_message_says() {
    const NAMES: [&str; 3] = ["MCP-Protocol-Version", "Mcp-Method", "Mcp-Name"];
    let site = Site::open().await;
    let message = stateless(call("echo"));
    let right = ["2026-07-28", "tools/call", "echo"];
    for (index, name) in NAMES.into_iter().enumerate() {
        for values in [vec![], vec!["TOOLS/CALL"], vec![right[index], right[index]]] {
            let mut sent = site.post();
            for (other, value) in NAMES.into_iter().zip(right) {
                let values = if other == name { &values } else { &vec![value] };
                for value in values {
                    sent = sent.header(other, *value);
                }
            }
            let answer = code(sent.json(&message).send().await.unwrap()).await;
            assert_eq!(answer, (400, -32020), "{name}: {values:?}");
        }
    }
    // A list has no name, and needs none.
    let list = stateless(request(1, "tools/list", &json!({})));
    assert_eq!(site.stateless(&list).await.status(), 200);
}

#[tokio::test]
async fn prompts_and_resources_are_served_in_either_lifecycle() {
    let site = Site::open().await;
    let asked = [
        (request(1, "prompts/list", &json!({})), "/result/prompts/0/name", "order"),
        (request(2, "prompts/get", &json!({ "name": "show" })), "/result/messages/0/content/data", "iVBORw=="),
        (request(3, "resources/list", &json!({})), "/result/resources/0/uri", "workshop:sign"),
        (
            request(4, "resources/templates/list", &json!({})),
            "/result/resourceTemplates/0/uriTemplate",
            "workshop:drawer/{number}",
        ),
        (request(5, "resources/read", &json!({ "uri": "workshop:plan" })), "/result/contents/0/blob", "iVBORw=="),
    ];
    for (message, place, expected) in asked {
        let (status, body) = taken_apart(site.handshake(&message).await).await;
        assert_eq!((status, body.pointer(place)), (200, Some(&json!(expected))));
        assert_eq!(body["result"]["resultType"], Value::Null);
        let (status, body) = taken_apart(site.stateless(&stateless(message)).await).await;
        assert_eq!((status, body.pointer(place)), (200, Some(&json!(expected))));
        assert_eq!(body["result"]["resultType"], "complete");
    }
}

#[tokio::test]
async fn a_resource_that_does_not_exist_has_a_code_of_its_own_in_the_handshake_lifecycle() {
    let site = Site::open().await;
    let message = request(1, "resources/read", &json!({ "uri": "workshop:none" }));
    assert_eq!(code(site.handshake(&message).await).await, (200, -32002));
    assert_eq!(code(site.stateless(&stateless(message)).await).await, (200, -32602));
}

#[tokio::test]
async fn what_a_stateless_request_is_about_must_be_in_its_header() {
    let site = Site::open().await;
    for (method, params, right) in [
        ("prompts/get", json!({ "name": "show" }), "show"),
        ("resources/read", json!({ "uri": "workshop:sign" }), "workshop:sign"),
    ] {
        for (header, expected) in [(Some(right), 200), (Some("echo"), 400), (None, 400)] {
            let sent = site.post().header("MCP-Protocol-Version", "2026-07-28").header("Mcp-Method", method);
            let sent = header.into_iter().fold(sent, |sent, name| sent.header("Mcp-Name", name));
            let (status, body) =
                taken_apart(sent.json(&stateless(request(1, method, &params))).send().await.unwrap()).await;
            assert_eq!(status, expected, "{method} {header:?}");
            assert_eq!(body["error"]["code"] == json!(-32020), expected == 400, "{body}");
        }
    }
}

#[tokio::test]
async fn a_name_may_come_as_base64() {
    let site = Site::open().await;
    let send = async |name: &str| {
        let sent = site.post().header("MCP-Protocol-Version", "2026-07-28").header("Mcp-Method", "tools/call");
        sent.header("Mcp-Name", name).json(&stateless(call("echo"))).send().await.unwrap()
    };
    assert_eq!(send("=?base64?ZWNobw==?=").await.status(), 200);
    for wrong in ["=?base64?ZWNobw?=", "=?base64?ZWN!bw==?=", "=?base64?aG9sZA==?=", "=?base64?ZWNobw==", "ZWNobw=="] {
        assert_eq!(code(send(wrong).await).await, (400, -32020), "{wrong}");
    }
}

#[tokio::test]
async fn notifications_are_accepted_in_either_lifecycle() {
    let site = Site::open().await;
    for message in [
        json!({ "jsonrpc": "2.0", "method": "notifications/initialized" }),
        json!({ "jsonrpc": "2.0", "method": "notifications/cancelled", "params": { "requestId": 1 } }),
        json!({ "jsonrpc": "2.0", "id": 1, "result": {} }),
    ] {
        assert_eq!(taken_apart(site.handshake(&message).await).await, (202, Value::Null));
        let sent = headed(site.post(), &message).json(&message);
        assert_eq!(taken_apart(sent.send().await.unwrap()).await, (202, Value::Null));
    }
}

#[tokio::test]
async fn what_speaks_an_unknown_revision_is_refused_also_if_it_wants_no_answer() {
    let site = Site::open().await;
    let notification = json!({ "jsonrpc": "2.0", "method": "notifications/initialized" });
    for message in [notification.clone(), json!([notification]), call("echo")] {
        let sent = site.post().header("MCP-Protocol-Version", "1999-01-01").json(&message);
        assert_eq!(code(sent.send().await.unwrap()).await, (400, -32022), "{message}");
    }
}

#[tokio::test]
async fn batches_are_for_the_revision_that_has_them() {
    let site = Site::open().await;
    let initialized = json!({ "jsonrpc": "2.0", "method": "notifications/initialized" });
    let batch =
        json!([call("echo"), initialized, request(2, "ping", &json!({})), { "id": 3 }, initialize("2025-03-26")]);
    for version in [None, Some("2025-03-26")] {
        let sent = version.into_iter().fold(site.post(), |sent, version| sent.header("MCP-Protocol-Version", version));
        let (status, body) = taken_apart(sent.json(&batch).send().await.unwrap()).await;
        assert_eq!((status, body.as_array().unwrap().len()), (200, 4));
        assert_eq!(body[0]["result"]["content"][0]["text"], "{}");
        assert_eq!((&body[1]["result"], &body[1]["id"]), (&json!({}), &json!(2)));
        assert_eq!((&body[2]["error"]["code"], &body[3]["error"]["code"]), (&json!(-32600), &json!(-32600)));
    }
    assert_eq!(taken_apart(site.handshake(&json!([initialized, initialized])).await).await, (202, Value::Null));
    for version in ["2024-11-05", "2025-06-18", "2026-07-28"] {
        let sent = site.post().header("MCP-Protocol-Version", version).json(&batch);
        assert_eq!(code(sent.send().await.unwrap()).await, (400, -32600), "{version}");
    }
    assert_eq!(code(site.handshake(&json!([])).await).await, (400, -32600));
}

#[tokio::test]
async fn what_a_client_accepts_is_not_held_against_it() {
    let site = Site::open().await;
    for accept in ["*/*", "application/json", "text/event-stream", "application/json, text/event-stream", "text/html"] {
        let response = site.post().header("Accept", accept).json(&call("echo")).send().await.unwrap();
        assert_eq!(response.status(), 200, "{accept}");
        assert_eq!(response.headers()["content-type"], "application/json");
    }
}

#[tokio::test]
async fn only_post_is_answered() {
    let site = Site::open().await;
    for path in ["/mcp", "/mcp/anything"] {
        for method in ["GET", "DELETE", "PUT", "HEAD", "OPTIONS"] {
            let sent = site.client.request(method.parse().unwrap(), site.url(path));
            let response = sent.send().await.unwrap();
            assert_eq!(response.status(), 405, "{method} {path}");
            assert_eq!(response.headers()["allow"], "POST");
            assert_eq!(response.headers()["content-type"], "application/json");
        }
    }
}
