//! The facts about the API, besides its tools, that a server needs.

/// The length, in characters, from which clients truncate a server's instructions.
pub const INSTRUCTIONS_CUT_FROM: usize = 2048;

/// The room that the instructions of a specification leave to what a server adds, in characters: how to read results, and
/// the date.
pub const INSTRUCTIONS_ADDED: usize = 500;

/// One REST API.
#[derive(Clone, Copy, Debug)]
pub struct ApiDef {
    /// Short lower-case name. Environment variables and default file names derive from it.
    pub slug: &'static str,
    /// Name for people.
    pub title: &'static str,
    /// Instructions for models about the server as a whole.
    pub instructions: &'static str,
    /// Base URL of every request, with `{variable}` placeholders.
    pub base_url: &'static str,
    /// The placeholders of [`base_url`](Self::base_url), which distinguish one account's address from another's.
    pub variables: &'static [Variable],
    /// The header that carries the account's key.
    pub auth: Auth,
    /// The place of the explanation in an error reply.
    pub errors: ErrorShape,
    /// The names of the headers that carry rate-limit facts.
    pub rate_limit: RateLimitHeaders,
    /// Every tag in use, in the specification's order.
    pub tags: &'static [Tag],
    /// Ready-made scopes.
    pub presets: &'static [Preset],
    /// Words by which tools are found, besides their own.
    pub search: SearchWords,
    /// The sandbox's operations and data as JSON, if the specification has a sandbox.
    pub sandbox: Option<&'static str>,
}

/// A group of tools, by which scopes select.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tag {
    /// Unique name.
    pub name: &'static str,
    /// Explanation for a person who chooses tags.
    pub about: &'static str,
}

/// A ready-made scope. An empty list means no restriction.
#[derive(Clone, Copy, Debug)]
pub struct Preset {
    /// Unique name.
    pub name: &'static str,
    /// Explanation for a person who chooses a preset.
    pub about: &'static str,
    /// Names of methods, or `read` or `write`.
    pub methods: &'static [&'static str],
    /// Names of tags.
    pub tags: &'static [&'static str],
    /// Names of tools.
    pub tools: &'static [&'static str],
    /// True if some calls of its tools need a confirmation.
    pub confirm: bool,
}

/// Words by which tools are found, besides those of the tools.
#[derive(Clone, Copy, Debug)]
pub struct SearchWords {
    /// Groups of words with the same meaning.
    pub synonyms: &'static [&'static [&'static str]],
    /// Tasks that no tool can do.
    pub cannot: &'static [Cannot],
}

/// A task that no tool can do.
#[derive(Clone, Copy, Debug)]
pub struct Cannot {
    /// Phrases by which somebody asks for it.
    pub asked: &'static [&'static str],
    /// Answer to them.
    pub answer: &'static str,
}

/// A placeholder in the base URL.
#[derive(Clone, Copy, Debug)]
pub struct Variable {
    /// Name in the URL, which is also the name of the flag and the JSON field.
    pub name: &'static str,
    /// Explanation for a person who fills it in.
    pub about: &'static str,
    /// A possible value.
    pub example: &'static str,
}

/// The header that carries the key.
#[derive(Clone, Copy, Debug)]
pub struct Auth {
    /// Header name.
    pub header: &'static str,
    /// Text before the key, including its space: `"Bearer "`, or `""`.
    pub prefix: &'static str,
}

/// The shape of a JSON error body.
#[derive(Clone, Copy, Debug)]
pub struct ErrorShape {
    /// Paths of keys to the explanation, most trusted first.
    pub message: &'static [&'static [&'static str]],
}

/// Response header names (lower case) for each rate-limit fact, most trusted first.
#[derive(Clone, Copy, Debug)]
pub struct RateLimitHeaders {
    /// Calls allowed in a window.
    pub limit: &'static [&'static str],
    /// Calls left in the window.
    pub remaining: &'static [&'static str],
    /// Time until calls are possible again: seconds, a Unix time, or an HTTP date.
    pub reset: &'static [&'static str],
}
