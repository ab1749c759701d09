//! Replies, and the form in which they are shown.

pub use tool_runtime::results::Extent;

/// The shape of a reply.
#[derive(Debug)]
pub struct Reply {
    /// True if it is plain text rather than JSON.
    pub text: bool,
    /// Key of the rows.
    pub rows: Option<String>,
    /// Key of the total.
    pub total: Option<String>,
    /// The arguments that select a page.
    pub paging: Option<Paging>,
}

/// The arguments that select a page of a list.
#[derive(Clone, Debug)]
pub struct Paging {
    /// Argument with the number of rows to skip.
    pub offset: String,
    /// Argument with the number of rows of a page, if callers can choose it.
    pub size: Option<String>,
    /// Number of rows of a page otherwise.
    pub rows: u64,
}

/// The form in which a reply is shown.
#[derive(Debug)]
pub struct View {
    /// The form of a result.
    pub form: Form,
    /// Fields that are shown if the caller does not choose others; all fields if the list is empty.
    pub fields: Vec<String>,
    /// Fields of rows that follow those if a row has them.
    pub optional: Vec<String>,
    /// Fields with HTML, each with the field that has the same as plain text.
    pub twins: Vec<(String, String)>,
    /// Fields with long texts.
    pub long_texts: Vec<String>,
    /// Text that the description of the tool needs beside such results.
    pub note: Option<String>,
}

/// The form of a result.
#[derive(Debug)]
pub enum Form {
    /// Columns and rows.
    List {
        /// Key of the rows.
        rows: String,
        /// Key of the total.
        total: Option<String>,
        /// The part of the list that one reply has.
        extent: Extent,
        /// True if the oldest row comes first.
        oldest_first: bool,
    },
    /// One record.
    Record,
    /// The ID of a record and the fields that the call set.
    Write {
        /// Fields that identify the record.
        id: Vec<String>,
        /// Arguments, each with the field that answers it, where the names differ.
        answered_as: Vec<(String, String)>,
    },
}

/// A field with codes.
#[derive(Clone, Debug)]
pub struct CodedField {
    /// Name of the field.
    pub field: String,
    /// Each code with its label.
    pub labels: Vec<(String, Label)>,
}

/// The value that arguments take for a code.
#[derive(Clone, Debug)]
pub enum Label {
    /// A text.
    Text(String),
    /// A boolean.
    Flag(bool),
}
