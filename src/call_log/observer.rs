//! The observer of one server's calls: it records each call and what the call reveals about the account.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use mcp_server::{Refusal, RequestContext};
use uuid::Uuid;

use super::account_updates::CheckUpdate;
use super::handle::CallLog;
use super::queue::RefusalKind;
use super::record::{CallRecord, rate_limit};
use crate::outcome::{FailureKind, Outcome, RateLimit};
use crate::service::{CallEnding, EndedCall, Observer};
use crate::store::{AccessRow, CheckFacts, Health};

/// Records the calls of one server.
pub(crate) struct CallObserver {
    call_log: CallLog,
    server_id: Uuid,
    account_id: Uuid,
    /// The user who signed in to the server, if it asks for that.
    user_id: Option<Uuid>,
    account_version: i64,
    /// True if the API refused the account's key when it was last used.
    key_is_refused: AtomicBool,
    /// The outcome that was last stored for the account, with its minute.
    last_stored: AtomicU64,
}

impl CallObserver {
    /// The observer of the server in `access`, for `user_id` if it asks for sign-in.
    pub(crate) fn new(access: &AccessRow, user_id: Option<Uuid>, call_log: CallLog) -> Self {
        Self {
            call_log,
            server_id: access.server_id,
            account_id: access.account_id,
            user_id,
            account_version: access.account_version,
            key_is_refused: AtomicBool::new(access.status == Health::NeedsReauth),
            last_stored: AtomicU64::new(u64::MAX),
        }
    }

    /// Adds the server, its account and its user to a record.
    fn of_server(&self, record: CallRecord) -> CallRecord {
        CallRecord { user_id: self.user_id, ..record.through(self.server_id, self.account_id) }
    }

    /// Stores what a call showed of the account: each change, and the same outcome again once a minute.
    fn update_account(&self, outcome: &Outcome) {
        use FailureKind::{BadReply, TimedOut, Unauthorized, Unreachable, UpstreamFailed};
        let (name, number, refused) = match outcome {
            // A reply that was kept says nothing about the account now.
            Ok(success) if success.age.is_some() => return,
            Ok(_) => ("ok", 0, Some(false)),
            Err(error) => match error.kind {
                kind @ Unauthorized => (kind.name(), 1 + kind as u64, Some(true)),
                kind @ (BadReply | TimedOut | Unreachable | UpstreamFailed) => (kind.name(), 1 + kind as u64, None),
                // The call failed for a reason of its own, which says nothing about the account.
                _ => return,
            },
        };
        let at = self.call_log.now();
        let minute = u64::try_from(at.as_second() / 60).unwrap_or_default();
        let seen = minute << 8 | number;
        if self.last_stored.swap(seen, Ordering::Relaxed) == seen {
            return;
        }
        let health = refused.and_then(|refused| self.changed_health(refused));
        let check = CheckFacts { at, outcome: name.to_owned() };
        self.call_log.set_check(self.account_id, CheckUpdate { version: self.account_version, check, health });
    }

    /// The health of the account, if it changed.
    fn changed_health(&self, refused: bool) -> Option<Health> {
        if self.key_is_refused.swap(refused, Ordering::Relaxed) == refused {
            return None;
        }
        let account = self.account_id;
        if refused {
            tracing::warn!(%account, "API refused the account's key; replace the key");
            Some(Health::NeedsReauth)
        } else {
            tracing::info!(%account, "API accepted the account's key again");
            Some(Health::Active)
        }
    }
}

impl Observer for CallObserver {
    fn ended(&self, call: &EndedCall<'_>) {
        if let CallEnding::Done(outcome) = &call.ending {
            self.update_account(outcome);
        }
        let rate_limit = rate_limit(&call.ending);
        if rate_limit != RateLimit::default() {
            self.call_log.set_rate_limit(self.account_id, rate_limit);
        }
        self.call_log.add_call(|at| self.of_server(CallRecord::of_call(at, call)));
    }

    fn refused(&self, reason: Refusal, context: &RequestContext) {
        let (kind, status) = match reason {
            Refusal::Invalid => (RefusalKind::BadMessage, "bad_message"),
            Refusal::Busy => (RefusalKind::Denied, "busy"),
        };
        self.call_log.add_refusal(kind, |at| self.of_server(CallRecord::of_request(at, status, context)));
    }
}
