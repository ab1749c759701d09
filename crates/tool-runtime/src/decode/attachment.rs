//! Attachments: `{filename, content_base64 | content_text, content_type?, size?, sha256?}` or
//! `{path, filename?, content_type?}`.

use bytes::Bytes;
use serde_json::Value;

use super::checksum;
use super::content::{base64_bytes, plain_text, take_bare_content};
use super::list::{decode_items, list_items};
use super::object::decode_fields;
use super::text::{non_empty_string, visible};
use super::value::{not_accepted, parsed_json_text};
use crate::arguments::Arguments;
use crate::empty;
use crate::file::{self, File, FileContent};
use crate::guidance::Guidance;
use crate::text::Joiners;
use crate::violation::{Violations, quoted};

const FIELDS: &[&str] = &["filename", "content_base64", "content_text", "content_type", "size", "sha256", "path"];

/// The names of the fields that hold a file's bytes.
const INLINE: [&str; 2] = ["content_base64", "content_text"];

/// Decodes the attachments of a call.
///
/// # Errors
///
/// If the value is not a list of 1 to [`file::MAX_FILES`] files, with the violations of every file otherwise.
pub fn files(value: Value) -> Result<Vec<File>, Violations> {
    let items = match parsed_json_text(value)? {
        // One file instead of a list of one.
        file @ Value::Object(_) => vec![file],
        other => list_items(other)?,
    };
    match items.len() {
        0 => Err(Violations::new("is an empty list", "at least one file")),
        1..=file::MAX_FILES => decode_items(items, attachment),
        count => {
            Err(Violations::new(format!("has {count} files"), format!("at most {} files in a call", file::MAX_FILES)))
        }
    }
}

fn attachment(value: Value) -> Result<File, Violations> {
    let value = parsed_json_text(value)?;
    if !value.is_object() {
        let allowed = r#"an object such as {"filename": "a.txt", "content_text": "hi"}"#;
        return Err(not_accepted(&value, allowed));
    }
    decode_fields(value, FIELDS, Guidance::default(), |fields| {
        fields.drop_if(empty::text, &["content_type", "size", "sha256"]);
        take_bare_content(fields);
        let named_by_path = fields.has("path");
        let content = content(fields, named_by_path);
        let path = fields.optional("path", non_empty_string);
        let content_type = fields.optional("content_type", media_type);
        let filename = match &path {
            // The wrong path is recorded already, and the right one may end in a file name.
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

/// Takes the bytes of a file that are part of the call, and checks them against the size and the hash that were given.
fn content(fields: &mut Arguments, named_by_path: bool) -> Option<Bytes> {
    if named_by_path {
        // A server without an attachments folder accepts no paths, so a file with neither lacks its content.
        fields.exactly_one(&[INLINE[0], INLINE[1], "path"]);
    } else {
        fields.exactly_one(&INLINE);
    }
    let base64 = fields.optional(INLINE[0], base64_bytes);
    let content = base64.or(fields.optional(INLINE[1], plain_text));
    if named_by_path {
        checksum::refuse(fields);
        return content;
    }
    checksum::verified(fields, content)
}

/// Returns the name that was given, or else the last part of the path.
fn filename_of(fields: &mut Arguments, path: Option<&str>) -> Option<String> {
    let from_path = path.and_then(|path| path.rsplit(['/', '\\']).next());
    match from_path {
        Some(name) if !fields.has("filename") => match plain_name(Value::from(name)) {
            Ok(name) => Some(name),
            Err(_) => {
                let allowed = "the path of a file, or `filename` beside it";
                fields.add_violation("path", "does not end in a plain file name".to_owned(), Some(allowed.to_owned()));
                None
            }
        },
        _ => fields.required("filename", plain_name),
    }
}

fn plain_name(value: Value) -> Result<String, Violations> {
    /// The longest name that common file systems allow, in bytes.
    const LONGEST: usize = 255;
    let name = non_empty_string(value)?;
    let allowed = "a plain file name such as report.pdf";
    if name.contains(['/', '\\']) || name == "." || name == ".." {
        return Err(Violations::new(format!("{} contains a path", quoted(&name)), allowed));
    }
    if name.len() > LONGEST {
        return Err(Violations::new(format!("is {} bytes long", name.len()), format!("at most {LONGEST} bytes")));
    }
    visible(name, Joiners::BetweenLetters)
}

/// Decodes a media type. Parameters such as a character set are dropped: the bytes already say what they would say.
fn media_type(value: Value) -> Result<String, Violations> {
    let text = non_empty_string(value)?;
    let essence = text.split_once(';').map_or(text.as_str(), |(essence, _)| essence).trim();
    // The characters of a restricted name (RFC 6838, section 4.2).
    let is_name = |part: &str| {
        !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"!#$&^_.+-".contains(&byte))
    };
    match essence.split_once('/') {
        Some((kind, subtype)) if is_name(kind) && is_name(subtype) => Ok(essence.to_owned()),
        _ => Err(Violations::new(format!("{} is not a media type", quoted(&text)), "a type such as application/pdf")),
    }
}

fn guessed_type(filename: &str) -> String {
    mime_guess::from_path(filename).first_or_octet_stream().essence_str().to_owned()
}
