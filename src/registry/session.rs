//! Sessions of browsers: who is signed in to the console and to the pages of sign-in.
//!
//! A session is looked up at every request, so that the end of a session, of its user or of the user's API token takes
//! effect at once on every node.

use std::net::IpAddr;
use std::time::Duration;

use jiff::Timestamp;
use secrecy::SecretString;

use super::error::Result;
use super::principal::{Actor, Principal};
use super::state::Registry;
use super::user::{ActiveUser, Identity};
use crate::store::{AuditAction, SessionRow, StoreError, Used};
use crate::token::{self, TokenHash, TokenKind};

/// The time after which a session expires.
pub const SESSION_LIFETIME: Duration = Duration::from_hours(12);
/// The number of sessions that a user may have. One more ends the oldest one.
const MOST_SESSIONS: i64 = 100;

/// A live session of a browser.
#[derive(Clone, Debug)]
pub struct Session {
    /// The user.
    pub user: ActiveUser,
    /// The secret that only pages of this session know. Every request that changes something repeats it.
    pub csrf_token: String,
    /// The time of sign-in.
    pub created_at: Timestamp,
    /// The expiry time.
    pub expires_at: Timestamp,
}

/// The browser that signs in or out.
#[derive(Clone, Copy, Debug)]
pub struct SignInBrowser<'a> {
    /// The session cookie that it sent.
    pub cookie: Option<&'a str>,
    /// Its address.
    pub address: Option<IpAddr>,
}

/// A session that was just created.
#[derive(Debug)]
pub struct NewSession {
    /// The value of the cookie. It is returned only here.
    pub cookie: SecretString,
    /// The user.
    pub user: ActiveUser,
}

impl Registry {
    /// Signs in with a live API token. Returns `None` if the user of the token is disabled.
    ///
    /// # Errors
    /// Fails if the store fails.
    pub(crate) async fn sign_in_with_api_token(
        &self,
        principal: &Principal,
        browser: SignInBrowser<'_>,
    ) -> Result<Option<NewSession>> {
        match self.identity_of_api_token(principal) {
            Some(identity) => self.sign_in(&identity, browser).await,
            None => Ok(None),
        }
    }

    /// Creates a session for the user with this identity, who is stored at the first sign-in. Returns `None` if the user
    /// is disabled.
    ///
    /// # Errors
    /// Fails if the store fails.
    pub async fn sign_in(&self, identity: &Identity, browser: SignInBrowser<'_>) -> Result<Option<NewSession>> {
        let replaced = browser.cookie.map(|cookie| self.hash(TokenKind::Session, cookie));
        let replaced = replaced.as_ref().map(TokenHash::as_str);
        loop {
            let Some(id) = self.admit(identity).await? else { return Ok(None) };
            let Some(user) = self.active_user(id).await? else { return Ok(None) };
            let cookie = token::mint(self.0.api.slug, TokenKind::Session);
            let now = self.0.clock.now();
            let session = SessionRow {
                cookie_hash: self.0.keyring.hash_key().hash_secret(TokenKind::Session, &cookie).as_str().to_owned(),
                user_id: user.id,
                created_at: now,
                expires_at: now + SESSION_LIFETIME,
            };
            let actor = Actor { address: browser.address, ..user.actor() };
            let signed_in = self.event(&actor, AuditAction::SignedIn, user.audited(), Vec::new());
            match self.0.store.add_session(&session, replaced, MOST_SESSIONS, &signed_in).await {
                Ok(()) => return Ok(Some(NewSession { cookie, user })),
                // The user was deleted meanwhile, and is stored again.
                Err(StoreError::Orphan) => {}
                Err(error) => return Err(error.into()),
            }
        }
    }

    /// Returns the live session of a cookie.
    ///
    /// # Errors
    /// Fails if the store cannot be read.
    pub async fn session(&self, cookie: &str) -> Result<Option<Session>> {
        let hash = self.hash(TokenKind::Session, cookie);
        let now = self.0.clock.now();
        let found = self.0.store.session(hash.as_str(), now).await?;
        let Some((session, row)) = found.filter(|(session, _)| hash.matches(&session.cookie_hash)) else {
            return Ok(None);
        };
        let Some(user) = self.active_user_of_row(row) else { return Ok(None) };
        self.0.store.note_use(Used::User, user.id, now);
        Ok(Some(Session {
            user,
            csrf_token: self.hash(TokenKind::Csrf, cookie).as_str().to_owned(),
            created_at: session.created_at,
            expires_at: session.expires_at,
        }))
    }

    /// Ends the session of a browser, or with `everywhere` all sessions of its user.
    ///
    /// # Errors
    /// Fails if the store fails.
    pub async fn sign_out(&self, user: &ActiveUser, browser: SignInBrowser<'_>, everywhere: bool) -> Result<()> {
        let actor = Actor { address: browser.address, ..user.actor() };
        let signed_out = self.event(&actor, AuditAction::SignedOut, user.audited(), Vec::new());
        if everywhere {
            self.0.store.end_sessions_of(user.id, &signed_out).await?;
        } else if let Some(cookie) = browser.cookie {
            let hash = self.hash(TokenKind::Session, cookie);
            self.0.store.end_session(hash.as_str(), &signed_out).await?;
        }
        Ok(())
    }
}
