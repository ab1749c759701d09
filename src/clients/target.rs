//! Ways in which a client reaches the server: it starts the program, or it connects to a URL.

use url::{Host, Url};

use crate::address::is_public;

/// The way in which a client reaches the server.
#[derive(Clone, Debug)]
pub enum ServerTarget {
    /// The client starts this program.
    Command(LaunchCommand),
    /// The client connects to a URL.
    Url(ServerUrl),
}

/// The URL of a running MCP server.
#[derive(Clone, Debug)]
pub struct ServerUrl {
    /// The URL, which contains the server's token.
    pub url: String,
    /// True if requests must also carry an API token.
    pub second_factor: bool,
}

/// A command that starts this program.
#[derive(Clone, Debug)]
pub struct LaunchCommand {
    /// Absolute path of the program.
    pub path: String,
    /// Arguments of the program.
    pub arguments: Vec<String>,
    /// Environment variables that the program needs.
    pub variables: Vec<EnvVariable>,
}

/// An environment variable of a [`LaunchCommand`].
#[derive(Clone, Debug)]
pub struct EnvVariable {
    /// Name of the variable.
    pub name: String,
    /// Value, if it is known and not a secret.
    pub value: Option<String>,
    /// Description of the value for a person who has to fill it in.
    pub about: String,
    /// True if the value is a secret.
    pub secret: bool,
}

/// The reason why a client cannot use a target.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UnsupportedTarget {
    /// The client runs elsewhere and cannot start programs on this machine.
    #[error("it runs in the cloud and cannot start a program on this machine")]
    Command,
    /// The URL cannot be reached from the internet.
    #[error("it connects from the internet, so the URL must begin with https:// and name a public host")]
    PrivateUrl,
    /// The client cannot send headers.
    #[error("it cannot send the API token that this server requires")]
    SecondFactor,
}

impl ServerUrl {
    /// Returns whether the URL looks reachable from the internet.
    pub(super) fn is_public(&self) -> bool {
        let Ok(url) = Url::parse(&self.url) else { return false };
        let public_host = match url.host() {
            Some(Host::Domain(name)) => name != "localhost" && name.contains('.'),
            Some(Host::Ipv4(address)) => is_public(address.into()),
            Some(Host::Ipv6(address)) => is_public(address.into()),
            None => false,
        };
        url.scheme() == "https" && public_host
    }
}
