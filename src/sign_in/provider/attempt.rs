//! A sign-in that is in progress: what the browser brings back from the provider is checked against it.

use http::HeaderMap;
use jiff::{SignedDuration, Timestamp};
use rand::RngExt as _;
use rand::distr::Alphanumeric;
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use subtle::ConstantTimeEq as _;
use uuid::Uuid;

use crate::console;
use crate::registry::{Registry, Result};
use crate::sign_in::cookie::attempt_cookie;
use crate::sign_in::local_path::LocalPath;

/// The time in which a user has to come back from the provider.
pub(in crate::sign_in) const LIFETIME: SignedDuration = SignedDuration::from_mins(10);
/// The name of the record in which an attempt is sealed.
const RECORD: &str = "sign-in attempt";
/// The characters of `state`, `nonce` and the PKCE verifier: 256 random bits, and at least 43 (RFC 7636, section 4.1).
const CHARACTERS: usize = 43;

/// A sign-in that is in progress.
#[derive(Clone, Deserialize, Serialize)]
pub(super) struct Attempt {
    id: Uuid,
    provider: Uuid,
    state: String,
    nonce: String,
    verifier: String,
    return_to: String,
    expires_at: Timestamp,
}

impl Attempt {
    pub(super) fn new(registry: &Registry, provider: Uuid, return_to: &str) -> Self {
        let random = || rand::rng().sample_iter(Alphanumeric).take(CHARACTERS).map(char::from).collect();
        Self {
            id: Uuid::now_v7(),
            provider,
            state: random(),
            nonce: random(),
            verifier: random(),
            return_to: return_to.to_owned(),
            expires_at: registry.clock().now() + LIFETIME,
        }
    }

    /// Opens the attempt in the cookie of a request, if it has not expired.
    pub(super) fn of_request(registry: &Registry, headers: &HeaderMap) -> Option<Self> {
        let sealed = attempt_cookie(registry, headers)?;
        let opened = registry.keyring().newest_key().ok()?.open(sealed, RECORD).ok()?;
        let attempt: Self = serde_json::from_slice(&opened).ok()?;
        (registry.clock().now() < attempt.expires_at).then_some(attempt)
    }

    /// The attempt as the value of a cookie.
    pub(super) fn sealed(&self, registry: &Registry) -> Result<SecretString> {
        let json = serde_json::to_string(self).expect("an attempt is a struct of texts");
        Ok(registry.keyring().seal_secret(RECORD, &json.into())?.text.into())
    }

    /// Records that the attempt is used. Returns false if it was used before, on any node.
    pub(super) async fn use_once(&self, registry: &Registry) -> Result<bool> {
        Ok(registry.store().use_confirmation(self.id, self.expires_at).await?)
    }

    pub(super) fn has_state(&self, given: &str) -> bool {
        self.state.as_bytes().ct_eq(given.as_bytes()).into()
    }

    pub(super) const fn provider(&self) -> Uuid {
        self.provider
    }

    pub(super) fn state(&self) -> &str {
        &self.state
    }

    pub(super) fn nonce(&self) -> &str {
        &self.nonce
    }

    pub(super) fn verifier(&self) -> &str {
        &self.verifier
    }

    /// The path to which the user goes after sign-in.
    pub(super) fn return_to(&self) -> LocalPath {
        let console = || LocalPath::parse(console::PATH).expect("the path of the console is local");
        LocalPath::parse(&self.return_to).unwrap_or_else(console)
    }
}

impl std::fmt::Debug for Attempt {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Attempt").field("provider", &self.provider).finish_non_exhaustive()
    }
}
