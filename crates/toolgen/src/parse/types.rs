//! From the YAML tree to type declarations and to the fields of arguments and objects.

use super::reader::{
    Table, mismatch, read_boolean, read_entries, read_integer, read_list, read_map, read_text, read_verbatim,
};
use crate::diagnostic::{Diagnostic, Report, alternatives, listed};
use crate::spec::keys::{self, KINDS};
use crate::spec::{FieldSpec, Limits, Text, TypeDecl, TypeExpr, TypeKind};
use crate::yaml::{Key, Node, Yaml};

/// Reads the declaration of a named type.
pub(super) fn type_decl(key: &Key, node: &Node, report: &mut Report) -> TypeDecl {
    let Some(table) = Table::open(node, key.span, &keys::TYPE, report) else { return TypeDecl::default() };
    let about = table.optional("about", report, read_text);
    let also = table.optional("also", report, read_list(read_text)).unwrap_or_default();
    let default = table.get("default").map(|(_, node)| node.clone());
    let kind = type_kind(key, &table, report);
    TypeDecl { about, also, default, kind }
}

/// Reads the definition of a type from whichever defining key it has. `None` is reported.
fn type_kind(key: &Key, table: &Table<'_>, report: &mut Report) -> Option<TypeKind> {
    let mut given = KINDS.iter().copied().filter(|kind| table.get(kind).is_some());
    let (Some(kind), None) = (given.next(), given.next()) else {
        let given: Vec<_> = KINDS.iter().copied().filter(|kind| table.get(kind).is_some()).collect();
        let message = format!("the type `{}` needs exactly one definition", key.text);
        let label = if given.is_empty() { "has none".to_owned() } else { format!("has {}", listed(given)) };
        let help = format!("give it exactly one of the keys {}", alternatives(KINDS.iter().copied()));
        report.add(Diagnostic::new(key.span, message).label(label).help(help));
        return None;
    };
    let extras =
        [("as", "codes"), ("join", "list"), ("at_least_one", "object"), ("text", "object"), ("brief", "object")];
    for (extra, only) in extras {
        check_only_with(table, extra, only, kind, report);
    }
    for extra in ["min", "max", "prefix", "clear", "empty"] {
        check_only_with(table, extra, "type", kind, report);
    }
    match kind {
        "type" => {
            let limits = limits(table, report);
            let target = table.required("type", report, type_expr)?;
            Some(TypeKind::Alias { target, limits })
        }
        "one_of" => table.required("one_of", report, read_list(read_text)).map(TypeKind::OneOf),
        "codes" => {
            let sent_as = table.optional("as", report, read_text);
            let codes = table.required("codes", report, read_entries(|_, node, report| read_integer(node, report)))?;
            Some(TypeKind::Codes { codes, sent_as })
        }
        "list" => {
            let join = table.optional("join", report, read_verbatim);
            let item = table.required("list", report, type_expr)?;
            Some(TypeKind::List { item, join })
        }
        _ => {
            let brief = table.optional("brief", report, read_boolean).unwrap_or_default();
            let at_least_one = table.optional("at_least_one", report, read_list(read_text)).unwrap_or_default();
            let text = table.optional("text", report, read_text);
            let fields = table.required("object", report, fields)?;
            Some(TypeKind::Object { fields, at_least_one, text, brief })
        }
    }
}

fn check_only_with(table: &Table<'_>, extra: &str, only: &str, kind: &str, report: &mut Report) {
    if let Some((key, _)) = table.get(extra)
        && kind != only
    {
        let message = format!("`{extra}` cannot be combined with `{kind}`");
        let label = format!("only allowed with `{only}`");
        report.add(Diagnostic::new(key.span, message).label(label).help(format!("remove `{extra}`")));
    }
}

/// Reads a reference to a type: a name, or `[name]` for a list.
pub(super) fn type_expr(node: &Node, report: &mut Report) -> Option<TypeExpr> {
    match &node.value {
        Yaml::Text(name) => Some(TypeExpr::Name(Text { value: name.clone(), span: node.span })),
        Yaml::List(items) => {
            if let [item] = items.as_slice() {
                return type_expr(item, report).map(Box::new).map(TypeExpr::List);
            }
            report.add(
                Diagnostic::new(node.span, "a list type needs the type of its items")
                    .label("expected exactly one type")
                    .help("write a list of texts as `[string]`"),
            );
            None
        }
        _ => {
            mismatch(node, "the name of a type", "for example `string`, or `[string]` for a list of texts", report);
            None
        }
    }
}

fn limits(table: &Table<'_>, report: &mut Report) -> Limits {
    Limits {
        min: table.optional("min", report, read_integer),
        max: table.optional("max", report, read_integer),
        prefix: table.optional("prefix", report, read_text),
        clear: table.optional("clear", report, read_text),
        empty: table.optional("empty", report, read_text),
    }
}

/// Reads a map of fields.
pub(super) fn fields(node: &Node, report: &mut Report) -> Option<Vec<FieldSpec>> {
    let entries = read_map(node, report)?;
    Some(entries.iter().map(|(key, value)| field(key, value, report)).collect())
}

/// Reads a field in its long form (a map) or in its short form (just a type).
fn field(key: &Key, node: &Node, report: &mut Report) -> FieldSpec {
    let name = key.clone();
    let table = matches!(node.value, Yaml::Map(_)).then(|| Table::open(node, key.span, &keys::FIELD, report)).flatten();
    let Some(table) = table else {
        let ty = type_expr(node, report);
        return FieldSpec {
            name,
            ty,
            about: None,
            also: Vec::new(),
            required: None,
            wire: None,
            default: None,
            limits: Limits::default(),
        };
    };
    // A definition in place of a type name is already reported, with the advice to declare a named type.
    let ty = if KINDS.iter().any(|kind| table.get(kind).is_some()) {
        table.optional("type", report, type_expr)
    } else {
        table.required("type", report, type_expr)
    };
    let about = table.optional("about", report, read_text);
    let also = table.optional("also", report, read_list(read_text)).unwrap_or_default();
    let required = table.optional("required", report, read_boolean);
    let wire = table.optional("wire", report, read_text);
    let default = table.get("default").map(|(_, node)| node.clone());
    let limits = limits(&table, report);
    FieldSpec { name, ty, about, also, required, wire, default, limits }
}
