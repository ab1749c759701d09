//! The presets of `api`: scopes must name what there is.

use super::name;
use crate::diagnostic::{Diagnostic, Report, suggestion};
use crate::model::{Preset, Resource};
use crate::spec::{self, Text};

/// What selects tools by what they do.
const METHODS: [&str; 8] = ["read", "write", "list", "get", "create", "update", "delete", "custom"];

/// The presets; those with a mistake are left out, and it is reported.
pub(super) fn lower(api: &spec::Api, resources: &[Resource], report: &mut Report) -> Vec<Preset> {
    let tags: Vec<_> = api.tags.iter().map(|(key, _)| key.text.as_str()).collect();
    // With mistakes in them, resources lack tools that a preset may well mean.
    let whole = report.is_empty();
    let tools: Vec<_> = resources.iter().flat_map(|resource| &resource.tools).map(|tool| tool.name.as_str()).collect();
    let mut presets = Vec::new();
    for (key, preset) in &api.presets {
        name::check_identifier("a preset", &key.text, key.span, report);
        check("method", &preset.methods, &METHODS, report);
        check("tag", &preset.tags, &tags, report);
        if whole {
            check("tool", &preset.tools, &tools, report);
        }
        let values = |names: &[Text]| names.iter().map(|name| name.value.clone()).collect();
        presets.extend(preset.about.as_ref().map(|about| Preset {
            name: key.text.clone(),
            about: about.value.clone(),
            methods: values(&preset.methods),
            tags: values(&preset.tags),
            tools: values(&preset.tools),
        }));
    }
    presets
}

fn check(what: &str, names: &[Text], known: &[&str], report: &mut Report) {
    for name in names.iter().filter(|name| !known.contains(&name.value.as_str())) {
        report.add(
            Diagnostic::new(name.span, format!("there is no {what} `{}`", name.value))
                .label("selects nothing")
                .help(suggestion(&name.value, known)),
        );
    }
}
