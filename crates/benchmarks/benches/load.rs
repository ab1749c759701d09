//! What the hop through this server costs under load: calls by way of it, beside the same requests sent straight to
//! what stands in for the API. Both in one run and by turns, since only their ratio means anything on a busy machine.
//!
//! `cargo bench -p benchmarks --features measure --bench load`. Server, stand-in and generator of load are processes of their own.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a benchmark may stop")]

#[path = "load/generator.rs"]
mod generator;
#[path = "load/process.rs"]
mod process;
#[path = "load/upstream.rs"]
mod upstream;

use std::env;
use std::io::{self, Write as _};
use std::path::Path;
use std::process::Command;

use benchmarks::program;
use desk365_mcp::config::EnvNames;
use desk365_mcp::tools::{API, find};
use generator::{Load, Told};
use process::Running;
use serde_json::{Value, json};

const ROUNDS: usize = 3;
const CONNECTIONS: [usize; 2] = [1, 32];

/// Tools to call, with arguments and the length of what the API answers.
const CALLS: [(&str, &str, usize); 2] = [
    ("get_single_desk_365_ticket_by_id", r#"{"ticket_number":1234}"#, 1_500),
    ("list_all_desk_365_tickets", r#"{"ticket_count":"30"}"#, 45_000),
];

/// One thing to measure, by way of the server and straight.
struct Case {
    what: String,
    message: Value,
    straight: String,
}

/// What the calls came to, of all rounds.
#[derive(Default)]
struct Sums {
    rates: Vec<f64>,
    cpu: f64,
    calls: u64,
}

impl Sums {
    fn add(&mut self, told: &Told, cpu: f64) {
        self.rates.push(told.rate());
        self.cpu += cpu;
        self.calls += told.requests;
    }

    fn median(&mut self) -> f64 {
        self.rates.sort_by(f64::total_cmp);
        self.rates.get(self.rates.len() / 2).copied().unwrap_or_default()
    }

    /// Microseconds of processor time a call.
    #[expect(clippy::cast_precision_loss, reason = "counts of this size are exact")]
    fn cpu(&self) -> f64 {
        self.cpu * 1e6 / self.calls.max(1) as f64
    }
}

/// The requests that a tool makes of its arguments.
fn target(tool: &str, arguments: &str) -> String {
    let tool = find(tool).expect("there is such a tool");
    tool.prepare(serde_json::from_str(arguments).unwrap()).expect("the arguments are right").target()
}

fn cases(list_bytes: usize) -> Vec<Case> {
    let call = |(tool, arguments, _): &(&str, &str, usize)| Case {
        what: format!("tools/call {tool}"),
        message: json!({ "jsonrpc": "2.0", "id": 1, "method": "tools/call",
            "params": { "name": tool, "arguments": serde_json::from_str::<Value>(arguments).unwrap() } }),
        straight: format!("/apis{}", target(tool, arguments)),
    };
    let list = Case {
        what: "tools/list".to_owned(),
        message: json!({ "jsonrpc": "2.0", "id": 1, "method": "tools/list" }),
        straight: format!("/bytes/{list_bytes}"),
    };
    [list].into_iter().chain(CALLS.iter().map(call)).collect()
}

/// A server for an account at `upstream`, and the path of its endpoint.
fn serve(program: &Path, upstream: &str, data: &str) -> (Running, String) {
    let names = EnvNames::for_api(&API);
    let ours = |arguments: &[&str]| {
        let mut command = Command::new(program);
        command.args(arguments).args(["--data-dir", data]);
        command.env_clear().env(names.api_key(), "a-key");
        command
    };
    let made = |arguments: &[&str]| -> Value {
        let output = ours(arguments).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        serde_json::from_slice(&output.stdout).unwrap()
    };
    made(&["account", "add", "--name", "load", "--base-url", &format!("http://{upstream}/apis")]);
    let server = made(&["server", "create", "load", "--name", "load"]);
    let token = server.get("token").and_then(Value::as_str).expect("a new server has a token").to_owned();
    let running = Running::listening(&mut ours(&["serve", "--listen", "127.0.0.1:0"]), "http://");
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
        "connections, what", "calls/s", "straight/s", "ratio", "CPU a call"
    )?;
    for connections in CONNECTIONS {
        for case in cases(list.bytes) {
            let (mut through, mut straight) = (Sums::default(), Sums::default());
            for _ in 0..ROUNDS {
                let before = server.cpu();
                let told = load(&server.address, &endpoint, Some(&case.message), connections).run(&myself);
                through.add(&told, server.cpu() - before);
                let told = load(&upstream.address, &case.straight, None, connections).run(&myself);
                straight.add(&told, 0.0);
            }
            let (rate, direct) = (through.median(), straight.median());
            let what = format!("{connections:>2}  {}", case.what);
            writeln!(out, "{what:<52}{rate:>11.0}{direct:>11.0}{:>8.2}{:>12.0} µs", rate / direct, through.cpu())?;
        }
    }
    writeln!(out, "memory of the server after that: {:.1} MB", server.resident())
}
