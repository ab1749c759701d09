//! The state that the handlers of the admin API share.

use std::fmt;
use std::pin::Pin;
use std::sync::Arc;

use mcp_server::http::ByteBudget;

use crate::doctor::Examination;
use crate::registry::{AuthThrottle, Registry};
use crate::upstream::Account;

/// The bytes of bodies that may be held at a time.
const BYTES_OF_BODIES: u64 = 16 * 1024 * 1024;

/// A check that is in progress.
pub type ExaminationFuture = Pin<Box<dyn Future<Output = Examination> + Send>>;

/// The admin API of a registry.
#[derive(Clone)]
pub struct AdminApi {
    pub(super) registry: Registry,
    pub(super) check_account: Arc<dyn Fn(Account) -> ExaminationFuture + Send + Sync>,
    pub(super) throttle: AuthThrottle,
    /// The bytes of bodies that are being read.
    pub(super) bodies: ByteBudget,
}

impl AdminApi {
    /// The admin API of `registry`. `check_account` tries an account.
    pub fn new(
        registry: Registry,
        check_account: impl Fn(Account) -> ExaminationFuture + Send + Sync + 'static,
    ) -> Self {
        let throttle = AuthThrottle::new(registry.clock().clone());
        let bodies = ByteBudget::new(BYTES_OF_BODIES);
        Self { registry, check_account: Arc::new(check_account), throttle, bodies }
    }

    /// The throttle of failed logins.
    pub fn throttle(&self) -> AuthThrottle {
        self.throttle.clone()
    }
}

impl fmt::Debug for AdminApi {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AdminApi").field("registry", &self.registry).finish_non_exhaustive()
    }
}
