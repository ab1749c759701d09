//! The access resolver: it decides for each request whether it is served, and by which service.

use std::net::IpAddr;
use std::sync::{Arc, Weak};
use std::time::Duration;

use mcp_server::http::{AccessRequest, Denied, Granted, Resolver};
use tokio::sync::broadcast::{self, error::RecvError};
use uuid::Uuid;

use super::cache::{LookupContext, LookupOutcome, TokenCache};
use super::challenge;
use super::lookup::{PrincipalLookup, ServerLookup, SignInLookup, TargetLookup};
use super::options::AccessOptions;
use super::server::{Server, ServerFactory};
use super::store_monitor::StoreMonitor;
use crate::call_log::{CallLog, CallRecord, RefusalKind};
use crate::metrics;
use crate::registry::{AuthThrottle, NotAdmitted, Principal, Registry, SignInTarget};
use crate::serve::ProbeBackend;
use crate::service::ScopedService;
use crate::store::AccessRow;
use crate::token::{TokenHash, TokenKind};
use crate::upstream::UpstreamClient;

/// Resolves tokens to servers, and API tokens to principals. Clones share one cache.
#[derive(Clone)]
pub struct AccessResolver(Arc<Inner>);

struct Inner {
    registry: Registry,
    options: AccessOptions,
    call_log: CallLog,
    factory: ServerFactory,
    servers: TokenCache<TokenHash, Server>,
    /// The servers that ask for sign-in, for requests without a valid access token.
    sign_in_targets: TokenCache<Uuid, SignInTarget>,
    principals: TokenCache<TokenHash, Principal>,
    store: StoreMonitor,
    /// The throttle of second factors. The admin API has its own, so that a client with an expired second factor does not
    /// lock out an admin at the same address.
    second_factor_throttle: AuthThrottle,
    /// The throttle of the metrics. It is separate because any client can send wrong tokens there.
    metrics_throttle: AuthThrottle,
}

impl AccessResolver {
    /// A resolver of the tokens in `registry`. Tools are called through `client`; calls and refused requests are recorded
    /// in `call_log`.
    pub fn new(registry: Registry, client: UpstreamClient, call_log: CallLog, options: AccessOptions) -> Self {
        let inner = Arc::new(Inner {
            factory: ServerFactory::new(registry.clone(), client, call_log.clone(), options.clone()),
            servers: TokenCache::new(&options),
            sign_in_targets: TokenCache::new(&options),
            principals: TokenCache::new(&options),
            store: StoreMonitor::new(registry.store().clone(), registry.clock().clone(), options.clone()),
            second_factor_throttle: AuthThrottle::new(registry.clock().clone()),
            metrics_throttle: AuthThrottle::new(registry.clock().clone()),
            registry,
            options,
            call_log,
        });
        tokio::spawn(forget_deleted_accounts(Arc::downgrade(&inner), inner.registry.deleted_accounts()));
        Self(inner)
    }

    /// Writes what only this node knows: the calls that count towards a limit. To be called before the store is closed.
    pub async fn close(&self) {
        self.0.factory.merge_counts().await;
    }

    /// Looks up the principal of an API token. Fails with the time that `peer` has to wait, if the token is wrong and too many
    /// were wrong before.
    async fn principal(
        &self,
        token: &str,
        peer: Option<IpAddr>,
        throttle: &AuthThrottle,
    ) -> Result<LookupOutcome<Principal>, Duration> {
        throttle.delay(peer).await;
        let hash = self.0.registry.hash(TokenKind::Api, token);
        let outcome = self.0.principals.get(&hash, &self.lookup_context(), &PrincipalLookup(&self.0.registry)).await;
        match outcome {
            LookupOutcome::Unknown => throttle.count_failure(peer).map_or(Ok(outcome), Err),
            _ => Ok(outcome),
        }
    }

    fn lookup_context(&self) -> LookupContext<'_> {
        let clock = self.0.registry.clock();
        LookupContext {
            now: clock.now(),
            monotonic: clock.monotonic(),
            change_count: self.0.registry.changes().count(),
            changes: self.0.registry.changes(),
            options: &self.0.options,
            store: &self.0.store,
        }
    }

    /// Records a request that is answered as one with an unknown token.
    fn refuse_unknown(&self, request: &AccessRequest<'_>, not_admitted: Option<&(NotAdmitted, AccessRow)>) -> Denied {
        let (status, server) = match not_admitted {
            None => ("unknown_token", None),
            Some((NotAdmitted::Paused, server)) => ("paused", Some(server)),
            Some((NotAdmitted::Address, server)) => ("address_not_allowed", Some(server)),
        };
        self.record_refusal(status, request, server);
        Denied::Unknown
    }

    /// Records a refused request, with the server if its token is known.
    fn refuse(&self, denied: Denied, request: &AccessRequest<'_>, server: Option<&AccessRow>) -> Denied {
        let status = match &denied {
            Denied::Unknown => "unknown_token",
            Denied::Unauthorized | Denied::Throttled(_) => "second_factor_missing",
            Denied::Busy | Denied::NoRoom => "busy",
            Denied::Unavailable => "unavailable",
            // Clients send a request without a token in order to be told where to sign in.
            Denied::SignIn(_) => {
                metrics::count_sign_in_challenge();
                return denied;
            }
        };
        self.record_refusal(status, request, server);
        denied
    }

    fn record_refusal(&self, status: &'static str, request: &AccessRequest<'_>, server: Option<&AccessRow>) {
        let kind = if server.is_some() { RefusalKind::Denied } else { RefusalKind::UnknownToken };
        self.0.call_log.add_refusal(kind, |at| {
            let record = CallRecord::of_request(at, status, &request.context());
            match server {
                Some(row) => record.through(row.server_id, row.account_id),
                None => record,
            }
        });
    }
}

impl Resolver for AccessResolver {
    type Service = ScopedService;

    async fn resolve(&self, request: &AccessRequest<'_>) -> Result<Granted<ScopedService>, Denied> {
        match Uuid::try_parse(request.token) {
            Ok(id) if request.is_in_path => self.resolve_signed_in(id, request).await,
            _ => self.resolve_token(request).await,
        }
    }
}

impl AccessResolver {
    /// Resolves a request to a server by the server's token.
    async fn resolve_token(&self, request: &AccessRequest<'_>) -> Result<Granted<ScopedService>, Denied> {
        let hash = self.0.registry.hash(TokenKind::Server, request.token);
        let lookup = ServerLookup::new(&self.0.registry, &self.0.factory, request.peer);
        let admits = |server: &Server| server.admission.admit(request.peer).is_ok();
        let outcome = self.0.servers.get_admitted(&hash, &self.lookup_context(), &lookup, admits).await;
        let server = match outcome {
            LookupOutcome::Live(server) => server,
            LookupOutcome::Unknown => return Err(self.refuse_unknown(request, lookup.not_admitted.get())),
            LookupOutcome::Unavailable => return Err(self.refuse(Denied::Unavailable, request, None)),
        };
        if let Err(reason) = server.admission.admit(request.peer) {
            return Err(self.refuse_unknown(request, Some(&(reason, server.row.clone()))));
        }
        let refuse = |denied| self.refuse(denied, request, Some(&server.row));
        let mut caller = None;
        if server.needs_api_token {
            let principal = match request.bearer {
                Some(token) => self.principal(token, request.peer, &self.0.second_factor_throttle).await,
                None => Ok(LookupOutcome::Unknown),
            };
            match principal {
                Ok(LookupOutcome::Live(principal)) => caller = Some(principal),
                Ok(LookupOutcome::Unknown) => return Err(refuse(Denied::Unauthorized)),
                Ok(LookupOutcome::Unavailable) => return Err(refuse(Denied::Unavailable)),
                Err(wait) => return Err(refuse(Denied::Throttled(wait))),
            }
        }
        let service = server.service().ok_or_else(|| refuse(Denied::Unknown))?;
        let granted = Granted::new(service, server.limits.clone());
        Ok(match caller {
            Some(principal) => granted.for_caller(principal.token_id.unwrap_or_default().to_string()),
            None => granted,
        })
    }

    /// Resolves a request to the server `id`, which asks for sign-in, by the access token in the header `Authorization`. A
    /// token that was issued for another server is not valid (RFC 8707; MCP 2026-07-28, Basic, Authorization, "Token
    /// Handling").
    async fn resolve_signed_in(&self, id: Uuid, request: &AccessRequest<'_>) -> Result<Granted<ScopedService>, Denied> {
        if let Some(token) = request.bearer {
            let hash = self.0.registry.hash(TokenKind::Access, token);
            match self
                .0
                .servers
                .get(
                    &hash,
                    &self.lookup_context(),
                    &SignInLookup { registry: &self.0.registry, factory: &self.0.factory },
                )
                .await
            {
                LookupOutcome::Live(server)
                    if server.row.server_id == id && server.admission.admit(request.peer).is_ok() =>
                {
                    if let Some(service) = server.service() {
                        return Ok(Granted::new(service, server.limits.clone()));
                    }
                }
                LookupOutcome::Live(_) | LookupOutcome::Unknown => {}
                LookupOutcome::Unavailable => return Err(self.refuse(Denied::Unavailable, request, None)),
            }
        }
        let lookup = TargetLookup { registry: &self.0.registry, peer: request.peer };
        let admits = |target: &SignInTarget| target.config.admission.admit(request.peer).is_ok();
        let outcome = self.0.sign_in_targets.get_admitted(&id, &self.lookup_context(), &lookup, admits).await;
        let denied = match outcome {
            LookupOutcome::Live(target) => {
                Denied::SignIn(challenge::unauthorized(&self.0.registry, &target, request.bearer.is_some()))
            }
            LookupOutcome::Unknown => Denied::Unknown,
            LookupOutcome::Unavailable => Denied::Unavailable,
        };
        Err(self.refuse(denied, request, None))
    }
}

impl ProbeBackend for AccessResolver {
    async fn can_serve(&self) -> Result<(), &'static str> {
        self.0.store.can_serve().await.map_err(|outage| outage.for_clients())
    }

    async fn takes_changes(&self) -> Result<(), &'static str> {
        self.0.store.takes_changes().await.map_err(|outage| outage.for_clients())
    }

    async fn knows_api_token(&self, token: &str, peer: Option<IpAddr>) -> Result<bool, Duration> {
        Ok(matches!(self.principal(token, peer, &self.0.metrics_throttle).await?, LookupOutcome::Live(_)))
    }
}

/// Drops the services of each account that is deleted, and so wipes its key.
async fn forget_deleted_accounts(inner: Weak<Inner>, mut deleted: broadcast::Receiver<Uuid>) {
    loop {
        let account = match deleted.recv().await {
            Ok(account) => Some(account),
            Err(RecvError::Lagged(_)) => None,
            Err(RecvError::Closed) => return,
        };
        let Some(inner) = inner.upgrade() else { return };
        inner.servers.forget(|server| {
            let is_deleted = account == Some(server.row.account_id);
            if is_deleted {
                server.drop_service();
            }
            is_deleted || account.is_none()
        });
    }
}
