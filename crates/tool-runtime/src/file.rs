//! Attachments, as a caller hands them over.

use base64::Engine as _;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use bytes::Bytes;
use serde_json::Value;

use crate::args::Arguments;
use crate::decode;
use crate::violation::{Violations, quoted};

/// One attachment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    /// Name without any path: what the receiver sees.
    pub filename: String,
    /// Media type; guessed from the name if the caller gave none.
    pub content_type: String,
    /// Its bytes, or where they are.
    pub content: FileContent,
}

/// Where an attachment's bytes are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FileContent {
    /// Here.
    Inline(Bytes),
    /// In a local file, named as the caller wrote it. Only a server that was given a folder for attachments opens it.
    Path(String),
}

/// The most attachments of one call. Each takes memory and stack on its way out, however small it is.
pub const MOST: usize = 20;

const FIELDS: &[&str] = &["filename", "content_base64", "content_type", "path"];

/// Standard alphabet, padding as the caller likes: nothing is ambiguous without it.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// One attachment out of `{filename, content_base64, content_type?}` or `{path, filename?, content_type?}`.
pub(crate) fn decode(value: Value) -> Result<File, Violations> {
    decode::fields(value, FIELDS, |fields| {
        let named_by_path = fields.has("path");
        // A server without a folder for attachments knows no paths: what is missing is the content.
        let content = if named_by_path {
            fields.exactly_one(&["content_base64", "path"]);
            fields.optional("content_base64", base64_bytes)
        } else {
            fields.required("content_base64", base64_bytes)
        };
        let path = fields.optional("path", decode::non_empty_string);
        let content_type = fields.optional("content_type", media_type);
        let filename = match &path {
            // A path that is wrong has been recorded, and there may be a name in the one that is right.
            None if named_by_path => fields.optional("filename", plain_name),
            path => filename_of(fields, path.as_deref()),
        };
        let filename = filename?;
        Some(File {
            content_type: content_type.unwrap_or_else(|| guessed_type(&filename)),
            content: content.map(FileContent::Inline).or(path.map(FileContent::Path))?,
            filename,
        })
    })
}

/// The name given, or else the last part of the path.
fn filename_of(fields: &mut Arguments, path: Option<&str>) -> Option<String> {
    let from_path = path.and_then(|path| path.rsplit(['/', '\\']).next());
    match from_path {
        Some(name) if !fields.has("filename") => {
            let name = plain_name(Value::from(name)).ok();
            if name.is_none() {
                let allowed = "the path of a file, or `filename` beside it";
                fields.violate("path", "does not end in a plain file name".to_owned(), Some(allowed.to_owned()));
            }
            name
        }
        _ => fields.required("filename", plain_name),
    }
}

fn plain_name(value: Value) -> Result<String, Violations> {
    /// The longest name that common file systems can hold, in bytes.
    const LONGEST: usize = 255;
    let name = decode::non_empty_string(value)?;
    let allowed = "a plain file name such as report.pdf";
    if name.contains(['/', '\\']) || name == "." || name == ".." {
        return Err(Violations::new(format!("{} has a path in it", quoted(&name)), allowed));
    }
    if name.chars().any(char::is_control) {
        return Err(Violations::new("has a control character in it", allowed));
    }
    if name.len() > LONGEST {
        return Err(Violations::new(format!("is {} bytes long", name.len()), format!("at most {LONGEST} bytes")));
    }
    Ok(name)
}

fn base64_bytes(value: Value) -> Result<Bytes, Violations> {
    let allowed = "the file's bytes in standard base64";
    let Value::String(text) = value else {
        return Err(Violations::new("is not a text", allowed));
    };
    // Common tools break the text into lines.
    let broken = text.bytes().any(|byte| byte.is_ascii_whitespace());
    let text = if broken { text.split_ascii_whitespace().collect() } else { text };
    BASE64.decode(text).map(Bytes::from).map_err(|error| Violations::new(format!("is not base64 ({error})"), allowed))
}

/// A type and its subtype. What follows them, such as a character set, is dropped: what it says, the bytes say too.
fn media_type(value: Value) -> Result<String, Violations> {
    let text = decode::non_empty_string(value)?;
    let plain = text.split(';').next().unwrap_or_default().trim();
    let token = |part: &str| {
        !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"!#$&^_.+-".contains(&byte))
    };
    match plain.split_once('/') {
        Some((kind, name)) if token(kind) && token(name) => Ok(plain.to_owned()),
        _ => Err(Violations::new(format!("{} is not a media type", quoted(&text)), "a type such as application/pdf")),
    }
}

fn guessed_type(filename: &str) -> String {
    mime_guess::from_path(filename).first_or_octet_stream().essence_str().to_owned()
}
