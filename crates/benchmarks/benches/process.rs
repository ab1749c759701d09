//! The start of the program: the time until the first list of tools over stdio, the memory when idle, and the size on
//! disk. Prints each figure beside its limit.
//!
//! `cargo bench -p benchmarks --features measure --bench process`. Memory is read where /proc has it.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a benchmark may stop")]

use std::fs;
use std::io::{self, BufRead as _, BufReader, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use benchmarks::figures::report;
use benchmarks::program;
use desk365_mcp::config::EnvNames;
use desk365_mcp::tools::API;

const STARTS: usize = 51;
const LIST: &str = r#"{"jsonrpc":"2.0","id":1,"method":"tools/list"}"#;

/// Starts the program for an account that is never called, and requests the list of tools.
fn start_and_list(program: &Path, arguments: &[&str]) -> (Child, Duration, usize) {
    let names = EnvNames::for_api(&API);
    let mut command = Command::new(program);
    command
        .env_clear()
        .env(names.base_url(), "https://api.example.test/api")
        .env(names.api_key(), "a-key")
        .arg("stdio")
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null());
    let started = Instant::now();
    let mut child = command.spawn().unwrap();
    writeln!(child.stdin.as_mut().unwrap(), "{LIST}").unwrap();
    let mut response = String::new();
    let bytes = BufReader::new(child.stdout.as_mut().unwrap()).read_line(&mut response).unwrap();
    let time = started.elapsed();
    assert!(response.contains(r#""tools":["#), "{response}");
    (child, time, bytes)
}

fn end(mut child: Child) {
    drop(child.stdin.take());
    child.wait().unwrap();
}

/// Returns the resident memory of the process in kilobytes.
fn resident(child: &Child) -> Option<u64> {
    let status = fs::read_to_string(format!("/proc/{}/status", child.id())).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    line.split_whitespace().next()?.parse().ok()
}

#[expect(clippy::cast_precision_loss, reason = "figures of this size are exact")]
fn main() -> io::Result<()> {
    let program = program::build();
    let mut out = io::stdout();
    for (what, arguments) in [("an account", &[][..]), ("the sandbox", &["--sandbox"])] {
        let mut times = Vec::new();
        let mut memory = Vec::new();
        let mut bytes = 0;
        for _ in 0..STARTS {
            let (child, time, listed) = start_and_list(&program, arguments);
            times.push(time);
            memory.extend(resident(&child));
            bytes = listed;
            end(child);
        }
        times.sort();
        memory.sort_unstable();
        let median = times.get(STARTS / 2).copied().expect("one time per start");
        report(
            &mut out,
            &format!("{what}: start to tools/list, median of {STARTS}"),
            median.as_secs_f64() * 1e3,
            "ms",
            10.0,
        )?;
        let best = times.first().copied().expect("one time per start");
        writeln!(
            out,
            "{what}: start to tools/list, best: {:.2} ms; the list: {bytes} bytes",
            best.as_secs_f64() * 1e3
        )?;
        if let Some(kilobytes) = memory.get(memory.len() / 2) {
            report(&mut out, &format!("{what}: memory when idle, median"), *kilobytes as f64 / 1024.0, "MB", 10.0)?;
        }
    }
    let size = fs::metadata(program)?.len();
    report(&mut out, "the program on disk", size as f64 / 1e6, "MB", 15.0)
}
