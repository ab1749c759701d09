//! Admission to a server: whether it is paused, and the addresses from which it may be used.

use std::net::IpAddr;

use serde_json::{Map, Value};

use super::config::{ALLOWED_IPS, PAUSED};
use super::request::{Limits, RequestValue as _};
use crate::client_network::Networks;

/// The restrictions that apply before a server is known to exist: a request that is not admitted gets the answer of an
/// unknown token.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Admission {
    pub(super) paused: bool,
    /// The networks of the clients; `None` for all.
    pub(super) allowed_ips: Option<Networks>,
}

/// The reason why a request is not admitted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotAdmitted {
    /// The server is paused.
    Paused,
    /// The address of the client is not allowed.
    Address,
}

impl Admission {
    /// The admission in a stored configuration. Admits no request if it cannot be read.
    pub(crate) fn of_config(config: &Map<String, Value>) -> Self {
        let is_on = |value: &Value| *value != Value::Bool(false) && !value.is_null();
        let allowed_ips = config.get(ALLOWED_IPS).filter(|value| !value.is_null());
        let allowed_ips = allowed_ips.map(|value| Networks::decode(value.clone(), Limits::NONE).unwrap_or_default());
        Self { paused: config.get(PAUSED).is_some_and(is_on), allowed_ips }
    }

    /// Returns true if no request is admitted.
    pub(crate) const fn is_paused(&self) -> bool {
        self.paused
    }

    /// Checks a request of `peer`.
    ///
    /// # Errors
    /// Fails with the reason if it is not admitted.
    pub fn admit(&self, peer: Option<IpAddr>) -> Result<(), NotAdmitted> {
        if self.paused {
            return Err(NotAdmitted::Paused);
        }
        match &self.allowed_ips {
            Some(networks) if !peer.is_some_and(|peer| networks.contain(peer)) => Err(NotAdmitted::Address),
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use serde_json::json;

    use super::*;

    fn admits(config: &Value, peer: &str) -> bool {
        Admission::of_config(config.as_object().unwrap()).admit(peer.parse().ok()).is_ok()
    }

    #[test]
    fn addresses_outside_the_list_are_not_admitted() {
        let config = json!({ "allowed_ips": ["192.0.2.0/24", "2001:db8::1"] });
        for (peer, admitted) in [
            ("192.0.2.7", true),
            ("::ffff:192.0.2.7", true),
            ("2001:db8::1", true),
            ("192.0.3.7", false),
            ("2001:db8::2", false),
            ("unknown", false),
        ] {
            assert_eq!(admits(&config, peer), admitted, "{peer}");
        }
        assert!(admits(&json!({}), "unknown"));
    }

    #[test]
    fn unreadable_restrictions_admit_no_request() {
        for config in [json!({ "paused": true }), json!({ "paused": "x" }), json!({ "allowed_ips": ["x"] })] {
            assert!(!admits(&config, "192.0.2.7"), "{config}");
        }
        assert!(admits(&json!({ "paused": false, "allowed_ips": null }), "192.0.2.7"));
    }
}
