//! A request's path as it may be logged and counted: tokens are secrets, and some of them stand in paths.

/// Longer parts of a path are no words and no ids, whatever they are.
const LONGEST: usize = 36;

/// The path without anything that could be a token.
pub(super) fn path(path: &str) -> String {
    let mut redacted = String::with_capacity(path.len().min(256));
    for (index, part) in path.split('/').enumerate() {
        if index > 0 {
            redacted.push('/');
        }
        // Where a token belongs, whatever stands there may be a part of one.
        let in_its_place = index >= 2 && path.starts_with("/mcp/") && !part.is_empty();
        if in_its_place {
            redacted.push_str("{token}");
        } else if part.len() > LONGEST {
            redacted.push_str("{…}");
        } else {
            redacted.extend(part.chars().map(|c| if c.is_ascii_graphic() { c } else { '?' }));
        }
    }
    redacted
}

#[cfg(test)]
mod tests {
    use super::path;

    #[test]
    fn a_token_is_never_shown() {
        assert_eq!(path("/mcp/abc"), "/mcp/{token}");
        assert_eq!(path("/mcp/abc/def"), "/mcp/{token}/{token}");
        assert_eq!(path("/mcp"), "/mcp");
        assert_eq!(path("/mcp/"), "/mcp/");
        let token = "t".repeat(43);
        for wrong in [format!("/{token}"), format!("/mpc/{token}"), format!("//mcp/{token}"), token.clone()] {
            assert!(!path(&wrong).contains(&token), "{wrong}");
        }
    }

    #[test]
    fn an_id_is_shown() {
        let id = "/integrated-account/0192f0c1-2f4b-7d52-b4f5-6a0e3d1c9b8a/mcp";
        assert_eq!(path(id), id);
    }
}
