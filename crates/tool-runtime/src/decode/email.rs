//! E-mail addresses.

use email_address::{EmailAddress, Options};
use serde_json::Value;

use super::text::{non_empty_string, visible};
use crate::text::Joiners;
use crate::violation::{Violations, quoted};

/// Decodes one e-mail address, without spaces around it.
///
/// # Errors
///
/// If the value is not a string, has an invisible character, or is not one address: a local part (RFC 5321, section
/// 4.1.2, and RFC 6531), `@`, and a host name without a final dot. A display name and `mailto:` are refused.
pub fn email(value: Value) -> Result<String, Violations> {
    let text = non_empty_string(value)?;
    let address = visible(text.trim().to_owned(), Joiners::Nowhere)?;
    let example = "one address such as ann@example.com";
    match address.rsplit_once('@') {
        Some((_, host)) if is_address(&address) && is_host_name(host) => Ok(address),
        _ => Err(Violations::new(format!("{} is not an e-mail address", quoted(&text)), example)),
    }
}

/// Returns whether a text is an address without a display name. A quoted local part (`"a b"@example.com`) is not
/// accepted: no mail service hands out such addresses, and lists of addresses are split at commas.
fn is_address(text: &str) -> bool {
    let options = Options::default().with_no_minimum_sub_domains().without_domain_literal().without_display_text();
    !text.contains(|c: char| c == '"' || c.is_whitespace()) && EmailAddress::parse_with_options(text, options).is_ok()
}

/// Returns whether a text is a host name: labels of letters, digits and hyphens, or international ones (RFC 5890).
fn is_host_name(text: &str) -> bool {
    idna::domain_to_ascii_strict(text).is_ok()
}
