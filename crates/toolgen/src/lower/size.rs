//! The size of a type. Types refer to each other, so a few lines can describe more than any client accepts.

use crate::diagnostic::{Diagnostic, Report, Span};

/// The size of a type with every name in it expanded, as in a schema.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Size {
    depth: usize,
    fields: usize,
}

impl Size {
    /// The size that a list adds to its items.
    pub(super) const LIST: Self = Self { depth: 1, fields: 0 };
    /// The size that an object adds to its fields.
    pub(super) const OBJECT: Self = Self { depth: 1, fields: 1 };

    /// Returns the size of both side by side.
    pub(super) fn beside(self, other: Self) -> Self {
        Self { depth: self.depth.max(other.depth), fields: self.fields + other.fields }
    }

    /// Returns the size of this inside of `outer`, or `None` if that is too large for clients, which is reported.
    pub(super) fn within(self, outer: Self, span: Span, report: &mut Report) -> Option<Self> {
        const MAX: Size = Size { depth: 16, fields: 1000 };
        let size = Self { depth: self.depth + outer.depth, fields: self.fields + outer.fields };
        if size.depth > MAX.depth || size.fields > MAX.fields {
            let Self { depth, fields } = MAX;
            report.add(
                Diagnostic::new(span, "this type is too large")
                    .label(format!("more than {depth} levels or {fields} objects"))
                    .help("use the type `object`, which accepts any keys, for the inner levels"),
            );
            return None;
        }
        Some(size)
    }
}
