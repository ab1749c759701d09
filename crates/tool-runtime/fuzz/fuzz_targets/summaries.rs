//! Summaries of arbitrary JSON, one page a line: valid JSON within the limit, in which every row is counted.
//!
//! `.ci/run` runs it for a minute. To run it for longer, in crates/tool-runtime:
//! `cargo fuzz run --sanitizer none summaries -- -timeout=10`.

#![no_main]

use libfuzzer_sys::fuzz_target;
use serde_json::Value;
use tool_runtime::results::summary::{
    Bucket, GroupKey, Measure, PageQuery, Statistic, Stop, Summary, SummaryDef, SummaryOptions,
};
use tool_runtime::results::{CodedField, Extent, Form, Json, Label, ListForm, View};

const VIEW: View = View {
    form: Form::List(ListForm { rows: "r", total: Some("n"), extent: Extent::Page, oldest_first: false }),
    fields: &[],
    optional: &[],
    twins: &[],
    codes: &[CodedField { field: "b.c", labels: &[("1", Label::Text("one")), ("0", Label::Flag(false))] }],
    long_texts: &[],
};

const DEF: SummaryDef = SummaryDef {
    id: &["i"],
    unset: &["--"],
    page: PageQuery { offset: "offset", size: None },
    by: &["a", "b.c"],
    times: &["t"],
    measures: &["m"],
};

const KEYS: [GroupKey; 3] = [
    GroupKey { field: "a", bucket: None },
    GroupKey { field: "b.c", bucket: None },
    GroupKey { field: "t", bucket: Some(Bucket::Week) },
];

fuzz_target!(|text: &str| {
    for (index, statistic) in Statistic::ALL.into_iter().enumerate() {
        let by = KEYS.into_iter().cycle().skip(index).take(1 + index % 2).collect();
        let options = SummaryOptions { by, measure: Some(Measure { field: "m", statistic }), max_calls: 5 };
        let mut summary = Summary::new(&DEF, &VIEW, options);
        for page in text.lines().filter_map(|line| Json::checked(line).ok()) {
            let _ = summary.add(page);
        }
        for (stop, limit) in [(None, 25_000), (Some(Stop::Budget(1)), 300)] {
            let Ok(answer) = summary.answer(1, stop, &[], limit) else { continue };
            assert!(answer.text.chars().count() <= limit);
            let answer: Value = serde_json::from_str(&answer.text).expect("the answer is JSON");
            let rows = answer["rows"].as_array().expect("it has rows");
            let counts = rows.iter().filter_map(|row| row.as_array()?.last()?.as_u64());
            assert_eq!(counts.sum::<u64>(), summary.read());
        }
    }
});
