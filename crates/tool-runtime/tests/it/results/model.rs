//! Random JSON, as a value and as one of the texts that encode it.

use proptest::collection::vec;
use proptest::prelude::*;

/// A JSON value that keeps the digits of numbers and repeated keys.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Node {
    /// A number, `true`, `false` or `null`.
    Literal(String),
    Text(String),
    List(Vec<Node>),
    Object(Vec<(String, Node)>),
}

impl Node {
    /// Returns the value without white space, and with the escapes that `serde_json` writes.
    pub(super) fn compact(&self) -> String {
        match self {
            Self::Literal(text) => text.clone(),
            Self::Text(text) => serde_json::to_string(text).unwrap(),
            Self::List(items) => format!("[{}]", joined(items.iter().map(Self::compact))),
            Self::Object(members) => {
                let member = |(name, value): &(String, Self)| {
                    format!("{}:{}", serde_json::to_string(name).unwrap(), value.compact())
                };
                format!("{{{}}}", joined(members.iter().map(member)))
            }
        }
    }

    /// Returns the value with white space everywhere, and with escapes that are not needed.
    pub(super) fn sprawling(&self) -> String {
        match self {
            Self::Literal(text) => text.clone(),
            Self::Text(text) => escaped(text),
            Self::List(items) => format!("[ {}\t]", joined(items.iter().map(|item| item.sprawling() + " "))),
            Self::Object(members) => {
                let member = |(name, value): &(String, Self)| format!("\n{} : {}\r", escaped(name), value.sprawling());
                format!("{{ {} }}", joined(members.iter().map(member)))
            }
        }
    }

    /// Returns whether the value has no data.
    pub(super) fn is_empty(&self) -> bool {
        match self {
            Self::Literal(text) => text == "null",
            Self::Text(text) => text.is_empty(),
            Self::List(items) => items.is_empty(),
            Self::Object(members) => members.is_empty(),
        }
    }

    /// Returns the last value under a key.
    pub(super) fn last(&self, name: &str) -> Option<&Self> {
        let Self::Object(members) = self else { return None };
        members.iter().rev().find_map(|(known, value)| (known == name).then_some(value))
    }
}

fn joined(parts: impl Iterator<Item = String>) -> String {
    parts.collect::<Vec<_>>().join(",")
}

/// Writes every second character as escaped UTF-16.
fn escaped(text: &str) -> String {
    let character = |(index, c): (usize, char)| match c {
        _ if index % 2 == 0 => {
            let units: Vec<_> = c.encode_utf16(&mut [0; 2]).iter().map(|unit| format!("\\u{unit:04x}")).collect();
            units.concat()
        }
        '"' => "\\\"".to_owned(),
        '/' => "\\/".to_owned(),
        other => serde_json::to_string(&other).unwrap().trim_matches('"').to_owned(),
    };
    format!("\"{}\"", text.chars().enumerate().map(character).collect::<String>())
}

/// Returns texts of characters that results neither remove nor replace.
pub(super) fn visible_text() -> impl Strategy<Value = String> {
    let c = prop_oneof![
        Just('a'),
        Just('B'),
        Just('7'),
        Just(' '),
        Just('"'),
        Just('\\'),
        Just('/'),
        Just('\n'),
        Just('\0'),
        Just('ä'),
        Just('😀'),
        Just('\u{2028}'),
        Just('['),
        Just('{'),
        Just(','),
        Just(':'),
    ];
    vec(c, 0..30).prop_map(String::from_iter)
}

/// Returns texts with everything that results treat in a special way.
pub(super) fn hostile_text() -> impl Strategy<Value = String> {
    let part = prop_oneof![
        4 => visible_text(),
        1 => any::<char>().prop_map(String::from),
        1 => Just("\u{200b}\u{202e}".to_owned()),
        1 => Just("\u{200d}".to_owned()),
        1 => Just("data:image/png;base64,QUJDRA== ".to_owned()),
        1 => Just("data:".to_owned()),
        1 => Just("… [+7 characters]".to_owned()),
    ];
    vec(part, 0..6).prop_map(|parts| parts.concat())
}

fn literal() -> impl Strategy<Value = String> {
    let fixed = ["null", "true", "false", "0", "-0", "1.50", "1e400", "-12345678901234567890123", "0.1000", "2E-7"];
    prop_oneof![
        (0..fixed.len()).prop_map(move |index| fixed[index].to_owned()),
        any::<i64>().prop_map(|n| n.to_string())
    ]
}

/// Returns names: few, so that rows share them, some with dots and some repeated.
pub(super) fn name() -> impl Strategy<Value = String> {
    let names =
        ["id", "title", "text", "html", "a", "a.b", "b", "ä", "", "rows", "omitted", "warnings", "count", "x\"y"];
    (0..names.len()).prop_map(move |index| names[index].to_owned())
}

/// Returns values of any kind.
pub(super) fn node(text: impl Strategy<Value = String> + 'static) -> impl Strategy<Value = Node> {
    let leaf = prop_oneof![literal().prop_map(Node::Literal), text.prop_map(Node::Text)];
    leaf.prop_recursive(4, 24, 5, |inner| {
        prop_oneof![vec(inner.clone(), 0..4).prop_map(Node::List), vec((name(), inner), 0..6).prop_map(Node::Object)]
    })
}

/// Returns objects.
pub(super) fn object(text: impl Strategy<Value = String> + 'static) -> impl Strategy<Value = Node> {
    vec((name(), node(text)), 0..8).prop_map(Node::Object)
}
