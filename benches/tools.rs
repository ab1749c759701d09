//! What a call costs before anything is sent, what a list costs, and how the generator grows with the specification.
//!
//! `cargo bench --bench tools`; with `-- call` or `-- compile` only a part of it.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a benchmark may stop"
)]

use std::fmt::Write as _;
use std::hint::black_box;
use std::io;

use criterion::{BatchSize, BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use desk365_mcp::mcp::{Era, ToolList};
use desk365_mcp::service;
use desk365_mcp::tools::{API, TOOLS};
use serde_json::{Map, Value, json};
use tool_runtime::tool::Tool;
use toolgen::Source;

/// As many arguments as the tool takes together, found by trying.
fn full(tool: &Tool) -> Map<String, Value> {
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
    let with_arguments = || TOOLS.iter().map(|tool| (tool, full(tool)));
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
    let info = service::server_info(&API, 25_000_000);
    let tools: Vec<_> = TOOLS.iter().map(|tool| tool.def).collect();
    let written = ToolList::of(&tools, false, &info).unwrap();
    let mut group = criterion.benchmark_group("tools/list");
    group.throughput(Throughput::Bytes(written.result(Era::Legacy).get().len() as u64));
    group.bench_function("written down, once for each scope", |bencher| {
        bencher.iter(|| ToolList::of(black_box(&tools), false, &info).unwrap());
    });
    group.bench_function("handed out, for each request", |bencher| {
        bencher.iter(|| black_box(&written).result(Era::Legacy).get().to_owned());
    });
    group.finish();
}

const HEAD: &str = r#"
api:
  slug: library
  title: Library
  tool_prefix: library
  instructions: Books of a library, and who has borrowed them.
  base_url: https://{branch}.library.example/api
  variables:
    branch: { about: "What stands before .library.example.", example: main }
  auth: { header: Authorization, prefix: "Bearer " }
  errors: { message: error.text }
  rate_limit:
    limit: [x-ratelimit-limit]
    remaining: [x-ratelimit-remaining]
    reset: [retry-after]
  multipart: { one: file, many: files, url_limit: 4096 }
  tags: { books: "Books and their copies" }
types:
  isbn: { type: string, about: "ISBN with its hyphens." }
  shelf: { codes: { fiction: 1, science: 2 }, about: "Where it stands." }
  page_size: { one_of: ["30", "100"], default: "30", about: "Rows per page." }
  authors: { list: string, join: ";" }
  size: { object: { width: { type: integer, required: true }, height: integer }, about: "In millimetres." }
resources:
"#;

/// Five tools, one of each sort.
const RESOURCE: &str = r#"
  book_NUMBER:
    tags: [books]
    id: { isbn: isbn }
    tools:
      list:
        http: GET /v1/bookNUMBER
        about: "Books, newest first."
        query: { shelf: shelf, page_size: page_size, since: { type: date, about: "Only books added since." } }
        reply: { rows: books, total: total, id: isbn }
        example: { shelf: science, since: 2026-01-31 }
      get:
        http: GET /v1/bookNUMBER/{isbn}
        about: "One book with its copies."
        example: { isbn: 978-3-16-148410-0 }
      create:
        http: POST /v1/bookNUMBER
        about: "Add a book. Answers with it."
        json:
          title: { type: string, required: true, about: "Title." }
          authors: { type: authors, about: "Who wrote it." }
          size: size
        example: { title: Systems, authors: [Ada Byron, Alan T.], size: { width: 148 } }
      update:
        http: PUT /v1/bookNUMBER/{isbn}
        about: "Change a book; what is omitted is kept."
        json:
          new_isbn: { type: isbn, wire: isbn, about: "Its new ISBN." }
          shelf: { type: shelf, about: "Where it goes." }
          note: { type: string, clear: "--", about: "For the staff." }
        at_least_one: json
        example: { isbn: 978-3-16-148410-0, shelf: fiction, note: "--" }
      add_cover:
        http: POST /v1/bookNUMBER/{isbn}/cover
        id: { isbn: isbn }
        about: "Attach pictures of a book."
        multipart: { metadata: cover_object, fields: { caption: { type: string, about: "What they show." } } }
        example: { isbn: 978-3-16-148410-0, files: [{ filename: front.png, content_base64: iVBORw== }] }
"#;

/// A specification of so many tools.
fn synthetic(tools: usize) -> String {
    (0..tools / 5).fold(HEAD.to_owned(), |mut text, number| {
        let _ = write!(text, "{}", RESOURCE.replace("NUMBER", &number.to_string()));
        text
    })
}

fn compile(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("compile a specification");
    group.sample_size(10);
    let run = |text: &str, read: &dyn Fn(&str) -> io::Result<String>| {
        let emitted = toolgen::compile(Source { file: "spec.yaml", text }, read);
        emitted.unwrap_or_else(|report| panic!("{report}")).file().len()
    };
    let own = std::fs::read_to_string("spec/desk365.yaml").unwrap();
    let id = BenchmarkId::new("this API", TOOLS.len());
    group.bench_function(id, |bencher| {
        bencher.iter(|| run(&own, &|name| std::fs::read_to_string(format!("spec/{name}"))));
    });
    for tools in [50, 250, 1_000] {
        let text = synthetic(tools);
        group.throughput(Throughput::Elements(tools as u64));
        group.bench_with_input(BenchmarkId::new("synthetic", tools), &text, |bencher, text| {
            bencher.iter(|| run(text, &|_| Err(io::ErrorKind::NotFound.into())));
        });
    }
    group.finish();
}

criterion_group!(benches, call, list, compile);
criterion_main!(benches);
