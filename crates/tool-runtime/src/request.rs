//! An HTTP request as a pure value: comparable, printable, sent by someone else.
//!
//! Arguments only ever become encoded path segments, encoded query values, JSON values or form fields, so that none
//! of them can reach the host, the path's shape or a header.

use std::fmt::{self, Write as _};

use crate::file::{File, FileContent};
use crate::json;
use crate::value::Wire;

/// Which bytes stand for themselves in a URL: RFC 3986's unreserved characters.
#[expect(clippy::indexing_slicing, reason = "a byte is always within it, and the compiler would notice")]
const UNRESERVED: [bool; 256] = {
    let mut unreserved = [false; 256];
    let mut rest = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~".as_slice();
    while let [byte, more @ ..] = rest {
        unreserved[*byte as usize] = true;
        rest = more;
    }
    unreserved
};

/// One request, below some base URL.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    method: HttpMethod,
    path: String,
    query: Vec<(&'static str, String)>,
    body: RequestBody,
}

/// HTTP methods that an operation can have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HttpMethod {
    /// Reads.
    Get,
    /// Makes.
    Post,
    /// Replaces or changes.
    Put,
    /// Changes.
    Patch,
    /// Removes.
    Delete,
}

impl HttpMethod {
    /// The word on the wire.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
            Self::Put => "PUT",
            Self::Patch => "PATCH",
            Self::Delete => "DELETE",
        }
    }
}

/// What a request carries.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RequestBody {
    /// Nothing.
    Empty,
    /// One JSON document, serialised.
    Json(String),
    /// `multipart/form-data`.
    Form(MultipartForm),
}

/// The parts of a `multipart/form-data` body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MultipartForm {
    /// Text fields, which come first.
    pub fields: Vec<(&'static str, String)>,
    /// The part name that every file has.
    pub part: &'static str,
    /// The files, at least one.
    pub files: Vec<File>,
}

/// How an operation takes attachments.
#[derive(Clone, Copy, Debug)]
pub struct MultipartLayout {
    /// The query parameter or form field that carries the metadata as JSON text.
    pub metadata: &'static str,
    /// Part name of a single file.
    pub one: &'static str,
    /// Part name of each of several files.
    pub many: &'static str,
    /// The longest path and query, in bytes; beyond it the whole query travels as form fields.
    pub url_limit: usize,
}

impl Request {
    /// A request to a fixed path.
    pub fn new(method: HttpMethod, path: &str) -> Self {
        Self { method, path: path.to_owned(), query: Vec::new(), body: RequestBody::Empty }
    }

    /// Appends a fixed piece to the path.
    pub fn literal(mut self, piece: &str) -> Self {
        self.path.push_str(piece);
        self
    }

    /// Appends an argument to the path, encoded: it stays within one segment.
    pub fn segment(mut self, value: &impl Wire) -> Self {
        let mut path = self.path.into_bytes();
        encode(&text_of(value), &mut path);
        self.path = written(path);
        self
    }

    /// Adds a query parameter.
    pub fn query(mut self, name: &'static str, value: &impl Wire) -> Self {
        self.query.push((name, text_of(value)));
        self
    }

    /// Adds a query parameter if it has a value.
    pub fn query_opt(self, name: &'static str, value: Option<&impl Wire>) -> Self {
        match value {
            Some(value) => self.query(name, value),
            None => self,
        }
    }

    /// Gives the request a JSON body.
    pub fn json(mut self, object: JsonObject) -> Self {
        self.body = RequestBody::Json(object.into_text());
        self
    }

    /// Gives the request attachments, and `object` as their metadata: in the query if the URL stays within the
    /// limit, or else, together with everything else in the query, as form fields.
    pub fn attach(mut self, how: MultipartLayout, object: JsonObject, files: &[File]) -> Self {
        self.query.push((how.metadata, object.into_text()));
        let fields = if self.fits(how.url_limit) { Vec::new() } else { std::mem::take(&mut self.query) };
        let part = if files.len() == 1 { how.one } else { how.many };
        self.body = RequestBody::Form(MultipartForm { fields, part, files: files.to_vec() });
        self
    }

    /// The method.
    pub fn method(&self) -> HttpMethod {
        self.method
    }

    /// Encoded path and query, to be put behind the base URL.
    pub fn target(&self) -> String {
        // Of texts and JSON, about every fourth byte takes three.
        let parameters = self.query.iter().map(|(name, value)| 2 + name.len() + value.len() * 3 / 2);
        let mut target = Vec::with_capacity(self.path.len() + parameters.sum::<usize>());
        target.extend_from_slice(self.path.as_bytes());
        for (index, (name, value)) in self.query.iter().enumerate() {
            target.push(if index == 0 { b'?' } else { b'&' });
            encode(name, &mut target);
            target.push(b'=');
            encode(value, &mut target);
        }
        written(target)
    }

    /// Whether path and query have at most so many bytes.
    fn fits(&self, limit: usize) -> bool {
        self.longest_target() <= limit || self.target().len() <= limit
    }

    /// As many bytes as path and query can have at most: three for each of the query.
    fn longest_target(&self) -> usize {
        let parameters = self.query.iter().map(|(name, value)| "?=".len() + 3 * (name.len() + value.len()));
        self.path.len() + parameters.sum::<usize>()
    }

    /// What it carries.
    pub fn body(&self) -> &RequestBody {
        &self.body
    }

    /// What it carries, taken out to be sent.
    pub fn into_body(self) -> RequestBody {
        self.body
    }

    /// The attachments.
    pub fn files(&self) -> &[File] {
        match &self.body {
            RequestBody::Form(form) => &form.files,
            RequestBody::Empty | RequestBody::Json(_) => &[],
        }
    }
}

/// The request as it would look on the wire, without host and authentication.
impl fmt::Display for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{} {}", self.method.name(), self.target())?;
        match &self.body {
            RequestBody::Empty => Ok(()),
            RequestBody::Json(json) => write!(f, "content-type: application/json\n\n{json}\n"),
            RequestBody::Form(form) => {
                f.write_str("content-type: multipart/form-data\n")?;
                for (name, value) in &form.fields {
                    write!(f, "\n[{name}]\n{value}\n")?;
                }
                for file in &form.files {
                    write!(
                        f,
                        "\n[{}; {}; {}]\n{}\n",
                        form.part,
                        file.filename,
                        file.content_type,
                        Shown(&file.content)
                    )?;
                }
                Ok(())
            }
        }
    }
}

struct Shown<'a>(&'a FileContent);

impl fmt::Display for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            FileContent::Inline(bytes) => {
                f.write_char('"')?;
                write!(f, "{}", bytes.escape_ascii())?;
                f.write_char('"')
            }
            FileContent::Path(path) => write!(f, "(the file {path:?})"),
        }
    }
}

/// A JSON object, written field by field.
#[derive(Clone, Debug)]
pub struct JsonObject {
    /// All of it but the brace at its end.
    text: String,
}

impl JsonObject {
    /// One without fields.
    pub fn new() -> Self {
        /// As long as most are in the end.
        const USUAL: usize = 256;
        let mut text = String::with_capacity(USUAL);
        text.push('{');
        Self { text }
    }

    /// Adds a field.
    pub fn field(mut self, name: &'static str, value: &impl Wire) -> Self {
        if self.text.len() > 1 {
            self.text.push(',');
        }
        json::quote(name, &mut self.text);
        self.text.push(':');
        value.append_json(&mut self.text);
        self
    }

    /// Adds a field if it has a value.
    pub fn field_opt(self, name: &'static str, value: Option<&impl Wire>) -> Self {
        match value {
            Some(value) => self.field(name, value),
            None => self,
        }
    }

    /// Its JSON text.
    pub fn into_text(mut self) -> String {
        self.text.push('}');
        self.text
    }
}

impl Default for JsonObject {
    fn default() -> Self {
        Self::new()
    }
}

fn text_of(value: &impl Wire) -> String {
    let mut text = String::new();
    value.append_text(&mut text);
    text
}

/// Appends a text to a URL, as a part of it. Byte by byte, which takes half as long as to go from run to run: what is
/// encoded here is mostly JSON, in which runs are short.
fn encode(text: &str, to: &mut Vec<u8>) {
    const DIGITS: &[u8; 16] = b"0123456789ABCDEF";
    let digit = |value: u8| DIGITS.get(usize::from(value)).copied().unwrap_or_default();
    for byte in text.bytes() {
        if UNRESERVED.get(usize::from(byte)).is_some_and(|unreserved| *unreserved) {
            to.push(byte);
        } else {
            to.extend_from_slice(&[b'%', digit(byte >> 4), digit(byte & 15)]);
        }
    }
}

/// A URL's text: what is literal in it is a text already, and what is encoded is ASCII.
fn written(url: Vec<u8>) -> String {
    String::from_utf8(url).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_target_fits_if_it_is_no_longer_than_the_limit() {
        for text in ["", "a", "a b", "é😀\0", "{\"a\":[1,2]}", "-._~/?&=%+#"] {
            let request = Request::new(HttpMethod::Get, "/a").segment(&text.to_owned()).query("b", &text.to_owned());
            let length = request.target().len();
            assert!(request.fits(length) && !request.fits(length - 1), "{text}");
        }
    }
}
