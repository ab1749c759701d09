//! Absolute paths for command lines that run in another folder.

use std::path::Path;

use super::command::UsageError;

/// Returns the absolute form of a path as text.
pub(super) fn absolute_path(path: &Path) -> anyhow::Result<String> {
    let path = std::path::absolute(path)?;
    let text = path.to_str().ok_or_else(|| UsageError::new(format!("the path {} is not UTF-8", path.display())))?;
    Ok(text.to_owned())
}
