//! Bodies: reading a request from the network, with or without files.

use axum::body::Bytes;
use axum::extract::multipart::{Field, MultipartError};
use axum::extract::{FromRequest, Multipart, Request};
use axum::response::IntoResponse;
use http::StatusCode;
use http::header::CONTENT_TYPE;

use super::arguments::Parts;
use super::change::Attachment;
use super::failure::Failure;
use crate::definition::data::Errors;
use crate::definition::operation::Operation;

/// Takes a request apart.
pub(super) async fn read_request(
    operation: &Operation,
    path: Vec<(String, String)>,
    request: Request,
    errors: &Errors,
) -> Result<(Parts, Vec<Attachment>), Failure> {
    let query = request.uri().query().unwrap_or_default();
    let query = url::form_urlencoded::parse(query.as_bytes()).into_owned().collect();
    let mut parts = Parts { path, query, ..Parts::default() };
    let Some(names) = &operation.multipart else {
        let body = Bytes::from_request(request, &()).await;
        parts.body = body.map_err(|error| unreadable(errors, error.into_response().status()))?.to_vec();
        return Ok((parts, Vec::new()));
    };
    let content_type = request.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
    if !content_type.is_some_and(|value| value.starts_with("multipart/form-data")) {
        return Err(Failure::bad_request(errors, "The body must be multipart/form-data"));
    }
    let failed = |error: MultipartError| unreadable(errors, error.status());
    let mut form = Multipart::from_request(request, &()).await.map_err(|error| unreadable(errors, error.status()))?;
    let mut files = Vec::new();
    while let Some(field) = form.next_field().await.map_err(failed)? {
        let name = field.name().unwrap_or_default().to_owned();
        if name == names.one && !files.is_empty() {
            return Err(Failure::bad_request(errors, &format!("Several files go as '{}'", names.many)));
        }
        if name == names.one || name == names.many {
            files.push(attachment(field).await.map_err(failed)?);
        } else {
            parts.form.push((name, field.text().await.map_err(failed)?));
        }
    }
    if files.is_empty() {
        return Err(Failure::bad_request(errors, &format!("'{}' or '{}' is missing", names.one, names.many)));
    }
    Ok((parts, files))
}

/// The facts of a file. Its bytes are counted and dropped.
async fn attachment(mut field: Field<'_>) -> Result<Attachment, MultipartError> {
    let name = field.file_name().unwrap_or("file").to_owned();
    let content_type = field.content_type().unwrap_or("application/octet-stream").to_owned();
    let mut size = 0;
    while let Some(chunk) = field.chunk().await? {
        size += chunk.len();
    }
    Ok(Attachment { name, content_type, size })
}

fn unreadable(errors: &Errors, status: StatusCode) -> Failure {
    if status == StatusCode::PAYLOAD_TOO_LARGE {
        Failure::new(413, &errors.too_large, ())
    } else {
        Failure::bad_request(errors, "The body cannot be read")
    }
}
