//! Who is let in by which token, and what everyone else is told.

use serde_json::json;

use crate::common::workshop::Event;
use crate::http::site::{AT_ONCE, GUARDED, LOST, SECOND, Site, TOKEN, call, taken_apart};

#[tokio::test]
async fn a_token_opens_its_server_in_the_path_and_as_bearer() {
    let site = Site::open().await;
    assert_eq!(site.handshake(&call("echo")).await.status(), 200);
    for scheme in ["Bearer", "bearer", "BEARER"] {
        let sent = site.client.post(site.url("/mcp")).header("Authorization", format!("{scheme} {TOKEN}"));
        assert_eq!(sent.json(&call("echo")).send().await.unwrap().status(), 200);
    }
}

#[tokio::test]
async fn tokens_that_open_nothing_are_answered_alike() {
    let site = Site::open().await;
    let mut answers = Vec::new();
    for token in ["unknown", "d365_0123456789", "%00", "%ff", "..%2f", &"x".repeat(5_000)] {
        let by_path = site.client.post(site.url(&format!("/mcp/{token}"))).json(&call("echo")).send().await.unwrap();
        let by_header = site.client.post(site.url("/mcp")).bearer_auth(token).json(&call("echo")).send().await.unwrap();
        for response in [by_path, by_header] {
            let names: Vec<_> = response.headers().keys().map(ToString::to_string).collect();
            answers.push((names, taken_apart(response).await));
        }
    }
    assert_eq!(answers[0].1.0, 404);
    assert_eq!(answers[0].1.1["statusCode"], 404);
    assert!(answers.iter().all(|answer| *answer == answers[0]), "{answers:?}");
}

#[tokio::test]
async fn a_guarded_server_wants_an_api_token_as_well_and_only_at_its_url() {
    let site = Site::open().await;
    let at_url = || site.client.post(site.url(&format!("/mcp/{GUARDED}"))).json(&call("echo"));
    assert_eq!(at_url().bearer_auth(SECOND).send().await.unwrap().status(), 200);
    let at_header = site.client.post(site.url("/mcp")).json(&call("echo")).bearer_auth(GUARDED);
    for refused in [at_url(), at_url().bearer_auth("wrong"), at_header] {
        let response = refused.send().await.unwrap();
        assert_eq!(response.headers()["www-authenticate"], "Bearer");
        let (status, body) = taken_apart(response).await;
        assert_eq!((status, &body["statusCode"], &body["error"]), (401, &json!(401), &json!("Unauthorized")));
    }
}

#[tokio::test]
async fn without_a_token_there_is_nothing_at_the_common_url() {
    let site = Site::open().await;
    for authorization in ["", "Basic eDp5", "Bearer"] {
        let sent = site.client.post(site.url("/mcp")).header("Authorization", authorization).json(&call("echo"));
        assert_eq!(sent.send().await.unwrap().status(), 401, "{authorization}");
    }
}

#[tokio::test]
async fn when_tokens_cannot_be_looked_up_the_client_is_asked_to_come_back() {
    let site = Site::open().await;
    let sent = site.client.post(site.url(&format!("/mcp/{LOST}"))).json(&call("echo"));
    let response = sent.send().await.unwrap();
    assert!(response.headers().contains_key("retry-after"));
    assert_eq!(taken_apart(response).await.0, 503);
}

#[tokio::test]
async fn requests_beyond_the_limit_are_refused_until_one_ends() {
    let mut site = Site::open().await;
    let held: Vec<_> = (0..AT_ONCE).map(|_| tokio::spawn(site.post().json(&call("hold")).send())).collect();
    for _ in 0..AT_ONCE {
        assert!(matches!(site.door.events.recv().await, Some(Event::Begun(_))));
    }
    let response = site.handshake(&call("echo")).await;
    assert_eq!(response.headers()["retry-after"], "1");
    let (status, body) = taken_apart(response).await;
    assert_eq!((status, &body["error"]), (429, &json!("Too Many Requests")));

    site.door.released.add_permits(AT_ONCE);
    for held in held {
        assert_eq!(held.await.unwrap().unwrap().status(), 200);
    }
    assert_eq!(site.handshake(&call("echo")).await.status(), 200);
}

#[tokio::test]
async fn what_is_left_of_a_batch_is_not_done_once_its_token_is_withdrawn() {
    let mut site = Site::open().await;
    let batch = tokio::spawn(site.post().json(&json!([call("hold"), call("hold"), call("echo")])).send());
    assert!(matches!(site.door.events.recv().await, Some(Event::Begun(_))));
    site.withdraw();
    site.door.released.add_permits(2);
    let (status, answers) = taken_apart(batch.await.unwrap().unwrap()).await;
    assert_eq!((status, &answers[0]["result"]["content"][0]["text"]), (200, &json!("")));
    for answer in &answers.as_array().unwrap()[1..] {
        assert_eq!((&answer["id"], &answer["error"]["code"]), (&json!(1), &json!(-32603)));
        assert!(answer["error"]["message"].as_str().unwrap().contains("withdrawn"), "{answer}");
    }
    assert_eq!(site.door.released.available_permits(), 1);
}

#[tokio::test]
async fn a_batch_counts_as_one_request() {
    let mut site = Site::open().await;
    let held: Vec<_> = (1..AT_ONCE).map(|_| tokio::spawn(site.post().json(&call("hold")).send())).collect();
    for _ in &held {
        assert!(matches!(site.door.events.recv().await, Some(Event::Begun(_))));
    }
    let (_, answers) = taken_apart(site.handshake(&json!([call("echo"), call("echo"), call("echo")])).await).await;
    assert!(answers.as_array().unwrap().iter().all(|answer| answer["result"].is_object()), "{answers}");
    site.door.released.add_permits(held.len());
    for held in held {
        assert_eq!(held.await.unwrap().unwrap().status(), 200);
    }
}

#[tokio::test]
async fn a_stream_counts_as_under_way_until_its_end() {
    let mut site = Site::open().await;
    let mut message = call("report");
    message["params"]["_meta"] = json!({ "progressToken": "p" });
    let mut streams = Vec::new();
    for _ in 0..AT_ONCE {
        streams.push(site.handshake(&message).await);
        assert!(matches!(site.door.events.recv().await, Some(Event::Begun(_))));
    }
    assert_eq!(site.handshake(&call("echo")).await.status(), 429);
    site.door.released.add_permits(AT_ONCE);
    for stream in streams {
        stream.text().await.unwrap();
    }
    assert_eq!(site.handshake(&call("echo")).await.status(), 200);
}
