//! The official MCP conformance suite against `mcp-server`, at the newest revision of each lifecycle, and against the
//! authorization server.
//!
//! The suite calls tools, prompts and resources of its own, so it runs against a service that has them, over HTTP. It
//! fails on every failure that `tests/conformance/` does not expect, and on every expected failure that does not occur.

mod authorization;
mod everything;

use std::future::pending;
use std::net::IpAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use desk365_mcp::serve::{HostGuard, OpenRoutes, ProbeBackend, ServeOptions, routes, serve};
use mcp_server::http::{AccessRequest, Denied, Granted, Limits, Resolver};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use crate::common::programs::{NodeJs, aloud, printed};
use crate::conformance::everything::Everything;

/// The entry point of the suite.
const SUITE: &str = "@modelcontextprotocol/conformance/dist/index.js";

#[workspace_tests::full_run("npm packages")]
#[tokio::test(flavor = "multi_thread")]
async fn conforms_to_2025_11_25() {
    conforms_to("2025-11-25").await;
}

#[workspace_tests::full_run("npm packages")]
#[tokio::test(flavor = "multi_thread")]
async fn conforms_to_2026_07_28() {
    conforms_to("2026-07-28").await;
}

async fn conforms_to(revision: &str) {
    let Some(node) = NodeJs::installed() else { return };
    let url = start_server().await;
    let expected = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/conformance/{revision}.yaml"));
    let mut suite = node.run_packaged(SUITE);
    suite.args(["server", "--url", &url, "--requirements", revision, "--expected-failures"]).arg(expected);
    let output = suite.output().unwrap();
    let report = printed(&output);
    assert!(output.status.success(), "{report}");
    let closing = report.lines().filter(|line| line.contains("Total: ") || line.contains("Baseline check"));
    let closing = closing.collect::<Vec<_>>().join("; ").replace("\u{1b}[32m", "").replace("\u{1b}[0m", "");
    aloud(&format!("conformance to {revision}: {closing}"));
}

/// Starts a server on a free port. Returns its URL.
async fn start_server() -> String {
    let host_guard = HostGuard::new();
    let routes = routes(
        AnyToken(Arc::new(Everything::new())),
        Router::new(),
        OpenRoutes::none(),
        NoBackend,
        &host_guard,
        CancellationToken::new(),
    );
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/mcp/token", listener.local_addr().unwrap());
    let options = ServeOptions::for_calls_within(Duration::from_mins(1), 1024);
    tokio::spawn(serve(listener, routes, host_guard, options, pending(), pending()));
    url
}

#[derive(Clone)]
struct AnyToken(Arc<Everything>);

impl Resolver for AnyToken {
    type Service = Everything;

    async fn resolve(&self, _access: &AccessRequest<'_>) -> Result<Granted<Everything>, Denied> {
        Ok(Granted::new(Arc::clone(&self.0), Limits::default()))
    }
}

#[derive(Clone, Copy)]
struct NoBackend;

impl ProbeBackend for NoBackend {
    async fn can_serve(&self) -> Result<(), &'static str> {
        Ok(())
    }

    async fn takes_changes(&self) -> Result<(), &'static str> {
        Ok(())
    }

    async fn knows_api_token(&self, _token: &str, _peer: Option<IpAddr>) -> Result<bool, Duration> {
        Ok(false)
    }
}
