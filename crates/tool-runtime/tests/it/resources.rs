//! Resources: matching URIs against a pattern.

use serde_json::{Value, json};
use tool_runtime::resource::ResourceDef;

const SHELF: ResourceDef = ResourceDef { uri: "library://shelves/{shelf}/books/{isbn}", name: "book", title: "Book" };

fn found(uri: &str) -> Option<Value> {
    SHELF.arguments(uri).map(Value::Object)
}

#[test]
fn uri_variables_are_decoded_strings() {
    assert_eq!(found("library://shelves/B2/books/978-0"), Some(json!({ "shelf": "B2", "isbn": "978-0" })));
    assert_eq!(
        found("library://shelves/B%202+/books/%C3%A9%2F..%3F%23"),
        Some(json!({ "shelf": "B 2+", "isbn": "é/..?#" }))
    );
    assert_eq!(found("LIBRARY://shelves/é/books/1"), Some(json!({ "shelf": "é", "isbn": "1" })));
    assert_eq!(found("library://%73helves/a/books/1"), Some(json!({ "shelf": "a", "isbn": "1" })));
}

#[test]
fn uris_of_another_shape_do_not_match() {
    for uri in [
        "",
        "library:",
        "library://",
        "library:/shelves/a/books/1",
        "other://shelves/a/books/1",
        "library://shelves/a/books",
        "library://shelves/a/books/",
        "library://shelves//books/1",
        "library://shelves/a/books/1/",
        "library://shelves/a/books/1/2",
        "library://shelves/a/BOOKS/1",
        "library://shelves/a/books/1?x=2",
        "library://shelves/a/books/1#x",
        "library://shelves/a/books/%ff",
        "library://shelves/{shelf}/papers/{isbn}",
    ] {
        assert_eq!(found(uri), None, "{uri}");
    }
}
