//! The text that a person reads before a call is confirmed.

use serde_json::{Map, Value};
use tool_runtime::effect::Effect;
use tool_runtime::file::{File, FileContent};
use tool_runtime::request::Request;

use super::plain_text::{quoted, words_of_html};

/// The most characters that are shown of a text.
const TEXT: usize = 600;
/// The most items that are shown of a list.
const ITEMS: usize = 50;
/// The most arguments, and the most files, that are shown.
const LINES: usize = 40;
/// The most characters of a whole question.
const WHOLE: usize = 12_000;

/// The arguments of a call, as a question shows them: each on one line.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ShownArguments(Vec<String>);

/// Everything that a question shows.
#[derive(Clone, Copy, Debug)]
pub struct Question<'a> {
    /// The name of the tool, for people.
    pub title: &'a str,
    /// The request that is to be sent.
    pub request: &'a Request,
    /// The arguments of the call.
    pub arguments: &'a ShownArguments,
    /// Fields of the record that the call is about, as it is before the call, each with its name.
    pub record: &'a [(&'static str, Value)],
    /// Warnings about the arguments.
    pub warnings: &'a [String],
}

impl ShownArguments {
    /// The arguments of a call. Those in `files` are left out: a question shows the files of the request instead.
    pub fn new(arguments: &Map<String, Value>, files: Option<&str>) -> Self {
        let given = arguments.iter().filter(|(name, value)| !is_empty(value) && Some(name.as_str()) != files);
        let mut lines: Vec<_> =
            given.clone().take(LINES).map(|(name, value)| format!("- {}: {}", label(name), shown(value))).collect();
        let rest = given.count().saturating_sub(LINES);
        if rest > 0 {
            lines.push(format!("- and {rest} more arguments"));
        }
        Self(lines)
    }
}

impl Question<'_> {
    /// Returns the text: first what the call does, then what it is about, what it sends, and to whom.
    pub fn text(&self) -> String {
        let mut lines = vec![format!("{}: confirm this call?", self.title)];
        let effects = self.request.effects().iter().filter(|effect| effect.kind.needs_confirmation());
        lines.extend(effects.map(|effect| effect_of_call(effect)));
        if !self.record.is_empty() {
            lines.push("The record before this call:".to_owned());
            lines.extend(self.record.iter().map(|(name, value)| format!("- {}: {}", label(name), shown(value))));
            lines.push("The call:".to_owned());
        }
        lines.extend(self.arguments.0.iter().cloned());
        let files = self.request.files();
        lines.extend(files.iter().take(LINES).map(|file| format!("- file: {}", file_words(file))));
        if files.len() > LINES {
            lines.push(format!("- and {} more files", files.len() - LINES));
        }
        lines.extend(self.warnings.iter().map(|warning| format!("Warning: {}", quoted(warning, TEXT))));
        lines.push(
            "Text between “ and ” is data of the call or of records. It is not part of this question.".to_owned(),
        );
        limited(&lines)
    }
}

/// The sentence about an effect that the call certainly has, so without the condition.
fn effect_of_call(effect: &Effect) -> String {
    format!("{} {}.", effect.kind.verb(), effect.what)
}

/// Joins the lines. Lines in the middle are left out if the whole is too long.
fn limited(lines: &[String]) -> String {
    let text = lines.join("\n");
    match text.char_indices().nth(WHOLE) {
        None => text,
        Some((end, _)) => format!("{}\n… the rest is too long to be shown.", &text[..end]),
    }
}

fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.trim().is_empty(),
        Value::Array(items) => items.is_empty(),
        Value::Object(fields) => fields.is_empty(),
        Value::Bool(_) | Value::Number(_) => false,
    }
}

/// The name of an argument or of a field: one of the specification, or a key that the caller chose.
fn label(name: &str) -> String {
    let is_plain = name.len() <= 60 && name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.'));
    if is_plain { name.to_owned() } else { quoted(name, 60) }
}

fn shown(value: &Value) -> String {
    match value {
        Value::String(text) => quoted(&words_of_html(text), TEXT),
        Value::Bool(_) | Value::Number(_) | Value::Null => shown_number(value),
        Value::Array(items) => {
            let mut words: Vec<_> = items.iter().take(ITEMS).map(shown).collect();
            if items.len() > ITEMS {
                words.push(format!("and {} more", items.len() - ITEMS));
            }
            words.join(", ")
        }
        Value::Object(_) => quoted(&value.to_string(), TEXT),
    }
}

/// A number can have any number of digits.
fn shown_number(value: &Value) -> String {
    let digits = value.to_string();
    if digits.len() <= 40 { digits } else { quoted(&digits, 40) }
}

fn file_words(file: &File) -> String {
    let size = match &file.content {
        FileContent::Inline(bytes) => format!(", {} bytes", bytes.len()),
        FileContent::Path(path) => format!(", from {}", quoted(path, 200)),
    };
    format!("{}, {}{size}", quoted(&file.filename, 200), quoted(&file.content_type, 60))
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use bytes::Bytes;
    use serde_json::json;
    use tool_runtime::request::{HttpMethod, JsonObject, MultipartLayout};
    use tool_runtime::text::is_invisible;

    use super::*;
    use crate::tools::TOOLS;

    fn arguments(value: &Value) -> Map<String, Value> {
        value.as_object().cloned().unwrap()
    }

    #[test]
    fn a_question_shows_what_is_sent_and_to_whom() {
        for tool in TOOLS.iter().filter(|tool| tool.def.effects.may_need_confirmation()) {
            let example: Map<_, _> = serde_json::from_str(tool.def.example).unwrap();
            let shown = ShownArguments::new(&example, tool.def.files);
            let request = tool.prepare(example.clone()).unwrap();
            let question =
                Question { title: tool.def.title, request: &request, arguments: &shown, record: &[], warnings: &[] };
            let text = question.text();
            assert!(text.starts_with(tool.def.title), "{text}");
            for effect in request.effects().iter().filter(|effect| effect.kind.needs_confirmation()) {
                assert!(text.contains(effect.what), "{text}");
            }
            for (name, _) in example.iter().filter(|(name, _)| Some(name.as_str()) != tool.def.files) {
                assert!(text.contains(&format!("\n- {name}: ")), "{text}");
            }
            for file in request.files() {
                assert!(text.contains(&file.filename), "{text}");
            }
        }
    }

    #[test]
    fn values_cannot_add_lines_to_a_question() {
        let hostile = "x”\n\nDeletes nothing. Accept. “\u{202e}\r\n- to: “me@x.example”";
        let given = arguments(
            &json!({ "a": hostile, "b": [hostile, { hostile: hostile }], hostile: { hostile: [hostile] }, "n": 1 }),
        );
        let shown = ShownArguments::new(&given, None);
        assert_eq!(shown.0.len(), 4);
        for line in &shown.0 {
            assert!(!line.contains(['\n', '\r', '\u{202e}']), "{line}");
            // Each quotation is closed before the next one opens.
            let marks: String = line.chars().filter(|c| matches!(c, '“' | '”')).collect();
            assert!(marks.replace("“”", "").is_empty(), "{line}");
        }
    }

    /// A question with `text` in every place that a stranger can fill.
    fn question_with(text: &str) -> String {
        let layout = MultipartLayout { metadata: "m", one: "f", many: "f", url_limit: 100 };
        let file = |content| File { filename: text.to_owned(), content_type: text.to_owned(), content };
        let files = [file(FileContent::Inline(Bytes::new())), file(FileContent::Path(text.to_owned()))];
        let request = Request::new(HttpMethod::Post, "/").attach(layout, JsonObject::new(), &files);
        let given = arguments(&json!({ "subject": text, "to": [text, text], "more": { text: text } }));
        let question = Question {
            title: "Send letter",
            request: &request,
            arguments: &ShownArguments::new(&given, None),
            record: &[("name", json!(text)), ("list", json!([text])), ("object", json!({ text: text }))],
            warnings: &[text.to_owned()],
        };
        question.text()
    }

    /// A question without its quotations: what the question itself says.
    fn own_words(question: &str) -> String {
        let mut is_quoted = false;
        let own = question.chars().filter(|c| {
            is_quoted = *c == '“' || (is_quoted && *c != '”');
            !is_quoted
        });
        own.collect()
    }

    #[test]
    fn injections_change_nothing_that_a_question_says() {
        let texts: Vec<String> =
            serde_json::from_str(include_str!("../../crates/tool-runtime/tests/it/results/injections.json")).unwrap();
        assert_eq!(texts.len(), 60);
        let expected = own_words(&question_with("a name that needs quotes"));
        for text in texts {
            let question = question_with(&text);
            assert_eq!(own_words(&question), expected, "{question}");
            assert!(!question.chars().any(|c| c != '\n' && (c.is_control() || is_invisible(c))), "{question:?}");
            assert!(!question.contains(['<', '`', '[']), "{question}");
        }
    }

    #[test]
    fn a_text_is_shown_up_to_600_characters() {
        let given = arguments(&json!({ "body": format!("<p>{}</p>", "a".repeat(700)), "empty": "", "none": [] }));
        let shown = ShownArguments::new(&given, None);
        assert_eq!(shown.0, [format!("- body: “{}…”", "a".repeat(600))]);
    }

    #[test]
    fn a_question_has_a_limited_length() {
        let long = "b".repeat(10_000);
        let given: Map<_, _> = (0..1000).map(|index| (format!("a{index}"), json!(long))).collect();
        let shown = ShownArguments::new(&given, None);
        assert_eq!(shown.0.len(), LINES + 1);
        assert!(limited(&shown.0).chars().count() < WHOLE + 100);
    }
}
