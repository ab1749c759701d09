//! The arguments of a tool: one flat list for callers, and for each the place that it goes to.

use super::name::{self, Taken};
use super::tool::Context;
use super::types::Types;
use crate::diagnostic::{Diagnostic, Report, Span};
use crate::identifier;
use crate::model::{Argument, Class, Field, Place, Type};
use crate::spec;

/// The argument that carries attachments, and what it is.
const FILES: (&str, &str) = ("files", "Files to attach, at least one.");

/// The arguments of a tool while they are collected.
pub(super) struct Arguments<'a> {
    list: Vec<(Argument, Span)>,
    names: Taken,
    /// The variables of the path.
    variables: &'a [&'a str],
}

impl<'a> Arguments<'a> {
    /// All arguments of a tool, each with its place in the file, or `None` if the type of one of them was reported.
    pub(super) fn collect(
        context: &Context<'_>,
        declared: &spec::Tool,
        variables: &'a [&'a str],
        types: &mut Types<'_>,
        report: &mut Report,
    ) -> Option<Vec<(Argument, Span)>> {
        let sibling = sibling(context, declared);
        let rules = [Some(&declared.rules), sibling.map(|sibling| &sibling.rules)];
        let groups = rules.into_iter().flatten().flat_map(|rules| &rules.exactly_one);
        let exclusive: Vec<_> = groups.flatten().map(|name| name.value.as_str()).collect();
        let mut arguments = Self { list: Vec::new(), names: Taken::default(), variables };
        let body_known = sibling.is_none_or(|sibling| sibling.whole)
            && declared.multipart.as_ref().is_none_or(|multipart| multipart.fields_of.is_none() || sibling.is_some());
        let shares_id = shares_id(&context.operation.text, declared);
        let mut understood = declared.whole && (context.resource.whole || !shares_id) && body_known;
        for id in declared.id.as_ref().or(shares_id.then_some(&context.resource.id)).into_iter().flatten() {
            let alone = !exclusive.contains(&id.name.text.as_str());
            understood &= arguments.add_to_address(id, alone, types, report);
        }
        for field in &declared.query {
            understood &= arguments.add_to_address(field, false, types, report);
        }
        for field in body(context, declared) {
            understood &= arguments.add(field, Place::Json, types, report);
        }
        if let Some(multipart) = &declared.multipart {
            arguments.check_metadata(multipart, report);
            let field = Field {
                argument: FILES.0.to_owned(),
                wire: FILES.0.to_owned(),
                of: Type::Files,
                about: Some(FILES.1.to_owned()),
                required: true,
                filled: true,
                default: None,
                clear: None,
            };
            understood &= arguments.push(field, multipart.span, Place::Files, report);
        }
        for field in declared.id.iter().flatten().chain(&declared.query).filter(|field| arguments.in_path(field)) {
            report_unsent(field, report);
        }
        understood.then_some(arguments.list)
    }

    /// Whether the path takes an argument of `id` or `query`.
    fn in_path(&self, declared: &spec::Field) -> bool {
        self.variables.contains(&declared.name.text.as_str())
    }

    /// Adds an argument of `id` or `query`, which the path takes if it names it; `false` if something was reported.
    /// What `identifies` a record, and what stands in the path, must be given.
    fn add_to_address(
        &mut self,
        declared: &spec::Field,
        identifies: bool,
        types: &mut Types<'_>,
        report: &mut Report,
    ) -> bool {
        let in_path = self.in_path(declared);
        let place = if in_path { Place::Path } else { Place::Query };
        if !in_path && !identifies {
            return self.add(declared, place, types, report);
        }
        if declared.required == Some(false) {
            let name = &declared.name.text;
            report.add(
                Diagnostic::new(declared.name.span, format!("`{name}` must be given, and yet says `required: false`"))
                    .label(if in_path { "stands in the path" } else { "identifies the record" })
                    .help("take `required` out; what may be left out goes under `query`, and not into the path"),
            );
        }
        self.add(&spec::Field { required: Some(true), ..declared.clone() }, place, types, report)
    }

    /// Adds an argument; `false` if its type or its name was reported.
    fn add(&mut self, declared: &spec::Field, place: Place, types: &mut Types<'_>, report: &mut Report) -> bool {
        let Some(field) = types.field(declared, report) else { return false };
        let (name, span) = (&field.argument, declared.name.span);
        if field.about.is_none() {
            report.add(
                Diagnostic::new(span, format!("nothing explains the argument `{name}`"))
                    .label("needs an `about`")
                    .help(format!("write `{name}: {{ type: ..., about: \"...\" }}`, or give its type an `about`")),
            );
        }
        if place == Place::Path && !matches!(field.of, Type::Text | Type::Email | Type::Integer(..) | Type::Choice(_)) {
            report.add(
                Diagnostic::new(span, format!("`{name}` cannot stand in a path"))
                    .label("only texts, whole numbers and choices can")
                    .help(format!("take `{{{name}}}` out of the path, or make it one of these")),
            );
        }
        self.push(field, span, place, report)
    }

    /// Adds an argument; `false` if its name is another's.
    fn push(&mut self, field: Field, span: Span, place: Place, report: &mut Report) -> bool {
        let name = &field.argument;
        if let Some((_, first)) = self.list.iter().find(|(other, _)| other.field.argument == *name) {
            let line = report.line(*first);
            report.add(match place {
                // The name of the generated one is fixed.
                Place::Files => Diagnostic::new(*first, format!("two arguments are called `{name}`"))
                    .label("the name of the attachments")
                    .help("call this one otherwise, with `wire:` for the name that the API uses"),
                _ => Diagnostic::new(span, format!("two arguments are called `{name}`"))
                    .label(format!("the name of the one at line {line} already"))
                    .help(format!("callers see one flat list; call this one `new_{name}`, with `wire: {name}`")),
            });
            return false;
        }
        // In the path, a place is all that an argument has of a name.
        let same_wire = |(other, _): &&(Argument, Span)| {
            place != Place::Path && other.place == place && other.field.wire == field.wire
        };
        if let Some((other, _)) = self.list.iter().find(same_wire) {
            let other = &other.field.argument;
            report.add(
                Diagnostic::new(span, format!("`{other}` and `{name}` both go out as `{}`", field.wire))
                    .label("one would overwrite the other")
                    .help("correct the `wire` of one of them, or take one out"),
            );
        }
        self.names.claim("arguments", name, identifier::field(name), span, report);
        self.list.push((Argument { field, place }, span));
        true
    }

    /// The metadata is a parameter of the query as well, under a name of its own.
    fn check_metadata(&self, multipart: &spec::Attachments, report: &mut Report) {
        let Some(metadata) = &multipart.metadata else { return };
        let same = |(other, _): &&(Argument, Span)| other.place == Place::Query && other.field.wire == metadata.value;
        if let Some((other, _)) = self.list.iter().find(same) {
            let other = &other.field.argument;
            report.add(
                Diagnostic::new(
                    metadata.span,
                    format!("`{other}` and the metadata both go out as `{}`", metadata.value),
                )
                .label("one would overwrite the other")
                .help(format!("correct this, or the `wire` of `{other}`")),
            );
        }
    }
}

/// Whether a tool takes the `id` of its resource.
pub(super) fn shares_id(operation: &str, declared: &spec::Tool) -> bool {
    declared.id.is_none() && matches!(name::class(operation), Class::Get | Class::Update | Class::Delete)
}

/// Reports the `wire` of what has no name where it goes.
pub(super) fn report_unsent(in_path: &spec::Field, report: &mut Report) {
    if let Some(wire) = &in_path.wire {
        report.add(
            Diagnostic::new(wire.span, format!("`{}` goes into the path, where nothing has a name", in_path.name.text))
                .label("never sent")
                .help("take `wire` out"),
        );
    }
}

/// The fields of the JSON body, or of the attachments' metadata.
fn body<'a>(context: &Context<'a>, declared: &'a spec::Tool) -> &'a [spec::Field] {
    match &declared.multipart {
        None => &declared.json,
        Some(multipart) => match sibling(context, declared) {
            Some(sibling) => &sibling.json,
            None => &multipart.fields,
        },
    }
}

/// The tool whose body a tool with attachments repeats.
pub(super) fn sibling<'a>(context: &Context<'a>, declared: &spec::Tool) -> Option<&'a spec::Tool> {
    let of = declared.multipart.as_ref()?.fields_of.as_ref()?;
    let others = context.resource.tools.iter().flatten().filter(|(key, _)| key.text != context.operation.text);
    others.into_iter().find(|(key, _)| key.text == of.value).map(|(_, tool)| tool)
}
