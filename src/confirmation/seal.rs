//! The sealed text that proves that a question was asked for exactly this call.
//!
//! It is encrypted and authenticated with a key that is derived from the master key. The call is its associated data, so a text
//! does not open for another caller, server, tool or arguments. The caller can neither read it nor change it.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Map, Value};
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use crate::seal::MasterKey;

/// The time for which a confirmation is valid.
pub(super) const VALID_FOR: SignedDuration = SignedDuration::from_mins(10);

/// The longest sealed text. A longer one was not issued here.
const LONGEST: usize = 256;

/// A call as confirmations are bound to it: a digest of its caller, server, account, tool and arguments.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CallBinding(String);

/// The way in which a call is confirmed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ConfirmationWay {
    /// The client's user answers a question.
    Question,
    /// The caller repeats the call with a code.
    Code,
}

/// A confirmation that was opened. It permits one request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Confirmation {
    /// The identifier, by which it is used up.
    pub(super) id: Uuid,
    /// The time from which it is no longer valid.
    pub(super) expires_at: Timestamp,
}

/// The reason why a sealed text confirms nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidConfirmation {
    /// It was changed, or issued for another call.
    #[error("it was changed, or it belongs to another call: caller, server, tool and arguments must be the same")]
    OtherCall,
    /// It is older than the time for which it is valid.
    #[error("it has expired: a confirmation is valid for 10 minutes")]
    Expired,
}

impl ConfirmationWay {
    const fn purpose(self) -> &'static str {
        match self {
            Self::Question => "confirmation by a question",
            Self::Code => "confirmation by a code",
        }
    }
}

impl CallBinding {
    /// The call of `tool` with `arguments` by `caller`, through the server and account that `owner` names. The order of the
    /// arguments' keys does not matter.
    pub fn new(owner: &str, caller: Option<&str>, tool: &str, arguments: &Map<String, Value>) -> Self {
        let mut digest = Sha256::new();
        for part in [owner, caller.unwrap_or_default(), tool] {
            add(&mut digest, part);
        }
        add_object(&mut digest, arguments);
        Self(URL_SAFE_NO_PAD.encode(digest.finalize()))
    }
}

/// Adds a text with its length, so that no two rows of texts are the same bytes.
fn add(digest: &mut Sha256, text: &str) {
    digest.update(text.len().to_be_bytes());
    digest.update(text);
}

fn add_object(digest: &mut Sha256, object: &Map<String, Value>) {
    let mut entries: Vec<_> = object.iter().collect();
    entries.sort_unstable_by_key(|(key, _)| *key);
    digest.update(b"{");
    digest.update(entries.len().to_be_bytes());
    for (key, value) in entries {
        add(digest, key);
        add_value(digest, value);
    }
}

fn add_value(digest: &mut Sha256, value: &Value) {
    match value {
        Value::Object(object) => add_object(digest, object),
        Value::Array(items) => {
            digest.update(b"[");
            digest.update(items.len().to_be_bytes());
            for item in items {
                add_value(digest, item);
            }
        }
        Value::String(text) => {
            digest.update(b"\"");
            add(digest, text);
        }
        plain => {
            digest.update(b"=");
            add(digest, &plain.to_string());
        }
    }
}

/// The record for which a text is sealed: the associated data.
fn record(way: ConfirmationWay, CallBinding(call): &CallBinding) -> String {
    format!("{}: {call}", way.purpose())
}

/// Issues a text that confirms the call of `binding` until 10 minutes after `now`.
pub(super) fn issue(key: &MasterKey, way: ConfirmationWay, binding: &CallBinding, now: Timestamp) -> String {
    let expires_at = now.checked_add(VALID_FOR).unwrap_or(Timestamp::MAX);
    let mut content = Uuid::new_v4().as_bytes().to_vec();
    content.extend(expires_at.as_millisecond().to_be_bytes());
    let sealed = key.seal(&content, &record(way, binding));
    // Without the name of the format, so that it is base64url as a whole.
    sealed.strip_prefix(MasterKey::FORMAT).unwrap_or(&sealed).to_owned()
}

/// Opens a text that confirms the call of `binding` at the time `now`.
pub(super) fn open(
    key: &MasterKey,
    way: ConfirmationWay,
    sealed: &str,
    binding: &CallBinding,
    now: Timestamp,
) -> Result<Confirmation, InvalidConfirmation> {
    if sealed.len() > LONGEST {
        return Err(InvalidConfirmation::OtherCall);
    }
    let sealed = format!("{}{sealed}", MasterKey::FORMAT);
    let content = key.open(&sealed, &record(way, binding)).map_err(|_| InvalidConfirmation::OtherCall)?;
    // An identifier, and the time of expiry in milliseconds.
    let (id, expires_at) = content.split_first_chunk().ok_or(InvalidConfirmation::OtherCall)?;
    let expires_at: [u8; 8] = expires_at.try_into().map_err(|_| InvalidConfirmation::OtherCall)?;
    let expires_at = Timestamp::from_millisecond(i64::from_be_bytes(expires_at));
    let expires_at = expires_at.map_err(|_| InvalidConfirmation::OtherCall)?;
    if expires_at <= now {
        return Err(InvalidConfirmation::Expired);
    }
    Ok(Confirmation { id: Uuid::from_bytes(*id), expires_at })
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::*;

    const NOW: Timestamp = Timestamp::UNIX_EPOCH;

    fn binding(owner: &str, caller: Option<&str>, tool: &str, arguments: &str) -> CallBinding {
        CallBinding::new(owner, caller, tool, &serde_json::from_str(arguments).unwrap())
    }

    fn call() -> CallBinding {
        binding("server", Some("token"), "reply", r#"{"a": 1, "b": {"c": [1, "x"], "d": null}}"#)
    }

    #[test]
    fn a_confirmation_opens_only_for_its_call() {
        let key = MasterKey::generate();
        let sealed = issue(&key, ConfirmationWay::Code, &call(), NOW);
        let open = |key: &MasterKey, way, binding: &CallBinding| open(key, way, &sealed, binding, NOW);
        let reordered = binding("server", Some("token"), "reply", r#"{"b": {"d": null, "c": [1, "x"]}, "a": 1}"#);
        assert!(open(&key, ConfirmationWay::Code, &reordered).is_ok());
        for other in [
            binding("other", Some("token"), "reply", r#"{"a": 1, "b": {"c": [1, "x"], "d": null}}"#),
            binding("server", Some("other"), "reply", r#"{"a": 1, "b": {"c": [1, "x"], "d": null}}"#),
            binding("server", None, "reply", r#"{"a": 1, "b": {"c": [1, "x"], "d": null}}"#),
            binding("server", Some("token"), "note", r#"{"a": 1, "b": {"c": [1, "x"], "d": null}}"#),
            binding("server", Some("token"), "reply", r#"{"a": 2, "b": {"c": [1, "x"], "d": null}}"#),
            binding("server", Some("token"), "reply", r#"{"a": "1", "b": {"c": [1, "x"], "d": null}}"#),
            binding("server", Some("token"), "reply", r#"{"a": 1, "b": {"c": ["x", 1], "d": null}}"#),
            binding("server", Some("token"), "reply", r#"{"a": 1, "b": {"c": [1, "x"]}}"#),
        ] {
            assert_eq!(open(&key, ConfirmationWay::Code, &other), Err(InvalidConfirmation::OtherCall), "{other:?}");
        }
        assert_eq!(open(&key, ConfirmationWay::Question, &call()), Err(InvalidConfirmation::OtherCall));
        assert_eq!(open(&MasterKey::generate(), ConfirmationWay::Code, &call()), Err(InvalidConfirmation::OtherCall));
    }

    #[test]
    fn a_confirmation_expires_after_ten_minutes() {
        let key = MasterKey::generate();
        let sealed = issue(&key, ConfirmationWay::Question, &call(), NOW);
        let at = |seconds| {
            let now = NOW.checked_add(SignedDuration::from_secs(seconds)).unwrap();
            open(&key, ConfirmationWay::Question, &sealed, &call(), now).err()
        };
        assert_eq!((at(599), at(600)), (None, Some(InvalidConfirmation::Expired)));
    }

    #[test]
    fn a_changed_confirmation_does_not_open() {
        let key = MasterKey::generate();
        let sealed = issue(&key, ConfirmationWay::Code, &call(), NOW);
        let is_base64url = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
        assert!(sealed.chars().all(is_base64url), "{sealed}");
        let changed = |text: String| open(&key, ConfirmationWay::Code, &text, &call(), NOW);
        for at in 0..sealed.len() {
            let other = if sealed[at..].starts_with('A') { "B" } else { "A" };
            let text = format!("{}{other}{}", &sealed[..at], &sealed[at + 1..]);
            assert_eq!(changed(text), Err(InvalidConfirmation::OtherCall), "{at}");
        }
        for text in
            [String::new(), sealed.repeat(10), format!("{sealed}-TAMPERED"), format!("v1.{sealed}"), "é".to_owned()]
        {
            assert_eq!(changed(text.clone()), Err(InvalidConfirmation::OtherCall), "{text}");
        }
    }

    #[test]
    fn each_confirmation_is_another_one() {
        let key = MasterKey::generate();
        let sealed = [(); 2].map(|()| issue(&key, ConfirmationWay::Code, &call(), NOW));
        let ids = sealed.map(|sealed| open(&key, ConfirmationWay::Code, &sealed, &call(), NOW).unwrap().id);
        assert_ne!(ids[0], ids[1]);
    }
}
