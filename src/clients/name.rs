//! The name that a client gives to a server: for people, and as a key of a configuration file.

use tool_runtime::api::ApiDef;
use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::is_combining_mark;

/// The longest slug, in characters. Clients put it before the name of each tool, and models limit the length of both.
const LONGEST_SLUG: usize = 32;

/// The name of a server in a client.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServerName {
    /// The name for people.
    pub title: String,
    /// The name in commands and files: lower-case ASCII letters, digits and hyphens, which every client accepts.
    pub slug: String,
}

impl ServerName {
    /// The name of a client's only server for `api`.
    pub fn of_api(api: &ApiDef) -> Self {
        Self { title: api.title.to_owned(), slug: api.slug.to_owned() }
    }

    /// The name of the server that people call `title`. Different titles get different slugs, except those that differ
    /// only in case, accents or punctuation.
    pub fn new(api: &ApiDef, title: &str) -> Self {
        let title = title.trim();
        Self { title: title.to_owned(), slug: slug(title, api.slug) }
    }
}

/// The slug of `title`: `Équipe de nuit` becomes `equipe-de-nuit`. If letters or digits are lost, a checksum of the title
/// tells it from others. If none is left, it begins with `fallback`.
fn slug(title: &str, fallback: &str) -> String {
    let mut slug = String::new();
    let mut is_whole = true;
    for c in title.nfkd().filter(|c| !is_combining_mark(*c)) {
        if c.is_ascii_alphanumeric() {
            slug.push(c.to_ascii_lowercase());
        } else {
            is_whole &= !c.is_alphanumeric();
            if !slug.ends_with('-') {
                slug.push('-');
            }
        }
    }
    let words = slug.trim_matches('-');
    if is_whole && !words.is_empty() && words.len() <= LONGEST_SLUG {
        return words.to_owned();
    }
    let checksum = format!("{:08x}", crc32fast::hash(title.as_bytes()));
    let words: String = words.chars().take(LONGEST_SLUG - checksum.len() - 1).collect();
    let words = words.trim_end_matches('-');
    format!("{}-{checksum}", if words.is_empty() { fallback } else { words })
}

#[cfg(test)]
mod tests {
    use super::slug;

    #[test]
    fn titles_become_slugs_that_every_client_accepts() {
        for (title, expected) in [
            ("Claude, night shift", "claude-night-shift"),
            ("  First line! (EU) ", "first-line-eu"),
            ("Équipe de nuit №2", "equipe-de-nuit-no2"),
            ("ﬁle ２４/7", "file-24-7"),
            ("a", "a"),
            ("Ночная смена", "api-27b44ee6"),
            ("Schloß", "schlo-1a6fa3d2"),
            ("🦊", "api-a45d4727"),
            ("A name of a server that is longer than a slug", "a-name-of-a-server-that-5e3d7c56"),
        ] {
            assert_eq!(slug(title, "api"), expected, "{title}");
        }
    }

    #[test]
    fn titles_that_lose_letters_keep_different_slugs() {
        let longest = "x".repeat(200);
        let titles = ["Ночная смена", "Дневная смена", "夜勤", "日勤", &longest[..199], &longest];
        let slugs: std::collections::HashSet<_> = titles.map(|title| slug(title, "api")).into();
        assert_eq!(slugs.len(), titles.len(), "{slugs:?}");
        assert!(slugs.iter().all(|slug| slug.len() <= super::LONGEST_SLUG), "{slugs:?}");
    }
}
