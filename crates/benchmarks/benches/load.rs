//! The cost of this server under load: calls through it, beside the same requests sent directly to a fake API. Both are
//! measured in turns in one run, because only their ratio is meaningful on a busy machine.
//!
//! `cargo bench -p benchmarks --features measure --bench load`. Server, upstream and load generator are processes of their own.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a benchmark may stop")]

#[path = "load/generator.rs"]
mod generator;

#[path = "load/upstream.rs"]
mod upstream;

use std::env;
use std::io::{self, Write as _};
use std::path::Path;
use std::process::Command;

use benchmarks::program;
use benchmarks::running::Running;
use desk365_mcp::config::EnvNames;
use desk365_mcp::tools::{API, find};
use generator::{Load, LoadResult};
use serde_json::{Value, json};

const ROUNDS: usize = 3;
const CONNECTIONS: [usize; 2] = [1, 32];

/// Tools to call, with their arguments and the length of the API's reply.
const CALLS: [(&str, &str, usize); 2] = [
    ("get_single_desk_365_ticket_by_id", r#"{"ticket_number":1234}"#, 1_500),
    ("list_all_desk_365_tickets", r#"{"ticket_count":"30"}"#, 45_000),
];

/// One request to measure, through the server and directly.
struct Case {
    name: String,
    message: Value,
    direct_path: String,
}

/// The results of all rounds.
#[derive(Default)]
struct Sums {
    rates: Vec<f64>,
    cpu: f64,
    calls: u64,
}

impl Sums {
    fn add(&mut self, result: &LoadResult, cpu: f64) {
        self.rates.push(result.rate());
        self.cpu += cpu;
        self.calls += result.requests;
    }

    fn median(&mut self) -> f64 {
        self.rates.sort_by(f64::total_cmp);
        *self.rates.get(self.rates.len() / 2).expect("there was at least one round")
    }

    /// Returns the CPU time per call in microseconds.
    #[expect(clippy::cast_precision_loss, reason = "counts of this size are exact")]
    fn cpu_per_call(&self) -> f64 {
        self.cpu * 1e6 / self.calls.max(1) as f64
    }
}

/// Returns the path and query of a tool's request.
fn target(tool: &str, arguments: &str) -> String {
    let tool = find(tool).expect("the tool exists");
    tool.prepare(serde_json::from_str(arguments).unwrap()).expect("the arguments are valid").target()
}

fn cases(list_bytes: usize) -> Vec<Case> {
    let call = |(tool, arguments, _): &(&str, &str, usize)| Case {
        name: format!("tools/call {tool}"),
        message: json!({ "jsonrpc": "2.0", "id": 1, "method": "tools/call",
            "params": { "name": tool, "arguments": serde_json::from_str::<Value>(arguments).unwrap() } }),
        direct_path: format!("/apis{}", target(tool, arguments)),
    };
    let list = Case {
        name: "tools/list".to_owned(),
        message: json!({ "jsonrpc": "2.0", "id": 1, "method": "tools/list" }),
        direct_path: format!("/bytes/{list_bytes}"),
    };
    [list].into_iter().chain(CALLS.iter().map(call)).collect()
}

/// Starts a server with an account at `upstream`. Returns it and the path of its endpoint.
fn serve(binary: &Path, upstream: &str, data: &str) -> (Running, String) {
    let names = EnvNames::for_api(&API);
    let program = |arguments: &[&str]| {
        let mut command = Command::new(binary);
        command.args(arguments).args(["--data-dir", data]);
        command.env_clear().env(names.api_key(), "a-key");
        command
    };
    let created = |arguments: &[&str]| -> Value {
        let output = program(arguments).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        serde_json::from_slice(&output.stdout).unwrap()
    };
    created(&["account", "add", "--name", "load", "--base-url", &format!("http://{upstream}/apis")]);
    let server = created(&["server", "create", "load", "--name", "load"]);
    let token = server.get("token").and_then(Value::as_str).expect("a new server has a token").to_owned();
    let running = Running::listening(&mut program(&["serve", "--listen", "127.0.0.1:0"]), "http://");
    (running, format!("/mcp/{token}"))
}

fn main() -> io::Result<()> {
    let mut arguments = env::args().skip(1);
    match arguments.next().as_deref() {
        Some("upstream") => return upstream::run(),
        Some("generator") => return generator::run(&arguments.next().unwrap()),
        _ => {}
    }
    let myself = env::current_exe()?;
    let data = tempfile::tempdir()?;
    let lengths: Vec<_> =
        CALLS.iter().map(|(tool, arguments, bytes)| format!("/apis{}={bytes}", target(tool, arguments))).collect();
    let upstream =
        Running::listening(Command::new(&myself).arg("upstream").env(upstream::LENGTHS, lengths.join(" ")), "http://");
    let (server, endpoint) = serve(&program::build(), &upstream.address, &data.path().display().to_string());
    let load = |address: &str, path: &str, message: Option<&Value>, connections| Load {
        address: address.to_owned(),
        path: path.to_owned(),
        message: message.map(Value::to_string),
        connections,
        seconds: 3,
    };

    let mut out = io::stdout();
    let list = load(&server.address, &endpoint, cases(0).first().map(|case| &case.message), 1).run(&myself);
    writeln!(
        out,
        "{:<52}{:>11}{:>11}{:>8}{:>15}",
        "connections, request", "calls/s", "direct/s", "ratio", "CPU per call"
    )?;
    for connections in CONNECTIONS {
        for case in cases(list.bytes) {
            let (mut through, mut direct) = (Sums::default(), Sums::default());
            for _ in 0..ROUNDS {
                let before = server.cpu();
                let result = load(&server.address, &endpoint, Some(&case.message), connections).run(&myself);
                through.add(&result, server.cpu() - before);
                let result = load(&upstream.address, &case.direct_path, None, connections).run(&myself);
                direct.add(&result, 0.0);
            }
            let (rate, direct_rate) = (through.median(), direct.median());
            let name = format!("{connections:>2}  {}", case.name);
            writeln!(
                out,
                "{name:<52}{rate:>11.0}{direct_rate:>11.0}{:>8.2}{:>12.0} µs",
                rate / direct_rate,
                through.cpu_per_call()
            )?;
        }
    }
    writeln!(out, "memory of the server afterwards: {:.1} MB", server.resident())
}
