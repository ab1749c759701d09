//! HTTP requests as values: comparable, printable, and sent by another module.
//!
//! An argument becomes an encoded path segment, an encoded query value, a JSON value or a form field. It can therefore
//! change neither the host, nor the path's shape, nor a header.

use std::fmt;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::effect::Effect;
use crate::file::{File, FileContent};
use crate::known_values::NamedValue;
use crate::lookup::RecordLookup;
use crate::value::{Wire, append_json_string};

/// Everything but the unreserved characters of RFC 3986, section 2.3.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// One request, relative to a base URL.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    method: HttpMethod,
    path: String,
    query: Vec<(&'static str, String)>,
    body: RequestBody,
    named_values: Vec<NamedValue>,
    effects: Vec<&'static Effect>,
    lookup: Option<RecordLookup>,
}

/// The HTTP methods that an operation can have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HttpMethod {
    /// `GET`.
    Get,
    /// `POST`.
    Post,
    /// `PUT`.
    Put,
    /// `PATCH`.
    Patch,
    /// `DELETE`.
    Delete,
}

impl HttpMethod {
    /// Returns the method as it is sent.
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

/// The body of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RequestBody {
    /// No body.
    Empty,
    /// One JSON document, serialised.
    Json(String),
    /// `multipart/form-data` (RFC 7578).
    Form(MultipartForm),
}

/// The parts of a `multipart/form-data` body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MultipartForm {
    /// Text fields, which come first.
    pub fields: Vec<(&'static str, String)>,
    /// The part name of every file.
    pub part: &'static str,
    /// The files, at least one.
    pub files: Vec<File>,
}

/// The names and limits by which an operation takes attachments.
#[derive(Clone, Copy, Debug)]
pub struct MultipartLayout {
    /// The query parameter or form field that carries the metadata as JSON text.
    pub metadata: &'static str,
    /// Part name of a single file.
    pub one: &'static str,
    /// Part name of each of several files.
    pub many: &'static str,
    /// Maximum length of path and query in bytes. A longer query is sent as form fields.
    pub url_limit: usize,
}

impl Request {
    /// Creates a request to a fixed path.
    pub fn new(method: HttpMethod, path: &str) -> Self {
        Self {
            method,
            path: path.to_owned(),
            query: Vec::new(),
            body: RequestBody::Empty,
            named_values: Vec::new(),
            effects: Vec::new(),
            lookup: None,
        }
    }

    /// Appends fixed text to the path.
    pub fn literal(mut self, piece: &str) -> Self {
        self.path.push_str(piece);
        self
    }

    /// Appends an argument to the path. It is encoded, so it stays within one segment.
    pub fn segment(mut self, value: &impl Wire) -> Self {
        append_encoded(&mut self.path, &wire_text(value));
        self
    }

    /// Adds a query parameter.
    pub fn query(mut self, name: &'static str, value: &impl Wire) -> Self {
        self.query.push((name, wire_text(value)));
        self
    }

    /// Adds a query parameter if it has a value.
    pub fn query_opt(self, name: &'static str, value: Option<&impl Wire>) -> Self {
        match value {
            Some(value) => self.query(name, value),
            None => self,
        }
    }

    /// Sets a JSON body.
    pub fn json(mut self, object: JsonObject) -> Self {
        self.body = RequestBody::Json(object.into_text());
        self
    }

    /// Attaches files, with `metadata` beside them: in the query if the URL stays within the limit; otherwise the whole
    /// query is sent as form fields.
    pub fn attach(mut self, layout: MultipartLayout, metadata: JsonObject, files: &[File]) -> Self {
        self.query.push((layout.metadata, metadata.into_text()));
        let fits = self.target().len() <= layout.url_limit;
        let fields = if fits { Vec::new() } else { std::mem::take(&mut self.query) };
        let part = if files.len() == 1 { layout.one } else { layout.many };
        self.body = RequestBody::Form(MultipartForm { fields, part, files: files.to_vec() });
        self
    }

    /// Sets the values of arguments that are names of the account.
    pub(crate) fn with_named_values(self, named_values: Vec<NamedValue>) -> Self {
        Self { named_values, ..self }
    }

    /// Returns the values of arguments that are names of the account.
    pub fn named_values(&self) -> &[NamedValue] {
        &self.named_values
    }

    /// Sets the effects that the request has on people.
    pub(crate) fn with_effects(self, effects: Vec<&'static Effect>) -> Self {
        Self { effects, ..self }
    }

    /// Returns the effects that the request has on people.
    pub fn effects(&self) -> &[&'static Effect] {
        &self.effects
    }

    /// Sets the read of the record that the request is about.
    pub(crate) fn with_lookup(self, lookup: Option<RecordLookup>) -> Self {
        Self { lookup, ..self }
    }

    /// Returns the read of the record that the request is about, if its tool has one.
    pub fn lookup(&self) -> Option<&RecordLookup> {
        self.lookup.as_ref()
    }

    /// Returns the HTTP method.
    pub fn method(&self) -> HttpMethod {
        self.method
    }

    /// Returns the encoded path and query, which are appended to the base URL.
    pub fn target(&self) -> String {
        let mut target = self.path.clone();
        for (index, (name, value)) in self.query.iter().enumerate() {
            target.push(if index == 0 { '?' } else { '&' });
            append_encoded(&mut target, name);
            target.push('=');
            append_encoded(&mut target, value);
        }
        target
    }

    /// Returns the body.
    pub fn body(&self) -> &RequestBody {
        &self.body
    }

    /// Takes the body out, to send it.
    pub fn into_body(self) -> RequestBody {
        self.body
    }

    /// Returns the attachments.
    pub fn files(&self) -> &[File] {
        match &self.body {
            RequestBody::Form(form) => &form.files,
            RequestBody::Empty | RequestBody::Json(_) => &[],
        }
    }
}

/// Shows the request as it is sent, without host and authentication.
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
                for File { filename, content_type, content } in &form.files {
                    write!(f, "\n[{}; {filename}; {content_type}]\n", form.part)?;
                    match content {
                        FileContent::Inline(bytes) => writeln!(f, "\"{}\"", bytes.escape_ascii())?,
                        FileContent::Path(path) => writeln!(f, "(the file {path:?})")?,
                    }
                }
                Ok(())
            }
        }
    }
}

/// A JSON object, written field by field.
#[derive(Clone, Debug)]
pub struct JsonObject {
    /// The JSON text without its closing brace.
    text: String,
}

impl JsonObject {
    /// Creates an object without fields.
    pub fn new() -> Self {
        Self { text: "{".to_owned() }
    }

    /// Adds a field.
    pub fn field(mut self, name: &'static str, value: &impl Wire) -> Self {
        if self.text.len() > 1 {
            self.text.push(',');
        }
        append_json_string(&mut self.text, name);
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

    /// Returns the JSON text.
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

fn wire_text(value: &impl Wire) -> String {
    let mut text = String::new();
    value.append_text(&mut text);
    text
}

/// Appends a text to a URL, percent-encoded.
fn append_encoded(url: &mut String, text: &str) {
    url.extend(utf8_percent_encode(text, RESERVED));
}
