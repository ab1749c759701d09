//! From the YAML tree to [`Spec`].

mod prompt;

use self::prompt::prompt;
use super::keys::{self, KINDS};
use super::reader::{Table, boolean, entries, integer, list, map, mismatch, reason, text, verbatim};
use super::{
    Api, AtLeastOne, Attachments, Facts, Field, Limits, Multipart, Preset, RateLimit, Reply, Resource, Rules, Spec,
    Text, Tool, TypeDecl, TypeExpr, TypeKind, Variable, visible,
};
use crate::diagnostic::{Diagnostic, Report, listed};
use crate::yaml::{Key, Node, Yaml};

/// Reads a whole file. `None` only if it is no map or cannot be read as people see it, which is reported.
pub(crate) fn parse(root: &Node, report: &mut Report) -> Option<Spec> {
    if matches!(root.value, Yaml::Null) {
        report.add(
            Diagnostic::new(root.span, "the file is empty").label("nothing stands here").help(
                "begin with the sections `api` and `resources`; README.md beside the project's own file has both",
            ),
        );
        return None;
    }
    let before = report.len();
    visible::check(root, report);
    if report.len() > before {
        return None;
    }
    let first = map(root, report)?.first().map_or(root.span, |(key, _)| key.span);
    let file = Table::open(root, first, &keys::FILE, report)?;
    let types = file.optional("types", report, entries(|key, node, report| Some(type_decl(key, node, report))));
    let resources = file.required("resources", report, entries(|key, node, report| Some(resource(key, node, report))));
    let prompts = file.optional("prompts", report, entries(|key, node, report| Some(prompt(key, node, report))));
    file.expect("api", report);
    let api = file.section("api", &keys::API, report).map(|table| api(&table, report));
    Some(Spec {
        api: api.unwrap_or_default(),
        types: types.unwrap_or_default(),
        resources: resources.unwrap_or_default(),
        prompts: prompts.unwrap_or_default(),
    })
}

fn api(api: &Table<'_>, report: &mut Report) -> Api {
    let slug = api.required("slug", report, text);
    let title = api.required("title", report, text);
    let tool_prefix = api.required("tool_prefix", report, text);
    let instructions = api.required("instructions", report, text);
    let base_url = api.required("base_url", report, text);
    let variable = |key: &Key, node: &Node, report: &mut Report| Some(variable(key, node, report));
    let variables = api.optional("variables", report, entries(variable));
    api.expect("auth", report);
    let auth = api.section("auth", &keys::AUTH, report);
    let auth_header = auth.as_ref().and_then(|auth| auth.required("header", report, text));
    let auth_prefix = auth.as_ref().and_then(|auth| auth.optional("prefix", report, verbatim));
    api.expect("errors", report);
    let errors = api.section("errors", &keys::ERRORS, report);
    let error_message = errors.and_then(|errors| errors.required("message", report, text));
    let rate_limit = api.section("rate_limit", &keys::RATE_LIMIT, report).map(|names| rate_limit(&names, report));
    let multipart = api.section("multipart", &keys::API_MULTIPART, report).map(|multipart| Multipart {
        one: multipart.required("one", report, text),
        many: multipart.required("many", report, text),
        url_limit: multipart.required("url_limit", report, integer),
    });
    let tags = api.required("tags", report, entries(|_, node, report| Some(text(node, report))));
    let preset = |key: &Key, node: &Node, report: &mut Report| Some(preset(key, node, report));
    let presets = api.optional("presets", report, entries(preset));
    Api {
        slug,
        title,
        tool_prefix,
        instructions,
        base_url,
        variables: variables.unwrap_or_default(),
        auth_header,
        auth_prefix,
        error_message,
        rate_limit: rate_limit.unwrap_or_default(),
        multipart,
        tags: tags.unwrap_or_default(),
        presets: presets.unwrap_or_default(),
        sandbox: api.optional("sandbox", report, text),
    }
}

fn variable(key: &Key, node: &Node, report: &mut Report) -> Variable {
    let Some(variable) = Table::open(node, key.span, &keys::VARIABLE, report) else { return Variable::default() };
    let about = variable.required("about", report, text);
    let example = variable.required("example", report, text);
    Variable { about, example }
}

fn preset(key: &Key, node: &Node, report: &mut Report) -> Preset {
    let Some(preset) = Table::open(node, key.span, &keys::PRESET, report) else { return Preset::default() };
    let about = preset.required("about", report, text);
    let mut names = |name| preset.optional(name, report, list(text)).unwrap_or_default();
    Preset { about, methods: names("methods"), tags: names("tags"), tools: names("tools") }
}

fn rate_limit(names: &Table<'_>, report: &mut Report) -> RateLimit {
    let mut read = |name| names.optional(name, report, list(text)).unwrap_or_default();
    RateLimit { limit: read("limit"), remaining: read("remaining"), reset: read("reset") }
}

fn type_decl(key: &Key, node: &Node, report: &mut Report) -> TypeDecl {
    let Some(table) = Table::open(node, key.span, &keys::TYPE, report) else { return TypeDecl::default() };
    let about = table.optional("about", report, text);
    let default = table.get("default").map(|(_, node)| node.clone());
    let kind = type_kind(key, &table, report);
    TypeDecl { about, default, kind }
}

/// What the type is, by whichever of the kinds' keys it has. `None` is reported.
fn type_kind(key: &Key, table: &Table<'_>, report: &mut Report) -> Option<TypeKind> {
    let mut given = KINDS.iter().copied().filter(|kind| table.get(kind).is_some());
    let (Some(kind), None) = (given.next(), given.next()) else {
        let given: Vec<_> = KINDS.iter().copied().filter(|kind| table.get(kind).is_some()).collect();
        let message = format!("the type `{}` must be exactly one thing", key.text);
        let label = format!("it is {}", if given.is_empty() { "nothing".to_owned() } else { listed(given) });
        let help = format!("give it exactly one of {}", listed(KINDS.iter().copied()));
        report.add(Diagnostic::new(key.span, message).label(label).help(help));
        return None;
    };
    for (extra, only) in [("as", "codes"), ("join", "list"), ("brief", "object")] {
        only_with(table, extra, &[only], kind, report);
    }
    for extra in ["min", "max", "clear"] {
        only_with(table, extra, &["type"], kind, report);
    }
    match kind {
        "type" => {
            let limits = limits(table, report);
            let of = table.required("type", report, type_expr)?;
            Some(TypeKind::Alias { of, limits })
        }
        "one_of" => table.required("one_of", report, list(text)).map(TypeKind::OneOf),
        "codes" => {
            let sent_as = table.optional("as", report, text);
            let codes = table.required("codes", report, entries(|_, node, report| integer(node, report)))?;
            Some(TypeKind::Codes { codes, sent_as })
        }
        "list" => {
            let join = table.optional("join", report, verbatim);
            let of = table.required("list", report, type_expr)?;
            Some(TypeKind::List { of, join })
        }
        _ => {
            let brief = table.optional("brief", report, boolean).unwrap_or_default();
            let fields = table.required("object", report, fields)?;
            Some(TypeKind::Object { fields, brief })
        }
    }
}

fn only_with(table: &Table<'_>, extra: &str, kinds: &[&str], kind: &str, report: &mut Report) {
    if let Some((key, _)) = table.get(extra)
        && !kinds.contains(&kind)
    {
        let message = format!("`{extra}` does not go with `{kind}`");
        let label = format!("goes only with {}", listed(kinds.iter().copied()));
        report.add(Diagnostic::new(key.span, message).label(label).help("take it out"));
    }
}

fn type_expr(node: &Node, report: &mut Report) -> Option<TypeExpr> {
    match &node.value {
        Yaml::Text(name) => Some(TypeExpr::Name(Text { value: name.clone(), span: node.span })),
        Yaml::List(items) => {
            if let [item] = items.as_slice() {
                return type_expr(item, report).map(Box::new).map(TypeExpr::List);
            }
            report.add(
                Diagnostic::new(node.span, "a list type names the type of its items")
                    .label("here must be exactly one type")
                    .help("a list of texts is written `[string]`"),
            );
            None
        }
        _ => {
            mismatch(node, "the name of a type", "such as `string`, or `[string]` for a list of texts", report);
            None
        }
    }
}

fn limits(table: &Table<'_>, report: &mut Report) -> Limits {
    Limits {
        min: table.optional("min", report, integer),
        max: table.optional("max", report, integer),
        clear: table.optional("clear", report, text),
    }
}

fn fields(node: &Node, report: &mut Report) -> Option<Vec<Field>> {
    let entries = map(node, report)?;
    Some(entries.iter().map(|(key, value)| field(key, value, report)).collect())
}

/// A field in its long form, a map, or in its short form, just a type.
fn field(key: &Key, node: &Node, report: &mut Report) -> Field {
    let name = key.clone();
    let table = matches!(node.value, Yaml::Map(_)).then(|| Table::open(node, key.span, &keys::FIELD, report)).flatten();
    let Some(table) = table else {
        let of = type_expr(node, report);
        return Field { name, of, about: None, required: None, wire: None, default: None, limits: Limits::default() };
    };
    // Who says here what the type is, instead of naming one, is told so already.
    let of = if KINDS.iter().any(|kind| table.get(kind).is_some()) {
        table.optional("type", report, type_expr)
    } else {
        table.required("type", report, type_expr)
    };
    let about = table.optional("about", report, text);
    let required = table.optional("required", report, boolean);
    let wire = table.optional("wire", report, text);
    let default = table.get("default").map(|(_, node)| node.clone());
    let limits = limits(&table, report);
    Field { name, of, about, required, wire, default, limits }
}

fn resource(key: &Key, node: &Node, report: &mut Report) -> Resource {
    let before = report.len();
    let Some(table) = Table::open(node, key.span, &keys::RESOURCE, report) else { return Resource::default() };
    let id = table.optional("id", report, fields).unwrap_or_default();
    Resource {
        id,
        whole: report.len() == before,
        plural: table.optional("plural", report, text),
        tags: table.required("tags", report, list(text)),
        gated: table.optional("gated", report, reason),
        tools: table.required("tools", report, entries(|key, node, report| Some(tool(key, node, report)))),
    }
}

fn tool(key: &Key, node: &Node, report: &mut Report) -> Tool {
    let before = report.len();
    let Some(table) = Table::open(node, key.span, &keys::TOOL, report) else { return Tool::default() };
    let id = table.optional("id", report, fields);
    let query = table.optional("query", report, fields).unwrap_or_default();
    let json = table.optional("json", report, fields).unwrap_or_default();
    let multipart = table.get("multipart").and_then(|(key, node)| attachments(key, node, report));
    Tool {
        id,
        query,
        json,
        multipart,
        whole: report.len() == before,
        http: table.required("http", report, text),
        title: table.optional("title", report, text),
        about: table.required("about", report, text),
        example: table.get("example").map(|(_, node)| node.clone()),
        rules: rules(&table, report),
        reply: table.optional("reply", report, reply).unwrap_or_default(),
        uri: table.optional("uri", report, text),
        facts: facts(&table, report),
    }
}

fn attachments(key: &Key, node: &Node, report: &mut Report) -> Option<Attachments> {
    let table = Table::open(node, key.span, &keys::TOOL_MULTIPART, report)?;
    let metadata = table.required("metadata", report, text);
    let given = table.optional("fields", report, fields).unwrap_or_default();
    let fields_of = table.optional("fields_of", report, text);
    if table.get("fields").is_some() == table.get("fields_of").is_some() {
        report.add(
            Diagnostic::new(key.span, "`multipart` needs either `fields` or `fields_of`, and not both")
                .label("what is in the metadata?")
                .help("`fields_of: create` takes the body of the sibling `create`; `fields` declares its own"),
        );
    }
    Some(Attachments { metadata, fields: given, fields_of, span: key.span })
}

fn rules(table: &Table<'_>, report: &mut Report) -> Rules {
    let names = list(text);
    let at_least_one = table.optional("at_least_one", report, |node, report| match &node.value {
        Yaml::List(items) if items.is_empty() => names_nothing(node, report),
        Yaml::Text(word) if word == "json" => Some(AtLeastOne::Json(node.span)),
        Yaml::List(_) => list(text)(node, report).map(AtLeastOne::Names),
        _ => {
            let help = "`json` stands for everything under `json`; name the arguments otherwise, such as `[a, b]`";
            mismatch(node, "the word `json` or a list of arguments", help, report);
            None
        }
    });
    let exactly_one = table.optional("exactly_one", report, |node, report| match &node.value {
        Yaml::List(items) if items.is_empty() => names_nothing(node, report),
        Yaml::List(items) if items.iter().any(|item| matches!(item.value, Yaml::List(_))) => {
            list(list(text))(node, report)
        }
        _ => list(text)(node, report).map(|names| vec![names]),
    });
    Rules {
        at_least_one,
        exactly_one: exactly_one.unwrap_or_default(),
        requires: table.optional("requires", report, entries(|_, node, report| text(node, report))).unwrap_or_default(),
        chosen_by: table
            .optional("chosen_by", report, entries(|_, node, report| names(node, report)))
            .unwrap_or_default(),
    }
}

fn names_nothing<T>(node: &Node, report: &mut Report) -> Option<T> {
    report.add(
        Diagnostic::new(node.span, "this rule names no arguments")
            .label("nothing stands here")
            .help("name them, such as `[a, b]`, or take the rule out"),
    );
    None
}

fn reply(node: &Node, report: &mut Report) -> Option<Reply> {
    match &node.value {
        Yaml::Text(word) if word == "text" => Some(Reply { text: true, ..Reply::default() }),
        Yaml::Map(_) => {
            let table = Table::open(node, node.span, &keys::REPLY, report)?;
            let mut read = |name| table.optional(name, report, text);
            Some(Reply { text: false, rows: read("rows"), total: read("total"), id: read("id") })
        }
        _ => {
            let help = "leave `reply` out for plain JSON; `rows`, `total` and `id` name the keys of a list's reply";
            mismatch(node, "the word `text` or a map of `rows`, `total` and `id`", help, report);
            None
        }
    }
}

fn facts(table: &Table<'_>, report: &mut Report) -> Facts {
    Facts {
        read_only: table.optional("read_only", report, boolean),
        destructive: table.optional("destructive", report, boolean),
        idempotent: table.optional("idempotent", report, boolean),
        sends_email: table.optional("sends_email", report, text),
        cost: table.optional("cost", report, integer),
        gated: table.optional("gated", report, reason),
        inferred: table.optional("inferred", report, reason),
    }
}
