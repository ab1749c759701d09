//! Tools: their definition, and the way from a caller's arguments to the HTTP request.

use serde_json::{Map, Value};

use crate::arguments::{self, Arguments};
use crate::effect::Effects;
use crate::guidance::Guidance;
use crate::known_values::NamedValue;
use crate::lookup::RecordLookupDef;
use crate::request::{HttpMethod, Request};
use crate::resource::ResourceDef;
use crate::results::summary::{Summary, SummaryDef, SummaryOptions};
use crate::results::{Form, Options, Teaches, View, marked_texts};
use crate::violation::Violations;

/// A generated tool struct: an operation of the API with its arguments.
pub trait Endpoint: Sized {
    /// Everything about the tool that does not depend on arguments.
    const DEF: ToolDef;

    /// Other names that are accepted, each with the argument that it means.
    const SYNONYMS: &'static [(&'static str, &'static str)] = &[];

    /// A value of each argument as JSON text, in the order of [`ToolDef::arguments`].
    const EXAMPLES: &'static [&'static str] = &[];

    /// The fields of its replies whose values arguments take.
    const TEACHES: Teaches = Teaches::NOTHING;

    /// The read of the record that calls are about, if a question for a confirmation shows some of its fields.
    const LOOKUP: Option<RecordLookupDef> = None;

    /// Takes the known arguments out of `arguments`. Returns `None` only if it recorded a violation there.
    fn decode(arguments: &mut Arguments) -> Option<Self>;

    /// Returns the HTTP request of the operation.
    fn request(&self) -> Request;

    /// Returns the values of arguments that are names of the account.
    fn named_values(&self) -> Vec<NamedValue> {
        Vec::new()
    }

    /// Returns whether this call has the effect at `index` of [`ToolDef::effects`].
    fn has_effect(&self, index: usize) -> bool {
        let _ = index;
        true
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
    /// The reason why the API replies with 403 until somebody enables the operation, and how to enable it.
    pub gated: Option<&'static str>,
    /// The effects of its calls on people, in the order of [`EffectKind::ALL`](crate::effect::EffectKind::ALL).
    pub effects: Effects,
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
    /// The fields of its replies whose values arguments take.
    pub teaches: Teaches,
    /// The list whose pages it summarises, if it is a summary.
    pub summary: Option<ListSummary>,
    arguments: fn(Names, Map<String, Value>) -> Arguments,
    request: fn(&mut Arguments) -> Option<Request>,
}

type Names = &'static [&'static str];

/// A list and its summary.
#[derive(Clone, Copy, Debug)]
pub struct ListSummary {
    def: &'static SummaryDef,
    view: &'static View,
}

/// A request whose reply is shown by a view.
#[derive(Clone, Debug)]
pub struct ViewedRequest {
    /// The request.
    pub request: Request,
    /// The options of its result.
    pub options: Options,
    /// The arguments for another page, if the newest rows are on a page that only the reply tells.
    pub page_arguments: Option<Map<String, Value>>,
}

impl Tool {
    /// Creates the row for a generated struct.
    pub const fn new<T: Endpoint>() -> Self {
        Self { def: &T::DEF, teaches: T::TEACHES, summary: None, arguments: arguments_of::<T>, request: request::<T> }
    }

    /// Creates the row for a summary of the list of a generated struct.
    pub const fn summary<T: Endpoint>(def: &'static ToolDef, summary: &'static SummaryDef) -> Self {
        Self {
            def,
            teaches: T::TEACHES,
            summary: Some(ListSummary { def: summary, view: list_view::<T>() }),
            arguments: arguments_of_summary::<T>,
            request: request::<T>,
        }
    }

    /// Turns a call's arguments into a request; of a summary, into the request of its first page.
    ///
    /// # Errors
    ///
    /// If an argument is missing, wrong or unknown. All violations are returned.
    pub fn prepare(&self, arguments: Map<String, Value>) -> Result<Request, Violations> {
        if let Some(list) = self.summary {
            return self.prepare_summary(list, arguments).map(|(request, _)| request);
        }
        let mut arguments = (self.arguments)(self.def.arguments, arguments);
        let request = (self.request)(&mut arguments);
        arguments.finish(request)
    }

    /// Turns the arguments of a summary of `list` into the request of its first page, and the summary without rows.
    ///
    /// # Errors
    ///
    /// As for [`prepare`](Self::prepare).
    pub fn prepare_summary(
        &self,
        list: ListSummary,
        arguments: Map<String, Value>,
    ) -> Result<(Request, Summary<'static>), Violations> {
        let mut arguments = (self.arguments)(self.def.arguments, arguments);
        let options = SummaryOptions::take(list.def, &mut arguments);
        // The list has further arguments, which select a page. This tool does not.
        let request = arguments.decode_known(self.request);
        let (request, options) = arguments.finish(request.zip(options))?;
        let summary = Summary::new(list.def, list.view, options);
        Ok((summary.first_page(request), summary))
    }

    /// Turns a call's arguments, among them those of `view`, into a request whose result has at most `max_result_chars`
    /// characters.
    ///
    /// # Errors
    ///
    /// As for [`prepare`](Self::prepare), and if a text to write has the mark of a result. All violations are returned.
    pub fn prepare_viewed(
        &self,
        view: &View,
        arguments: Map<String, Value>,
        max_result_chars: usize,
    ) -> Result<ViewedRequest, Violations> {
        let mut arguments = (self.arguments)(self.def.arguments, arguments);
        if let Form::Write(_) = view.form {
            refuse_marks(&mut arguments);
        }
        let mut options = Options::take(view, self.def.paging.as_ref(), &mut arguments, max_result_chars);
        let needs_page = options.newest && self.def.paging.is_some();
        let page_arguments = needs_page.then(|| arguments.all_given().clone());
        let chosen = arguments.taken().len();
        let request = (self.request)(&mut arguments);
        options.set = arguments.taken().iter().skip(chosen).copied().collect();
        arguments.finish(request.map(|request| ViewedRequest { request, options, page_arguments }))
    }

    /// Returns the request for the page that begins after `offset` rows.
    ///
    /// # Errors
    ///
    /// As for [`prepare`](Self::prepare). `page_arguments` of a [`ViewedRequest`] were accepted before.
    pub fn prepare_page(&self, mut page_arguments: Map<String, Value>, offset: u64) -> Result<Request, Violations> {
        if let Some(paging) = &self.def.paging {
            page_arguments.insert(paging.offset.to_owned(), offset.into());
        }
        self.prepare(page_arguments)
    }
}

fn arguments_of<T: Endpoint>(names: Names, given: Map<String, Value>) -> Arguments {
    Arguments::new(names, given).with_guidance(Guidance {
        synonyms: T::SYNONYMS,
        examples: T::EXAMPLES,
        accepts: Some(|name, value| arguments::accepts(T::DEF.arguments, name, value, T::decode)),
    })
}

fn request<T: Endpoint>(arguments: &mut Arguments) -> Option<Request> {
    // Decoding takes the arguments out.
    let lookup = T::LOOKUP.and_then(|lookup| lookup.of_call(arguments));
    T::decode(arguments).map(|endpoint| {
        let effects = T::DEF.effects.0.iter().enumerate();
        let effects = effects.filter(|(index, _)| endpoint.has_effect(*index)).map(|(_, effect)| effect);
        let request = endpoint.request().with_named_values(endpoint.named_values());
        request.with_effects(effects.collect()).with_lookup(lookup)
    })
}

fn refuse_marks(arguments: &mut Arguments) {
    let marked = arguments.all_given().iter().map(|(name, value)| (name.clone(), marked_texts(value)));
    for (name, found) in marked.filter(|(_, found)| !found.is_empty()).collect::<Vec<_>>() {
        arguments.add_violations(&name, found);
    }
}

/// The arguments of a summary differ from those of its list, so the examples and hints of the list do not apply.
fn arguments_of_summary<T: Endpoint>(names: Names, given: Map<String, Value>) -> Arguments {
    Arguments::new(names, given).with_guidance(Guidance { synonyms: T::SYNONYMS, ..Guidance::default() })
}

/// Returns the view of a list that has a summary.
const fn list_view<T: Endpoint>() -> &'static View {
    const { T::DEF.view.as_ref().expect("the generator writes summaries of lists with a view") }
}
