//! The comparison itself.

use std::collections::BTreeMap;

use serde_json::Value;

use super::difference::{Difference, DocumentError};
use super::document::{self, Document, Shape};
use crate::model::{Api, Code, Field, Place, Tool, Type};

const ABSENT: &str = "is not in the document";
const NEW: &str = "is new in the document";

/// Returns all differences: first those of the spec's operations, in the order of the spec, then the operations that are
/// new, in the order of the document.
///
/// # Errors
///
/// Fails if the document is not an OpenAPI 3 document, or has no `paths`.
pub fn differences(api: &Api, document: &Value) -> Result<Vec<Difference>, DocumentError> {
    let document = Document::open(document)?;
    let mut found = Vec::new();
    // Several tools may call one operation, each with some of its parameters.
    let mut operations: Vec<(String, Vec<&Tool>)> = Vec::new();
    let mut places: BTreeMap<String, usize> = BTreeMap::new();
    for tool in api.resources.iter().flat_map(|resource| &resource.tools) {
        let operation = format!("{} {}", tool.http_method, tool.path_template());
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
    // Variables of the path are compared as part of the path; their names do not matter.
    let fields = |place| -> Vec<&Field> { tools.iter().flat_map(|tool| tool.fields_in(place)).collect() };
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

/// Compares the fields of an object. `None` is an object that the document does not describe.
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
    // An argument that can take the place of another is optional on both sides.
    match (ours.required, theirs.required) {
        (true, false) => found.push(Difference::new(name, "is required here only")),
        (false, true) if !ours.alternative => found.push(Difference::new(name, "is required in the document only")),
        _ => {}
    }
    let published = theirs.shape();
    // Every value in a URL is text.
    let shape = shape_of(&ours.ty);
    let in_text = place != Place::Json && published == Shape::Text;
    if shape != published && shape != Shape::Any && published != Shape::Any && !in_text {
        found.push(Difference::new(name, &format!("is {shape} here, {published} in the document")));
        return;
    }
    if let (Type::Choice(choice), Some(values)) = (&ours.ty, theirs.values()) {
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
    if let (Type::Record(record), Some(fields)) = (&ours.ty, theirs.fields()) {
        let ours: Vec<_> = record.fields.iter().collect();
        compare_fields(&format!("{name}."), Place::Json, &ours, Some(&fields), found);
    }
}

fn shape_of(ty: &Type) -> Shape {
    match ty {
        Type::Text | Type::Name | Type::Email | Type::Timestamp | Type::Date | Type::List(_, Some(_)) => Shape::Text,
        Type::Integer(..) | Type::Flag => Shape::Integer,
        Type::Number => Shape::Number,
        Type::Boolean => Shape::Boolean,
        Type::Object | Type::Record(_) => Shape::Object,
        Type::Choice(choice) => match choice.options.first() {
            Some((_, Code::Number(_))) => Shape::Integer,
            _ => Shape::Text,
        },
        Type::List(_, None) => Shape::List,
        Type::Marked(ty, _) => shape_of(ty),
        Type::Files => Shape::Any,
    }
}
