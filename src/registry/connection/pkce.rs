//! Proof Key for Code Exchange with SHA-256 (RFC 7636): only the program that began an authorization can end it.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;

/// Returns whether a text is a challenge of the method `S256`: a SHA-256 hash in base64url.
pub fn is_challenge(text: &str) -> bool {
    URL_SAFE_NO_PAD.decode(text).is_ok_and(|bytes| bytes.len() == 32)
}

/// Returns whether `verifier` is the one that `challenge` was made of.
pub(super) fn verifies(verifier: &str, challenge: &str) -> bool {
    // RFC 7636, section 4.1: 43 to 128 unreserved characters.
    let is_verifier = (43..=128).contains(&verifier.len())
        && verifier.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte));
    let hash = URL_SAFE_NO_PAD.encode(Sha256::digest(verifier.as_bytes()));
    is_verifier && bool::from(hash.as_bytes().ct_eq(challenge.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of RFC 7636, appendix B.
    const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
    const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

    #[test]
    fn a_verifier_belongs_to_one_challenge() {
        assert!(is_challenge(CHALLENGE) && verifies(VERIFIER, CHALLENGE));
        assert!(!verifies(&VERIFIER.replace('d', "e"), CHALLENGE));
        // The method `plain` is not accepted.
        assert!(!verifies(VERIFIER, VERIFIER));
    }

    #[test]
    fn malformed_texts_are_refused() {
        for challenge in ["", "short", &format!("{CHALLENGE}="), &CHALLENGE.replace('-', "+")] {
            assert!(!is_challenge(challenge), "{challenge}");
        }
        let short = "a".repeat(42);
        let hash = URL_SAFE_NO_PAD.encode(Sha256::digest(short.as_bytes()));
        assert!(!verifies(&short, &hash));
    }
}
