//! Confirmation: a person, or at least a second call, agrees before a request with effects on people is sent.
//!
//! | file | purpose |
//! |---|---|
//! | `policy` | when a confirmation is required |
//! | `seal` | the sealed text that proves that a question was asked for exactly this call |
//! | `question` | the text that a person reads |
//! | `plain_text` | texts of others in a form that cannot change what the question says |
//! | `used` | each confirmation permits one request |
//!
//! Nothing here knows the protocol or sends a request.

mod plain_text;
mod policy;
mod question;
mod seal;
mod used;

pub use self::policy::ConfirmPolicy;
pub use self::question::{Question, ShownArguments};
pub use self::seal::{CallBinding, Confirmation, ConfirmationWay, InvalidConfirmation};
pub use self::used::{UsedConfirmations, UsedError};

use crate::clock::Clock;
use crate::seal::MasterKey;

/// Issues and checks the confirmations of one server.
#[derive(Clone, Debug)]
pub struct Confirmer {
    /// When calls must be confirmed.
    pub policy: ConfirmPolicy,
    /// The server, its account and its token: a confirmation for one of them is not valid for another.
    owner: String,
    key: MasterKey,
    used: UsedConfirmations,
    clock: Clock,
}

impl Confirmer {
    /// The confirmations of a process that serves one account. They end with the process.
    pub(crate) fn of_process(policy: ConfirmPolicy) -> Self {
        let (key, used) = (MasterKey::generate(), UsedConfirmations::in_memory());
        Self { policy, owner: String::new(), key, used, clock: Clock::system() }
    }

    /// The confirmations of `owner`, sealed with `key`, on a server with several nodes.
    pub fn new(policy: ConfirmPolicy, owner: String, key: MasterKey, used: UsedConfirmations, clock: Clock) -> Self {
        Self { policy, owner, key, used, clock }
    }

    /// The server, its account and its token.
    pub fn owner(&self) -> &str {
        &self.owner
    }

    /// Issues the sealed text by which a call can be confirmed within [`seal::VALID_FOR`].
    pub(crate) fn issue(&self, way: ConfirmationWay, binding: &CallBinding) -> String {
        seal::issue(&self.key, way, binding, self.clock.now())
    }

    /// Opens a sealed text that a caller sent with a call.
    ///
    /// # Errors
    ///
    /// Fails if it was not issued for this call in this way, or if it has expired.
    pub fn open(
        &self,
        way: ConfirmationWay,
        sealed: &str,
        binding: &CallBinding,
    ) -> Result<Confirmation, InvalidConfirmation> {
        seal::open(&self.key, way, sealed, binding, self.clock.now())
    }

    /// Uses up a confirmation. Call it when nothing but the API can refuse the request any more.
    ///
    /// # Errors
    ///
    /// Fails if the confirmation was used before, or if that cannot be recorded.
    pub(crate) async fn use_up(&self, confirmation: Confirmation) -> Result<(), UsedError> {
        self.used.use_up(confirmation, self.clock.now()).await
    }
}
