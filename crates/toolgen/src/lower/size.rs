//! How large a type is: names stand for each other, so that a few lines can say more than any client takes.

use crate::diagnostic::{Diagnostic, Report, Span};

/// How much there is in a type once every name in it is written out, as a schema does.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Size {
    depth: usize,
    fields: usize,
}

impl Size {
    /// What a list adds to its items.
    pub(super) const LIST: Self = Self { depth: 1, fields: 0 };
    /// What an object adds to its fields.
    pub(super) const OBJECT: Self = Self { depth: 1, fields: 1 };

    /// Both side by side.
    pub(super) fn with(self, other: Self) -> Self {
        Self { depth: self.depth.max(other.depth), fields: self.fields + other.fields }
    }

    /// This inside of something; `None` if that is more than any client could take, which is reported.
    pub(super) fn within(self, outer: Self, span: Span, report: &mut Report) -> Option<Self> {
        const MOST: Size = Size { depth: 16, fields: 1000 };
        let size = Self { depth: self.depth + outer.depth, fields: self.fields + outer.fields };
        if size.depth > MOST.depth || size.fields > MOST.fields {
            let Self { depth, fields } = MOST;
            report.add(
                Diagnostic::new(span, "there is too much in this type")
                    .label(format!("more than {depth} levels or {fields} objects"))
                    .help("use `object`, which takes anything, for what is further inside"),
            );
            return None;
        }
        Some(size)
    }
}
