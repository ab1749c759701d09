//! Long texts: cut, continued, and without what is not text.

use serde_json::{Value, json};
use tool_runtime::results::{Facts, Options, View, find_mark};

use super::{RECORD, compact, options};

const VIEW: View = View { long_texts: &["text"], ..RECORD };

/// Returns the text of a record, from a character on and cut to a length.
fn part(reply: &str, text_from: usize, max_chars: Option<usize>) -> Option<String> {
    let options = Options { text_from, max_chars, ..options(&VIEW) };
    let result = compact(reply, &VIEW, &options).unwrap().text;
    serde_json::from_str::<Value>(&result).unwrap()["text"].as_str().map(str::to_owned)
}

#[test]
fn a_long_text_ends_in_a_mark() {
    let reply = json!({"text": "ä\n\"😀".repeat(1000), "short": "b"}).to_string();
    let result = compact(&reply, &VIEW, &options(&VIEW)).unwrap();
    let value: Value = serde_json::from_str(&result.text).unwrap();
    assert_eq!(value["text"], json!(format!("{}… [+2000 characters]", "ä\n\"😀".repeat(500))));
    assert_eq!(result.facts, Facts { cut_texts: 1, ..Facts::default() });
    assert_eq!(find_mark(value["text"].as_str().unwrap()), Some("[+2000 characters]"));
}

#[test]
fn escapes_are_whole_characters() {
    let reply = r#"{"text": "\ud83d\ude00\u00e4\\n\ud83d\ude00"}"#;
    let starts = ["… [+5 characters]", "😀… [+4 characters]", "😀ä… [+3 characters]", "😀ä\\… [+2 characters]"];
    for (length, start) in starts.into_iter().enumerate().skip(1) {
        assert_eq!(part(reply, 0, Some(length)).as_deref(), Some(start));
    }
    assert_eq!(part(reply, 0, Some(5)).as_deref(), Some("😀ä\\n😀"));
}

#[test]
fn parts_of_a_text_join_without_a_gap() {
    let text = format!("zero\u{200b}width <img src=\"data:image/png;base64,{}\"> end 😀", "QUJD".repeat(50));
    let reply = json!({ "text": text }).to_string();
    let whole = part(&reply, 0, None).unwrap();
    assert_eq!(whole, "zerowidth <img src=\"[data: image/png, 150 bytes]\"> end 😀");
    let chars = whole.chars().count();
    for length in 1..chars {
        // A mark is not split. The parts that begin within it have none of it.
        let parts = (0..chars).step_by(length).map(|from| part(&reply, from, Some(length)).unwrap_or_default());
        let parts: String = parts.map(|part| part.split('…').next().unwrap().to_owned()).collect();
        assert_eq!(parts, whole, "parts of {length}");
    }
}

#[test]
fn only_long_texts_are_continued() {
    let reply = r#"{"text": "abcdef", "title": "Emma", "note": "n"}"#;
    let result = compact(reply, &VIEW, &Options { text_from: 4, ..options(&VIEW) }).unwrap().text;
    assert_eq!(result, r#"{"text":"ef","title":"Emma","note":"n"}"#);
    let result = compact(reply, &VIEW, &Options { text_from: 6, ..options(&VIEW) }).unwrap().text;
    assert_eq!(result, r#"{"title":"Emma","note":"n","omitted":["text"]}"#, "no part of it is left to show");
}

#[test]
fn invisible_characters_are_removed_everywhere() {
    let reply = r#"{"text": "a\u200bb", "more": [{"x": "\u202ec"}, "d\ufeff"], "hidden": "\u200b"}"#;
    let result = compact(reply, &VIEW, &options(&VIEW)).unwrap();
    assert_eq!(result.text, r#"{"text":"ab","more":[{"x":"c"},"d"],"omitted":["hidden"]}"#);
    assert_eq!(result.facts, Facts { invisible_characters: 4, ..Facts::default() });
}

#[test]
fn whole_texts_are_shown_on_request() {
    let reply = json!({"text": "x".repeat(5000)}).to_string();
    assert_eq!(part(&reply, 0, None), Some("x".repeat(5000)));
}
