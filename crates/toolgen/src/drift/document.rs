//! The parts of an OpenAPI 3.0 or 3.1 document that can be compared, with references resolved.
//!
//! The document is the vendor's: a part that is malformed counts as missing.

use std::fmt;

use serde_json::{Map, Value};

use super::difference::DocumentError;

/// Maximum number of references and `allOf` in a chain. A document that needs more is circular.
const MAX_HOPS: usize = 16;

const METHODS: &[&str] = &["get", "post", "put", "patch", "delete"];

/// A document.
pub(super) struct Document<'a> {
    root: &'a Value,
    operations: Vec<(String, Operation<'a>)>,
}

impl<'a> Document<'a> {
    pub(super) fn open(root: &'a Value) -> Result<Self, DocumentError> {
        let version = root.get("openapi").and_then(Value::as_str).unwrap_or_default();
        if !version.starts_with("3.") {
            return Err(DocumentError::NotOpenApi3);
        }
        let paths = root.get("paths").and_then(Value::as_object).ok_or(DocumentError::NoPaths)?;
        let mut operations = Vec::new();
        for (path, item) in paths {
            let item = resolved(root, item);
            for (method, operation) in item.as_object().into_iter().flatten() {
                if METHODS.contains(&method.as_str()) {
                    let name = format!("{} {path}", method.to_uppercase());
                    operations.push((name, Operation { root, item, own: operation }));
                }
            }
        }
        Ok(Self { root, operations })
    }

    /// Returns every operation by `METHOD /path`.
    pub(super) fn operations(&self) -> impl Iterator<Item = (&str, &Operation<'a>)> {
        self.operations.iter().map(|(name, operation)| (name.as_str(), operation))
    }

    /// Returns the operation with a method and a path. The names of the path's variables do not matter.
    pub(super) fn operation(&self, name: &str) -> Option<Operation<'a>> {
        let name = anonymous(name);
        let (_, found) = self.operations.iter().find(|(other, _)| anonymous(other) == name)?;
        Some(Operation { root: self.root, ..*found })
    }
}

/// Returns a path with the names of its variables removed.
pub(super) fn anonymous(path: &str) -> String {
    let mut pieces = path.split('{');
    let first = pieces.next().unwrap_or_default().to_owned();
    pieces.fold(first, |path, piece| path + "{}" + piece.split_once('}').map_or("", |(_, rest)| rest))
}

/// An operation.
pub(super) struct Operation<'a> {
    root: &'a Value,
    item: &'a Value,
    own: &'a Value,
}

impl<'a> Operation<'a> {
    /// Returns the query parameters.
    pub(super) fn query(&self) -> Fields<'a> {
        let shared = self.item.get("parameters");
        let own = self.own.get("parameters");
        let all = [shared, own].into_iter().flatten().filter_map(Value::as_array).flatten();
        let mut fields: Vec<Field<'a>> = Vec::new();
        for parameter in all.map(|parameter| resolved(self.root, parameter)) {
            let text = |key| parameter.get(key).and_then(Value::as_str);
            let Some(name) = text("name").filter(|_| text("in") == Some("query")) else { continue };
            let required = parameter.get("required").and_then(Value::as_bool).unwrap_or_default();
            let schema = parameter.get("schema").map(|schema| resolved(self.root, schema));
            fields.retain(|field| field.name != name);
            fields.push(Field { root: self.root, name, required, schema });
        }
        Fields(fields)
    }

    /// Returns the fields of the JSON body.
    pub(super) fn body(&self) -> Option<Fields<'a>> {
        let Some(body) = self.own.get("requestBody") else { return Some(Fields(Vec::new())) };
        let content = resolved(self.root, body).get("content")?.as_object()?;
        let json = content.iter().find(|(kind, _)| kind.contains("json") || *kind == "*/*");
        fields(self.root, json?.1.get("schema")?)
    }
}

/// Named values.
pub(super) struct Fields<'a>(Vec<Field<'a>>);

impl<'a> Fields<'a> {
    /// Removes the fields with the given names.
    pub(super) fn without(mut self, names: &[&str]) -> Self {
        self.0.retain(|field| !names.contains(&field.name));
        self
    }

    pub(super) fn get(&self, name: &str) -> Option<&Field<'a>> {
        self.0.iter().find(|field| field.name == name)
    }

    pub(super) fn names(&self) -> impl Iterator<Item = &'a str> {
        self.0.iter().map(|field| field.name)
    }
}

/// A parameter, or a field of an object.
pub(super) struct Field<'a> {
    root: &'a Value,
    name: &'a str,
    /// True if it is required.
    pub(super) required: bool,
    schema: Option<&'a Value>,
}

impl<'a> Field<'a> {
    /// Returns the kind of its value.
    pub(super) fn shape(&self) -> Shape {
        let Some(schema) = self.schema else { return Shape::Any };
        let kind = match schema.get("type") {
            Some(Value::String(kind)) => kind.as_str(),
            Some(Value::Array(kinds)) => match kinds
                .iter()
                .filter_map(Value::as_str)
                .filter(|kind| *kind != "null")
                .collect::<Vec<_>>()
                .as_slice()
            {
                [kind] => kind,
                _ => return Shape::Any,
            },
            _ if schema.get("properties").is_some() || schema.get("allOf").is_some() => "object",
            _ => return Shape::Any,
        };
        match kind {
            "string" => Shape::Text,
            "integer" => Shape::Integer,
            "number" => Shape::Number,
            "boolean" => Shape::Boolean,
            "object" => Shape::Object,
            "array" => Shape::List,
            _ => Shape::Any,
        }
    }

    /// Returns its allowed values as texts, if the document lists them.
    pub(super) fn values(&self) -> Option<Vec<String>> {
        let values = self.schema?.get("enum")?.as_array()?;
        let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        Some(values.iter().filter(|value| !value.is_null()).map(text).collect())
    }

    /// Returns its fields, if it is an object with known fields.
    pub(super) fn fields(&self) -> Option<Fields<'a>> {
        fields(self.root, self.schema?).filter(|fields| !fields.0.is_empty())
    }
}

/// The kind of a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    Text,
    Integer,
    Number,
    Boolean,
    Object,
    List,
    Any,
}

impl fmt::Display for Shape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Text => "a text",
            Self::Integer => "a whole number",
            Self::Number => "a number",
            Self::Boolean => "true or false",
            Self::Object => "an object",
            Self::List => "a list",
            Self::Any => "anything",
        })
    }
}

/// Returns the fields of an object's schema, or `None` if it does not describe an object.
fn fields<'a>(root: &'a Value, schema: &'a Value) -> Option<Fields<'a>> {
    let mut found = Vec::new();
    let object = collect(root, schema, MAX_HOPS, &mut found);
    object.then_some(Fields(found))
}

fn collect<'a>(root: &'a Value, schema: &'a Value, hops: usize, into: &mut Vec<Field<'a>>) -> bool {
    let schema = resolved(root, schema);
    let Some(hops) = hops.checked_sub(1) else { return false };
    let mut object = false;
    for part in schema.get("allOf").and_then(Value::as_array).into_iter().flatten() {
        object |= collect(root, part, hops, into);
    }
    let required: Vec<_> = schema.get("required").and_then(Value::as_array).into_iter().flatten().collect();
    let properties: Option<&Map<String, Value>> = schema.get("properties").and_then(Value::as_object);
    for (name, property) in properties.into_iter().flatten() {
        let required = required.iter().any(|other| other.as_str() == Some(name));
        into.retain(|field| field.name != name);
        into.push(Field { root, name, required, schema: Some(resolved(root, property)) });
    }
    object || properties.is_some() || schema.get("type").and_then(Value::as_str) == Some("object")
}

/// Follows references and returns the value that they lead to.
fn resolved<'a>(root: &'a Value, value: &'a Value) -> &'a Value {
    let mut value = value;
    for _ in 0..MAX_HOPS {
        let pointer = value.get("$ref").and_then(Value::as_str).and_then(|text| text.strip_prefix('#'));
        match pointer.and_then(|pointer| root.pointer(pointer)) {
            Some(target) => value = target,
            None => break,
        }
    }
    value
}
