//! The syntax of a spec: what the file says, with the place of everything, before any check.
//!
//! These types hold the shape only. [`crate::parse`] fills them from YAML; [`crate::lower`] checks whether names exist,
//! values fit and rules agree. A value that is missing or has the wrong type is `None` here and already reported, so
//! that the rest can still be checked. [`keys`] lists every key of the language.

pub mod keys;
mod question;
mod results;
mod search;
mod summary;

pub use self::question::QuestionSpec;
pub use self::results::{PageSpec, ReplySpec, ShowsSpec};
pub use self::search::{CannotSpec, SearchSpec};
pub use self::summary::SummarySpec;
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
    /// Returns the place of a part of the text, or of the whole text if the file writes the part differently (escaped or
    /// folded).
    pub(crate) fn span_of(&self, part: &str, report: &Report) -> Span {
        let start = report.source_of(self.span).find(part).map(|at| self.span.start + at);
        start.map_or(self.span, |start| Span { start, end: start + part.len() })
    }
}

/// A whole file.
#[derive(Debug)]
pub struct Spec {
    /// The API.
    pub api: ApiSpec,
    /// Named types.
    pub types: Vec<(Key, TypeDecl)>,
    /// Resources with their tools.
    pub resources: Vec<(Key, ResourceSpec)>,
    /// Prompts.
    pub prompts: Vec<(Key, PromptSpec)>,
}

/// The section `api`.
#[derive(Debug, Default)]
pub struct ApiSpec {
    /// Short name.
    pub slug: Option<Text>,
    /// Display name.
    pub title: Option<Text>,
    /// Common part of all tool names.
    pub tool_prefix: Option<Text>,
    /// Text that a model reads about the server as a whole.
    pub instructions: Option<Text>,
    /// Base URL with `{variables}`.
    pub base_url: Option<Text>,
    /// Variables of the base URL.
    pub variables: Vec<(Key, VariableSpec)>,
    /// Header that carries the key.
    pub auth_header: Option<Text>,
    /// Text before the key.
    pub auth_prefix: Option<Text>,
    /// Paths of keys to the explanation in an error body, most trusted first.
    pub error_message: Option<Vec<Text>>,
    /// Names of the rate-limit headers.
    pub rate_limit: RateLimit,
    /// Text that means that a field of a reply has no value.
    pub unset: Option<Text>,
    /// Encoding of attachments.
    pub multipart: Option<Multipart>,
    /// Tags with their descriptions.
    pub tags: Vec<(Key, Option<Text>)>,
    /// Ready-made scopes.
    pub presets: Vec<(Key, PresetSpec)>,
    /// Words by which tools are found.
    pub search: SearchSpec,
    /// File with the sandbox's data.
    pub sandbox: Option<Text>,
}

/// A variable of the base URL.
#[derive(Debug, Default)]
pub struct VariableSpec {
    /// Description.
    pub about: Option<Text>,
    /// Example value.
    pub example: Option<Text>,
}

/// A ready-made scope.
#[derive(Debug, Default)]
pub struct PresetSpec {
    /// Description.
    pub about: Option<Text>,
    /// Methods.
    pub methods: Vec<Text>,
    /// Tags.
    pub tags: Vec<Text>,
    /// Names of tools.
    pub tools: Vec<Text>,
}

/// Names of response headers, by meaning.
#[derive(Debug, Default)]
pub struct RateLimit {
    /// Calls allowed in a window.
    pub limit: Vec<Text>,
    /// Calls left in the window.
    pub remaining: Vec<Text>,
    /// End of the window.
    pub reset: Vec<Text>,
}

/// The section `api.multipart`.
#[derive(Debug)]
pub struct Multipart {
    /// Part name of a single file.
    pub one: Option<Text>,
    /// Part name of each of several files.
    pub many: Option<Text>,
    /// Maximum length of path and query, in bytes.
    pub url_limit: Option<Spanned<i64>>,
}

/// A reference to a type.
#[derive(Clone, Debug)]
pub enum TypeExpr {
    /// A built-in or named type.
    Name(Text),
    /// A list of items of a type.
    List(Box<Self>),
}

impl TypeExpr {
    /// Returns the place of the name in it.
    pub(crate) fn span(&self) -> Span {
        match self {
            Self::Name(name) => name.span,
            Self::List(item) => item.span(),
        }
    }
}

/// The declaration of a named type.
#[derive(Debug, Default)]
pub struct TypeDecl {
    /// Description for arguments that have none of their own.
    pub about: Option<Text>,
    /// Other names that callers may use for arguments that have none of their own.
    pub also: Vec<Text>,
    /// Value that the API assumes.
    pub default: Option<Node>,
    /// Definition of the type.
    pub kind: Option<TypeKind>,
}

/// The definition of a named type.
#[derive(Debug)]
pub enum TypeKind {
    /// Another type, narrowed.
    Alias {
        /// The other type.
        target: TypeExpr,
        /// Bounds, clearing text, and meaning of an empty text.
        limits: Limits,
    },
    /// One of these texts.
    OneOf(Vec<Text>),
    /// One of these labels, each with its code.
    Codes {
        /// Labels with their codes.
        codes: Vec<(Key, Spanned<i64>)>,
        /// `text` if the code is sent as text.
        sent_as: Option<Text>,
    },
    /// A list.
    List {
        /// Type of its items.
        item: TypeExpr,
        /// Separator that joins the items into one text.
        join: Option<Text>,
    },
    /// An object with these fields and no others.
    Object {
        /// The fields.
        fields: Vec<FieldSpec>,
        /// Fields of which a value must have at least one.
        at_least_one: Vec<Text>,
        /// Field that a text sets if it is given in place of the object.
        text: Option<Text>,
        /// True if the schema omits the fields.
        brief: bool,
    },
}

/// Limits that narrow a type.
#[derive(Clone, Debug, Default)]
pub struct Limits {
    /// Smallest allowed number.
    pub min: Option<Spanned<i64>>,
    /// Largest allowed number.
    pub max: Option<Spanned<i64>>,
    /// Text that callers may write before a number.
    pub prefix: Option<Text>,
    /// Text that clears the field at the API.
    pub clear: Option<Text>,
    /// Meaning of an empty text.
    pub empty: Option<Text>,
}

/// An argument, or a field of an object.
#[derive(Clone, Debug)]
pub struct FieldSpec {
    /// Name that callers use.
    pub name: Key,
    /// Type of the value.
    pub ty: Option<TypeExpr>,
    /// Description.
    pub about: Option<Text>,
    /// Other names that callers may use.
    pub also: Vec<Text>,
    /// The file's value of `required`, if it has one.
    pub required: Option<bool>,
    /// Name that the API uses.
    pub wire: Option<Text>,
    /// Value that the API assumes.
    pub default: Option<Node>,
    /// Limits that narrow its type.
    pub limits: Limits,
}

/// A resource.
#[derive(Debug, Default)]
pub struct ResourceSpec {
    /// Plural name.
    pub plural: Option<Text>,
    /// Tags.
    pub tags: Option<Vec<Text>>,
    /// The reason why the API may reply with 403, and who can change that.
    pub gated: Option<Text>,
    /// Fields of its replies, each with the type of the arguments that take its values.
    pub values: Vec<(Key, Text)>,
    /// Arguments that identify one record.
    pub id: Vec<FieldSpec>,
    /// The form in which its records are shown.
    pub shows: Option<ShowsSpec>,
    /// The record that a question for a confirmation shows.
    pub question: Option<QuestionSpec>,
    /// True if `id` was read without a mistake.
    pub whole: bool,
    /// Its operations.
    pub tools: Option<Vec<(Key, ToolSpec)>>,
}

/// An operation of a resource.
#[derive(Debug, Default)]
pub struct ToolSpec {
    /// `METHOD /path`.
    pub http: Option<Text>,
    /// Display name.
    pub title: Option<Text>,
    /// Description for models.
    pub about: Option<Text>,
    /// Arguments of a valid call.
    pub example: Option<Node>,
    /// Identifying arguments that replace those of the resource.
    pub id: Option<Vec<FieldSpec>>,
    /// Arguments in the query.
    pub query: Vec<FieldSpec>,
    /// Arguments in the JSON body.
    pub json: Vec<FieldSpec>,
    /// Attachments.
    pub multipart: Option<AttachmentsSpec>,
    /// True if all arguments were read without a mistake.
    pub whole: bool,
    /// Rules between arguments.
    pub rules: Rules,
    /// Shape of a reply.
    pub reply: ReplySpec,
    /// Summary of a list.
    pub summarize: Option<SummarySpec>,
    /// URI path under which clients read its results.
    pub uri: Option<Text>,
    /// Facts beyond the shape of the operation.
    pub facts: Facts,
}

/// The key `multipart` of a tool.
#[derive(Debug)]
pub struct AttachmentsSpec {
    /// Query parameter that carries the metadata.
    pub metadata: Option<Text>,
    /// Arguments of the metadata, declared here.
    pub fields: Vec<FieldSpec>,
    /// Operation of the same resource whose body arguments they are.
    pub fields_of: Option<Text>,
    /// Place of the key itself.
    pub span: Span,
}

/// Rules between arguments.
#[derive(Clone, Debug, Default)]
pub struct Rules {
    /// At least one of these is required.
    pub at_least_one: Option<AtLeastOne>,
    /// Exactly one of each group is required.
    pub exactly_one: Vec<Vec<Text>>,
    /// The first is only allowed together with the second.
    pub requires: Vec<(Key, Text)>,
    /// The label of the first selects which of the others is required.
    pub chosen_by: Vec<(Key, Vec<Text>)>,
}

/// The value of `at_least_one`.
#[derive(Clone, Debug)]
pub enum AtLeastOne {
    /// Every argument of the JSON body.
    Json(Span),
    /// These arguments.
    Names(Vec<Text>),
}

/// Facts about an operation beyond its shape.
#[derive(Debug, Default)]
pub struct Facts {
    /// True if it changes nothing.
    pub read_only: Option<bool>,
    /// True if it may overwrite or delete data.
    pub destructive: Option<bool>,
    /// True if a second identical call changes nothing more.
    pub idempotent: Option<bool>,
    /// Effects on people, each under the key that names its kind.
    pub effects: Vec<(Key, EffectSpec)>,
    /// Number of API calls that the rate limit counts for it.
    pub cost: Option<Spanned<i64>>,
    /// The reason why the API may reply with 403, and who can change that.
    pub gated: Option<Text>,
    /// The reason to believe that the operation exists although the published document lacks it.
    pub inferred: Option<Text>,
}

/// An effect of an operation on people.
#[derive(Clone, Debug, Default)]
pub struct EffectSpec {
    /// The people or records that it concerns.
    pub what: Option<Text>,
    /// Condition under which a call has the effect.
    pub when: Option<ConditionSpec>,
    /// Condition under which a call does not have the effect.
    pub unless: Option<ConditionSpec>,
}

/// A condition on the arguments of a call.
#[derive(Clone, Debug)]
pub enum ConditionSpec {
    /// One of these arguments is given.
    Given(Vec<Text>),
    /// An argument has a value.
    Equals(Key, Node),
}

/// A prompt.
#[derive(Debug, Default)]
pub struct PromptSpec {
    /// Display name.
    pub title: Option<Text>,
    /// Description for people.
    pub about: Option<Text>,
    /// Its arguments.
    pub arguments: Vec<FieldSpec>,
    /// True if the arguments were read without a mistake.
    pub whole: bool,
    /// Names of the tools that it needs.
    pub uses: Option<Vec<Text>>,
    /// Text with placeholders for arguments.
    pub text: Option<Text>,
    /// Arguments of a valid call.
    pub example: Option<Node>,
}
