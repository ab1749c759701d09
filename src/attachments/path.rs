//! The allowed form of an attachment's path, the same on every system. Pure.
//!
//! The system that resolves the path protects the folder as well. This check comes first because other programs read the
//! name later: a receiver may turn `／` into a separator, and a screen may show half of a name backwards.

use std::path::Path;

use tool_runtime::text::is_invisible;

/// The maximum length of a path in bytes, as on Linux.
const MAX_PATH_LENGTH: usize = 4096;
/// The maximum length of a name in bytes, as in all common file systems.
const MAX_NAME_LENGTH: usize = 255;

/// Returns the path if it consists of plain names separated by `/`, or else the problem with it.
pub(super) fn checked(path: &str) -> Result<&Path, &'static str> {
    if path.is_empty() {
        return Err("is empty");
    }
    if path.len() > MAX_PATH_LENGTH {
        return Err("is too long");
    }
    if path.chars().any(char::is_control) {
        return Err("contains a control character");
    }
    if path.contains('\\') {
        return Err("contains a backslash: write folder/file");
    }
    if path.chars().any(is_invisible) {
        return Err("contains an invisible character");
    }
    if path.chars().any(looks_like_path) {
        return Err("contains a character that looks like / or a dot");
    }
    if path.starts_with('/') || has_drive(path) {
        return Err("is absolute");
    }
    path.split('/').try_for_each(plain_name)?;
    Ok(Path::new(path))
}

fn plain_name(name: &str) -> Result<(), &'static str> {
    match name {
        "" => Err("contains an empty part"),
        "." | ".." => Err("contains . or .. as a part"),
        // Some systems drop spaces and dots at the end, which makes it another name.
        _ if name.ends_with(['.', ' ']) || name.starts_with(' ') => {
            Err("contains a part that begins with a space, or ends with a space or a dot")
        }
        _ if name.len() > MAX_NAME_LENGTH => Err("contains a part that is too long"),
        _ if cfg!(windows) && is_device(name) => Err("names a device"),
        _ => Ok(()),
    }
}

/// Returns whether the path begins with a drive such as `C:`.
fn has_drive(path: &str) -> bool {
    let mut start = path.chars();
    start.next().is_some_and(|letter| letter.is_ascii_alphabetic()) && start.next() == Some(':')
}

/// Returns whether Windows takes the name for a device, which it does in every folder and with every extension.
fn is_device(name: &str) -> bool {
    let stem = name.split_once('.').map_or(name, |(stem, _)| stem).trim_end().to_ascii_uppercase();
    let numbered = |start| {
        stem.strip_prefix(start).is_some_and(|number: &str| {
            let mut digits = number.chars();
            matches!((digits.next(), digits.next()), (Some('1'..='9' | '¹' | '²' | '³'), None))
        })
    };
    matches!(stem.as_str(), "CON" | "PRN" | "AUX" | "NUL" | "CONIN$" | "CONOUT$") || numbered("COM") || numbered("LPT")
}

/// Returns whether the character looks like `/`, `\` or dots, or may become one of them when text is normalised.
fn looks_like_path(c: char) -> bool {
    matches!(
        c,
        '\u{2044}'
            | '\u{2215}'
            | '\u{2216}'
            | '\u{29f5}'
            | '\u{29f8}'
            | '\u{29f9}'
            | '\u{fe68}'
            | '\u{ff0f}'
            | '\u{ff3c}'
            | '\u{2024}'
            | '\u{2025}'
            | '\u{fe52}'
            | '\u{ff0e}'
    )
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use super::*;

    #[test]
    fn plain_paths_are_accepted_unchanged() {
        for path in
            ["a", "report.pdf", "2026/11/report.pdf", ".hidden", "...x", "ä ö.txt", "notes…txt", "ab:c", "日本.txt"]
        {
            assert_eq!(checked(path).unwrap(), Path::new(path));
        }
        assert!(checked(&format!("{}/b", "a".repeat(MAX_NAME_LENGTH))).is_ok());
    }

    #[test]
    fn windows_devices_are_recognised_in_all_forms() {
        for name in ["nul", "CON", "aux.txt", "Com1", "lpt9.tar.gz", "prn ", "COM¹"] {
            assert!(is_device(name), "{name}");
        }
        for name in ["null", "console", "com", "com0", "com10", "auxiliary.txt", "a.nul"] {
            assert!(!is_device(name), "{name}");
        }
    }
}
