//! An hour of ordinary and hostile work on one server process: its memory stays flat, it leaks no descriptor, and every
//! request gets the expected answer.
//!
//! `cargo bench -p benchmarks --features soak --bench soak`, or with `-- MINUTES PROGRAM` for another duration and another
//! program than the release build. Run by hand; figures that have a limit are printed beside it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, reason = "a benchmark may stop")]

use std::io::{self, Write as _};
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use api_sandbox::{self as sandbox};
use benchmarks::figures::report;
use benchmarks::program;
use benchmarks::running::Running;
use desk365_mcp::config::EnvNames;
use desk365_mcp::tools::{API, TOOLS};
use secrecy::ExposeSecret as _;
use serde_json::{Value, json};
use tokio::task::JoinSet;

const ADMIN_TOKEN: &str = "an-admin-token-for-the-soak";
const CLIENTS: usize = 8;
/// The pause of a client between two rounds: together they send some hundreds of requests a second.
const PAUSE: Duration = Duration::from_millis(50);
const SAMPLE_INTERVAL: Duration = Duration::from_secs(5);
/// The growth of the median memory from the second to the last third, in megabytes.
const GROWTH: f64 = 4.0;

/// One measurement of the process.
struct Sample {
    megabytes: f64,
    descriptors: usize,
}

/// The connection of a client, with what it needs to send requests.
#[derive(Clone)]
struct Client {
    http: reqwest::Client,
    origin: String,
    requests: Arc<AtomicU64>,
}

impl Client {
    async fn send(&self, method: &str, path: &str, body: Option<&Value>, expected: u16) -> Value {
        let url = format!("{}{path}", self.origin);
        let request = self.http.request(method.parse().unwrap(), &url).bearer_auth(ADMIN_TOKEN);
        let request = match body {
            Some(body) => request.json(body),
            None => request,
        };
        let response = request.send().await.unwrap();
        let status = response.status().as_u16();
        let text = response.text().await.unwrap();
        assert_eq!(status, expected, "{method} {path}: {text}");
        self.requests.fetch_add(1, Ordering::Relaxed);
        if text.is_empty() { Value::Null } else { serde_json::from_str(&text).unwrap_or(Value::Null) }
    }

    async fn mcp(&self, token: &str, method: &str, params: &Value) -> Value {
        let message = json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": params });
        self.send("POST", &format!("/mcp/{token}"), Some(&message), 200).await
    }

    /// Works until `end`: lists, calls, invalid and cancelled calls, wrong tokens, servers that come and go, reports.
    async fn work(self, account: String, end: Instant) {
        let tool =
            TOOLS.iter().find(|tool| tool.def.hints.read_only && tool.def.arguments.is_empty()).unwrap().def.name;
        let path = format!("/integrated-account/{account}/mcp");
        let call = json!({ "name": tool, "arguments": {} });
        let invalid = json!({ "name": tool, "arguments": { "no such argument": 1 } });
        while Instant::now() < end {
            let server = self.send("POST", &path, Some(&json!({ "name": "soak" })), 201).await;
            let token = server["token"].as_str().unwrap();
            for _ in 0..50 {
                assert!(self.mcp(token, "tools/list", &json!({})).await["result"]["tools"].is_array());
                let called = self.mcp(token, "tools/call", &call).await;
                assert_ne!(called["result"]["isError"], json!(true), "{called}");
                assert_eq!(self.mcp(token, "tools/call", &invalid).await["result"]["isError"], json!(true));
                self.cancel(token, &call).await;
                self.send("POST", "/mcp/not-a-token", Some(&json!({})), 404).await;
                tokio::time::sleep(PAUSE).await;
            }
            self.send("GET", "/log/summary", None, 200).await;
            self.send("GET", "/log?limit=20&status=ok", None, 200).await;
            self.send("GET", "/metrics", None, 200).await;
            self.send("GET", "/readyz", None, 200).await;
            let id = server["id"].as_str().unwrap();
            self.send("DELETE", &format!("{path}/{id}"), None, 204).await;
            self.send("POST", &format!("/mcp/{token}"), Some(&json!({})), 404).await;
        }
    }

    /// Sends a call on a connection of its own, and closes it before the answer.
    async fn cancel(&self, token: &str, call: &Value) {
        let message = json!({ "jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": call });
        let client = http_client();
        let request = client.post(format!("{}/mcp/{token}", self.origin)).json(&message).send();
        let _ = tokio::time::timeout(Duration::from_millis(1), request).await;
        self.requests.fetch_add(1, Ordering::Relaxed);
    }
}

fn http_client() -> reqwest::Client {
    reqwest::Client::builder().no_proxy().tls_certs_only([]).build().unwrap()
}

fn median(samples: &[Sample]) -> f64 {
    let mut megabytes: Vec<_> = samples.iter().map(|sample| sample.megabytes).collect();
    megabytes.sort_by(f64::total_cmp);
    megabytes[megabytes.len() / 2]
}

#[expect(clippy::cast_precision_loss, reason = "figures of this size are exact")]
#[tokio::main]
async fn main() -> io::Result<()> {
    let mut arguments = std::env::args().skip(1).filter(|argument| !argument.starts_with("--"));
    let minutes = arguments.next().map_or(60, |minutes| minutes.parse().expect("the duration in whole minutes"));
    let program = arguments.next().map_or_else(program::build, PathBuf::from);
    // An error only means that a provider is already installed.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let unlimited = sandbox::SandboxOptions { budget: Some(u32::MAX), ..sandbox::SandboxOptions::default() };
    let sandbox = sandbox::start(API.sandbox.unwrap(), unlimited).await.unwrap();
    let folder = tempfile::tempdir()?;
    let names = EnvNames::for_api(&API);
    let mut command = Command::new(program);
    command
        .env_clear()
        .env(names.server("--data-dir"), folder.path())
        .env(names.server("admin-token"), ADMIN_TOKEN)
        .args(["serve", "--listen", "127.0.0.1:0"])
        .stdin(Stdio::null());
    let process = Running::listening(&mut command, "Console: http://");
    let client =
        Client { http: http_client(), origin: format!("http://{}", process.address), requests: Arc::default() };
    let account = json!({ "name": "soak", "base_url": sandbox.base_url, "api_key": sandbox.key.expose_secret() });
    let account = client.send("POST", "/integrated-account", Some(&account), 201).await;

    let end = Instant::now() + Duration::from_mins(minutes);
    let mut work = JoinSet::new();
    for _ in 0..CLIENTS {
        work.spawn(client.clone().work(account["id"].as_str().unwrap().to_owned(), end));
    }
    let mut samples = Vec::new();
    let mut out = io::stdout();
    while Instant::now() < end {
        tokio::time::sleep(SAMPLE_INTERVAL).await;
        let sample = Sample { megabytes: process.resident(), descriptors: process.descriptors() };
        let requests = client.requests.load(Ordering::Relaxed);
        writeln!(out, "{requests} requests, {:.1} MB, {} descriptors", sample.megabytes, sample.descriptors)?;
        samples.push(sample);
        // A wrong answer stops the soak at once.
        while let Some(done) = work.try_join_next() {
            done.expect("every request gets the expected answer");
        }
    }
    while let Some(done) = work.join_next().await {
        done.expect("every request gets the expected answer");
    }

    let third = samples.len() / 3;
    let (middle, last) = (median(&samples[third..2 * third]), median(&samples[2 * third..]));
    let peak = |samples: &[Sample]| samples.iter().map(|sample| sample.descriptors).max().unwrap_or_default() as f64;
    let requests = client.requests.load(Ordering::Relaxed);
    writeln!(out, "{requests} requests in {minutes} minutes, all answered as expected")?;
    report(&mut out, "memory: growth from the second to the last third", last - middle, "MB", GROWTH)?;
    let before = peak(&samples[third..2 * third]);
    report(&mut out, "descriptors: most in the last third", peak(&samples[2 * third..]), "", before + 10.0)
}
