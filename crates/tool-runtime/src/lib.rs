//! What generated tools are made of.
//!
//! Generated code has one struct a tool. This crate gives it the words to say three things: what the tool is
//! ([`tool`]), how a caller's JSON becomes the struct ([`args`], [`decode`], [`value`]), and which HTTP request
//! the struct stands for ([`request`]). Prompts ([`prompt`]) are structs too; what they stand for is a text.
//!
//! Everything here is pure: no network, no clock, no environment, no files. It knows no API.

pub mod api;
pub mod args;
pub mod decode;
pub mod exact;
pub mod file;
pub mod json;
pub mod prompt;
pub mod request;
pub mod resource;
pub mod text;
pub mod tool;
pub mod value;
pub mod violation;

/// What a generated module imports.
pub mod prelude {
    pub use serde_json::{Map, Number, Value};

    pub use crate::api::{ApiDef, Auth, ErrorShape, Preset, RateLimitHeaders, Tag, Variable};
    pub use crate::args::Arguments;
    pub use crate::decode::{self, Fields};
    pub use crate::file::File;
    pub use crate::prompt::{Passages, Prompt, PromptArgument, PromptDef, PromptTemplate};
    pub use crate::request::{HttpMethod, JsonObject, MultipartLayout, Request};
    pub use crate::resource::ResourceDef;
    pub use crate::tool::{Endpoint, Hints, ReplyFormat, Tool, ToolDef, ToolMethod};
    pub use crate::value::{Choice, Code, Date, Flag, Joined, Timestamp, Wire};
}
