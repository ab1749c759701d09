//! The stand-in's definition: the operations as the model has them, beside the data of its own file.

use serde_json::{Value, json};

use crate::model::{Api, Argument, Auth, Code, Field, Place, Resource, Tool, ToolMethod, Type};

/// The definition as one JSON document; `data` is the stand-in's own file.
pub(crate) fn definition(api: &Api, data: &Value) -> String {
    let [limit, remaining, reset] = &api.rate_limit;
    let Auth::Header { name: header, prefix } = &api.auth;
    let operations =
        |resource: &Resource| -> Vec<Value> { resource.tools.iter().map(|tool| operation(resource, tool)).collect() };
    json!({
        "auth": { "header": header, "prefix": prefix },
        "rate_limit": { "limit": limit, "remaining": remaining, "reset": reset },
        "operations": api.resources.iter().flat_map(operations).collect::<Vec<_>>(),
        "data": data,
    })
    .to_string()
}

fn operation(resource: &Resource, tool: &Tool) -> Value {
    let class = match tool.method {
        ToolMethod::List => "list",
        ToolMethod::Get => "get",
        ToolMethod::Create => "create",
        ToolMethod::Update => "update",
        ToolMethod::Delete => "delete",
        ToolMethod::Custom => "custom",
    };
    let multipart = tool.attachments.as_ref().map(
        |attachments| json!({ "metadata": attachments.metadata, "one": attachments.one, "many": attachments.many }),
    );
    json!({
        "tool": tool.name,
        "resource": resource.name,
        "plural": resource.plural,
        "class": class,
        "operation": tool.operation,
        "method": tool.http_method,
        "path": tool.path_template(),
        "params": tool.arguments.iter().filter_map(parameter).collect::<Vec<_>>(),
        "multipart": multipart,
        "reply": {
            "format": if tool.reply.text { "text" } else { "json" },
            "rows": tool.reply.rows,
            "total": tool.reply.total,
            "id": tool.reply.id,
        },
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
    let Field { argument, wire, required, ty, .. } = &argument.field;
    Some(json!({ "name": wire, "argument": argument, "in": place, "required": required, "type": type_of(ty) }))
}

fn type_of(ty: &Type) -> Value {
    match ty {
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
            let labels: Vec<_> = choice.options.iter().map(|(label, _)| label).collect();
            json!({ "kind": "choice", "codes": choice.options.iter().map(code).collect::<Vec<_>>(), "labels": labels })
        }
        Type::List(item, join) => json!({ "kind": "list", "item": type_of(item), "join": join }),
        Type::Record(record) => {
            let field =
                |field: &Field| json!({ "name": field.wire, "required": field.required, "type": type_of(&field.ty) });
            json!({ "kind": "record", "fields": record.fields.iter().map(field).collect::<Vec<_>>() })
        }
    }
}
