//! Compact results of arbitrary JSON, for views of every form: valid JSON within the limit, and the same for the same call.
//!
//! `.ci/run` runs it for a minute. To run it for longer, in crates/tool-runtime:
//! `cargo fuzz run --sanitizer none results fuzz/corpus/results fuzz/seeds -- -timeout=10`.

#![no_main]

use libfuzzer_sys::fuzz_target;
use serde::de::IgnoredAny;
use tool_runtime::results::{
    CodedField, Extent, Form, Json, Label, ListForm, Options, Twin, View, WriteForm, compact, find_mark,
};

/// A view that says everything that a view may say.
const FULL: View = View {
    form: Form::Record,
    fields: &["a", "b.c"],
    optional: &["d"],
    twins: &[Twin { html: "a", text: "b" }],
    codes: &[CodedField { field: "b.c", labels: &[("1", Label::Text("one")), ("0", Label::Flag(false))] }],
    long_texts: &["a"],
};

const EMPTY: View = View { form: Form::Record, fields: &[], optional: &[], twins: &[], codes: &[], long_texts: &[] };

const LIST: ListForm = ListForm { rows: "r", total: Some("n"), extent: Extent::Page, oldest_first: true };

const FORMS: [Form; 6] = [
    Form::List(LIST),
    Form::List(ListForm { extent: Extent::Part, ..LIST }),
    Form::List(ListForm { extent: Extent::Whole, ..LIST }),
    Form::List(ListForm { total: None, extent: Extent::Thread, ..LIST }),
    Form::Record,
    Form::Write(WriteForm { id: &["a"], answered_as: &[("x", "b")] }),
];

fuzz_target!(|text: &str| {
    let _ = find_mark(text);
    let Ok(reply) = Json::checked(text) else { return };
    let fields = ["b.c".to_owned(), "a".to_owned(), "b".to_owned()];
    for view in FORMS.into_iter().flat_map(|form| [View { form, ..FULL }, View { form, ..EMPTY }]) {
        let plain = Options { set: vec!["a", "x"], ..Options::new(&view, 25_000) };
        let narrow = Options { max_result_chars: 300, max_chars: Some(7), newest: true, skip: 1, ..plain.clone() };
        let asked = Options { fields: fields.to_vec(), text_from: 3, offset: 30, page_size: Some(2), ..plain.clone() };
        for options in [plain, narrow, asked] {
            let result = compact(reply, &view, &options);
            assert_eq!(result, compact(reply, &view, &options));
            let Ok(result) = result else { continue };
            assert!(result.text.chars().count() <= options.max_result_chars);
            assert!(serde_json::from_str::<IgnoredAny>(&result.text).is_ok());
        }
    }
});
