//! Which tools to try: those that change nothing and need no arguments. Pure.

use serde_json::Map;
use tool_runtime::tool::{ReplyFormat, Tool, ToolDef, ToolMethod};

/// The tools of an examination.
#[derive(Debug)]
pub(super) struct Plan<'a> {
    /// Answers whoever asks: with text, for it has no records to show.
    pub(super) reachable: Option<&'a Tool>,
    /// Answers only with a key that is accepted.
    pub(super) key: Option<&'a Tool>,
    /// One for each reason why a call may be refused until someone acts.
    pub(super) gates: Vec<&'a Tool>,
}

impl<'a> Plan<'a> {
    /// The plan for an API with these tools.
    pub(super) fn of(tools: &'a [Tool]) -> Self {
        let lists = || tools.iter().filter(|tool| tool.def.method == ToolMethod::List && is_harmless(tool));
        let cheapest = |is_meant: fn(&ToolDef) -> bool| {
            // The first of equals: a specification begins with what matters most.
            lists().filter(|tool| is_meant(tool.def)).min_by_key(|tool| tool.def.cost)
        };
        let mut gates: Vec<&Tool> = Vec::new();
        for tool in lists().filter(|tool| tool.def.gated.is_some()) {
            if !gates.iter().any(|known| known.def.gated == tool.def.gated) {
                gates.push(tool);
            }
        }
        Self {
            reachable: cheapest(|def| def.reply == ReplyFormat::Text),
            key: cheapest(|def| def.reply == ReplyFormat::Json && def.gated.is_none()),
            gates,
        }
    }
}

/// Whether it changes nothing and can be called just so.
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
        let plan = Plan::of(TOOLS);
        assert_eq!(plan.reachable.unwrap().def.reply, ReplyFormat::Text);
        let key = plan.key.unwrap().def;
        assert!(key.reply == ReplyFormat::Json && key.gated.is_none());
        let mut reasons: Vec<_> = TOOLS.iter().filter_map(|tool| tool.def.gated).collect();
        reasons.dedup();
        assert_eq!(plan.gates.iter().map(|tool| tool.def.gated.unwrap()).collect::<Vec<_>>(), reasons);
    }

    #[test]
    fn nothing_that_changes_anything_is_ever_tried() {
        let writers: Vec<_> = TOOLS.iter().filter(|tool| !tool.def.hints.read_only).copied().collect();
        let plan = Plan::of(&writers);
        assert!(plan.reachable.is_none() && plan.key.is_none() && plan.gates.is_empty());
    }
}
