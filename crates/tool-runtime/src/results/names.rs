//! Lists of names: those that the caller asks for, and those of what a result leaves out.

use std::collections::HashSet;

use super::sink::Sink;
use crate::text::shortened;
use crate::violation::nearest;

/// A JSON list of different names that stops growing at a maximum length.
pub(super) struct NameList {
    names: Sink,
    /// The number of names that did not fit.
    pub(super) unlisted: usize,
}

impl NameList {
    pub(super) fn new(max_chars: usize) -> Self {
        Self { names: Sink::new(max_chars), unlisted: 0 }
    }

    /// Adds a name. Returns whether it fits.
    pub(super) fn push(&mut self, name: &str) -> bool {
        let before = self.names.mark();
        self.names.push_string(name);
        self.names.push(',');
        let fits = self.names.excess() == 0;
        if !fits {
            self.names.undo(before);
            self.unlisted += 1;
        }
        fits
    }

    /// Returns the list, or `None` for an empty one.
    pub(super) fn into_json(self) -> Option<String> {
        let names = self.names.separated();
        (!names.is_empty()).then(|| ["[", &names, "]"].concat())
    }
}

/// Returns the names without repetitions.
pub(super) fn unique<'n>(names: impl IntoIterator<Item = &'n str>) -> Vec<&'n str> {
    let mut seen = HashSet::new();
    names.into_iter().filter(|name| seen.insert(*name)).collect()
}

/// Returns the warning about a field that does not exist, with the nearest of those in the same object, or else of all.
pub(super) fn unknown_field<'n>(name: &str, beside: &[String], all: impl Iterator<Item = &'n str>) -> String {
    // Comparing takes memory for both names.
    let all = all.filter(|known| known.len() <= MAX_LENGTH);
    let nearest = if beside.is_empty() { nearest(name, all) } else { nearest(name, beside.iter().map(String::as_str)) };
    let hint = nearest.map_or_else(String::new, |nearest| format!("; did you mean `{nearest}`?"));
    format!("fields: the API's reply has no `{}`{hint}", shown(name))
}

/// Returns the warning about a field that occurs twice in one object.
pub(super) fn repeated_field(name: &str) -> String {
    format!("The API's reply has `{}` more than once in one object; the last value is shown.", shown(name))
}

/// A tool as a warning advises its caller: only a read has the argument `fields`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Advice {
    /// The whole reply can be asked for.
    Fields,
    /// The call has been carried out, and repeating it would not help.
    None,
}

impl Advice {
    /// Returns the warning, with what to do.
    fn after(self, warning: &str) -> String {
        match self {
            Self::Fields => format!("{warning}; `fields: [\"*\"]` asks for the whole reply."),
            Self::None => format!("{warning}."),
        }
    }

    /// Returns the warning about `count` names that a list of names lacks.
    pub(super) fn unlisted(self, count: usize) -> String {
        self.after(&format!("{count} more fields do not fit in the list of names"))
    }

    /// Returns the warning about an object with too many fields.
    pub(super) fn too_many_fields(self) -> String {
        self.after("The API's reply has more fields than are read here")
    }

    /// Returns the warning about a value of the API whose name means something else in a result.
    pub(super) fn reserved(self, name: &str) -> String {
        self.after(&format!("The API's own `{}` is not shown", shown(name)))
    }

    /// Returns the warning about a value that is too long.
    pub(super) fn does_not_fit(self, name: &str) -> String {
        self.after(&format!("`{}` does not fit in the result", shown(name)))
    }
}

/// Shortens a name for a message.
fn shown(name: &str) -> String {
    shortened(name, MAX_LENGTH)
}

/// The maximum length of a name in a message.
const MAX_LENGTH: usize = 100;

/// Returns texts as a JSON list.
pub(super) fn to_json<'n>(texts: impl IntoIterator<Item = &'n str>) -> String {
    let mut list = NameList::new(usize::MAX);
    texts.into_iter().for_each(|text| _ = list.push(text));
    list.into_json().unwrap_or_else(|| "[]".to_owned())
}

/// Returns the warnings as a JSON list, or `None` for no warnings.
pub(super) fn warnings_json(warnings: &[String]) -> Option<String> {
    /// Further warnings would only repeat the first ones about other names.
    const MOST: usize = 10;
    let all = unique(warnings.iter().map(String::as_str));
    let rest = all.len().saturating_sub(MOST);
    let rest = (rest > 0).then(|| format!("{rest} more warnings are left out."));
    (!all.is_empty()).then(|| to_json(all.into_iter().take(MOST).chain(rest.as_deref())))
}
