//! What is a message and what is not, by example.
#![expect(clippy::unwrap_used, clippy::panic, reason = "tests")]

use serde_json::json;

use super::*;

fn refused(text: &str) -> (Option<Id>, i32) {
    match read(text.as_bytes(), None) {
        Err(Refused { id, error }) => (id, error.code.number()),
        Ok(incoming) => panic!("{text} is read as {incoming:?}"),
    }
}

fn request(text: &str) -> RpcRequest {
    match read(text.as_bytes(), None) {
        Ok(Incoming::One(Message::Request(request))) => request,
        other => panic!("{text} is read as {other:?}"),
    }
}

fn batch(text: &str, settled: Option<Revision>) -> Vec<Result<Message, Refused>> {
    match read(text.as_bytes(), settled) {
        Ok(Incoming::Batch(messages)) => messages,
        other => panic!("{text} is read as {other:?}"),
    }
}

fn text(id: &str) -> Id {
    Id::Text(id.into())
}

#[test]
fn an_id_is_kept_as_it_was_written() {
    for id in ["0", "-7", "1", "123456789012345678901234567890", r#""a\"b""#, r#""""#, r#""é""#] {
        let read = request(&format!(r#"{{"jsonrpc":"2.0","id":{id},"method":"ping"}}"#)).id;
        assert_eq!(serde_json::to_string(&read).unwrap(), id);
    }
}

#[test]
fn an_id_that_is_written_differently_is_the_same_id() {
    assert_eq!(Id::read(r#""\u0061""#), Id::read(r#""a""#));
    assert_ne!(Id::read("1"), Id::read(r#""1""#));
}

#[test]
fn what_is_no_string_or_integer_is_no_id() {
    for id in ["null", "1.0", "1e3", "-", "true", "[]", "{}", r#""\ud800""#] {
        assert_eq!(refused(&format!(r#"{{"jsonrpc":"2.0","id":{id},"method":"ping"}}"#)).0, None, "{id}");
    }
    for id in ["null", "1.0", "1e3", "true", "[]", "{}"] {
        assert_eq!(refused(&format!(r#"{{"jsonrpc":"2.0","id":{id},"method":"ping"}}"#)).1, -32600, "{id}");
    }
}

#[test]
fn what_is_no_json_is_a_parse_error() {
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
        "\u{feff}{}",
    ] {
        assert_eq!(refused(text), (None, -32700), "{text}");
    }
    assert_eq!(read(b"{\"id\":\"\xff\"}", None).unwrap_err().error.code, Code::Parse);
}

#[test]
fn what_is_json_but_no_request_is_an_invalid_request() {
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
fn a_request_that_is_refused_keeps_its_id() {
    for (text, code) in [
        (r#"{"id":"a","method":"ping"}"#, -32600),
        (r#"{"jsonrpc":"1.0","id":"a","method":"ping"}"#, -32600),
        (r#"{"jsonrpc":"2.0","id":"a"}"#, -32600),
        (r#"{"jsonrpc":"2.0","id":"a","method":null}"#, -32600),
        (r#"{"jsonrpc":"2.0","id":"a","method":["ping"]}"#, -32600),
        (r#"{"jsonrpc":"2.0","id":"a","method":"ping","params":[]}"#, -32602),
        (r#"{"jsonrpc":"2.0","id":"a","method":"ping","params":1}"#, -32602),
        (r#"{"jsonrpc":"2.0","id":"a","method":"ping","params":{"x":{"y":1,"y":2}}}"#, -32602),
        (r#"{"jsonrpc":"2.0","id":"a","method":"ping","params":{"x":"\ud800"}}"#, -32602),
        (r#"{"jsonrpc":"2.0","id":"a","method":"ping","params":{"x":1e999}}"#, -32602),
    ] {
        assert_eq!(refused(text), (Some(self::text("a")), code), "{text}");
    }
}

#[test]
fn nesting_that_would_overflow_a_stack_is_refused() {
    let deep = format!("{}{}", "[".repeat(300_000), "]".repeat(300_000));
    let params = format!(r#"{{"jsonrpc":"2.0","id":"a","method":"ping","params":{{"x":{deep}}}}}"#);
    assert_eq!(refused(&params), (Some(text("a")), -32602));
    assert_eq!(refused(&"[".repeat(300_000)), (None, -32700));
    assert_eq!(refused(&r#"{"id":"#.repeat(300_000)), (None, -32700));
    assert!(matches!(batch(&deep, None).as_slice(), [Err(Refused { id: None, .. })]));
}

#[test]
fn params_may_be_absent_or_null() {
    assert!(request(r#"{"jsonrpc":"2.0","id":1,"method":"ping"}"#).params.is_empty());
    assert!(request(r#"{"jsonrpc":"2.0","id":1,"method":"ping","params":null}"#).params.is_empty());
    let given = request(r#" {"params":{"b":1,"a":2},"method":"m","id":1,"jsonrpc":"2.0","extra":{}} "#);
    assert_eq!(Value::Object(given.params), json!({ "b": 1, "a": 2 }));
}

#[test]
fn nothing_follows_from_notifications_and_stray_answers() {
    for text in [
        r#"{"jsonrpc":"2.0","method":"notifications/initialized"}"#,
        r#"{"jsonrpc":"2.0","method":"tools/call","params":{"name":"x"}}"#,
        r#"{"jsonrpc":"2.0","method":"notifications/cancelled"}"#,
        r#"{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":null}}"#,
        r#"{"jsonrpc":"2.0","method":"notifications/cancelled","params":[1]}"#,
        r#"{"jsonrpc":"2.0","id":1,"result":{}}"#,
        r#"{"jsonrpc":"2.0","id":1,"error":{"code":1,"message":"x"}}"#,
    ] {
        assert!(matches!(read(text.as_bytes(), None), Ok(Incoming::One(Message::Ignored))), "{text}");
    }
}

#[test]
fn a_cancellation_names_the_request() {
    let text = r#"{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":17,"reason":"late"}}"#;
    match read(text.as_bytes(), None) {
        Ok(Incoming::One(Message::Cancelled(id))) => assert_eq!(id, Id::Integer("17".into())),
        other => panic!("{other:?}"),
    }
}

#[test]
fn only_one_revision_has_batches_and_before_any_is_settled_they_are_read() {
    let text = r#"[{"jsonrpc":"2.0","id":1,"method":"ping"}]"#;
    for settled in [None, Some(Revision::V2025_03_26)] {
        assert_eq!(batch(text, settled).len(), 1);
    }
    for settled in [Revision::V2024_11_05, Revision::V2025_06_18, Revision::V2025_11_25, Revision::V2026_07_28] {
        let refused = read(text.as_bytes(), Some(settled)).unwrap_err();
        assert_eq!(refused.error.code, Code::InvalidRequest);
    }
}

#[test]
fn each_message_of_a_batch_is_judged_by_itself() {
    let messages = batch(r#"[{"jsonrpc":"2.0","id":1,"method":"ping"}, 1, [], {"id":"a"}]"#, None);
    assert!(matches!(
        messages.as_slice(),
        [Ok(Message::Request(_)), Err(Refused { id: None, .. }), Err(_), Err(Refused { id: Some(Id::Text(_)), .. })]
    ));
}

#[test]
fn a_batch_is_neither_empty_nor_endless() {
    let of = |length: usize| format!("[{}]", vec!["1"; length].join(","));
    assert_eq!(refused("[]"), (None, -32600));
    assert_eq!(batch(&of(LARGEST_BATCH), None).len(), LARGEST_BATCH);
    assert_eq!(refused(&of(LARGEST_BATCH + 1)), (None, -32600));
}
