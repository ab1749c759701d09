//! The summary of a list: a tool of its own, which follows from the list and from its key `summarize`.

use std::collections::HashSet;

use serde_json::{Map, Value};
use tool_runtime::results::summary::{Bucket, Statistic, SummaryArgument, SummaryOptions};

use super::context::ToolContext;
use super::{name, tool};
use crate::diagnostic::{Diagnostic, Report, Span};
use crate::model::{Code, Empty, Field, Paging, Place, Summary, Tool, ToolMethod, Type};
use crate::spec::{Facts, SummarySpec, Text};

/// The operation that a summary is named after.
pub(super) const OPERATION: &str = "summarize";

/// The sentence that all summaries have in common.
const ABOUT: &str = "Counts rows in groups.";

/// The description of an argument that is described by the list.
const REFERENCE: &str = "As in the list.";

/// The maximum length of a description that a summary repeats from its list. Clients send every one of them to a model.
const REPEATED: usize = 24;

/// Builds the summary of a list with these `facts`. Returns `None` only if something was reported.
pub(super) fn lower(
    context: &ToolContext<'_>,
    name: String,
    declared: &SummarySpec,
    facts: &Facts,
    list: &Tool,
    report: &mut Report,
) -> Option<Summary> {
    let before = report.len();
    name::check_tool(&name, declared.span, report);
    check_fields(declared, report);
    let paging = paging(declared, list, report);
    let paging = paging.filter(|paging| check_page_arguments(paging, declared.span, list, report));
    let own = own_arguments(declared);
    check_own_arguments(declared.span, list, report);
    let (paging, about) = (paging?, declared.about.as_ref()?);
    let is_paging = |name: &str| name == paging.offset || paging.size.as_deref() == Some(name);
    let kept = list.arguments.iter().map(|argument| &argument.field).filter(|field| !is_paging(&field.argument));
    let wire =
        |name: &String| list.arguments.iter().map(|argument| &argument.field).find(|field| field.argument == *name);
    let size = paging.size.as_ref().and_then(wire).and_then(|field| Some((field.wire.clone(), largest(&field.ty)?)));
    let values = |texts: &[Text]| texts.iter().map(|text| text.value.clone()).collect();
    let unset = context.spec.api.unset.iter().map(|text| text.value.clone()).collect();
    let about = [tool::sentence(&about.value), ABOUT.to_owned()].into_iter();
    let reference = kept.clone().any(is_long).then(|| format!("Arguments as in {}.", list.name));
    (report.len() == before).then_some(Summary {
        description: tool::description(
            &about.chain(reference).collect::<Vec<_>>().join(" "),
            facts,
            &[],
            list.cost,
            list.gated.as_deref(),
        ),
        title: name::title(&context.resource_key.text, context.plural, OPERATION),
        name,
        arguments: kept.map(inherited).chain(own).collect(),
        example: example(declared, list, is_paging)?,
        id: values(&declared.id),
        unset,
        offset: wire(&paging.offset)?.wire.clone(),
        size,
        by: values(&declared.by),
        times: values(&declared.times),
        measures: values(&declared.measure),
    })
}

/// Returns the arguments that select a page. Reports a list that does not come in pages.
fn paging<'t>(declared: &SummarySpec, list: &'t Tool, report: &mut Report) -> Option<&'t Paging> {
    let problem = match &list.reply.paging {
        _ if list.method != ToolMethod::List || !list.read_only => "only the operation `list` can have a summary",
        None => "a summary reads the pages of a list",
        paging => return paging.as_ref(),
    };
    let help = match list.method {
        ToolMethod::List => "add the arguments that select a page to `reply`: `page: { rows: 30, offset: offset }`",
        _ => "move `summarize` to the operation `list`",
    };
    report.add(Diagnostic::new(declared.span, problem).label("has no effect here").help(help));
    None
}

/// Checks that the arguments that select a page can be left out and are in the query, where a summary adds its own.
fn check_page_arguments(paging: &Paging, place: Span, list: &Tool, report: &mut Report) -> bool {
    let names = [Some(&paging.offset), paging.size.as_ref()];
    let is_optional_query = |name: &&String| {
        let mut arguments = list.arguments.iter();
        arguments.any(|other| other.field.argument == **name && other.place == Place::Query && !other.field.required)
    };
    let wrong: Vec<_> = names.into_iter().flatten().filter(|name| !is_optional_query(name)).collect();
    for name in &wrong {
        report.add(
            Diagnostic::new(place, format!("a summary cannot set `{name}`, which selects a page"))
                .label("needs an optional argument in the query")
                .help(format!("declare `{name}` under `query`, without `required`, or remove `summarize`")),
        );
    }
    wrong.is_empty()
}

fn check_fields(declared: &SummarySpec, report: &mut Report) {
    let mut seen = HashSet::new();
    for name in declared.by.iter().chain(&declared.times) {
        if !seen.insert(&name.value) {
            report.add(
                Diagnostic::new(name.span, format!("duplicate field `{}`", name.value))
                    .label("already named by this summary")
                    .help("remove it; a time is only under `times`"),
            );
        }
    }
    for name in declared.by.iter().chain(&declared.times).chain(&declared.measure) {
        if name.value.contains(':') {
            report.add(
                Diagnostic::new(name.span, format!("a summary cannot use the field `{}`", name.value))
                    .label("contains a colon")
                    .help("write the name alone; callers add the period or the statistic"),
            );
        }
    }
    if declared.by.is_empty() && declared.times.is_empty() {
        report.add(
            Diagnostic::new(declared.span, "this summary has nothing to group by")
                .label("needs `by` or `times`")
                .help("name fields of the rows, such as `by: [status]`"),
        );
    }
}

/// Reports an argument of the list that has the name of one that every summary has.
fn check_own_arguments(place: Span, list: &Tool, report: &mut Report) {
    for name in SummaryArgument::ALL.map(SummaryArgument::name) {
        if list.arguments.iter().any(|argument| argument.field.argument == name) {
            report.add(
                Diagnostic::new(place, format!("the list has an argument `{name}`, and every summary has one, too"))
                    .label("callers could not give both")
                    .help(format!("choose another name for that of the list, and give the API's as `wire: {name}`")),
            );
        }
    }
}

/// Returns the arguments that a summary has beside those of its list.
fn own_arguments(declared: &SummarySpec) -> Vec<Field> {
    let joined = |texts: &[Text]| texts.iter().map(|text| text.value.as_str()).collect::<Vec<_>>().join(", ");
    let suffixes = |names: &[&str]| {
        let (last, others) = names.split_last().unwrap_or((&"", &[]));
        let others: Vec<_> = others.iter().map(|name| format!(":{name}")).collect();
        format!("{} or :{last}", others.join(", "))
    };
    let fields = (!declared.by.is_empty()).then(|| joined(&declared.by));
    let periods = || suffixes(&Bucket::ALL.map(Bucket::name));
    let times = (!declared.times.is_empty()).then(|| format!("{} with {}", joined(&declared.times), periods()));
    let by = format!("One or two of {}.", fields.into_iter().chain(times).collect::<Vec<_>>().join("; "));
    let measure = format!("{} with {}.", joined(&declared.measure), suffixes(&Statistic::ALL.map(Statistic::name)));
    let calls = Type::Integer(1, i64::from(SummaryOptions::MOST_CALLS));
    let calls = Field {
        default: Some(Value::from(SummaryOptions::DEFAULT_CALLS)),
        ..own(SummaryArgument::MaxCalls, calls, "Pages at most.".to_owned())
    };
    let by = Field { required: true, ..own(SummaryArgument::By, Type::List(Box::new(Type::Text), None), by) };
    let measure = (!declared.measure.is_empty()).then(|| own(SummaryArgument::Measure, Type::Text, measure));
    [by].into_iter().chain(measure).chain([calls]).collect()
}

/// Returns whether the description of an argument is too long to be repeated.
fn is_long(field: &Field) -> bool {
    field.about.as_ref().is_some_and(|about| about.chars().count() > REPEATED)
}

/// Returns an argument of the list as one of its summary. A long description refers to that of the list.
fn inherited(field: &Field) -> Field {
    let about = if is_long(field) { Some(REFERENCE.to_owned()) } else { field.about.clone() };
    Field { about, ..field.clone() }
}

fn own(argument: SummaryArgument, ty: Type, about: String) -> Field {
    let name = argument.name().to_owned();
    Field {
        wire: name.clone(),
        argument: name,
        ty,
        about: Some(about),
        required: false,
        empty: Empty::Absent,
        alternative: false,
        default: None,
        clear: None,
        also: Vec::new(),
        prefix: None,
        kind: None,
    }
}

/// Returns the largest number of rows that an argument can ask for, as the API takes it.
fn largest(ty: &Type) -> Option<String> {
    match ty {
        Type::Integer(_, i64::MAX) => None,
        Type::Integer(_, max) => Some(max.to_string()),
        Type::Choice(choice) => {
            let codes = choice.options.iter().map(|(_, code)| match code {
                Code::Number(number) => number.to_string(),
                Code::Text(text) => text.clone(),
            });
            codes.filter_map(|code| Some((code.parse::<u64>().ok()?, code))).max().map(|(_, code)| code)
        }
        _ => None,
    }
}

/// Returns the example of the list, grouped by the first field.
fn example(declared: &SummarySpec, list: &Tool, is_paging: impl Fn(&str) -> bool) -> Option<Map<String, Value>> {
    let time = declared.times.first().map(|time| format!("{}:{}", time.value, Bucket::Week.name()));
    let key = declared.by.first().map(|field| field.value.clone()).or(time)?;
    let mut example = list.example.clone();
    example.retain(|name, _| !is_paging(name));
    example.insert(SummaryArgument::By.name().to_owned(), Value::from(vec![key]));
    Some(example)
}
