//! The tools that `doctor` calls: they change nothing and need no arguments. Pure.

use serde_json::Map;
use tool_runtime::tool::{ReplyFormat, Tool, ToolDef, ToolMethod};

/// The tools to call.
#[derive(Debug)]
pub(super) struct Plan<'a> {
    /// A tool that replies with text, and therefore without records and without a key.
    pub(super) reachable: Option<&'a Tool>,
    /// A tool that replies only if the key is accepted.
    pub(super) key: Option<&'a Tool>,
    /// One tool for each reason why tools are gated.
    pub(super) gated: Vec<&'a Tool>,
}

impl<'a> Plan<'a> {
    /// Chooses among `tools`.
    pub(super) fn new(tools: &'a [Tool]) -> Self {
        let lists = || tools.iter().filter(|tool| tool.def.method == ToolMethod::List && is_harmless(tool));
        let cheapest = |is_meant: fn(&ToolDef) -> bool| {
            // `min_by_key` returns the first of several: the most important tools come first in a specification.
            lists().filter(|tool| is_meant(tool.def)).min_by_key(|tool| tool.def.cost)
        };
        let mut gated: Vec<&Tool> = Vec::new();
        for tool in lists().filter(|tool| tool.def.gated.is_some()) {
            if !gated.iter().any(|known| known.def.gated == tool.def.gated) {
                gated.push(tool);
            }
        }
        Self {
            reachable: cheapest(|def| def.reply == ReplyFormat::Text),
            key: cheapest(|def| def.reply == ReplyFormat::Json && def.gated.is_none()),
            gated,
        }
    }
}

/// Returns whether the tool changes nothing and can be called without arguments.
fn is_harmless(tool: &Tool) -> bool {
    tool.def.hints.read_only && tool.prepare(Map::new()).is_ok()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

    use super::*;
    use crate::tools::TOOLS;

    #[test]
    fn every_check_of_this_api_has_its_tool() {
        let plan = Plan::new(TOOLS);
        assert_eq!(plan.reachable.unwrap().def.reply, ReplyFormat::Text);
        let key = plan.key.unwrap().def;
        assert!(key.reply == ReplyFormat::Json && key.gated.is_none());
        let mut reasons: Vec<_> = TOOLS.iter().filter_map(|tool| tool.def.gated).collect();
        reasons.dedup();
        assert_eq!(plan.gated.iter().map(|tool| tool.def.gated.unwrap()).collect::<Vec<_>>(), reasons);
    }

    #[test]
    fn tools_that_write_are_never_called() {
        let writers: Vec<_> = TOOLS.iter().filter(|tool| !tool.def.hints.read_only).copied().collect();
        let plan = Plan::new(&writers);
        assert!(plan.reachable.is_none() && plan.key.is_none() && plan.gated.is_empty());
    }
}
