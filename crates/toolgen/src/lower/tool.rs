//! A tool: its facts, and everything that follows from its method and operation.

use super::arguments::Arguments;
use super::context::ToolContext;
use super::types::Types;
use super::url::Http;
use super::{effects, example, name, rules, uri, view};
use crate::diagnostic::{Diagnostic, Report, suggestion};
use crate::model::{Attachments, Effect, Empty, Tool, ToolMethod};
use crate::spec::{self, AttachmentsSpec, Text, ToolSpec};
use crate::yaml::Key;

/// Checks a tool. Returns `None` only if something was reported.
pub(super) fn lower(
    context: &ToolContext<'_>,
    tool_name: String,
    declared: &ToolSpec,
    types: &mut Types<'_>,
    report: &mut Report,
) -> Option<Tool> {
    let method = name::method(&context.operation.text);
    let http = declared.http.as_ref().and_then(|http| Http::parse(http, report));
    let facts = &declared.facts;
    let http_method = http.as_ref().map(|http| http.method);
    let read_only = facts.read_only.unwrap_or(http_method == Some("GET"));
    let deletes = method == ToolMethod::Delete || http_method == Some("DELETE");
    let overwrites = deletes || method == ToolMethod::Update;
    check_destructive(context.operation, facts, read_only, report);
    check_reads(method, http.as_ref(), declared, report);
    let cost = cost(facts.cost.as_ref(), report);
    let attachments = attachments(context, declared, report);
    check_body(http.as_ref(), context.operation, declared, report);
    let variables = http.as_ref().map_or(&[][..], |http| &http.variables);
    let arguments = Arguments::collect(context, declared, variables, types, report);
    if declared.example.is_none() {
        example::report_missing(context.operation, report);
    }
    // Checks that depend on an unresolved argument would give wrong diagnostics.
    let arguments = arguments?;
    let rules = rules::lower(context, declared, &arguments, report);
    let effects = effects::lower(context, deletes, read_only, &facts.effects, &arguments, report);
    let mut arguments: Vec<_> = arguments.into_iter().map(|(argument, _)| argument).collect();
    for argument in &mut arguments {
        let field = &mut argument.field;
        field.alternative = rules.iter().any(|rule| rule.selects_between(&field.argument));
        if field.alternative && field.empty == Empty::Refused {
            field.empty = Empty::Absent;
        }
    }
    let unfilled = http.as_ref().map_or_else(Vec::new, |http| http.unfilled(&arguments, &context.resource.id, report));
    let example = declared.example.as_ref();
    let example = example.and_then(|example| example::arguments(example, &arguments, &unfilled, &rules, report));
    let title = match &declared.title {
        Some(title) => title.value.clone(),
        None => name::title(&context.resource_key.text, context.plural, &context.operation.text),
    };
    let resource = declared.uri.as_ref().map(|path| {
        let source = uri::UriSource {
            scheme: context.spec.api.slug.as_ref().map_or("", |slug| slug.value.as_str()),
            singular: &context.resource_key.text,
            operation: &context.operation.text,
            title: &title,
            method,
            read_only,
            arguments: &arguments,
            unfilled: &unfilled,
            rules: &rules,
        };
        source.lower(path, report)
    });
    let reply = view::reply(&declared.reply, &arguments, report);
    let view = view::view(context, &declared.reply, read_only, &arguments, report);
    let gated = facts.gated.as_ref().or(context.resource.gated.as_ref()).map(|text| text.value.clone());
    let tags = context.resource.tags.as_ref()?;
    let http = http?;
    Some(Tool {
        description: description(&declared.about.as_ref()?.value, facts, &effects, cost, gated.as_deref()),
        name: tool_name,
        operation: context.operation.text.clone(),
        title,
        method,
        tags: tags.iter().map(|tag| tag.value.clone()).collect(),
        read_only,
        destructive: facts.destructive.unwrap_or(overwrites) && !read_only,
        idempotent: facts.idempotent.unwrap_or(read_only || overwrites),
        http_method: http.method.to_owned(),
        path: http.segments(),
        arguments,
        attachments,
        rules,
        example: example?,
        reply,
        view,
        teaches: teaches(context, declared),
        summary: None,
        resource,
        cost,
        gated,
        inferred: facts.inferred.as_ref().map(|text| text.value.clone()),
        effects,
        // Set once all tools are known.
        lookup: None,
    })
}

fn attachments(context: &ToolContext<'_>, declared: &ToolSpec, report: &mut Report) -> Option<Attachments> {
    let multipart = declared.multipart.as_ref()?;
    check_body_source(context, declared, multipart, report);
    let Some(how) = &context.spec.api.multipart else {
        report.add(
            Diagnostic::new(multipart.span, "the API does not define how attachments are sent")
                .label("needs `multipart` in `api`")
                .help("add `multipart: { one: file, many: files, url_limit: 4096 }` to `api`"),
        );
        return None;
    };
    let value = |text: &Option<Text>| text.as_ref().map(|text| text.value.clone());
    Some(Attachments {
        metadata: value(&multipart.metadata)?,
        one: value(&how.one)?,
        many: value(&how.many)?,
        // A limit that is not positive is already reported.
        url_limit: usize::try_from(how.url_limit.as_ref()?.value).ok()?,
    })
}

/// Checks that the tool named by `fields_of` exists and has a body.
fn check_body_source(context: &ToolContext<'_>, declared: &ToolSpec, multipart: &AttachmentsSpec, report: &mut Report) {
    let Some(name) = &multipart.fields_of else { return };
    match context.body_source(declared) {
        None => {
            let tools = context.resource.tools.iter().flatten();
            let known: Vec<_> =
                tools.map(|(key, _)| key.text.as_str()).filter(|key| *key != context.operation.text).collect();
            report.add(
                Diagnostic::new(name.span, format!("this resource has no other operation `{}`", name.value))
                    .label("unknown operation")
                    .help(suggestion(&name.value, &known)),
            );
        }
        Some(source) if source.json.is_empty() && source.whole => report.add(
            Diagnostic::new(name.span, format!("the operation `{}` has no JSON body", name.value))
                .label("no arguments under `json`")
                .help("declare the metadata here, under `fields`"),
        ),
        Some(_) => {}
    }
}

fn check_body(http: Option<&Http<'_>>, operation: &Key, declared: &ToolSpec, report: &mut Report) {
    let has_json = !declared.json.is_empty();
    if has_json && declared.multipart.is_some() {
        report.add(
            Diagnostic::new(operation.span, "a request can have only one body")
                .label("has both `json` and `multipart`")
                .help("move the fields to `multipart: { fields: ... }`"),
        );
    }
    if let (Some(http), Some(text)) = (http, &declared.http)
        && matches!(http.method, "GET" | "DELETE")
        && (has_json || declared.multipart.is_some())
    {
        report.add(
            Diagnostic::new(text.span_of(http.method, report), format!("a {} request cannot have a body", http.method))
                .label("but the tool declares one")
                .help("move the arguments to `query`, or change the method"),
        );
    }
}

fn check_destructive(operation: &Key, facts: &spec::Facts, read_only: bool, report: &mut Report) {
    if read_only && facts.destructive == Some(true) {
        report.add(
            Diagnostic::new(operation.span, "a tool cannot be both read-only and destructive")
                .label("`destructive`, but also read-only")
                .help("a GET is read-only unless `read_only: false` says otherwise; correct one of the two"),
        );
    }
}

/// Reports a tool whose name means a change but whose method is GET: by default it would count as read-only.
fn check_reads(method: ToolMethod, http: Option<&Http<'_>>, declared: &ToolSpec, report: &mut Report) {
    if let (Some(Http { method: "GET", .. }), Some(text)) = (http, &declared.http)
        && matches!(method, ToolMethod::Create | ToolMethod::Update | ToolMethod::Delete)
        && declared.facts.read_only.is_none()
    {
        report.add(
            Diagnostic::new(
                text.span_of("GET", report),
                "a `create`, `update` or `delete` by GET must say whether it is read-only",
            )
            .label("a GET is read-only by default")
            .help("correct the method, or write `read_only: false` if the call changes something, `true` if not"),
        );
    }
}

fn cost(cost: Option<&spec::Spanned<i64>>, report: &mut Report) -> u32 {
    let Some(cost) = cost else { return 1 };
    match u32::try_from(cost.value) {
        Ok(calls) if calls > 0 => calls,
        _ => {
            report.add(
                Diagnostic::new(cost.span, format!("the cost {} is too small", cost.value))
                    .label("must be 1 or more")
                    .help("omit `cost` for a cost of 1"),
            );
            1
        }
    }
}

/// Returns the fields of the resource whose values arguments take, if the tool's replies can have them.
fn teaches(context: &ToolContext<'_>, declared: &ToolSpec) -> Vec<(String, String)> {
    if declared.reply.text {
        return Vec::new();
    }
    context.resource.values.iter().map(|(field, kind)| (field.text.clone(), kind.value.clone())).collect()
}

/// Returns the description for models: the text of the spec, then its facts as sentences.
pub(super) fn description(
    about: &str,
    facts: &spec::Facts,
    effects: &[Effect],
    cost: u32,
    gated: Option<&str>,
) -> String {
    let mut sentences = vec![sentence(about)];
    sentences.extend(effects.iter().map(Effect::sentence));
    sentences.extend((cost > 1).then(|| format!("Costs {cost} calls of the rate limit.")));
    sentences.extend(facts.inferred.as_ref().map(|_| "Inferred: not in the published API document.".to_owned()));
    sentences.extend(gated.map(sentence));
    sentences.join(" ")
}

/// Returns a text with a final punctuation mark.
pub(super) fn sentence(text: &str) -> String {
    if text.ends_with(['.', '!', '?']) { text.to_owned() } else { format!("{text}.") }
}
