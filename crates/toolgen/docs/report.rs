use toolgen::Source;

fn main() {
    let text = "api: {}\nresource: {}\n";
    let report = toolgen::model(Source { file: "library.yaml", text }).expect_err("`resource` is a typo");

    assert!(report.len() > 1);
    let shown = report.to_string();
    assert!(shown.contains("error: the file has no key `resource`"));
    assert!(shown.contains("help: did you mean `resources`?"));
}
