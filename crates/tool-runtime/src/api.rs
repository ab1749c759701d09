//! What a server must know about the API it stands before, besides its tools.

/// One REST API.
#[derive(Clone, Copy, Debug)]
pub struct ApiDef {
    /// Short lower-case name; environment variables and default file names derive from it.
    pub slug: &'static str,
    /// The name people know it by.
    pub title: &'static str,
    /// What a model is told about the server as a whole.
    pub instructions: &'static str,
    /// Base URL of every request, with `{variable}` placeholders.
    pub base_url: &'static str,
    /// The placeholders of [`base_url`](Self::base_url): what makes one account's address differ from another's.
    pub variables: &'static [Variable],
    /// How a request carries the account's key.
    pub auth: Auth,
    /// Where an error reply carries its explanation.
    pub errors: ErrorShape,
    /// Under which names a reply carries rate-limit facts.
    pub rate_limit: RateLimitHeaders,
    /// Every tag in use, in the specification's order.
    pub tags: &'static [Tag],
    /// Scopes that people often want.
    pub presets: &'static [Preset],
    /// The stand-in's operations and data as JSON, where the specification has one.
    pub sandbox: Option<&'static str>,
}

/// What tools belong to; scopes select by it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tag {
    /// Its name.
    pub name: &'static str,
    /// What it covers, for a person choosing.
    pub about: &'static str,
}

/// A scope that people often want. A list that is empty restricts nothing.
#[derive(Clone, Copy, Debug)]
pub struct Preset {
    /// Its name.
    pub name: &'static str,
    /// What it is for, for a person choosing.
    pub about: &'static str,
    /// Kinds of tools.
    pub methods: &'static [&'static str],
    /// Tags.
    pub tags: &'static [&'static str],
    /// Names of tools.
    pub tools: &'static [&'static str],
}

/// A placeholder in a base URL.
#[derive(Clone, Copy, Debug)]
pub struct Variable {
    /// Name in the URL, and of the flag and the JSON field.
    pub name: &'static str,
    /// What it is, for a person filling it in.
    pub about: &'static str,
    /// A value that could stand there.
    pub example: &'static str,
}

/// The header that carries the key.
#[derive(Clone, Copy, Debug)]
pub struct Auth {
    /// Name of the header.
    pub header: &'static str,
    /// What stands before the key, its space included: `"Bearer "`, or nothing.
    pub prefix: &'static str,
}

/// The keys of a JSON error body.
#[derive(Clone, Copy, Debug)]
pub struct ErrorShape {
    /// The explanation, as a path of keys.
    pub message: &'static [&'static str],
}

/// Response header names (lower case) by what they say, most trusted first.
#[derive(Clone, Copy, Debug)]
pub struct RateLimitHeaders {
    /// Calls allowed in a window.
    pub limit: &'static [&'static str],
    /// Calls left in it.
    pub remaining: &'static [&'static str],
    /// When calls are possible again: seconds, a Unix time, or an HTTP date.
    pub reset: &'static [&'static str],
}
