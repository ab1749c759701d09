//! Admission of calls: within the limits of their server, and without the reserve of its account.

use std::sync::Arc;

use tool_runtime::api::ApiDef;
use tool_runtime::tool::ToolDef;

use crate::limits::{AccountPermit, AccountReserve, Admitted, Counted, Exceeded, LimitState, Reserved, ServerLimits};
use crate::outcome::{self, RateLimit, ReachedLimit, ToolError};

/// The limits on the calls of one server.
#[derive(Clone, Debug, Default)]
pub(super) struct CallLimits {
    /// The limits in its configuration, if there are any.
    pub(super) server: Option<ServerLimits>,
    /// The reserve of its account, if that is shared with others.
    pub(super) reserve: Option<Arc<AccountReserve>>,
}

/// A call that may be sent. It counts as in flight until it is dropped, and not at all if it was not sent.
pub(super) struct CallAdmission {
    of_server: Option<Admitted>,
    _of_account: Option<AccountPermit>,
}

impl CallLimits {
    /// Counts a call of `tool`.
    ///
    /// # Errors
    ///
    /// If a limit has no room for it. Then it is not counted.
    pub(super) async fn admit(&self, api: &ApiDef, tool: &ToolDef) -> Result<CallAdmission, ToolError> {
        let of_account = self.reserve.as_ref().map(|reserve| reserve.admit(tool.cost)).transpose();
        let of_account = of_account
            .map_err(|Reserved { limit, remaining, wait }| outcome::error_of_reserve(api, limit, remaining, wait))?;
        let of_server = match &self.server {
            Some(server) => {
                let admitted = server.admit(tool.cost, !tool.hints.read_only).await;
                Some(admitted.map_err(|Exceeded { counted, limit, cost, wait }| {
                    outcome::error_of_server_limit(tool, ReachedLimit { key: counted.key(), limit, cost, wait })
                })?)
            }
            None => None,
        };
        Ok(CallAdmission { of_server, _of_account: of_account })
    }

    /// Returns whether there is room for calls of all of these tools.
    pub(super) fn have_room(&self, tools: &[&ToolDef]) -> bool {
        let has_room = |state: LimitState| {
            let counted = tools.iter().filter(|tool| state.counted == Counted::Calls || !tool.hints.read_only);
            counted.map(|tool| tool.cost).fold(0, u32::saturating_add) <= state.remaining
        };
        let cost = tools.iter().map(|tool| tool.cost).fold(0, u32::saturating_add);
        self.reserve.as_ref().is_none_or(|reserve| reserve.has_room(cost))
            && self.server.as_ref().is_none_or(|server| server.states().into_iter().all(has_room))
    }

    /// Returns warnings for a model if little is left of the account's rate limit, or of a limit of the server.
    pub(super) fn warnings(&self, api: &ApiDef, RateLimit { limit, remaining, .. }: RateLimit) -> Vec<String> {
        let whose = format_args!("{}'s rate limit", api.title);
        let of_account = limit.zip(remaining).and_then(|(limit, left)| outcome::low_budget(whose, left, limit));
        let states = self.server.as_ref().map(ServerLimits::states).unwrap_or_default();
        let of_server = states.into_iter().filter_map(|state| {
            let whose = format_args!("this server's `{}`", state.counted.key());
            outcome::low_budget(whose, state.remaining.into(), state.limit.into())
        });
        of_account.into_iter().chain(of_server).collect()
    }
}

impl CallAdmission {
    /// Notes that the call is sent.
    pub(super) fn mark_sent(&mut self) {
        if let Some(admitted) = &mut self.of_server {
            admitted.mark_sent();
        }
    }
}
