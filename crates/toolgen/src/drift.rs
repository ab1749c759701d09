//! What a vendor's OpenAPI document says otherwise than the specification: operations, parameters and body fields that
//! are new, gone or changed.
//!
//! A difference is a sentence, so that it can be copied into the file of explanations as it is. Nothing here decides
//! who is right.

mod document;
mod explained;

use std::collections::BTreeMap;

use serde_json::Value;

use crate::model::{Api, Code, Field, Place, Tool, Type};
use document::{Document, Shape};
pub use explained::{Explanations, Told};

const ABSENT: &str = "is not in the document";
const NEW: &str = "is new in the document";

/// Something that specification and document do not agree on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// The difference as a sentence: `GET /v1/books query page is new in the document`.
    pub text: String,
    /// Why it is to be expected, if the specification itself says so.
    pub inferred: Option<String>,
}

impl Difference {
    fn new(place: &str, what: &str) -> Self {
        Self { text: format!("{place} {what}"), inferred: None }
    }
}

/// Why a document cannot be compared with anything.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotComparable {
    /// It has no `openapi: 3.…` at its top.
    NotOpenApi3,
    /// It has no `paths`.
    NoPaths,
}

impl std::fmt::Display for NotComparable {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::NotOpenApi3 => "this is not an OpenAPI document of version 3: it has no `\"openapi\": \"3.…\"`",
            Self::NoPaths => "this document has no operations: it lacks `paths`",
        })
    }
}

impl std::error::Error for NotComparable {}

/// All differences, in the order of the specification; then what is new, in the order of the document.
pub fn differences(api: &Api, document: &Value) -> Result<Vec<Difference>, NotComparable> {
    let document = Document::open(document)?;
    let mut found = Vec::new();
    // Several tools may stand for one operation; each takes a part of what it takes.
    let mut operations: Vec<(String, Vec<&Tool>)> = Vec::new();
    let mut places: BTreeMap<String, usize> = BTreeMap::new();
    for tool in api.resources.iter().flat_map(|resource| &resource.tools) {
        let operation = format!("{} {}", tool.method, tool.path_template());
        let place = *places.entry(document::anonymous(&operation)).or_insert(operations.len());
        match operations.get_mut(place) {
            Some((_, tools)) => tools.push(tool),
            None => operations.push((operation, vec![tool])),
        }
    }
    for (operation, tools) in &operations {
        match document.operation(operation) {
            Some(published) => compare(operation, tools, &published, &mut found),
            None => found.push(Difference {
                inferred: tools.iter().find_map(|tool| tool.inferred.clone()),
                ..Difference::new(operation, ABSENT)
            }),
        }
    }
    for (operation, _) in document.operations() {
        if !places.contains_key(&document::anonymous(operation)) {
            found.push(Difference::new(operation, NEW));
        }
    }
    Ok(found)
}

fn compare(operation: &str, tools: &[&Tool], published: &document::Operation<'_>, found: &mut Vec<Difference>) {
    // Variables of the path may be called anything, and are compared with the path.
    let fields = |place| -> Vec<&Field> { tools.iter().flat_map(|tool| tool.at(place)).collect() };
    let attachments = tools.iter().filter_map(|tool| tool.attachments.as_ref());
    let metadata: Vec<_> = attachments.map(|attachments| attachments.metadata.as_str()).collect();
    let (query, prefix) = (published.query(), format!("{operation} query "));
    for name in metadata.iter().filter(|name| query.get(name).is_none()) {
        found.push(Difference::new(&format!("{prefix}{name}"), ABSENT));
    }
    compare_fields(&prefix, Place::Query, &fields(Place::Query), Some(&query.without(&metadata)), found);
    if metadata.is_empty() {
        let body = published.body();
        compare_fields(&format!("{operation} body "), Place::Json, &fields(Place::Json), body.as_ref(), found);
    }
}

/// Compares the fields of an object; `None` is an object that the document says nothing of.
fn compare_fields(
    prefix: &str,
    place: Place,
    ours: &[&Field],
    theirs: Option<&document::Fields<'_>>,
    found: &mut Vec<Difference>,
) {
    let Some(theirs) = theirs else {
        found.extend(ours.iter().map(|field| Difference::new(&format!("{prefix}{}", field.wire), ABSENT)));
        return;
    };
    for field in ours {
        let name = format!("{prefix}{}", field.wire);
        match theirs.get(&field.wire) {
            Some(published) => compare_field(&name, place, field, published, found),
            None => found.push(Difference::new(&name, ABSENT)),
        }
    }
    for name in theirs.names().filter(|name| !ours.iter().any(|field| field.wire == *name)) {
        found.push(Difference::new(&format!("{prefix}{name}"), NEW));
    }
}

fn compare_field(name: &str, place: Place, ours: &Field, theirs: &document::Field<'_>, found: &mut Vec<Difference>) {
    // What stands in the place of another is required of neither.
    match (ours.required, theirs.required) {
        (true, false) => found.push(Difference::new(name, "is required here only")),
        (false, true) if !ours.filled => found.push(Difference::new(name, "is required in the document only")),
        _ => {}
    }
    let published = theirs.shape();
    // In a URL everything is text.
    let shape = shape_of(&ours.of);
    let in_text = place != Place::Json && published == Shape::Text;
    if shape != published && shape != Shape::Any && published != Shape::Any && !in_text {
        found.push(Difference::new(name, &format!("is {shape} here, {published} in the document")));
        return;
    }
    if let (Type::Choice(choice), Some(values)) = (&ours.of, theirs.values()) {
        let codes = choice.options.iter().map(|(_, code)| match code {
            Code::Number(number) => number.to_string(),
            Code::Text(text) => text.clone(),
        });
        let codes: Vec<_> = codes.collect();
        let listed = |names: Vec<&String>| names.into_iter().map(String::as_str).collect::<Vec<_>>().join(", ");
        let more = listed(values.iter().filter(|value| !codes.contains(value)).collect());
        let fewer = listed(codes.iter().filter(|code| !values.contains(code)).collect());
        if !more.is_empty() {
            found.push(Difference::new(name, &format!("can also be {more} in the document")));
        }
        if !fewer.is_empty() {
            found.push(Difference::new(name, &format!("cannot be {fewer} in the document")));
        }
    }
    if let (Type::Record(record), Some(fields)) = (&ours.of, theirs.fields()) {
        let ours: Vec<_> = record.fields.iter().collect();
        compare_fields(&format!("{name}."), Place::Json, &ours, Some(&fields), found);
    }
}

fn shape_of(of: &Type) -> Shape {
    match of {
        Type::Text | Type::Email | Type::Timestamp | Type::Date | Type::List(_, Some(_)) => Shape::Text,
        Type::Integer(..) | Type::Flag => Shape::Integer,
        Type::Number => Shape::Number,
        Type::Boolean => Shape::Boolean,
        Type::Object | Type::Record(_) => Shape::Object,
        Type::Choice(choice) => match choice.options.first() {
            Some((_, Code::Number(_))) => Shape::Integer,
            _ => Shape::Text,
        },
        Type::List(_, None) => Shape::List,
        Type::Files => Shape::Any,
    }
}
