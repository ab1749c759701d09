//! One tool: where its arguments go, and everything that derives from the kind of operation.

use super::name::Taken;
use super::types::Types;
use super::url::Http;
use super::{example, name, rules, uri};
use crate::diagnostic::{Diagnostic, Report, Span, suggestion};
use crate::identifier;
use crate::model::{Argument, Attachments, Class, Field, Place, Reply, Tool, Type};
use crate::spec::{self, Spec, Text};
use crate::yaml::Key;

/// The argument that carries attachments, and what it is.
const FILES: (&str, &str) = ("files", "Files to attach, at least one.");

/// What surrounds a tool in the file.
pub(super) struct Context<'a> {
    pub(super) spec: &'a Spec,
    pub(super) resource_key: &'a Key,
    pub(super) resource: &'a spec::Resource,
    pub(super) plural: &'a str,
    pub(super) operation: &'a Key,
}

/// `None` only if something was reported.
pub(super) fn lower(
    context: &Context<'_>,
    tool_name: String,
    declared: &spec::Tool,
    types: &mut Types<'_>,
    report: &mut Report,
) -> Option<Tool> {
    let class = name::class(&context.operation.text);
    let http = declared.http.as_ref().and_then(|http| Http::parse(http, report));
    let facts = &declared.facts;
    let read_only = facts.read_only.unwrap_or(http.as_ref().is_some_and(|http| http.method == "GET"));
    let overwrites =
        matches!(class, Class::Update | Class::Delete) || http.as_ref().is_some_and(|http| http.method == "DELETE");
    check_destructive(context.operation, facts, read_only, report);
    check_reads(class, http.as_ref(), declared, report);
    let cost = cost(facts.cost.as_ref(), report);
    let attachments = attachments(context, declared, report);
    check_body(http.as_ref(), context.operation, declared, report);
    let arguments = Arguments::collect(context, declared, class, types, report);
    if declared.example.is_none() {
        example::report_missing(context.operation, report);
    }
    // What depends on an argument that is not understood would only be reported for the wrong reason.
    let mut arguments = arguments?;
    if let Some(http) = &http {
        arguments.move_to_path(http, report);
    }
    let rules = rules::lower(context, declared, &arguments.list, report);
    let mut arguments: Vec<_> = arguments.list.into_iter().map(|(argument, _)| argument).collect();
    for argument in &mut arguments {
        argument.field.filled |= rules.iter().any(|rule| rule.picks(&argument.field.argument));
    }
    let path = http.as_ref().map(|http| http.segments(&arguments, report));
    let example = example::arguments(declared.example.as_ref()?, &arguments, &rules, report);
    let title = match &declared.title {
        Some(title) => title.value.clone(),
        None => name::title(&context.resource_key.text, context.plural, &context.operation.text),
    };
    let resource = declared.uri.as_ref().map(|path| {
        let behind = uri::Behind {
            scheme: context.spec.api.slug.as_ref().map_or("", |slug| slug.value.as_str()),
            singular: &context.resource_key.text,
            operation: &context.operation.text,
            title: &title,
            class,
            read_only,
            arguments: &arguments,
            rules: &rules,
        };
        behind.lower(path, report)
    });
    let gated = facts.gated.as_ref().or(context.resource.gated.as_ref()).map(|text| text.value.clone());
    let tags = context.resource.tags.as_ref()?;
    Some(Tool {
        description: description(declared.about.as_ref()?, facts, cost, gated.as_deref()),
        name: tool_name,
        operation: context.operation.text.clone(),
        title,
        class,
        tags: tags.iter().map(|tag| tag.value.clone()).collect(),
        read_only,
        destructive: facts.destructive.unwrap_or(overwrites) && !read_only,
        idempotent: facts.idempotent.unwrap_or(read_only || overwrites),
        method: http?.method.to_owned(),
        path: path?,
        arguments,
        attachments,
        rules,
        example: example?,
        reply: reply(&declared.reply),
        resource,
        cost,
        gated,
        inferred: facts.inferred.as_ref().map(|text| text.value.clone()),
        line: report.line(context.operation.span),
    })
}

/// The arguments of a tool while it is not yet known which of them the path takes.
struct Arguments {
    list: Vec<(Argument, Span)>,
    names: Taken,
}

impl Arguments {
    /// All arguments of a tool, or `None` if the type of one of them was reported.
    fn collect(
        context: &Context<'_>,
        declared: &spec::Tool,
        class: Class,
        types: &mut Types<'_>,
        report: &mut Report,
    ) -> Option<Self> {
        let by_id = matches!(class, Class::Get | Class::Update | Class::Delete);
        let ids = declared.id.as_ref().or(by_id.then_some(&context.resource.id));
        let sibling = sibling(context, declared);
        let rules = [Some(&declared.rules), sibling.map(|sibling| &sibling.rules)];
        let groups = rules.into_iter().flatten().flat_map(|rules| &rules.exactly_one);
        let exclusive: Vec<_> = groups.flatten().map(|name| name.value.as_str()).collect();
        let mut arguments = Self { list: Vec::new(), names: Taken::default() };
        let body_known = sibling.is_none_or(|sibling| sibling.whole)
            && declared.multipart.as_ref().is_none_or(|multipart| multipart.fields_of.is_none() || sibling.is_some());
        let ids_known = declared.id.is_some() || !by_id || context.resource.whole;
        let mut understood = declared.whole && ids_known && body_known;
        for id in ids.into_iter().flatten() {
            let mut field = id.clone();
            field.required = !exclusive.contains(&field.name.text.as_str());
            understood &= arguments.add(&field, Place::Query, types, report);
        }
        for field in &declared.query {
            understood &= arguments.add(field, Place::Query, types, report);
        }
        for field in body(context, declared) {
            understood &= arguments.add(field, Place::Json, types, report);
        }
        if let Some(multipart) = &declared.multipart {
            let field = Field {
                argument: FILES.0.to_owned(),
                wire: FILES.0.to_owned(),
                of: Type::Files,
                about: Some(FILES.1.to_owned()),
                required: true,
                filled: true,
                default: None,
                clear: None,
            };
            understood &= arguments.push(field, multipart.span, Place::Files, report);
        }
        understood.then_some(arguments)
    }

    /// Adds an argument; `false` if its type or its name was reported.
    fn add(&mut self, declared: &spec::Field, place: Place, types: &mut Types<'_>, report: &mut Report) -> bool {
        let Some(field) = types.field(declared, report) else { return false };
        if field.about.is_none() {
            let name = &field.argument;
            report.add(
                Diagnostic::new(declared.name.span, format!("nothing explains the argument `{name}`"))
                    .label("needs an `about`")
                    .help(format!("write `{name}: {{ type: ..., about: \"...\" }}`, or give its type an `about`")),
            );
        }
        self.push(field, declared.name.span, place, report)
    }

    /// Adds an argument; `false` if its name is another's.
    fn push(&mut self, field: Field, span: Span, place: Place, report: &mut Report) -> bool {
        let name = &field.argument;
        if let Some((_, first)) = self.list.iter().find(|(other, _)| other.field.argument == *name) {
            let line = report.line(*first);
            report.add(match place {
                // The name of the generated one is fixed.
                Place::Files => Diagnostic::new(*first, format!("two arguments are called `{name}`"))
                    .label("the name of the attachments")
                    .help("call this one otherwise, with `wire:` for the name that the API uses"),
                _ => Diagnostic::new(span, format!("two arguments are called `{name}`"))
                    .label(format!("the name of the one at line {line} already"))
                    .help(format!("callers see one flat list; call this one `new_{name}`, with `wire: {name}`")),
            });
            return false;
        }
        let same_wire = |(other, _): &&(Argument, Span)| other.place == place && other.field.wire == field.wire;
        if let Some((other, _)) = self.list.iter().find(same_wire) {
            let other = &other.field.argument;
            report.add(
                Diagnostic::new(span, format!("`{other}` and `{name}` both go out as `{}`", field.wire))
                    .label("one would overwrite the other")
                    .help("correct the `wire` of one of them, or take one out"),
            );
        }
        self.names.claim("arguments", name, identifier::field(name), span, report);
        self.list.push((Argument { field, place }, span));
        true
    }

    /// Moves the arguments that the path names from the query into the path.
    fn move_to_path(&mut self, http: &Http<'_>, report: &mut Report) {
        for (argument, span) in &mut self.list {
            if argument.place != Place::Query || !http.variables.contains(&argument.field.argument.as_str()) {
                continue;
            }
            argument.place = Place::Path;
            argument.field.required = true;
            argument.field.filled = true;
            if !matches!(argument.field.of, Type::Text | Type::Email | Type::Integer(..) | Type::Choice(_)) {
                report.add(
                    Diagnostic::new(*span, format!("`{}` cannot stand in a path", argument.field.argument))
                        .label("only texts, whole numbers and choices can")
                        .help(format!("the path is `{}`", http.path)),
                );
            }
        }
    }
}

/// The fields of the JSON body, or of the attachments' metadata.
fn body<'a>(context: &Context<'a>, declared: &'a spec::Tool) -> &'a [spec::Field] {
    match &declared.multipart {
        None => &declared.json,
        Some(multipart) => match sibling(context, declared) {
            Some(sibling) => &sibling.json,
            None => &multipart.fields,
        },
    }
}

/// The tool whose body a tool with attachments repeats.
pub(super) fn sibling<'a>(context: &Context<'a>, declared: &spec::Tool) -> Option<&'a spec::Tool> {
    let of = declared.multipart.as_ref()?.fields_of.as_ref()?;
    let others = context.resource.tools.iter().flatten().filter(|(key, _)| key.text != context.operation.text);
    others.into_iter().find(|(key, _)| key.text == of.value).map(|(_, tool)| tool)
}

fn attachments(context: &Context<'_>, declared: &spec::Tool, report: &mut Report) -> Option<Attachments> {
    let multipart = declared.multipart.as_ref()?;
    check_sibling(context, declared, multipart, report);
    let Some(how) = &context.spec.api.multipart else {
        report.add(
            Diagnostic::new(multipart.span, "the API does not say how attachments travel")
                .label("needs `multipart` in `api`")
                .help("write `multipart: { one: file, many: files, url_limit: 4096 }` there"),
        );
        return None;
    };
    let value = |text: &Option<Text>| text.as_ref().map(|text| text.value.clone());
    Some(Attachments {
        metadata: value(&multipart.metadata)?,
        one: value(&how.one)?,
        many: value(&how.many)?,
        url_limit: usize::try_from(how.url_limit.as_ref()?.value).unwrap_or_default(),
    })
}

/// The sibling must be there, and must have a body to repeat.
fn check_sibling(context: &Context<'_>, declared: &spec::Tool, multipart: &spec::Attachments, report: &mut Report) {
    let Some(of) = &multipart.fields_of else { return };
    match sibling(context, declared) {
        None => {
            let tools = context.resource.tools.iter().flatten();
            let known: Vec<_> =
                tools.map(|(key, _)| key.text.as_str()).filter(|key| *key != context.operation.text).collect();
            report.add(
                Diagnostic::new(of.span, format!("this resource has no other tool `{}`", of.value))
                    .label("unknown tool")
                    .help(suggestion(&of.value, &known)),
            );
        }
        Some(sibling) if sibling.json.is_empty() && sibling.whole => report.add(
            Diagnostic::new(of.span, format!("the tool `{}` has no JSON body", of.value))
                .label("has nothing under `json`")
                .help("declare the metadata here, under `fields`"),
        ),
        Some(_) => {}
    }
}

fn check_body(http: Option<&Http<'_>>, operation: &Key, declared: &spec::Tool, report: &mut Report) {
    let has_json = !declared.json.is_empty();
    if has_json && declared.multipart.is_some() {
        report.add(
            Diagnostic::new(operation.span, "a request has one body")
                .label("has both `json` and `multipart`")
                .help("put the fields into `multipart: { fields: ... }`"),
        );
    }
    if let (Some(http), Some(text)) = (http, &declared.http)
        && matches!(http.method, "GET" | "DELETE")
        && (has_json || declared.multipart.is_some())
    {
        report.add(
            Diagnostic::new(text.part(http.method), format!("a {} request has no body", http.method))
                .label("but the tool declares one")
                .help("put the arguments under `query`, or change the method"),
        );
    }
}

fn check_destructive(operation: &Key, facts: &spec::Facts, read_only: bool, report: &mut Report) {
    if read_only && facts.destructive == Some(true) {
        report.add(
            Diagnostic::new(operation.span, "a tool cannot only read and yet destroy")
                .label("`destructive`, but also read-only")
                .help("a GET only reads unless `read_only: false` says otherwise; take one of the two out"),
        );
    }
}

/// What is named for a change and called by GET would pass for something that only reads.
fn check_reads(class: Class, http: Option<&Http<'_>>, declared: &spec::Tool, report: &mut Report) {
    if let (Some(Http { method: "GET", .. }), Some(text)) = (http, &declared.http)
        && matches!(class, Class::Create | Class::Update | Class::Delete)
        && declared.facts.read_only.is_none()
    {
        report.add(
            Diagnostic::new(text.part("GET"), "a tool that is named for a change is called by GET, which only reads")
                .label("must say what it does")
                .help("correct the method; or write `read_only: false` if this changes something, `true` if not"),
        );
    }
}

fn cost(cost: Option<&spec::Spanned<i64>>, report: &mut Report) -> u32 {
    let Some(cost) = cost else { return 1 };
    match u32::try_from(cost.value) {
        Ok(calls) if calls > 0 => calls,
        _ => {
            report.add(
                Diagnostic::new(cost.span, format!("a call cannot cost {}", cost.value))
                    .label("must be 1 or more")
                    .help("leave `cost` out for 1"),
            );
            1
        }
    }
}

fn reply(declared: &spec::Reply) -> Reply {
    let key = |key: &Option<Text>| key.as_ref().map(|text| text.value.clone());
    Reply { text: declared.text, rows: key(&declared.rows), total: key(&declared.total), id: key(&declared.id) }
}

/// What a model reads: the explanation, then the facts as sentences.
fn description(about: &Text, facts: &spec::Facts, cost: u32, gated: Option<&str>) -> String {
    let mut sentences = vec![about.value.clone()];
    sentences.extend(facts.sends_email.as_ref().map(|who| format!("Sends e-mail to {}.", who.value)));
    sentences.extend((cost > 1).then(|| format!("Costs {cost} calls of the rate limit.")));
    sentences.extend(facts.inferred.as_ref().map(|_| "Inferred: not in the published API document.".to_owned()));
    sentences.extend(gated.map(str::to_owned));
    sentences.join(" ")
}
