//! From the YAML tree to the effects of a tool on people.

use super::reader::{Table, mismatch, read_list, read_text};
use crate::diagnostic::{Diagnostic, Report};
use crate::spec::{ConditionSpec, EffectSpec, keys};
use crate::yaml::{Key, Node, Yaml};

/// Reads the effects that a tool declares, in the order of [`keys::EFFECTS`].
pub(super) fn read(table: &Table<'_>, report: &mut Report) -> Vec<(Key, EffectSpec)> {
    let declared = keys::EFFECTS.iter().filter_map(|name| table.get(name));
    declared.filter_map(|(key, node)| Some((key.clone(), effect(key, node, report)?))).collect()
}

fn effect(key: &Key, node: &Node, report: &mut Report) -> Option<EffectSpec> {
    match &node.value {
        Yaml::Map(_) => {
            let table = Table::open(node, key.span, &keys::EFFECT, report)?;
            Some(EffectSpec {
                what: table.required("what", report, read_text),
                when: table.optional("if", report, condition),
                unless: table.optional("unless", report, condition),
            })
        }
        Yaml::Text(_) => Some(EffectSpec { what: Some(read_text(node, report)?), ..EffectSpec::default() }),
        _ => {
            let help = "say whom or what it concerns, such as `the customer`; a condition goes beside it: \
                        `{ what: the customer, if: { private: false } }`";
            mismatch(node, "a text, or a map of `what`, `if` and `unless`", help, report);
            None
        }
    }
}

fn condition(node: &Node, report: &mut Report) -> Option<ConditionSpec> {
    match &node.value {
        Yaml::Text(_) => Some(ConditionSpec::Given(vec![read_text(node, report)?])),
        Yaml::List(items) if !items.is_empty() => read_list(read_text)(node, report).map(ConditionSpec::Given),
        Yaml::Map(entries) => match entries.as_slice() {
            [(argument, value)] => Some(ConditionSpec::Equals(argument.clone(), value.clone())),
            _ => {
                report.add(
                    Diagnostic::new(node.span, "a condition compares exactly one argument")
                        .label(format!("compares {}", entries.len()))
                        .help("write one pair, such as `{ status: published }`"),
                );
                None
            }
        },
        _ => {
            let help =
                "`draft` or `[draft, note]`: one of these arguments is given; `{ draft: false }`: it has this value";
            mismatch(node, "an argument, a list of arguments, or an argument with its value", help, report);
            None
        }
    }
}
