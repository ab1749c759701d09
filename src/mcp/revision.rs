//! The protocol's revisions: their names, their order, and which of the two lifecycles each belongs to.
//!
//! What a revision means for a single message is decided where that message is handled, not here.

use serde::{Serialize, Serializer};

/// A revision of the protocol that this server speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Revision {
    /// The first one published.
    V2024_11_05,
    /// Tool annotations, and batches, which no later revision has.
    V2025_03_26,
    /// Titles.
    V2025_06_18,
    /// The last one that opens with a handshake.
    V2025_11_25,
    /// The first one in which each request stands for itself.
    V2026_07_28,
}

/// The two ways a client and a server come to terms.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lifecycle {
    /// `initialize` opens a connection and settles its revision.
    Handshake,
    /// Every request names its revision and its client's capabilities.
    Stateless,
}

impl Revision {
    /// All of them, newest first.
    pub const ALL: [Self; 5] =
        [Self::V2026_07_28, Self::V2025_11_25, Self::V2025_06_18, Self::V2025_03_26, Self::V2024_11_05];

    /// What a handshake settles on when the client asks for a revision that has none, or that is not known.
    pub const NEWEST_HANDSHAKE: Self = Self::V2025_11_25;

    /// Its name on the wire.
    pub const fn name(self) -> &'static str {
        match self {
            Self::V2024_11_05 => "2024-11-05",
            Self::V2025_03_26 => "2025-03-26",
            Self::V2025_06_18 => "2025-06-18",
            Self::V2025_11_25 => "2025-11-25",
            Self::V2026_07_28 => "2026-07-28",
        }
    }

    /// The revision of that name, if it is one of ours.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|revision| revision.name() == name)
    }

    /// The lifecycle it belongs to.
    pub const fn lifecycle(self) -> Lifecycle {
        match self {
            Self::V2024_11_05 | Self::V2025_03_26 | Self::V2025_06_18 | Self::V2025_11_25 => Lifecycle::Handshake,
            Self::V2026_07_28 => Lifecycle::Stateless,
        }
    }

    /// What a handshake answers to a client that asks for `requested`.
    pub fn agreed(requested: &str) -> Self {
        Self::named(requested)
            .filter(|revision| revision.lifecycle() == Lifecycle::Handshake)
            .unwrap_or(Self::NEWEST_HANDSHAKE)
    }
}

impl Serialize for Revision {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_revision_is_found_by_its_name_and_newer_ones_come_first() {
        for revision in Revision::ALL {
            assert_eq!(Revision::named(revision.name()), Some(revision));
        }
        assert!(Revision::ALL.is_sorted_by(|newer, older| newer > older));
    }

    #[test]
    fn a_handshake_echoes_a_known_revision_and_else_offers_the_newest_that_has_one() {
        assert_eq!(Revision::agreed("2024-11-05"), Revision::V2024_11_05);
        assert_eq!(Revision::agreed("2026-07-28"), Revision::V2025_11_25);
        assert_eq!(Revision::agreed("1999-01-01"), Revision::V2025_11_25);
    }
}
