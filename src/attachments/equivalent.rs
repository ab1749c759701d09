//! Finding a file whose name is the same text in other code points: `é` is one character (NFC) or an `e` with an accent
//! (NFD, as macOS and its archives write names). Models write NFC.

use std::path::{Path, PathBuf};

use cap_std::fs::Dir;
use unicode_normalization::UnicodeNormalization as _;

/// Returns the path of an existing file that is equivalent to `path`, relative to `dir`.
///
/// Names are compared part by part, and one with the same code points wins. Every part is the name of an entry of the
/// folder, so the path stays inside.
pub(super) fn existing(dir: &Dir, path: &Path) -> Option<PathBuf> {
    if path.to_str().is_some_and(str::is_ascii) {
        return None;
    }
    path.components().try_fold(PathBuf::new(), |folder, part| {
        let exact = folder.join(part);
        if dir.symlink_metadata(&exact).is_ok() {
            return Some(exact);
        }
        let wanted = nfc(part.as_os_str().to_str()?);
        let entries = if folder.as_os_str().is_empty() { dir.entries() } else { dir.read_dir(&folder) };
        let names = entries.ok()?.filter_map(|entry| entry.ok()?.file_name().into_string().ok());
        // The order of entries differs between systems.
        names.filter(|name| nfc(name) == wanted).min().map(|name| folder.join(name))
    })
}

fn nfc(name: &str) -> String {
    name.nfc().collect()
}
