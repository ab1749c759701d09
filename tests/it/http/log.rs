//! What is logged: who asked for what, and no secret.

use std::cell::RefCell;
use std::io::{self, Write};

use crate::http::site::{GUARDED, SECOND, Site, TOKEN, call};

thread_local! {
    /// What was logged on this thread, which is all that one test does.
    static LOGGED: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
}

/// Other tests run on other threads. A subscriber for this thread alone would do, but whether an event is of interest
/// is then remembered for all threads by whichever comes first.
struct OwnThread;

impl Write for OwnThread {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        LOGGED.with_borrow_mut(|logged| logged.write(bytes))
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn requests_are_logged_without_tokens_and_arguments() {
    tracing_subscriber::fmt().with_max_level(tracing::Level::TRACE).with_writer(|| OwnThread).init();
    let site = Site::open().await;
    let mut message = call("echo");
    message["params"]["arguments"]["tag"] = "secret-argument".into();

    let at = |path: String| site.client.post(site.url(&path)).json(&message);
    for sent in [
        at(format!("/mcp/{TOKEN}")).header("X-Request-Id", "seen"),
        at(format!("/mcp/{TOKEN}?token={TOKEN}")),
        at(format!("/mcp/{GUARDED}")).bearer_auth(SECOND),
        at("/mcp".to_owned()).bearer_auth(TOKEN),
        at("/mcp/secret-token-of-nobody".to_owned()),
        at("/mcp/secret-token-of-nobody/more".to_owned()),
        at(format!("/mcp/{TOKEN}")).header("Host", "evil.example.com"),
    ] {
        sent.send().await.unwrap();
    }
    site.client.get(site.url(&format!("/mcp/{TOKEN}"))).send().await.unwrap();

    let text = String::from_utf8(LOGGED.take()).unwrap();
    let ours: String = text.lines().filter(|line| line.contains("desk365_mcp")).collect();
    assert!(ours.contains("/mcp/{token}") && ours.contains("seen"), "{ours} of {text}");
    assert!(!ours.contains("secret"), "{ours}");
}
