//! Each confirmation permits one request. The ones that were used are remembered until they expire.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use jiff::Timestamp;
use uuid::Uuid;

use super::seal::Confirmation;
use crate::store::{Store, StoreError};

/// The confirmations that were used.
#[derive(Clone, Debug)]
pub struct UsedConfirmations(Place);

#[derive(Clone, Debug)]
enum Place {
    /// In this process, with the times at which they expire.
    Memory(Arc<Mutex<HashMap<Uuid, Timestamp>>>),
    /// In the store, for all nodes.
    Store(Store),
}

/// The reason why a confirmation cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum UsedError {
    /// It was used before.
    #[error("it was used already: each confirmation permits one request")]
    Before,
    /// The store could not record the use.
    #[error("its use cannot be recorded: {0}")]
    Unrecorded(StoreError),
}

impl UsedConfirmations {
    /// Remembers them in this process.
    pub(crate) fn in_memory() -> Self {
        Self(Place::Memory(Arc::default()))
    }

    /// Remembers them in a store.
    pub(crate) fn in_store(store: Store) -> Self {
        Self(Place::Store(store))
    }

    pub(super) async fn use_up(&self, confirmation: Confirmation, now: Timestamp) -> Result<(), UsedError> {
        let Confirmation { id, expires_at } = confirmation;
        let is_first = match &self.0 {
            Place::Memory(used) => {
                let mut used = used.lock().unwrap_or_else(PoisonError::into_inner);
                // An expired one does not open any more, so its use need not be remembered.
                used.retain(|_, expires_at| *expires_at > now);
                used.insert(id, expires_at).is_none()
            }
            Place::Store(store) => store.use_confirmation(id, expires_at).await.map_err(UsedError::Unrecorded)?,
        };
        if is_first { Ok(()) } else { Err(UsedError::Before) }
    }
}

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;

    use super::*;

    #[tokio::test]
    async fn a_confirmation_is_used_once() {
        let used = UsedConfirmations::in_memory();
        let now = Timestamp::UNIX_EPOCH;
        let confirmation =
            |id| Confirmation { id: Uuid::from_u128(id), expires_at: now + SignedDuration::from_mins(10) };
        assert!(used.use_up(confirmation(1), now).await.is_ok());
        assert!(used.use_up(confirmation(2), now).await.is_ok());
        assert!(matches!(used.use_up(confirmation(1), now).await, Err(UsedError::Before)));
        let Place::Memory(remembered) = &used.0 else { unreachable!("it is in memory") };
        assert!(used.use_up(confirmation(3), now + SignedDuration::from_mins(11)).await.is_ok());
        assert_eq!(remembered.lock().map(|remembered| remembered.len()).ok(), Some(1));
    }
}
