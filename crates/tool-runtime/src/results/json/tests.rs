//! Tests of the reader of JSON.

#![allow(clippy::unwrap_used, reason = "tests")]

use super::*;

fn root(text: &str) -> Raw<'_> {
    Json::checked(text).unwrap().root()
}

fn members(text: &str) -> Vec<(Cow<'_, str>, &str)> {
    root(text).members().map(|(key, value)| (key.name(), value.text())).collect()
}

#[test]
fn members_are_slices_of_the_document() {
    let text = "\n{ \"a\" :1.50, \"b\":{\"x\":[1,\"}\\\"]\"]} ,\"c\": \"\\\\\" , \"d\":null}\r";
    let expected = [("a", "1.50"), ("b", "{\"x\":[1,\"}\\\"]\"]}"), ("c", "\"\\\\\""), ("d", "null")];
    assert_eq!(members(text), expected.map(|(name, value)| (name.into(), value)));
    assert!(members("{ }").is_empty() && members("[1]").is_empty() && members("7").is_empty());
}

#[test]
fn names_are_decoded() {
    assert_eq!(members(r#"{"\u0061\"\ud83d\ude00\ud800":1}"#), [("a\"😀\u{fffd}".into(), "1")]);
}

#[test]
fn names_are_compared_without_a_copy() {
    for key in [Key::new("ab"), Key::new(r"\u0061b"), Key::new(r"a\u0062")] {
        assert!(key.is("ab") && !key.is("a") && !key.is("abc") && !key.is(""));
        assert_eq!((key.rest_of("ab.c"), key.rest_of("b")), (Some(".c"), None));
    }
}

#[test]
fn items_are_slices_of_the_document() {
    let items: Vec<_> = root("[ 1 ,\"a,]\",[ ],\n{\"b\":2}]").items().map(Raw::text).collect();
    assert_eq!(items, ["1", "\"a,]\"", "[ ]", "{\"b\":2}"]);
    assert_eq!(root("[ ]").items().count() + root("{}").items().count() + root("0").items().count(), 0);
}

#[test]
fn values_without_data_are_empty() {
    for text in ["null", "\"\"", "[]", "[ \n]", "{}", "{ }"] {
        assert!(root(text).is_empty(), "{text}");
    }
    for text in ["0", "false", "\" \"", "[null]", "{\"a\":null}"] {
        assert!(!root(text).is_empty(), "{text}");
    }
}

#[test]
fn tokens_leave_out_white_space_only() {
    let tokens: Vec<_> = Tokens::of(root("{ \"a\" : [1 , \"b : \" ] }")).collect();
    let expected = [
        Token::Other("{"),
        Token::Key(Key::new("a")),
        Token::Other(":"),
        Token::Other("[1"),
        Token::Other(","),
        Token::String(Raw("\"b : \"")),
        Token::Other("]"),
        Token::Other("}"),
    ];
    assert_eq!(tokens, expected);
}

#[test]
fn depth_is_not_limited() {
    let deep = format!("[{}1{}]", "[".repeat(1_000_000), "]".repeat(1_000_000));
    assert_eq!(root(&deep).items().count(), 1);
    assert_eq!(Tokens::of(root(&deep)).count(), 1);
}
