//! The hosts to which API keys may be sent. Pure.
//!
//! Accounts are rows in a database, so an attacker who can write there could send a key anywhere. A host is therefore
//! allowed only if the spec's base URL can produce it, if it is this machine, or if an operator lists it. The address that
//! a name resolves to counts as well: a host of the API must be public, so that its name cannot be turned into a host of
//! this network (DNS rebinding).

use std::collections::BTreeSet;
use std::net::{IpAddr, Ipv6Addr, SocketAddr};

use tool_runtime::api::ApiDef;
use url::{Host, Url};

use super::account::is_label;
use super::resolver::AddressRule;
use crate::address::{is_loopback, is_public};

/// The hosts to which API keys may be sent.
#[derive(Clone, Debug, Default)]
pub struct ApiHosts {
    /// The host in the spec's base URL, with `{variable}` placeholders.
    template: Option<&'static str>,
    listed: BTreeSet<ApiHost>,
}

/// A host in the one form that all its spellings have in common.
///
/// The URL parser has already turned a decimal, octal or hexadecimal IPv4 address into the usual form, and an
/// international name into Punycode.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum ApiHost {
    Name(String),
    Address(IpAddr),
}

/// The reason why no key is sent to a host. The text names the host only.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HostRefusal {
    /// Neither the API's nor this machine's, and not listed.
    #[error("{host} is not on the list of hosts to which this server sends API keys")]
    NotListed {
        /// The host.
        host: String,
    },
    /// A host of the API that has an address in a private network.
    #[error("{host} has the address {address}, which is not public")]
    NotPublic {
        /// The host.
        host: String,
        /// Its address.
        address: IpAddr,
    },
    /// The name `localhost` has the address of another machine.
    #[error("localhost has the address {address}, which belongs to another machine")]
    NotLoopback {
        /// Its address.
        address: IpAddr,
    },
}

/// A text in a list of hosts is not a host.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("is not a host: expected a name or an IP address without scheme, port or path, such as helpdesk.example.com")]
pub struct InvalidApiHost;

/// The addresses that a name may have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Reach {
    Loopback,
    Public,
    Any,
}

impl ApiHosts {
    /// The flag by which an operator lists hosts.
    pub const FLAG: &str = "--allowed-api-hosts";

    /// Returns the hosts that the API's base URL can produce, and this machine.
    pub fn of_api(api: &ApiDef) -> Self {
        Self { template: Some(template_host(api.base_url)), listed: BTreeSet::new() }
    }

    /// Adds a host to the list. It may have any address.
    ///
    /// # Errors
    ///
    /// Fails if the text is not a name or an IP address.
    pub fn allow(&mut self, host: &str) -> Result<(), InvalidApiHost> {
        let host = if host.parse::<Ipv6Addr>().is_ok() { format!("[{host}]") } else { host.to_owned() };
        // Everything that could follow or precede a host in a URL, and a pattern that no name matches.
        let is_alone = !host.contains(['/', '\\', '?', '#', '@', '*']) && (host.ends_with(']') || !host.contains(':'));
        let url = is_alone.then(|| Url::parse(&format!("https://{host}/")).ok()).flatten();
        self.listed.insert(url.as_ref().and_then(ApiHost::of_url).ok_or(InvalidApiHost)?);
        Ok(())
    }

    /// Adds the host of a base URL to the list.
    pub fn allow_host_of(&mut self, base_url: &Url) {
        self.listed.extend(ApiHost::of_url(base_url));
    }

    /// Checks the host of a base URL. A name is checked again when it is resolved.
    ///
    /// # Errors
    ///
    /// Fails if no key may be sent there.
    pub fn check(&self, base_url: &Url) -> Result<(), HostRefusal> {
        let host = || base_url.host_str().unwrap_or_default().to_owned();
        let Some(found) = ApiHost::of_url(base_url) else { return Err(HostRefusal::NotListed { host: host() }) };
        match (self.reach(&found), found) {
            (None, _) => Err(HostRefusal::NotListed { host: host() }),
            (Some(reach), ApiHost::Address(address)) if !reach.admits(address) => {
                Err(HostRefusal::NotPublic { host: host(), address })
            }
            _ => Ok(()),
        }
    }

    /// Returns the addresses that an allowed host may have.
    fn reach(&self, host: &ApiHost) -> Option<Reach> {
        match host {
            // Not even a list lets `localhost` be another machine: plain HTTP is allowed there.
            ApiHost::Name(name) if name == "localhost" => Some(Reach::Loopback),
            ApiHost::Address(address) if is_loopback(*address) => Some(Reach::Loopback),
            host if self.listed.contains(host) => Some(Reach::Any),
            host => {
                self.template.is_some_and(|template| is_produced_by(template, &host.name())).then_some(Reach::Public)
            }
        }
    }
}

impl AddressRule for ApiHosts {
    /// Only the addresses that the host must not have are left out. The names of proxies pass, because no request is made
    /// to a host that [`check`](Self::check) refuses.
    fn admitted(&self, name: &str, found: Vec<SocketAddr>) -> Result<Vec<SocketAddr>, HostRefusal> {
        let reach = self.reach(&ApiHost::Name(name.to_ascii_lowercase())).unwrap_or(Reach::Any);
        let (admitted, refused): (Vec<_>, Vec<_>) = found.into_iter().partition(|address| reach.admits(address.ip()));
        match (admitted.is_empty(), refused.first().map(SocketAddr::ip)) {
            (true, Some(address)) if reach == Reach::Loopback => Err(HostRefusal::NotLoopback { address }),
            (true, Some(address)) => Err(HostRefusal::NotPublic { host: name.to_owned(), address }),
            _ => Ok(admitted),
        }
    }
}

impl HostRefusal {
    /// Returns the host, as an operator would list it.
    pub fn host(&self) -> &str {
        match self {
            Self::NotListed { host } | Self::NotPublic { host, .. } => host,
            Self::NotLoopback { .. } => "localhost",
        }
    }

    /// Returns the advice for an operator.
    pub fn advice(&self) -> String {
        match self {
            Self::NotLoopback { .. } => "Correct the entry for localhost in the hosts file of this machine".to_owned(),
            Self::NotListed { host } | Self::NotPublic { host, .. } => {
                format!("Correct the account's address, or allow the host with {} {host}", ApiHosts::FLAG)
            }
        }
    }
}

impl Reach {
    fn admits(self, address: IpAddr) -> bool {
        match self {
            Self::Loopback => is_loopback(address),
            Self::Public => is_public(address),
            Self::Any => true,
        }
    }
}

impl ApiHost {
    fn of_url(url: &Url) -> Option<Self> {
        Some(match url.host()? {
            Host::Domain(name) => Self::Name(name.to_owned()),
            Host::Ipv4(address) => Self::Address(address.into()),
            Host::Ipv6(address) => Self::Address(address.to_canonical()),
        })
    }

    fn name(&self) -> String {
        match self {
            Self::Name(name) => name.clone(),
            Self::Address(address) => address.to_string(),
        }
    }
}

/// Returns the host in a base URL with placeholders, which no URL parser accepts.
fn template_host(base_url: &'static str) -> &'static str {
    let after_scheme = base_url.split_once("://").map_or(base_url, |(_, rest)| rest);
    let authority = after_scheme.split_once('/').map_or(after_scheme, |(authority, _)| authority);
    authority.rsplit_once(':').map_or(authority, |(host, _)| host)
}

/// Returns whether the template becomes this host when each of its placeholders is replaced by a host-name label.
fn is_produced_by(template: &str, host: &str) -> bool {
    let Some((fixed, rest)) = template.split_once('{') else { return template.eq_ignore_ascii_case(host) };
    let Some((_, rest)) = rest.split_once('}') else { return false };
    let Some((start, host)) = host.split_at_checked(fixed.len()) else { return false };
    // A label has no dot, so the value ends before the next one.
    let longest = host.find('.').unwrap_or(host.len());
    start.eq_ignore_ascii_case(fixed)
        && (1..=longest).any(|end| {
            host.split_at_checked(end).is_some_and(|(value, host)| is_label(value) && is_produced_by(rest, host))
        })
}

#[cfg(test)]
mod tests;
