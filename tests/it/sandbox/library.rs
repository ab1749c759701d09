//! An API that has nothing to do with any helpdesk: a library with authors and books.

use serde_json::{Value, json};

/// Its definition, as the generator would emit one.
#[expect(clippy::too_many_lines, reason = "a document, not a procedure")]
pub(crate) fn library() -> Value {
    let text = json!({ "kind": "text" });
    let books = |operation: &str, method: &str, path: &str, params: Value| {
        json!({ "tool": format!("books_{operation}"), "resource": "book", "operation": operation,
            "method": method, "path": path, "params": params, "reply": {}, "cost": 1, "gated": false })
    };
    let body = json!([
        { "name": "title", "argument": "title", "in": "json", "required": true, "type": text },
        { "name": "author", "argument": "by", "in": "json", "type": text },
        { "name": "year", "argument": "year", "in": "json", "type": { "kind": "integer", "min": 0 } },
        { "name": "shelf", "argument": "shelf", "in": "json", "type": text },
        { "name": "tags", "argument": "tags", "in": "json", "type": { "kind": "list", "item": text } },
        { "name": "extra", "argument": "extra", "in": "json", "type": { "kind": "object" } }
    ]);
    let id = json!({ "name": "id", "argument": "id", "in": "path", "required": true, "type": { "kind": "integer" } });
    let mut change = vec![id.clone()];
    change.extend(body.as_array().unwrap().iter().cloned().map(|mut param| {
        param["required"] = json!(false);
        if param["name"] == "tags" {
            let list = json!({ "kind": "list", "item": text });
            let fields = json!([{ "name": "add", "type": list }, { "name": "remove", "type": list }]);
            param["type"] = json!({ "kind": "record", "fields": fields });
        }
        param
    }));
    let listing = json!([
        { "name": "rows", "argument": "rows", "in": "query",
          "type": { "kind": "choice", "codes": ["2", "5"] } },
        { "name": "skip", "argument": "skip", "in": "query", "type": { "kind": "integer", "min": 0 } },
        { "name": "sort", "argument": "sort", "in": "query", "type": { "kind": "choice", "codes": [1, 2] } },
        { "name": "order", "argument": "order", "in": "query", "type": text },
        { "name": "since", "argument": "since", "in": "query", "type": { "kind": "timestamp" } },
        { "name": "lent", "argument": "lent", "in": "query", "type": { "kind": "flag" } },
        { "name": "filters", "argument": "filters", "in": "query", "type": { "kind": "object" } },
        { "name": "more", "argument": "more", "in": "query", "type": { "kind": "flag" } },
        { "name": "find", "argument": "find", "in": "query", "type": { "kind": "object" } }
    ]);
    let mut list = books("list", "GET", "/books", listing);
    list["reply"] = json!({ "rows": "books", "total": "total" });
    let mut scan = books("scan", "POST", "/books/scan", body.clone());
    scan["multipart"] = json!({ "metadata": "book", "one": "page", "many": "pages" });
    let mut secret = books("secret", "GET", "/secret", json!([]));
    secret["gated"] = json!(true);
    let hello = books("hello", "GET", "/hello", json!([]));
    let mut dear = books("dear", "GET", "/dear", json!([]));
    dear["cost"] = json!(3);
    let mut author = books(
        "get",
        "GET",
        "/author",
        json!([
            { "name": "name", "argument": "name", "in": "query", "type": text },
            { "name": "alias", "argument": "alias", "in": "query", "type": text }
        ]),
    );
    author["resource"] = json!("author");
    let create = json!({ "does": "create", "in": "book", "reply": "full", "store": { "by": "author" },
        "refuses": [{ "in": "book", "where": "title is like(this.title)", "status": 400,
            "message": "There is a {{ title }} already" }],
        "also": [{ "in": "author", "where": "name is like(this.author)", "create": { "name": "{{ this.author }}" } }] });
    json!({
        "auth": { "header": "Authorization", "prefix": "" },
        "rate_limit": { "limit": [], "remaining": ["x-left"], "reset": ["x-wait", "retry-after"] },
        "operations": [list, scan, secret, hello, dear, author, books("create", "POST", "/books", body),
            books("get", "GET", "/books/{id}", json!([id])), books("update", "PUT", "/books/{id}", json!(change)),
            books("delete", "DELETE", "/books/{id}", json!([id]))],
        "data": {
            "base": "/library",
            "rate": { "calls": 1000, "seconds": 60, "remaining": ["x-left"], "retry_after": ["x-wait", "retry-after"] },
            "limits": { "records": 12, "body_bytes": 20_000, "url_bytes": 2_000 },
            "errors": {
                "body": { "status": "{{ status }}", "reason": "{{ reason }}", "message": "{{ message }}" },
                "bad_request": "Bad: {{ problem }}", "unauthorized": "Who are you?", "gated": "Not for you",
                "unknown_path": "Nowhere", "not_found": "Nothing", "ambiguous": "Which one?",
                "too_large": "Too much", "long_url": "Too long", "rate_limited": "Too often", "full": "No room"
            },
            "attachment": { "name": "{{ file.name }}", "bytes": "{{ file.size }}", "type": "{{ file.type }}" },
            "collections": {
                "author": {
                    "relations": { "books": { "in": "book", "on": { "author": "name" } } },
                    "derived": { "count": "{{ books|length }}", "first": "{{ books.year|min }}" },
                    "views": { "card": ["name", "count", "first", "aliases?"] },
                    "records": [
                        { "name": "Ada Moor", "aliases": "A. M., Moor", "books": [
                            { "title": "The Quiet Harbour", "year": 1999, "added": "-3d 10:00" },
                            { "title": "Salt", "year": 2004, "added": "+2h", "shelf": "A" }
                        ] },
                        { "name": "Bo Lund" }, { "name": "Bo Lund" }
                    ]
                },
                "book": {
                    "number": "id", "times": ["added"], "attachments": "pages",
                    "defaults": { "shelf": null, "tags": [], "lent": 0, "pages": [], "extra": {}, "author": null,
                        "year": null, "added": "{{ now }}" },
                    "rules": [{ "when": "shelf == 'Lost'", "set": { "lent": 1 } }],
                    "views": {
                        "row": ["id", "title", "year", "shelf"],
                        "full": ["id", "title", "author", "year", "shelf", "tags", "lent", "added", "pages", "extra",
                            { "label": "{{ title }} ({{ year or 'undated' }})" }]
                    },
                    "generate": [{ "count": 4, "set": { "year": "{{ 2010 + 2 * n }}" },
                        "words": { "word": ["Fog", "Rain", "Snow"] },
                        "record": { "title": "{{ word }} {{ year }}", "year": "{{ year }}", "author": "Cy Ray",
                            "added": "-1d 08:00", "shelf": "{{ word }}" } }]
                }
            },
            "operations": {
                "book.hello": { "does": "say", "open": true, "text": "hello" },
                "book.dear": { "does": "say", "text": "dear" },
                "book.secret": { "does": "say", "text": "secret" },
                "book.list": { "does": "list", "in": "book", "view": "row",
                    "where": ["added is after(args.since)", "args.lent or lent != 1",
                        "(shelf or 'none') is like(args.filters.place)", "year is like(args.filters.year)",
                        "extra is holding(args.filters.extra, 'none')"],
                    "search": { "argument": "find", "words": "text", "in": "in", "default": ["title"],
                        "places": { "title": ["title"], "who": ["author"] } },
                    "sort": { "by": "sort", "fields": { "1": "title", "2": "year", "rank": "score" }, "default": "2",
                        "order": "order", "down": "desc" },
                    "page": { "rows": 5, "size": "rows", "offset": "skip" },
                    "with": { "more": ["extra"] }, "flat": { "more": ["extra"] },
                    "counts": { "fogs": "shelf == 'Fog'" } },
                "book.get": { "does": "get", "in": "book", "by": ["id is like(args.id)"], "reply": "full",
                    "missing": "No book {{ args.id }}" },
                "author.get": { "does": "get", "in": "author", "reply": "card",
                    "by": ["name is like(args.name)", "aliases|csv is like(args.alias)"] },
                "book.create": create,
                "book.scan": create,
                "book.update": { "does": "update", "in": "book", "by": ["id is like(args.id)"], "reply": "full",
                    "store": { "by": "author" }, "clear": "-", "lists": ["tags"], "set": { "added": "{{ now }}" } },
                "book.delete": { "does": "delete", "in": "book", "by": ["id is like(args.id)"],
                    "reply": { "gone": "{{ title }}" } }
            }
        }
    })
}
