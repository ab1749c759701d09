//! How the server runs: where it listens, for whom, and where it keeps what it knows.
//!
//! As for accounts, flags come first and environment variables second, and everything that is wrong is said at once.

use std::net::SocketAddr;
use std::path::PathBuf;

use secrecy::SecretString;
use tool_runtime::api::ApiDef;
use tool_runtime::violation::quoted;
use url::Url;

use super::{ConfigError, Environment, Names, Problem, Reading};
use crate::serve::HostGuard;

/// The address that is listened on unless another is given: this machine only.
pub const LISTEN: &str = "127.0.0.1:8365";

/// The flag that says where to listen.
pub const LISTEN_FLAG: &str = "--listen";
/// The flag that says at which address the outside knows the server.
pub const PUBLIC_URL_FLAG: &str = "--public-url";
/// The flag that says which database holds accounts and tokens.
pub const DATABASE_URL_FLAG: &str = "--database-url";
/// The flag that says which folder holds what has no place in a database.
pub const DATA_DIR_FLAG: &str = "--data-dir";
/// The flag that lists the web pages that may talk to the server.
pub const ALLOWED_ORIGINS_FLAG: &str = "--allowed-origins";
/// The flag that lists further names that the server answers to.
pub const ALLOWED_HOSTS_FLAG: &str = "--allowed-hosts";
/// The flag that lists proxies whose word about their clients counts.
pub const TRUSTED_PROXIES_FLAG: &str = "--trusted-proxies";
/// The flag that names a file of certificates to trust.
pub const CA_FILE_FLAG: &str = "--ca-file";
/// The flag that adds the sandbox as an account.
pub const SANDBOX_FLAG: &str = "--sandbox";

/// What a person gave on the command line. `None` is left to the environment.
#[derive(Clone, Debug, Default)]
pub struct ServeFlags {
    /// Where to listen.
    pub listen: Option<String>,
    /// At which address the outside knows the server.
    pub public_url: Option<String>,
    /// The database.
    pub database_url: Option<String>,
    /// The folder.
    pub data_dir: Option<String>,
    /// Origins, separated by commas.
    pub allowed_origins: Option<String>,
    /// Hosts, separated by commas.
    pub allowed_hosts: Option<String>,
    /// Addresses and networks, separated by commas.
    pub trusted_proxies: Option<String>,
    /// The file of certificates.
    pub ca_file: Option<String>,
    /// Whether the sandbox is added as an account.
    pub sandbox: bool,
}

/// How the server runs.
#[derive(Debug)]
pub struct Settings {
    /// Where it listens.
    pub listen: SocketAddr,
    /// At which address the outside knows it.
    pub public_url: Option<Url>,
    /// The database, if it is not the usual file in the folder. It may hold a password.
    pub database_url: Option<SecretString>,
    /// The folder for what it keeps.
    pub data_dir: PathBuf,
    /// Which hosts and origins it lets in.
    pub host_guard: HostGuard,
    /// PEM file with certificates to trust besides the system's.
    pub ca_file: Option<PathBuf>,
    /// Whether the sandbox is added as an account.
    pub sandbox: bool,
    /// The first API token, if it is not to be made up.
    pub admin_token: Option<SecretString>,
    /// The key that stored secrets are sealed with, if it is not to be made up.
    pub master_key: Option<SecretString>,
    /// The key that is to take its place, where it is given too.
    pub next_master_key: Option<SecretString>,
}

/// Finds out how the server is to run: from `flags`, and from `environment` for what they do not say.
///
/// Fails with everything that is wrong.
pub fn settings(api: &ApiDef, flags: &ServeFlags, environment: &impl Environment) -> Result<Settings, ConfigError> {
    let mut reading = Reading { names: Names::of(api), environment, problems: Vec::new() };
    let listen = reading.listen(flags);
    let public_url = reading.public_url(flags);
    let host_guard = reading.host_guard(flags, listen, public_url.as_ref());
    let data_dir = reading.data_dir(flags);
    let database_url = reading.setting(flags.database_url.as_ref(), DATABASE_URL_FLAG);
    let ca_file = reading.setting(flags.ca_file.as_ref(), CA_FILE_FLAG);
    let sandbox = flags.sandbox || reading.switch(SANDBOX_FLAG);
    let admin_token = reading.secret("admin-token");
    let master_key = reading.secret("master-key");
    let next_master_key = reading.secret("next-master-key");
    match (listen, data_dir) {
        (Some(listen), Some(data_dir)) if reading.problems.is_empty() => Ok(Settings {
            listen,
            public_url,
            database_url: database_url.map(|(url, _)| url.into()),
            data_dir,
            host_guard,
            ca_file: ca_file.map(|(path, _)| path.into()),
            sandbox,
            admin_token,
            master_key,
            next_master_key,
        }),
        _ => Err(ConfigError(reading.problems)),
    }
}

impl<E: Environment> Reading<'_, E> {
    /// A value by flag or else by variable, and which of the two it is from.
    fn setting(&mut self, flag_value: Option<&String>, flag: &str) -> Option<(String, String)> {
        let environment = self.names.server(flag);
        let given = self.given(flag_value, flag, &environment)?;
        Some((given.value, given.from))
    }

    fn switch(&mut self, flag: &str) -> bool {
        let name = self.names.server(flag);
        match self.variable_text(&name).as_deref() {
            None | Some("0" | "false") => false,
            Some("1" | "true") => true,
            Some(other) => {
                self.wrong(&name, format!("is {}: it must be true or false", quoted(other)));
                false
            }
        }
    }

    fn listen(&mut self, flags: &ServeFlags) -> Option<SocketAddr> {
        let (text, from) =
            self.setting(flags.listen.as_ref(), LISTEN_FLAG).unwrap_or((LISTEN.to_owned(), String::new()));
        let listen = text.parse().ok();
        if listen.is_none() {
            let problem = format!("is {}: it must be an IP address and a port, such as {LISTEN}", quoted(&text));
            self.wrong(&from, problem);
        }
        listen
    }

    fn public_url(&mut self, flags: &ServeFlags) -> Option<Url> {
        let (text, from) = self.setting(flags.public_url.as_ref(), PUBLIC_URL_FLAG)?;
        let url = Url::parse(&text).ok().filter(is_address);
        if url.is_none() {
            // It may hold a password, so it is not repeated.
            let problem = "is no URL such as https://mcp.example.com, without user name, password, query and fragment";
            self.wrong(&from, problem.to_owned());
        }
        url
    }

    fn host_guard(&mut self, flags: &ServeFlags, listen: Option<SocketAddr>, public_url: Option<&Url>) -> HostGuard {
        let mut host_guard = HostGuard::new();
        // Nobody can make a name of their own out of an address, so it gives no page a way in.
        if let Some(listen) = listen.filter(|listen| !listen.ip().is_unspecified()) {
            host_guard = host_guard.host(&listen.to_string());
        }
        if let Some(url) = public_url {
            host_guard = host_guard.public_url(url);
        }
        if let Some((hosts, from)) = self.setting(flags.allowed_hosts.as_ref(), ALLOWED_HOSTS_FLAG) {
            for host in listed(&hosts) {
                if is_host(host) {
                    host_guard = host_guard.host(host);
                } else {
                    let rule = "it must be a name or an address, and a port if need be, such as mcp.example.com";
                    self.wrong(&format!("{from}:"), format!("{} is no host: {rule}", quoted(host)));
                }
            }
        }
        if let Some((origins, from)) = self.setting(flags.allowed_origins.as_ref(), ALLOWED_ORIGINS_FLAG) {
            for origin in listed(&origins) {
                match host_guard.clone().origin(origin) {
                    Ok(with_it) => host_guard = with_it,
                    Err(error) => self.wrong(&format!("{from}:"), error.to_string()),
                }
            }
        }
        if let Some((proxies, from)) = self.setting(flags.trusted_proxies.as_ref(), TRUSTED_PROXIES_FLAG) {
            for proxy in listed(&proxies) {
                match host_guard.clone().proxy(proxy) {
                    Ok(with_it) => host_guard = with_it,
                    Err(error) => self.wrong(&format!("{from}:"), error.to_string()),
                }
            }
        }
        host_guard
    }

    /// The folder that was given, or else the one that the system has for such things.
    fn data_dir(&mut self, flags: &ServeFlags) -> Option<PathBuf> {
        if let Some((path, _)) = self.setting(flags.data_dir.as_ref(), DATA_DIR_FLAG) {
            return Some(path.into());
        }
        let usual = |variable: &str, below: &str| {
            let base = self.environment.variable(variable).filter(|base| !base.is_empty())?;
            Some(PathBuf::from(base).join(below).join(env!("CARGO_PKG_NAME")))
        };
        let found =
            usual("XDG_DATA_HOME", "").or_else(|| usual("HOME", ".local/share")).or_else(|| usual("LOCALAPPDATA", ""));
        if found.is_none() {
            let environment = self.names.server(DATA_DIR_FLAG);
            self.wrong(
                DATA_DIR_FLAG,
                format!("is missing: give it, or set {environment}, to the folder to keep data in"),
            );
        }
        found
    }

    /// A secret in a variable, or in the file that a variable names.
    fn secret(&mut self, name: &str) -> Option<SecretString> {
        let name = self.names.server(name);
        let file = format!("{name}_FILE");
        self.secret_in(name, file).map(|given| given.value)
    }

    fn wrong(&mut self, from: &str, problem: String) {
        self.problems.push(Problem::Wrong { from: from.to_owned(), problem });
    }
}

fn listed(list: &str) -> impl Iterator<Item = &str> {
    list.split(',').map(str::trim).filter(|item| !item.is_empty())
}

/// Whether paths can be put behind a URL.
fn is_address(url: &Url) -> bool {
    let bare =
        url.username().is_empty() && url.password().is_none() && url.query().is_none() && url.fragment().is_none();
    bare && matches!(url.scheme(), "http" | "https") && url.has_host()
}

/// Whether a text can be what a client says as `Host`.
fn is_host(text: &str) -> bool {
    let Ok(url) = Url::parse(&format!("http://{text}/")) else { return false };
    let characters = text.chars().all(|c| c.is_ascii_alphanumeric() || "-._:[]".contains(c));
    characters && url.has_host() && url.path() == "/"
}

#[cfg(test)]
mod tests;
