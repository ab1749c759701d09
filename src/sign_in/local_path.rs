//! Paths on this server to which a page may lead after sign-in. Nothing else is accepted, so that a link to the sign-in
//! page cannot lead to another site.

use url::Url;

/// The longest path with its query and fragment, in bytes.
const LONGEST: usize = 8000;

/// A path on this server, with its query and fragment: `/console#/activity`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct LocalPath(String);

impl LocalPath {
    /// Parses a path. Returns `None` for anything that a browser could resolve to another server.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let is_plain = text.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\');
        if !is_plain || text.len() > LONGEST || !text.starts_with('/') || text.starts_with("//") {
            return None;
        }
        let base = Url::parse("https://host.invalid").expect("a constant URL is valid");
        let resolved = base.join(text).ok()?;
        (resolved.origin() == base.origin() && !resolved.path().starts_with("//")).then(|| Self(text.to_owned()))
    }

    /// The path as it was given.
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    /// The path relative to a page that is `depth` folders below the top. Relative paths keep the prefix of a proxy.
    pub(crate) fn relative_to_depth(&self, depth: usize) -> String {
        format!("./{}{}", "../".repeat(depth), self.0.trim_start_matches('/'))
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::*;

    #[test]
    fn only_paths_of_this_server_are_accepted() {
        for path in ["/console", "/console#/accounts/1", "/oauth/authorize?a=https%3A%2F%2Fh.example%2F&b=1", "/"] {
            assert_eq!(LocalPath::parse(path).unwrap().as_str(), path);
        }
        let hostile = [
            "",
            "console",
            "//evil.example",
            "///evil.example",
            "/\\evil.example",
            "\\\\evil.example",
            "/\t/evil.example",
            "/%09/evil.example\n",
            "https://evil.example",
            "https:/evil.example",
            "javascript:alert(1)",
            "/./\\evil.example",
            "/..//evil.example",
            "/a/..//evil.example",
            " /console",
            "/ä",
        ];
        for path in hostile {
            assert_eq!(LocalPath::parse(path), None, "{path:?}");
        }
        assert_eq!(LocalPath::parse(&format!("/{}", "a".repeat(LONGEST))), None);
    }

    #[test]
    fn relative_paths_stay_on_the_host() {
        let page = Url::parse("https://h.example/prefix/oauth/authorize").unwrap();
        let path = LocalPath::parse("/console#/a:b").unwrap();
        assert_eq!(page.join(&path.relative_to_depth(1)).unwrap().as_str(), "https://h.example/prefix/console#/a:b");
    }
}
