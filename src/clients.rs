//! What each MCP client wants to be told about this server: a piece of its configuration file, a command, or a URL.
//!
//! Pure, and it knows no secret: a key is named by its variable, in the way the client looks variables up.

mod formats;

use tool_runtime::api::ApiDef;

/// A client with a configuration of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum McpClient {
    /// Claude in the browser.
    ClaudeAi,
    /// Claude's desktop program.
    ClaudeDesktop,
    /// Claude's command line.
    ClaudeCode,
    /// The editor Cursor.
    Cursor,
    /// Visual Studio Code.
    VsCode,
    /// The editor Windsurf.
    Windsurf,
    /// ChatGPT in the browser.
    ChatGpt,
    /// The protocol's own tool for trying servers.
    Inspector,
}

impl McpClient {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::ClaudeAi,
        Self::ClaudeDesktop,
        Self::ClaudeCode,
        Self::Cursor,
        Self::VsCode,
        Self::Windsurf,
        Self::ChatGpt,
        Self::Inspector,
    ];

    /// The word for it on the command line.
    pub const fn name(self) -> &'static str {
        match self {
            Self::ClaudeAi => "claude-ai",
            Self::ClaudeDesktop => "claude-desktop",
            Self::ClaudeCode => "claude-code",
            Self::Cursor => "cursor",
            Self::VsCode => "vscode",
            Self::Windsurf => "windsurf",
            Self::ChatGpt => "chatgpt",
            Self::Inspector => "inspector",
        }
    }

    /// What people call it.
    pub const fn title(self) -> &'static str {
        match self {
            Self::ClaudeAi => "Claude",
            Self::ClaudeDesktop => "Claude Desktop",
            Self::ClaudeCode => "Claude Code",
            Self::Cursor => "Cursor",
            Self::VsCode => "VS Code",
            Self::Windsurf => "Windsurf",
            Self::ChatGpt => "ChatGPT",
            Self::Inspector => "MCP Inspector",
        }
    }
}

/// How a client reaches the server.
#[derive(Clone, Debug)]
pub enum Server {
    /// It starts this program.
    Program(Program),
    /// It connects there.
    Url(Address),
}

/// Where a client connects to.
#[derive(Clone, Debug)]
pub struct Address {
    /// The URL, which holds a token.
    pub url: String,
    /// Whether an API token must be sent along.
    pub second_factor: bool,
}

/// A program to be started.
#[derive(Clone, Debug)]
pub struct Program {
    /// Its absolute path.
    pub path: String,
    /// Its arguments.
    pub arguments: Vec<String>,
    /// The environment it needs.
    pub variables: Vec<Variable>,
}

/// A variable of a program's environment.
#[derive(Clone, Debug)]
pub struct Variable {
    /// Its name.
    pub name: String,
    /// Its value, if that is known and no secret.
    pub value: Option<String>,
    /// What belongs there.
    pub about: String,
    /// Whether its value is a secret.
    pub secret: bool,
}

/// What a person does with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Configuration {
    /// The text itself: JSON, a command or a URL.
    pub text: String,
    /// What to do with it, step by step.
    pub steps: Vec<String>,
}

/// The client cannot reach a server in that way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unreachable {
    /// It cannot start programs.
    #[error("it runs elsewhere and starts no program here")]
    NoProgram,
    /// The address is none that is reached from elsewhere.
    #[error("it connects from the internet, so the address must begin with https:// and lead to a public host")]
    NotPublic,
    /// It sends nothing but what the address says.
    #[error("it cannot send the API token that this server asks for")]
    NoSecondFactor,
}

/// The configuration of `client` for `server`, which stands for `api`.
pub fn configuration(client: McpClient, api: &ApiDef, server: &Server) -> Result<Configuration, Unreachable> {
    formats::of(client, api, server)
}

/// Whether others could reach it, as far as the address tells.
fn is_public(url: &str) -> bool {
    let Ok(url) = url::Url::parse(url) else { return false };
    let somewhere = match url.host() {
        Some(url::Host::Domain(name)) => name != "localhost" && name.contains('.'),
        Some(url::Host::Ipv4(address)) => !(address.is_loopback() || address.is_private() || address.is_link_local()),
        Some(url::Host::Ipv6(address)) => !address.to_canonical().is_loopback(),
        None => false,
    };
    url.scheme() == "https" && somewhere
}
