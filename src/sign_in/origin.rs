//! The origin of requests that change something: they must come from a page of this server.

use http::header::{HOST, HeaderMap, HeaderValue, ORIGIN};
use http::{HeaderName, StatusCode};
use mcp_server::http::Problem;
use url::Url;

use crate::address::has_loopback_host;

const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// Checks that a request comes from a page of this server, which clients reach at `public_url`. A browser says so in
/// `Origin` or `Sec-Fetch-Site`, which no page can set.
///
/// # Errors
/// Fails if it comes from a page of another server, or if the headers do not tell.
pub fn check_same_origin(public_url: &str, headers: &HeaderMap) -> Result<(), Problem> {
    let site = headers.get(SEC_FETCH_SITE).map(HeaderValue::as_bytes);
    let is_same_site = site.is_none_or(|site| site == b"same-origin");
    let is_same_origin = match headers.get(ORIGIN) {
        Some(origin) => origin.to_str().is_ok_and(|origin| is_own_origin(public_url, headers, origin)),
        None => site.is_some(),
    };
    if is_same_site && is_same_origin {
        return Ok(());
    }
    let message = "This request does not come from a page of this server. Open the page again and repeat it there.";
    Err(Problem::new(StatusCode::FORBIDDEN, message))
}

/// Returns whether an origin is that of the public URL, or that of the host to which the request was sent. The host guard
/// has checked the host.
fn is_own_origin(public_url: &str, headers: &HeaderMap, origin: &str) -> bool {
    let (Ok(origin), Ok(public)) = (Url::parse(origin), Url::parse(public_url)) else { return false };
    if origin.origin() == public.origin() {
        return true;
    }
    let host = headers.get(HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    let Ok(called) = Url::parse(&format!("{}://{host}", origin.scheme())) else { return false };
    let has_scheme = origin.scheme() == public.scheme() || has_loopback_host(&origin);
    has_scheme && origin.origin().is_tuple() && origin.origin() == called.origin()
}

#[cfg(test)]
mod tests {
    use super::*;

    const PUBLIC: &str = "https://mcp.example.com/desk";

    fn is_accepted(host: &'static str, given: &[(HeaderName, &'static str)]) -> bool {
        let mut headers = HeaderMap::new();
        headers.insert(HOST, HeaderValue::from_static(host));
        for (name, value) in given {
            headers.insert(name, HeaderValue::from_static(value));
        }
        check_same_origin(PUBLIC, &headers).is_ok()
    }

    #[test]
    fn requests_must_come_from_a_page_of_this_server() {
        for (host, origin) in [
            ("mcp.example.com", "https://mcp.example.com"),
            // A proxy may replace the host.
            ("10.0.0.1:8365", "https://mcp.example.com"),
            ("127.0.0.1:8365", "http://127.0.0.1:8365"),
            ("localhost:8365", "http://localhost:8365"),
            ("[::ffff:127.0.0.1]:8365", "http://[::ffff:127.0.0.1]:8365"),
            ("other.example.com", "https://other.example.com"),
        ] {
            assert!(is_accepted(host, &[(ORIGIN, origin)]), "{host} {origin}");
            assert!(!is_accepted(host, &[(ORIGIN, origin), (SEC_FETCH_SITE, "same-site")]), "{host} {origin}");
        }
        for (host, origin) in [
            ("mcp.example.com", "http://mcp.example.com"),
            ("mcp.example.com", "https://mcp.example.com:444"),
            ("mcp.example.com", "https://evil.example"),
            ("mcp.example.com", "null"),
            ("mcp.example.com", "http://127.0.0.1:8365"),
            ("127.0.0.1:8365", "http://127.0.0.1:9999"),
        ] {
            assert!(!is_accepted(host, &[(ORIGIN, origin)]), "{host} {origin}");
        }
        assert!(is_accepted("mcp.example.com", &[(SEC_FETCH_SITE, "same-origin")]));
        assert!(!is_accepted("mcp.example.com", &[(SEC_FETCH_SITE, "cross-site")]));
        assert!(!is_accepted("mcp.example.com", &[]), "only browsers have sessions");
    }
}
