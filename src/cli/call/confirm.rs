//! Asking on the terminal before a call with effects on people is sent.

use std::io::{self, IsTerminal as _};

use desk365_mcp::call::{CallFacts, Gate, ToolCaller};
use desk365_mcp::confirmation::{ConfirmPolicy, Question, ShownArguments};
use desk365_mcp::outcome::{ToolError, error_of_confirmation};
use desk365_mcp::scope::Scope;
use desk365_mcp::tools::TOOLS;
use tool_runtime::request::Request;
use tool_runtime::tool::ToolDef;

use super::super::stderr::print_line;

/// The gate of a call from the shell. Only `always` asks: the person who typed the command is the user.
pub(super) struct TerminalGate<'a> {
    pub(super) policy: ConfirmPolicy,
    pub(super) tool: &'static ToolDef,
    pub(super) arguments: ShownArguments,
    pub(super) scope: &'a Scope,
    pub(super) caller: &'a ToolCaller,
}

impl Gate for TerminalGate<'_> {
    async fn permit(&self, request: &Request) -> Result<(), ToolError> {
        let needs_confirmation = request.effects().iter().any(|effect| effect.kind.needs_confirmation());
        if self.policy != ConfirmPolicy::Always || !needs_confirmation {
            return Ok(());
        }
        let find = |name: &str| self.scope.tools(TOOLS).into_iter().find(|tool| tool.def.name == name);
        let CallFacts { record, warnings } = self.caller.facts_of_call(self.tool, request, find).await;
        let (title, arguments) = (self.tool.title, &self.arguments);
        let question = Question { title, request, arguments, record: &record, warnings: &warnings }.text();
        if !io::stdin().is_terminal() {
            let message = format!(
                "Nothing was sent: this call needs a confirmation, and stdin is not a terminal. Run it in a terminal, or with \
                 --confirm never.\n{question}",
            );
            return Err(error_of_confirmation(&message, None));
        }
        print_line(&question);
        print_line("Send it? Type `yes` to send it, anything else to stop:");
        let mut answer = String::new();
        let is_read = io::stdin().read_line(&mut answer).is_ok();
        if is_read && answer.trim().eq_ignore_ascii_case("yes") {
            return Ok(());
        }
        Err(error_of_confirmation("The call was not confirmed. Nothing was sent.", None))
    }

    async fn leave(&self, _: &Request) -> Result<(), ToolError> {
        Ok(())
    }
}
