//! The supported MCP clients and their names.

/// An MCP client that has its own configuration format.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum McpClient {
    /// Claude on the web.
    ClaudeAi,
    /// The Claude desktop app.
    ClaudeDesktop,
    /// The Claude Code command line.
    ClaudeCode,
    /// The Cursor editor.
    Cursor,
    /// Visual Studio Code.
    VsCode,
    /// The Windsurf editor.
    Windsurf,
    /// ChatGPT on the web.
    ChatGpt,
    /// The MCP Inspector, the official tool for testing servers.
    Inspector,
}

impl McpClient {
    /// All clients, in the order of the help text and the console.
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

    /// The name on the command line.
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

    /// The name that people read.
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
