//! The section `api`.

use tool_runtime::api::{INSTRUCTIONS_ADDED, INSTRUCTIONS_CUT_FROM};

use super::{name, preset, search, url};
use crate::diagnostic::{Diagnostic, Report, Span};
use crate::model::{Api, Auth, NamedType, Prompt, Resource, Variable};
use crate::spec::{ApiSpec, Spec, Text};

/// Maximum length of the instructions, in characters.
const MAX_INSTRUCTIONS: usize = INSTRUCTIONS_CUT_FROM - INSTRUCTIONS_ADDED - 1;

/// Checks the section and builds the model from it and the other sections. Returns `None` only if something was reported.
pub(super) fn lower(
    spec: &Spec,
    types: Vec<NamedType>,
    resources: Vec<Resource>,
    prompts: Vec<Prompt>,
    report: &mut Report,
) -> Option<Api> {
    let api = &spec.api;
    for (what, name) in [("an API", &api.slug), ("a tool prefix", &api.tool_prefix)] {
        if let Some(name) = name {
            name::check_identifier(what, &name.value, name.span, report);
        }
    }
    for (key, _) in &api.tags {
        name::check_identifier("a tag", &key.text, key.span, report);
    }
    for (key, _) in &api.variables {
        name::check_identifier("a base-URL variable", &key.text, key.span, report);
    }
    check_instructions(api, report);
    url::check_base(api, report);
    let auth = auth(api, report);
    check_url_limit(api, report);
    let error_message = error_message(api, report);
    let rate_limit = [&api.rate_limit.limit, &api.rate_limit.remaining, &api.rate_limit.reset];
    let rate_limit = rate_limit.map(|names| headers(names, report));
    let presets = preset::lower(api, &resources, report);
    let tools: Vec<_> = resources.iter().flat_map(|resource| &resource.tools).map(|tool| tool.name.as_str()).collect();
    let search = search::lower(&api.search, &tools, report);
    let value = |text: &Option<Text>| text.as_ref().map(|text| text.value.clone());
    Some(Api {
        file: report.file().to_owned(),
        slug: value(&api.slug)?,
        title: value(&api.title)?,
        instructions: value(&api.instructions)?,
        base_url: value(&api.base_url)?,
        variables: api
            .variables
            .iter()
            .map(|(key, variable)| {
                let (about, example) = (value(&variable.about)?, value(&variable.example)?);
                Some(Variable { name: key.text.clone(), about, example })
            })
            .collect::<Option<_>>()?,
        auth: auth?,
        error_message: error_message?,
        rate_limit,
        tags: api.tags.iter().map(|(key, about)| Some((key.text.clone(), value(about)?))).collect::<Option<_>>()?,
        presets,
        search,
        types,
        resources,
        prompts,
    })
}

fn check_instructions(api: &ApiSpec, report: &mut Report) {
    let Some(instructions) = &api.instructions else { return };
    let length = instructions.value.chars().count();
    if length > MAX_INSTRUCTIONS {
        report.add(
            Diagnostic::new(instructions.span, "the instructions are too long")
                .label(format!("{length} characters; the maximum is {MAX_INSTRUCTIONS}"))
                .help(
                    "clients truncate them; keep what a model needs to choose a tool, and move the rest to the tools",
                ),
        );
    }
}

/// Returns the paths of keys that lead to the explanation in an error body.
fn error_message(api: &ApiSpec, report: &mut Report) -> Option<Vec<Vec<String>>> {
    let paths = api.error_message.as_ref()?;
    Some(paths.iter().map(|path| keys_of(path, report)).collect())
}

fn keys_of(path: &Text, report: &mut Report) -> Vec<String> {
    let keys: Vec<_> = path.value.split('.').map(str::to_owned).collect();
    if keys.iter().any(String::is_empty) {
        report.add(
            Diagnostic::new(path.span, "this path contains an empty key")
                .label("expected keys separated by single dots")
                .help("for example, `error.text` is the key `text` in the object `error`"),
        );
    }
    keys
}

/// Checks how requests authenticate. Returns `None` only if something was reported.
fn auth(api: &ApiSpec, report: &mut Report) -> Option<Auth> {
    if let Some(header) = &api.auth_header {
        check_header(&header.value, header.span, report);
    }
    if let Some(prefix) = &api.auth_prefix {
        check_prefix(prefix, report);
    }
    let prefix = api.auth_prefix.as_ref().map(|prefix| prefix.value.clone()).unwrap_or_default();
    Some(Auth::Header { name: api.auth_header.as_ref()?.value.clone(), prefix })
}

fn check_prefix(prefix: &Text, report: &mut Report) {
    if !prefix.value.chars().all(|c| c == ' ' || c.is_ascii_graphic()) {
        report.add(
            Diagnostic::new(prefix.span, "this prefix is not allowed in a header")
                .label("only ASCII letters, digits, punctuation and spaces are allowed")
                .help("for example `prefix: \"Bearer \"`, including the space"),
        );
    } else if prefix.value.ends_with(|c: char| c.is_ascii_alphanumeric()) {
        report.add(
            Diagnostic::new(prefix.span, format!("`{}` and the key would run together", prefix.value))
                .label("must end with a space or punctuation")
                .help(format!("write `prefix: \"{} \"`; YAML drops the space unless it is in quotes", prefix.value)),
        );
    }
}

fn check_url_limit(api: &ApiSpec, report: &mut Report) {
    if let Some(limit) = api.multipart.as_ref().and_then(|multipart| multipart.url_limit.as_ref())
        && limit.value < 1
    {
        report.add(
            Diagnostic::new(limit.span, format!("the URL limit {} is too small", limit.value))
                .label("must be 1 or more")
                .help("give the maximum length, in bytes, of path and query that the API accepts, such as 4096"),
        );
    }
}

fn headers(names: &[Text], report: &mut Report) -> Vec<String> {
    names
        .iter()
        .map(|name| {
            check_header(&name.value, name.span, report);
            name.value.to_ascii_lowercase()
        })
        .collect()
}

fn check_header(name: &str, span: Span, report: &mut Report) {
    if !name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte)) {
        report.add(
            Diagnostic::new(span, format!("`{name}` is not a header name"))
                .label("only letters, digits, hyphens and underscores are allowed")
                .help("give only the name, without colon or value, such as `Authorization`"),
        );
    }
}
