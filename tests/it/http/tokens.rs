//! Tests of access by token, and of the answers to requests without access.

use serde_json::json;

use crate::common::fixture_service::Event;
use crate::http::server::{
    API_TOKEN, REQUEST_LIMIT, TOKEN, TWO_FACTOR_TOKEN, TestServer, UNAVAILABLE_TOKEN, call, status_and_body,
};

#[tokio::test]
async fn a_token_works_in_the_path_and_as_bearer() {
    let server = TestServer::start().await;
    assert_eq!(server.handshake(&call("echo")).await.status(), 200);
    for scheme in ["Bearer", "bearer", "BEARER"] {
        let sent = server.client.post(server.url("/mcp")).header("Authorization", format!("{scheme} {TOKEN}"));
        assert_eq!(sent.json(&call("echo")).send().await.unwrap().status(), 200);
    }
}

#[tokio::test]
async fn invalid_tokens_are_indistinguishable() {
    let server = TestServer::start().await;
    let mut answers = Vec::new();
    for token in ["unknown", "d365_0123456789", "%00", "%ff", "..%2f", &"x".repeat(5_000)] {
        let by_path =
            server.client.post(server.url(&format!("/mcp/{token}"))).json(&call("echo")).send().await.unwrap();
        let by_header =
            server.client.post(server.url("/mcp")).bearer_auth(token).json(&call("echo")).send().await.unwrap();
        for response in [by_path, by_header] {
            let names: Vec<_> = response.headers().keys().map(ToString::to_string).collect();
            answers.push((names, status_and_body(response).await));
        }
    }
    assert_eq!(answers[0].1.0, 404);
    assert_eq!(answers[0].1.1["statusCode"], 404);
    assert!(answers.iter().all(|answer| *answer == answers[0]), "{answers:?}");
}

#[tokio::test]
async fn two_factor_servers_need_an_api_token_at_their_url() {
    let server = TestServer::start().await;
    let at_url = || server.client.post(server.url(&format!("/mcp/{TWO_FACTOR_TOKEN}"))).json(&call("echo"));
    assert_eq!(at_url().bearer_auth(API_TOKEN).send().await.unwrap().status(), 200);
    let at_header = server.client.post(server.url("/mcp")).json(&call("echo")).bearer_auth(TWO_FACTOR_TOKEN);
    for refused in [at_url(), at_url().bearer_auth("wrong"), at_header] {
        let response = refused.send().await.unwrap();
        assert_eq!(response.headers()["www-authenticate"], "Bearer");
        let (status, body) = status_and_body(response).await;
        assert_eq!((status, &body["statusCode"], &body["error"]), (401, &json!(401), &json!("Unauthorized")));
    }
}

#[tokio::test]
async fn the_common_url_requires_a_token() {
    let server = TestServer::start().await;
    for authorization in ["", "Basic eDp5", "Bearer"] {
        let sent = server.client.post(server.url("/mcp")).header("Authorization", authorization).json(&call("echo"));
        assert_eq!(sent.send().await.unwrap().status(), 401, "{authorization}");
    }
}

#[tokio::test]
async fn a_failed_lookup_is_503_with_retry_after() {
    let server = TestServer::start().await;
    let sent = server.client.post(server.url(&format!("/mcp/{UNAVAILABLE_TOKEN}"))).json(&call("echo"));
    let response = sent.send().await.unwrap();
    assert!(response.headers().contains_key("retry-after"));
    assert_eq!(status_and_body(response).await.0, 503);
}

#[tokio::test]
async fn requests_over_the_limit_are_refused() {
    let mut server = TestServer::start().await;
    let held: Vec<_> = (0..REQUEST_LIMIT).map(|_| tokio::spawn(server.post().json(&call("hold")).send())).collect();
    for _ in 0..REQUEST_LIMIT {
        assert!(matches!(server.fixture.events.recv().await, Some(Event::Started(_))));
    }
    let response = server.handshake(&call("echo")).await;
    assert_eq!(response.headers()["retry-after"], "1");
    let (status, body) = status_and_body(response).await;
    assert_eq!((status, &body["error"]), (429, &json!("Too Many Requests")));

    server.fixture.released.add_permits(REQUEST_LIMIT);
    for held in held {
        assert_eq!(held.await.unwrap().unwrap().status(), 200);
    }
    assert_eq!(server.handshake(&call("echo")).await.status(), 200);
}

#[tokio::test]
async fn revoking_a_token_stops_the_rest_of_its_batch() {
    let mut server = TestServer::start().await;
    let batch = tokio::spawn(server.post().json(&json!([call("hold"), call("hold"), call("echo")])).send());
    assert!(matches!(server.fixture.events.recv().await, Some(Event::Started(_))));
    server.revoke();
    server.fixture.released.add_permits(2);
    let (status, answers) = status_and_body(batch.await.unwrap().unwrap()).await;
    assert_eq!((status, &answers[0]["result"]["content"][0]["text"]), (200, &json!("")));
    for answer in &answers.as_array().unwrap()[1..] {
        assert_eq!((&answer["id"], &answer["error"]["code"]), (&json!(1), &json!(-32603)));
        assert!(answer["error"]["message"].as_str().unwrap().contains("revoked"), "{answer}");
    }
    assert_eq!(server.fixture.released.available_permits(), 1);
}

#[tokio::test]
async fn a_batch_counts_as_one_request() {
    let mut server = TestServer::start().await;
    let held: Vec<_> = (1..REQUEST_LIMIT).map(|_| tokio::spawn(server.post().json(&call("hold")).send())).collect();
    for _ in &held {
        assert!(matches!(server.fixture.events.recv().await, Some(Event::Started(_))));
    }
    let (_, answers) =
        status_and_body(server.handshake(&json!([call("echo"), call("echo"), call("echo")])).await).await;
    assert!(answers.as_array().unwrap().iter().all(|answer| answer["result"].is_object()), "{answers}");
    server.fixture.released.add_permits(held.len());
    for held in held {
        assert_eq!(held.await.unwrap().unwrap().status(), 200);
    }
}

#[tokio::test]
async fn a_stream_counts_as_in_flight_until_its_end() {
    let mut server = TestServer::start().await;
    let mut message = call("report");
    message["params"]["_meta"] = json!({ "progressToken": "p" });
    let mut streams = Vec::new();
    for _ in 0..REQUEST_LIMIT {
        streams.push(server.handshake(&message).await);
        assert!(matches!(server.fixture.events.recv().await, Some(Event::Started(_))));
    }
    assert_eq!(server.handshake(&call("echo")).await.status(), 429);
    server.fixture.released.add_permits(REQUEST_LIMIT);
    for stream in streams {
        stream.text().await.unwrap();
    }
    assert_eq!(server.handshake(&call("echo")).await.status(), 200);
}
