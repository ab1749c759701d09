//! The attachment decoder.

use serde_json::{Value, json};
use tool_runtime::decode;
use tool_runtime::file::{File, FileContent};
use tool_runtime::violation::Violation;

fn one(file: Value) -> File {
    decode::files(Value::Array(vec![file])).unwrap().remove(0)
}

fn wrong(files: Value) -> Vec<Violation> {
    let violations = decode::files(files).unwrap_err().under_key("files");
    assert!(!violations.is_empty() && violations.omitted() == 0);
    violations.into_iter().collect()
}

/// Returns the place of the only violation of `file`.
fn place(file: &Value) -> String {
    let violations = wrong(json!([file]));
    assert_eq!(violations.len(), 1, "{violations:?}");
    violations[0].argument.clone()
}

#[test]
fn a_file_has_a_name_and_bytes() {
    let file = one(json!({"filename": "a.pdf", "content_base64": "aGk="}));
    let expected = File {
        filename: "a.pdf".to_owned(),
        content_type: "application/pdf".to_owned(),
        content: FileContent::Inline("hi".into()),
    };
    assert_eq!(file, expected);
}

#[test]
fn base64_may_lack_padding_and_have_line_breaks() {
    for text in ["aGk", "aGk=", " aGk=\n", "aG\r\nk="] {
        let file = one(json!({"filename": "a", "content_base64": text}));
        assert_eq!(file.content, FileContent::Inline("hi".into()), "{text:?}");
    }
    let empty = one(json!({"filename": "a", "content_base64": ""}));
    assert_eq!(empty.content, FileContent::Inline("".into()));
    for text in [json!("*"), json!("a"), json!("_-"), json!("data:;base64,aGk="), json!(7), json!({})] {
        assert_eq!(place(&json!({"filename": "a", "content_base64": text})), "files[0].content_base64");
    }
}

#[test]
fn a_missing_media_type_is_guessed() {
    let type_of = |filename: &str| one(json!({"filename": filename, "content_base64": ""})).content_type;
    assert_eq!(type_of("a.PNG"), "image/png");
    assert_eq!(type_of("a.unheard-of"), "application/octet-stream");
    let blank = json!({"filename": "a.png", "content_base64": "", "content_type": " "});
    assert_eq!(one(blank).content_type, "image/png");
    let given = json!({"filename": "a.png", "content_base64": "", "content_type": "application/x-thing"});
    assert_eq!(one(given).content_type, "application/x-thing");
    for text in ["text/plain; charset=utf-8", " text/plain ", "text/plain;", "text/plain;a=\"\r\nX: y\""] {
        let given = json!({"filename": "a.png", "content_base64": "", "content_type": text});
        assert_eq!(one(given).content_type, "text/plain", "{text:?}");
    }
    for bad in ["png", "a/", "/b", "a/b/c", "a b/c", "a/b\r\nX: y", ";", "; a/b", "a;/b"] {
        let file = json!({"filename": "a", "content_base64": "", "content_type": bad});
        assert_eq!(place(&file), "files[0].content_type", "{bad:?}");
    }
}

#[test]
fn file_names_have_no_path_and_no_control_characters() {
    for good in ["a", "Résumé 😀.pdf", "a b", ".hidden", "a\"b", "..a", &"x".repeat(255)] {
        assert_eq!(one(json!({"filename": good, "content_base64": ""})).filename, good);
    }
    for bad in
        ["", " ", ".", "..", "a/b", "/", "a\\b", "a\nb", "a\r", "a\0", "a\u{85}", "txt.\u{202e}exe", &"x".repeat(256)]
    {
        assert_eq!(place(&json!({"filename": bad, "content_base64": ""})), "files[0].filename", "{bad:?}");
    }
    assert_eq!(place(&json!({"content_base64": ""})), "files[0].filename");
}

#[test]
fn a_missing_file_name_is_taken_from_the_path() {
    for (path, name) in [("/tmp/a.txt", "a.txt"), ("a.txt", "a.txt"), ("C:\\x\\a.txt", "a.txt")] {
        let file = one(json!({"path": path}));
        assert_eq!(file.content, FileContent::Path(path.to_owned()));
        assert_eq!((file.filename.as_str(), file.content_type.as_str()), (name, "text/plain"));
    }
    let renamed = one(json!({"path": "/tmp/a.txt", "filename": "b.pdf"}));
    assert_eq!((renamed.filename.as_str(), renamed.content_type.as_str()), ("b.pdf", "application/pdf"));
}

#[test]
fn a_path_without_a_file_name_needs_one_beside_it() {
    for path in ["/tmp/", "/", "..", "a/..", "a/\u{1}"] {
        assert_eq!(place(&json!({"path": path})), "files[0].path", "{path:?}");
        assert_eq!(one(json!({"path": path, "filename": "a"})).filename, "a");
    }
}

#[test]
fn a_wrong_path_is_a_single_violation() {
    for path in [json!(""), json!(" "), json!([])] {
        assert_eq!(place(&json!({ "path": path })), "files[0].path");
        assert_eq!(place(&json!({ "path": path, "filename": "a.txt" })), "files[0].path");
    }
}

#[test]
fn a_file_has_exactly_one_source() {
    let both = wrong(json!([{"filename": "a", "content_base64": "", "path": "a"}]));
    assert_eq!(both[0].argument, "files[0].content_base64 | content_text | path");
    let both = wrong(json!([{"filename": "a", "content_base64": "", "content_text": ""}]));
    assert_eq!(both[0].argument, "files[0].content_base64 | content_text");
    let neither = wrong(json!([{"filename": "a"}]));
    assert_eq!(neither[0].argument, "files[0].content_base64 | content_text", "not every server knows paths");
}

#[test]
fn a_text_is_sent_as_utf_8() {
    for (text, bytes) in [("hi", &b"hi"[..]), ("", b""), ("größer", "größer".as_bytes()), ("aGk=", b"aGk=")] {
        let file = one(json!({"filename": "a.txt", "content_text": text}));
        assert_eq!(file.content, FileContent::Inline(bytes.to_vec().into()));
    }
    assert_eq!(place(&json!({"filename": "a", "content_text": 7})), "files[0].content_text");
}

#[test]
fn bare_content_is_accepted_if_its_form_is_plain() {
    let content = |content: &str| one(json!({"filename": "a", "content": content})).content;
    assert_eq!(content("aGk="), FileContent::Inline("hi".into()));
    assert_eq!(content("Row 312: bad date"), FileContent::Inline("Row 312: bad date".into()));
    let either = wrong(json!([{"filename": "a", "content": "Restarts"}]));
    assert_eq!(either.len(), 1);
    assert_eq!(
        either[0].to_string(),
        "files[0].content: can be base64 as well as plain text (allowed: `content_base64` or `content_text` instead)"
    );
    let twice = wrong(json!([{"filename": "a", "content": "aGk=", "content_base64": "aGk="}]));
    assert_eq!(twice[0].argument, "files[0].content");
}

#[test]
fn the_size_and_the_hash_of_a_content_are_verified() {
    let hash = "8f434346648f6b96df89dda901c5176b10a6d83961dd3c1ac88b59b2dc327aa4";
    for hash in [hash.to_owned(), hash.to_uppercase()] {
        for (key, text) in [("content_text", "hi"), ("content_base64", "aGk="), ("content", "aGk=")] {
            let file = one(json!({"filename": "a", key: text, "size": "2", "sha256": hash}));
            assert_eq!(file.content, FileContent::Inline("hi".into()));
        }
    }
    let blank = one(json!({"filename": "a", "content_text": "hi", "size": "", "sha256": " "}));
    assert_eq!(blank.content, FileContent::Inline("hi".into()));
    let wrong_both = wrong(json!([{"filename": "a", "content_text": "hi!", "size": 2, "sha256": hash}]));
    let problems: Vec<_> = wrong_both.iter().map(|violation| violation.problem.as_str()).collect();
    assert_eq!(problems[0], "the content has 3 bytes");
    assert!(problems[1].starts_with("the hash of the content is "), "{problems:?}");
    for (key, bad) in [("size", json!(-1)), ("size", json!("two")), ("sha256", json!("abc")), ("sha256", json!(7))] {
        assert_eq!(place(&json!({"filename": "a", "content_text": "hi", key: bad})), format!("files[0].{key}"));
    }
    for key in ["size", "sha256"] {
        assert_eq!(place(&json!({"path": "a.txt", key: "2"})), format!("files[0].{key}"));
    }
}

#[test]
fn a_list_of_at_least_one_file_is_required() {
    assert_eq!(wrong(json!([]))[0].problem, "is an empty list");
    for other in [json!("a.txt"), json!(7)] {
        assert_eq!(wrong(other)[0].argument, "files");
    }
    let bare = wrong(json!(["a.txt"]));
    assert_eq!(bare[0].argument, "files[0]");
    assert!(bare[0].allowed.as_deref().unwrap().contains("\"content_text\""), "{}", bare[0]);
    let unknown = wrong(json!([{"filename": "a", "content_base64": "", "name": "a"}]));
    assert_eq!(unknown[0].problem, "is not a field of this object");
}

#[test]
fn a_single_file_needs_no_list() {
    let file = json!({"filename": "a", "content_base64": "aGk="});
    let listed = decode::files(json!([file])).unwrap();
    for form in [file.clone(), json!(file.to_string()), json!([file.to_string()])] {
        assert_eq!(decode::files(form).unwrap(), listed);
    }
}

#[test]
fn too_many_files_are_refused() {
    let empty = |count| Value::Array(vec![json!({"filename": "a", "content_base64": ""}); count]);
    assert_eq!(decode::files(empty(20)).unwrap().len(), 20);
    for count in [21, 8_000] {
        let violations = wrong(empty(count));
        assert_eq!(violations.len(), 1);
        assert_eq!(violations[0].problem, format!("has {count} files"));
        assert_eq!(violations[0].allowed.as_deref(), Some("at most 20 files in a call"));
    }
}

#[test]
fn violations_of_every_file_are_returned() {
    let violations =
        wrong(json!([{"filename": "a/b", "content_base64": "*"}, {}, {"filename": "c", "content_base64": "!"}]));
    let places: Vec<_> = violations.iter().map(|violation| violation.argument.as_str()).collect();
    let expected = [
        "files[0].content_base64",
        "files[0].filename",
        "files[1].content_base64 | content_text",
        "files[1].filename",
        "files[2].content_base64",
    ];
    assert_eq!(places, expected);
}
