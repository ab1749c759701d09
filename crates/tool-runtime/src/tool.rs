//! A tool: its definition, and the way from a caller's JSON to the request it stands for.

use serde_json::{Map, Value};

use crate::args::Arguments;
use crate::request::{HttpMethod, Request};
use crate::resource::ResourceDef;
use crate::violation::Violations;

/// One generated tool struct: an operation of the API with its arguments filled in.
pub trait Endpoint: Sized {
    /// Everything about the tool that does not depend on arguments.
    const DEF: ToolDef;

    /// Takes what it knows out of `arguments`. `None` only if a violation was recorded there.
    fn decode(arguments: &mut Arguments) -> Option<Self>;

    /// The HTTP request that carries this out.
    fn request(&self) -> Request;
}

/// What is known of a tool before any call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ToolDef {
    /// Unique name, as a client calls it.
    pub name: &'static str,
    /// Name for people.
    pub title: &'static str,
    /// What a model reads to choose and to call it.
    pub description: &'static str,
    /// What kind of operation it is.
    pub method: ToolMethod,
    /// What it belongs to; scopes select by these.
    pub tags: &'static [&'static str],
    /// What a client may assume about calling it.
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
    /// What a successful reply holds.
    pub reply: ReplyFormat,
    /// Where its answers are to be read as resources, if they are.
    pub resource: Option<ResourceDef>,
    /// Calls that it takes from the account's rate limit.
    pub cost: u32,
    /// Why a 403 is to be expected until someone acts, and who.
    pub gated: Option<&'static str>,
}

/// The kind of an operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ToolMethod {
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

impl ToolMethod {
    /// All of them, in the order a person expects.
    pub const ALL: [Self; 6] = [Self::List, Self::Get, Self::Create, Self::Update, Self::Delete, Self::Custom];

    /// The word for it, as scopes and listings use it.
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

/// The protocol's tool annotations.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hints {
    /// Changes nothing.
    pub read_only: bool,
    /// May overwrite or remove what was there.
    pub destructive: bool,
    /// A second identical call changes nothing more.
    pub idempotent: bool,
}

/// What a successful reply's body is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReplyFormat {
    /// One JSON document.
    Json,
    /// Any text.
    Text,
}

/// A row of the tool table.
#[derive(Clone, Copy, Debug)]
pub struct Tool {
    /// What is known of it.
    pub def: &'static ToolDef,
    prepare: fn(Map<String, Value>) -> Result<Request, Violations>,
}

impl Tool {
    /// The row for a generated struct.
    pub const fn new<T: Endpoint>() -> Self {
        Self { def: &T::DEF, prepare: prepare::<T> }
    }

    /// Turns a call's arguments into a request, or says everything that is wrong with them.
    pub fn prepare(&self, arguments: Map<String, Value>) -> Result<Request, Violations> {
        (self.prepare)(arguments)
    }
}

fn prepare<T: Endpoint>(given: Map<String, Value>) -> Result<Request, Violations> {
    let mut arguments = Arguments::new(T::DEF.arguments, given);
    let decoded = T::decode(&mut arguments);
    arguments.finish(decoded).map(|endpoint| endpoint.request())
}
