use toolgen::Source;
use toolgen::diagnostic::Report;

fn main() -> Result<(), Report> {
    let text = r#"
api:
  slug: library
  title: Library
  tool_prefix: library
  instructions: Books of a library.
  base_url: https://library.example/api
  auth: { header: Authorization, prefix: "Bearer " }
  errors: { message: error }
  tags: { books: Books }
resources:
  book:
    tags: [books]
    id: { isbn: { type: string, about: "ISBN of the book." } }
    tools:
      get:
        http: GET /v1/books/{isbn}
        about: One book with its copies.
        example: { isbn: "978-0" }
"#;

    // A spec can name a file with the sandbox's data. This one does not.
    let read = |name: &str| Err(std::io::Error::other(format!("{name} is not expected")));
    let emitted = toolgen::compile(Source { file: "library.yaml", text }, read)?;

    assert_eq!(emitted.tools, 1);
    let module = emitted.text("book.rs").expect("each resource is a module");
    assert!(module.contains("pub struct GetBook {"));
    let schema = emitted.text("schemas/get_single_library_book_by_id.json").expect("each tool has a schema");
    assert!(schema.contains(r#""isbn":{"type":"string","description":"ISBN of the book."}"#));
    Ok(())
}
