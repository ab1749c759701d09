//! The facts that a question for a confirmation shows beside the call: its record, and warnings.

use std::time::Duration;

use serde_json::Value;
use tokio::time::{Instant, timeout};
use tool_runtime::lookup::RecordLookup;
use tool_runtime::request::Request;
use tool_runtime::results::{self, Options, View};
use tool_runtime::tool::{Tool, ToolDef};

use super::{OpenGate, ToolCaller};
use crate::outcome::{FailureKind, ReplyBody, ToolReply};
use crate::upstream::{CallInProgress, UploadProgress};

/// The time for which a question waits for its record.
const LONGEST_WAIT: Duration = Duration::from_secs(5);

/// The maximum length of each text of a record in characters.
const MAX_CHARS: usize = 600;

/// The facts that a question shows beside the call.
#[derive(Debug, Default)]
pub struct CallFacts {
    /// The fields of the record that the call is about, each with its name.
    pub record: Vec<(&'static str, Value)>,
    /// Warnings for the person who reads the question.
    pub warnings: Vec<String>,
}

impl ToolCaller {
    /// Returns what a question shows beside a call of `tool` that sends `request`. The record is read with `find`, which
    /// returns a tool that the client may call as well, and only if the limits have room for both calls.
    ///
    /// A record that cannot be read, or not in time, is a warning.
    pub async fn facts_of_call(
        &self,
        tool: &ToolDef,
        request: &Request,
        find: impl Fn(&str) -> Option<&'static Tool> + Send,
    ) -> CallFacts {
        let mut facts = CallFacts::default();
        if let Some(lookup) = request.lookup()
            && let Some(reader) = find(lookup.tool)
            && let Some(view) = &reader.def.view
            && self.limits.have_room(&[reader.def, tool])
        {
            match self.look_up(reader, lookup).await {
                Ok(reply) => {
                    self.known_values.learn(reader, &reply, &[]);
                    facts.record = fields(&reply, view, lookup.fields);
                }
                Err(kind) => facts.warnings.push(format!(
                    "The record that this call is about could not be read ({}): check that it is the right one.",
                    kind.name()
                )),
            }
        }
        facts.warnings.extend(self.known_values.warnings(request.named_values(), false));
        facts
    }

    async fn look_up(&self, reader: &'static Tool, lookup: &RecordLookup) -> Result<ToolReply, FailureKind> {
        let request = reader.prepare(lookup.arguments.clone()).map_err(|_| FailureKind::InvalidArguments)?;
        let progress = UploadProgress::default();
        let call = CallInProgress { since: Instant::now(), progress: &progress };
        let exchange = self.exchange(reader.def, request, Vec::new(), call, &OpenGate);
        match timeout(LONGEST_WAIT, exchange).await {
            Ok(reply) => reply.map_err(|error| error.kind),
            Err(_) => Err(FailureKind::TimedOut),
        }
    }
}

/// Returns the fields of a record that have data, as results show them.
fn fields(reply: &ToolReply, view: &View, names: &[&'static str]) -> Vec<(&'static str, Value)> {
    /// Room for all fields that a specification may name.
    const MAX_RESULT_CHARS: usize = 25_000;
    let ReplyBody::Json(json) = &reply.body else { return Vec::new() };
    let fields = names.iter().map(|name| (*name).to_owned()).collect();
    let options = Options { fields, max_chars: Some(MAX_CHARS), ..Options::new(view, MAX_RESULT_CHARS) };
    let shown = results::compact(json.as_json(), view, &options).ok().filter(|shown| !shown.facts.unknown_shape);
    let shown = shown.and_then(|shown| serde_json::from_str::<Value>(&shown.text).ok());
    names.iter().filter_map(|name| Some((*name, shown.as_ref()?.get(*name)?.clone()))).collect()
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use serde_json::json;
    use tool_runtime::results::{CodedField, Form, JsonText, Label};

    use super::*;
    use crate::outcome::RateLimit;

    #[test]
    fn a_record_is_shown_as_in_results() {
        const LABELS: &[(&str, Label)] = &[("10", Label::Text("high"))];
        let view = View {
            form: Form::Record,
            fields: &["name"],
            optional: &[],
            twins: &[],
            codes: &[CodedField { field: "level", labels: LABELS }],
            long_texts: &[],
        };
        let shown = |text: &str| {
            let body = ReplyBody::Json(JsonText::checked(text.to_owned()).unwrap());
            let reply = ToolReply { body, ratelimit: RateLimit::default(), upstream_status: 200, age: None };
            fields(&reply, &view, &["level", "owner.mail", "none", "name"])
        };
        let record = r#"{"name": "a\u200bb", "level": 10, "owner": {"mail": "x"}, "other": 1, "none": ""}"#;
        assert_eq!(shown(record), [("level", json!("high")), ("owner.mail", json!("x")), ("name", json!("ab"))]);
        assert_eq!(shown("[7]"), []);
    }
}
