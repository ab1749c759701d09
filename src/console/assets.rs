//! The page's files: compiled in, compressed once, under an address that changes when one of them does.

use std::io::Write as _;
use std::sync::OnceLock;

use axum::body::Bytes;
use sha2::{Digest as _, Sha256};

use crate::token::hex;

macro_rules! files {
    ($($path:literal),+ $(,)?) => {
        &[$(($path, include_bytes!(concat!("assets/", $path)))),+]
    };
}

/// Every file that a browser may ask for.
const FILES: &[(&str, &[u8])] = files![
    "api.js",
    "app.js",
    "facts.js",
    "html.js",
    "icon.svg",
    "load.js",
    "outcomes.js",
    "parts/copy.js",
    "parts/dialog.js",
    "parts/field.js",
    "parts/moment.js",
    "parts/states.js",
    "route.js",
    "scope.js",
    "session.js",
    "style/base.css",
    "style/parts.css",
    "style/views.css",
    "theme.js",
    "vendor/LICENSE-htm.txt",
    "vendor/LICENSE-preact.txt",
    "vendor/LICENSE-uplot.txt",
    "vendor/hooks.mjs",
    "vendor/htm.mjs",
    "vendor/preact.mjs",
    "vendor/uplot.css",
    "vendor/uplot.mjs",
    "views/account.js",
    "views/account_form.js",
    "views/accounts.js",
    "views/activity.js",
    "views/budget.js",
    "views/calls.js",
    "views/charts.js",
    "views/expiry.js",
    "views/findings.js",
    "views/handover.js",
    "views/scope_form.js",
    "views/server_form.js",
    "views/servers.js",
    "views/sign_in.js",
    "views/tokens.js",
    "words.js",
];

/// The page, with a gap where its files are.
const PAGE: &str = include_str!("assets/page.html");
/// The gap. Relative, so that a proxy may put the server below a path.
const GAP: &str = "{assets}";

/// The files, ready to be sent.
#[derive(Debug)]
pub(super) struct Assets {
    /// A hash of them all.
    version: String,
    files: Vec<File>,
}

#[derive(Debug)]
struct File {
    path: &'static str,
    bytes: &'static [u8],
    gzip: OnceLock<Bytes>,
}

/// A file as it is sent.
#[derive(Debug)]
pub(super) struct Body {
    pub(super) media_type: &'static str,
    pub(super) encoding: Option<&'static str>,
    /// What it is known by, in quotes.
    pub(super) tag: String,
    pub(super) bytes: Bytes,
}

impl Assets {
    pub(super) fn new() -> Self {
        let mut hash = Sha256::new();
        for (path, bytes) in FILES {
            hash.update(path);
            hash.update(bytes);
        }
        let version = hex(hash.finalize().get(..8).unwrap_or_default());
        let file = |(path, bytes): &(&'static str, &'static [u8])| File { path, bytes, gzip: OnceLock::new() };
        Self { version, files: FILES.iter().map(file).collect() }
    }

    /// The page.
    pub(super) fn page(&self) -> String {
        PAGE.replace(GAP, &format!("console/assets/{}", self.version))
    }

    /// A file of that version, as a client takes it that accepts the encodings `accepted`. Every browser takes gzip; what
    /// another encoding saves is less than its encoder adds to this program.
    pub(super) fn find(&self, version: &str, path: &str, accepted: &str) -> Option<Body> {
        let file = self.files.iter().find(|file| file.path == path && version == self.version)?;
        let media_type = match path.rsplit_once('.').map_or("", |(_, ending)| ending) {
            "js" | "mjs" => "text/javascript; charset=utf-8",
            "css" => "text/css; charset=utf-8",
            "svg" => "image/svg+xml",
            _ => "text/plain; charset=utf-8",
        };
        let (encoding, bytes) = if takes_gzip(accepted) {
            (Some("gzip"), file.gzip.get_or_init(|| gzip(file.bytes)).clone())
        } else {
            (None, Bytes::from_static(file.bytes))
        };
        let tag = format!("\"{}-{}\"", self.version, encoding.unwrap_or("plain"));
        Some(Body { media_type, encoding, tag, bytes })
    }
}

/// Whether `accepted` names gzip and does not refuse it.
fn takes_gzip(accepted: &str) -> bool {
    accepted.split(',').any(|choice| {
        let mut parts = choice.split(';').map(str::trim);
        let named = parts.next().is_some_and(|name| name.eq_ignore_ascii_case("gzip"));
        let weight = parts.find_map(|part| part.strip_prefix("q=").and_then(|weight| weight.parse::<f32>().ok()));
        named && weight.is_none_or(|weight| weight > 0.0)
    })
}

fn gzip(bytes: &[u8]) -> Bytes {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    let done = encoder.write_all(bytes).and_then(|()| encoder.finish());
    debug_assert!(done.is_ok(), "memory does not fail to be written");
    done.unwrap_or_default().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a first visit may weigh, compressed.
    const FIRST_LOAD: usize = 100 * 1024;

    #[test]
    fn gzip_is_taken_where_it_is_not_refused() {
        for accepted in ["gzip, deflate, br, zstd", "br;q=0, gzip;q=1.0", "GZIP"] {
            assert!(takes_gzip(accepted), "{accepted}");
        }
        for accepted in ["", "br", "gzipped", "br, gzip;q=0"] {
            assert!(!takes_gzip(accepted), "{accepted}");
        }
    }

    #[test]
    fn all_files_together_are_small() {
        let assets = Assets::new();
        let length = |file: &File| assets.find(&assets.version, file.path, "gzip").map_or(0, |body| body.bytes.len());
        let sum = PAGE.len() + assets.files.iter().map(length).sum::<usize>();
        assert!(sum <= FIRST_LOAD, "{sum} bytes");
    }

    #[test]
    fn a_file_of_another_version_is_not_there() {
        let assets = Assets::new();
        assert!(assets.find(&assets.version, "app.js", "").is_some());
        assert!(assets.find("0", "app.js", "").is_none());
        assert!(assets.find(&assets.version, "../console.rs", "").is_none());
    }
}
