//! A resolved type, and the keys that narrow it.

use serde_json::Value;

use super::size::Size;
use super::{empty, example, lenient};
use crate::diagnostic::{Diagnostic, Report};
use crate::model::{Empty, Marks, Type};
use crate::spec::{Limits, Spanned};
use crate::yaml::Node;

/// A resolved type, with the properties that its arguments inherit.
#[derive(Clone, Debug)]
pub(super) struct Resolved {
    pub(super) ty: Type,
    pub(super) about: Option<String>,
    pub(super) also: Vec<String>,
    pub(super) default: Option<Value>,
    pub(super) marks: Marks,
    /// The named type by which values belong together with those in replies.
    pub(super) kind: Option<String>,
    /// The declared meaning of an empty text.
    pub(super) empty: Option<Empty>,
    pub(super) size: Size,
}

impl From<Type> for Resolved {
    fn from(ty: Type) -> Self {
        Self {
            ty,
            about: None,
            also: Vec::new(),
            default: None,
            marks: Marks::default(),
            kind: None,
            empty: None,
            size: Size::default(),
        }
    }
}

impl Resolved {
    /// Returns the type of a list's items.
    pub(super) fn item(self) -> Type {
        match self.marks {
            Marks { clear: None, prefix: None } => self.ty,
            marks => Type::Marked(Box::new(self.ty), marks),
        }
    }
}

/// Applies bounds, the clearing text and the meaning of an empty text, if the type can have them.
pub(super) fn narrow(resolved: &mut Resolved, limits: &Limits, report: &mut Report) {
    for bound in [&limits.min, &limits.max].into_iter().flatten() {
        if !matches!(resolved.ty, Type::Integer(..)) {
            report.add(
                Diagnostic::new(bound.span, "only whole numbers can have bounds")
                    .label("this type has none")
                    .help("remove the bound, or change the type to `integer`"),
            );
        }
    }
    if let Type::Integer(min, max) = &mut resolved.ty {
        *min = limits.min.as_ref().map_or(*min, |bound| bound.value);
        *max = limits.max.as_ref().map_or(*max, |bound| bound.value);
        if let Some(bound) = limits.max.as_ref().or(limits.min.as_ref()).filter(|_| min > max) {
            report.add(
                Diagnostic::new(bound.span, "no number is within these bounds")
                    .label(format!("{min} to {max}"))
                    .help("`min` must not be greater than `max`"),
            );
        } else if let Some(default) = resolved.default.as_ref().and_then(Value::as_i64)
            && let Some(bound) = violated_bound(default, limits)
        {
            report.add(
                Diagnostic::new(bound.span, format!("the default of this type, {default}, is not within these bounds"))
                    .label("excludes it")
                    .help("add a `default` within the bounds, or correct the bounds"),
            );
        }
    }
    if let Some(clear) = &limits.clear {
        if !matches!(resolved.ty, Type::Text | Type::Name | Type::Email) {
            report.add(
                Diagnostic::new(clear.span, "only a text can have a clearing text")
                    .label("this type is not a text")
                    .help("remove `clear`"),
            );
        }
        resolved.marks.clear = Some(clear.value.clone());
    }
    if let Some(prefix) = &limits.prefix {
        resolved.marks.prefix = lenient::prefix(prefix, &resolved.ty, report);
    }
    if let Some(word) = &limits.empty {
        resolved.empty = empty::declared(word, &resolved.ty, report);
    }
}

/// Returns the bound that a number violates.
fn violated_bound(number: i64, limits: &Limits) -> Option<&Spanned<i64>> {
    let min = limits.min.as_ref().filter(|min| number < min.value);
    min.or(limits.max.as_ref().filter(|max| number > max.value))
}

pub(super) fn default_of(default: &Node, resolved: &Resolved, report: &mut Report) -> Value {
    example::Check::of_default(report).value(default, &resolved.ty);
    default.json()
}
