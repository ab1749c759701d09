//! The cost of everyday jobs for an agent, in calls and bytes of results: compact, and with the API's own replies.

mod desk;
mod limits;

use std::env;
use std::fmt::Write as _;
use std::fs;

use desk365_mcp::outcome::ResultForm;
use serde::Deserialize;
use serde_json::{Map, Value};

use self::desk::Desk;
use crate::common::reviewed::Reviewed;

const JOBS: &str = "tests/fixtures/jobs.yaml";
const BEGIN: &str = "<!-- jobs:begin -->";
const END: &str = "<!-- jobs:end -->";
/// With this variable, the table is written instead of compared.
const UPDATE: &str = "UPDATE_README";

/// A job, as the calls that an agent makes.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Job {
    #[serde(rename = "job")]
    name: String,
    compact: Vec<Call>,
    raw: Option<Vec<Call>>,
}

/// One tool and its arguments.
type Call = Map<String, Value>;

/// The calls of a job, with the bytes that each result takes.
struct Cost {
    calls: Vec<(String, usize)>,
}

impl Cost {
    fn bytes(&self) -> usize {
        self.calls.iter().map(|(_, bytes)| bytes).sum()
    }
}

/// A job and what it costs in both forms.
struct Measured {
    job: String,
    compact: Cost,
    raw: Cost,
}

async fn cost(form: ResultForm, calls: &[Call]) -> Cost {
    let desk = Desk::start(form).await;
    let mut costs = Vec::new();
    for (tool, arguments) in calls.iter().flatten() {
        let arguments = arguments.as_object().expect("arguments are an object").clone();
        costs.push((tool.clone(), desk.call(tool, arguments).await.len()));
    }
    Cost { calls: costs }
}

async fn measured() -> Vec<Measured> {
    let text = fs::read_to_string(JOBS).expect("the jobs can be read");
    let jobs: Vec<Job> = serde_yaml::from_str(&text).expect("the jobs are valid");
    let mut measured = Vec::new();
    for Job { name: job, compact, raw } in jobs {
        let raw = cost(ResultForm::Raw, raw.as_ref().unwrap_or(&compact)).await;
        measured.push(Measured { job, compact: cost(ResultForm::Compact, &compact).await, raw });
    }
    measured
}

/// Formats a number with separators: `12,345`.
fn grouped(number: usize) -> String {
    match number / 1_000 {
        0 => number.to_string(),
        thousands => format!("{},{:03}", grouped(thousands), number % 1_000),
    }
}

fn total(jobs: &[Measured], of: impl Fn(&Measured) -> &Cost) -> (usize, usize) {
    let sum = |count: fn(&Cost) -> usize| -> usize { jobs.iter().map(|job| count(of(job))).sum() };
    (sum(|cost| cost.calls.len()), sum(Cost::bytes))
}

fn table(jobs: &[Measured]) -> String {
    let mut text = "| job | calls | bytes | raw calls | raw bytes |\n|---|---|---|---|---|\n".to_owned();
    let mut row = |job: &str, compact: (usize, usize), raw: (usize, usize)| {
        let [compact, raw] = [compact, raw].map(|(calls, bytes)| format!("{calls} | {}", grouped(bytes)));
        let _ = writeln!(text, "| {job} | {compact} | {raw} |");
    };
    for Measured { job, compact, raw } in jobs {
        row(job, (compact.calls.len(), compact.bytes()), (raw.calls.len(), raw.bytes()));
    }
    row("**all**", total(jobs, |job| &job.compact), total(jobs, |job| &job.raw));
    text
}

/// Lists the bytes of every call.
fn details(jobs: &[Measured]) -> String {
    let mut text = String::new();
    for Measured { job, compact, raw } in jobs {
        let _ = writeln!(text, "{job}");
        for (form, cost) in [("compact", compact), ("raw", raw)] {
            for (tool, bytes) in &cost.calls {
                let _ = writeln!(text, "  {form:<7} {bytes:>6} {tool}");
            }
        }
    }
    text
}

#[tokio::test]
async fn everyday_jobs_cost_what_the_readme_says() {
    let jobs = measured().await;
    assert_eq!(jobs.len(), 12);
    Reviewed::folder("jobs").check("bytes", &details(&jobs));
    let table = table(&jobs);
    println!("{table}");
    let readme = fs::read_to_string("README.md").expect("README.md is readable");
    let (head, rest) = readme.split_once(BEGIN).expect("README.md has the begin marker of the table");
    let (present, tail) = rest.split_once(END).expect("README.md has the end marker of the table");
    if env::var_os(UPDATE).is_some() {
        fs::write("README.md", format!("{head}{BEGIN}\n{table}{END}{tail}")).expect("README.md is writable");
    } else {
        assert_eq!(
            present.trim(),
            table.trim(),
            "the table is out of date; update it with: {UPDATE}=1 cargo test --test it jobs"
        );
    }
    let ((_, compact), (_, raw)) = (total(&jobs, |job| &job.compact), total(&jobs, |job| &job.raw));
    assert!(compact * 100 <= raw * 30, "compact results take {compact} bytes, raw ones {raw}: more than 30 %");
}
