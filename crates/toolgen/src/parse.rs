//! From the YAML tree to [`Spec`]: the top level of a file and the section `api`.
//!
//! The submodules read the other sections. Every function reports what it cannot read and returns what it could, so that
//! one run finds every mistake.

mod effects;
mod prompt;
mod reader;
mod results;
mod search;
mod summary;
mod tool;
mod types;
mod visible;

use self::prompt::prompt;
use self::reader::{Table, read_entries, read_integer, read_list, read_map, read_text, read_verbatim};
use self::tool::resource;
use self::types::type_decl;
use crate::diagnostic::{Diagnostic, Report};
use crate::spec::{ApiSpec, Multipart, PresetSpec, RateLimit, Spec, Text, VariableSpec, keys};
use crate::yaml::{Key, Node, Yaml};

/// Reads a whole file. Returns `None` only if it is not a map or contains invisible characters, which is reported.
pub(crate) fn parse(root: &Node, report: &mut Report) -> Option<Spec> {
    if matches!(root.value, Yaml::Null) {
        report.add(
            Diagnostic::new(root.span, "the file is empty")
                .label("no content")
                .help("start with the sections `api` and `resources`; spec/README.md shows a complete file"),
        );
        return None;
    }
    let before = report.len();
    visible::check(root, report);
    if report.len() > before {
        return None;
    }
    let first = read_map(root, report)?.first().map_or(root.span, |(key, _)| key.span);
    let file = Table::open(root, first, &keys::FILE, report)?;
    let types = file.optional("types", report, read_entries(|key, node, report| Some(type_decl(key, node, report))));
    let resources =
        file.required("resources", report, read_entries(|key, node, report| Some(resource(key, node, report))));
    let prompts = file.optional("prompts", report, read_entries(|key, node, report| Some(prompt(key, node, report))));
    file.expect("api", report);
    let api = file.section("api", &keys::API, report).map(|table| api(&table, report));
    Some(Spec {
        api: api.unwrap_or_default(),
        types: types.unwrap_or_default(),
        resources: resources.unwrap_or_default(),
        prompts: prompts.unwrap_or_default(),
    })
}

fn api(api: &Table<'_>, report: &mut Report) -> ApiSpec {
    let slug = api.required("slug", report, read_text);
    let title = api.required("title", report, read_text);
    let tool_prefix = api.required("tool_prefix", report, read_text);
    let instructions = api.required("instructions", report, read_text);
    let base_url = api.required("base_url", report, read_text);
    let variable = |key: &Key, node: &Node, report: &mut Report| Some(variable(key, node, report));
    let variables = api.optional("variables", report, read_entries(variable));
    api.expect("auth", report);
    let auth = api.section("auth", &keys::AUTH, report);
    let auth_header = auth.as_ref().and_then(|auth| auth.required("header", report, read_text));
    let auth_prefix = auth.as_ref().and_then(|auth| auth.optional("prefix", report, read_verbatim));
    api.expect("errors", report);
    let errors = api.section("errors", &keys::ERRORS, report);
    let error_message = errors.and_then(|errors| errors.required("message", report, one_or_more));
    let rate_limit = api.section("rate_limit", &keys::RATE_LIMIT, report).map(|names| rate_limit(&names, report));
    let unset = api.optional("unset", report, read_text);
    let multipart = api.section("multipart", &keys::API_MULTIPART, report).map(|multipart| Multipart {
        one: multipart.required("one", report, read_text),
        many: multipart.required("many", report, read_text),
        url_limit: multipart.required("url_limit", report, read_integer),
    });
    let tags = api.required("tags", report, read_entries(|_, node, report| Some(read_text(node, report))));
    let preset = |key: &Key, node: &Node, report: &mut Report| Some(preset(key, node, report));
    let presets = api.optional("presets", report, read_entries(preset));
    let search = api.section("search", &keys::SEARCH, report).map(|section| search::search(&section, report));
    ApiSpec {
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
        unset,
        multipart,
        tags: tags.unwrap_or_default(),
        presets: presets.unwrap_or_default(),
        search: search.unwrap_or_default(),
        sandbox: api.optional("sandbox", report, read_text),
    }
}

/// Reads a text, or a list of texts.
fn one_or_more(node: &Node, report: &mut Report) -> Option<Vec<Text>> {
    match &node.value {
        Yaml::List(items) if !items.is_empty() => read_list(read_text)(node, report),
        _ => read_text(node, report).map(|text| vec![text]),
    }
}

fn variable(key: &Key, node: &Node, report: &mut Report) -> VariableSpec {
    let Some(variable) = Table::open(node, key.span, &keys::VARIABLE, report) else { return VariableSpec::default() };
    let about = variable.required("about", report, read_text);
    let example = variable.required("example", report, read_text);
    VariableSpec { about, example }
}

fn preset(key: &Key, node: &Node, report: &mut Report) -> PresetSpec {
    let Some(preset) = Table::open(node, key.span, &keys::PRESET, report) else { return PresetSpec::default() };
    let about = preset.required("about", report, read_text);
    let mut names = |name| preset.optional(name, report, read_list(read_text)).unwrap_or_default();
    PresetSpec { about, methods: names("methods"), tags: names("tags"), tools: names("tools") }
}

fn rate_limit(names: &Table<'_>, report: &mut Report) -> RateLimit {
    let mut headers = |name| names.optional(name, report, read_list(read_text)).unwrap_or_default();
    RateLimit { limit: headers("limit"), remaining: headers("remaining"), reset: headers("reset") }
}
