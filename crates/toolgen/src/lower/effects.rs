//! The effects of a tool's calls on people.

use tool_runtime::effect::EffectKind;

use super::context::ToolContext;
use super::example::Check;
use super::rules::{self, Known};
use crate::diagnostic::{Diagnostic, Report};
use crate::model::{Condition, Effect, Type};
use crate::spec::{ConditionSpec, EffectSpec};
use crate::yaml::{Key, Node};

/// Returns the effects of a tool. Reports mistakes. A tool that `deletes`, as its operation or its method says, has that effect
/// even if the file does not declare it.
pub(super) fn lower(
    context: &ToolContext<'_>,
    deletes: bool,
    read_only: bool,
    declared: &[(Key, EffectSpec)],
    arguments: Known<'_>,
    report: &mut Report,
) -> Vec<Effect> {
    let mut effects: Vec<_> = declared
        .iter()
        .filter_map(|(key, effect)| {
            if read_only {
                report.add(
                    Diagnostic::new(key.span, "a tool that only reads has no effect on people")
                        .label(format!("`{}`, but also read-only", key.text))
                        .help("a GET is read-only unless `read_only: false` says otherwise; correct one of the two"),
                );
            }
            let condition = |condition: &Option<ConditionSpec>, report: &mut Report| match condition {
                Some(declared) => self::condition(declared, arguments, report).map(Some),
                None => Some(None),
            };
            let (when, unless) = (condition(&effect.when, report), condition(&effect.unless, report));
            let what = effect.what.as_ref()?.value.trim_end_matches('.').to_owned();
            Some(Effect { kind: kind(&key.text)?, what, when: when?, unless: unless? })
        })
        .collect();
    let says_deletes = |(key, _): &(Key, EffectSpec)| kind(&key.text) == Some(EffectKind::Deletes);
    if deletes && !read_only && !declared.iter().any(says_deletes) {
        let what = format!("the {}", context.resource_key.text.replace('_', " "));
        effects.push(Effect { kind: EffectKind::Deletes, what, when: None, unless: None });
    }
    effects
}

fn kind(key: &str) -> Option<EffectKind> {
    EffectKind::ALL.into_iter().find(|kind| kind.name() == key)
}

fn condition(declared: &ConditionSpec, arguments: Known<'_>, report: &mut Report) -> Option<Condition> {
    match declared {
        ConditionSpec::Given(names) => {
            let valid = rules::all_exist(names, arguments, report);
            valid.then(|| Condition::Given(names.iter().map(|name| name.value.clone()).collect()))
        }
        ConditionSpec::Equals(name, value) => equals(name, value, arguments, report),
    }
}

fn equals(name: &Key, value: &Node, arguments: Known<'_>, report: &mut Report) -> Option<Condition> {
    if !rules::exists(&name.text, name.span, arguments, report) {
        return None;
    }
    let ty = &rules::find(&name.text, arguments)?.field.ty;
    if !matches!(ty, Type::Boolean | Type::Flag | Type::Choice(_)) {
        report.add(
            Diagnostic::new(name.span, format!("a condition cannot compare `{}`", name.text))
                .label("neither a boolean nor one of a fixed set of labels")
                .help(format!("ask whether it is given: `if: {}`", name.text)),
        );
        return None;
    }
    let before = report.len();
    Check::of_condition(report).value(value, ty);
    (report.len() == before).then(|| Condition::Equals(name.text.clone(), value.json()))
}
