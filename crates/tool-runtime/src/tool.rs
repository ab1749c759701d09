//! Tools: their definition, and the way from a caller's arguments to the HTTP request.

use serde_json::{Map, Value};

use crate::arguments::{self, Arguments};
use crate::guidance::Guidance;
use crate::known_values::NamedValue;
use crate::request::{HttpMethod, Request};
use crate::resource::ResourceDef;
use crate::results::{Teaches, View};
use crate::violation::Violations;

/// A generated tool struct: an operation of the API with its arguments.
pub trait Endpoint: Sized {
    /// Everything about the tool that does not depend on arguments.
    const DEF: ToolDef;

    /// Other names that are accepted, each with the argument that it stands for.
    const SYNONYMS: &'static [(&'static str, &'static str)] = &[];

    /// A value of each argument as JSON text, in the order of [`ToolDef::arguments`].
    const EXAMPLES: &'static [&'static str] = &[];

    /// The fields of its replies whose values arguments take.
    const TEACHES: Teaches = Teaches::NOTHING;

    /// Takes the known arguments out of `arguments`. Returns `None` only if it recorded a violation there.
    fn decode(arguments: &mut Arguments) -> Option<Self>;

    /// Returns the HTTP request of the operation.
    fn request(&self) -> Request;

    /// Returns the values of arguments that are names of the account.
    fn named_values(&self) -> Vec<NamedValue> {
        Vec::new()
    }
}

/// The definition of a tool.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ToolDef {
    /// Unique name, by which a client calls it.
    pub name: &'static str,
    /// Name for people.
    pub title: &'static str,
    /// Description for a model that chooses and calls tools.
    pub description: &'static str,
    /// The method, by which scopes select.
    pub method: ToolMethod,
    /// Tags, by which scopes select.
    pub tags: &'static [&'static str],
    /// The protocol's annotations.
    pub hints: Hints,
    /// JSON Schema of the arguments, as JSON text.
    pub input_schema: &'static str,
    /// The arguments' names, in the order of the schema.
    pub arguments: &'static [&'static str],
    /// Arguments that satisfy the schema, as JSON text.
    pub example: &'static str,
    /// The argument that carries attachments, if there is one.
    pub files: Option<&'static str>,
    /// HTTP method of the operation.
    pub http_method: HttpMethod,
    /// Path template of the operation, below the base URL.
    pub path: &'static str,
    /// Format of a successful reply.
    pub reply: ReplyFormat,
    /// The form of compact results, if there are any.
    pub view: Option<View>,
    /// Text that the description needs where results are compact.
    pub compact_note: Option<&'static str>,
    /// The arguments that select a page of a list, if it comes in pages.
    pub paging: Option<Paging>,
    /// The URIs at which its results can be read as resources, if there are any.
    pub resource: Option<ResourceDef>,
    /// Calls that it takes from the account's rate limit.
    pub cost: u32,
    /// The reason why the API answers 403 until somebody enables the operation, and how to enable it.
    pub gated: Option<&'static str>,
}

/// The method of a tool: what its operation does to the records of a resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ToolMethod {
    /// Returns many records.
    List,
    /// Returns one record.
    Get,
    /// Creates a record.
    Create,
    /// Changes a record.
    Update,
    /// Deletes a record.
    Delete,
    /// Does anything else.
    Custom,
}

impl ToolMethod {
    /// All methods, in the order in which people expect them.
    pub const ALL: [Self; 6] = [Self::List, Self::Get, Self::Create, Self::Update, Self::Delete, Self::Custom];

    /// Returns the name that scopes and listings use.
    pub const fn name(self) -> &'static str {
        match self {
            Self::List => "list",
            Self::Get => "get",
            Self::Create => "create",
            Self::Update => "update",
            Self::Delete => "delete",
            Self::Custom => "custom",
        }
    }
}

/// The protocol's tool annotations (MCP specification 2025-06-18, `ToolAnnotations`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hints {
    /// The tool changes nothing.
    pub read_only: bool,
    /// The tool may overwrite or delete data.
    pub destructive: bool,
    /// A repeated identical call changes nothing more.
    pub idempotent: bool,
}

/// The arguments that select a page of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Paging {
    /// The argument with the number of rows to skip.
    pub offset: &'static str,
    /// The argument with the number of rows of a page, if callers can choose it.
    pub size: Option<&'static str>,
    /// The number of rows of a page if the caller does not choose it.
    pub rows: u64,
}

/// The format of a successful reply's body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReplyFormat {
    /// One JSON document.
    Json,
    /// Any text.
    Text,
}

/// A row of the table of tools.
#[derive(Clone, Copy, Debug)]
pub struct Tool {
    /// The definition.
    pub def: &'static ToolDef,
    /// Other names that are accepted, each with the argument that it stands for.
    pub synonyms: &'static [(&'static str, &'static str)],
    /// The fields of its replies whose values arguments take.
    pub teaches: Teaches,
    prepare: fn(Map<String, Value>) -> Result<Request, Violations>,
}

impl Tool {
    /// Creates the row for a generated struct.
    pub const fn new<T: Endpoint>() -> Self {
        Self { def: &T::DEF, synonyms: T::SYNONYMS, teaches: T::TEACHES, prepare: prepare::<T> }
    }

    /// Turns a call's arguments into a request.
    ///
    /// # Errors
    ///
    /// If an argument is missing, wrong or unknown. All violations are returned.
    pub fn prepare(&self, arguments: Map<String, Value>) -> Result<Request, Violations> {
        (self.prepare)(arguments)
    }
}

fn prepare<T: Endpoint>(given: Map<String, Value>) -> Result<Request, Violations> {
    let mut arguments = Arguments::new(T::DEF.arguments, given).with_guidance(Guidance {
        synonyms: T::SYNONYMS,
        examples: T::EXAMPLES,
        accepts: Some(|name, value| arguments::accepts(T::DEF.arguments, name, value, T::decode)),
    });
    let decoded = T::decode(&mut arguments);
    arguments.finish(decoded).map(|endpoint| endpoint.request().with_named_values(endpoint.named_values()))
}
