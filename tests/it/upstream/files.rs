//! Attachments, as a server with another multipart parser receives them.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::extract::{DefaultBodyLimit, Multipart, RawQuery};
use axum::http::HeaderMap;
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use desk365_mcp::outcome::{FailureKind, FailureSource, Outcome};
use desk365_mcp::upstream::UpstreamOptions;
use serde_json::{Value, json};
use tokio::net::TcpListener;

use crate::upstream::fixture::{ATTACH, caller_with, failed, object, ok};

#[derive(Clone, Debug, PartialEq, Eq)]
struct Part {
    name: String,
    filename: Option<String>,
    content_type: Option<String>,
    headers: usize,
    bytes: Vec<u8>,
}

#[derive(Clone, Debug)]
struct ReceivedForm {
    query: Option<String>,
    length: Option<String>,
    parts: Vec<Part>,
}

/// Calls the tool with attachments. Returns the outcome and the forms that the server received.
async fn attach_with(options: UpstreamOptions, arguments: Value) -> (Outcome, Vec<ReceivedForm>) {
    let seen = Arc::new(Mutex::new(Vec::new()));
    let into = seen.clone();
    let parse = axum::routing::post(async move |RawQuery(query): RawQuery, headers: HeaderMap, mut form: Multipart| {
        let mut parts = Vec::new();
        while let Some(field) = form.next_field().await.unwrap() {
            parts.push(Part {
                name: field.name().unwrap().to_owned(),
                filename: field.file_name().map(str::to_owned),
                content_type: field.content_type().map(str::to_owned),
                headers: field.headers().len(),
                bytes: field.bytes().await.unwrap().to_vec(),
            });
        }
        let length = headers.get("content-length").map(|length| length.to_str().unwrap().to_owned());
        into.lock().unwrap().push(ReceivedForm { query, length, parts });
        "{}"
    });
    let app = Router::new().route("/api/attach", parse).layer(DefaultBodyLimit::disable());
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base_url = format!("http://{}/api", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, app).await });
    let outcome = caller_with(&base_url, options).call(&ATTACH, object(arguments)).await;
    let seen = seen.lock().unwrap().clone();
    (outcome, seen)
}

/// Returns the form that the server received from a call that must succeed.
async fn attach(arguments: Value) -> ReceivedForm {
    let (outcome, seen) = attach_with(UpstreamOptions::default(), arguments).await;
    ok(outcome);
    assert_eq!(seen.len(), 1);
    seen[0].clone()
}

fn field(name: &str, value: &str) -> Part {
    Part { name: name.to_owned(), filename: None, content_type: None, headers: 1, bytes: value.into() }
}

fn file(name: &str, filename: &str, content_type: &str, bytes: &[u8]) -> Part {
    Part {
        name: name.to_owned(),
        filename: Some(filename.to_owned()),
        content_type: Some(content_type.to_owned()),
        headers: 2,
        bytes: bytes.to_owned(),
    }
}

#[tokio::test]
async fn one_file_is_one_part_with_metadata_in_the_query() {
    let files = json!([{"filename": "a.txt", "content_base64": "aGVsbG8="}]);
    let seen = attach(json!({"id": "7", "note": "Hi & bye", "files": files})).await;
    assert_eq!(seen.query.unwrap(), "id=7&about=%7B%22note%22%3A%22Hi%20%26%20bye%22%7D");
    assert_eq!(seen.parts, [file("file", "a.txt", "text/plain", b"hello")]);
    assert!(seen.length.is_some(), "the length is known before the body is sent");
}

#[tokio::test]
async fn several_files_are_repeated_parts_in_their_order() {
    let files = json!([
        {"filename": "b.bin", "content_base64": "AAEC/w", "content_type": "application/x-thing"},
        {"filename": "a.PNG", "content_base64": ""},
        {"filename": "noext", "content_base64": "DQotLQ0K"}
    ]);
    let seen = attach(json!({"id": "7", "note": "n", "files": files})).await;
    let expected = [
        file("files", "b.bin", "application/x-thing", &[0, 1, 2, 255]),
        file("files", "a.PNG", "image/png", b""),
        file("files", "noext", "application/octet-stream", b"\r\n--\r\n"),
    ];
    assert_eq!(seen.parts, expected);
}

#[tokio::test]
async fn a_long_query_becomes_form_fields_before_the_files() {
    let note = "Long — ".repeat(50);
    let files = json!([{"filename": "a.txt", "content_base64": "aGVsbG8="}]);
    let seen = attach(json!({"id": "7", "note": note, "files": files})).await;
    assert_eq!(seen.query, None);
    let about = json!({ "note": note }).to_string();
    assert_eq!(seen.parts, [field("id", "7"), field("about", &about), file("file", "a.txt", "text/plain", b"hello")]);
}

#[tokio::test]
async fn a_file_name_with_special_characters_is_kept() {
    for name in [
        "Résumé – 履歴書 😀.pdf",
        "say \"hi\".pdf",
        "a;b=c, d.pdf",
        "100%22 %0d%0a.pdf",
        " spaced .pdf",
        "'quoted'.pdf",
        "x\"; name=\"id.pdf",
        "{}<>&.pdf",
    ] {
        let files = json!([{"filename": name, "content_base64": "aGVsbG8="}]);
        let seen = attach(json!({"id": "7", "note": "n", "files": files})).await;
        assert_eq!(seen.parts, [file("file", name, "application/pdf", b"hello")]);
    }
}

#[tokio::test]
async fn a_name_or_type_that_ends_its_header_is_refused() {
    for (name, content_type) in [
        ("a\r\nX-Evil: 1.txt", "text/plain"),
        ("a\n.txt", "text/plain"),
        ("a\0.txt", "text/plain"),
        ("a/b.txt", "text/plain"),
        ("a\\b.txt", "text/plain"),
        ("a.txt", "text/plain\r\nX-Evil: 1"),
        ("a.txt", "text"),
        ("a.txt", "text\r\n/plain; charset=\"x\""),
    ] {
        let files = json!([{"filename": name, "content_base64": "aGk=", "content_type": content_type}]);
        let arguments = json!({"id": "7", "note": "n", "files": files});
        let (outcome, seen) = attach_with(UpstreamOptions::default(), arguments).await;
        assert_eq!(failed(outcome).kind, FailureKind::InvalidArguments, "{name:?} {content_type:?}");
        assert!(seen.is_empty());
    }
}

#[tokio::test]
async fn every_accepted_media_type_can_be_sent() {
    for content_type in ["text/plain", "a/b", "x.y-z/a+b", "!#$&^_.+-/!#$&^_.+-", "0/9", "application/a++b"] {
        let files = json!([{"filename": "a", "content_base64": "aGk=", "content_type": content_type}]);
        let seen = attach(json!({"id": "7", "note": "n", "files": files})).await;
        assert_eq!(seen.parts[0].content_type.as_deref(), Some(content_type));
    }
}

#[tokio::test]
async fn an_upload_over_the_limit_is_not_started() {
    // Each file is counted with 200 bytes of overhead.
    let options = UpstreamOptions { max_upload_bytes: 500, ..UpstreamOptions::default() };
    let at = |size: usize| {
        let half = "A".repeat((size / 2).div_ceil(3) * 4);
        json!({"id": "7", "note": "n", "files": [
            {"filename": "a", "content_base64": half}, {"filename": "b", "content_base64": half}
        ]})
    };
    let (outcome, seen) = attach_with(options.clone(), at(96)).await;
    ok(outcome);
    assert_eq!(seen.len(), 1);
    let (outcome, seen) = attach_with(options, at(102)).await;
    let error = failed(outcome);
    assert_eq!((error.source, error.kind, error.status), (FailureSource::Arguments, FailureKind::TooLarge, None));
    assert!(error.message.contains("502 bytes") && error.message.contains("500 bytes"), "{}", error.message);
    assert!(seen.is_empty());
}

#[tokio::test]
async fn a_large_upload_arrives_whole() {
    let bytes: Vec<u8> = (0..6_000_000_u32).map(|n| n.to_le_bytes()[0] ^ n.to_le_bytes()[1]).collect();
    let text = BASE64_STANDARD.encode(&bytes);
    let files = json!([{"filename": "big.bin", "content_base64": text}]);
    let seen = attach(json!({"id": "7", "note": "n", "files": files})).await;
    assert!(seen.parts[0].bytes == bytes);
}

#[tokio::test]
async fn a_path_without_a_folder_is_not_opened() {
    let files = json!([{"filename": "a", "content_base64": "aGk="}, {"path": "/etc/hostname"}]);
    let (outcome, seen) =
        attach_with(UpstreamOptions::default(), json!({"id": "7", "note": "n", "files": files})).await;
    let error = failed(outcome);
    assert_eq!(error.kind, FailureKind::InvalidArguments);
    assert_eq!(error.violations[0].argument, "files[1].path");
    assert!(seen.is_empty());
}
