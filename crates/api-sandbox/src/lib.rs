//! A sandbox: an HTTP server on this computer that imitates a REST API.
//!
//! One JSON document describes it: the API's operations, as `toolgen` emits them from the specification, and the data
//! of a YAML file beside the specification (`spec/sandbox.yaml`, whose first page teaches the language). The document
//! says which records there are and what each operation does with them. This crate knows how to list, find, create,
//! update and delete records, and knows no API. All state is in memory and ends with the [`Sandbox`].
//!
//! A client reaches the sandbox over HTTP, as it reaches the real API.
//!
//! ```no_run
//! # async fn example() -> Result<(), api_sandbox::SandboxError> {
//! use api_sandbox::{SandboxOptions, start};
//! use serde_json::json;
//!
//! let definition = json!({
//!     "auth": { "header": "Authorization", "prefix": "" },
//!     "rate_limit": { "remaining": ["x-left"] },
//!     "operations": [{
//!         "tool": "list_all_books", "resource": "book", "operation": "list", "method": "GET", "path": "/books",
//!         "params": [{ "name": "since", "argument": "since", "in": "query", "type": { "kind": "integer" } }],
//!         "reply": { "rows": "books", "total": "count" }, "cost": 1, "gated": false,
//!     }],
//!     "data": {
//!         "rate": { "calls": 100, "seconds": 60, "remaining": ["x-left"] },
//!         "limits": { "records": 1000, "body_bytes": 100_000, "url_bytes": 4096 },
//!         "errors": {
//!             "body": { "status": "{{ status }}", "message": "{{ message }}" },
//!             "bad_request": "{{ problem }}", "unauthorized": "Wrong key", "gated": "Not enabled",
//!             "unknown_path": "Unknown path", "not_found": "Not found", "ambiguous": "Ambiguous",
//!             "too_large": "Too large", "long_url": "URL too long", "rate_limited": "Too many calls", "full": "Full",
//!         },
//!         "collections": {
//!             "book": {
//!                 "views": { "row": ["title", { "label": "{{ title }} ({{ year }})" }] },
//!                 "records": [{ "title": "Salt", "year": 2004 }, { "title": "Rain", "year": 2016 }],
//!             },
//!         },
//!         "operations": {
//!             "book.list": { "does": "list", "in": "book", "where": ["year >= args.since"], "view": "row" },
//!         },
//!     },
//! });
//! let sandbox = start(&definition.to_string(), SandboxOptions::default()).await?;
//! // GET {base_url}/books?since=2010 with the key returns {"count":1,"books":[{"title":"Rain",…}]}.
//! println!("{} accepts the key {:?}", sandbox.base_url, sandbox.key);
//! # Ok(())
//! # }
//! ```
//!
//! # Parts
//!
//! | modules | do |
//! |---|---|
//! | `definition` | the document: collections of records, operations, errors, limits |
//! | `language`, `expression` | minijinja with the sandbox's tests and filters; compiled code |
//! | `check` | every mistake in a definition, at build time and at the start |
//! | `shown` | the fields that replies can show |
//! | `server/{world, scope, seed}` | snapshots of all records; what code sees from one of them; the records at the start |
//! | `server/{lookup, listing, search, view, change}` | what operations do |
//! | `server/{engine, route, body, arguments, rate, failure}` | HTTP |
//!
//! # Features
//!
//! `server` (default) is the server. Without it, only [`check()`] is left, for use in a build script.

#![cfg_attr(not(feature = "server"), allow(dead_code, reason = "a check reads less of a definition than a server"))]

mod check;
mod clock;
mod definition;
mod expression;
mod html;
mod language;
#[cfg(feature = "server")]
mod server;
mod shown;
mod value;

use std::collections::BTreeMap;

pub use check::Mistake;
#[cfg(feature = "server")]
pub use server::{Sandbox, SandboxError, SandboxOptions, start};
pub use shown::FieldNames;

/// Checks a definition. Returns the fields in the replies of each tool, by its name; those of a list are the fields of a
/// row.
///
/// # Errors
///
/// Returns everything that is wrong with the definition.
pub fn check(definition: &str) -> Result<BTreeMap<String, FieldNames>, Vec<Mistake>> {
    check::read_definition(definition).map(|definition| shown::fields(&definition))
}
