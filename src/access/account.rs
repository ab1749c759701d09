//! What calls tell of their account: whether its key works, and what is left of its rate limit; and how many accounts
//! there are whose key does.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use mcp_server::RequestContext;
use uuid::Uuid;

use super::call_log::{CallLog, Entry};
use crate::metrics;
use crate::outcome::{Kind, Outcome, RateLimit};
use crate::service::{CallEnding, EndedCall, Observer};
use crate::store::{Admission, Health, Store, StoreError};

/// Counts how accounts are.
pub(super) async fn count(store: &Store) -> Result<(), StoreError> {
    let counts = store.health_counts().await?;
    for health in [Health::Active, Health::NeedsReauth] {
        let accounts = counts.iter().find(|(counted, _)| *counted == health).map_or(0, |(_, accounts)| *accounts);
        metrics::accounts(health.name(), accounts);
    }
    Ok(())
}

/// Writes down the calls of one server, and what they tell of its account.
pub(super) struct Reporter {
    call_log: CallLog,
    server_id: Uuid,
    account_id: Uuid,
    account_version: i64,
    /// Whether the API refused the account's key when it was last used.
    is_refused: AtomicBool,
}

impl Reporter {
    pub(super) fn new(admission: &Admission, call_log: CallLog) -> Self {
        Self {
            call_log,
            server_id: admission.server_id,
            account_id: admission.account_id,
            account_version: admission.account_version,
            is_refused: AtomicBool::new(admission.status == Health::NeedsReauth),
        }
    }

    /// Takes note if the key works no longer, or again.
    fn note_health(&self, outcome: &Outcome) {
        let refused = match outcome {
            Ok(_) => false,
            Err(error) if error.kind == Kind::Unauthorized => true,
            Err(_) => return,
        };
        if self.is_refused.swap(refused, Ordering::Relaxed) != refused {
            let health = if refused { Health::NeedsReauth } else { Health::Active };
            let account = self.account_id;
            if refused {
                tracing::warn!(%account, "the API refuses the account's key: it needs a new one");
            } else {
                tracing::info!(%account, "the API accepts the account's key again");
            }
            self.call_log.health(account, self.account_version, health);
        }
    }
}

impl Observer for Reporter {
    fn ended(&self, call: &EndedCall<'_>) {
        let (upstream_status, ratelimit) = match &call.ending {
            CallEnding::Done(Ok(success)) => (Some(success.upstream_status), success.ratelimit),
            CallEnding::Done(Err(error)) => (error.status, error.ratelimit),
            CallEnding::Answered | CallEnding::Unknown | CallEnding::Cancelled => (None, RateLimit::default()),
        };
        if let CallEnding::Done(outcome) = &call.ending {
            self.note_health(outcome);
        }
        if ratelimit != RateLimit::default() {
            self.call_log.ratelimit(self.account_id, ratelimit);
        }
        self.call_log.call(&Entry {
            server_id: Some(self.server_id),
            account_id: Some(self.account_id),
            tool: call.tool,
            client: call.context.client.as_ref(),
            protocol_revision: call.context.revision,
            request_id: call.context.request_id.as_deref(),
            status: call.ending.name(),
            upstream_status,
            remaining: ratelimit.remaining,
            duration: call.duration,
        });
    }

    fn refused(&self, context: &RequestContext) {
        self.call_log.misspoken(&Entry {
            server_id: Some(self.server_id),
            account_id: Some(self.account_id),
            tool: None,
            client: context.client.as_ref(),
            protocol_revision: context.revision,
            request_id: context.request_id.as_deref(),
            status: "bad_message",
            upstream_status: None,
            remaining: None,
            duration: Duration::ZERO,
        });
    }
}
