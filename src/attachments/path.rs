//! What the path of an attachment may look like, on every system the same. Pure.
//!
//! The system that resolves a path stands guard as well. This comes first, because other programs read the name later:
//! a receiver that unpacks `／` into a separator, a screen on which half of a name runs backwards.

use std::path::Path;

use tool_runtime::text::is_invisible;

/// The longest path, in bytes: that of Linux.
const LONGEST: usize = 4096;
/// The longest name, in bytes: that of every common file system.
const LONGEST_NAME: usize = 255;

/// The path, if it is a chain of plain names with `/` in between; or else what is wrong with it.
pub(super) fn checked(path: &str) -> Result<&Path, &'static str> {
    if path.is_empty() {
        return Err("is empty");
    }
    if path.len() > LONGEST {
        return Err("is too long");
    }
    if path.chars().any(char::is_control) {
        return Err("has a control character in it");
    }
    if path.contains('\\') {
        return Err("has a backslash in it: write folder/file");
    }
    if path.chars().any(is_invisible) {
        return Err("has an invisible character in it");
    }
    if path.chars().any(looks_like_path) {
        return Err("has a character in it that could be taken for / or a dot");
    }
    if path.starts_with('/') || has_drive(path) {
        return Err("is absolute");
    }
    path.split('/').try_for_each(plain_name)?;
    Ok(Path::new(path))
}

fn plain_name(name: &str) -> Result<(), &'static str> {
    match name {
        "" => Err("has an empty part in it"),
        "." | ".." => Err("has . or .. as a part"),
        // Some systems drop what is at the end, and then it is another name.
        _ if name.ends_with(['.', ' ']) || name.starts_with(' ') => {
            Err("has a part that begins with a space, or ends with a space or a dot")
        }
        _ if name.len() > LONGEST_NAME => Err("has a part that is too long"),
        _ if cfg!(windows) && is_device(name) => Err("names a device"),
        _ => Ok(()),
    }
}

/// `C:` and the like.
fn has_drive(path: &str) -> bool {
    let mut start = path.chars();
    start.next().is_some_and(|letter| letter.is_ascii_alphabetic()) && start.next() == Some(':')
}

/// Names that Windows takes for devices in every folder, whatever ending they have.
fn is_device(name: &str) -> bool {
    let stem = name.split('.').next().unwrap_or(name).trim_end().to_ascii_uppercase();
    let numbered = |start| {
        stem.strip_prefix(start).is_some_and(|number: &str| {
            let mut digits = number.chars();
            matches!((digits.next(), digits.next()), (Some('1'..='9' | '¹' | '²' | '³'), None))
        })
    };
    matches!(stem.as_str(), "CON" | "PRN" | "AUX" | "NUL" | "CONIN$" | "CONOUT$") || numbered("COM") || numbered("LPT")
}

/// Characters that are turned into `/`, `\` or dots where text is brought into a simpler form.
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
    fn plain_paths_are_taken_as_they_are() {
        for path in
            ["a", "report.pdf", "2026/11/report.pdf", ".hidden", "...x", "ä ö.txt", "notes…txt", "ab:c", "日本.txt"]
        {
            assert_eq!(checked(path).unwrap(), Path::new(path));
        }
        assert!(checked(&format!("{}/b", "a".repeat(LONGEST_NAME))).is_ok());
    }

    #[test]
    fn the_devices_of_windows_are_known_by_every_name() {
        for name in ["nul", "CON", "aux.txt", "Com1", "lpt9.tar.gz", "prn ", "COM¹"] {
            assert!(is_device(name), "{name}");
        }
        for name in ["null", "console", "com", "com0", "com10", "auxiliary.txt", "a.nul"] {
            assert!(!is_device(name), "{name}");
        }
    }
}
