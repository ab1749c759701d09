//! What a specification file says, with the place of everything, before anything is checked.
//!
//! Shape only: which keys there are and what kind of value each takes. Whether names exist, values fit and rules
//! agree is [`crate::lower`]'s business. [`keys`] holds the list of all keys. What is missing or of the wrong kind is
//! reported and left out, so that the rest can be checked all the same.

pub mod keys;
mod parse;
mod reader;
mod visible;

pub(crate) use parse::parse;

use crate::diagnostic::{Report, Span};
use crate::yaml::{Key, Node};

/// A value and its place.
#[derive(Clone, Debug)]
pub struct Spanned<T> {
    /// The value.
    pub value: T,
    /// Its place.
    pub span: Span,
}

/// A text and its place.
pub type Text = Spanned<String>;

impl Text {
    /// The place of a part of the text, or of the whole text if the file writes the part otherwise: escaped, or folded.
    pub(crate) fn part(&self, part: &str, report: &Report) -> Span {
        let start = report.written(self.span).find(part).map(|at| self.span.start + at);
        start.map_or(self.span, |start| Span { start, end: start + part.len() })
    }
}

/// A whole file.
#[derive(Debug)]
pub struct Spec {
    /// The API.
    pub api: Api,
    /// Named types.
    pub types: Vec<(Key, TypeDecl)>,
    /// Resources with their tools.
    pub resources: Vec<(Key, Resource)>,
    /// Prompts.
    pub prompts: Vec<(Key, Prompt)>,
}

/// The section `api`.
#[derive(Debug, Default)]
pub struct Api {
    /// Short name.
    pub slug: Option<Text>,
    /// Name for people.
    pub title: Option<Text>,
    /// What tool names have in common.
    pub tool_prefix: Option<Text>,
    /// What a model is told about the server.
    pub instructions: Option<Text>,
    /// Base URL with `{variables}`.
    pub base_url: Option<Text>,
    /// The variables: explanation and example.
    pub variables: Vec<(Key, Variable)>,
    /// Header that carries the key.
    pub auth_header: Option<Text>,
    /// What stands before the key.
    pub auth_prefix: Option<Text>,
    /// Where an error body carries its explanation.
    pub error_message: Option<Text>,
    /// Header names.
    pub rate_limit: RateLimit,
    /// How attachments travel.
    pub multipart: Option<Multipart>,
    /// Every tag, with what it covers.
    pub tags: Vec<(Key, Option<Text>)>,
    /// Scopes that people often want.
    pub presets: Vec<(Key, Preset)>,
    /// File with the stand-in's data.
    pub sandbox: Option<Text>,
}

/// A base-URL variable.
#[derive(Debug, Default)]
pub struct Variable {
    /// What it is.
    pub about: Option<Text>,
    /// What could stand there.
    pub example: Option<Text>,
}

/// A scope that people often want.
#[derive(Debug, Default)]
pub struct Preset {
    /// What it is for.
    pub about: Option<Text>,
    /// Kinds of tools.
    pub methods: Vec<Text>,
    /// Tags.
    pub tags: Vec<Text>,
    /// Names of tools.
    pub tools: Vec<Text>,
}

/// Response header names by meaning.
#[derive(Debug, Default)]
pub struct RateLimit {
    /// Calls in a window.
    pub limit: Vec<Text>,
    /// Calls left.
    pub remaining: Vec<Text>,
    /// When there are calls again.
    pub reset: Vec<Text>,
}

/// The section `api.multipart`.
#[derive(Debug)]
pub struct Multipart {
    /// Part name of a single file.
    pub one: Option<Text>,
    /// Part name of each of several.
    pub many: Option<Text>,
    /// Longest path and query in bytes.
    pub url_limit: Option<Spanned<i64>>,
}

/// A type as it is named where it is used.
#[derive(Clone, Debug)]
pub enum TypeExpr {
    /// A built-in or named type.
    Name(Text),
    /// A list of such.
    List(Box<Self>),
}

impl TypeExpr {
    /// The place of the name in it.
    pub(crate) fn span(&self) -> Span {
        match self {
            Self::Name(name) => name.span,
            Self::List(item) => item.span(),
        }
    }
}

/// A named type.
#[derive(Debug, Default)]
pub struct TypeDecl {
    /// Explanation for arguments that have none of their own.
    pub about: Option<Text>,
    /// Value that the API assumes.
    pub default: Option<Node>,
    /// What it is.
    pub kind: Option<TypeKind>,
}

/// What a named type can be.
#[derive(Debug)]
pub enum TypeKind {
    /// Another type, narrowed.
    Alias {
        /// The other type.
        of: TypeExpr,
        /// Bounds and clearing sign.
        limits: Limits,
    },
    /// One of these texts.
    OneOf(Vec<Text>),
    /// One of these labels, each with its code.
    Codes {
        /// Label and code.
        codes: Vec<(Key, Spanned<i64>)>,
        /// `text` if the code goes out as text.
        sent_as: Option<Text>,
    },
    /// A list.
    List {
        /// Its items.
        of: TypeExpr,
        /// What joins them into one text.
        join: Option<Text>,
    },
    /// An object with these fields and no others.
    Object {
        /// The fields.
        fields: Vec<Field>,
        /// Whether the schema leaves the fields out.
        brief: bool,
    },
}

/// What narrows a type.
#[derive(Clone, Debug, Default)]
pub struct Limits {
    /// Smallest whole number.
    pub min: Option<Spanned<i64>>,
    /// Largest whole number.
    pub max: Option<Spanned<i64>>,
    /// The text that empties the field.
    pub clear: Option<Text>,
}

/// An argument, or a field of an object.
#[derive(Clone, Debug)]
pub struct Field {
    /// Name that callers use.
    pub name: Key,
    /// Its type.
    pub of: Option<TypeExpr>,
    /// Explanation.
    pub about: Option<Text>,
    /// Whether it must be given, if that is written.
    pub required: Option<bool>,
    /// Name that the API uses.
    pub wire: Option<Text>,
    /// Value that the API assumes.
    pub default: Option<Node>,
    /// What narrows its type.
    pub limits: Limits,
}

/// A resource.
#[derive(Debug, Default)]
pub struct Resource {
    /// Several of it.
    pub plural: Option<Text>,
    /// What it belongs to.
    pub tags: Option<Vec<Text>>,
    /// Why calls may be refused.
    pub gated: Option<Text>,
    /// What identifies one record.
    pub id: Vec<Field>,
    /// Whether nothing is wrong with how `id` is written.
    pub whole: bool,
    /// Its operations.
    pub tools: Option<Vec<(Key, Tool)>>,
}

/// An operation.
#[derive(Debug, Default)]
pub struct Tool {
    /// `METHOD /path`.
    pub http: Option<Text>,
    /// Name for people.
    pub title: Option<Text>,
    /// Explanation for models.
    pub about: Option<Text>,
    /// Arguments that work.
    pub example: Option<Node>,
    /// Identifying fields, in place of the resource's.
    pub id: Option<Vec<Field>>,
    /// Arguments in the query.
    pub query: Vec<Field>,
    /// Arguments in the JSON body.
    pub json: Vec<Field>,
    /// Attachments.
    pub multipart: Option<Attachments>,
    /// Whether nothing is wrong with how the arguments are written.
    pub whole: bool,
    /// Rules between arguments.
    pub rules: Rules,
    /// What a reply holds.
    pub reply: Reply,
    /// Path of the addresses at which its answers are resources.
    pub uri: Option<Text>,
    /// What is known beyond shape.
    pub facts: Facts,
}

/// The key `multipart` of a tool.
#[derive(Debug)]
pub struct Attachments {
    /// Where the metadata goes.
    pub metadata: Option<Text>,
    /// Arguments of the metadata, declared here.
    pub fields: Vec<Field>,
    /// The sibling whose body's arguments they are.
    pub fields_of: Option<Text>,
    /// The key itself.
    pub span: Span,
}

/// Rules between arguments.
#[derive(Clone, Debug, Default)]
pub struct Rules {
    /// At least one of these.
    pub at_least_one: Option<AtLeastOne>,
    /// Exactly one of each of these.
    pub exactly_one: Vec<Vec<Text>>,
    /// The first only with the second.
    pub requires: Vec<(Key, Text)>,
    /// The first's label says which of the others.
    pub chosen_by: Vec<(Key, Vec<Text>)>,
}

/// What `at_least_one` names.
#[derive(Clone, Debug)]
pub enum AtLeastOne {
    /// Every argument of the JSON body.
    Json(Span),
    /// These.
    Names(Vec<Text>),
}

/// What a reply holds.
#[derive(Debug, Default)]
pub struct Reply {
    /// Text rather than JSON.
    pub text: bool,
    /// Key of the rows.
    pub rows: Option<Text>,
    /// Key of the total.
    pub total: Option<Text>,
    /// Key of a record's identifier.
    pub id: Option<Text>,
}

/// What is known of an operation beyond its shape.
#[derive(Debug, Default)]
pub struct Facts {
    /// Changes nothing.
    pub read_only: Option<bool>,
    /// Overwrites or removes.
    pub destructive: Option<bool>,
    /// Twice is as good as once.
    pub idempotent: Option<bool>,
    /// To whom it sends e-mail.
    pub sends_email: Option<Text>,
    /// Calls of the rate limit.
    pub cost: Option<Spanned<i64>>,
    /// Why it may be refused.
    pub gated: Option<Text>,
    /// Why it is thought to exist.
    pub inferred: Option<Text>,
}

/// A prompt.
#[derive(Debug, Default)]
pub struct Prompt {
    /// Name for people.
    pub title: Option<Text>,
    /// Explanation for people.
    pub about: Option<Text>,
    /// What it wants to be told.
    pub arguments: Vec<Field>,
    /// Whether nothing is wrong with how the arguments are written.
    pub whole: bool,
    /// Names of tools.
    pub uses: Option<Vec<Text>>,
    /// The text, with places for arguments.
    pub text: Option<Text>,
    /// Arguments that work.
    pub example: Option<Node>,
}
