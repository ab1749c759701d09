//! Database URLs: the engine that a URL selects, and how a database is named in messages.

use super::error::{HIDDEN_URL, Result, StoreError};
use super::file;

/// A supported database engine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Engine {
    Sqlite,
    Postgres,
}

/// Returns the engine that a database URL selects, and the URL in the form that its driver expects.
pub(super) fn parse(url: &str) -> Result<(Engine, String)> {
    if url.starts_with("postgres://") || url.starts_with("postgresql://") {
        return Ok((Engine::Postgres, url.to_owned()));
    }
    let Some(file) = url.strip_prefix("sqlite:") else {
        // `split` yields at least one item.
        let scheme = url.split(':').next().unwrap_or_default();
        return Err(StoreError::InvalidUrl(format!("{scheme:?}")));
    };
    if file.is_empty() || file.contains(":memory:") || file.contains("mode=memory") {
        return Err(StoreError::InvalidUrl("a database in memory".to_owned()));
    }
    let driver_url = match file.split_once('?') {
        None => format!("sqlite:{file}?mode=rwc"),
        Some((_, options)) if options.contains("mode=") => format!("sqlite:{file}"),
        Some(_) => format!("sqlite:{file}&mode=rwc"),
    };
    Ok((Engine::Sqlite, driver_url))
}

/// Returns the name of a database for messages: the path of a file, or a URL without its credentials and options.
pub fn display_name(url: &str) -> String {
    match parse(url) {
        Ok((Engine::Sqlite, url)) => file::path_of_url(&url).map(|path| path.display().to_string()).ok(),
        Ok((Engine::Postgres, url)) => ::url::Url::parse(&url).ok().map(|url| {
            let port = url.port().map(|port| format!(":{port}")).unwrap_or_default();
            format!("{}://{}{port}{}", url.scheme(), url.host_str().unwrap_or_default(), url.path())
        }),
        Err(_) => None,
    }
    .unwrap_or_else(|| HIDDEN_URL.to_owned())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use super::*;

    #[test]
    fn the_scheme_selects_the_engine() {
        for (given, engine, expected) in [
            ("sqlite:/a/b.db", Engine::Sqlite, "sqlite:/a/b.db?mode=rwc"),
            ("sqlite:///a.db?cache=private", Engine::Sqlite, "sqlite:///a.db?cache=private&mode=rwc"),
            ("sqlite:a.db?mode=ro", Engine::Sqlite, "sqlite:a.db?mode=ro"),
            ("postgres://u:p@h/d", Engine::Postgres, "postgres://u:p@h/d"),
            ("postgresql://h/d", Engine::Postgres, "postgresql://h/d"),
        ] {
            assert_eq!(parse(given).unwrap(), (engine, expected.to_owned()));
        }
    }

    #[test]
    fn display_names_contain_no_password() {
        for (given, expected) in [
            ("sqlite:/a/b%3F.db?mode=rw", "/a/b?.db"),
            ("sqlite:a.db", "a.db"),
            ("postgres://user:hunter2@db.example:6000/main?password=hunter2", "postgres://db.example:6000/main"),
            ("postgresql://h/d", "postgresql://h/d"),
            ("mysql://root:hunter2@h/d", "this URL"),
        ] {
            assert_eq!(display_name(given), expected);
        }
    }

    #[test]
    fn unsupported_urls_are_refused_without_being_shown() {
        for given in ["mysql://root:hunter2@h/d", "", "/a/b.db", "sqlite:", "sqlite::memory:"] {
            let error = parse(given).unwrap_err().to_string();
            assert!(error.contains("sqlite:PATH") && !error.contains("hunter2"), "{error}");
        }
    }
}
