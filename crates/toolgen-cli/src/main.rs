//! `toolgen`: looks at a specification without building anything. Reading files and printing happen here alone.

use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::{fs, iter};

use anyhow::Context as _;
use clap::Parser;
use toolgen::Source;
use toolgen::diagnostic::Report;
use toolgen::drift::{self, Explanations, Told};

/// The file of explanations, beside the specification.
const EXPLANATIONS: &str = "drift.yaml";

/// Look at a specification of a REST API without building anything
#[derive(Parser)]
#[command(version, after_help = "Exit codes: 0 nothing found, 1 something found, 2 it could not look.")]
enum Command {
    /// Say everything that is wrong with a specification, as the build would
    Check {
        /// The specification
        #[arg(value_name = "FILE")]
        spec: PathBuf,
    },
    /// Compare a specification with the vendor's OpenAPI document: what is new, gone or changed
    ///
    /// A difference that is right stands in `drift.yaml` beside the specification, as it is printed, with the reason:
    /// `"GET /v1/books query page is new in the document": "Paging is not for models."` A `*` stands for anything.
    Diff {
        /// The specification
        #[arg(value_name = "FILE")]
        spec: PathBuf,
        /// The document, version 3.0 or 3.1
        #[arg(value_name = "OPENAPI.json")]
        document: PathBuf,
    },
}

fn main() -> ExitCode {
    let mut out = anstream::stdout();
    let done = match Command::parse() {
        Command::Check { spec } => check(&spec, &mut out),
        Command::Diff { spec, document } => diff(&spec, &document, &mut out),
    };
    match done {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(1),
        Err(error) => {
            // Nothing is left to be done if stderr is gone, too.
            let _ = writeln!(anstream::stderr(), "error: {error:#}");
            ExitCode::from(2)
        }
    }
}

/// Whether there is nothing wrong with a specification.
fn check(spec: &Path, out: &mut impl Write) -> anyhow::Result<bool> {
    let text = read(spec)?;
    let folder = spec.parent().unwrap_or(Path::new(""));
    let beside = |name: &str| -> io::Result<String> { fs::read_to_string(folder.join(name)) };
    let file = spec.display().to_string();
    match toolgen::compile(Source { file: &file, text: &text }, beside) {
        Ok(emitted) => {
            writeln!(out, "{file} is sound: {} tools", emitted.tools)?;
            Ok(true)
        }
        Err(report) => refused(&report, out),
    }
}

/// Whether specification and document agree, as far as it is not explained why not.
fn diff(spec: &Path, document: &Path, out: &mut impl Write) -> anyhow::Result<bool> {
    let text = read(spec)?;
    let api = toolgen::model(Source { file: &spec.display().to_string(), text: &text });
    let api = api.map_err(|report| anyhow::anyhow!("the specification is not sound\n{report}"))?;
    let json = serde_json::from_str(&read(document)?).with_context(|| format!("{} is no JSON", document.display()))?;
    let found = drift::differences(&api, &json).with_context(|| document.display().to_string())?;
    let explanations = spec.with_file_name(EXPLANATIONS);
    let explanations = match fs::read_to_string(&explanations) {
        Ok(text) => {
            let parsed = Explanations::parse(Source { file: &explanations.display().to_string(), text: &text });
            parsed.map_err(|report| anyhow::anyhow!("the explanations are not sound\n{report}"))?
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => Explanations::default(),
        Err(error) => return Err(error).with_context(|| format!("{} cannot be read", explanations.display())),
    };
    let told = explanations.told(found);
    show(&told, out)?;
    Ok(!told.drifts())
}

fn show(told: &Told, out: &mut impl Write) -> io::Result<()> {
    for (difference, reason) in &told.explained {
        writeln!(out, "explained: {difference}\n           {reason}")?;
    }
    let unexplained = told.unexplained.iter().zip(iter::repeat("differs:   "));
    let stale = told.stale.iter().zip(iter::repeat("agrees, so that its explanation can go: "));
    for (text, word) in unexplained.chain(stale) {
        writeln!(out, "{word}{text}")?;
    }
    let (unexplained, explained, stale) = (told.unexplained.len(), told.explained.len(), told.stale.len());
    writeln!(out, "{unexplained} differences, {explained} explained, {stale} explanations of nothing")
}

fn refused(report: &Report, out: &mut impl Write) -> anyhow::Result<bool> {
    out.write_all(report.render(true).as_bytes())?;
    Ok(false)
}

fn read(path: &Path) -> anyhow::Result<String> {
    fs::read_to_string(path).with_context(|| format!("{} cannot be read", path.display()))
}
