//! The observer of one server's calls: it records each call and what the call reveals about the account.

use std::sync::atomic::{AtomicBool, Ordering};

use mcp_server::{Refusal, RequestContext};
use uuid::Uuid;

use super::log::CallLog;
use super::queue::RefusalKind;
use super::record::{CallRecord, rate_limit};
use crate::outcome::{FailureKind, Outcome, RateLimit};
use crate::service::{CallEnding, EndedCall, Observer};
use crate::store::{AccessRow, Health};

/// Records the calls of one server.
pub(crate) struct CallObserver {
    call_log: CallLog,
    server_id: Uuid,
    account_id: Uuid,
    account_version: i64,
    /// True if the API refused the account's key when it was last used.
    key_is_refused: AtomicBool,
}

impl CallObserver {
    /// The observer of the server in `access`.
    pub(crate) fn new(access: &AccessRow, call_log: CallLog) -> Self {
        Self {
            call_log,
            server_id: access.server_id,
            account_id: access.account_id,
            account_version: access.account_version,
            key_is_refused: AtomicBool::new(access.status == Health::NeedsReauth),
        }
    }

    /// Stores a change of the account's health.
    fn update_health(&self, outcome: &Outcome) {
        let refused = match outcome {
            Ok(_) => false,
            Err(error) if error.kind == FailureKind::Unauthorized => true,
            Err(_) => return,
        };
        if self.key_is_refused.swap(refused, Ordering::Relaxed) != refused {
            let health = if refused { Health::NeedsReauth } else { Health::Active };
            let account = self.account_id;
            if refused {
                tracing::warn!(%account, "API refused the account's key; replace the key");
            } else {
                tracing::info!(%account, "API accepted the account's key again");
            }
            self.call_log.set_health(account, self.account_version, health);
        }
    }
}

impl Observer for CallObserver {
    fn ended(&self, call: &EndedCall<'_>) {
        if let CallEnding::Done(outcome) = &call.ending {
            self.update_health(outcome);
        }
        let rate_limit = rate_limit(&call.ending);
        if rate_limit != RateLimit::default() {
            self.call_log.set_rate_limit(self.account_id, rate_limit);
        }
        self.call_log.add_call(|at| CallRecord::of_call(at, call).through(self.server_id, self.account_id));
    }

    fn refused(&self, reason: Refusal, context: &RequestContext) {
        let (kind, status) = match reason {
            Refusal::Invalid => (RefusalKind::BadMessage, "bad_message"),
            Refusal::Busy => (RefusalKind::Denied, "busy"),
        };
        self.call_log.add_refusal(kind, |at| {
            CallRecord::of_request(at, status, context).through(self.server_id, self.account_id)
        });
    }
}
