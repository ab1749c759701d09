//! Texts to write. A text with the mark of a result is not the whole text: writing it would destroy the part that the
//! result left out.

use serde_json::Value;

use super::marks::{self, find_mark};
use crate::violation::{Violations, quoted};

/// Returns a violation for each text within an argument that has a mark.
pub(crate) fn marked_texts(value: &Value) -> Violations {
    match value {
        Value::String(text) => find_mark(text).map_or_else(Violations::default, refusal),
        Value::Array(items) => {
            let parts = items.iter().enumerate();
            collected(parts.map(|(index, item)| marked_texts(item).at_index(index)))
        }
        Value::Object(fields) => collected(fields.iter().map(|(key, field)| marked_texts(field).under_key(key))),
        Value::Null | Value::Bool(_) | Value::Number(_) => Violations::default(),
    }
}

fn refusal(mark: &str) -> Violations {
    let how = if marks::is_data(mark) { "`fields: [\"*\"]`" } else { "`fields` and `max_chars: 0`" };
    Violations::new(
        format!("contains {}, which marks a part that was left out", quoted(mark)),
        format!("the whole text; read it with {how} first"),
    )
}

fn collected(parts: impl Iterator<Item = Violations>) -> Violations {
    parts.fold(Violations::default(), |mut all, part| {
        all.append(part);
        all
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::violation::lines;

    #[test]
    fn marks_are_found_in_every_text_of_an_argument() {
        let argument = json!({
            "a": ["whole", "cut … [+12 characters]"],
            "b": { "c": "<img src=\"[data: image/png, 1.2 MB]\">" },
            "d": 1,
        });
        assert_eq!(
            lines(&marked_texts(&argument)),
            "a[1]: contains \"[+12 characters]\", which marks a part that was left out \
             (allowed: the whole text; read it with `fields` and `max_chars: 0` first)\n\
             b.c: contains \"[data: image/png, 1.2 MB]\", which marks a part that was left out \
             (allowed: the whole text; read it with `fields: [\"*\"]` first)"
        );
    }

    #[test]
    fn other_texts_are_accepted() {
        let argument = json!(["[1] see below […]", "[+ characters]", null, true]);
        assert!(marked_texts(&argument).is_empty());
    }
}
