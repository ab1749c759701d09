//! Tests: the addresses that each client uses, and the limits.
#![expect(clippy::unwrap_used, reason = "tests")]

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

use super::*;

type Sent = Result<http::Response<Vec<u8>>, BoundedRequestError>;

async fn get(client: &BoundedClient, url: &str) -> Sent {
    client.send(http::Request::get(url).body(Vec::new()).unwrap()).await
}

fn documents(allows_loopback: bool) -> BoundedClient {
    BoundedClient::for_documents(TrustedCertificates::default(), allows_loopback)
}

fn providers(allows_loopback: bool) -> BoundedClient {
    BoundedClient::for_providers(TrustedCertificates::default(), allows_loopback)
}

/// Sends `response` to each request at the returned port of this machine.
async fn site(response: String) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        let mut streams = Vec::new();
        loop {
            let (mut stream, _) = listener.accept().await.unwrap();
            let _ = stream.read(&mut [0; 4096]).await.unwrap();
            // The client may stop reading.
            let _ = stream.write_all(response.as_bytes()).await;
            streams.push(stream);
        }
    });
    port
}

fn response(status: &str, length: usize) -> String {
    format!("HTTP/1.1 {status}\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{}", "x".repeat(length))
}

#[tokio::test]
async fn documents_come_from_public_addresses_only() {
    let is_refused =
        |sent: Sent| matches!(sent, Err(BoundedRequestError::NotPublic(_) | BoundedRequestError::Insecure(_)));
    for url in [
        "http://example.com/client.json",
        "https://127.0.0.1/client.json",
        "https://[::1]/client.json",
        "https://[::ffff:127.0.0.1]/client.json",
        "https://10.0.0.1/client.json",
        "https://169.254.169.254/latest/meta-data",
        "https://[::ffff:10.0.0.1]/client.json",
        "https://2130706433/client.json",
        "http://localhost/client.json",
        "http://[::ffff:127.0.0.1]/client.json",
    ] {
        assert!(is_refused(get(&documents(false), url).await), "{url}");
    }
    // The name is checked when it is resolved.
    let resolved = get(&documents(false), "https://localhost/client.json").await;
    assert!(matches!(resolved, Err(BoundedRequestError::Unreachable(_))), "{resolved:?}");
    for url in ["http://10.0.0.1/client.json", "https://10.0.0.1/client.json", "http://example.com/client.json"] {
        assert!(is_refused(get(&documents(true), url).await), "{url}");
    }
}

#[tokio::test]
async fn plain_http_is_for_this_machine_only() {
    for url in ["http://10.0.0.1/", "http://example.com/", "http://[::ffff:10.0.0.1]/", "http://x.localhost/"] {
        let sent = get(&providers(true), url).await;
        assert!(matches!(sent, Err(BoundedRequestError::Insecure(_))), "{url} {sent:?}");
    }
    let port = site(response("200 OK", 3)).await;
    for host in ["127.0.0.1", "localhost", "[::ffff:127.0.0.1]"] {
        let url = format!("http://{host}:{port}/");
        for client in [documents(false), providers(false)] {
            let sent = get(&client, &url).await;
            assert!(matches!(sent, Err(BoundedRequestError::Insecure(_))), "{url} {sent:?}");
        }
        for client in [documents(true), providers(true)] {
            match get(&client, &url).await {
                Ok(sent) => assert_eq!(sent.body(), b"xxx", "{url}"),
                // A machine may have no IPv6.
                Err(error) => assert!(matches!(error, BoundedRequestError::Unreachable(_)), "{url} {error}"),
            }
        }
    }
    assert!(get(&providers(true), &format!("http://127.0.0.1:{port}/")).await.is_ok());
}

#[test]
fn names_have_the_addresses_that_the_rule_admits() {
    let admitted = |client: &BoundedClient, name: &str, addresses: &[&str]| {
        let found = addresses.iter().map(|address| SocketAddr::new(address.parse().unwrap(), 0)).collect();
        client.rule.admitted(name, found).is_ok()
    };
    assert!(admitted(&documents(false), "a.example", &["8.8.8.8"]));
    for mixed in [["8.8.8.8", "10.0.0.1"], ["8.8.8.8", "::ffff:127.0.0.1"], ["fd00::1", "8.8.8.8"]] {
        assert!(!admitted(&documents(false), "a.example", &mixed), "{mixed:?}");
        assert!(admitted(&providers(false), "a.example", &mixed), "{mixed:?}");
    }
    for client in [documents(true), providers(true), providers(false)] {
        assert!(admitted(&client, "localhost", &["127.0.0.1", "::1", "::ffff:127.0.0.1"]));
        assert!(!admitted(&client, "LOCALHOST", &["8.8.8.8"]));
    }
}

#[tokio::test(start_paused = true)]
async fn responses_have_a_limit_on_time() {
    let silent = site("HTTP/1.1 200 OK\r\ncontent-length: 1\r\n\r\n".to_owned()).await;
    for client in [documents(true), providers(true)] {
        let began = tokio::time::Instant::now();
        let sent = get(&client, &format!("http://127.0.0.1:{silent}/")).await;
        assert_eq!(sent.unwrap_err(), BoundedRequestError::TooSlow);
        assert_eq!(began.elapsed().as_secs(), 10);
    }
}

#[tokio::test]
async fn responses_have_a_limit_on_length() {
    for (client, longest) in [(documents(true), 5 * 1024), (providers(true), 512 * 1024)] {
        let fits = site(response("200 OK", longest)).await;
        assert_eq!(get(&client, &format!("http://127.0.0.1:{fits}/")).await.unwrap().body().len(), longest);
        let too_long = site(response("200 OK", longest + 1)).await;
        let sent = get(&client, &format!("http://127.0.0.1:{too_long}/")).await;
        assert!(matches!(sent, Err(BoundedRequestError::TooLong(limit)) if limit == longest), "{sent:?}");
        let failed = site(response("404 Not Found", longest + 1)).await;
        let sent = get(&client, &format!("http://127.0.0.1:{failed}/")).await.unwrap();
        assert!(sent.status() == 404 && sent.body().len() <= longest, "{sent:?}");
        let redirect = site("HTTP/1.1 302 Found\r\nlocation: /\r\ncontent-length: 0\r\n\r\n".to_owned()).await;
        assert_eq!(get(&client, &format!("http://127.0.0.1:{redirect}/")).await.unwrap().status(), 302);
    }
}
