//! Limits that would take too long to reach.
#![allow(clippy::unwrap_used, reason = "tests")]

use super::*;

#[test]
fn an_upload_has_more_time_the_larger_it_is() {
    let options = Options { total_timeout: Duration::from_secs(7), ..Options::default() };
    let client = UpstreamClient::new(options).unwrap();
    assert_eq!(client.time_for(0), Duration::from_secs(7));
    assert_eq!(client.time_for(100_000), Duration::from_secs(7));
    assert_eq!(client.time_for(25_000_000), Duration::from_secs(7 + 190));
}
