//! The presets of `api`: ready-made scopes, which must name existing methods, tags and tools and select at least one tool.

use super::name;
use crate::diagnostic::{Diagnostic, Report, suggestion};
use crate::model::{Preset, Resource, Tool, ToolMethod};
use crate::spec::keys::METHODS;
use crate::spec::{ApiSpec, PresetSpec, Text};

/// Checks the presets. Reports mistakes.
pub(super) fn lower(api: &ApiSpec, resources: &[Resource], report: &mut Report) -> Vec<Preset> {
    let tags: Vec<_> = api.tags.iter().map(|(key, _)| key.text.as_str()).collect();
    // A tool with a mistake is not in `resources`, although a preset may rightly name it.
    let complete = report.is_empty();
    let tools: Vec<_> = resources.iter().flat_map(|resource| &resource.tools).flat_map(Candidate::of).collect();
    let tool_names: Vec<_> = tools.iter().map(|tool| tool.name).collect();
    let mut presets = Vec::new();
    for (key, preset) in &api.presets {
        let before = report.len();
        name::check_identifier("a preset", &key.text, key.span, report);
        check("method", &preset.methods, METHODS, report);
        check("tag", &preset.tags, &tags, report);
        if complete {
            check("tool", &preset.tools, &tool_names, report);
        }
        if complete && report.len() == before && !tools.iter().any(|tool| selects(preset, tool)) {
            report.add(
                Diagnostic::new(key.span, format!("the preset `{}` selects no tool", key.text))
                    .label("no tool matches all of its lists")
                    .help(
                        "a tool is selected if it has one of the methods and one of the tags, and is one of the tools",
                    ),
            );
        }
        let values = |names: &[Text]| names.iter().map(|name| name.value.clone()).collect();
        presets.extend(preset.about.as_ref().map(|about| Preset {
            name: key.text.clone(),
            about: about.value.clone(),
            methods: values(&preset.methods),
            tags: values(&preset.tags),
            tools: values(&preset.tools),
            confirm: tools.iter().any(|tool| selects(preset, tool) && tool.needs_confirmation),
        }));
    }
    presets
}

/// The facts by which a preset selects a tool.
struct Candidate<'a> {
    name: &'a str,
    method: ToolMethod,
    read_only: bool,
    needs_confirmation: bool,
    tags: &'a [String],
}

impl<'a> Candidate<'a> {
    /// Returns a tool and, of a list, its summary.
    fn of(tool: &'a Tool) -> impl Iterator<Item = Self> {
        let Tool { name, method, read_only, tags, .. } = tool;
        let needs_confirmation = tool.needs_confirmation();
        let candidate = |name, method| Self { name, method, read_only: *read_only, needs_confirmation, tags };
        let summary = tool.summary.as_ref().map(|summary| candidate(&summary.name, ToolMethod::Custom));
        [candidate(name, *method)].into_iter().chain(summary)
    }
}

/// Returns whether a preset selects a tool. An empty list means no restriction.
fn selects(preset: &PresetSpec, tool: &Candidate<'_>) -> bool {
    let fits =
        |names: &[Text], has: &dyn Fn(&str) -> bool| names.is_empty() || names.iter().any(|name| has(&name.value));
    let does = |method: &str| match method {
        "read" => tool.read_only,
        "write" => !tool.read_only,
        exact => name::method(exact) == tool.method,
    };
    fits(&preset.methods, &does)
        && fits(&preset.tags, &|tag| tool.tags.iter().any(|other| other == tag))
        && fits(&preset.tools, &|name| tool.name == name)
}

fn check(what: &str, names: &[Text], known: &[&str], report: &mut Report) {
    for name in names.iter().filter(|name| !known.contains(&name.value.as_str())) {
        report.add(
            Diagnostic::new(name.span, format!("unknown {what} `{}`", name.value))
                .label("selects nothing")
                .help(suggestion(&name.value, known)),
        );
    }
}
