//! The cost of compact results: the instructions of whole calls, compact and raw, counted by callgrind.
//!
//! `cargo bench -p benchmarks --features measure --bench results`. It needs `valgrind`. The counted process reads MCP
//! messages and writes the answers; the sandbox runs in another one, so that only the server is counted.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a benchmark may stop")]
#![allow(clippy::print_stdout, reason = "a benchmark prints its figures")]

use std::env;
use std::fmt::Write as _;
use std::io;
use std::process::Command;

use api_sandbox::SandboxOptions;
use benchmarks::figures::report;
use desk365_mcp::call::ToolCaller;
use desk365_mcp::confirmation::ConfirmPolicy;
use desk365_mcp::scope::Scope;
use desk365_mcp::service::{Exposure, ResultForm, Results, ScopedService};
use desk365_mcp::tools::API;
use desk365_mcp::upstream::{Account, UpstreamClient, UpstreamOptions};
use mcp_server::serve_stdio;
use secrecy::ExposeSecret as _;
use serde_json::{Value, json};

/// The calls that are counted, with the ratio that compact results may cost at most.
const CALLS: [(&str, &str, &str, f64); 2] = [
    ("a record of 1 KB", "get_single_desk_365_ticket_by_id", r#"{"ticket_number":904}"#, 1.3),
    ("a list of 41 KB", "list_all_desk_365_tickets", r#"{"ticket_count":"50"}"#, 1.5),
];

/// The numbers of calls of two runs. Their difference has no start-up in it.
const COUNTS: [u64; 2] = [20, 60];

fn main() -> io::Result<()> {
    let arguments: Vec<String> = env::args().collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        [_, "serve", form, url, key, tool, arguments, count] => serve(form, url, key, tool, arguments, count),
        _ => tokio::runtime::Runtime::new()?.block_on(compare()),
    }
}

/// Prints the instructions of each call, and the ratio between the two forms.
///
/// # Errors
///
/// If a ratio exceeds its limit.
async fn compare() -> io::Result<()> {
    let sandbox =
        api_sandbox::start(API.sandbox.unwrap(), SandboxOptions { budget: Some(100_000), ..Default::default() });
    let sandbox = sandbox.await.unwrap();
    let mut exceeded = Vec::new();
    for (what, tool, arguments, limit) in CALLS {
        let instructions = |form| {
            let [few, many] = COUNTS.map(|count| {
                let key = sandbox.key.expose_secret();
                counted(&["serve", form, &sandbox.base_url, key, tool, arguments, &count.to_string()])
            });
            (many - few) / (COUNTS[1] - COUNTS[0])
        };
        let (raw, compact) = tokio::task::block_in_place(|| (instructions("raw"), instructions("compact")));
        println!("{what}: {raw} instructions raw, {compact} compact");
        #[expect(clippy::cast_precision_loss, reason = "a ratio of numbers far below 2^52")]
        let ratio = compact as f64 / raw as f64;
        report(&mut io::stdout(), &format!("{what}: compact / raw"), ratio, "x", limit)?;
        exceeded.extend((ratio > limit).then_some(what));
    }
    if exceeded.is_empty() {
        return Ok(());
    }
    Err(io::Error::other(format!("compact results cost more than their limit: {}", exceeded.join(", "))))
}

/// Runs this program with other arguments, and returns the number of its instructions.
fn counted(arguments: &[&str]) -> u64 {
    let mut valgrind = Command::new("valgrind");
    valgrind.args(["--tool=callgrind", "--callgrind-out-file=/dev/null"]).arg(env::current_exe().unwrap());
    let output = valgrind.args(arguments).output().unwrap_or_else(|error| panic!("valgrind cannot be run: {error}"));
    let log = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{log}");
    let collected = log.lines().find_map(|line| line.split_once("Collected : "));
    collected.unwrap_or_else(|| panic!("callgrind did not count: {log}")).1.trim().parse().unwrap()
}

/// Serves a client that makes the same call several times.
fn serve(form: &str, url: &str, key: &str, tool: &str, arguments: &str, count: &str) -> io::Result<()> {
    let form = if form == "raw" { ResultForm::Raw } else { ResultForm::Compact };
    let account = Account::new(url, key.to_owned().into()).unwrap();
    let caller = ToolCaller::new(UpstreamClient::new(UpstreamOptions::default()).unwrap(), account, &API)
        .with_results(Results::new(form, Results::MAX_CHARS));
    let service = ScopedService::new(&API, Scope::default(), Exposure::All, ConfirmPolicy::Never, caller);
    let arguments: Value = serde_json::from_str(arguments).unwrap();
    let client =
        json!({ "protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": { "name": "a", "version": "1" } });
    let mut input = format!("{}\n", json!({ "jsonrpc": "2.0", "id": 0, "method": "initialize", "params": client }));
    let mut send = |message: Value| {
        let _ = writeln!(input, "{message}");
    };
    send(json!({ "jsonrpc": "2.0", "method": "notifications/initialized" }));
    for id in 1..=count.parse::<u64>().unwrap() {
        let params = json!({ "name": tool, "arguments": arguments });
        send(json!({ "jsonrpc": "2.0", "id": id, "method": "tools/call", "params": params }));
    }
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(serve_stdio(service, input.as_bytes(), tokio::io::sink()))
}
