//! Settings of `serve`: addresses, storage, allowed hosts and secrets.
//!
//! As for accounts, flags take precedence over environment variables, and all mistakes are reported together.

mod log;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use secrecy::{ExposeSecret as _, SecretString};
use tool_runtime::api::ApiDef;
use tool_runtime::violation::quoted;
use url::Url;

pub use self::log::{AUDIT_RETENTION_FLAG, LOG_MAX_ROWS_FLAG, LOG_RATE_FLAG, LOG_RETENTION_FLAG, LogSettings};
use super::{CALL_TIMEOUT_FLAG, ConfigError, Environment, SettingsReader};
use crate::serve::HostGuard;
use crate::upstream::{ApiHosts, CALL_TIMEOUT};

/// Default listen address: reachable from this machine only.
pub const LISTEN: &str = "127.0.0.1:8365";

/// The flag for the listen address.
pub const LISTEN_FLAG: &str = "--listen";
/// The flag for the URL at which clients reach the server.
pub const PUBLIC_URL_FLAG: &str = "--public-url";
/// The flag for the database.
pub const DATABASE_URL_FLAG: &str = "--database-url";
/// The flag for the data folder.
pub const DATA_DIR_FLAG: &str = "--data-dir";
/// The flag for the origins of web pages that may call the server.
pub const ALLOWED_ORIGINS_FLAG: &str = "--allowed-origins";
/// The flag for the extra host names that the server accepts.
pub const ALLOWED_HOSTS_FLAG: &str = "--allowed-hosts";
/// The flag for the proxies whose `X-Forwarded-For` header is trusted.
pub const TRUSTED_PROXIES_FLAG: &str = "--trusted-proxies";
/// The flag for a PEM file of extra CA certificates.
pub const CA_FILE_FLAG: &str = "--ca-file";
/// The flag for the time for which known tokens work while the store is lost.
pub const OUTAGE_GRACE_FLAG: &str = "--outage-grace";
/// The flag for the time between the signal to stop and the end of accepting connections.
pub const DRAIN_DELAY_FLAG: &str = "--drain-delay";
/// The flag that adds the sandbox as an account.
pub const SANDBOX_FLAG: &str = "--sandbox";

/// All flags of `serve`. Each has a variable, and each but the CA file a variable for a file with its value.
pub(super) const FLAGS: [&str; 17] = [
    LISTEN_FLAG,
    PUBLIC_URL_FLAG,
    DATABASE_URL_FLAG,
    DATA_DIR_FLAG,
    ALLOWED_ORIGINS_FLAG,
    ALLOWED_HOSTS_FLAG,
    ApiHosts::FLAG,
    TRUSTED_PROXIES_FLAG,
    OUTAGE_GRACE_FLAG,
    DRAIN_DELAY_FLAG,
    LOG_RETENTION_FLAG,
    LOG_MAX_ROWS_FLAG,
    LOG_RATE_FLAG,
    AUDIT_RETENTION_FLAG,
    CA_FILE_FLAG,
    CALL_TIMEOUT_FLAG,
    SANDBOX_FLAG,
];
/// The settings that have no flag, because other users of the machine can read command lines.
pub(super) const SECRETS: [&str; 3] = [ADMIN_TOKEN, MASTER_KEY, NEXT_MASTER_KEY];
/// The name of the setting for the admin token, from which the name of its variable derives.
pub const ADMIN_TOKEN: &str = "admin-token";
/// The name of the setting for the master key.
pub const MASTER_KEY: &str = "master-key";
/// The name of the setting for the master key that a rotation changes to.
pub const NEXT_MASTER_KEY: &str = "next-master-key";

/// Flags of `serve`. A flag that is `None` falls back to its environment variable.
#[derive(Clone, Debug, Default)]
pub struct ServeFlags {
    /// Listen address.
    pub listen: Option<String>,
    /// URL at which clients reach the server.
    pub public_url: Option<String>,
    /// URL of the database.
    pub database_url: Option<String>,
    /// Data folder.
    pub data_dir: Option<String>,
    /// Allowed origins, separated by commas.
    pub allowed_origins: Option<String>,
    /// Allowed hosts, separated by commas.
    pub allowed_hosts: Option<String>,
    /// Hosts of APIs that accounts may have besides the API's own, separated by commas.
    pub allowed_api_hosts: Option<String>,
    /// Addresses and networks of trusted proxies, separated by commas.
    pub trusted_proxies: Option<String>,
    /// PEM file of extra CA certificates.
    pub ca_file: Option<String>,
    /// Time for which known tokens work while the store is lost.
    pub outage_grace: Option<String>,
    /// Time between the signal to stop and the end of accepting connections.
    pub drain_delay: Option<String>,
    /// Time within which a call is answered.
    pub call_timeout: Option<String>,
    /// Age at which a call record is deleted.
    pub log_retention: Option<String>,
    /// Number of call records.
    pub log_max_rows: Option<String>,
    /// Number of calls per second and server that are recorded one by one.
    pub log_rate: Option<String>,
    /// Age at which a row of the audit log is deleted.
    pub audit_retention: Option<String>,
    /// Adds the sandbox as an account.
    pub sandbox: bool,
}

/// Checked settings of `serve`.
#[derive(Debug)]
pub struct Settings {
    /// Listen address.
    pub listen: SocketAddr,
    /// URL at which clients reach the server.
    pub public_url: Option<Url>,
    /// URL of the database; `None` means the default file in the data folder. It may contain a password.
    pub database_url: Option<SecretString>,
    /// Data folder.
    pub data_dir: PathBuf,
    /// Allowed hosts and origins, and trusted proxies.
    pub host_guard: HostGuard,
    /// Hosts to which API keys may be sent.
    pub api_hosts: ApiHosts,
    /// PEM file of CA certificates to trust besides the system's.
    pub ca_file: Option<PathBuf>,
    /// Time for which a token works after the store last confirmed it, while the store is lost; `None` means the default.
    pub outage_grace: Option<Duration>,
    /// Time between the signal to stop, after which the server is not ready, and the end of accepting connections.
    pub drain_delay: Duration,
    /// Time within which a call is answered.
    pub call_timeout: Duration,
    /// Call log.
    pub log: LogSettings,
    /// Adds the sandbox as an account.
    pub sandbox: bool,
    /// Admin token; without it the first start creates one.
    pub admin_token: Option<SecretString>,
    /// Master key that encrypts the stored API keys; without it the first start creates a key file.
    pub master_key: Option<SecretString>,
    /// Master key that replaces the current one in a rotation.
    pub next_master_key: Option<SecretString>,
}

/// Reads the settings of `serve` from `flags`, falling back to `environment` for each missing flag.
///
/// # Errors
///
/// Fails with every invalid setting, and if no data folder is given and the system defines none.
pub fn settings(api: &ApiDef, flags: &ServeFlags, environment: &impl Environment) -> Result<Settings, ConfigError> {
    let mut reader = SettingsReader::new(api, environment);
    let listen = reader.listen(flags);
    let public_url = reader.public_url(flags);
    let host_guard = reader.host_guard(flags, listen, public_url.as_ref());
    let data_dir = reader.data_dir(flags);
    let database_url = reader.server_setting(flags.database_url.as_ref(), DATABASE_URL_FLAG);
    let api_hosts = reader.api_hosts(api, flags.allowed_api_hosts.as_ref());
    let ca_file = reader.ca_file(flags);
    let outage_grace = reader.any_duration(flags.outage_grace.as_ref(), OUTAGE_GRACE_FLAG);
    let drain_delay = reader.any_duration(flags.drain_delay.as_ref(), DRAIN_DELAY_FLAG).unwrap_or_default();
    let call_timeout = reader.call_timeout(flags.call_timeout.as_ref());
    let log = reader.log(flags);
    let sandbox = flags.sandbox || reader.switch(SANDBOX_FLAG);
    let admin_token = reader.secret(ADMIN_TOKEN);
    let master_key = reader.secret(MASTER_KEY);
    let next_master_key = reader.secret(NEXT_MASTER_KEY);
    match (listen, data_dir) {
        (Some(listen), Some(data_dir)) if reader.problems.is_empty() => Ok(Settings {
            listen,
            public_url,
            database_url: database_url.map(|(url, _)| url.into()),
            data_dir,
            host_guard,
            api_hosts,
            ca_file,
            outage_grace,
            drain_delay,
            call_timeout,
            log,
            sandbox,
            admin_token,
            master_key,
            next_master_key,
        }),
        _ => Err(ConfigError(reader.problems)),
    }
}

/// Reads the hosts to which API keys may be sent, for a command that uses one account.
///
/// # Errors
///
/// Fails with every text in the list that is not a host.
pub fn api_hosts(
    api: &ApiDef,
    flag_value: Option<&String>,
    environment: &impl Environment,
) -> Result<ApiHosts, ConfigError> {
    let mut reader = SettingsReader::new(api, environment);
    let hosts = reader.api_hosts(api, flag_value);
    reader.finish(hosts)
}

/// Reads the time within which a call is answered, for a command that uses one account.
///
/// # Errors
///
/// Fails if it is not a duration between a second and an hour.
pub fn call_timeout(
    api: &ApiDef,
    flag_value: Option<&String>,
    environment: &impl Environment,
) -> Result<Duration, ConfigError> {
    let mut reader = SettingsReader::new(api, environment);
    let timeout = reader.call_timeout(flag_value);
    reader.finish(timeout)
}

impl<E: Environment> SettingsReader<'_, E> {
    /// Returns the value of a flag, or else of its variable or of the file that its `_FILE` variable names, with the name
    /// of the one it came from.
    fn server_setting(&mut self, flag_value: Option<&String>, flag: &str) -> Option<(String, String)> {
        if let Some(value) = flag_value {
            return Some((value.trim().to_owned(), flag.to_owned()));
        }
        let name = self.names.server(flag);
        let file = self.names.file_of(&name);
        let setting = self.variable_or_file(name, file)?;
        Some((setting.value.expose_secret().to_owned(), setting.source_name))
    }

    fn ca_file(&mut self, flags: &ServeFlags) -> Option<PathBuf> {
        let name = self.names.ca_file();
        self.setting(flags.ca_file.as_ref(), CA_FILE_FLAG, &name).map(|path| path.value.into())
    }

    fn call_timeout(&mut self, flag_value: Option<&String>) -> Duration {
        let range = Duration::from_secs(1)..=Duration::from_hours(1);
        let setting = self.server_setting(flag_value, CALL_TIMEOUT_FLAG);
        self.duration(setting, range, "1s to 1h, such as 50s").unwrap_or(CALL_TIMEOUT)
    }

    fn api_hosts(&mut self, api: &ApiDef, flag_value: Option<&String>) -> ApiHosts {
        let mut hosts = ApiHosts::of_api(api);
        if let Some((listed, from)) = self.server_setting(flag_value, ApiHosts::FLAG) {
            for host in comma_separated(&listed) {
                if let Err(error) = hosts.allow(host) {
                    self.invalid(&format!("{from}:"), format!("{} {error}", quoted(host)));
                }
            }
        }
        hosts
    }

    fn switch(&mut self, flag: &str) -> bool {
        let Some((value, from)) = self.server_setting(None, flag) else { return false };
        match value.as_str() {
            "0" | "false" => false,
            "1" | "true" => true,
            other => {
                self.invalid(&from, format!("is {}: expected true or false", quoted(other)));
                false
            }
        }
    }

    /// Returns the duration in a flag, or else in its variable.
    fn any_duration(&mut self, flag_value: Option<&String>, flag: &str) -> Option<Duration> {
        let range = Duration::ZERO..=Duration::from_hours(365 * 24);
        let setting = self.server_setting(flag_value, flag);
        self.duration(setting, range, "0 to 365d, such as 5m")
    }

    fn listen(&mut self, flags: &ServeFlags) -> Option<SocketAddr> {
        let default = || (LISTEN.to_owned(), LISTEN_FLAG.to_owned());
        let (text, from) = self.server_setting(flags.listen.as_ref(), LISTEN_FLAG).unwrap_or_else(default);
        let listen = text.parse().ok();
        if listen.is_none() {
            let problem = format!("is {}: expected an IP address and a port, such as {LISTEN}", quoted(&text));
            self.invalid(&from, problem);
        }
        listen
    }

    fn public_url(&mut self, flags: &ServeFlags) -> Option<Url> {
        let (text, from) = self.server_setting(flags.public_url.as_ref(), PUBLIC_URL_FLAG)?;
        let url = Url::parse(&text).ok().filter(is_plain_url);
        if url.is_none() {
            // The value is not repeated, because it may contain a password.
            let problem = "is not valid: expected a URL such as https://mcp.example.com, without user name, password, \
                           query or fragment";
            self.invalid(&from, problem.to_owned());
        }
        url
    }

    fn host_guard(&mut self, flags: &ServeFlags, listen: Option<SocketAddr>, public_url: Option<&Url>) -> HostGuard {
        let mut host_guard = HostGuard::new();
        // DNS rebinding needs a name, so accepting the literal listen address is safe.
        if let Some(listen) = listen.filter(|listen| !listen.ip().is_unspecified()) {
            host_guard = host_guard.allow_host(&listen.to_string());
        }
        if let Some(url) = public_url {
            host_guard = host_guard.with_public_url(url);
        }
        if let Some((hosts, from)) = self.server_setting(flags.allowed_hosts.as_ref(), ALLOWED_HOSTS_FLAG) {
            for host in comma_separated(&hosts) {
                if is_host(host) {
                    host_guard = host_guard.allow_host(host);
                } else {
                    let expected = "expected a name or an IP address, with an optional port, such as mcp.example.com";
                    self.invalid(&format!("{from}:"), format!("{} is not a host: {expected}", quoted(host)));
                }
            }
        }
        if let Some((origins, from)) = self.server_setting(flags.allowed_origins.as_ref(), ALLOWED_ORIGINS_FLAG) {
            for origin in comma_separated(&origins) {
                match host_guard.clone().allow_origin(origin) {
                    Ok(extended) => host_guard = extended,
                    Err(error) => self.invalid(&format!("{from}:"), error.to_string()),
                }
            }
        }
        if let Some((proxies, from)) = self.server_setting(flags.trusted_proxies.as_ref(), TRUSTED_PROXIES_FLAG) {
            for proxy in comma_separated(&proxies) {
                match host_guard.clone().trust_proxy(proxy) {
                    Ok(extended) => host_guard = extended,
                    Err(error) => self.invalid(&format!("{from}:"), error.to_string()),
                }
            }
        }
        host_guard
    }

    /// Returns the given data folder, or else the user's folder for application data.
    fn data_dir(&mut self, flags: &ServeFlags) -> Option<PathBuf> {
        if let Some((path, _)) = self.server_setting(flags.data_dir.as_ref(), DATA_DIR_FLAG) {
            return Some(path.into());
        }
        let default_below = |variable: &str, below: &str| {
            let base = self.environment.variable(variable).filter(|base| !base.is_empty())?;
            Some(PathBuf::from(base).join(below).join(env!("CARGO_PKG_NAME")))
        };
        let default = default_below("XDG_DATA_HOME", "")
            .or_else(|| default_below("HOME", ".local/share"))
            .or_else(|| default_below("LOCALAPPDATA", ""));
        if default.is_none() {
            let environment = self.names.server(DATA_DIR_FLAG);
            self.invalid(
                DATA_DIR_FLAG,
                format!("is missing and the system defines no data folder: pass it, or set {environment}"),
            );
        }
        default
    }

    /// Reads a secret from its variable, or from the file that its `_FILE` variable names.
    fn secret(&mut self, name: &str) -> Option<SecretString> {
        let name = self.names.server(name);
        let file = self.names.file_of(&name);
        self.variable_or_file(name, file).map(|setting| setting.value)
    }
}

fn comma_separated(list: &str) -> impl Iterator<Item = &str> {
    list.split(',').map(str::trim).filter(|item| !item.is_empty())
}

/// Returns whether paths can be appended to a URL.
fn is_plain_url(url: &Url) -> bool {
    let plain =
        url.username().is_empty() && url.password().is_none() && url.query().is_none() && url.fragment().is_none();
    plain && matches!(url.scheme(), "http" | "https") && url.has_host()
}

/// Returns whether a client can send the text as its `Host` header.
fn is_host(text: &str) -> bool {
    let Ok(url) = Url::parse(&format!("http://{text}/")) else { return false };
    let characters = text.chars().all(|c| c.is_ascii_alphanumeric() || "-._:[]".contains(c));
    characters && url.has_host() && url.path() == "/"
}

#[cfg(test)]
mod tests;
