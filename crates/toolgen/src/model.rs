//! The API model that everything is generated from: valid by construction, with every name resolved.
//!
//! Only [`crate::lower`] creates these values. The modules that read them ([`crate::schema`], [`crate::emit`],
//! [`crate::drift`]) therefore have no error path.

mod effect;
mod results;
mod search;
mod summary;
mod types;

use serde_json::{Map, Value};

pub use self::effect::{Condition, Effect, RecordLookup};
pub use self::results::{CodedField, Extent, Form, Label, Paging, Reply, View};
pub use self::search::{Cannot, Search};
pub use self::summary::Summary;
pub use self::types::{Choice, Code, Empty, Field, Marks, NamedType, Record, Type};

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
    /// Words by which tools are found.
    pub search: Search,
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
    /// True if some calls of its tools need a confirmation.
    pub confirm: bool,
}

/// A resource.
#[derive(Debug)]
pub struct Resource {
    /// Singular name.
    pub name: String,
    /// Plural name.
    pub plural: String,
    /// Fields with codes, which all views of the tools show as labels.
    pub codes: Vec<CodedField>,
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
    /// The form in which a reply is shown; none if it is not JSON.
    pub view: Option<View>,
    /// Summary that reads its pages, a tool of its own.
    pub summary: Option<Summary>,
    /// URI template under which clients read its results as MCP resources.
    pub resource: Option<ResourceUri>,
    /// Number of API calls that the rate limit counts for it.
    pub cost: u32,
    /// The reason why the API may reply with 403, and who can change that.
    pub gated: Option<String>,
    /// The reason to believe that the operation exists although the published document lacks it.
    pub inferred: Option<String>,
    /// Effects of its calls on people.
    pub effects: Vec<Effect>,
    /// The read of the record that its calls are about, for the person who confirms them.
    pub lookup: Option<RecordLookup>,
}

impl Tool {
    /// Returns the arguments that go to one place.
    pub(crate) fn fields_in(&self, place: Place) -> impl Iterator<Item = &Field> {
        self.arguments.iter().filter(move |argument| argument.place == place).map(|argument| &argument.field)
    }

    /// Returns the path with its variables in braces.
    pub(crate) fn path_template(&self) -> String {
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
