//! The files of the console: compiled into the program, compressed once, and served under a versioned path.

use std::borrow::Cow;
use std::io::Write as _;
use std::sync::OnceLock;

use axum::body::Bytes;
use rust_embed::Embed;
use sha2::{Digest as _, Sha256};

/// All files of the folder. A new file is compiled in without being listed here.
#[derive(Embed)]
#[folder = "src/console/assets"]
struct AssetFolder;

/// Files of the folder that are not served: the page itself is rendered, and the other is for developers.
const NOT_SERVED: [&str; 2] = [PAGE, "vendor/README.md"];
/// The page, which refers to the other files.
const PAGE: &str = "page.html";
/// Placeholder in the page for the folder of the files. The URL is relative, so that a proxy may serve the console below
/// another path.
const FOLDER_PLACEHOLDER: &str = "{assets}";

/// The files, ready to be served.
#[derive(Debug)]
pub(super) struct Assets {
    /// Hash of all files, as part of their paths.
    version: String,
    files: Vec<AssetFile>,
}

#[derive(Debug)]
struct AssetFile {
    path: Cow<'static, str>,
    bytes: Bytes,
    gzip: OnceLock<Bytes>,
}

/// A file in the encoding in which it is sent.
#[derive(Debug)]
pub(super) struct EncodedAsset {
    pub(super) media_type: &'static str,
    pub(super) encoding: Option<&'static str>,
    /// Value of the `ETag` header, in quotes.
    pub(super) etag: String,
    pub(super) bytes: Bytes,
}

impl Assets {
    pub(super) fn new() -> Self {
        let mut paths: Vec<_> = AssetFolder::iter().filter(|path| !NOT_SERVED.contains(&path.as_ref())).collect();
        paths.sort_unstable();
        let files: Vec<_> =
            paths.into_iter().map(|path| AssetFile { bytes: embedded(&path), path, gzip: OnceLock::new() }).collect();
        let mut hash = Sha256::new();
        for file in &files {
            hash.update(file.path.as_bytes());
            hash.update(&file.bytes);
        }
        let hash = hash.finalize();
        Self { version: hex::encode(hash.get(..8).expect("a SHA-256 hash has 32 bytes")), files }
    }

    /// Renders the page.
    pub(super) fn page(&self) -> String {
        let page = embedded(PAGE);
        let page = std::str::from_utf8(&page).expect("the page is UTF-8 text");
        page.replace(FOLDER_PLACEHOLDER, &self.folder())
    }

    /// Returns the folder of the files, relative to the top of the server.
    pub(super) fn folder(&self) -> String {
        format!("console/assets/{}", self.version)
    }

    /// Finds a file by its version and path, in an encoding that the `Accept-Encoding` header allows.
    ///
    /// Only gzip is offered: every browser accepts it, and other encoders would add more to the program than they save.
    pub(super) fn find(&self, version: &str, path: &str, accept_encoding: &str) -> Option<EncodedAsset> {
        let file = self.files.iter().find(|file| file.path == path && version == self.version)?;
        let media_type = match path.rsplit_once('.').map_or("", |(_, extension)| extension) {
            "js" | "mjs" => "text/javascript; charset=utf-8",
            "css" => "text/css; charset=utf-8",
            "svg" => "image/svg+xml",
            _ => "text/plain; charset=utf-8",
        };
        let (encoding, bytes) = if accepts_gzip(accept_encoding) {
            (Some("gzip"), file.gzip.get_or_init(|| gzip(&file.bytes)).clone())
        } else {
            (None, file.bytes.clone())
        };
        let etag = format!("\"{}-{}\"", self.version, encoding.unwrap_or("plain"));
        Some(EncodedAsset { media_type, encoding, etag, bytes })
    }
}

/// Returns the content of an embedded file.
fn embedded(path: &str) -> Bytes {
    match AssetFolder::get(path).expect("the file is compiled in").data {
        Cow::Borrowed(bytes) => Bytes::from_static(bytes),
        Cow::Owned(bytes) => bytes.into(),
    }
}

/// Returns whether an `Accept-Encoding` header allows gzip (RFC 9110, section 12.5.3).
fn accepts_gzip(accept_encoding: &str) -> bool {
    accept_encoding.split(',').any(|choice| {
        let mut parts = choice.split(';').map(str::trim);
        let is_gzip = parts.next().is_some_and(|name| name.eq_ignore_ascii_case("gzip"));
        let weight = parts.find_map(|part| part.strip_prefix("q=").and_then(|weight| weight.parse::<f32>().ok()));
        is_gzip && weight.is_none_or(|weight| weight > 0.0)
    })
}

fn gzip(bytes: &[u8]) -> Bytes {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    let compressed = encoder.write_all(bytes).and_then(|()| encoder.finish());
    compressed.expect("writing to memory cannot fail").into()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Size limit of a first visit, compressed, in bytes.
    const FIRST_LOAD_BYTES: usize = 80 * 1024;

    #[test]
    fn gzip_is_used_unless_it_is_refused() {
        for accepted in ["gzip, deflate, br, zstd", "br;q=0, gzip;q=1.0", "GZIP"] {
            assert!(accepts_gzip(accepted), "{accepted}");
        }
        for accepted in ["", "br", "gzipped", "br, gzip;q=0"] {
            assert!(!accepts_gzip(accepted), "{accepted}");
        }
    }

    #[test]
    fn a_first_visit_loads_little() {
        let assets = Assets::new();
        let page = assets.page();
        // The files that the page names, and those that they import. An import by `import()` loads a view when it is shown.
        let mut loaded: Vec<String> = quoted_paths(&page, &assets.folder()).collect();
        let mut next = 0;
        while let Some(path) = loaded.get(next).cloned() {
            next += 1;
            let content = embedded(&path);
            let Ok(script) = std::str::from_utf8(&content) else { continue };
            for imported in script.lines().filter_map(|line| imported_path(&path, line)) {
                if !loaded.contains(&imported) {
                    loaded.push(imported);
                }
            }
        }
        assert!(loaded.iter().any(|path| path == "vendor/preact.mjs"), "{loaded:?}");
        assert!(!loaded.iter().any(|path| path == "views/activity.js"), "{loaded:?}");
        let length = |path: &String| assets.find(&assets.version, path, "gzip").map_or(0, |asset| asset.bytes.len());
        let sum = page.len() + loaded.iter().map(length).sum::<usize>();
        assert!(sum <= FIRST_LOAD_BYTES, "{sum} bytes");
    }

    /// Returns the paths of the files in quotes in the page.
    fn quoted_paths<'p>(page: &'p str, folder: &'p str) -> impl Iterator<Item = String> + 'p {
        page.split('"').filter_map(move |text| text.strip_prefix(folder)?.strip_prefix('/').map(str::to_owned))
    }

    /// Returns the path of the file that a line of the file `from` imports, or exports again.
    fn imported_path(from: &str, line: &str) -> Option<String> {
        let (_, relative) = line.split_once(" from \"./").or_else(|| line.split_once(" from \"."))?;
        let relative = relative.trim_end_matches([';', '"']);
        let folder = from.rsplit_once('/').map_or("", |(folder, _)| folder);
        Some(match relative.strip_prefix("./") {
            // From the folder above.
            Some(path) => path.to_owned(),
            None if folder.is_empty() => relative.to_owned(),
            None => format!("{folder}/{relative}"),
        })
    }

    #[test]
    fn only_served_files_of_the_current_version_are_found() {
        let assets = Assets::new();
        assert!(assets.find(&assets.version, "app.js", "").is_some());
        assert!(assets.find("0", "app.js", "").is_none());
        assert!(assets.find(&assets.version, "../console.rs", "").is_none());
        for path in NOT_SERVED {
            assert!(assets.find(&assets.version, path, "").is_none(), "{path}");
        }
    }
}
