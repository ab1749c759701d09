//! The API as it is generated from: valid by construction, with every name resolved.
//!
//! Only [`crate::lower`] makes these values. What reads them ([`crate::schema`], [`crate::emit`]) cannot fail.

use std::rc::Rc;

use serde_json::{Map, Value};

/// The whole API.
#[derive(Debug)]
pub struct Api {
    /// Name of the file it was read from, as messages and documentation show it.
    pub file: String,
    /// Short name: lower-case letters, digits and underscores.
    pub slug: String,
    /// Name for people.
    pub title: String,
    /// What a model is told about the server.
    pub instructions: String,
    /// Base URL with `{variables}`.
    pub base_url: String,
    /// The variables, all of them used in the URL.
    pub variables: Vec<Variable>,
    /// Header that carries the key.
    pub auth_header: String,
    /// What stands before the key.
    pub auth_prefix: String,
    /// Path of keys to an error's explanation.
    pub error_message: Vec<String>,
    /// Header names, lower case: limit, remaining, reset.
    pub rate_limit: [Vec<String>; 3],
    /// Tags and what they cover.
    pub tags: Vec<(String, String)>,
    /// Scopes that people often want.
    pub presets: Vec<Preset>,
    /// Named types that Rust types are made of, in the file's order.
    pub types: Vec<NamedType>,
    /// Resources in the file's order.
    pub resources: Vec<Resource>,
    /// Prompts in the file's order.
    pub prompts: Vec<Prompt>,
}

/// A base-URL variable.
#[derive(Debug)]
pub struct Variable {
    /// Name.
    pub name: String,
    /// What it is.
    pub about: String,
    /// What could stand there.
    pub example: String,
}

/// A scope that people often want. A list that is empty restricts nothing.
#[derive(Debug)]
pub struct Preset {
    /// Name.
    pub name: String,
    /// What it is for.
    pub about: String,
    /// Kinds of tools.
    pub methods: Vec<String>,
    /// Tags.
    pub tags: Vec<String>,
    /// Names of tools.
    pub tools: Vec<String>,
}

/// A named type with a Rust type of its own.
#[derive(Clone, Debug)]
pub enum NamedType {
    /// An enumeration.
    Choice(Rc<Choice>),
    /// A struct.
    Record(Rc<Record>),
}

/// One of a few values.
#[derive(Debug)]
pub struct Choice {
    /// Name in the file.
    pub name: String,
    /// Explanation.
    pub about: Option<String>,
    /// Labels with their codes; not empty.
    pub options: Vec<(String, Code)>,
    /// Line of the declaration.
    pub line: usize,
}

/// How a choice goes over the wire.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Code {
    /// As a number.
    Number(i64),
    /// As a text.
    Text(String),
}

/// An object with known fields.
#[derive(Debug)]
pub struct Record {
    /// Name in the file.
    pub name: String,
    /// Explanation.
    pub about: Option<String>,
    /// The fields.
    pub fields: Vec<Field>,
    /// Whether the schema leaves the fields out.
    pub brief: bool,
    /// Line of the declaration.
    pub line: usize,
}

/// What a value can be.
#[derive(Clone, Debug)]
pub enum Type {
    /// Any text.
    Text,
    /// An e-mail address.
    Email,
    /// A whole number within bounds.
    Integer(i64, i64),
    /// Any number.
    Number,
    /// Yes or no, `true` or `false` on the wire.
    Boolean,
    /// Yes or no, 1 or 0 on the wire.
    Flag,
    /// `yyyy-mm-dd hh:mm:ss`.
    Timestamp,
    /// `yyyy-mm-dd`.
    Date,
    /// An object with any keys.
    Object,
    /// One of a few values.
    Choice(Rc<Choice>),
    /// An object with known fields.
    Record(Rc<Record>),
    /// A list, perhaps joined into one text on the wire.
    List(Box<Self>, Option<char>),
    /// Attachments.
    Files,
}

/// An argument, or a field of an object.
#[derive(Clone, Debug)]
pub struct Field {
    /// Name that callers use.
    pub argument: String,
    /// Name that the API uses.
    pub wire: String,
    /// What it can be.
    pub of: Type,
    /// Explanation; every argument has one.
    pub about: Option<String>,
    /// Whether it must be given.
    pub required: bool,
    /// Whether a text must have something in it: it must be given, or be given in place of another.
    pub filled: bool,
    /// Value that the API assumes.
    pub default: Option<Value>,
    /// The text that empties it.
    pub clear: Option<String>,
}

/// A resource.
#[derive(Debug)]
pub struct Resource {
    /// Singular.
    pub name: String,
    /// Plural.
    pub plural: String,
    /// Its tools; not empty.
    pub tools: Vec<Tool>,
}

/// The kind of an operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    /// Many records.
    List,
    /// One record.
    Get,
    /// Makes a record.
    Create,
    /// Changes a record.
    Update,
    /// Removes a record.
    Delete,
    /// Anything else.
    Custom,
}

/// A tool.
#[derive(Debug)]
pub struct Tool {
    /// Name that clients call.
    pub name: String,
    /// Its operation within the resource.
    pub operation: String,
    /// Name for people.
    pub title: String,
    /// What a model reads.
    pub description: String,
    /// Kind of operation.
    pub class: Class,
    /// What it belongs to.
    pub tags: Vec<String>,
    /// Changes nothing.
    pub read_only: bool,
    /// Overwrites or removes.
    pub destructive: bool,
    /// Twice is as good as once.
    pub idempotent: bool,
    /// HTTP method, upper case.
    pub method: String,
    /// The path, cut at its variables.
    pub path: Vec<Segment>,
    /// All arguments, in the order of the schema.
    pub arguments: Vec<Argument>,
    /// How attachments travel, if it takes any.
    pub attachments: Option<Attachments>,
    /// Rules between arguments.
    pub rules: Vec<Rule>,
    /// Arguments that work.
    pub example: Map<String, Value>,
    /// What a reply holds.
    pub reply: Reply,
    /// Where its answers are resources.
    pub resource: Option<ResourceUri>,
    /// Calls of the rate limit.
    pub cost: u32,
    /// Why it may be refused, and what to do.
    pub gated: Option<String>,
    /// Why it is thought to exist.
    pub inferred: Option<String>,
    /// Line of the declaration.
    pub line: usize,
}

impl Tool {
    /// The arguments that go to one place.
    pub fn at(&self, place: Place) -> impl Iterator<Item = &Field> {
        self.arguments.iter().filter(move |argument| argument.place == place).map(|argument| &argument.field)
    }

    /// The path with its variables in braces.
    pub fn path_template(&self) -> String {
        let piece = |segment: &Segment| match segment {
            Segment::Literal(text) => text.clone(),
            Segment::Argument(name) => format!("{{{name}}}"),
        };
        self.path.iter().map(piece).collect()
    }
}

/// An argument of a tool.
#[derive(Clone, Debug)]
pub struct Argument {
    /// The argument itself.
    pub field: Field,
    /// Where it goes.
    pub place: Place,
}

/// Where an argument goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// Into the path.
    Path,
    /// Into the query.
    Query,
    /// Into the JSON body, or the attachments' metadata.
    Json,
    /// Into the multipart body.
    Files,
}

/// A piece of a path or of a prompt.
#[derive(Clone, Debug)]
pub enum Segment {
    /// Fixed text.
    Literal(String),
    /// An argument.
    Argument(String),
}

/// How a tool's attachments travel.
#[derive(Debug)]
pub struct Attachments {
    /// Name of the metadata.
    pub metadata: String,
    /// Part name of one file.
    pub one: String,
    /// Part name of each of several.
    pub many: String,
    /// Longest path and query in bytes.
    pub url_limit: usize,
}

/// A rule between arguments.
#[derive(Clone, Debug)]
pub enum Rule {
    /// At least one of these.
    AtLeastOne(Vec<String>),
    /// Exactly one of these.
    ExactlyOne(Vec<String>),
    /// The first only with the second.
    Requires(String, String),
    /// The first's label says which of the others must be given.
    ChosenBy(String, Vec<String>),
}

impl Rule {
    /// Whether the rule lets an argument stand in place of others.
    pub(crate) fn picks(&self, argument: &str) -> bool {
        match self {
            Self::ExactlyOne(names) | Self::ChosenBy(_, names) => names.iter().any(|name| name == argument),
            Self::AtLeastOne(_) | Self::Requires(..) => false,
        }
    }
}

/// What a reply holds.
#[derive(Debug)]
pub struct Reply {
    /// Text rather than JSON.
    pub text: bool,
    /// Key of the rows.
    pub rows: Option<String>,
    /// Key of the total.
    pub total: Option<String>,
    /// Key of a record's identifier.
    pub id: Option<String>,
}

/// The addresses at which a tool's answers are resources.
#[derive(Debug)]
pub struct ResourceUri {
    /// Their pattern: scheme and segments, each of these a text or a variable in braces.
    pub uri: String,
    /// Name for programs.
    pub name: String,
    /// Name for people.
    pub title: String,
}

/// A prompt.
#[derive(Debug)]
pub struct Prompt {
    /// Name that clients ask for.
    pub name: String,
    /// Name for people.
    pub title: String,
    /// What a person reads.
    pub description: String,
    /// Its arguments, each of a type that can stand in a text.
    pub arguments: Vec<Field>,
    /// Names of tools; not empty.
    pub uses: Vec<String>,
    /// The text, cut into what stays or goes together.
    pub passages: Vec<Vec<Segment>>,
    /// Arguments that work.
    pub example: Map<String, Value>,
    /// Line of the declaration.
    pub line: usize,
}
