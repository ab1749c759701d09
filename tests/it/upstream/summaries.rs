//! Summaries of lists that change, refuse, stall and are cancelled between pages.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use desk365_mcp::outcome::{FailureKind, Outcome, RateLimit};
use desk365_mcp::upstream::UpstreamOptions;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::sync::oneshot;
use tool_runtime::prelude::*;
use tool_runtime::results::summary::{PageQuery, SummaryDef};
use tool_runtime::results::{Extent, Form, ListForm, View};
use wiremock::matchers::any;
use wiremock::{Mock, MockServer, Request as Received, Respond, ResponseTemplate};

use super::fixture::{GET, caller, caller_with, failed, object, ok};
use super::raw::{accept_request, listen};

struct ListThings;

impl Endpoint for ListThings {
    const DEF: ToolDef = ToolDef {
        name: "list_things",
        method: ToolMethod::List,
        input_schema: r#"{"type":"object","properties":{}}"#,
        arguments: &[],
        path: "/things",
        view: Some(View {
            form: Form::List(ListForm { rows: "things", total: Some("n"), extent: Extent::Page, oldest_first: false }),
            fields: &[],
            optional: &[],
            twins: &[],
            codes: &[],
            long_texts: &[],
        }),
        cost: 2,
        ..*GET.def
    };

    fn decode(_arguments: &mut Arguments) -> Option<Self> {
        Some(Self)
    }

    fn request(&self) -> Request {
        Request::new(HttpMethod::Get, "/things")
    }
}

static DEF: ToolDef = ToolDef { name: "summarize_things", arguments: &["by", "max_calls"], ..ListThings::DEF };

static SUMMARY: SummaryDef = SummaryDef {
    id: &["id"],
    unset: &[],
    page: PageQuery { offset: "skip", size: Some(("rows", "2")) },
    by: &["colour"],
    times: &[],
    measures: &[],
};

static SUMMARIZE: Tool = Tool::summary::<ListThings>(&DEF, &SUMMARY);

/// The replies to the requests, one after the other. The last one is repeated.
struct Replies(Vec<ResponseTemplate>, AtomicUsize);

impl Respond for Replies {
    fn respond(&self, _request: &Received) -> ResponseTemplate {
        let next = self.1.fetch_add(1, Ordering::SeqCst);
        self.0[next.min(self.0.len() - 1)].clone()
    }
}

async fn started(replies: impl Into<Vec<ResponseTemplate>>) -> MockServer {
    let server = MockServer::start().await;
    Mock::given(any()).respond_with(Replies(replies.into(), AtomicUsize::new(0))).mount(&server).await;
    server
}

/// Returns a page with two of five things. `left` is what remains of the rate limit.
fn page(first: u64, left: u64) -> ResponseTemplate {
    let rows: Vec<_> = (first..(first + 2).min(5)).map(|id| json!({"id": id, "colour": "red"})).collect();
    ResponseTemplate::new(200).set_body_json(json!({"n": 5, "things": rows})).insert_header("x-left", left.to_string())
}

async fn summarize(server: &MockServer, max_calls: u32) -> Outcome {
    let arguments = object(json!({"by": ["colour"], "max_calls": max_calls}));
    caller(&server.uri()).call(&SUMMARIZE, arguments).await
}

/// Returns an answer's `read`, `calls` and `complete`, and its warnings.
fn facts(text: &str) -> (Value, Value) {
    let answer: Value = serde_json::from_str(text).unwrap();
    let counted: u64 = answer["rows"].as_array().unwrap().iter().map(|row| row[1].as_u64().unwrap()).sum();
    assert_eq!(answer["read"], counted, "{answer}");
    (json!([answer["read"], answer["calls"], answer["complete"]]), answer["warnings"].clone())
}

async fn requested(server: &MockServer) -> Vec<String> {
    let received = server.received_requests().await.unwrap();
    received.iter().map(|request| request.url.query().unwrap_or_default().to_owned()).collect()
}

#[tokio::test]
async fn all_pages_are_requested_and_counted() {
    let server = started([page(0, 98), page(2, 96), page(4, 94)]).await;
    let success = ok(summarize(&server, 5).await);
    assert_eq!(
        success.text,
        r#"{"total":5,"read":5,"calls":3,"complete":true,"columns":["colour","count"],"rows":[["red",5]]}"#
    );
    assert_eq!(success.ratelimit.remaining, Some(94), "the facts are those of the last page");
    assert_eq!(requested(&server).await, ["rows=2", "rows=2&skip=2", "rows=2&skip=4"]);
}

#[tokio::test]
async fn no_more_pages_are_read_than_allowed() {
    let server = started([page(0, 98), page(2, 96), page(4, 94)]).await;
    let (read, warnings) = facts(&ok(summarize(&server, 2).await).text);
    assert_eq!(read, json!([4, 2, false]));
    assert_eq!(warnings[0], "Not all rows are read: max_calls is 2. Filter more, or allow more calls.");
    assert_eq!(requested(&server).await.len(), 2);
}

#[tokio::test]
async fn the_rate_limit_is_not_used_up() {
    // A page costs two calls.
    let server = started([page(0, 4), page(2, 2), page(4, 0)]).await;
    let (read, warnings) = facts(&ok(summarize(&server, 5).await).text);
    assert_eq!(read, json!([4, 2, false]));
    assert_eq!(warnings[0], "Not all rows are read: one more page would use up the rate limit (2 left).");
    assert_eq!(requested(&server).await.len(), 2);
    let spent = started([page(0, 0)]).await;
    assert_eq!(facts(&ok(summarize(&spent, 5).await).text).0, json!([2, 1, false]), "what was paid for is answered");
}

#[tokio::test]
async fn a_rate_limit_half_way_returns_what_was_read() {
    let limited = ResponseTemplate::new(429).insert_header("retry-after", "30").insert_header("x-left", "0");
    let server = started([page(0, 9), limited]).await;
    let success = ok(summarize(&server, 5).await);
    let (read, warnings) = facts(&success.text);
    assert_eq!(read, json!([2, 2, false]));
    assert!(warnings[0].as_str().unwrap().contains("rate limit is used up"), "{warnings}");
    assert_eq!(success.ratelimit, RateLimit { limit: None, remaining: Some(0), reset: Some(30) });
}

#[tokio::test]
async fn any_failure_half_way_returns_what_was_read() {
    let rowless = ResponseTemplate::new(200).set_body_json(json!({"n": 5}));
    for failure in [ResponseTemplate::new(500), ResponseTemplate::new(200).set_body_string("<html>"), rowless] {
        let server = started([page(0, 9), failure]).await;
        let (read, warnings) = facts(&ok(summarize(&server, 5).await).text);
        assert_eq!(read, json!([2, 2, false]));
        assert!(warnings[0].as_str().unwrap().starts_with("Not all rows are read. The next page failed: Example"));
    }
}

#[tokio::test]
async fn a_failure_of_the_first_page_is_the_answer() {
    let limited = started([ResponseTemplate::new(429)]).await;
    assert_eq!(failed(summarize(&limited, 5).await).kind, FailureKind::RateLimited);
    let rowless = started([ResponseTemplate::new(200).set_body_json(json!({"things": 1}))]).await;
    let error = failed(summarize(&rowless, 5).await);
    assert_eq!((error.kind, error.status), (FailureKind::BadReply, Some(200)));
}

#[tokio::test]
async fn wrong_arguments_of_a_summary_send_nothing() {
    let server = started([page(0, 9)]).await;
    assert_eq!(failed(summarize(&server, 0).await).kind, FailureKind::InvalidArguments);
    assert!(requested(&server).await.is_empty());
}

#[tokio::test]
async fn the_time_of_a_call_covers_all_pages() {
    let slow = page(2, 9).set_delay(Duration::from_mins(1));
    let server = started([page(0, 9), slow]).await;
    let options = UpstreamOptions { call_timeout: Duration::from_secs(2), ..UpstreamOptions::default() };
    let outcome = caller_with(&server.uri(), options).call(&SUMMARIZE, object(json!({"by": "colour"}))).await;
    let (read, warnings) = facts(&ok(outcome).text);
    assert_eq!(read, json!([2, 2, false]));
    assert_eq!(warnings[0], "Not all rows are read. The next page failed: the time for a call is over.");
}

#[tokio::test]
async fn cancelling_a_summary_drops_the_page_in_flight() {
    let (listener, base_url) = listen().await;
    let (arrived, has_arrived) = oneshot::channel();
    let api = tokio::spawn(async move {
        let mut first = accept_request(&listener).await;
        let body = r#"{"n": 5, "things": [{"id": 1}]}"#;
        let head = format!("HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: {}\r\n\r\n", body.len());
        first.write_all(format!("{head}{body}").as_bytes()).await.unwrap();
        let mut second = accept_request(&listener).await;
        arrived.send(()).unwrap();
        // Returns when the client closes the connection.
        let _ = second.read_to_end(&mut Vec::new()).await;
    });
    let call = tokio::spawn(async move { caller(&base_url).call(&SUMMARIZE, object(json!({"by": "colour"}))).await });
    has_arrived.await.unwrap();
    call.abort();
    api.await.unwrap();
    assert!(call.await.unwrap_err().is_cancelled());
}
