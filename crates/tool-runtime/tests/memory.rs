//! The memory that a compact result of a large reply takes.
//!
//! A test program of its own, because its allocator counts.
#![allow(clippy::unwrap_used, reason = "tests")]

use peak_alloc::PeakAlloc;
use tool_runtime::results::{self, Extent, Form, Json, ListForm, Options, Twin, View};

#[global_allocator]
static MEMORY: PeakAlloc = PeakAlloc;

/// The size of a large reply.
const LARGE: usize = 10_000_000;

/// The size of replies that only an odd API sends.
const ODD: usize = 2_000_000;

/// The size of a result, with room for the names of its fields.
const RESULT: usize = 50_000;

const RECORD: View = View {
    form: Form::Record,
    fields: &[],
    optional: &[],
    twins: &[Twin { html: "body", text: "text" }],
    codes: &[],
    long_texts: &["text"],
};

const fn list(extent: Extent) -> View {
    View { form: Form::List(ListForm { rows: "rows", total: None, extent, oldest_first: true }), ..RECORD }
}

/// Returns a list of a size.
fn rows(size: usize, row: impl Fn(usize) -> String) -> String {
    let mut reply = String::new();
    reply.push_str(r#"{"rows":["#);
    for number in 0.. {
        if reply.len() > size {
            break;
        }
        if number > 0 {
            reply.push(',');
        }
        reply.push_str(&row(number));
    }
    reply + "]}"
}

/// Returns the most memory that the result of a call takes while it is made, in addition to the reply.
fn peak(reply: &str, view: &View, options: &Options) -> usize {
    let before = MEMORY.current_usage();
    MEMORY.reset_peak_usage();
    let result = results::compact(Json::checked(reply).unwrap(), view, options);
    if let Ok(result) = &result {
        assert!(result.text.chars().count() <= options.max_result_chars);
    }
    MEMORY.peak_usage() - before
}

#[test]
fn a_result_takes_less_memory_than_its_reply() {
    let text = "x".repeat(ODD);
    let record = |member: &str| format!("{{\"id\":1,{member}}}");
    let row = |n| format!(r#"{{"id":{n},"title":"a title","text":"{}","of":{{"x":[1,2]}}}}"#, "y".repeat(300));
    let replies = [
        ("rows", rows(LARGE, row)),
        ("tiny rows", rows(ODD, |_| "0".to_owned())),
        ("rows with other fields each", rows(ODD, |n| format!(r#"{{"f{n}":1}}"#))),
        ("names with escapes", rows(ODD, |n| format!(r#"{{"\u0066{n}":1}}"#))),
        ("one long row", format!(r#"{{"rows":[[{}0]]}}"#, "0,".repeat(ODD / 2))),
        ("one long text", record(&format!(r#""text":"{text}""#))),
        ("one long name", record(&format!(r#""\u0061{text}":1"#))),
        ("one long name in a row", rows(10, |_| record(&format!(r#""\u0061{text}":1"#)))),
        ("one long list", record(&format!(r#""of":[{}{{"x":1}}]"#, "0,".repeat(ODD / 2)))),
        ("depth", record(&format!(r#""of":{}{}"#, "[".repeat(ODD / 2), "]".repeat(ODD / 2)))),
    ];
    let fields = ["of.x".to_owned(), "text".to_owned(), "txt".to_owned()];
    for (name, reply) in &replies {
        for (view, fields) in [(RECORD, &fields[..]), (list(Extent::Page), &[]), (list(Extent::Thread), &fields)] {
            let peak = peak(reply, &view, &Options { fields: fields.to_vec(), ..Options::new(&view, 10_000) });
            assert!(peak <= reply.len() + RESULT, "{name}: {peak} bytes");
        }
    }
}
