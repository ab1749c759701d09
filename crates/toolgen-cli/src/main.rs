//! `toolgen`: checks a spec, shows replies by it, and compares it with the vendor's document, without building anything.
//!
//! Only this program reads files and prints; the library is pure.

use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::{fs, iter};

use anyhow::Context as _;
use clap::Parser;
use toolgen::Source;
use toolgen::drift::{self, DriftReport, Explanations};
use toolgen::model::Api;
use toolgen::preview::preview;

/// Name of the file of explanations, which is beside the spec.
const EXPLANATIONS: &str = "drift.yaml";

/// The maximum length of a result in characters, unless a server is configured for another one.
const MAX_RESULT_CHARS: usize = 25_000;

/// Check the spec of a REST API, show replies by it, or compare it with the vendor's document
#[derive(Parser)]
#[command(version, after_help = "Exit codes: 0 nothing found, 1 something found, 2 the command failed.")]
enum Command {
    /// Check a spec and report every mistake, as the build would
    Check {
        /// Path of the spec
        #[arg(value_name = "FILE")]
        spec: PathBuf,
    },
    /// Show a reply of the API as a model reads it
    ///
    /// Prints the compact result that the spec makes of the reply, for a call with default arguments.
    Preview {
        /// Path of the spec
        #[arg(value_name = "FILE")]
        spec: PathBuf,
        /// Name of the tool whose reply it is
        #[arg(value_name = "TOOL")]
        tool: String,
        /// Path of the reply, as the API sends it [default: stdin]
        #[arg(value_name = "REPLY.json")]
        reply: Option<PathBuf>,
    },
    /// Compare a spec with the vendor's OpenAPI document: operations and fields that are new, missing or changed
    ///
    /// Expected differences are listed in `drift.yaml` beside the spec, each as it is printed, with its reason:
    /// `"GET /v1/books query page is new in the document": "Models do not page."` A `*` matches any text.
    Diff {
        /// Path of the spec
        #[arg(value_name = "FILE")]
        spec: PathBuf,
        /// Path of the document, OpenAPI 3.0 or 3.1 as JSON
        #[arg(value_name = "OPENAPI.json")]
        document: PathBuf,
    },
}

fn main() -> ExitCode {
    let mut out = anstream::stdout();
    let clean = match Command::parse() {
        Command::Check { spec } => check(&spec, &mut out),
        Command::Preview { spec, tool, reply } => show(&spec, &tool, reply.as_deref(), &mut out),
        Command::Diff { spec, document } => diff(&spec, &document, &mut out),
    };
    match clean {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(1),
        Err(error) => {
            // If stderr is closed, there is no other place to report to.
            let _ = writeln!(anstream::stderr(), "error: {error:#}");
            ExitCode::from(2)
        }
    }
}

/// Checks a spec. Returns whether it has no mistake.
fn check(spec: &Path, out: &mut impl Write) -> anyhow::Result<bool> {
    let text = read_file(spec)?;
    let folder = spec.parent().unwrap_or(Path::new(""));
    let read = |name: &str| -> io::Result<String> { fs::read_to_string(folder.join(name)) };
    let file = spec.display().to_string();
    match toolgen::compile(Source { file: &file, text: &text }, read) {
        Ok(emitted) => {
            writeln!(out, "{file} is valid: {} tools", emitted.tools)?;
            Ok(true)
        }
        Err(report) => {
            out.write_all(report.render(true).as_bytes())?;
            Ok(false)
        }
    }
}

/// Shows a reply by a spec. Returns whether the reply has the shape that the spec describes.
fn show(spec: &Path, tool: &str, reply: Option<&Path>, out: &mut impl Write) -> anyhow::Result<bool> {
    let text = read_file(spec)?;
    let api = read_model(spec, &text)?;
    let reply = match reply {
        Some(path) => read_file(path)?,
        None => io::read_to_string(io::stdin()).context("failed to read the reply from stdin")?,
    };
    let reply = reply.trim_start_matches('\u{feff}').trim();
    let result = preview(&api, tool, reply, MAX_RESULT_CHARS)?;
    writeln!(out, "{}", result.text)?;
    let is_unknown = result.facts.unknown_shape;
    let note =
        if is_unknown { "the reply has another shape than the spec describes; it is passed on as it is: " } else { "" };
    writeln!(anstream::stderr(), "{note}{} bytes become {}", reply.len(), result.text.len())?;
    Ok(!is_unknown)
}

/// Compares a spec with a document. Returns whether every difference is explained.
fn diff(spec: &Path, document: &Path, out: &mut impl Write) -> anyhow::Result<bool> {
    let text = read_file(spec)?;
    let api = read_model(spec, &text)?;
    let json = read_file(document)?;
    let json = serde_json::from_str(json.strip_prefix('\u{feff}').unwrap_or(&json))
        .with_context(|| format!("failed to parse {} as JSON", document.display()))?;
    let differences = drift::differences(&api, &json).with_context(|| document.display().to_string())?;
    let path = spec.with_file_name(EXPLANATIONS);
    let explanations = match fs::read_to_string(&path) {
        Ok(text) => Explanations::parse(Source { file: &path.display().to_string(), text: &text })
            .map_err(|report| anyhow::anyhow!("the explanations have mistakes\n{report}"))?,
        Err(error) if error.kind() == io::ErrorKind::NotFound => Explanations::default(),
        Err(error) => return Err(error).with_context(|| format!("failed to read {}", path.display())),
    };
    let report = explanations.apply(differences);
    print_drift(&report, out)?;
    Ok(report.is_clean())
}

fn print_drift(report: &DriftReport, out: &mut impl Write) -> io::Result<()> {
    for (difference, reason) in &report.explained {
        writeln!(out, "explained: {difference}\n           {reason}")?;
    }
    let unexplained = report.unexplained.iter().zip(iter::repeat("differs:   "));
    let stale = report.stale.iter().zip(iter::repeat("unused explanation: "));
    for (text, label) in unexplained.chain(stale) {
        writeln!(out, "{label}{text}")?;
    }
    let (unexplained, explained, stale) = (report.unexplained.len(), report.explained.len(), report.stale.len());
    writeln!(out, "{unexplained} unexplained differences, {explained} explained, {stale} unused explanations")
}

fn read_model(spec: &Path, text: &str) -> anyhow::Result<Api> {
    let api = toolgen::model(Source { file: &spec.display().to_string(), text });
    api.map_err(|report| anyhow::anyhow!("the spec has mistakes\n{report}"))
}

fn read_file(path: &Path) -> anyhow::Result<String> {
    fs::read_to_string(path).with_context(|| format!("failed to read {}", path.display()))
}
