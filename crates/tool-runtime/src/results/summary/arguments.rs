//! The arguments of a summary: what to group by, what to measure, and how many pages to read.

use serde_json::Value;

use super::bucket::Bucket;
use super::tally::Statistic;
use super::{SummaryDef, SummaryOptions};
use crate::arguments::Arguments;
use crate::violation::{Violations, nearest, quoted};
use crate::{decode, empty};

/// A field by which rows are grouped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GroupKey {
    /// The field.
    pub field: &'static str,
    /// The length of the periods, if the field is a time.
    pub bucket: Option<Bucket>,
}

impl GroupKey {
    /// Returns the name of the column.
    pub(super) fn name(self) -> String {
        match self.bucket {
            Some(bucket) => format!("{}:{}", self.field, bucket.name()),
            None => self.field.to_owned(),
        }
    }
}

/// A number that is measured in each group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Measure {
    /// The field.
    pub field: &'static str,
    /// The statistic of its values.
    pub statistic: Statistic,
}

impl Measure {
    /// Returns the name of the column.
    pub(super) fn name(self) -> String {
        format!("{}:{}", self.field, self.statistic.name())
    }
}

/// An argument that every summary has beside those of its list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SummaryArgument {
    /// `by`: the fields to group by.
    By,
    /// `measure`: a number with a statistic.
    Measure,
    /// `max_calls`: the maximum number of pages to read.
    MaxCalls,
}

impl SummaryArgument {
    /// All arguments, in the order in which a schema lists them.
    pub const ALL: [Self; 3] = [Self::By, Self::Measure, Self::MaxCalls];

    /// Returns the name of the argument.
    pub const fn name(self) -> &'static str {
        match self {
            Self::By => "by",
            Self::Measure => "measure",
            Self::MaxCalls => "max_calls",
        }
    }
}

impl SummaryOptions {
    /// The maximum number of fields to group by.
    pub(crate) const MOST_KEYS: usize = 2;

    /// The pages that are read if the caller does not say another number.
    pub const DEFAULT_CALLS: u32 = 5;

    /// The maximum number of pages.
    pub const MOST_CALLS: u32 = 20;

    /// Takes the arguments of a summary. Returns `None` only if it recorded a violation.
    pub(crate) fn take(def: &SummaryDef, arguments: &mut Arguments) -> Option<Self> {
        arguments.drop_if(empty::text, &[SummaryArgument::Measure.name(), SummaryArgument::MaxCalls.name()]);
        let by = arguments.required(SummaryArgument::By.name(), |value| keys(def, value));
        let measure = arguments.optional(SummaryArgument::Measure.name(), |value| measure(def, value));
        let calls = decode::integer(1, i64::from(Self::MOST_CALLS));
        let calls = arguments.optional(SummaryArgument::MaxCalls.name(), calls);
        let max_calls = calls.and_then(|calls| u32::try_from(calls).ok()).unwrap_or(Self::DEFAULT_CALLS);
        Some(Self { by: by?, measure, max_calls })
    }
}

/// Decodes the fields to group by: a list, or the only field.
fn keys(def: &SummaryDef, value: Value) -> Result<Vec<GroupKey>, Violations> {
    let allowed = || format!("one or two of these, such as [\"{}\"]: {}", def.sample_key(), def.key_names().join(", "));
    let is_single = value.as_str().is_some_and(|text| !text.trim_start().starts_with('['));
    let keys = if is_single { vec![key(def, value)?] } else { decode::list(|item| key(def, item))(value)? };
    let is_repeated =
        |(index, key): (usize, &GroupKey)| keys.iter().take(index).any(|earlier| earlier.field == key.field);
    match keys.len() {
        0 => Err(Violations::new("is empty", allowed())),
        1..=SummaryOptions::MOST_KEYS if !keys.iter().enumerate().any(is_repeated) => Ok(keys),
        1..=SummaryOptions::MOST_KEYS => Err(Violations::new("names the same field twice", allowed())),
        count => Err(Violations::new(format!("has {count} fields"), allowed())),
    }
}

fn key(def: &SummaryDef, value: Value) -> Result<GroupKey, Violations> {
    let text = decode::non_empty_string(value)?;
    let (name, period) = parts(&text);
    let time = def.times.iter().find(|time| **time == name);
    let bucket = period.and_then(|period| Bucket::ALL.into_iter().find(|bucket| bucket.name() == period));
    let field = def.by.iter().find(|field| **field == name);
    match (time, field, period) {
        (Some(field), ..) if bucket.is_some() => Ok(GroupKey { field, bucket }),
        (Some(time), ..) => {
            let periods = Bucket::ALL.map(|bucket| format!("{time}:{}", bucket.name())).join(", ");
            Err(Violations::new(format!("{} names no period of this time", quoted(&text)), periods))
        }
        (None, Some(field), None) => Ok(GroupKey { field, bucket: None }),
        (None, Some(field), Some(_)) => Err(Violations::new(
            format!("{} has a period, but the field is not a time", quoted(&text)),
            (*field).to_owned(),
        )),
        (None, None, _) => Err(unknown(&text, name, &def.key_names())),
    }
}

fn measure(def: &SummaryDef, value: Value) -> Result<Measure, Violations> {
    let text = decode::non_empty_string(value)?;
    let (name, statistic) = parts(&text);
    let Some(field) = def.measures.iter().find(|field| **field == name) else {
        return Err(unknown(&text, name, &def.measure_names()));
    };
    let found = Statistic::ALL.into_iter().find(|known| Some(known.name()) == statistic);
    found.map(|statistic| Measure { field, statistic }).ok_or_else(|| {
        let allowed = Statistic::ALL.map(|statistic| format!("{field}:{}", statistic.name())).join(", ");
        Violations::new(format!("{} names no statistic", quoted(&text)), allowed)
    })
}

/// Splits `field:kind`.
fn parts(text: &str) -> (&str, Option<&str>) {
    let text = text.trim();
    text.rsplit_once(':').map_or((text, None), |(name, kind)| (name.trim_end(), Some(kind.trim_start())))
}

fn unknown(text: &str, name: &str, known: &[String]) -> Violations {
    let fields = known.iter().map(|known| known.split(':').next().unwrap_or(known));
    let hint = nearest(name, fields).map_or_else(String::new, |nearest| format!("; did you mean `{nearest}`?"));
    Violations::new(format!("{} is not known here{hint}", quoted(text)), known.join(", "))
}
