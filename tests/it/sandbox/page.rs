//! The first page of `spec/sandbox.yaml`: its worked example works.

use std::fs;

use api_sandbox::Options;
use serde_json::json;
use toolgen::Source;

use super::client::SandboxClient;

/// The API of the example.
const SPEC: &str = r#"
api:
  slug: tasks
  title: Tasks
  tool_prefix: tasks
  instructions: Tasks of people.
  base_url: https://tasks.example
  auth: { header: Authorization }
  errors: { message: message }
  rate_limit: { limit: [], remaining: [x-left], reset: [] }
  tags: { tasks: "Tasks" }
  sandbox: sandbox.yaml
resources:
  task:
    tags: [tasks]
    id: { id: { type: integer, about: "Its number." } }
    tools:
      list:
        http: GET /tasks
        about: All tasks.
        reply: { rows: tasks }
        query:
          done: { type: boolean, about: "Whether it is done." }
          offset: { type: integer, about: "Rows to skip." }
      create:
        http: POST /tasks
        about: A new task.
        json:
          title: { type: string, required: true, about: "Its title." }
          owner_email: { type: string, about: "Its owner." }
        example: { title: Buy milk }
      update:
        http: PUT /tasks/{id}
        about: Changes a task.
        json: { done: { type: boolean, about: "Whether it is done." } }
        example: { id: 1, done: true }
"#;

/// The sections that the example leaves out.
const REST: &str = r#"
rate: { calls: 100, seconds: 60 }
limits: { records: 100, body_bytes: 10000, url_bytes: 1000 }
errors:
  body: { status: "{{ status }}", message: "{{ message }}" }
  bad_request: "{{ problem }}"
  unauthorized: Unauthorized
  gated: Gated
  unknown_path: Unknown path
  not_found: Not found
  ambiguous: Ambiguous
  too_large: Too large
  long_url: Long URL
  rate_limited: Rate limited
  full: Full
"#;

#[tokio::test]
async fn the_worked_example_of_the_first_page_works() {
    let file = fs::read_to_string("spec/sandbox.yaml").unwrap();
    let example = file.lines().skip_while(|line| *line != "#     collections:");
    let example: Vec<_> = example.map_while(|line| line.strip_prefix("#     ")).collect();
    let source = Source { file: "tasks.yaml", text: SPEC };
    let emitted = toolgen::compile(source, |_| Ok(format!("{REST}{}", example.join("\n"))))
        .unwrap_or_else(|report| panic!("{report}"));
    let client = SandboxClient::start(emitted.text("sandbox.json").unwrap(), Options::default()).await;

    let open = client.get("/tasks?done=false").await.ok();
    assert_eq!(open, json!({ "tasks": [{ "id": 1, "title": "Buy milk", "owner_name": "Ana" }] }));
    assert_eq!(
        client.json("POST", "/tasks", json!({ "title": "Sell milk" })).await.ok(),
        json!({ "id": 2, "title": "Sell milk" })
    );
    client.json("PUT", "/tasks/1", json!({ "done": true })).await.ok();
    assert_eq!(client.get("/tasks?done=false").await.ok()["tasks"][0]["id"], 2);
    assert_eq!(client.json("PUT", "/tasks/9", json!({ "done": true })).await.error(404), "Task 9 was not found");
}
