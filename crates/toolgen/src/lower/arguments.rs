//! The arguments of a tool: one flat list for callers, in which each argument has its place in the request.

use super::context::{ToolContext, takes_resource_id};
use super::lenient;
use super::name::NameTable;
use super::types::Types;
use crate::diagnostic::{Diagnostic, Report, Span};
use crate::identifier;
use crate::model::{Argument, Empty, Field, Place, Type};
use crate::spec::{AttachmentsSpec, FieldSpec, ToolSpec};

/// The name and description of the argument that carries attachments.
const FILES: (&str, &str) =
    ("files", "Each: filename; content_base64 or content_text; content_type, size, sha256 if known.");

/// The arguments of a tool while they are collected.
pub(super) struct Arguments<'a> {
    list: Vec<(Argument, Span)>,
    names: NameTable,
    /// The variables of the path.
    variables: &'a [&'a str],
}

impl<'a> Arguments<'a> {
    /// Collects all arguments of a tool, each with its place in the file. Returns `None` if one of them could not be
    /// resolved, which is reported.
    pub(super) fn collect(
        context: &ToolContext<'_>,
        declared: &ToolSpec,
        variables: &'a [&'a str],
        types: &mut Types<'_>,
        report: &mut Report,
    ) -> Option<Vec<(Argument, Span)>> {
        let source = context.body_source(declared);
        let rules = [Some(&declared.rules), source.map(|source| &source.rules)];
        let groups = rules.into_iter().flatten().flat_map(|rules| &rules.exactly_one);
        let exclusive: Vec<_> = groups.flatten().map(|name| name.value.as_str()).collect();
        let mut arguments = Self { list: Vec::new(), names: NameTable::default(), variables };
        let body_known = source.is_none_or(|source| source.whole)
            && declared.multipart.as_ref().is_none_or(|multipart| multipart.fields_of.is_none() || source.is_some());
        let takes_id = takes_resource_id(&context.operation.text, declared);
        let mut resolved = declared.whole && (context.resource.whole || !takes_id) && body_known;
        for id in declared.id.as_ref().or(takes_id.then_some(&context.resource.id)).into_iter().flatten() {
            let alone = !exclusive.contains(&id.name.text.as_str());
            resolved &= arguments.add_to_url(id, alone, types, report);
        }
        for (id, _) in &mut arguments.list {
            // A text that identifies a record is a name.
            if matches!(id.field.ty, Type::Text) {
                id.field.ty = Type::Name;
            }
        }
        for field in &declared.query {
            resolved &= arguments.add_to_url(field, false, types, report);
        }
        for field in body(context, declared) {
            resolved &= arguments.add(field, Place::Json, types, report);
        }
        if let Some(multipart) = &declared.multipart {
            arguments.check_metadata(multipart, report);
            let field = Field {
                argument: FILES.0.to_owned(),
                also: Vec::new(),
                wire: FILES.0.to_owned(),
                ty: Type::Files,
                about: Some(FILES.1.to_owned()),
                required: true,
                empty: Empty::Refused,
                alternative: false,
                default: None,
                clear: None,
                prefix: None,
                kind: None,
            };
            resolved &= arguments.push(field, multipart.span, Place::Files, report);
        }
        for field in declared.id.iter().flatten().chain(&declared.query).filter(|field| arguments.in_path(field)) {
            report_wire_in_path(field, report);
        }
        let fields = arguments.list.iter().map(|(argument, span)| (&argument.field, *span));
        lenient::check_synonyms(&fields, &lenient::reserved(), report);
        resolved.then_some(arguments.list)
    }

    /// Returns whether the path contains an argument of `id` or `query`.
    fn in_path(&self, declared: &FieldSpec) -> bool {
        self.variables.contains(&declared.name.text.as_str())
    }

    /// Adds an argument of `id` or `query`. It goes into the path if the path contains it, otherwise into the query. It is
    /// required if it is in the path or `identifies` a record. Returns `false` if something was reported.
    fn add_to_url(
        &mut self,
        declared: &FieldSpec,
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
                Diagnostic::new(declared.name.span, format!("`{name}` cannot be optional"))
                    .label(if in_path { "part of the path" } else { "identifies the record" })
                    .help("remove `required: false`; an optional argument belongs under `query` and not in the path"),
            );
        }
        self.add(&FieldSpec { required: Some(true), ..declared.clone() }, place, types, report)
    }

    /// Adds an argument. Returns `false` if its type or its name was reported.
    fn add(&mut self, declared: &FieldSpec, place: Place, types: &mut Types<'_>, report: &mut Report) -> bool {
        let Some(field) = types.field(declared, place, report) else { return false };
        let (name, span) = (&field.argument, declared.name.span);
        if field.about.is_none() {
            report.add(
                Diagnostic::new(span, format!("the argument `{name}` has no description"))
                    .label("needs an `about`")
                    .help(format!("write `{name}: {{ type: ..., about: \"...\" }}`, or add an `about` to its type")),
            );
        }
        if place == Place::Path
            && !matches!(field.ty, Type::Text | Type::Name | Type::Email | Type::Integer(..) | Type::Choice(_))
        {
            report.add(
                Diagnostic::new(span, format!("`{name}` cannot be used in a path"))
                    .label("only texts, whole numbers and choices can")
                    .help(format!("remove `{{{name}}}` from the path, or change its type to one of these")),
            );
        }
        self.push(field, span, place, report)
    }

    /// Adds a resolved argument. Returns `false` if its name is already in use, which is reported.
    fn push(&mut self, field: Field, span: Span, place: Place, report: &mut Report) -> bool {
        let name = &field.argument;
        if let Some((_, first)) = self.list.iter().find(|(other, _)| other.field.argument == *name) {
            let line = report.line(*first);
            report.add(match place {
                // The name of the generated argument cannot change.
                Place::Files => Diagnostic::new(*first, format!("two arguments have the name `{name}`"))
                    .label("reserved for the attachments")
                    .help("rename this one, and give the name that the API uses as `wire`"),
                _ => Diagnostic::new(span, format!("two arguments have the name `{name}`"))
                    .label(format!("already used on line {line}"))
                    .help(format!("callers see one flat list; rename this one to `new_{name}` and add `wire: {name}`")),
            });
            return false;
        }
        // Arguments in the path have no name on the wire, only a position.
        let same_wire = |(other, _): &&(Argument, Span)| {
            place != Place::Path && other.place == place && other.field.wire == field.wire
        };
        if let Some((other, _)) = self.list.iter().find(same_wire) {
            let other = &other.field.argument;
            report.add(
                Diagnostic::new(span, format!("`{other}` and `{name}` are both sent as `{}`", field.wire))
                    .label("one would overwrite the other")
                    .help("correct the `wire` of one of them, or remove one"),
            );
        }
        self.names.claim("arguments", name, identifier::field(name), span, report);
        self.list.push((Argument { field, place }, span));
        true
    }

    /// Reports a query argument that has the name of the metadata, which is a query parameter as well.
    fn check_metadata(&self, multipart: &AttachmentsSpec, report: &mut Report) {
        let Some(metadata) = &multipart.metadata else { return };
        let same = |(other, _): &&(Argument, Span)| other.place == Place::Query && other.field.wire == metadata.value;
        if let Some((other, _)) = self.list.iter().find(same) {
            let other = &other.field.argument;
            report.add(
                Diagnostic::new(
                    metadata.span,
                    format!("`{other}` and the metadata are both sent as `{}`", metadata.value),
                )
                .label("one would overwrite the other")
                .help(format!("correct this name, or the `wire` of `{other}`")),
            );
        }
    }
}

/// Reports a `wire` name on an argument of the path, where arguments have no name.
pub(super) fn report_wire_in_path(in_path: &FieldSpec, report: &mut Report) {
    if let Some(wire) = &in_path.wire {
        report.add(
            Diagnostic::new(
                wire.span,
                format!("`{}` is part of the path, where arguments have no name", in_path.name.text),
            )
            .label("never sent")
            .help("remove `wire`"),
        );
    }
}

/// Returns the fields of the JSON body, or of the attachments' metadata.
fn body<'a>(context: &ToolContext<'a>, declared: &'a ToolSpec) -> &'a [FieldSpec] {
    match &declared.multipart {
        None => &declared.json,
        Some(multipart) => context.body_source(declared).map_or(&multipart.fields, |source| &source.json),
    }
}
