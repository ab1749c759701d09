//! The time to compile the project's own spec, and specs with up to a thousand tools.
//!
//! A build script runs the generator unoptimised: measure that with
//! `cargo bench -p benchmarks --features measure --bench generator --profile dev`.

#![allow(missing_docs, reason = "criterion's macros generate functions without docs")]

use std::fmt::Write as _;
use std::hint::black_box;
use std::io;
use std::time::Duration;

use criterion::{Criterion, criterion_group, criterion_main};
use toolgen::Source;

const SPEC: &str = include_str!("../../../spec/desk365.yaml");

fn compile(text: &str) -> usize {
    let read = |_: &str| -> io::Result<String> { Ok("{}".to_owned()) };
    toolgen::compile(Source { file: "api.yaml", text }, read).expect("the spec is valid").files.len()
}

/// Returns a spec with `tools` tools, a fifth as many resources, and two fifths as many types.
fn synthetic(tools: usize) -> String {
    let head = "api:\n  slug: a\n  title: A\n  tool_prefix: a\n  instructions: A.\n  base_url: https://a.example\n  \
                auth: { header: key }\n  errors: { message: error }\n  tags: { a: A }\n";
    let (mut types, mut resources) = ("types:\n".to_owned(), "resources:\n".to_owned());
    for number in 0..tools / 5 {
        write!(
            types,
            "  rank_{number}: {{ codes: {{ low: 1, high: 10 }}, about: Rank. }}\n  \
             size_{number}: {{ object: {{ width: integer, rank: rank_{number} }}, about: Size. }}\n"
        )
        .expect("a text can be written to");
        let id = "{ id: { type: integer, min: 1, about: Number. } }";
        let fields = format!(
            "{{ title: {{ type: string, about: Title. }}, rank: rank_{number}, size: size_{number}, \
             since: {{ type: timestamp, about: Time. }}, flag: {{ type: flag, about: Flag. }} }}"
        );
        write!(resources, "  thing_{number}:\n    tags: [a]\n    id: {id}\n    tools:\n")
            .expect("a text can be written to");
        for (operation, http, section, example) in [
            ("list", "GET /things", "query", "{ rank: high }"),
            ("get", "GET /things/{id}", "query", "{ id: 1 }"),
            ("create", "POST /things", "json", "{ title: a, size: { width: 1 } }"),
            ("update", "PUT /things/{id}", "json", "{ id: 1, flag: true }"),
            ("delete", "DELETE /things/{id}", "query", "{ id: 1 }"),
        ] {
            write!(
                resources,
                "      {operation}:\n        http: {http}\n        about: A description of one or two sentences.\n        \
                 {section}: {fields}\n        example: {example}\n"
            )
            .expect("a text can be written to");
        }
    }
    head.to_owned() + &types + &resources
}

fn benchmark(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("compile");
    group.sample_size(10).warm_up_time(Duration::from_millis(500)).measurement_time(Duration::from_secs(5));
    group.bench_function("the project's spec", |bencher| bencher.iter(|| compile(black_box(SPEC))));
    for tools in [250, 1_000] {
        let text = synthetic(tools);
        group.bench_function(format!("{tools} tools"), |bencher| bencher.iter(|| compile(black_box(&text))));
    }
    group.finish();
}

criterion_group!(benches, benchmark);
criterion_main!(benches);
