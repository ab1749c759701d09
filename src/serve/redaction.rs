//! Redacts request paths for the log: the path of an MCP server contains its token.

use std::borrow::Cow;

use crate::token;

/// Length of a UUID. A longer segment is neither a word nor an id, so it may be a token.
const MAX_SEGMENT: usize = 36;

/// Returns the path without any segment that could be a token.
pub(super) fn redacted_path(path: &str) -> String {
    let mut redacted = String::with_capacity(path.len().min(256));
    for (index, part) in path.split('/').enumerate() {
        if index > 0 {
            redacted.push('/');
        }
        // Any segment below /mcp/ may be part of a token.
        let is_token = index >= 2 && path.starts_with("/mcp/") && !part.is_empty();
        if is_token {
            redacted.push_str("{token}");
        } else if part.len() > MAX_SEGMENT || matches!(token::redacted(part), Cow::Owned(_)) {
            redacted.push_str("{…}");
        } else {
            redacted.extend(part.chars().map(|c| if c.is_ascii_graphic() { c } else { '?' }));
        }
    }
    redacted
}

#[cfg(test)]
mod tests {
    use super::redacted_path;

    #[test]
    fn tokens_are_redacted() {
        assert_eq!(redacted_path("/mcp/abc"), "/mcp/{token}");
        assert_eq!(redacted_path("/mcp/abc/def"), "/mcp/{token}/{token}");
        assert_eq!(redacted_path("/mcp"), "/mcp");
        assert_eq!(redacted_path("/mcp/"), "/mcp/");
        let token = "t".repeat(43);
        for wrong in [format!("/{token}"), format!("/mpc/{token}"), format!("//mcp/{token}"), token.clone()] {
            assert!(!redacted_path(&wrong).contains(&token), "{wrong}");
        }
    }

    #[test]
    fn ids_are_kept() {
        let id = "/integrated-account/0192f0c1-2f4b-7d52-b4f5-6a0e3d1c9b8a/mcp";
        assert_eq!(redacted_path(id), id);
    }
}
