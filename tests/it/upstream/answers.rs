//! Replies of every kind, and the outcome of each.

use std::io::Write as _;

use desk365_mcp::outcome::{FailureKind, FailureSource, RateLimit};
use desk365_mcp::upstream::UpstreamOptions;
use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::json;
use wiremock::matchers::{any, body_json, header, method, path, query_param};
use wiremock::{Mock, MockServer, ResponseTemplate};

use crate::upstream::fixture::{GET, KEY, PING, caller, caller_with, failed, get, object, ok, set};

/// Starts a server that gives every request the same reply.
async fn start_replying(answer: ResponseTemplate) -> MockServer {
    let server = MockServer::start().await;
    Mock::given(any()).respond_with(answer).mount(&server).await;
    server
}

fn body(status: u16, body: &str, content_type: &str) -> ResponseTemplate {
    ResponseTemplate::new(status).set_body_raw(body, content_type)
}

#[tokio::test]
async fn a_request_has_the_key_in_its_header() {
    let server = MockServer::start().await;
    Mock::given(method("PUT"))
        .and(path("/base/things"))
        .and(query_param("id", "a/../b&c=d"))
        .and(header("x-key", format!("Token {KEY}")))
        .and(header("content-type", "application/json"))
        .and(header("user-agent", concat!("desk365-mcp/", env!("CARGO_PKG_VERSION"))))
        .and(body_json(json!({"fields": {"colour": "röd"}})))
        .respond_with(body(200, "{}", "application/json"))
        .expect(1)
        .mount(&server)
        .await;
    let caller = caller(&format!("{}/base/", server.uri()));
    let arguments = object(json!({"id": "a/../b&c=d", "fields": {"colour": "röd"}}));
    ok(caller.call(&crate::upstream::fixture::SET, arguments).await);
}

#[tokio::test]
async fn an_argument_in_the_path_stays_in_its_segment() {
    let server = start_replying(body(200, "{}", "application/json")).await;
    let caller = caller(&format!("{}/base", server.uri()));
    for hostile in ["../admin", "a/b", "..%2f", "?x=1", "#f", "@evil.example", "a\\b", "%2e%2e", "é"] {
        ok(caller.call(&GET, object(json!({"id": hostile}))).await);
    }
    for request in server.received_requests().await.unwrap() {
        assert_eq!(request.url.path_segments().unwrap().count(), 3, "{}", request.url);
        assert!(request.url.path().starts_with("/base/things/"), "{}", request.url);
        assert_eq!(request.url.query(), None, "{}", request.url);
    }
}

#[tokio::test]
async fn a_url_over_the_limit_is_refused() {
    let server = start_replying(body(200, "{}", "application/json")).await;
    let room = 65_534 - server.uri().len() - "/things/".len();
    let caller = caller(&server.uri());
    let call = async |length| caller.call(&GET, object(json!({"id": "x".repeat(length)}))).await;
    ok(call(room).await);
    let error = failed(call(room + 1).await);
    assert_eq!((error.source, error.kind), (FailureSource::Arguments, FailureKind::TooLarge));
    assert!(error.message.contains("65535 bytes") && error.message.contains("65534"), "{}", error.message);
    assert_eq!(server.received_requests().await.unwrap().len(), 1);
}

#[tokio::test]
async fn an_unexplained_404_questions_the_address() {
    for (answer, by_id, without_id) in [
        (r#"{"error": {"text": "no such thing"}}"#, false, true),
        ("<html>Not Found</html>", true, true),
        ("", true, true),
    ] {
        let server = start_replying(body(404, answer, "text/html")).await;
        let caller = caller(&server.uri());
        let doubts = |outcome| failed(outcome).message.contains("address may be wrong");
        assert_eq!(doubts(get(&caller).await), by_id, "{answer}");
        assert_eq!(doubts(caller.call(&PING, object(json!({}))).await), without_id, "{answer}");
    }
}

#[tokio::test]
async fn a_success_is_the_unchanged_bytes() {
    let odd = "{ \"b\":1,\n\t\"a\": 1.10, \"b\": \"\\ud83d\\u00e9\", \"n\": 12345678901234567890123, \"e\": 1e999 }\n";
    let answer = body(200, odd, "application/json").insert_header("x-left", "49").insert_header("x-limit", "50");
    let success = ok(get(&caller(&start_replying(answer).await.uri())).await);
    assert_eq!(success.text, odd);
    assert_eq!(success.upstream_status, 200);
    assert_eq!(success.ratelimit, RateLimit { limit: Some(50), remaining: Some(49), reset: None });
}

#[tokio::test]
async fn json_is_accepted_with_any_media_type() {
    let success = ok(get(&caller(&start_replying(body(201, "[]", "text/html")).await.uri())).await);
    assert_eq!((success.text.as_str(), success.upstream_status), ("[]", 201));
}

#[tokio::test]
async fn a_deeply_nested_reply_is_accepted() {
    let deep = format!("{}{}", "[".repeat(10_000), "]".repeat(10_000));
    assert_eq!(ok(get(&caller(&start_replying(body(200, &deep, "application/json")).await.uri())).await).text, deep);
}

#[tokio::test]
async fn a_byte_order_mark_is_removed() {
    let answer = body(200, "\u{feff}{\"a\":1}", "application/json");
    assert_eq!(ok(get(&caller(&start_replying(answer).await.uri())).await).text, "{\"a\":1}");
}

#[tokio::test]
async fn no_content_of_a_read_is_null() {
    let success = ok(get(&caller(&start_replying(ResponseTemplate::new(204)).await.uri())).await);
    assert_eq!((success.text.as_str(), success.upstream_status), ("null", 204));
}

#[tokio::test]
async fn a_text_tool_accepts_any_text() {
    let server =
        start_replying(ResponseTemplate::new(200).set_body_raw(b"All good! <b>\xff".as_slice(), "text/plain")).await;
    let success = ok(caller(&server.uri()).call(&PING, object(json!({}))).await);
    assert_eq!(success.text, "All good! <b>\u{fffd}");
}

#[tokio::test]
async fn a_json_tool_accepts_only_json() {
    for wrong in ["<html><h1>Sign in</h1></html>", "", " ", "{\"a\":1", "{} {}", "{'a':1}", "NaN", "All good!"] {
        let server = start_replying(body(200, wrong, "text/html")).await;
        let read = failed(get(&caller(&server.uri())).await);
        assert_eq!(
            (read.source, read.kind, read.status),
            (FailureSource::Upstream, FailureKind::BadReply, Some(200)),
            "{wrong}"
        );
        assert!(!read.to_text().contains("Sign in"), "{}", read.to_text());
        assert!(!read.message.contains("blindly"), "{}", read.message);
        if wrong.trim().is_empty() {
            continue;
        }
        let write = failed(set(&caller(&server.uri())).await);
        assert!(write.message.contains("most likely made. Do not repeat the call blindly"), "{}", write.message);
    }
    let latin = ResponseTemplate::new(200).set_body_raw(b"\"\xe9\"".as_slice(), "application/json");
    assert_eq!(failed(get(&caller(&start_replying(latin).await.uri())).await).kind, FailureKind::BadReply);
}

#[tokio::test]
async fn every_refusal_has_its_kind_and_is_not_retried() {
    for (status, kind) in [
        (300, FailureKind::BadReply),
        (304, FailureKind::BadReply),
        (400, FailureKind::Rejected),
        (401, FailureKind::Unauthorized),
        (402, FailureKind::Rejected),
        (403, FailureKind::Forbidden),
        (404, FailureKind::NotFound),
        (405, FailureKind::Rejected),
        (408, FailureKind::TimedOut),
        (409, FailureKind::Rejected),
        (413, FailureKind::Rejected),
        (414, FailureKind::Rejected),
        (421, FailureKind::Rejected),
        (425, FailureKind::Rejected),
        (429, FailureKind::RateLimited),
        (500, FailureKind::UpstreamFailed),
        (502, FailureKind::UpstreamFailed),
        (503, FailureKind::UpstreamFailed),
        (504, FailureKind::UpstreamFailed),
        (599, FailureKind::UpstreamFailed),
        (999, FailureKind::BadReply),
    ] {
        let answer = body(status, r#"{"error": {"text": "because"}}"#, "application/json");
        let server = start_replying(answer.insert_header("retry-after", "0")).await;
        let error = failed(set(&caller(&server.uri())).await);
        assert_eq!((error.source, error.kind, error.status), (FailureSource::Upstream, kind, Some(status)));
        assert_eq!(server.received_requests().await.unwrap().len(), 1, "{status} was retried");
        let explained = error.message.contains("“because”");
        assert_eq!(explained, status != 304, "{status}: {}", error.message);
    }
}

#[tokio::test]
async fn an_explanation_is_found_in_a_long_body() {
    for (padding, explained) in [(900 * 1024, true), (1024 * 1024, false)] {
        let long = json!({"trace": "x".repeat(padding), "error": {"text": "because"}}).to_string();
        let error = failed(get(&caller(&start_replying(body(400, &long, "application/json")).await.uri())).await);
        assert_eq!(error.message.contains("“because”"), explained, "{padding}: {}", error.message);
    }
}

#[tokio::test]
async fn redirects_are_not_followed() {
    let elsewhere = start_replying(body(200, "{}", "application/json")).await;
    for status in [301, 302, 303, 307, 308] {
        let answer = ResponseTemplate::new(status).insert_header("location", elsewhere.uri());
        let error = failed(get(&caller(&start_replying(answer).await.uri())).await);
        assert_eq!((error.kind, error.status), (FailureKind::BadReply, Some(status)));
    }
    assert_eq!(elsewhere.received_requests().await.unwrap().len(), 0);
}

#[tokio::test]
async fn a_used_up_rate_limit_says_when_to_call_again() {
    let answer = ResponseTemplate::new(429)
        .insert_header("retry-after", "37")
        .insert_header("x-left", "-1")
        .insert_header("x-limit", "50");
    let error = failed(set(&caller(&start_replying(answer).await.uri())).await);
    assert_eq!(error.ratelimit, RateLimit { limit: Some(50), remaining: Some(0), reset: Some(37) });
    assert!(error.message.contains("Call again in 37 seconds"), "{}", error.message);
    assert!(error.message.contains("uses 5 calls"), "{}", error.message);
}

#[tokio::test]
async fn the_page_of_a_proxy_is_not_returned() {
    let page = "<html><head><title>502</title></head><body>nginx secret</body></html>";
    let error = failed(get(&caller(&start_replying(body(502, page, "text/html")).await.uri())).await);
    assert_eq!(error.kind, FailureKind::UpstreamFailed);
    assert!(!error.to_text().contains('<') && !error.to_text().contains("nginx"), "{}", error.to_text());
}

#[tokio::test]
async fn a_key_in_a_reply_is_removed() {
    let answer = body(401, &json!({"error": {"text": format!("bad key {KEY}")}}).to_string(), "application/json");
    let error = failed(get(&caller(&start_replying(answer).await.uri())).await);
    assert!(error.message.contains("bad key [the key]"), "{}", error.message);
}

#[tokio::test]
async fn an_explanation_is_one_short_line() {
    let long = format!("first\nsecond\u{1b}[2J{}", "x".repeat(5_000));
    let answer = body(400, &json!({"error": {"text": long}}).to_string(), "application/json");
    let error = failed(get(&caller(&start_replying(answer).await.uri())).await);
    assert!(error.message.len() < 700 && error.message.contains("first second [2Jxxx"), "{}", error.message);
    let text = error.to_text();
    assert_eq!(text, format!("rejected: {}", error.message));
    assert!(!text.contains('\n'));
    assert_eq!(error.facts()["error"]["message"], error.message);
}

#[tokio::test]
async fn the_limit_applies_to_the_decompressed_reply() {
    let mut zip = GzEncoder::new(Vec::new(), Compression::best());
    zip.write_all(format!("\"{}\"", "0".repeat(5_000_000)).as_bytes()).unwrap();
    let bomb = zip.finish().unwrap();
    assert!(bomb.len() < 10_000);
    let answer = ResponseTemplate::new(200).insert_header("content-encoding", "gzip").set_body_bytes(bomb);
    let server = start_replying(answer).await;
    let options = UpstreamOptions { max_reply_bytes: 1_000_000, ..UpstreamOptions::default() };
    let error = failed(get(&caller_with(&server.uri(), options)).await);
    assert_eq!((error.kind, error.status), (FailureKind::TooLarge, Some(200)));
    assert!(error.message.contains("1.0 MB"), "{}", error.message);
    assert_eq!(ok(get(&caller(&server.uri())).await).text.len(), 5_000_002);
}

/// Returns `text` as a gzip file.
fn zipped(text: &str) -> Vec<u8> {
    let mut zip = GzEncoder::new(Vec::new(), Compression::default());
    zip.write_all(text.as_bytes()).unwrap();
    zip.finish().unwrap()
}

#[tokio::test]
async fn every_coding_of_a_reply_is_removed() {
    let members = [zipped("{\"a\":"), zipped("1}")].concat();
    for (coding, bytes) in [("GZIP", &members), ("x-gzip", &members), ("identity, gzip", &members)] {
        let answer = ResponseTemplate::new(200).insert_header("content-encoding", coding).set_body_bytes(bytes.clone());
        assert_eq!(ok(set(&caller(&start_replying(answer).await.uri())).await).text, "{\"a\":1}", "{coding}");
    }
    let explained = ResponseTemplate::new(400).insert_header("content-encoding", "GZIP");
    let answer = explained.set_body_bytes(zipped("{\"error\":{\"text\":\"no such colour\"}}"));
    let error = failed(set(&caller(&start_replying(answer).await.uri())).await);
    assert!(error.message.contains("“no such colour”"), "{}", error.message);
}

#[tokio::test]
async fn an_unknown_coding_of_a_reply_is_named() {
    let answer = body(200, "{}", "application/json").insert_header("content-encoding", "zstd");
    let error = failed(get(&caller(&start_replying(answer).await.uri())).await);
    assert_eq!(error.kind, FailureKind::BadReply);
    assert!(error.message.contains("content coding “zstd”"), "{}", error.message);
}

#[tokio::test]
async fn an_empty_success_of_a_write_is_one_sentence() {
    for status in [200, 201, 202, 204] {
        let caller = caller(&start_replying(ResponseTemplate::new(status)).await.uri());
        let success = ok(set(&caller).await);
        assert!(success.text.contains(&format!("{status} ")) && success.text.ends_with('.'), "{}", success.text);
        assert_eq!(success.upstream_status, status);
    }
    let read = failed(get(&caller(&start_replying(ResponseTemplate::new(200)).await.uri())).await);
    assert_eq!(read.kind, FailureKind::BadReply);
}

#[tokio::test]
async fn a_text_reply_is_neither_empty_nor_markup() {
    let ping = async |answer| caller(&start_replying(answer).await.uri()).call(&PING, object(json!({}))).await;
    for (text, content_type) in [
        ("", "text/plain"),
        (" \n", "text/plain"),
        ("<!DOCTYPE html><title>Sign in</title>", "text/plain"),
        ("Sign in", "text/html; charset=utf-8"),
    ] {
        let error = failed(ping(body(200, text, content_type)).await);
        assert_eq!(error.kind, FailureKind::BadReply, "{text}");
        assert!(error.message.contains("not plain text"), "{}", error.message);
    }
    assert_eq!(ok(ping(body(200, "\u{feff}All good!", "text/plain")).await).text, "All good!");
}

#[tokio::test]
async fn numbers_are_sent_as_they_are_written() {
    let server = start_replying(body(200, "{}", "application/json")).await;
    let arguments = strict_json::object(r#"{"id": 7, "fields": {"cf_n": 1234567890123.123456, "m": 1.50}}"#).unwrap();
    ok(caller(&server.uri()).call(&crate::upstream::fixture::SET, arguments).await);
    let sent = server.received_requests().await.unwrap();
    assert_eq!(sent[0].body, br#"{"fields":{"cf_n":1234567890123.123456,"m":1.50}}"#);
}

#[tokio::test]
async fn a_write_with_a_too_long_reply_was_most_likely_made() {
    let server = start_replying(body(200, &format!("\"{}\"", "0".repeat(2_000)), "application/json")).await;
    let options = UpstreamOptions { max_reply_bytes: 1_000, ..UpstreamOptions::default() };
    let error = failed(set(&caller_with(&server.uri(), options)).await);
    assert_eq!(error.kind, FailureKind::TooLarge);
    assert!(error.message.contains("most likely made"), "{}", error.message);
}

#[tokio::test]
async fn invalid_arguments_send_nothing() {
    let server = start_replying(body(200, "{}", "application/json")).await;
    let error = failed(caller(&server.uri()).call(&GET, object(json!({"idd": 1}))).await);
    assert_eq!(
        (error.source, error.kind, error.status),
        (FailureSource::Arguments, FailureKind::InvalidArguments, None)
    );
    assert_eq!(error.violations.len(), 2, "{:?}", error.violations);
    assert_eq!(server.received_requests().await.unwrap().len(), 0);
}

#[tokio::test]
async fn calls_run_concurrently() {
    use std::sync::Arc;
    use tokio::sync::Barrier;

    /// The server replies only when this many requests have arrived.
    const TOGETHER: usize = 8;
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base_url = format!("http://{}", listener.local_addr().unwrap());
    let barrier = Arc::new(Barrier::new(TOGETHER));
    let all_there = axum::routing::any(move || {
        let barrier = barrier.clone();
        async move {
            barrier.wait().await;
            "{}"
        }
    });
    let app = axum::Router::new().fallback(all_there);
    tokio::spawn(async move { axum::serve(listener, app).await });
    let caller = caller(&base_url);
    let calls = (0..TOGETHER).map(|id| {
        let caller = caller.clone();
        // Identical reads would share a request.
        tokio::spawn(async move { caller.call(&GET, object(json!({ "id": id }))).await })
    });
    for call in calls.collect::<Vec<_>>() {
        ok(call.await.unwrap());
    }
}

#[test]
fn debug_texts_do_not_contain_the_key() {
    let caller = caller("https://acme.example.com/api");
    assert!(!format!("{caller:?}").contains(KEY), "{caller:?}");
}
