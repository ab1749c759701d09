fn main() {
    assert_eq!(strict_json::value("[1, true]").unwrap(), serde_json::json!([1, true]));
    let error = strict_json::object(r#"{"a": 1, "a": 2}"#).unwrap_err();
    assert!(error.to_string().starts_with(r#"the key "a" is given twice"#));
}
