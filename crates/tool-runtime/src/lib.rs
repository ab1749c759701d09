//! The vocabulary of generated tools.
//!
//! The generator (`toolgen`) turns the description of a REST API into Rust: one struct per tool. This crate holds
//! everything that such a struct needs, so that generated code stays short and reads like hand-written code. It knows no
//! API, and it performs no I/O: no network, no clock, no environment, no files.
//!
//! # The life of a call
//!
//! 1. A client sends a tool's name and a JSON object. The server finds the [`Tool`](tool::Tool) of that name.
//! 2. [`Tool::prepare`](tool::Tool::prepare) wraps the object in [`Arguments`](arguments::Arguments). The tool takes each
//!    argument out by name, with a decoder of [`decode`]: generous in form, strict in content.
//! 3. If anything is wrong, all [`Violations`](violation::Violations) are returned at once, each with its place, the
//!    problem, and the values that are accepted. Names that are not known are violations too.
//! 4. Otherwise the struct is complete, and [`Endpoint::request`](tool::Endpoint::request) turns it into a
//!    [`Request`](request::Request): a value that can be compared, printed and sent. Each field is written as its type
//!    says ([`value::Wire`]).
//! 5. The server sends the request. If the tool has a [`View`](results::View), [`compact`](results::compact) turns the reply
//!    into the text that a model reads.
//!
//! # A tool by hand
//!
//! This is what the generator would write for an operation `POST /books/{isbn}/loans`:
//!
//! ```
//! use tool_runtime::prelude::*;
//!
//! /// `lend_book`: Lend book.
//! #[derive(Clone, Debug)]
//! pub struct LendBook {
//!     pub isbn: String,
//!     pub reader: String,
//!     pub days: Option<i64>,
//! }
//!
//! impl Endpoint for LendBook {
//!     const DEF: ToolDef = ToolDef {
//!         name: "lend_book",
//!         title: "Lend book",
//!         description: "Lend a book to a reader.",
//!         method: ToolMethod::Create,
//!         tags: &["loans"],
//!         hints: Hints { read_only: false, destructive: false, idempotent: false },
//!         input_schema: r#"{"type":"object","properties":{"isbn":{"type":"string"}}}"#,
//!         arguments: &["isbn", "reader", "days"],
//!         example: r#"{"isbn":"978-0","reader":"ann@example.com"}"#,
//!         files: None,
//!         http_method: HttpMethod::Post,
//!         path: "/books/{isbn}/loans",
//!         reply: ReplyFormat::Json,
//!         view: None,
//!         compact_note: None,
//!         paging: None,
//!         resource: None,
//!         cost: 1,
//!         gated: None,
//!         effects: Effects(&[]),
//!     };
//!
//!     fn decode(arguments: &mut Arguments) -> Option<Self> {
//!         let isbn = arguments.required("isbn", decode::path_segment);
//!         let reader = arguments.required("reader", decode::email);
//!         let days = arguments.optional("days", decode::integer(1, 30));
//!         Some(Self { isbn: isbn?, reader: reader?, days })
//!     }
//!
//!     fn request(&self) -> Request {
//!         let body = JsonObject::new().field("reader", &self.reader).field_opt("days", self.days.as_ref());
//!         Request::new(HttpMethod::Post, "/books/").segment(&self.isbn).literal("/loans").json(body)
//!     }
//! }
//!
//! static TOOL: Tool = Tool::new::<LendBook>();
//!
//! // Arguments become a request. Strings are accepted for numbers, and a segment cannot leave its place in the path.
//! let arguments = serde_json::from_str(r#"{"isbn": "a/b", "reader": "ann@example.com", "days": "7"}"#)?;
//! let request = TOOL.prepare(arguments).expect("the arguments are valid");
//! assert_eq!(request.target(), "/books/a%2Fb/loans");
//! assert_eq!(
//!     request.to_string(),
//!     "POST /books/a%2Fb/loans\n\
//!      content-type: application/json\n\n\
//!      {\"reader\":\"ann@example.com\",\"days\":7}\n"
//! );
//!
//! // Wrong arguments become violations, all at once.
//! let arguments = serde_json::from_str(r#"{"isbn": "978-0", "days": 99, "readr": "ann@example.com"}"#)?;
//! let violations = TOOL.prepare(arguments).expect_err("the arguments are not valid");
//! assert_eq!(
//!     tool_runtime::violation::lines(&violations),
//!     "reader: is required but missing\n\
//!      days: 99 is out of range (allowed: a whole number from 1 to 30)\n\
//!      readr: is not an argument of this tool; did you mean `reader`?"
//! );
//! # Ok::<(), serde_json::Error>(())
//! ```
//!
//! # The modules
//!
//! | module | contents |
//! |---|---|
//! | [`tool`] | a tool's definition and its row in the table of tools |
//! | [`added`] | arguments that a server adds to the schema of a tool |
//! | [`arguments`] | the arguments of one call, and the rules between them |
//! | [`decode`] | one decoder per kind of argument |
//! | [`effect`] | the effects of calls on people |
//! | [`empty`] | the values that count as not given |
//! | [`exact`] | decoders that convert nothing, for requests with a published schema |
//! | [`known_values`] | values that replies have shown, and warnings about others |
//! | [`lookup`] | the record that a call is about, for the person who confirms the call |
//! | [`guidance`] | synonyms, example values and hints for callers |
//! | [`value`] | the types of arguments, and the form in which they are sent |
//! | [`file`](mod@file) | attachments |
//! | [`request`] | the HTTP request as a value |
//! | [`results`] | compact results: a reply and a view as text for a model |
//! | [`violation`] | descriptions of wrong arguments |
//! | [`prompt`], [`resource`] | prompts, and the URIs of resources |
//! | [`api`] | the facts about the API as a whole |
//! | [`text`] | helpers for text of unknown origin |

pub mod added;
pub mod api;
pub mod arguments;
pub mod decode;
pub mod effect;
pub mod empty;
pub mod exact;
pub mod file;
pub mod guidance;
mod hint;
pub mod known_values;
pub mod lookup;
pub mod prompt;
pub mod request;
pub mod resource;
pub mod results;
pub mod text;
pub mod tool;
pub mod value;
pub mod violation;

/// The names that generated modules import.
pub mod prelude {
    pub use serde_json::{Map, Number, Value};

    pub use crate::api::{ApiDef, Auth, Cannot, ErrorShape, Preset, RateLimitHeaders, SearchWords, Tag, Variable};
    pub use crate::arguments::Arguments;
    pub use crate::decode::{self, Fields};
    pub use crate::effect::{Effect, EffectKind, Effects};
    pub use crate::empty;
    pub use crate::file::File;
    pub use crate::known_values::{NamedValue, NamedValues};
    pub use crate::lookup::RecordLookupDef;
    pub use crate::prompt::{Passages, Prompt, PromptArgument, PromptDef, PromptTemplate};
    pub use crate::request::{HttpMethod, JsonObject, MultipartLayout, Request};
    pub use crate::resource::ResourceDef;
    pub use crate::results::{self, Teaches};
    pub use crate::tool::{Endpoint, Hints, Paging, ReplyFormat, Tool, ToolDef, ToolMethod};
    pub use crate::value::{Choice, Code, Date, Flag, Joined, Timestamp, Wire};
}
