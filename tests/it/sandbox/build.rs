//! The build of a sandbox file: the worked example of `spec/sandbox.yaml`, and the reports of mistakes.

use std::fs;

use api_sandbox::SandboxOptions;
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
        example: {}
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

/// The worked example on the first page of the sandbox's own file.
fn example() -> String {
    let file = fs::read_to_string("spec/sandbox.yaml").unwrap();
    let lines = file.lines().skip_while(|line| *line != "#     collections:");
    lines.map_while(|line| line.strip_prefix("#     ")).fold(String::new(), |all, line| all + line + "\n")
}

fn compile(sandbox: &str) -> Result<String, String> {
    let source = Source { file: "tasks.yaml", text: SPEC };
    let emitted = toolgen::compile(source, |_| Ok(format!("{sandbox}{REST}"))).map_err(|report| report.to_string())?;
    Ok(emitted.file_text("sandbox.json").expect("the spec names a sandbox").to_owned())
}

#[tokio::test]
async fn the_worked_example_of_the_first_page_works() {
    let definition = compile(&example()).unwrap_or_else(|report| panic!("{report}"));
    let client = SandboxClient::start(&definition, SandboxOptions::default()).await;
    let open = client.get("/tasks?done=false").await.ok();
    assert_eq!(open, json!({ "tasks": [{ "id": 1, "title": "Buy milk", "done": false, "owner_name": "Ana" }] }));
    let made = client.json("POST", "/tasks", json!({ "title": "Sell milk" })).await.ok();
    assert_eq!(made, json!({ "id": 2, "title": "Sell milk", "done": false }));
    client.json("PUT", "/tasks/1", json!({ "done": true })).await.ok();
    assert_eq!(client.get("/tasks?done=false").await.ok()["tasks"][0]["id"], 2);
    let missing = client.json("PUT", "/tasks/9", json!({ "done": true })).await;
    assert_eq!(missing.error(404), "Task 9 was not found");
}

#[test]
fn the_build_reports_every_mistake_at_its_place() {
    let example = example().replace("owner.name or", "owner.nme|upper_case or").replace("args.done", "args.done +");
    let report = compile(&example.replace("[id == args.id]", "[id == args.number]")).unwrap_err();
    for expected in [
        "error: in `task`: `person` has no field `nme`",
        "error: in `task`: there is no filter `upper_case`",
        "error: in `task.list`: syntax error",
        "error: in `task.update`: there is no argument `number`",
        "sandbox.yaml:11:19",
        "4 mistakes in sandbox.yaml",
    ] {
        assert!(report.contains(expected), "{report}");
    }
    let report = compile(&example.replace("derived:", "deriving:")).unwrap_err();
    assert!(report.contains("error: in `task`: unknown field `deriving`"), "{report}");
    assert!(report.contains("sandbox.yaml:5:3"), "{report}");
}
