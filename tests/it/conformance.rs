//! The protocol's official conformance suite against this layer, at the newest revision of each lifecycle.
//!
//! What is served is not the product but everything that the suite asks for, through the same layer, over HTTP. The
//! suite fails if anything goes wrong that is not in `tests/conformance/`, and also if anything there goes right.

mod everything;

use std::future::pending;
use std::net::IpAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use desk365_mcp::mcp::http::{AccessRequest, Denied, Granted, Resolver};
use desk365_mcp::serve::{Backend, HostGuard, routes, serve};
use tokio::net::TcpListener;

use crate::common::programs::{NodeJs, aloud, printed};
use crate::conformance::everything::Everything;

/// The suite's program.
const SUITE: &str = "@modelcontextprotocol/conformance/dist/index.js";

#[workspace_tests::full_run("npm packages")]
#[tokio::test(flavor = "multi_thread")]
async fn the_suite_is_content_with_the_last_revision_that_shakes_hands() {
    conforms_to("2025-11-25").await;
}

#[workspace_tests::full_run("npm packages")]
#[tokio::test(flavor = "multi_thread")]
async fn the_suite_is_content_with_the_newest_revision() {
    conforms_to("2026-07-28").await;
}

async fn conforms_to(revision: &str) {
    let Some(node) = NodeJs::installed() else { return };
    let url = open().await;
    let expected = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/conformance/{revision}.yaml"));
    let mut suite = node.run_packaged(SUITE);
    suite.args(["server", "--url", &url, "--requirements", revision, "--expected-failures"]).arg(expected);
    let output = suite.output().unwrap();
    let said = printed(&output);
    assert!(output.status.success(), "{said}");
    let closing = said.lines().filter(|line| line.contains("Total: ") || line.contains("Baseline check"));
    let closing = closing.collect::<Vec<_>>().join("; ").replace("\u{1b}[32m", "").replace("\u{1b}[0m", "");
    aloud(&format!("conformance to {revision}: {closing}"));
}

/// Serves everything on a port of its own, until the test is over. Says where.
async fn open() -> String {
    let host_guard = HostGuard::new();
    let routes = routes(OneToken(Arc::new(Everything::new())), Router::new(), Nothing, &host_guard);
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/mcp/token", listener.local_addr().unwrap());
    tokio::spawn(serve(listener, routes, host_guard, pending(), pending()));
    url
}

#[derive(Clone)]
struct OneToken(Arc<Everything>);

impl Resolver for OneToken {
    type Service = Everything;

    async fn resolve(&self, _visit: &AccessRequest<'_>) -> Result<Granted<Everything>, Denied> {
        Granted::counted(Arc::clone(&self.0), &[])
    }
}

#[derive(Clone, Copy)]
struct Nothing;

impl Backend for Nothing {
    async fn is_ready(&self) -> bool {
        true
    }

    async fn knows_api_token(&self, _token: &str, _peer: Option<IpAddr>) -> Result<bool, Duration> {
        Ok(false)
    }
}
