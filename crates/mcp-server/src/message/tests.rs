//! Examples of messages, and of texts that are not messages.
#![expect(clippy::unwrap_used, clippy::panic, reason = "tests")]

use serde_json::json;

use super::*;

/// The id of the refusal, if it is known, and the error code.
fn refused(text: &str) -> (Option<RpcId>, i32) {
    match read_message(text.as_bytes(), None) {
        Err(RefusedMessage { id: AnswerId::Known(id), error }) => (Some(id), error.code.number()),
        Err(RefusedMessage { id, error }) => {
            assert_eq!(id, AnswerId::Null);
            (None, error.code.number())
        }
        Ok(incoming) => panic!("{text} was read as {incoming:?}"),
    }
}

fn request(text: &str) -> RpcRequest {
    match read_message(text.as_bytes(), None) {
        Ok(Incoming::One(Message::Request(request))) => request,
        other => panic!("{text} was read as {other:?}"),
    }
}

fn batch(text: &str, settled: Option<Revision>) -> Vec<Result<Message, RefusedMessage>> {
    match read_message(text.as_bytes(), settled) {
        Ok(Incoming::Batch(messages)) => messages,
        other => panic!("{text} was read as {other:?}"),
    }
}

fn text(id: &str) -> RpcId {
    RpcId::Text(id.into())
}

#[test]
fn an_id_keeps_its_spelling() {
    for id in ["0", "-7", "1", "123456789012345678901234567890", r#""a\"b""#, r#""""#, r#""é""#] {
        let read = request(&format!(r#"{{"jsonrpc":"2.0","id":{id},"method":"ping"}}"#)).id;
        assert_eq!(serde_json::to_string(&read).unwrap(), id);
    }
}

#[test]
fn escapes_do_not_change_an_id() {
    assert_eq!(RpcId::parse(r#""\u0061""#), RpcId::parse(r#""a""#));
    assert_ne!(RpcId::parse("1"), RpcId::parse(r#""1""#));
}

#[test]
fn an_id_is_a_string_or_an_integer() {
    for id in ["null", "1.0", "1e3", "-", "true", "[]", "{}", r#""\ud800""#] {
        assert_eq!(refused(&format!(r#"{{"jsonrpc":"2.0","id":{id},"method":"ping"}}"#)).0, None, "{id}");
    }
    for id in ["null", "1.0", "1e3", "true", "[]", "{}"] {
        assert_eq!(refused(&format!(r#"{{"jsonrpc":"2.0","id":{id},"method":"ping"}}"#)).1, -32600, "{id}");
    }
}

#[test]
fn text_that_is_not_json_is_a_parse_error() {
    for text in [
        "\u{c}{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\"}",
        "",
        " ",
        "{",
        "}",
        "[",
        "[1,",
        "nonsense",
        r#"{"jsonrpc":"2.0","id":1,"method":}"#,
        "{}{}",
        "{} x",
        "'a'",
        "01",
        "{\"a\":\u{1}}",
        " \u{feff}{}",
    ] {
        assert_eq!(refused(text), (None, -32700), "{text}");
    }
    assert_eq!(read_message(b"{\"id\":\"\xff\"}", None).unwrap_err().error.code, ErrorCode::Parse);
}

#[test]
fn json_that_is_not_a_request_is_invalid() {
    for text in [
        "1",
        "null",
        "true",
        "\"ping\"",
        "{}",
        "[]",
        r#"{"id":1,"id":1,"jsonrpc":"2.0","method":"ping"}"#,
        r#"{"jsonrpc":"2.0","method":1}"#,
        r#"{"jsonrpc":"2.0"}"#,
        r#"{"jsonrpc":2.0,"method":"ping"}"#,
        r#"{"jsonrpc":null,"method":"ping"}"#,
        r#"{"method":"ping"}"#,
    ] {
        assert_eq!(refused(text), (None, -32600), "{text}");
    }
}

#[test]
fn a_refused_request_keeps_its_id() {
    for (text, code) in [
        (r#"{"id":"a","method":"ping"}"#, -32600),
        (r#"{"jsonrpc":"1.0","id":"a","method":"ping"}"#, -32600),
        (r#"{"jsonrpc":"2.0","id":"a"}"#, -32600),
        (r#"{"jsonrpc":"2.0","id":"a","method":null}"#, -32600),
        (r#"{"jsonrpc":"2.0","id":"a","method":["ping"]}"#, -32600),
        (r#"{"jsonrpc":"2.0","id":"a","method":"ping","params":[1]}"#, -32602),
        (r#"{"jsonrpc":"2.0","id":"a","method":"ping","params":1}"#, -32602),
        (r#"{"jsonrpc":"2.0","id":"a","method":"ping","params":{"x":{"y":1,"y":2}}}"#, -32602),
        (r#"{"jsonrpc":"2.0","id":"a","method":"ping","params":{"x":"\ud800"}}"#, -32602),
    ] {
        assert_eq!(refused(text), (Some(self::text("a")), code), "{text}");
    }
}

#[test]
fn excessive_nesting_is_refused() {
    let deep = format!("{}{}", "[".repeat(300_000), "]".repeat(300_000));
    let params = format!(r#"{{"jsonrpc":"2.0","id":"a","method":"ping","params":{{"x":{deep}}}}}"#);
    assert_eq!(refused(&params), (Some(text("a")), -32602));
    assert_eq!(refused(&"[".repeat(300_000)), (None, -32700));
    assert_eq!(refused(&r#"{"id":"#.repeat(300_000)), (None, -32700));
    assert!(matches!(batch(&deep, None).as_slice(), [Err(RefusedMessage { id: AnswerId::Null, .. })]));
}

#[test]
fn params_may_be_absent_or_null() {
    assert!(request(r#"{"jsonrpc":"2.0","id":1,"method":"ping"}"#).params.is_empty());
    assert!(request(r#"{"jsonrpc":"2.0","id":1,"method":"ping","params":null}"#).params.is_empty());
    let given = request(r#" {"params":{"b":1,"a":2},"method":"m","id":1,"jsonrpc":"2.0","extra":{}} "#);
    assert_eq!(Value::Object(given.params), json!({ "b": 1, "a": 2 }));
}

#[test]
fn other_notifications_are_ignored() {
    for text in [
        r#"{"jsonrpc":"2.0","method":"notifications/initialized"}"#,
        r#"{"jsonrpc":"2.0","method":"tools/call","params":{"name":"x"}}"#,
        r#"{"jsonrpc":"2.0","method":"notifications/cancelled"}"#,
        r#"{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":null}}"#,
        r#"{"jsonrpc":"2.0","method":"notifications/cancelled","params":[1]}"#,
        r#"{"jsonrpc":"2.0","id":null,"result":{}}"#,
    ] {
        assert!(matches!(read_message(text.as_bytes(), None), Ok(Incoming::One(Message::Ignored))), "{text}");
    }
}

#[test]
fn a_response_names_the_request_of_the_server() {
    for (text, expected) in [
        (r#"{"jsonrpc":"2.0","id":"q-1","result":{"a":1}}"#, Some(serde_json::json!({ "a": 1 }))),
        (r#"{"jsonrpc":"2.0","id":"q-1","result":[]}"#, None),
        (r#"{"jsonrpc":"2.0","id":"q-1","error":{"code":1,"message":"x"}}"#, None),
    ] {
        match read_message(text.as_bytes(), None) {
            Ok(Incoming::One(Message::Response(id, result))) => {
                assert_eq!((id, result), (RpcId::Text("q-1".into()), expected));
            }
            other => panic!("{text}: {other:?}"),
        }
    }
}

#[test]
fn a_cancellation_names_the_request() {
    let text = r#"{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":17,"reason":"late"}}"#;
    match read_message(text.as_bytes(), None) {
        Ok(Incoming::One(Message::Cancelled(id))) => assert_eq!(id, RpcId::Integer("17".into())),
        other => panic!("{other:?}"),
    }
}

#[test]
fn batches_exist_only_in_2025_03_26() {
    let text = r#"[{"jsonrpc":"2.0","id":1,"method":"ping"}]"#;
    for settled in [None, Some(Revision::V2025_03_26)] {
        assert_eq!(batch(text, settled).len(), 1);
    }
    for settled in [Revision::V2024_11_05, Revision::V2025_06_18, Revision::V2025_11_25, Revision::V2026_07_28] {
        let refused = read_message(text.as_bytes(), Some(settled)).unwrap_err();
        assert_eq!(refused.error.code, ErrorCode::InvalidRequest);
    }
}

#[test]
fn each_message_of_a_batch_is_read_alone() {
    let messages = batch(r#"[{"jsonrpc":"2.0","id":1,"method":"ping"}, 1, [], {"id":"a"}]"#, None);
    assert!(matches!(
        messages.as_slice(),
        [
            Ok(Message::Request(_)),
            Err(RefusedMessage { id: AnswerId::Null, .. }),
            Err(_),
            Err(RefusedMessage { id: AnswerId::Known(RpcId::Text(_)), .. })
        ]
    ));
}

#[test]
fn a_batch_has_one_to_a_hundred_messages() {
    let of = |length: usize| format!("[{}]", vec!["1"; length].join(","));
    assert_eq!(refused("[]"), (None, -32600));
    assert_eq!(batch(&of(LARGEST_BATCH), None).len(), LARGEST_BATCH);
    assert_eq!(refused(&of(LARGEST_BATCH + 1)), (None, -32600));
}

#[test]
fn an_unreadable_id_is_null_or_absent_by_revision() {
    for (settled, expected) in [
        (None, AnswerId::Null),
        (Some(Revision::V2024_11_05), AnswerId::Null),
        (Some(Revision::V2025_03_26), AnswerId::Null),
        (Some(Revision::V2025_06_18), AnswerId::Null),
        (Some(Revision::V2025_11_25), AnswerId::Absent),
        (Some(Revision::V2026_07_28), AnswerId::Absent),
    ] {
        for text in ["{", "1", r#"{"jsonrpc":"2.0","id":null,"method":"ping"}"#, r#"{"id":{}}"#] {
            assert_eq!(read_message(text.as_bytes(), settled).unwrap_err().id, expected, "{settled:?} {text}");
        }
    }
}

#[test]
fn a_message_may_name_the_revision_that_decides_its_id() {
    for (version, expected) in [("2026-07-28", AnswerId::Absent), ("2025-06-18", AnswerId::Null)] {
        let meta = json!({ "io.modelcontextprotocol/protocolVersion": version });
        let message = json!({ "jsonrpc": "2.0", "id": null, "method": "tools/list", "params": { "_meta": meta } });
        assert_eq!(read_message(message.to_string().as_bytes(), None).unwrap_err().id, expected);
    }
}

#[test]
fn a_byte_order_mark_before_a_message_is_dropped() {
    let ping = r#"{"jsonrpc":"2.0","id":1,"method":"ping"}"#;
    for text in [format!("\u{feff}{ping}"), format!("\u{feff} {ping}\r\n")] {
        assert_eq!(request(&text).method, "ping");
    }
    assert_eq!(batch(&format!("\u{feff}[{ping}]"), None).len(), 1);
    assert_eq!(refused(&format!("{ping}\u{feff}")).1, -32700);
}

#[test]
fn an_empty_list_of_parameters_is_an_empty_object() {
    for params in ["[]", "[ ]", "[\n]", "{}", "null"] {
        let text = format!(r#"{{"jsonrpc":"2.0","id":1,"method":"ping","params":{params}}}"#);
        assert!(request(&text).params.is_empty(), "{params}");
    }
    assert_eq!(refused(r#"{"jsonrpc":"2.0","id":1,"method":"ping","params":[1]}"#).1, -32602);
}

#[test]
fn half_a_character_is_refused_under_its_id() {
    let text = r#"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"\ud800"}}"#;
    assert_eq!(refused(text), (Some(RpcId::Integer("1".into())), -32602));
}

#[tokio::test(start_paused = true)]
async fn waiting_for_room_counts_towards_the_call() {
    tokio::time::advance(Duration::from_mins(1)).await;
    let mut one = read_message(br#"{"jsonrpc":"2.0","id":1,"method":"ping"}"#, None).unwrap();
    one.count_wait(Duration::from_secs(25));
    let Incoming::One(Message::Request(request)) = one else { panic!("it is a request") };
    assert_eq!(request.received.elapsed(), Duration::from_secs(25));
}
