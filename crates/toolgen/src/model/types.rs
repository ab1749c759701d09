//! The types of arguments, and the arguments themselves.

use std::mem::discriminant;
use std::rc::Rc;

use serde_json::Value;

/// A named type that becomes a Rust type.
#[derive(Clone, Debug)]
pub enum NamedType {
    /// An enum.
    Choice(Rc<Choice>),
    /// A struct.
    Record(Rc<Record>),
}

/// A fixed set of values.
#[derive(Debug)]
pub struct Choice {
    /// Name in the spec.
    pub name: String,
    /// Description.
    pub about: Option<String>,
    /// Labels with their codes; not empty.
    pub options: Vec<(String, Code)>,
}

/// The wire form of a choice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Code {
    /// A number.
    Number(i64),
    /// A text.
    Text(String),
}

/// An object with known fields.
#[derive(Debug)]
pub struct Record {
    /// Name in the spec.
    pub name: String,
    /// Description.
    pub about: Option<String>,
    /// The fields.
    pub fields: Vec<Field>,
    /// Fields of which a value must have at least one; none if the list is empty.
    pub at_least_one: Vec<String>,
    /// Field that a text sets if it is given in place of the object.
    pub text: Option<String>,
    /// True if the schema omits the fields.
    pub brief: bool,
}

/// The type of a value.
#[derive(Clone, Debug)]
pub enum Type {
    /// Any text.
    Text,
    /// A name: a text of visible characters that is never empty.
    Name,
    /// An e-mail address.
    Email,
    /// A whole number between two bounds, both inclusive.
    Integer(i64, i64),
    /// Any number.
    Number,
    /// A boolean, `true` or `false` on the wire.
    Boolean,
    /// A boolean, 1 or 0 on the wire.
    Flag,
    /// A time: `yyyy-mm-dd hh:mm:ss`.
    Timestamp,
    /// A day: `yyyy-mm-dd`.
    Date,
    /// An object with any keys.
    Object,
    /// One of a fixed set of values.
    Choice(Rc<Choice>),
    /// An object with known fields.
    Record(Rc<Record>),
    /// A list; with a separator, it is joined into one text on the wire.
    List(Box<Self>, Option<char>),
    /// The type of a list's items that may also be written in another way.
    Marked(Box<Self>, Marks),
    /// Attachments.
    Files,
}

impl Type {
    /// Returns whether both types accept the same values.
    pub(crate) fn accepts_same_as(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Choice(one), Self::Choice(other)) => one.name == other.name,
            (Self::Record(one), Self::Record(other)) => one.name == other.name,
            (Self::Integer(one_min, one_max), Self::Integer(min, max)) => (one_min, one_max) == (min, max),
            (Self::List(one, one_separator), Self::List(other, separator)) => {
                one_separator == separator && one.accepts_same_as(other)
            }
            (Self::Marked(one, one_marks), Self::Marked(other, marks)) => {
                one_marks == marks && one.accepts_same_as(other)
            }
            _ => discriminant(self) == discriminant(other),
        }
    }
}

/// Other ways to write a value.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Marks {
    /// Text that clears the field at the API.
    pub clear: Option<String>,
    /// Text that callers may write before a number.
    pub prefix: Option<String>,
}

/// An argument, or a field of an object.
#[derive(Clone, Debug)]
pub struct Field {
    /// Name that callers use.
    pub argument: String,
    /// Other names that callers may use.
    pub also: Vec<String>,
    /// Name that the API uses.
    pub wire: String,
    /// Type of the value.
    pub ty: Type,
    /// Description; every argument has one.
    pub about: Option<String>,
    /// True if the value is required.
    pub required: bool,
    /// Meaning of an empty value: an empty text, white space, an empty list, or an empty object.
    pub empty: Empty,
    /// True if a rule lets it take the place of another argument.
    pub alternative: bool,
    /// Value that the API assumes if the field is omitted.
    pub default: Option<Value>,
    /// Text that clears the field at the API.
    pub clear: Option<String>,
    /// Text that callers may write before a number.
    pub prefix: Option<String>,
    /// The named type by which its values and those in replies belong together.
    pub kind: Option<String>,
}

/// The meaning of an empty value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Empty {
    /// The argument counts as not given.
    Absent,
    /// The call is refused.
    Refused,
    /// It is sent, and clears the field at the API.
    Sent,
}
