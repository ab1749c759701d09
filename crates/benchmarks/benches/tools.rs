//! The cost of a call before its request is sent, and the cost of a list of tools.
//!
//! `cargo bench -p benchmarks --features measure --bench tools`; with `-- call` or `-- list` only that.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a benchmark may stop"
)]

use std::hint::black_box;

use criterion::{BatchSize, BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use desk365_mcp::service::{self, Listing};
use desk365_mcp::tools::{API, TOOLS};
use desk365_mcp::upstream::UpstreamOptions;
use mcp_server::Lifecycle;
use serde_json::{Map, Value, json};
use tool_runtime::tool::Tool;

/// Returns as many arguments as the tool accepts together, found by trying.
fn all_arguments(tool: &Tool) -> Map<String, Value> {
    let schema: Value = serde_json::from_str(tool.def.input_schema).unwrap();
    let Value::Object(mut arguments) = serde_json::from_str(tool.def.example).unwrap() else { return Map::new() };
    for (name, property) in schema["properties"].as_object().into_iter().flatten() {
        let candidates = property["enum"].as_array().cloned().unwrap_or_default().into_iter().take(1).chain([
            json!("A sentence of some words"),
            json!("ada@example.com"),
            json!("2026-01-31 10:00:00"),
            json!("2026-01-31"),
            json!(7),
            json!(true),
            json!(["ada@example.com"]),
            json!({ "cf_field": "value" }),
        ]);
        if arguments.contains_key(name) {
            continue;
        }
        for candidate in candidates {
            arguments.insert(name.clone(), candidate);
            if tool.prepare(arguments.clone()).is_ok() {
                break;
            }
            arguments.shift_remove(name);
        }
    }
    arguments
}

fn call(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("call: decode and build the request");
    let with_arguments = || TOOLS.iter().map(|tool| (tool, all_arguments(tool)));
    let by_count = |(_, arguments): &(&Tool, Map<String, Value>)| arguments.len();
    let largest = with_arguments().max_by_key(by_count).unwrap();
    let smallest = with_arguments().min_by_key(by_count).unwrap();
    for (which, (tool, arguments)) in [("largest", largest), ("smallest", smallest)] {
        let id = BenchmarkId::new(which, format!("{} ({} arguments)", tool.def.name, arguments.len()));
        group.bench_function(id, |bencher| {
            bencher.iter_batched(
                || arguments.clone(),
                |arguments| {
                    let request = tool.prepare(arguments).unwrap();
                    black_box(request.target())
                },
                BatchSize::SmallInput,
            );
        });
    }
    group.finish();
}

fn list(criterion: &mut Criterion) {
    let info = service::server_info(&API, UpstreamOptions::default().call_sizes());
    let tools: Vec<_> = TOOLS.iter().map(|tool| tool.def).collect();
    let encoded = service::tool_list(&tools, Listing::default(), &info);
    let mut group = criterion.benchmark_group("tools/list");
    group.throughput(Throughput::Bytes(encoded.result(Lifecycle::Handshake).len() as u64));
    group.bench_function("encode, once per scope", |bencher| {
        bencher.iter(|| service::tool_list(black_box(&tools), Listing::default(), &info));
    });
    group.bench_function("return, per request", |bencher| {
        bencher.iter(|| black_box(&encoded).result(Lifecycle::Handshake).clone());
    });
    group.finish();
}

criterion_group!(benches, call, list);
criterion_main!(benches);
