//! One tool: its facts, and everything that derives from method and operation.

use super::arguments::{Arguments, sibling};
use super::types::Types;
use super::url::Http;
use super::{example, name, rules, uri};
use crate::diagnostic::{Diagnostic, Report, suggestion};
use crate::model::{Attachments, Class, Reply, Tool};
use crate::spec::{self, Spec, Text};
use crate::yaml::Key;

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
    let method = http.as_ref().map(|http| http.method);
    let read_only = facts.read_only.unwrap_or(method == Some("GET"));
    let overwrites = matches!(class, Class::Update | Class::Delete) || method == Some("DELETE");
    check_destructive(context.operation, facts, read_only, report);
    check_reads(class, http.as_ref(), declared, report);
    let cost = cost(facts.cost.as_ref(), report);
    let attachments = attachments(context, declared, report);
    check_body(http.as_ref(), context.operation, declared, report);
    let variables = http.as_ref().map_or(&[][..], |http| &http.variables);
    let arguments = Arguments::collect(context, declared, variables, types, report);
    if declared.example.is_none() {
        example::report_missing(context.operation, report);
    }
    // What depends on an argument that is not understood would only be reported for the wrong reason.
    let arguments = arguments?;
    let rules = rules::lower(context, declared, &arguments, report);
    let mut arguments: Vec<_> = arguments.into_iter().map(|(argument, _)| argument).collect();
    for argument in &mut arguments {
        argument.field.filled |= rules.iter().any(|rule| rule.picks(&argument.field.argument));
    }
    let unfilled = http.as_ref().map_or_else(Vec::new, |http| http.unfilled(&arguments, &context.resource.id, report));
    let example = declared.example.as_ref();
    let example = example.and_then(|example| example::arguments(example, &arguments, &unfilled, &rules, report));
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
            unfilled: &unfilled,
            rules: &rules,
        };
        behind.lower(path, report)
    });
    let gated = facts.gated.as_ref().or(context.resource.gated.as_ref()).map(|text| text.value.clone());
    let tags = context.resource.tags.as_ref()?;
    let http = http?;
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
        method: http.method.to_owned(),
        path: http.segments(),
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
            Diagnostic::new(text.part(http.method, report), format!("a {} request has no body", http.method))
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
            Diagnostic::new(
                text.part("GET", report),
                "a tool that is named for a change is called by GET, which only reads",
            )
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

/// What a model reads: the explanation, then the facts, all as sentences.
fn description(about: &Text, facts: &spec::Facts, cost: u32, gated: Option<&str>) -> String {
    let mut sentences = vec![sentence(&about.value)];
    sentences.extend(facts.sends_email.as_ref().map(|who| sentence(&format!("Sends e-mail to {}", who.value))));
    sentences.extend((cost > 1).then(|| format!("Costs {cost} calls of the rate limit.")));
    sentences.extend(facts.inferred.as_ref().map(|_| "Inferred: not in the published API document.".to_owned()));
    sentences.extend(gated.map(sentence));
    sentences.join(" ")
}

/// A text with an end that the next can follow.
fn sentence(text: &str) -> String {
    if text.ends_with(['.', '!', '?']) { text.to_owned() } else { format!("{text}.") }
}
