//! The generator accepts any text and reports its mistakes: it never panics, overflows the stack or hangs.

use std::fmt::Write as _;
use std::{fs, io};

use toolgen::Source;
use toolgen::diagnostic::Report;

const SPEC: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../spec/desk365.yaml");

fn compile(text: &str) -> Result<(), Report> {
    toolgen::compile(Source { file: "api.yaml", text }, |_| Err(io::ErrorKind::NotFound.into())).map(|_| ())
}

/// A deterministic random number generator.
struct Dice(u64);

impl Dice {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).expect("31 bits fit") % bound.max(1)
    }
}

/// Pieces of text that are special to YAML or to the language.
const PIECES: &[&str] = &[
    "",
    " ",
    "\t",
    "\n",
    "\r",
    ":",
    ": ",
    "-",
    "- ",
    "{",
    "}",
    "[",
    "]",
    "\"",
    "'",
    "#",
    "&a ",
    "*a",
    "? ",
    "| ",
    ">-\n",
    "!!str ",
    "~",
    "null",
    "true",
    "0",
    "-1",
    "99999999999999999999",
    "1e999",
    ".nan",
    "0x10",
    "{}",
    "[]",
    "[[]]",
    "---\n",
    "...\n",
    "%YAML 1.2\n",
    "<<: ",
    "é",
    "日本",
    "\u{0}",
    "\u{feff}",
    "\u{2028}",
    "string",
    "integer",
    "object",
    "type: ",
    "self",
    "crate",
    "{self}",
    "{}",
    "one_of: [a]",
    "codes: { a: 1 }",
    "list: string",
    "json",
    "text",
    "files",
    "shows: { list: [a?], codes: { a: flag } }",
    "reply: { rows: a, page: { rows: 0, offset: a } }",
    "at_once: thread",
    "flag",
];

#[test]
fn changed_bytes_never_panic() {
    let spec = fs::read_to_string(SPEC).expect("the spec can be read");
    // Most rounds use a part of the spec, which is faster.
    let lines: Vec<&str> = spec.lines().collect();
    let start = lines.iter().position(|line| line.starts_with("types:")).expect("it has types");
    let small: String = spec.lines().take(start + 130).fold(String::new(), |text, line| text + line + "\n");
    let mut dice = Dice(365);
    for round in 0..300 {
        let mut text = if round % 20 == 0 { spec.clone() } else { small.clone() };
        for _ in 0..=dice.below(3) {
            let boundary = |at: usize| text.floor_char_boundary(at);
            let from = boundary(dice.below(text.len() + 1));
            let to = boundary(from + dice.below(12));
            text.replace_range(from..to, PIECES[dice.below(PIECES.len())]);
        }
        if let Err(report) = compile(&text) {
            assert!(report.to_string().contains("error: "), "round {round}: a report has an error");
        }
    }
}

#[test]
fn changed_lines_never_panic() {
    let spec = fs::read_to_string(SPEC).expect("the spec can be read");
    let lines: Vec<&str> = spec.lines().collect();
    let mut dice = Dice(42);
    for round in 0..80 {
        let mut lines = lines.clone();
        for _ in 0..=dice.below(2) {
            let (at, other) = (dice.below(lines.len()), dice.below(lines.len()));
            match dice.below(4) {
                0 => drop(lines.remove(at)),
                1 => lines.insert(at, lines[other]),
                2 => lines.swap(at, other),
                _ => lines[at] = lines[other],
            }
        }
        if let Err(report) = compile(&lines.join("\n")) {
            assert!(report.to_string().contains("error: "), "round {round}: a report has an error");
        }
    }
}

#[test]
fn truncated_specs_never_panic() {
    let spec = fs::read_to_string(SPEC).expect("the spec can be read");
    for end in (0..spec.len()).step_by(1_503) {
        assert!(compile(&spec[..spec.floor_char_boundary(end)]).is_err(), "{end} bytes are not a valid spec");
    }
}

/// Returns a spec with the types `types`, and with a tool that takes an argument of the type `t0`.
fn with_types(types: &str) -> String {
    format!(
        "api:\n  slug: a\n  title: A\n  tool_prefix: a\n  instructions: A.\n  base_url: https://a.example\n  \
         auth: {{ header: key }}\n  errors: {{ message: error }}\n  tags: {{ a: A }}\ntypes:\n{types}\
         resources:\n  a:\n    tags: [a]\n    tools:\n      list:\n        http: GET /a\n        about: A.\n        \
         query: {{ a: {{ type: t0, about: A. }} }}\n        example: {{}}\n"
    )
}

#[test]
fn chains_of_types_are_bounded() {
    let mut forward = String::new();
    let mut wide = String::new();
    for level in 0..5_000 {
        let next = level + 1;
        writeln!(forward, "  t{level}: {{ list: t{next} }}").expect("a text can be written to");
    }
    for level in 0..40 {
        let next = level + 1;
        writeln!(wide, "  t{level}: {{ object: {{ a: t{next}, b: t{next} }} }}").expect("a text can be written to");
    }
    for types in [forward + "  t5000: { type: string }\n", wide + "  t40: { object: { a: string } }\n"] {
        assert!(compile(&with_types(&types)).is_err());
        let backward: String = types.lines().rev().fold(String::new(), |text, line| text + line + "\n");
        assert!(compile(&with_types(&backward)).is_err());
    }
}

#[test]
fn unclosed_brackets_are_bounded() {
    for open in ["[", "{a: ", "- ", "? ", "[{a: ", "&a [", "!a [", "'", "\"", "*a ", "{? "] {
        for count in [50, 5_000, 100_000] {
            assert!(compile(&open.repeat(count)).is_err());
            assert!(compile(&with_types(&format!("  t0: {}\n", open.repeat(count)))).is_err());
        }
    }
}

#[test]
fn nested_yaml_aliases_are_bounded() {
    let mut text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
    for level in 1..12 {
        let earlier = format!("*a{}", level - 1);
        writeln!(text, "a{level}: &a{level} [{}]", [earlier.as_str(); 10].join(", "))
            .expect("a text can be written to");
    }
    assert!(compile(&text).is_err());
    let mut text = "a0: &a0 [x]\n".to_owned();
    for level in 1..5_000 {
        writeln!(text, "a{level}: &a{level} [*a{}]", level - 1).expect("a text can be written to");
    }
    assert!(compile(&text).is_err());
}
