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
fn a_tool_that_deletes_has_that_effect() {
    let effects = |operation, http: &str| {
        let effects = tool(operation, http).effects.into_iter();
        effects.map(|effect| format!("{} {}", effect.kind.verb(), effect.what)).collect::<Vec<_>>()
    };
    assert_eq!(effects("delete", "POST /a"), ["Deletes the a"]);
    assert_eq!(effects("remove", "DELETE /a"), ["Deletes the a"]);
    assert_eq!(effects("delete", "DELETE /a, deletes: all of it."), ["Deletes all of it"]);
    assert_eq!(effects("delete", "GET /a, read_only: true"), [""; 0]);
    assert_eq!(effects("create", "POST /a"), [""; 0]);
}

#[test]
fn conditions_of_effects_are_in_the_description() {
    let described = |effect: &str| {
        let arguments = "json: { open: { type: flag, about: B. }, a: { type: string, about: C. } }";
        tool("create", &format!("POST /a, {arguments}, {effect}")).description
    };
    assert_eq!(described("publishes: { what: it, if: { open: true } }"), "A. Publishes it if open is true.");
    assert_eq!(
        described("shows_customers: { what: it, if: [a, open], unless: { open: false } }"),
        "A. Shows customers it if a or open is given unless open is false."
    );
    assert_eq!(described("notifies: { what: agents, unless: a }"), "A. Sends e-mail to agents unless a is given.");
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
