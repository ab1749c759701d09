//! The engine, driven by an API that has nothing to do with any helpdesk: a library with authors and books.

use api_sandbox::{SandboxError, SandboxOptions, start};
use jiff::civil::datetime;
use reqwest::multipart::{Form, Part};
use serde_json::{Value, json};

use super::client::{SandboxClient, column, http, query, send};
use super::library::library;

async fn started() -> SandboxClient {
    let now = Some(datetime(2026, 3, 10, 12, 0, 0, 0));
    SandboxClient::start(&library().to_string(), SandboxOptions { now, ..SandboxOptions::default() }).await
}

async fn refused(change: impl FnOnce(&mut Value)) -> String {
    let mut definition = library();
    change(&mut definition);
    match start(&definition.to_string(), SandboxOptions::default()).await {
        Ok(_) => panic!("it started"),
        Err(error) => error.to_string(),
    }
}

#[tokio::test]
async fn a_list_is_paged_and_counts_all_rows() {
    let client = started().await;
    let first = client.get("/books?rows=2").await.ok();
    assert_eq!(first["total"], 6);
    assert_eq!(column(&first["books"], "year"), [1999, 2004]);
    let last = client.get("/books?rows=5&skip=5").await.ok();
    assert_eq!(last["total"], 6);
    assert_eq!(column(&last["books"], "title"), ["Rain 2016"]);
    assert_eq!(client.get("/books").await.ok()["books"].as_array().unwrap().len(), 5);
    assert_eq!(client.get("/books?skip=99").await.ok()["books"], json!([]));
}

#[tokio::test]
async fn parameters_are_typed_and_undeclared_ones_are_ignored() {
    let client = started().await;
    for (target, problem) in [
        ("/books?rows=3", "Bad: 'rows' must be one of 2, 5"),
        ("/books?skip=two", "Bad: 'skip' must be a whole number"),
        ("/books?skip=-1", "Bad: 'skip' must be at least 0"),
        ("/books?since=yesterday", "Bad: 'since' must be a time like yyyy-mm-dd hh:mm:ss"),
        ("/books?lent=yes", "Bad: 'lent' must be 0 or 1"),
        ("/books?filters=%7B", "Bad: 'filters' is not valid JSON"),
        ("/books?filters=7", "Bad: 'filters' must be an object"),
    ] {
        assert_eq!(client.get(target).await.error(400), problem, "{target}");
    }
    client.get("/books?nonsense=1").await.ok();
    for (body, problem) in [
        (json!({}), "Bad: 'title' is missing"),
        (json!({ "title": "" }), "Bad: 'title' must not be empty"),
        (json!({ "title": 7 }), "Bad: 'title' must be a text"),
        (json!({ "title": "x", "year": "1999" }), "Bad: 'year' must be a whole number"),
        (json!({ "title": "x", "tags": ["a", 1] }), "Bad: 'tags' must be a text"),
        (json!([]), "Bad: The body must be a JSON object"),
    ] {
        assert_eq!(client.json("POST", "/books", body).await.error(400), problem);
    }
    let broken = send(client.request("POST", "/books").body("{")).await;
    assert_eq!(broken.error(400), "Bad: The body is not valid JSON");
}

#[tokio::test]
async fn rows_are_sorted_by_the_requested_field() {
    let client = started().await;
    let up = client.get("/books?sort=1").await.ok();
    assert_eq!(up["books"][0]["title"], "Fog 2010");
    let down = client.get("/books?sort=1&order=desc").await.ok();
    assert_eq!(down["books"][0]["title"], "The Quiet Harbour");
}

#[tokio::test]
async fn filters_take_several_values_and_a_word_for_none() {
    let client = started().await;
    let titles = async |filters: Value| {
        let rows = client.get(&format!("/books{}", query(&[("filters", &filters.to_string())]))).await.ok();
        column(&rows["books"], "title")
    };
    assert_eq!(titles(json!({ "place": ["fog", "A"] })).await, ["Salt", "Fog 2010"]);
    assert_eq!(titles(json!({ "place": ["none"] })).await, ["The Quiet Harbour"]);
    assert_eq!(titles(json!({ "place": ["Fog"], "year": ["2010"] })).await, ["Fog 2010"]);
    assert_eq!(titles(json!({ "unheard of": ["x"], "place": ["Snow"] })).await, ["Snow 2014"]);
}

#[tokio::test]
async fn seed_times_count_back_from_the_start() {
    let client = started().await;
    assert_eq!(client.get("/books/1").await.ok()["added"], "2026-03-07 10:00:00");
    assert_eq!(client.get("/books/2").await.ok()["added"], "2026-03-07 12:00:00");
    let since = client.get(&format!("/books{}", query(&[("since", "2026-03-07 10:00:00")]))).await.ok();
    assert_eq!(since["total"], 5);
}

#[tokio::test]
async fn nested_seed_records_belong_to_their_record() {
    let client = started().await;
    let author = client.get("/author?name=ada+moor").await.ok();
    assert_eq!(author, json!({ "name": "Ada Moor", "count": 2, "first": 1999, "aliases": "A. M., Moor" }));
}

#[tokio::test]
async fn a_record_is_found_by_each_of_its_keys() {
    let client = started().await;
    assert_eq!(client.get("/author?alias=moor").await.ok()["name"], "Ada Moor");
    assert_eq!(client.get("/author?name=Unknown").await.error(404), "Nothing");
    assert_eq!(client.get("/author?name=Bo+Lund").await.error(400), "Which one?");
    assert_eq!(client.get("/author").await.error(400), "Bad: No argument identifies a record");
}

#[tokio::test]
async fn changes_show_in_later_reads() {
    let client = started().await;
    let body = json!({ "title": "Reeds", "author": "Dee Fox", "extra": { "a": 1, "b": 2 }, "tags": ["x"], "odd": 1 });
    let made = client.json("POST", "/books", body).await.ok();
    assert_eq!(
        made,
        json!({ "id": 7, "title": "Reeds", "author": "Dee Fox", "year": null, "shelf": null, "tags": ["x"], "lent": 0,
            "added": "2026-03-10 12:00:00", "pages": [], "extra": { "a": 1, "b": 2 }, "label": "Reeds (undated)" })
    );
    assert_eq!(client.get("/books/7").await.ok(), made);
    assert_eq!(client.get("/author?name=Dee+Fox").await.ok()["count"], 1, "an effect made the author");

    let change = json!({ "year": 2020, "extra": { "b": 3 }, "tags": { "add": ["y", "X"], "remove": [] } });
    let changed = client.json("PUT", "/books/7", change).await.ok();
    assert_eq!((&changed["year"], &changed["extra"]), (&json!(2020), &json!({ "a": 1, "b": 3 })));
    assert_eq!(changed["tags"], json!(["x", "y"]), "what is in the list already is not added twice");
    let change = json!({ "author": "-", "shelf": "Lost", "tags": { "remove": ["x"] } });
    let changed = client.json("PUT", "/books/7", change).await.ok();
    assert_eq!((&changed["author"], &changed["tags"], &changed["lent"]), (&Value::Null, &json!(["y"]), &json!(1)));
    assert_eq!(client.get("/books?lent=0").await.ok()["total"], 6);

    let gone = send(client.request("DELETE", "/books/7")).await.ok();
    assert_eq!(gone, json!({ "gone": "Reeds" }));
    assert_eq!(client.get("/books/7").await.error(404), "No book 7");
    assert_eq!(
        client.json("POST", "/books", json!({ "title": "New" })).await.ok()["id"],
        8,
        "numbers do not come back"
    );
}

#[tokio::test]
async fn a_duplicate_record_is_refused() {
    let client = started().await;
    assert_eq!(client.json("POST", "/books", json!({ "title": "salt" })).await.error(400), "There is a salt already");
}

#[tokio::test]
async fn uploads_keep_name_type_and_size() {
    let client = started().await;
    let page = |text: &str| Part::bytes(text.as_bytes().to_vec()).file_name("p 1.txt").mime_str("text/plain").unwrap();
    let target = format!("/books/scan{}", query(&[("book", r#"{"title":"In the query"}"#)]));
    let made = client.form(&target, Form::new().part("page", page("12345"))).await.ok();
    assert_eq!(made["pages"], json!([{ "name": "p 1.txt", "bytes": 5, "type": "text/plain" }]));
    let form =
        Form::new().text("book", r#"{"title":"In the form"}"#).part("pages", page("1")).part("pages", page("12"));
    let made = client.form("/books/scan", form).await.ok();
    let again = client.get(&format!("/books/{}", made["id"])).await.ok();
    assert_eq!(column(&again["pages"], "bytes"), [1, 2]);

    let none = client.form("/books/scan", Form::new().text("book", r#"{"title":"None"}"#)).await;
    assert_eq!(none.error(400), "Bad: 'page' or 'pages' is missing");
    let none = client.form("/books/scan", Form::new().part("page", page("1"))).await;
    assert_eq!(none.error(400), "Bad: 'book' is missing");
    let target = format!("/books/scan{}", query(&[("book", "7")]));
    let wrong = client.form(&target, Form::new().part("page", page("1"))).await;
    assert_eq!(wrong.error(400), "Bad: 'book' must be a JSON object");
    let twice = Form::new().text("book", r#"{"title":"None"}"#).part("page", page("1")).part("page", page("2"));
    assert_eq!(client.form("/books/scan", twice).await.error(400), "Bad: Several files go as 'pages'");
    let no_form = client.json("POST", "/books/scan", json!({ "title": "x" })).await;
    assert_eq!(no_form.error(400), "Bad: The body must be multipart/form-data");
}

#[tokio::test]
async fn a_url_over_the_limit_is_refused() {
    let client = started().await;
    client.get(&format!("/books{}", query(&[("title", &"x".repeat(1_900))]))).await.ok();
    assert_eq!(client.get(&format!("/books{}", query(&[("title", &"x".repeat(2_000))]))).await.error(414), "Too long");
}

#[tokio::test]
async fn a_body_over_the_limit_is_refused() {
    let client = started().await;
    let body = json!({ "title": "x".repeat(30_000) });
    assert_eq!(client.json("POST", "/books", body).await.error(413), "Too much");
    let page = Part::bytes(vec![b'x'; 30_000]).file_name("p");
    let form = Form::new().text("book", r#"{"title":"Large"}"#).part("page", page);
    assert_eq!(client.form("/books/scan", form).await.error(413), "Too much");
}

#[tokio::test]
async fn records_over_the_limit_are_refused() {
    let client = started().await;
    for title in ["a", "b", "c"] {
        client.json("POST", "/books", json!({ "title": title, "author": "Ada Moor" })).await.ok();
    }
    assert_eq!(client.json("POST", "/books", json!({ "title": "d" })).await.error(507), "No room");
}

#[tokio::test]
async fn a_wrong_key_is_refused_and_costs_no_call() {
    let client = started().await;
    for key in [None, Some("wrong"), Some("")] {
        let mut request = client.keyless("GET", "/books");
        if let Some(key) = key {
            request = request.header("Authorization", key);
        }
        let reply = send(request).await;
        assert_eq!(reply.error(401), "Who are you?");
        assert_eq!(reply.header("x-left"), Some("1000"));
    }
    let other = started().await;
    assert_ne!(
        secrecy::ExposeSecret::expose_secret(&client.sandbox.key),
        secrecy::ExposeSecret::expose_secret(&other.sandbox.key)
    );
    assert!(!format!("{:?}", client.sandbox).contains("sandbox-"), "the key is in no debug output");
}

#[tokio::test]
async fn an_open_operation_needs_no_key_and_costs_no_call() {
    let client = started().await;
    let reply = send(client.keyless("GET", "/hello")).await;
    assert_eq!((reply.status, reply.text.as_str()), (200, "hello"));
    assert_eq!(reply.header("x-left"), None);
    assert_eq!(client.get("/books").await.header("x-left"), Some("999"));
}

#[tokio::test]
async fn a_spent_budget_says_when_to_retry() {
    let client =
        SandboxClient::start(&library().to_string(), SandboxOptions { budget: Some(4), ..SandboxOptions::default() })
            .await;
    assert_eq!(client.get("/dear").await.header("x-left"), Some("1"));
    let refused = client.get("/dear").await;
    assert_eq!(refused.error(429), "Too often");
    assert_eq!(refused.header("x-left"), Some("1"));
    let wait: u64 = refused.header("x-wait").unwrap().parse().unwrap();
    assert!((1..=60).contains(&wait), "{wait}");
    assert_eq!(refused.header("retry-after"), refused.header("x-wait"));
    assert_eq!(client.get("/author?name=Ada+Moor").await.header("x-left"), Some("0"));
    assert_eq!(send(client.keyless("GET", "/hello")).await.status, 200);
}

#[tokio::test]
async fn a_gated_resource_works_once_granted() {
    assert_eq!(started().await.get("/secret").await.error(403), "Not for you");
    let granted = SandboxOptions { granted: vec!["book".to_owned()], ..SandboxOptions::default() };
    assert_eq!(SandboxClient::start(&library().to_string(), granted).await.get("/secret").await.text, "secret");
    let wrong = SandboxOptions { granted: vec!["author".to_owned()], ..SandboxOptions::default() };
    let error = start(&library().to_string(), wrong).await.unwrap_err();
    assert!(matches!(&error, SandboxError::NothingToGrant(name, known) if name == "author" && known == "book"));
}

#[tokio::test]
async fn undeclared_paths_are_not_found() {
    let client = started().await;
    for (method, target) in [("GET", "/nowhere"), ("PATCH", "/books"), ("GET", "/books/1/pages"), ("GET", "/books/")] {
        let reply = send(client.request(method, target)).await;
        assert!(
            matches!(
                reply.error(if reply.status == 400 { 400 } else { 404 }).as_str(),
                "Nowhere" | "Bad: 'id' must be a whole number"
            ),
            "{target}"
        );
    }
    let outside = client.sandbox.base_url.replace("/library", "/books");
    assert_eq!(send(http().get(outside)).await.error(404), "Nowhere");
}

#[tokio::test]
async fn a_search_needs_every_word() {
    let client = started().await;
    let found = async |find: Value| {
        let rows = client.get(&format!("/books{}", query(&[("find", &find.to_string())]))).await;
        column(&rows.ok()["books"], "title")
    };
    assert_eq!(found(json!({ "text": "harbour quiet" })).await, ["The Quiet Harbour"]);
    assert_eq!(found(json!({ "text": "harbour fog" })).await, Vec::<Value>::new());
    assert_eq!(found(json!({ "text": "moor", "in": ["who"] })).await, ["The Quiet Harbour", "Salt"]);
    let empty = client.get(&format!("/books{}", query(&[("find", r#"{"text":" "}"#)]))).await;
    assert_eq!(empty.error(400), "Bad: 'find' must hold a text 'text'");
}

#[tokio::test]
async fn fields_are_added_and_flattened_on_request() {
    let client = started().await;
    client.json("PUT", "/books/1", json!({ "extra": { "colour": "red" } })).await.ok();
    let plain = client.get("/books?rows=2").await.ok();
    assert_eq!(plain["books"][0], json!({ "id": 1, "title": "The Quiet Harbour", "year": 1999, "shelf": null }));
    assert_eq!(plain["fogs"], 1);
    let more = client.get("/books?rows=2&more=1").await.ok();
    assert_eq!(more["books"][0]["colour"], "red");
}

#[tokio::test]
async fn seed_data_is_deterministic() {
    let (one, other) = (started().await, started().await);
    assert_eq!(one.get("/books").await.text, other.get("/books").await.text);
}

#[tokio::test]
async fn a_dropped_sandbox_stops_answering() {
    let client = started().await;
    let address = client.sandbox.base_url.clone();
    drop(client);
    let mut left = 200;
    let http = http();
    while http.get(&address).send().await.is_ok() {
        left -= 1;
        assert!(left > 0, "it still answers");
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn an_operation_without_behaviour_is_not_found() {
    let mut definition = library();
    definition["data"]["operations"].as_object_mut().unwrap().remove("book.dear").unwrap();
    let client = SandboxClient::start(&definition.to_string(), SandboxOptions::default()).await;
    assert_eq!(client.get("/dear").await.status, 404);
    assert_eq!(client.get("/books").await.status, 200);
}

#[tokio::test]
async fn mistakes_in_a_definition_are_named_and_stop_the_start() {
    let operations = |definition: &mut Value, name: &str, change: Value| {
        let operation = definition["data"]["operations"][name].as_object_mut().unwrap();
        operation.extend(change.as_object().unwrap().clone());
    };
    for (change, expected) in [
        (json!({ "in": "shelf" }), "book.get: there is no collection `shelf`"),
        (json!({ "reply": "short" }), "book.get: `book` has no view `short`"),
        (
            json!({ "by": ["isbn is like(args.id)"] }),
            "book.get: `book` has no field `isbn`, in `isbn is like(args.id)`",
        ),
        (json!({ "by": ["id is like(args.number)"] }), "book.get: there is no argument `number`"),
        (json!({ "by": ["id == 1"] }), "book.get: `by` must read an argument"),
        (json!({ "by": ["args.id is akin(id)"] }), "book.get: there is no test `akin`"),
        (json!({ "speed": 1 }), "book.get: unknown field `speed`"),
        (json!({ "missing": "No {{ args.id|shout }}" }), "book.get: there is no filter `shout`"),
        (json!({ "missing": "{{ oops" }), "book.get: syntax error"),
        (json!({ "does": "guess" }), "unknown variant `guess`"),
    ] {
        let error = refused(|definition| operations(definition, "book.get", change)).await;
        assert!(error.contains(expected), "{error}");
    }
    let error = refused(|definition| {
        let operations = definition["data"]["operations"].as_object_mut().unwrap();
        let behaviour = operations.remove("book.dear").unwrap();
        operations.insert("book.daer".to_owned(), behaviour);
    });
    let error = error.await;
    assert!(error.contains("book.daer: there is no such operation"), "{error}");
    let error = refused(|definition| definition["data"]["rate"]["remaining"] = json!(["x-right"])).await;
    assert!(error.contains("the client does not read the header `x-right`"), "{error}");
    let error = refused(|definition| definition["surprise"] = json!(1)).await;
    assert!(error.contains("unknown field `surprise`"), "{error}");
}
