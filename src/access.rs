//! Which token opens what: asked at every request, answered from memory.
//!
//! What is remembered is asked for anew every half second and after every change made here, so that a change counts
//! within a second on every node and at once on this one. Whether a token has ended is looked at in every call. A
//! token that opens nothing costs exactly one look into the store, whatever the reason, so that its time says nothing.
//!
//! If the store is lost, tokens that it confirmed within [`Options::grace`] are served on, and nothing else is.

mod account;
mod call_log;
mod memory;
mod upkeep;

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use moka::sync::Cache;
use tokio::sync::Semaphore;
use tokio::task::JoinHandle;
use uuid::Uuid;

use self::account::Reporter;
pub use self::call_log::CallLog;
use self::call_log::Entry;
use self::memory::{Found, Look, Lookup, Memory, Moment, Reach};
use crate::call::Caller;
use crate::mcp::http::{AccessRequest, Denied, Granted, Resolver};
use crate::registry::{AuthThrottle, Principal, Registry, account_of, config};
use crate::seal::keyring::Sealed;
use crate::serve::ProbeBackend;
use crate::service::{Scoped, Surface};
use crate::store::{Admission, StoreError};
use crate::token::{Kind, TokenHash};
use crate::upstream::UpstreamClient;

/// How a access behaves.
#[derive(Clone, Debug)]
pub struct Options {
    /// How many tokens are remembered.
    pub capacity: u64,
    /// How long what is remembered is not asked for anew.
    pub fresh: Duration,
    /// How long a token is served on that the store cannot confirm.
    pub grace: Duration,
    /// How long the store may take for an answer.
    pub patience: Duration,
    /// How many requests of one server may be under way.
    pub requests_per_server: usize,
    /// How many requests for one account may be under way.
    pub requests_per_account: usize,
    /// The most that a call uploads.
    pub max_upload_bytes: u64,
    /// How many calls wait to be written down before further ones are only counted.
    pub call_log_capacity: usize,
    /// How often waiting calls are written down.
    pub call_log_interval: Duration,
    /// How long the call log is kept.
    pub log_retention: Duration,
    /// How often what has ended is removed.
    pub upkeep_interval: Duration,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            capacity: 10_000,
            fresh: Duration::from_millis(500),
            grace: Duration::from_mins(5),
            patience: Duration::from_secs(1),
            requests_per_server: 256,
            requests_per_account: 512,
            max_upload_bytes: 25_000_000,
            call_log_capacity: 10_000,
            call_log_interval: Duration::from_millis(200),
            log_retention: Duration::from_hours(30 * 24),
            upkeep_interval: Duration::from_secs(30),
        }
    }
}

/// Knows which token opens what. Cheap to clone; clones are the same.
#[derive(Clone)]
pub struct AccessResolver(Arc<Parts>);

struct Parts {
    registry: Registry,
    client: UpstreamClient,
    options: Options,
    call_log: CallLog,
    servers: Memory<Server>,
    principals: Memory<Principal>,
    /// Apart from those at the admin API: a client whose second factor has ended must not keep its admin out.
    throttle: AuthThrottle,
    /// And apart from both, as strangers can guess there who have no server's token.
    metrics_throttle: AuthThrottle,
    /// By configuration: many servers have the same one.
    surfaces: Cache<String, Arc<Surface>>,
    /// How many more requests each server and account may have under way.
    limits: Cache<Uuid, Arc<Semaphore>>,
    reach: Reach,
    upkeep: JoinHandle<()>,
}

/// What a server's token opens.
struct Server {
    admission: Admission,
    service: Arc<Scoped>,
    needs_api_token: bool,
    limits: [Arc<Semaphore>; 2],
}

impl AccessResolver {
    /// A access of what is in `registry`, whose tools call through `client`. Needs a Tokio runtime, in which it
    /// also writes the call log and removes what has ended.
    pub fn start(registry: Registry, client: UpstreamClient, options: Options) -> Self {
        let call_log = CallLog::start(registry.store().clone(), registry.clock().clone(), &options);
        let upkeep = tokio::spawn(upkeep::run(registry.clone(), options.clone()));
        Self(Arc::new(Parts {
            servers: Memory::new(options.capacity),
            principals: Memory::new(options.capacity),
            throttle: AuthThrottle::new(registry.clock().clone()),
            metrics_throttle: AuthThrottle::new(registry.clock().clone()),
            surfaces: Cache::new(options.capacity.min(1000)),
            limits: Cache::new(options.capacity.saturating_mul(2)),
            reach: Reach::default(),
            registry,
            client,
            options,
            call_log,
            upkeep,
        }))
    }

    /// The call log.
    pub fn call_log(&self) -> &CallLog {
        &self.0.call_log
    }

    /// Ends what runs beside the requests, and writes down what is still to be written.
    pub async fn close(&self) {
        self.0.upkeep.abort();
        self.0.call_log.close().await;
    }

    /// Who holds an API token, if it is live. Answered from memory. Fails with how long `peer` has to wait, if it has
    /// shown too many that were not.
    async fn principal(
        &self,
        given: &str,
        peer: Option<IpAddr>,
        throttle: &AuthThrottle,
    ) -> Result<Look<Principal>, Duration> {
        if let Some(wait) = throttle.wait(peer) {
            return Err(wait);
        }
        let hash = self.0.registry.hash(Kind::Api, given);
        let found = self.0.principals.look(&hash, &self.moment(), &self.0.reach, &Principals(&self.0.registry)).await;
        if matches!(found, Look::Nothing) {
            throttle.failed(peer);
        }
        Ok(found)
    }

    fn moment(&self) -> Moment<'_> {
        let clock = self.0.registry.clock();
        let (now, monotonic) = (clock.now(), clock.monotonic());
        Moment { now, monotonic, changes: self.0.registry.changes(), clock, options: &self.0.options }
    }

    fn limit(&self, id: Uuid, requests: usize) -> Arc<Semaphore> {
        self.0.limits.get_with(id, || Arc::new(Semaphore::new(requests)))
    }

    /// Puts a refusal on record, with who was refused.
    fn refuse(&self, denied: Denied, visit: &AccessRequest<'_>, server: Option<&Admission>) -> Denied {
        self.0.call_log.refused(&Entry {
            server_id: server.map(|server| server.server_id),
            account_id: server.map(|server| server.account_id),
            tool: None,
            client: visit.client().as_ref(),
            protocol_revision: visit.revision(),
            request_id: visit.request_id(),
            status: match denied {
                Denied::Unknown => "unknown_token",
                Denied::Unauthorized | Denied::Throttled(_) => "second_factor_missing",
                Denied::Busy => "busy",
                Denied::Unavailable => "unavailable",
            },
            upstream_status: None,
            remaining: None,
            duration: Duration::ZERO,
        });
        denied
    }

    /// The service for what the store lets in.
    async fn server(&self, admission: Admission) -> Result<Server, StoreError> {
        let registry = &self.0.registry;
        let damaged = |what: &str, error: &dyn std::fmt::Display| {
            tracing::error!(server = %admission.server_id, account = %admission.account_id, "{what}: {error}");
            StoreError::Damaged(what.to_owned())
        };
        let given =
            serde_json::from_str(&admission.config).map_err(|error| damaged("a server's configuration", &error))?;
        // What was right when it was stored may be wrong after an upgrade that removed a tool. Then nothing is served,
        // rather than more than was meant.
        let checked = config::checked(registry.api(), given)
            .map_err(|error| damaged("a server's configuration is no longer right; change it", &error))?;
        let sealed = Sealed { key_id: admission.key_id.clone(), text: admission.sealed_key.clone() };
        let key = registry.keyring().open_key(admission.account_id, &sealed).await;
        let key = key.map_err(|error| damaged("an account's key", &error))?;
        let variables =
            serde_json::from_str(&admission.variables).map_err(|error| damaged("an account's address", &error))?;
        let account = account_of(registry.api(), &variables, admission.base_url.as_deref(), key)
            .map_err(|error| damaged("an account's address", &error))?;
        let (exposure, needs_api_token) = (checked.exposure, checked.needs_api_token);
        let surface = match self.0.surfaces.get(&admission.config) {
            Some(surface) => surface,
            None => {
                // Whoever is served over the network has no files here.
                let surface =
                    Surface::new(registry.api(), checked.scope, exposure, false, self.0.options.max_upload_bytes);
                let surface = Arc::new(surface.map_err(|error| damaged("a list of tools", &error))?);
                self.0.surfaces.insert(admission.config.clone(), Arc::clone(&surface));
                surface
            }
        };
        let caller =
            Caller::new(self.0.client.clone(), account, registry.api()).counted_as(&admission.account_id.to_string());
        let reporter = Reporter::new(&admission, self.0.call_log.clone());
        Ok(Server {
            service: Arc::new(Scoped::observed(surface, caller, reporter)),
            needs_api_token,
            limits: [
                self.limit(admission.server_id, self.0.options.requests_per_server),
                self.limit(admission.account_id, self.0.options.requests_per_account),
            ],
            admission,
        })
    }
}

impl Resolver for AccessResolver {
    type Service = Scoped;

    async fn resolve(&self, visit: &AccessRequest<'_>) -> Result<Granted<Scoped>, Denied> {
        let hash = self.0.registry.hash(Kind::Server, visit.token);
        let server = match self.0.servers.look(&hash, &self.moment(), &self.0.reach, &Servers(self)).await {
            Look::Live(server) => server,
            Look::Nothing => return Err(self.refuse(Denied::Unknown, visit, None)),
            Look::Unavailable => return Err(self.refuse(Denied::Unavailable, visit, None)),
        };
        let refuse = |denied| self.refuse(denied, visit, Some(&server.admission));
        if server.needs_api_token {
            let principal = match visit.bearer {
                Some(given) => self.principal(given, visit.peer, &self.0.throttle).await,
                None => Ok(Look::Nothing),
            };
            match principal {
                Ok(Look::Live(_)) => {}
                Ok(Look::Nothing) => return Err(refuse(Denied::Unauthorized)),
                Ok(Look::Unavailable) => return Err(refuse(Denied::Unavailable)),
                Err(wait) => return Err(refuse(Denied::Throttled(wait))),
            }
        }
        let [server_limit, account_limit] = &server.limits;
        Granted::counted(Arc::clone(&server.service), &[server_limit, account_limit]).map_err(refuse)
    }
}

impl ProbeBackend for AccessResolver {
    async fn is_ready(&self) -> bool {
        let ping = tokio::time::timeout(self.0.options.patience, self.0.registry.store().ping());
        matches!(ping.await, Ok(Ok(())))
    }

    async fn knows_api_token(&self, token: &str, peer: Option<IpAddr>) -> Result<bool, Duration> {
        Ok(matches!(self.principal(token, peer, &self.0.metrics_throttle).await?, Look::Live(_)))
    }
}

/// Servers, looked up in the store.
struct Servers<'a>(&'a AccessResolver);

impl Lookup<Server> for Servers<'_> {
    async fn find(&self, hash: &TokenHash, known: Option<&Arc<Server>>) -> Result<Option<Found<Server>>, StoreError> {
        let registry = &self.0.0.registry;
        let admission = registry.store().admission(hash.as_str(), registry.clock().now()).await?;
        let Some(admission) = admission.filter(|admission| hash.matches(&admission.token_hash)) else {
            return Ok(None);
        };
        let ends = admission.expires_at;
        let value = match known {
            Some(known) if known.admission == admission => Arc::clone(known),
            _ => Arc::new(self.0.server(admission).await?),
        };
        Ok(Some(Found { value, ends }))
    }
}

/// Principals of API tokens, looked up in the store.
struct Principals<'a>(&'a Registry);

impl Lookup<Principal> for Principals<'_> {
    async fn find(
        &self,
        hash: &TokenHash,
        _known: Option<&Arc<Principal>>,
    ) -> Result<Option<Found<Principal>>, StoreError> {
        let principal = self.0.principal_of(hash).await?;
        Ok(principal.map(|principal| Found { ends: principal.expires_at, value: Arc::new(principal) }))
    }
}
