//! Example values of arguments, for the errors that callers read: from the examples of the spec, or derived from the type.

use serde_json::{Map, Value, json};

use crate::model::{Api, Field, Type};

/// The values in all examples of the spec.
pub(super) struct Examples<'a>(Vec<Example<'a>>);

struct Example<'a> {
    /// The resource of the tool whose example it is; `None` for a prompt.
    resource: Option<&'a str>,
    /// The name of the argument.
    name: &'a str,
    /// The type of the argument.
    ty: &'a Type,
    value: &'a Value,
}

impl<'a> Examples<'a> {
    /// Collects the values of the examples, also those within objects and lists.
    pub(super) fn new(api: &'a Api) -> Self {
        let mut examples = Self(Vec::new());
        for resource in &api.resources {
            for tool in &resource.tools {
                let fields = tool.arguments.iter().map(|argument| &argument.field);
                examples.collect(Some(&resource.name), fields, &tool.example);
            }
        }
        for prompt in &api.prompts {
            examples.collect(None, prompt.arguments.iter(), &prompt.example);
        }
        examples
    }

    fn collect(
        &mut self,
        resource: Option<&'a str>,
        fields: impl Iterator<Item = &'a Field>,
        values: &'a Map<String, Value>,
    ) {
        for field in fields {
            if let Some(value) = values.get(&field.argument) {
                self.0.push(Example { resource, name: &field.argument, ty: &field.ty, value });
                self.collect_within(resource, &field.ty, value);
            }
        }
    }

    fn collect_within(&mut self, resource: Option<&'a str>, ty: &'a Type, value: &'a Value) {
        match (ty, value) {
            (Type::Record(record), Value::Object(values)) => self.collect(resource, record.fields.iter(), values),
            (Type::List(item, _), Value::Array(values)) => {
                for value in values {
                    self.collect_within(resource, item, value);
                }
            }
            _ => {}
        }
    }

    /// Returns an example of an argument: that of the tool's `own` example, else that of another tool of its resource, else of
    /// any tool, else a derived one. An argument of the same name is an example only if its type is the same.
    pub(super) fn of(&self, field: &Field, own: Option<&Map<String, Value>>, resource: Option<&str>) -> Value {
        /// Longer examples would fill an error.
        const MAX_LENGTH: usize = 80;
        let is_short = |value: &&Value| value.to_string().len() <= MAX_LENGTH;
        let own = own.and_then(|own| own.get(&field.argument)).filter(is_short);
        let others = || {
            let same = |example: &&Example<'_>| {
                example.name == field.argument && example.ty.accepts_same_as(&field.ty) && is_short(&example.value)
            };
            let nearest = self.0.iter().filter(same).min_by_key(|example| example.resource != resource);
            nearest.map(|example| example.value)
        };
        own.or_else(others).cloned().unwrap_or_else(|| derived(&field.ty))
    }
}

/// Returns a value of a type.
fn derived(ty: &Type) -> Value {
    match ty {
        Type::Text | Type::Name => json!("text"),
        Type::Email => json!("ann@example.com"),
        Type::Integer(min, max) => json!(1.clamp(*min, (*max).max(*min))),
        Type::Number => json!(1.5),
        Type::Boolean | Type::Flag => json!(true),
        Type::Timestamp => json!("2026-12-31 09:00:00"),
        Type::Date => json!("2026-12-31"),
        Type::Object => json!({ "key": "value" }),
        Type::Choice(choice) => choice.options.first().map_or(Value::Null, |(label, _)| json!(label)),
        Type::Record(record) => {
            // A value needs the required fields, and one field at least.
            let needed = |field: &&Field| field.required || record.at_least_one.first() == Some(&field.argument);
            let mut fields: Vec<_> = record.fields.iter().filter(needed).collect();
            if fields.is_empty() {
                fields.extend(record.fields.first());
            }
            fields.into_iter().map(|field| (field.argument.clone(), derived(&field.ty))).collect()
        }
        Type::List(item, _) => json!([derived(item)]),
        Type::Marked(ty, _) => derived(ty),
        Type::Files => json!([{ "filename": "a.txt", "content_text": "hi" }]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_derived_number_is_within_its_bounds() {
        assert_eq!(derived(&Type::Integer(1, i64::MAX)), 1);
        assert_eq!(derived(&Type::Integer(7, 9)), 7);
        assert_eq!(derived(&Type::Integer(i64::MIN, -2)), -2);
    }

    #[test]
    fn a_derived_list_has_an_item() {
        assert_eq!(derived(&Type::List(Box::new(Type::Email), Some(','))), json!(["ann@example.com"]));
    }
}
