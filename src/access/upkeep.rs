//! What is done from time to time: removing what has ended, and counting how accounts are.

use jiff::SignedDuration;

use super::{Options, account};
use crate::registry::Registry;
use crate::store::StoreError;

/// Goes on until it is aborted.
pub(super) async fn run(registry: Registry, options: Options) {
    let mut interval = tokio::time::interval(options.upkeep_interval);
    interval.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        interval.tick().await;
        if let Err(error) = once(&registry, &options).await {
            tracing::warn!(%error, "what has ended cannot be removed now");
        }
    }
}

async fn once(registry: &Registry, options: &Options) -> Result<(), StoreError> {
    let (store, now) = (registry.store(), registry.clock().now());
    let servers = store.purge_servers(now).await?;
    let tokens = store.purge_api_tokens(now).await?;
    let retention = SignedDuration::try_from(options.log_retention).unwrap_or(SignedDuration::MAX);
    let calls = match now.checked_sub(retention) {
        Ok(oldest) => store.purge_calls(oldest).await?,
        Err(_) => 0,
    };
    if servers + tokens + calls > 0 {
        tracing::info!(servers, tokens, calls, "removed what has ended");
    }
    account::count(store).await
}
