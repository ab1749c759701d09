//! `#[full_run]`: marks a test that the quick loop leaves out.
//!
//! `cargo test --workspace` is the quick loop: it needs nothing but Rust, and takes less than two minutes. Tests that need
//! more, or take long, are marked and reported as ignored. `TESTS=all cargo test --workspace` runs them too.

use proc_macro::TokenStream;

/// Leaves a test to the full run.
///
/// The argument says what the test needs that the quick loop does without:
/// `#[full_run("Chromium")]`. Put the attribute above `#[test]`.
///
/// It becomes `#[ignore]` unless the environment variable `TESTS` is `all`. Cargo compiles the tests again when the
/// variable changes.
#[proc_macro_attribute]
pub fn full_run(needs: TokenStream, test: TokenStream) -> TokenStream {
    let needs = needs.to_string();
    let Some(needs) = needs.strip_prefix('"').and_then(|needs| needs.strip_suffix('"')) else {
        return error("expected what the test needs, as one string: #[full_run(\"Chromium\")]");
    };
    let ignore = match std::env::var("TESTS").as_deref() {
        Ok("all") => String::new(),
        Err(_) | Ok("" | "quick") => format!("#[ignore = \"needs {needs}; TESTS=all runs it\"]"),
        Ok(other) => return error(&format!("TESTS is `{other}`; expected `all`, `quick` or nothing")),
    };
    // A build depends on a variable only if the compiler sees it named.
    let mut marked: TokenStream = parsed(&format!("const _: Option<&str> = ::core::option_env!(\"TESTS\");{ignore}"));
    marked.extend(test);
    marked
}

fn error(message: &str) -> TokenStream {
    parsed(&format!("::core::compile_error!({message:?});"))
}

fn parsed(code: &str) -> TokenStream {
    code.parse().expect("the code above is Rust, and a reason in it is a valid string literal")
}
