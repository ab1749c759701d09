//! The settings of the upstream client.

use std::path::PathBuf;
use std::time::Duration;

use super::hosts::ApiHosts;

/// The default time for a call. The commonest clients give up after 60 seconds, and must read before that whether a change
/// may have been made.
pub const CALL_TIMEOUT: Duration = Duration::from_secs(50);

/// The settings of the upstream client.
#[derive(Clone, Debug)]
pub struct UpstreamOptions {
    /// PEM file with certificates to trust in addition to the system's.
    pub ca_file: Option<PathBuf>,
    /// The hosts to which requests are sent.
    pub hosts: ApiHosts,
    /// Time to resolve a host, connect to it and agree on TLS.
    pub connect_timeout: Duration,
    /// Time for a whole call, from the moment at which its caller began to wait. Uploads are included.
    pub call_timeout: Duration,
    /// Time after which an unused connection is closed.
    pub idle_timeout: Duration,
    /// Maximum size of a reply, decompressed.
    pub max_reply_bytes: usize,
    /// Maximum size of a request.
    pub max_upload_bytes: u64,
}

/// The maximum sizes of a call, in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CallSizes {
    /// Of the files that it uploads.
    pub upload: u64,
    /// Of the API's reply.
    pub reply: usize,
}

impl UpstreamOptions {
    /// Returns the maximum sizes of a call.
    pub fn call_sizes(&self) -> CallSizes {
        CallSizes { upload: self.max_upload_bytes, reply: self.max_reply_bytes }
    }
}

impl Default for UpstreamOptions {
    fn default() -> Self {
        Self {
            ca_file: None,
            hosts: ApiHosts::default(),
            connect_timeout: Duration::from_secs(10),
            call_timeout: CALL_TIMEOUT,
            // Shorter than the idle time-out of common servers. The client must be the side that closes: otherwise a
            // request is occasionally sent on a connection that the server is closing, and requests are not retried.
            idle_timeout: Duration::from_secs(45),
            max_reply_bytes: 10_000_000,
            max_upload_bytes: 25_000_000,
        }
    }
}
