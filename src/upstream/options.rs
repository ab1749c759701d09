//! The settings of the upstream client.

use std::path::PathBuf;
use std::time::Duration;

use super::hosts::ApiHosts;

/// The settings of the upstream client.
#[derive(Clone, Debug)]
pub struct UpstreamOptions {
    /// PEM file with certificates to trust in addition to the system's.
    pub ca_file: Option<PathBuf>,
    /// The hosts to which requests are sent.
    pub hosts: ApiHosts,
    /// Time to resolve a host, connect to it and agree on TLS.
    pub connect_timeout: Duration,
    /// Time for a whole exchange. Uploads get additional time.
    pub total_timeout: Duration,
    /// Time after which an unused connection is closed.
    pub idle_timeout: Duration,
    /// Maximum size of a reply, decompressed.
    pub max_reply_bytes: usize,
    /// Maximum size of a request.
    pub max_upload_bytes: u64,
}

impl Default for UpstreamOptions {
    fn default() -> Self {
        Self {
            ca_file: None,
            hosts: ApiHosts::default(),
            connect_timeout: Duration::from_secs(10),
            total_timeout: Duration::from_mins(1),
            // Shorter than the idle time-out of common servers. The client must be the side that closes: otherwise a
            // request is occasionally sent on a connection that the server is closing, and requests are not retried.
            idle_timeout: Duration::from_secs(45),
            max_reply_bytes: 10_000_000,
            max_upload_bytes: 25_000_000,
        }
    }
}
