//! The bodies of forms.

use axum::extract::Request;
use http::StatusCode;
use http::header::CONTENT_TYPE;
use mcp_server::http::{ByteBudget, Problem, read_body};

/// The longest body, in bytes: a `return_to` and a few short fields.
const LONGEST_BODY: usize = 32 * 1024;
const MEDIA_TYPE: &str = "application/x-www-form-urlencoded";

/// The fields of a form.
#[derive(Clone, Debug, Default)]
pub struct FormFields(Vec<(String, String)>);

impl FormFields {
    /// Reads the body of a request. Its bytes are counted in `bodies`.
    ///
    /// # Errors
    /// Fails if the body is not a form, is too long or does not arrive in time.
    pub async fn read(request: Request, bodies: &ByteBudget) -> Result<Self, Problem> {
        let media_type = request.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
        if !media_type.split(';').next().is_some_and(|media_type| media_type.trim().eq_ignore_ascii_case(MEDIA_TYPE)) {
            let message = format!("The body must be a form. Send it with Content-Type: {MEDIA_TYPE}.");
            return Err(Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, message));
        }
        let body = read_body(request.into_body(), LONGEST_BODY, &mut bodies.open_request()).await?;
        Ok(Self(url::form_urlencoded::parse(&body.bytes).into_owned().collect()))
    }

    /// Reads the query of a URL.
    pub(crate) fn of_query(query: &str) -> Self {
        Self(url::form_urlencoded::parse(query.as_bytes()).into_owned().collect())
    }

    /// The value of the first field of that name, or an empty text.
    pub fn value(&self, name: &str) -> &str {
        self.0.iter().find(|(found, _)| found == name).map_or("", |(_, value)| value)
    }
}
