//! The parameters of a request to the authorization server (RFC 6749, sections 3.1 and 3.2).

/// The parameters of a query or form. Each occurs once, and an empty one counts as omitted.
#[derive(Clone, Debug, Default)]
pub(super) struct Parameters(Vec<(String, String)>);

/// The most parameters of a request. Clients send about ten.
const MOST: usize = 50;

/// A parameter occurs more than once, or there are too many.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct MalformedParameters(pub(super) String);

impl Parameters {
    /// Parses a query or form.
    pub(super) fn parse(encoded: &[u8]) -> Result<Self, MalformedParameters> {
        let mut pairs: Vec<(String, String)> = Vec::new();
        for (name, value) in url::form_urlencoded::parse(encoded) {
            if value.is_empty() {
                continue;
            }
            if pairs.iter().any(|(known, _)| *known == name) {
                return Err(MalformedParameters(format!(
                    "The parameter {} is given more than once.",
                    shortened(&name)
                )));
            }
            if pairs.len() == MOST {
                return Err(MalformedParameters("There are too many parameters.".to_owned()));
            }
            pairs.push((name.into_owned(), value.into_owned()));
        }
        Ok(Self(pairs))
    }

    /// The value of a parameter.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}

/// The part of a name that is safe to repeat.
fn shortened(name: &str) -> String {
    name.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '_').take(40).collect()
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::*;

    #[test]
    fn parameters_occur_once_and_are_not_empty() {
        let parameters = Parameters::parse(b"a=1&b=&c=x%20y+z&b=2").unwrap();
        assert_eq!(
            [parameters.get("a"), parameters.get("b"), parameters.get("c")],
            [Some("1"), Some("2"), Some("x y z")]
        );
        assert_eq!(parameters.get("d"), None);
        assert!(Parameters::parse(b"resource=1&resource=2").is_err_and(|error| error.0.contains("resource")));
        assert!(Parameters::parse("a=1&".repeat(60).as_bytes()).is_err());
        let many: Vec<_> = (0..60).map(|number| format!("{number}=1")).collect();
        assert!(Parameters::parse(many.join("&").as_bytes()).is_err());
    }
}
