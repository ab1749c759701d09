//! The stand-in's definition: the operations as the model has them, beside the data of its own file.

use serde_json::{Value, json};

use crate::model::{Api, Argument, Code, Field, Place, Resource, Tool, Type};

/// The definition as one JSON document; `data` is the stand-in's own file.
pub(crate) fn definition(api: &Api, data: &Value) -> String {
    let [limit, remaining, reset] = &api.rate_limit;
    let operations =
        |resource: &Resource| -> Vec<Value> { resource.tools.iter().map(|tool| operation(resource, tool)).collect() };
    json!({
        "auth": { "header": api.auth_header, "prefix": api.auth_prefix },
        "rate_limit": { "limit": limit, "remaining": remaining, "reset": reset },
        "operations": api.resources.iter().flat_map(operations).collect::<Vec<_>>(),
        "data": data,
    })
    .to_string()
}

fn operation(resource: &Resource, tool: &Tool) -> Value {
    let multipart = tool.attachments.as_ref().map(
        |attachments| json!({ "metadata": attachments.metadata, "one": attachments.one, "many": attachments.many }),
    );
    json!({
        "tool": tool.name,
        "resource": resource.name,
        "operation": tool.operation,
        "method": tool.method,
        "path": tool.path_template(),
        "params": tool.arguments.iter().filter_map(parameter).collect::<Vec<_>>(),
        "multipart": multipart,
        "reply": { "rows": tool.reply.rows, "total": tool.reply.total },
        "cost": tool.cost,
        "gated": tool.gated.is_some(),
    })
}

fn parameter(argument: &Argument) -> Option<Value> {
    let place = match argument.place {
        Place::Path => "path",
        Place::Query => "query",
        Place::Json => "json",
        Place::Files => return None,
    };
    let Field { argument, wire, required, of, .. } = &argument.field;
    Some(json!({ "name": wire, "argument": argument, "in": place, "required": required, "type": type_of(of) }))
}

fn type_of(of: &Type) -> Value {
    match of {
        Type::Text => json!({ "kind": "string" }),
        Type::Email => json!({ "kind": "email" }),
        Type::Integer(min, max) => {
            let bound = |bound: &i64, none: i64| (*bound != none).then_some(*bound);
            json!({ "kind": "integer", "min": bound(min, i64::MIN), "max": bound(max, i64::MAX) })
        }
        Type::Number => json!({ "kind": "number" }),
        Type::Boolean => json!({ "kind": "boolean" }),
        Type::Flag => json!({ "kind": "flag" }),
        Type::Timestamp => json!({ "kind": "timestamp" }),
        Type::Date => json!({ "kind": "date" }),
        Type::Object | Type::Files => json!({ "kind": "object" }),
        Type::Choice(choice) => {
            let code = |(_, code): &(String, Code)| match code {
                Code::Number(number) => Value::from(*number),
                Code::Text(text) => Value::from(text.as_str()),
            };
            json!({ "kind": "choice", "codes": choice.options.iter().map(code).collect::<Vec<_>>() })
        }
        Type::List(item, join) => json!({ "kind": "list", "item": type_of(item), "join": join }),
        Type::Record(record) => {
            let field =
                |field: &Field| json!({ "name": field.wire, "required": field.required, "type": type_of(&field.of) });
            json!({ "kind": "record", "fields": record.fields.iter().map(field).collect::<Vec<_>>() })
        }
    }
}
