//! Views: how a tool's replies are shown. A view is data, so that generated code can hold it.

/// The way in which the replies of one tool are shown.
///
/// A name of a field is the API's. `a.b` is the field `b` within the object `a`, or within each object of the list `a`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct View {
    /// The form of a result.
    pub form: Form,
    /// The fields that are shown if the caller does not ask for others, in this order. Empty: all fields.
    pub fields: &'static [&'static str],
    /// Fields of rows that follow those if a row has them.
    pub optional: &'static [&'static str],
    /// Texts that the API returns twice.
    pub twins: &'static [Twin],
    /// Fields whose values are codes.
    pub codes: &'static [CodedField],
    /// Fields with long texts.
    pub long_texts: &'static [&'static str],
}

/// The form of a result.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// Columns and rows.
    List(ListForm),
    /// One record.
    Record,
    /// The record's ID and the fields that the call set.
    Write(WriteForm),
}

/// The form of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ListForm {
    /// The key of the rows in a reply.
    pub rows: &'static str,
    /// The key of the number of all rows, if the API returns it.
    pub total: Option<&'static str>,
    /// The part of the list that one reply has.
    pub extent: Extent,
    /// True if the oldest row comes first.
    pub oldest_first: bool,
}

/// The part of a list that one reply has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Extent {
    /// A page. If it does not fit, the result lacks its last rows.
    Page,
    /// A part whose place in the list is not known. If it does not fit, the result lacks its last rows.
    Part,
    /// All rows. If they do not fit, the result lacks the last ones.
    Whole,
    /// All rows of a conversation. If they do not fit, the result lacks rows in the middle.
    Thread,
}

/// The form of a write's result.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WriteForm {
    /// The fields that identify the record.
    pub id: &'static [&'static str],
    /// The fields that answer arguments with another name: `(argument, field)`. Any other argument has the field's name.
    pub answered_as: &'static [(&'static str, &'static str)],
}

/// A text that the API returns as HTML and as plain text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Twin {
    /// The field with HTML.
    pub html: &'static str,
    /// The field with plain text.
    pub text: &'static str,
}

/// A field whose values are codes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CodedField {
    /// The name of the field.
    pub field: &'static str,
    /// Each code, without quotes, and its label.
    pub labels: &'static [(&'static str, Label)],
}

/// The value that arguments take for a code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Label {
    /// A name.
    Text(&'static str),
    /// A truth value.
    Flag(bool),
}

/// An argument that a tool has because of its view.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ViewArgument {
    /// `fields`: the names of the fields to show.
    Fields,
    /// `max_chars`: the maximum length of each text.
    MaxChars,
    /// `text_from`: the character from which long texts are shown.
    TextFrom,
    /// `skip`: the number of rows to leave out at the front.
    Skip,
    /// `newest`: whether the last page is shown, the newest row first.
    Newest,
}

impl ViewArgument {
    /// All arguments, in the order in which a schema lists them.
    pub const ALL: [Self; 5] = [Self::Fields, Self::MaxChars, Self::TextFrom, Self::Skip, Self::Newest];

    /// Returns the name of the argument.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Fields => "fields",
            Self::MaxChars => "max_chars",
            Self::TextFrom => "text_from",
            Self::Skip => "skip",
            Self::Newest => "newest",
        }
    }
}

impl View {
    /// The maximum length of each text in a result if the caller does not say another one.
    pub const MAX_CHARS: usize = 2000;

    /// The maximum length of each text in the result of a write: the caller has just written it.
    pub(crate) const WRITE_MAX_CHARS: usize = 200;

    /// Returns whether a tool with this view has an argument.
    pub fn takes(&self, argument: ViewArgument) -> bool {
        let has_long_texts = !self.long_texts.is_empty();
        match (argument, self.form) {
            (_, Form::Write(_)) | (ViewArgument::Skip | ViewArgument::Newest, Form::Record) => false,
            (ViewArgument::Fields, _) => true,
            (ViewArgument::MaxChars, _) => has_long_texts,
            (ViewArgument::TextFrom, form) => has_long_texts && form == Form::Record,
            (ViewArgument::Skip, Form::List(list)) => matches!(list.extent, Extent::Whole | Extent::Thread),
            (ViewArgument::Newest, Form::List(list)) => list.oldest_first && list.extent != Extent::Part,
        }
    }

    /// Returns the maximum length of each text if the caller does not say another one, or `None` for whole texts.
    pub(crate) fn default_max_chars(&self) -> Option<usize> {
        match self.form {
            Form::Write(_) => Some(Self::WRITE_MAX_CHARS),
            Form::List(_) | Form::Record => (!self.long_texts.is_empty()).then_some(Self::MAX_CHARS),
        }
    }

    /// Returns the codes of a field with their labels, or `None` if it has no codes.
    pub(super) fn labels(&self, field: &str) -> Option<&'static [(&'static str, Label)]> {
        self.codes.iter().find(|coded| coded.field == field).map(|coded| coded.labels)
    }

    /// Returns whether the field or a field within it has codes.
    pub(super) fn has_codes_in(&self, field: &str) -> bool {
        self.codes.iter().any(|coded| {
            let within = coded.field.strip_prefix(field);
            within.is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
        })
    }

    /// Returns the plain text that makes a field with HTML superfluous.
    pub(super) fn text_of(&self, html: &str) -> Option<&'static str> {
        self.twins.iter().find_map(|twin| (twin.html == html).then_some(twin.text))
    }

    /// Returns the names of all fields that the view mentions.
    pub(super) fn known_fields(&self) -> impl Iterator<Item = &str> {
        let twins = self.twins.iter().flat_map(|twin| [twin.html, twin.text]);
        let codes = self.codes.iter().map(|coded| coded.field);
        self.fields.iter().chain(self.long_texts).copied().chain(twins).chain(codes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RECORD: View =
        View { form: Form::Record, fields: &[], optional: &[], twins: &[], codes: &[], long_texts: &["text"] };

    const LIST: ListForm = ListForm { rows: "rows", total: None, extent: Extent::Page, oldest_first: false };

    fn arguments(view: View) -> Vec<&'static str> {
        ViewArgument::ALL.iter().filter(|argument| view.takes(**argument)).map(|argument| argument.name()).collect()
    }

    #[test]
    fn arguments_follow_from_the_view() {
        let list = |list| View { form: Form::List(list), long_texts: &[], ..RECORD };
        assert_eq!(arguments(RECORD), ["fields", "max_chars", "text_from"]);
        assert_eq!(arguments(View { long_texts: &[], ..RECORD }), ["fields"]);
        assert_eq!(arguments(list(LIST)), ["fields"]);
        assert_eq!(arguments(list(ListForm { extent: Extent::Whole, ..LIST })), ["fields", "skip"]);
        assert_eq!(arguments(list(ListForm { oldest_first: true, ..LIST })), ["fields", "newest"]);
        assert_eq!(arguments(list(ListForm { extent: Extent::Part, oldest_first: true, ..LIST })), ["fields"]);
        let thread = ListForm { extent: Extent::Thread, oldest_first: true, ..LIST };
        let thread = View { form: Form::List(thread), ..RECORD };
        assert_eq!(arguments(thread), ["fields", "max_chars", "skip", "newest"]);
        let write = View { form: Form::Write(WriteForm { id: &["id"], answered_as: &[] }), ..RECORD };
        assert!(arguments(write).is_empty());
    }

    #[test]
    fn codes_are_found_by_the_whole_name() {
        const LABELS: &[(&str, Label)] = &[("1", Label::Text("low")), ("0", Label::Flag(false))];
        let view = View { codes: &[CodedField { field: "a.level", labels: LABELS }], ..RECORD };
        assert_eq!((view.labels("a.level"), view.labels("level")), (Some(LABELS), None));
        assert!(view.has_codes_in("a") && view.has_codes_in("a.level"));
        assert!(!view.has_codes_in("a.l") && !view.has_codes_in("a.level.b"));
    }
}
