//! Clients that are identified by the URL of their metadata document: what is fetched, from where, and how often.

use std::net::SocketAddr;
use std::time::Duration;

use serde_json::json;
use wiremock::matchers::path;
use wiremock::{Mock, MockServer, ResponseTemplate};

use super::connector::{Connector, sign_in_server};
use crate::admin::browser::Browser;
use crate::admin::test_server::{ADMIN_TOKEN, TestServer};

/// A client whose document is at `id`.
fn documented(node: &TestServer, server: &str, id: String) -> Connector {
    Connector {
        client_id: id,
        client_secret: None,
        redirect_uri: "https://app.example/cb".to_owned(),
        origin: node.registry.public_url().to_owned(),
        server: server.to_owned(),
    }
}

/// A site with documents of clients on this machine.
async fn documents() -> MockServer {
    let site = MockServer::start().await;
    let document = |name: &str, id: String| {
        json!({
            "client_id": id, "client_name": name, "redirect_uris": ["https://app.example/cb"],
        })
    };
    let serve = async |at: &str, reply: ResponseTemplate| Mock::given(path(at)).respond_with(reply).mount(&site).await;
    let id = |at: &str| format!("{}{at}", site.uri());
    serve("/good", ResponseTemplate::new(200).set_body_json(document("Good", id("/good")))).await;
    serve("/stolen", ResponseTemplate::new(200).set_body_json(document("Stolen", id("/good")))).await;
    serve("/huge", ResponseTemplate::new(200).set_body_string(format!("{{\"x\":\"{}\"}}", "x".repeat(6000)))).await;
    serve("/moved", ResponseTemplate::new(302).insert_header("location", id("/good"))).await;
    serve("/text", ResponseTemplate::new(200).set_body_string("hello")).await;
    site
}

#[tokio::test]
async fn client_documents_are_bounded_and_describe_themselves() {
    let node = TestServer::at_loopback().await;
    let server = sign_in_server(&node, &json!({})).await;
    let site = documents().await;
    let mut browser = Browser::default();
    let client = |at: &str| documented(&node, &server, format!("{}{at}", site.uri()));
    // A known client leads to the sign-in page.
    let path = client("/good").authorize_path(&[]);
    assert_eq!(browser.open(&node, &path).await.status, 303);
    for (at, reason) in [
        ("/stolen", "not its own URL"),
        ("/huge", "longer than 5120 bytes"),
        ("/moved", "status 302"),
        ("/missing", "status 404"),
        ("/text", "not a JSON object"),
    ] {
        let visit = browser.open(&node, &client(at).authorize_path(&[])).await;
        assert_eq!(visit.status, 400, "{at}");
        assert!(visit.text.contains(reason), "{at}: {}", visit.text);
    }
    // The document is held, and an address has ten fetches a minute.
    for _ in 0..20 {
        assert_eq!(browser.open(&node, &path).await.status, 303);
    }
    for _ in 0..4 {
        browser.open(&node, &client("/missing").authorize_path(&[])).await;
    }
    let visit = browser.open(&node, &client("/missing").authorize_path(&[])).await;
    assert!(visit.text.contains("too many clients were looked up"), "{}", visit.text);
    let fetched = site.received_requests().await.unwrap().len();
    assert_eq!(fetched, 10);
}

#[tokio::test]
async fn client_documents_of_private_addresses_are_refused() {
    let node = TestServer::start().await;
    let server = sign_in_server(&node, &json!({})).await;
    let mut browser = Browser::signed_in(&node, ADMIN_TOKEN).await;
    let site = documents().await;
    for id in [
        format!("{}/good", site.uri()),
        site.uri().replace("http:", "https:") + "/good",
        "https://10.0.0.1/client".to_owned(),
        "https://169.254.169.254/latest/meta-data".to_owned(),
        "https://[::1]/client".to_owned(),
        "https://localhost/client".to_owned(),
    ] {
        let client = documented(&node, &server, id.clone());
        let visit = browser.open(&node, &client.authorize_path(&[])).await;
        assert_eq!((visit.status.as_u16(), visit.location()), (400, ""), "{id}");
    }
    assert!(site.received_requests().await.unwrap().is_empty());
}

#[tokio::test]
async fn all_addresses_together_have_a_hundred_fetches_a_minute() {
    let node = TestServer::at_loopback().await;
    let server = sign_in_server(&node, &json!({})).await;
    let site = documents().await;
    let unknown = documented(&node, &server, format!("{}/missing", site.uri()));
    let from = |address: u8| Browser::at(SocketAddr::from(([192, 0, 2, address], 1)));
    let open = async |address: u8| from(address).open(&node, &unknown.authorize_path(&[])).await.text;
    for address in 0..10 {
        for _ in 0..10 {
            assert!(open(address).await.contains("status 404"), "{address}");
        }
    }
    assert!(open(10).await.contains("too many clients were looked up"));
    assert_eq!(site.received_requests().await.unwrap().len(), 100);
    // A document that is held needs no fetch.
    node.clock.advance(Duration::from_mins(1));
    let known = documented(&node, &server, format!("{}/good", site.uri()));
    for address in 0..200 {
        assert_eq!(from(address).open(&node, &known.authorize_path(&[])).await.status, 303, "{address}");
    }
    assert_eq!(site.received_requests().await.unwrap().len(), 101);
}
