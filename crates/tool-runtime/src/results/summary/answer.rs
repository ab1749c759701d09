//! The answer: the groups as columns and rows, and what it lacks.

use super::super::assembly::Assembly;
use super::super::names;
use super::super::{Compact, Facts, TooLarge};
use super::{Group, MAX_GROUPS, MAX_ROWS, Measure, Summary};

/// The maximum number of groups in an answer.
const SHOWN: usize = 50;

/// The label of all groups that are not shown.
const OTHERS: &str = "\"others\"";

/// The reason why a summary ended before the list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stop<'a> {
    /// The caller allows no more calls.
    MaxCalls,
    /// The next page would use up the rate limit, which has this number of calls left.
    Budget(u64),
    /// The next page failed, for this reason.
    Failed(&'a str),
}

impl Summary<'_> {
    /// Returns the answer after `calls` calls of the API. `stop` is the reason why not all pages were read; `notes` are
    /// further warnings.
    ///
    /// # Errors
    ///
    /// If the answer does not fit within `max_chars` even without any group.
    pub fn answer(
        &self,
        calls: u32,
        stop: Option<Stop<'_>>,
        notes: &[String],
        max_chars: usize,
    ) -> Result<Compact<'static>, TooLarge> {
        let mut groups: Vec<_> = self.groups.iter().collect();
        groups.sort_by(|(a, one), (b, other)| other.count.cmp(&one.count).then_with(|| a.cmp(b)));
        let warnings = names::warnings_json(&[self.warnings(stop), notes.to_vec()].concat());
        let mut chars = 0;
        for shown in (0..=groups.len().min(SHOWN)).rev() {
            let (shown, rest) = groups.split_at_checked(shown).unwrap_or_default();
            let answer = self.assembled(calls, shown, rest, warnings.as_deref());
            chars = answer.chars();
            if chars <= max_chars {
                let losses = self.labels.losses();
                let facts = Facts { cut_texts: losses.cut, invisible_characters: losses.invisible, ..Facts::default() };
                return Ok(Compact { text: answer.finish().into(), facts });
            }
        }
        Err(TooLarge { chars, max_result_chars: max_chars })
    }

    fn assembled(
        &self,
        calls: u32,
        shown: &[(&String, &Group)],
        rest: &[(&String, &Group)],
        warnings: Option<&str>,
    ) -> Assembly {
        let mut rows: Vec<_> = shown.iter().map(|(key, group)| self.row(key, group)).collect();
        let mut others = self.beyond.clone();
        for (_, group) in rest {
            others.merge(group);
        }
        if others.count > 0 {
            rows.push(self.row(&vec![OTHERS; self.options.by.len()].join(","), &others));
        }
        let mut answer = Assembly::expecting(0);
        answer.member("total", &self.total.map_or_else(|| "null".to_owned(), |total| total.to_string()));
        answer.member("read", &self.read.to_string());
        answer.member("calls", &calls.to_string());
        answer.member("complete", if self.is_complete() { "true" } else { "false" });
        answer.member("columns", &self.columns());
        answer.member("rows", &format!("[{}]", rows.join(",")));
        answer.optional("warnings", warnings);
        answer
    }

    fn columns(&self) -> String {
        let keys = self.options.by.iter().map(|key| key.name());
        let columns: Vec<_> = keys.chain(self.options.measure.map(Measure::name)).collect();
        names::to_json(columns.iter().map(String::as_str).chain(["count"]))
    }

    fn row(&self, key: &str, group: &Group) -> String {
        let measured = self.options.measure.zip(group.tally.as_ref()).map(|(measure, tally)| {
            let value = tally.value(measure.statistic);
            value.map_or_else(|| "null,".to_owned(), |value| format!("{value},"))
        });
        format!("[{key},{}{}]", measured.unwrap_or_default(), group.count)
    }

    fn warnings(&self, stop: Option<Stop<'_>>) -> Vec<String> {
        let Self { read, losses, .. } = self;
        let mut warnings = Vec::new();
        match stop {
            Some(Stop::MaxCalls) => warnings.push(format!(
                "Not all rows are read: max_calls is {}. Filter more, or allow more calls.",
                self.options.max_calls
            )),
            Some(Stop::Budget(left)) => warnings
                .push(format!("Not all rows are read: one more page would use up the rate limit ({left} left).")),
            Some(Stop::Failed(reason)) => {
                warnings.push(format!("Not all rows are read. The next page failed: {reason}"));
            }
            None if losses.has_more_rows => {
                warnings.push(format!("Not all rows are read: a summary reads at most {MAX_ROWS}."));
            }
            None if !self.is_complete() && !losses.changed => {
                warnings.push("Not all rows are read: the API returned fewer rows than its total.".to_owned());
            }
            None => {}
        }
        if losses.changed {
            warnings.push("The list changed while it was read: rows may be missing.".to_owned());
        }
        if losses.repeated > 0 {
            warnings.push(format!("{} rows came twice and are counted once.", losses.repeated));
        }
        if self.beyond.count > 0 {
            warnings.push(format!(
                "There are more than {MAX_GROUPS} groups; {} rows of the others are counted together.",
                self.beyond.count
            ));
        }
        if self.labels.losses().cut > 0 {
            warnings.push("Long values are cut: those that begin alike are one group.".to_owned());
        }
        if self.labels.not_times > 0 {
            warnings
                .push(format!("{} rows have a value that is not a time; it is shown as it is.", self.labels.not_times));
        }
        if let Some(measure) = self.options.measure {
            let field = measure.field;
            if losses.unmeasured > 0 {
                warnings.push(format!("{} of {read} rows have no {field} and are left out of it.", losses.unmeasured));
            }
            if losses.not_numbers > 0 {
                warnings.push(format!("{} rows have a {field} that cannot be measured exactly.", losses.not_numbers));
            }
            if self.groups.values().filter_map(|group| group.tally.as_ref()).any(super::Tally::is_too_long) {
                warnings.push(format!("Where {field} is null, the exact result has too many digits."));
            }
        }
        warnings
    }
}
