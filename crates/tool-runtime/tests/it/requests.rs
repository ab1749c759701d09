//! Requests: paths, queries, bodies, and the limit of the query.

use serde_json::json;
use tool_runtime::file::{File, FileContent};
use tool_runtime::prelude::*;
use tool_runtime::request::{MultipartForm, RequestBody};

const LAYOUT: MultipartLayout = MultipartLayout { metadata: "about", one: "file", many: "files", url_limit: 60 };

fn text(text: &str) -> String {
    text.to_owned()
}

fn file(name: &str) -> File {
    File { filename: text(name), content_type: text("text/plain"), content: FileContent::Inline("hi".into()) }
}

fn form(request: &Request) -> &MultipartForm {
    let RequestBody::Form(form) = request.body() else { panic!("{request}") };
    form
}

#[test]
fn path_segments_are_encoded() {
    let request = Request::new(HttpMethod::Get, "/things/").segment(&text("a b/ü")).literal("/parts/").segment(&7_i64);
    assert_eq!(request.target(), "/things/a%20b%2F%C3%BC/parts/7");
    assert_eq!(request.method(), HttpMethod::Get);
    assert_eq!(*request.body(), RequestBody::Empty);
}

#[test]
fn a_query_keeps_its_order_and_empty_values() {
    let request = Request::new(HttpMethod::Get, "/x")
        .query("b", &text(""))
        .query_opt("none", None::<&String>)
        .query_opt("a", Some(&text("1&2=3+4")))
        .query("flag", &Flag(true))
        .query("list", &Joined::<','>(vec![text("a@x"), text("b@x")]))
        .query("object", json!({"k": "v"}).as_object().unwrap());
    assert_eq!(request.target(), "/x?b=&a=1%262%3D3%2B4&flag=1&list=a%40x%2Cb%40x&object=%7B%22k%22%3A%22v%22%7D");
}

#[test]
fn json_fields_keep_their_order() {
    let object = JsonObject::new()
        .field("z", &1_i64)
        .field_opt("none", None::<&String>)
        .field_opt("a", Some(&Flag(false)))
        .field("list", &vec![text("x")]);
    let request = Request::new(HttpMethod::Post, "/x").json(object);
    assert_eq!(*request.body(), RequestBody::Json(r#"{"z":1,"a":0,"list":["x"]}"#.to_owned()));
    assert_eq!(request.target(), "/x");
}

#[test]
fn the_part_name_depends_on_the_number_of_files() {
    let attach = |files: &[File]| Request::new(HttpMethod::Post, "/x").attach(LAYOUT, JsonObject::new(), files);
    assert_eq!(form(&attach(&[file("a")])).part, "file");
    assert_eq!(form(&attach(&[file("a"), file("b")])).part, "files");
    assert_eq!(attach(&[file("a"), file("b")]).files(), [file("a"), file("b")]);
}

#[test]
fn a_query_over_the_limit_moves_to_the_form() {
    let attach = |note: &str| {
        let about = JsonObject::new().field("n", &text(note));
        Request::new(HttpMethod::Post, "/x").query("id", &7_i64).attach(LAYOUT, about, &[file("a")])
    };
    // `/x?id=7&about=%7B%22n%22%3A%22…%22%7D`
    let around = attach("").target().len();
    let at_limit = attach(&"y".repeat(60 - around));
    assert_eq!(at_limit.target().len(), 60);
    assert_eq!(form(&at_limit).fields, []);

    let note = "y".repeat(61 - around);
    let beyond = attach(&note);
    assert_eq!(beyond.target(), "/x");
    assert_eq!(form(&beyond).fields, [("id", text("7")), ("about", json!({ "n": note }).to_string())]);
}

#[test]
fn the_limit_applies_to_the_encoded_length() {
    let about = JsonObject::new().field("n", &text("üüüüüü"));
    let request = Request::new(HttpMethod::Post, "/x").attach(LAYOUT, about, &[file("a")]);
    assert_eq!(request.target(), "/x", "six letters, but 36 bytes in a URL");
}

#[test]
fn a_request_with_a_json_body_has_no_files() {
    let request = Request::new(HttpMethod::Post, "/x").json(JsonObject::new());
    assert!(request.files().is_empty());
    assert_eq!(request.into_body(), RequestBody::Json("{}".to_owned()));
}

#[test]
fn a_request_can_be_printed_for_review() {
    let about = JsonObject::new().field("note", &text("a note that is too long for this URL to carry it"));
    let files = [file("a.txt"), File { content: FileContent::Path(text("/tmp/b")), ..file("b") }];
    let request = Request::new(HttpMethod::Post, "/x").attach(LAYOUT, about, &files);
    insta::assert_snapshot!(request, @r#"
    POST /x
    content-type: multipart/form-data

    [about]
    {"note":"a note that is too long for this URL to carry it"}

    [files; a.txt; text/plain]
    "hi"

    [files; b; text/plain]
    (the file "/tmp/b")
    "#);
}
