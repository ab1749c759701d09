//! Attachments whose names and types were not checked by a decoder.
#![allow(clippy::unwrap_used, reason = "tests")]

use futures_util::TryStreamExt as _;
use tool_runtime::file::FileContent;

use super::*;

fn file(filename: &str, content_type: &str) -> File {
    File {
        filename: filename.to_owned(),
        content_type: content_type.to_owned(),
        content: FileContent::Inline(Bytes::new()),
    }
}

fn form(file: &File) -> reqwest::Result<multipart::Form> {
    let form = MultipartForm { fields: Vec::new(), part: "file", files: Vec::new() };
    multipart(form, vec![Attachment::inline(file, "hi".into())], &UploadProgress::default())
}

#[tokio::test]
async fn a_file_name_cannot_end_its_header() {
    let body = form(&file("a\r\nX-Evil: 1\0.txt", "text/plain")).unwrap().into_stream();
    let body: Vec<Bytes> = body.try_collect().await.unwrap();
    let body = String::from_utf8(body.concat()).unwrap();
    assert!(body.contains("filename=\"a__X-Evil: 1_.txt\"\r\nContent-Type: text/plain\r\n\r\nhi\r\n"), "{body}");
}

#[test]
fn a_media_type_cannot_end_its_header() {
    assert!(form(&file("a.txt", "text/plain\r\nX-Evil: 1")).is_err());
}
