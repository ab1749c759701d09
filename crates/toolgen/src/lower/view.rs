//! The form in which a tool's reply is shown: what follows from the key `shows` of its resource and from its own `reply`.

use std::collections::HashSet;

use tool_runtime::added::CONFIRMATION;
use tool_runtime::results::{self, ViewArgument};

use super::context::ToolContext;
use super::name;
use super::types::Types;
use crate::diagnostic::{Diagnostic, Report, Span, suggestion};
use crate::model::{Argument, CodedField, Extent, Form, Paging, Place, Reply, Tool, ToolMethod, View};
use crate::spec::keys::{AT_ONCE, ORDERS};
use crate::spec::{PageSpec, ReplySpec, ResourceSpec, ShowsSpec, Text};
use crate::yaml::Key;

/// Checks the shape of a reply.
pub(super) fn reply(declared: &ReplySpec, arguments: &[Argument], report: &mut Report) -> Reply {
    let key = |key: &Option<Text>| key.as_ref().map(|text| text.value.clone());
    let paging = declared.page.as_ref().and_then(|page| paging(page, arguments, report));
    check_extent(declared, report);
    check_word("order", declared.order.as_ref(), ORDERS, report);
    check_word("at_once", declared.at_once.as_ref(), AT_ONCE, report);
    Reply { text: declared.text, rows: key(&declared.rows), total: key(&declared.total), paging }
}

/// Reports facts about rows of a reply that has no rows, and contradicting ones.
fn check_extent(declared: &ReplySpec, report: &mut Report) {
    let of_rows = [&declared.total, &declared.at_once, &declared.order].into_iter().flatten().map(|text| text.span);
    let page = declared.page.iter().flat_map(|page| [&page.offset, &page.size]).flatten().map(|text| text.span);
    if declared.rows.is_none() {
        if let Some(place) = of_rows.chain(page).next() {
            report.add(
                Diagnostic::new(place, "the reply has no rows")
                    .label("says something about a list")
                    .help("name the key of the rows, for example `rows: books`"),
            );
        }
        return;
    }
    if let (Some(_), Some(at_once)) = (&declared.page, &declared.at_once) {
        report.add(
            Diagnostic::new(at_once.span, "a list comes either in pages or all at once")
                .label("but it has a `page`, too")
                .help("remove one of the two"),
        );
    }
    if let (None, None, Some(order)) = (&declared.page, &declared.at_once, &declared.order) {
        report.add(
            Diagnostic::new(order.span, "no caller can ask for the newest rows of this list")
                .label("needs `page` or `at_once`")
                .help("add `page: { rows: 30, offset: offset }` with the argument that skips rows, or `at_once: rows`"),
        );
    }
}

fn check_word(key: &str, word: Option<&Text>, known: &[&str], report: &mut Report) {
    if let Some(word) = word.filter(|word| !known.contains(&word.value.as_str())) {
        report.add(
            Diagnostic::new(word.span, format!("`{key}` cannot be `{}`", word.value))
                .label("unknown word")
                .help(suggestion(&word.value, known)),
        );
    }
}

fn paging(page: &PageSpec, arguments: &[Argument], report: &mut Report) -> Option<Paging> {
    let mut argument = |name: &Text| {
        let known: Vec<_> = arguments.iter().map(|argument| argument.field.argument.as_str()).collect();
        let is_known = known.contains(&name.value.as_str());
        if !is_known {
            report.add(unknown_argument(name.span, &name.value, &known));
        }
        is_known.then(|| name.value.clone())
    };
    let offset = page.offset.as_ref().and_then(&mut argument);
    let size = page.size.as_ref().map(&mut argument);
    let rows = page.rows.as_ref()?;
    if rows.value < 1 {
        report.add(
            Diagnostic::new(rows.span, format!("a page cannot have {} rows", rows.value))
                .label("must be 1 or more")
                .help("write the number of rows that the API returns when no argument asks for another number"),
        );
    }
    Some(Paging {
        offset: offset?,
        size: size.map_or(Some(None), |size| size.map(Some))?,
        rows: u64::try_from(rows.value).ok()?,
    })
}

fn unknown_argument(place: Span, name: &str, known: &[&str]) -> Diagnostic {
    Diagnostic::new(place, format!("unknown argument `{name}`"))
        .label("not an argument of this tool")
        .help(suggestion(name, known))
}

/// Builds the view of a tool, or `None` for a reply that is not JSON.
pub(super) fn view(
    context: &ToolContext<'_>,
    declared: &ReplySpec,
    read_only: bool,
    arguments: &[Argument],
    report: &mut Report,
) -> Option<View> {
    if declared.text {
        return None;
    }
    let shows = context.resource.shows.as_ref();
    let names = |of: fn(&ShowsSpec) -> &Vec<Text>| shows.map_or_else(Vec::new, |shows| values(of(shows)));
    let (form, mut fields) = match &declared.rows {
        _ if !read_only => (write(shows, arguments), names(|shows| &shows.record)),
        Some(rows) => (list(declared, rows), names(|shows| &shows.list)),
        None => (Form::Record, names(|shows| &shows.record)),
    };
    let twins: Vec<_> = shows.map_or_else(Vec::new, |shows| pairs(&shows.texts));
    let twins_of_one = twins.iter().flat_map(|(html, text)| [html.clone(), text.clone()]);
    let long_texts = twins_of_one.chain(names(|shows| &shows.long)).collect();
    let optional: Vec<_> = fields.iter().filter_map(|name| name.strip_suffix('?').map(str::to_owned)).collect();
    fields.retain(|name| !name.ends_with('?'));
    let note = edit_note(context, &twins, arguments);
    let view = View { form, fields, optional, twins, long_texts, note };
    report_hidden_arguments(context, &view, arguments, report);
    Some(view)
}

/// Returns what callers must know before they change HTML that other results show as plain text only.
fn edit_note(context: &ToolContext<'_>, twins: &[(String, String)], arguments: &[Argument]) -> Option<String> {
    if name::method(&context.operation.text) != ToolMethod::Update {
        return None;
    }
    let is_html = |wire: &String| twins.iter().any(|(html, _)| html == wire);
    let sent = arguments.iter().filter(|argument| argument.place == Place::Json).map(|argument| &argument.field);
    let html: Vec<_> = sent.filter(|field| is_html(&field.wire)).map(|field| format!("{:?}", field.wire)).collect();
    (!html.is_empty()).then(|| {
        let fields = html.join(", ");
        format!(
            "To edit the present HTML, get it with fields [{fields}] and max_chars 0 first: other results leave it out."
        )
    })
}

fn list(declared: &ReplySpec, rows: &Text) -> Form {
    Form::List {
        rows: rows.value.clone(),
        total: declared.total.as_ref().map(|total| total.value.clone()),
        extent: match declared.at_once.as_ref().map(|word| word.value.as_str()) {
            None if declared.page.is_some() => Extent::Page,
            None => Extent::Part,
            Some("thread") => Extent::Thread,
            Some(_) => Extent::Whole,
        },
        oldest_first: declared.order.is_some(),
    }
}

fn write(shows: Option<&ShowsSpec>, arguments: &[Argument]) -> Form {
    let sent = || arguments.iter().filter(|argument| argument.place == Place::Json).map(|argument| &argument.field);
    let answered_as = sent().filter_map(|field| {
        let answers = shows.into_iter().flat_map(|shows| &shows.answers);
        let declared = answers.into_iter().find(|(argument, _)| argument.text == field.argument);
        let answer = declared.map_or(&field.wire, |(_, answer)| &answer.value);
        (*answer != field.argument).then(|| (field.argument.clone(), answer.clone()))
    });
    Form::Write { id: shows.map_or_else(Vec::new, |shows| values(&shows.id)), answered_as: answered_as.collect() }
}

/// Reports an argument of the API that has the name of one that the tool gets from its view.
fn report_hidden_arguments(context: &ToolContext<'_>, view: &View, arguments: &[Argument], report: &mut Report) {
    let takes: Vec<_> = view.arguments().iter().map(|added| added.name()).chain([CONFIRMATION.name]).collect();
    for argument in arguments.iter().map(|argument| &argument.field.argument) {
        if takes.contains(&argument.as_str()) {
            report.add(
                Diagnostic::new(
                    context.operation.span,
                    format!("the argument `{argument}` has the name of one that every such tool gets"),
                )
                .label("callers could not give both")
                .help(format!("choose another name, and give the API's as `wire: {argument}`")),
            );
        }
    }
}

impl View {
    /// Returns the arguments that a tool gets from its view.
    fn arguments(&self) -> Vec<ViewArgument> {
        let form = match &self.form {
            Form::List { extent, oldest_first, .. } => results::Form::List(results::ListForm {
                rows: "",
                total: None,
                extent: *extent,
                oldest_first: *oldest_first,
            }),
            Form::Record => results::Form::Record,
            Form::Write { .. } => results::Form::Write(results::WriteForm { id: &[], answered_as: &[] }),
        };
        let long_texts: &[_] = if self.long_texts.is_empty() { &[] } else { &[""] };
        let view = results::View { form, fields: &[], optional: &[], twins: &[], codes: &[], long_texts };
        ViewArgument::ALL.into_iter().filter(|argument| view.takes(*argument)).collect()
    }
}

/// Resolves the coded fields of a resource.
pub(super) fn codes(resource: &ResourceSpec, types: &mut Types<'_>, report: &mut Report) -> Vec<CodedField> {
    let declared = resource.shows.iter().flat_map(|shows| &shows.codes);
    let coded = declared.filter_map(|(field, ty)| {
        let labels = types.labels(ty, report)?;
        Some(CodedField { field: field.text.clone(), labels })
    });
    coded.collect()
}

/// Checks what a resource says about results against its tools.
///
/// `tools` are those without mistakes: if one is missing, what it could take is not known.
pub(super) fn check(resource: &ResourceSpec, tools: &[Tool], report: &mut Report) {
    let Some(shows) = &resource.shows else { return };
    let is_complete = resource.tools.as_ref().is_some_and(|all| all.len() == tools.len());
    for names in [&shows.id, &shows.list, &shows.record, &shows.long] {
        let mut seen = HashSet::new();
        for name in names.iter().filter(|name| !seen.insert(&name.value)) {
            report.add(
                Diagnostic::new(name.span, format!("duplicate field `{}`", name.value))
                    .label("already in the list")
                    .help("remove it"),
            );
        }
    }
    for (html, text) in shows.texts.iter().filter(|(html, text)| html.text == text.value) {
        report.add(
            Diagnostic::new(text.span, format!("`{}` cannot be the plain text of itself", html.text))
                .label("expected another field")
                .help("name the field with the plain text, or list a text that the API returns once under `long`"),
        );
    }
    if is_complete {
        check_use(shows, tools, report);
    }
}

/// Reports what has no effect on any tool of the resource.
fn check_use(shows: &ShowsSpec, tools: &[Tool], report: &mut Report) {
    let forms = || tools.iter().filter_map(|tool| tool.view.as_ref()).map(|view| &view.form);
    let writes =
        || tools.iter().filter(|tool| tool.view.as_ref().is_some_and(|view| matches!(view.form, Form::Write { .. })));
    let unused = |place: Span, what: &str, help: &str| {
        Diagnostic::new(place, format!("no tool of this resource {what}")).label("unused").help(help)
    };
    if forms().next().is_none() {
        report.add(unused(shows.span, "answers with JSON", "remove `shows`"));
        return;
    }
    if let Some(first) = shows.list.first().filter(|_| !forms().any(|form| matches!(form, Form::List { .. }))) {
        report.add(unused(first.span, "answers with rows", "name the rows in the `reply` of a tool, or remove `list`"));
    }
    if let Some(first) = shows.record.first().filter(|_| forms().all(|form| matches!(form, Form::List { .. }))) {
        report.add(unused(first.span, "answers with one record", "remove `record`"));
    }
    if let Some(first) = shows.id.first().filter(|_| writes().next().is_none()) {
        report.add(unused(first.span, "writes a record", "remove `id`"));
    }
    let sent = writes().flat_map(|tool| tool.fields_in(Place::Json));
    let mut known: Vec<_> = sent.map(|field| field.argument.as_str()).collect();
    known.sort_unstable();
    known.dedup();
    for (argument, _) in shows.answers.iter().filter(|(argument, _)| !known.contains(&argument.text.as_str())) {
        report.add(
            Diagnostic::new(argument.span, format!("no tool of this resource writes `{}`", argument.text))
                .label("unknown argument")
                .help(suggestion(&argument.text, &known)),
        );
    }
}

fn values(texts: &[Text]) -> Vec<String> {
    texts.iter().map(|text| text.value.clone()).collect()
}

fn pairs(pairs: &[(Key, Text)]) -> Vec<(String, String)> {
    pairs.iter().map(|(key, text)| (key.text.clone(), text.value.clone())).collect()
}
