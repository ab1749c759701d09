//! Instruments that have been used, by their labels.
//!
//! To find one among all there are takes an allocation for each label, at every measurement; labels have few values.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{PoisonError, RwLock};

/// Instruments of one name. `K` are those of their labels that differ.
pub(super) struct Kept<K, I>(RwLock<BTreeMap<K, I>>);

impl<K: Copy + Ord, I> Kept<K, I> {
    /// None yet.
    pub(super) const fn new() -> Self {
        Self(RwLock::new(BTreeMap::new()))
    }

    /// Measures with the instrument for these labels, which is made if need be. Until something is recorded, nothing
    /// happens: an instrument that was made before then would never record.
    pub(super) fn with(&self, labels: K, measure: impl Fn(&I), make: impl FnOnce() -> I) {
        if !super::is_recorded() {
            return;
        }
        let kept = self.0.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(instrument) = kept.get(&labels) {
            return measure(instrument);
        }
        drop(kept);
        let mut kept = self.0.write().unwrap_or_else(PoisonError::into_inner);
        measure(kept.entry(labels).or_insert_with(make));
    }
}

impl<K, I> fmt::Debug for Kept<K, I> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Kept")
    }
}
