//! The comparison of a spec with an OpenAPI document, and explanations of differences.

use serde_json::{Value, json};
use toolgen::Source;
use toolgen::drift::{self, Difference, DocumentError, Explanations};

const SPEC: &str = "
api:
  slug: library
  title: Library
  tool_prefix: library
  instructions: Books of a library.
  base_url: https://library.example/api
  auth: { header: X-Key }
  errors: { message: error }
  multipart: { one: file, many: files, url_limit: 4096 }
  tags: { books: Books }
types:
  shelf: { codes: { fiction: 1, science: 2 }, about: Shelf. }
  loan: { object: { reader: { type: string, required: true }, days: integer }, about: Loan. }
resources:
  book:
    tags: [books]
    id: { isbn: { type: string, about: ISBN. } }
    tools:
      list:
        http: GET /books
        about: Books.
        query: { page: { type: integer, about: Page. }, shelf: shelf, ids: { type: [string], about: IDs. } }
        example: {}
      get:
        http: GET /books/{isbn}
        about: One book.
        example: { isbn: a }
      create:
        http: POST /books
        about: Add a book.
        json: { title: { type: string, required: true, about: Title. }, shelf: shelf, loan: loan }
        example: { title: Emma }
      create_with_cover:
        http: POST /books/cover
        about: Add a book with its cover.
        multipart: { metadata: book_object, fields_of: create }
        example: { title: Emma, files: [{ filename: a.png, content_base64: aGk= }] }
      guess:
        http: GET /books/guess
        about: Any book.
        inferred: \"A friend said so.\"
        example: {}
";

/// Returns a document that agrees with [`SPEC`].
fn agreeing() -> Value {
    let query = |name: &str, required: bool, schema: Value| json!({ "name": name, "in": "query", "required": required, "schema": schema });
    json!({
        "openapi": "3.1.0",
        "paths": {
            "/books": {
                "get": { "parameters": [
                    query("page", false, json!({ "type": "string" })),
                    query("shelf", false, json!({ "type": ["string", "null"], "enum": ["1", "2", null] })),
                    { "$ref": "#/components/parameters/ids" },
                    { "name": "X-Trace", "in": "header", "schema": { "type": "string" } },
                ] },
                "post": { "requestBody": { "$ref": "#/components/requestBodies/book" } },
            },
            "/books/{id}": {
                "get": { "parameters": [{ "name": "id", "in": "path", "required": true, "schema": { "type": "string" } }] },
            },
            "/books/cover": {
                "post": {
                    "parameters": [query("book_object", true, json!({ "type": "string" }))],
                    "requestBody": { "content": { "multipart/form-data": { "schema": { "type": "object" } } } },
                },
            },
            "/books/guess": { "get": {} },
        },
        "components": {
            "parameters": { "ids": query("ids", false, json!({ "type": "array" })) },
            "requestBodies": { "book": { "content": { "application/json": { "schema": { "$ref": "#/components/schemas/Book" } } } } },
            "schemas": {
                "Book": { "allOf": [{ "$ref": "#/components/schemas/Titled" }, {
                    "type": "object",
                    "properties": { "shelf": { "type": "integer" }, "loan": { "$ref": "#/components/schemas/Loan" } },
                }] },
                "Titled": { "type": "object", "required": ["title"], "properties": { "title": { "type": "string" } } },
                "Loan": {
                    "type": "object",
                    "required": ["reader"],
                    "properties": { "reader": { "type": "string" }, "days": { "type": "integer" } },
                },
            },
        },
    })
}

fn differences(document: &Value) -> Vec<Difference> {
    let api = toolgen::model(Source { file: "spec.yaml", text: SPEC }).expect("the spec is valid");
    drift::differences(&api, document).expect("the document can be compared")
}

/// Returns the differences after a part of the document is replaced.
fn changed(pointer: &str, value: Value) -> Vec<String> {
    let mut document = agreeing();
    *document.pointer_mut(pointer).expect("the document has this part") = value;
    differences(&document).into_iter().map(|difference| difference.text).collect()
}

#[test]
fn an_agreeing_document_has_no_differences() {
    assert_eq!(differences(&agreeing()), []);
}

#[test]
fn new_and_missing_operations_are_found() {
    let found = changed("/paths/~1books~1{id}", json!({ "delete": {} }));
    assert_eq!(found, ["GET /books/{isbn} is not in the document", "DELETE /books/{id} is new in the document"]);
}

#[test]
fn new_and_missing_parameters_are_found() {
    let found = changed("/paths/~1books/get/parameters/0/name", json!("offset"));
    assert_eq!(
        found,
        ["GET /books query page is not in the document", "GET /books query offset is new in the document"]
    );
    assert_eq!(
        changed("/paths/~1books~1cover/post/parameters/0/name", json!("cover")),
        [
            "POST /books/cover query book_object is not in the document",
            "POST /books/cover query cover is new in the document",
        ]
    );
}

#[test]
fn a_parameter_of_a_path_applies_to_all_its_operations() {
    let mut document = agreeing();
    document["paths"]["/books"]["parameters"] = json!([{ "name": "lang", "in": "query" }]);
    let found: Vec<_> = differences(&document).into_iter().map(|difference| difference.text).collect();
    assert_eq!(
        found,
        ["GET /books query lang is new in the document", "POST /books query lang is new in the document"]
    );
}

#[test]
fn fields_of_bodies_are_compared_in_depth() {
    let found = changed("/components/schemas/Loan/properties", json!({ "days": { "type": "string" }, "fee": {} }));
    assert_eq!(
        found,
        [
            "POST /books body loan.reader is not in the document",
            "POST /books body loan.days is a whole number here, a text in the document",
            "POST /books body loan.fee is new in the document",
        ]
    );
}

#[test]
fn required_parameters_are_compared_both_ways() {
    assert_eq!(
        changed("/components/schemas/Titled/required", json!([])),
        ["POST /books body title is required here only"]
    );
    let found = changed("/components/parameters/ids/required", json!(true));
    assert_eq!(found, ["GET /books query ids is required in the document only"]);
}

#[test]
fn values_are_compared_in_wire_form() {
    let found = changed("/paths/~1books/get/parameters/1/schema/enum", json!(["2", "3"]));
    assert_eq!(
        found,
        ["GET /books query shelf can also be 3 in the document", "GET /books query shelf cannot be 1 in the document"]
    );
}

#[test]
fn an_inferred_operation_explains_itself() {
    let mut document = agreeing();
    document["paths"]["/books/guess"] = json!({ "parameters": [] });
    let report = Explanations::default().apply(differences(&document));
    assert!(report.is_clean());
    let (text, reason) = report.explained.first().expect("it is reported as explained");
    assert_eq!(text, "GET /books/guess is not in the document");
    assert_eq!(reason, "inferred: A friend said so.");
}

#[test]
fn an_explanation_without_a_match_is_stale() {
    let text = "
\"GET /books query * in the document\": Models do not page.
\"GET /nowhere is not in the document\": Unknown.
";
    let explanations = Explanations::parse(Source { file: "drift.yaml", text }).expect("the explanations are valid");
    let mut document = agreeing();
    document["paths"]["/books"]["get"]["parameters"][0]["name"] = json!("offset");
    let report = explanations.apply(differences(&document));
    assert_eq!(report.unexplained, [] as [&str; 0]);
    assert_eq!(report.explained.len(), 2);
    assert_eq!(report.stale, ["GET /nowhere is not in the document"]);
    assert!(!report.is_clean(), "an unused explanation is reported as well");
}

#[test]
fn an_explanation_needs_a_reason() {
    let text = "\"GET /books is new in the document\":\n";
    let report = Explanations::parse(Source { file: "drift.yaml", text }).expect_err("it gives no reason");
    assert!(report.to_string().contains("this difference has no reason"), "{report}");
}

#[test]
fn documents_of_other_versions_are_refused() {
    let api = toolgen::model(Source { file: "spec.yaml", text: SPEC }).expect("the spec is valid");
    let compare = |document: &Value| drift::differences(&api, document);
    assert_eq!(compare(&json!({ "swagger": "2.0", "paths": {} })), Err(DocumentError::NotOpenApi3));
    assert_eq!(compare(&json!({ "openapi": "3.0.1" })), Err(DocumentError::NoPaths));
    assert_eq!(compare(&json!([])), Err(DocumentError::NotOpenApi3));
}

#[test]
fn a_circular_document_is_accepted() {
    let found = changed("/components/schemas/Titled", json!({ "allOf": [{ "$ref": "#/components/schemas/Titled" }] }));
    assert_eq!(found, ["POST /books body title is not in the document"]);
    let found = changed("/components/schemas/Titled", json!({ "$ref": "#/components/schemas/Titled" }));
    assert_eq!(found, ["POST /books body title is not in the document"]);
}

#[test]
fn the_projects_own_explanations_are_valid() {
    let text = include_str!("../../../../spec/drift.yaml");
    Explanations::parse(Source { file: "spec/drift.yaml", text }).expect("they can be read");
}
