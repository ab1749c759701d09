//! The time-out of an upload, which would take too long to reach in an exchange.
#![allow(clippy::unwrap_used, reason = "tests")]

use super::*;

#[test]
fn a_larger_upload_has_more_time() {
    let options = UpstreamOptions { total_timeout: Duration::from_secs(7), ..UpstreamOptions::default() };
    let client = UpstreamClient::new(options).unwrap();
    assert_eq!(client.timeout_for(0), Duration::from_secs(7));
    assert_eq!(client.timeout_for(100_000), Duration::from_secs(7));
    assert_eq!(client.timeout_for(25_000_000), Duration::from_secs(7 + 190));
}
