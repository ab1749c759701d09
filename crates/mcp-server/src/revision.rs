//! The revisions of the protocol, and the lifecycle that each of them uses.

use serde::{Serialize, Serializer};

/// A revision of the protocol that this crate implements.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Revision {
    /// The first revision.
    V2024_11_05,
    /// Adds tool annotations and JSON-RPC batches. It is the only revision with batches.
    V2025_03_26,
    /// Adds titles and the header `MCP-Protocol-Version`.
    V2025_06_18,
    /// Adds icons. The last revision with a handshake.
    V2025_11_25,
    /// The first stateless revision.
    V2026_07_28,
}

/// The two ways in which client and server agree on revision and capabilities.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lifecycle {
    /// The request `initialize` agrees on them for the whole connection (MCP 2025-11-25, Basic, "Lifecycle").
    Handshake,
    /// Every request names the revision and the client's capabilities (MCP 2026-07-28, Basic, "Versioning").
    Stateless,
}

impl Revision {
    /// All revisions, newest first.
    pub const ALL: [Self; 5] =
        [Self::V2026_07_28, Self::V2025_11_25, Self::V2025_06_18, Self::V2025_03_26, Self::V2024_11_05];

    /// The newest revision that has a handshake.
    pub(crate) const NEWEST_HANDSHAKE: Self = Self::V2025_11_25;

    /// The revision's name in messages.
    pub const fn name(self) -> &'static str {
        match self {
            Self::V2024_11_05 => "2024-11-05",
            Self::V2025_03_26 => "2025-03-26",
            Self::V2025_06_18 => "2025-06-18",
            Self::V2025_11_25 => "2025-11-25",
            Self::V2026_07_28 => "2026-07-28",
        }
    }

    /// The revision of that name, if this crate implements it.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|revision| revision.name() == name)
    }

    /// The lifecycle that the revision uses.
    pub const fn lifecycle(self) -> Lifecycle {
        match self {
            Self::V2024_11_05 | Self::V2025_03_26 | Self::V2025_06_18 | Self::V2025_11_25 => Lifecycle::Handshake,
            Self::V2026_07_28 => Lifecycle::Stateless,
        }
    }

    /// Returns whether a server may have icons.
    pub(crate) fn has_icons(self) -> bool {
        self >= Self::V2025_11_25
    }

    /// The revision that `initialize` answers to a client that asks for `requested`: the same one if it is known and has
    /// a handshake, otherwise the newest that has one (MCP 2025-11-25, Basic, "Lifecycle", "Version Negotiation").
    pub fn negotiated(requested: &str) -> Self {
        Self::from_name(requested)
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
    fn revisions_are_found_by_name_and_listed_newest_first() {
        for revision in Revision::ALL {
            assert_eq!(Revision::from_name(revision.name()), Some(revision));
        }
        assert!(Revision::ALL.is_sorted_by(|newer, older| newer > older));
    }

    #[test]
    fn negotiation_echoes_or_offers_the_newest_handshake() {
        assert_eq!(Revision::negotiated("2024-11-05"), Revision::V2024_11_05);
        assert_eq!(Revision::negotiated("2026-07-28"), Revision::V2025_11_25);
        assert_eq!(Revision::negotiated("1999-01-01"), Revision::V2025_11_25);
    }
}
