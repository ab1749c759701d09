//! The API model that everything is generated from: valid by construction, with every name resolved.
//!
//! Only [`crate::lower`] creates these values. The modules that read them ([`crate::schema`], [`crate::emit`],
//! [`crate::drift`]) therefore have no error path.

use std::rc::Rc;

use serde_json::{Map, Value};

/// The whole API.
#[derive(Debug)]
pub struct Api {
    /// Name of the spec file, as diagnostics and generated comments show it.
    pub file: String,
    /// Short name: lower-case letters, digits and underscores.
    pub slug: String,
    /// Display name.
    pub title: String,
    /// Text that a model reads about the server as a whole.
    pub instructions: String,
    /// Base URL with `{variables}`.
    pub base_url: String,
    /// Variables of the base URL; each one occurs in it.
    pub variables: Vec<Variable>,
    /// The authentication of requests.
    pub auth: Auth,
    /// Paths of keys to the explanation in an error body, most trusted first; not empty.
    pub error_message: Vec<Vec<String>>,
    /// Names of the rate-limit headers, lower case: limit, remaining, reset.
    pub rate_limit: [Vec<String>; 3],
    /// Tags with their descriptions.
    pub tags: Vec<(String, String)>,
    /// Ready-made scopes.
    pub presets: Vec<Preset>,
    /// Named types that become Rust types, in the order of the file.
    pub types: Vec<NamedType>,
    /// Resources, in the order of the file.
    pub resources: Vec<Resource>,
    /// Prompts, in the order of the file.
    pub prompts: Vec<Prompt>,
}

/// The authentication of requests. A new scheme is a new variant: the compiler then names every place that must handle it.
#[derive(Clone, Debug)]
pub enum Auth {
    /// The key is the value of a header.
    Header {
        /// Name of the header.
        name: String,
        /// Text before the key, such as `Bearer ` with its space; often empty.
        prefix: String,
    },
}

/// A variable of the base URL.
#[derive(Debug)]
pub struct Variable {
    /// Name.
    pub name: String,
    /// Description.
    pub about: String,
    /// Example value.
    pub example: String,
}

/// A ready-made scope. An empty list means no restriction.
#[derive(Debug)]
pub struct Preset {
    /// Name.
    pub name: String,
    /// Description.
    pub about: String,
    /// Methods: `read`, `write`, or [`ToolMethod`]s.
    pub methods: Vec<String>,
    /// Tags.
    pub tags: Vec<String>,
    /// Names of tools.
    pub tools: Vec<String>,
}

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
    /// Field that a text stands for if it is given in place of the object.
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

/// Other ways to write a value.
#[derive(Clone, Debug, Default)]
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

/// A resource.
#[derive(Debug)]
pub struct Resource {
    /// Singular name.
    pub name: String,
    /// Plural name.
    pub plural: String,
    /// Its tools; not empty.
    pub tools: Vec<Tool>,
}

/// The method of a tool: what kind of operation it performs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ToolMethod {
    /// Lists records.
    List,
    /// Gets one record.
    Get,
    /// Creates a record.
    Create,
    /// Updates a record.
    Update,
    /// Deletes a record.
    Delete,
    /// Any other operation.
    Custom,
}

/// A tool.
#[derive(Debug)]
pub struct Tool {
    /// Name that clients call.
    pub name: String,
    /// Name of the operation within the resource.
    pub operation: String,
    /// Display name.
    pub title: String,
    /// Text that a model reads.
    pub description: String,
    /// Method of the tool.
    pub method: ToolMethod,
    /// Tags of its resource.
    pub tags: Vec<String>,
    /// True if it changes nothing.
    pub read_only: bool,
    /// True if it may overwrite or delete data.
    pub destructive: bool,
    /// True if a second identical call changes nothing more.
    pub idempotent: bool,
    /// HTTP method, upper case.
    pub http_method: String,
    /// The path, split at its variables.
    pub path: Vec<Segment>,
    /// All arguments, in the order of the schema.
    pub arguments: Vec<Argument>,
    /// Encoding of its attachments, if it takes any.
    pub attachments: Option<Attachments>,
    /// Rules between arguments.
    pub rules: Vec<Rule>,
    /// Arguments of a valid call.
    pub example: Map<String, Value>,
    /// Shape of a reply.
    pub reply: Reply,
    /// Fields of a reply, each with the kind of its values.
    pub teaches: Vec<(String, String)>,
    /// URI template under which clients read its results as MCP resources.
    pub resource: Option<ResourceUri>,
    /// Number of API calls that the rate limit counts for it.
    pub cost: u32,
    /// The reason why the API may answer 403, and who can change that.
    pub gated: Option<String>,
    /// The reason to believe that the operation exists although the published document lacks it.
    pub inferred: Option<String>,
}

impl Tool {
    /// Returns the arguments that go to one place.
    pub fn fields_in(&self, place: Place) -> impl Iterator<Item = &Field> {
        self.arguments.iter().filter(move |argument| argument.place == place).map(|argument| &argument.field)
    }

    /// Returns the path with its variables in braces.
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
    /// Its place in the request.
    pub place: Place,
}

/// The place of an argument in the HTTP request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// The path.
    Path,
    /// The query.
    Query,
    /// The JSON body, or the metadata of attachments.
    Json,
    /// The parts of the multipart body.
    Files,
}

/// A piece of a path or of a prompt.
#[derive(Clone, Debug)]
pub enum Segment {
    /// Fixed text.
    Literal(String),
    /// The value of an argument.
    Argument(String),
}

/// The encoding of a tool's attachments.
#[derive(Debug)]
pub struct Attachments {
    /// Name of the query parameter that carries the metadata.
    pub metadata: String,
    /// Part name of a single file.
    pub one: String,
    /// Part name of each of several files.
    pub many: String,
    /// Maximum length of path and query, in bytes.
    pub url_limit: usize,
}

/// A rule between arguments.
#[derive(Clone, Debug)]
pub enum Rule {
    /// At least one of these is required.
    AtLeastOne(Vec<String>),
    /// Exactly one of these is required.
    ExactlyOne(Vec<String>),
    /// The first is only allowed together with the second.
    Requires(String, String),
    /// The label of the first selects which of the others is required.
    ChosenBy(String, Vec<String>),
}

impl Rule {
    /// Returns whether the rule lets an argument take the place of others.
    pub(crate) fn selects_between(&self, argument: &str) -> bool {
        match self {
            Self::ExactlyOne(names) | Self::ChosenBy(_, names) => names.iter().any(|name| name == argument),
            Self::AtLeastOne(_) | Self::Requires(..) => false,
        }
    }
}

/// The shape of a reply.
#[derive(Debug)]
pub struct Reply {
    /// True if it is plain text rather than JSON.
    pub text: bool,
    /// Key of the rows.
    pub rows: Option<String>,
    /// Key of the total.
    pub total: Option<String>,
    /// Key of a record's ID.
    pub id: Option<String>,
}

/// The URI template under which clients read a tool's results as MCP resources.
#[derive(Debug)]
pub struct ResourceUri {
    /// The template: a scheme, then segments that are each a word or a variable in braces.
    pub uri: String,
    /// Name for programs.
    pub name: String,
    /// Display name.
    pub title: String,
}

/// A prompt.
#[derive(Debug)]
pub struct Prompt {
    /// Name that clients request.
    pub name: String,
    /// Display name.
    pub title: String,
    /// Text that a person reads to choose it.
    pub description: String,
    /// Its arguments, each of a type that can be written into a text.
    pub arguments: Vec<Field>,
    /// Names of the tools that it needs; not empty.
    pub uses: Vec<String>,
    /// The text, in passages that are shown or dropped as a whole.
    pub passages: Vec<Vec<Segment>>,
    /// Arguments of a valid call.
    pub example: Map<String, Value>,
}
