//! Facts of a tool that follow from its operation and method, as `spec/README.md` says.

use toolgen::Source;
use toolgen::model::Tool;

/// Returns the tool of a spec with one operation. `http` is its method and path, and optionally more keys.
fn tool(operation: &str, http: &str) -> Tool {
    let text = format!(
        "api:\n  slug: a\n  title: A\n  tool_prefix: a\n  instructions: A.\n  base_url: https://a.example\n  \
         auth: {{ header: key }}\n  errors: {{ message: error }}\n  tags: {{ a: A }}\n\
         resources: {{ a: {{ tags: [a], tools: {{ {operation}: {{ about: A., example: {{}}, http: {http} }} }} }} }}\n"
    );
    let api = toolgen::model(Source { file: "a.yaml", text: &text }).expect("the spec is valid");
    api.resources.into_iter().flat_map(|resource| resource.tools).next().expect("it has a tool")
}

/// Returns whether a tool is read-only, destructive and idempotent.
fn hints(operation: &str, http: &str) -> (bool, bool, bool) {
    let tool = tool(operation, http);
    (tool.read_only, tool.destructive, tool.idempotent)
}

#[test]
fn hints_follow_from_method_and_operation() {
    for operation in ["list", "get", "count"] {
        assert_eq!(hints(operation, "GET /a"), (true, false, true), "{operation}");
    }
    for operation in ["create", "count"] {
        assert_eq!(hints(operation, "POST /a"), (false, false, false), "{operation}");
    }
    for operation in ["update", "delete"] {
        assert_eq!(hints(operation, "POST /a"), (false, true, true), "{operation}");
    }
}

#[test]
fn a_delete_request_is_destructive() {
    for operation in ["remove", "list", "get", "create", "update", "delete"] {
        assert_eq!(hints(operation, "DELETE /a"), (false, true, true), "{operation}");
    }
}

#[test]
fn written_facts_override_derived_ones() {
    assert_eq!(hints("remove", "DELETE /a, destructive: false, idempotent: false"), (false, false, false));
    assert_eq!(hints("remove", "GET /a, read_only: false, destructive: true"), (false, true, false));
    assert_eq!(hints("delete", "GET /a, read_only: false"), (false, true, true));
    assert_eq!(hints("create", "GET /a, read_only: true"), (true, false, true));
}

#[test]
fn a_description_is_made_of_sentences() {
    let described = |more: &str| tool("create", &format!("POST /a{more}")).description;
    assert_eq!(described(""), "A.");
    assert_eq!(described(", sends_email: the owner"), "A. Sends e-mail to the owner.");
    assert_eq!(
        described(", sends_email: the owner., gated: Ask your admin, cost: 2"),
        "A. Sends e-mail to the owner. Costs 2 calls of the rate limit. Ask your admin."
    );
}
