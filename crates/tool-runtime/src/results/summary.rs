//! Summaries: the pages of a list as groups of rows, with a number of rows and a statistic for each group.
//!
//! A [`SummaryDef`] is data that the generator writes next to a tool. A [`Summary`] takes the pages of one call, one after
//! the other, and keeps the groups only. All of it is limited: the rows, the groups, and the length of every value. The
//! answer says what a limit left out. Numbers are added exactly.
//!
//! ```
//! use tool_runtime::results::{Extent, Form, Json, ListForm, View};
//! use tool_runtime::results::summary::{GroupKey, PageQuery, Summary, SummaryDef, SummaryOptions};
//!
//! static VIEW: View = View {
//!     form: Form::List(ListForm { rows: "books", total: Some("count"), extent: Extent::Page, oldest_first: false }),
//!     fields: &[],
//!     optional: &[],
//!     twins: &[],
//!     codes: &[],
//!     long_texts: &[],
//! };
//!
//! static BOOKS: SummaryDef = SummaryDef {
//!     id: &["isbn"],
//!     unset: &[],
//!     page: PageQuery { offset: "offset", size: None },
//!     by: &["author"],
//!     times: &[],
//!     measures: &[],
//! };
//!
//! let by = vec![GroupKey { field: "author", bucket: None }];
//! let mut summary = Summary::new(&BOOKS, &VIEW, SummaryOptions { by, measure: None, max_calls: 5 });
//! summary.add(Json::checked(r#"{"count": 3, "books": [{"isbn": 1, "author": "Woolf"}, {"isbn": 2, "author": "Austen"}]}"#)?)?;
//! assert_eq!(summary.next_offset(), Some(2));
//! summary.add(Json::checked(r#"{"count": 3, "books": [{"isbn": 3, "author": "Austen"}]}"#)?)?;
//! assert_eq!(summary.next_offset(), None);
//! assert_eq!(
//!     summary.answer(2, None, &[], 25_000)?.text,
//!     r#"{"total":3,"read":3,"calls":2,"complete":true,"columns":["author","count"],"rows":[["Austen",2],["Woolf",1]]}"#
//! );
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod answer;
mod arguments;
mod bucket;
mod decimal;
mod label;
mod tally;

use std::collections::HashSet;
use std::fmt;
use std::hash::{BuildHasher as _, RandomState};

use indexmap::IndexMap;
use indexmap::map::Entry;

pub use self::answer::Stop;
pub use self::arguments::{GroupKey, Measure, SummaryArgument};
pub use self::bucket::Bucket;
use self::decimal::Decimal;
use self::label::{Labels, found};
pub use self::tally::Statistic;
use self::tally::Tally;
use super::json::{Json, Kind, Raw};
use super::object::{Entries, Found, entries};
use super::view::{Form, View};
use crate::request::Request;

/// The declaration of a summary: everything about it that does not depend on arguments.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SummaryDef {
    /// The fields that identify a row. A row that is read twice then counts once.
    pub id: &'static [&'static str],
    /// Texts that mean that a field has no value.
    pub unset: &'static [&'static str],
    /// The parameters that select a page.
    pub page: PageQuery,
    /// The fields by which rows can be grouped.
    pub by: &'static [&'static str],
    /// The times by which rows can be grouped.
    pub times: &'static [&'static str],
    /// The numbers that can be measured.
    pub measures: &'static [&'static str],
}

/// The query parameters that select a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PageQuery {
    /// The parameter with the number of rows before the page.
    pub offset: &'static str,
    /// The parameter with the number of rows of a page, and its largest value.
    pub size: Option<(&'static str, &'static str)>,
}

impl SummaryDef {
    /// Returns the names by which rows can be grouped, for messages.
    fn key_names(&self) -> Vec<String> {
        let periods = Bucket::ALL.map(Bucket::name).join("|");
        let times = self.times.iter().map(|time| format!("{time}:{periods}"));
        self.by.iter().map(|field| (*field).to_owned()).chain(times).collect()
    }

    /// Returns one name by which rows can be grouped.
    fn sample_key(&self) -> String {
        let time = |time: &&str| format!("{time}:{}", Bucket::Week.name());
        self.by.first().map(|field| (*field).to_owned()).or_else(|| self.times.first().map(time)).unwrap_or_default()
    }

    /// Returns the numbers that can be measured, each with a statistic, for messages.
    fn measure_names(&self) -> Vec<String> {
        let statistics = Statistic::ALL.map(Statistic::name).join("|");
        self.measures.iter().map(|field| format!("{field}:{statistics}")).collect()
    }
}

/// The choices of one call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SummaryOptions {
    /// The fields to group by, one or two.
    pub by: Vec<GroupKey>,
    /// The number to measure in each group.
    pub measure: Option<Measure>,
    /// The maximum number of pages to read.
    pub max_calls: u32,
}

/// The maximum number of rows that one summary reads.
const MAX_ROWS: u64 = 50_000;

/// The maximum number of groups that are counted apart.
const MAX_GROUPS: usize = 10_000;

/// The number of fields of a row that are looked at.
const MAX_FIELDS: usize = 10_000;

/// The groups of the rows that were read so far.
pub struct Summary<'d> {
    def: &'d SummaryDef,
    view: &'d View,
    options: SummaryOptions,
    labels: Labels<'d>,
    /// The groups by their values, which are written as the items of a JSON list.
    groups: IndexMap<String, Group>,
    /// The rows of all groups beyond the maximum.
    beyond: Group,
    /// The hashes of the IDs of all rows. The chance that two of 50,000 rows share a hash is one in ten billion.
    seen: HashSet<u64>,
    hasher: RandomState,
    /// The number of all rows, as the last page says it.
    total: Option<u64>,
    /// The number of rows that were read, without repeated ones.
    read: u64,
    /// The place of the next page.
    offset: u64,
    /// True if the API has no more rows.
    at_end: bool,
    losses: RowLosses,
}

/// The rows that the groups lack.
#[derive(Clone, Copy, Debug, Default)]
struct RowLosses {
    /// Rows that were read before.
    repeated: u64,
    /// Rows without a value to measure.
    unmeasured: u64,
    /// Rows whose value is not a number, or has too many digits.
    not_numbers: u64,
    /// True if the total changed from page to page.
    changed: bool,
    /// True if there are more rows than one summary reads.
    has_more_rows: bool,
}

/// The rows of one group.
#[derive(Clone, Debug)]
struct Group {
    count: u64,
    tally: Option<Tally>,
}

impl Group {
    fn new(measure: Option<Measure>) -> Self {
        Self { count: 0, tally: measure.map(|measure| Tally::new(measure.statistic)) }
    }

    fn merge(&mut self, other: &Self) {
        self.count += other.count;
        if let (Some(tally), Some(more)) = (&mut self.tally, &other.tally) {
            tally.merge(more);
        }
    }
}

/// The error that a reply has no list of rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoRows;

impl fmt::Display for NoRows {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the API's reply has no list of rows")
    }
}

impl std::error::Error for NoRows {}

impl<'d> Summary<'d> {
    /// Creates a summary without rows, for a list with this view.
    pub fn new(def: &'d SummaryDef, view: &'d View, options: SummaryOptions) -> Self {
        Self {
            labels: Labels::new(view, def.unset),
            groups: IndexMap::new(),
            beyond: Group::new(options.measure),
            seen: HashSet::new(),
            hasher: RandomState::new(),
            total: None,
            read: 0,
            offset: 0,
            at_end: false,
            losses: RowLosses::default(),
            def,
            view,
            options,
        }
    }

    /// Adds the next page.
    ///
    /// # Errors
    ///
    /// If the reply does not have the rows where the view says. Nothing is added.
    pub fn add(&mut self, page: Json<'_>) -> Result<(), NoRows> {
        let Form::List(form) = self.view.form else { return Err(NoRows) };
        let (mut rows, mut total) = (None, None);
        // The last of repeated keys counts, as for most readers of JSON.
        for (key, value) in page.root().members() {
            if key.is(form.rows) {
                rows = Some(value).filter(|value| value.kind() == Kind::Array);
            } else if form.total.is_some_and(|name| key.is(name)) {
                total = value.count();
            }
        }
        let before = self.offset;
        for row in rows.ok_or(NoRows)?.items() {
            if self.offset == MAX_ROWS {
                self.losses.has_more_rows = true;
                break;
            }
            self.offset += 1;
            self.add_row(row);
        }
        self.losses.changed |= before > 0 && total != self.total;
        self.total = total;
        self.at_end = self.offset == before || total.is_some_and(|total| self.offset >= total);
        Ok(())
    }

    fn add_row(&mut self, row: Raw<'_>) {
        let row = entries(row, MAX_FIELDS);
        if self.is_repeated(&row) {
            self.losses.repeated += 1;
            return;
        }
        self.read += 1;
        let labels: Vec<_> = self.options.by.iter().map(|key| self.labels.of(&row, *key)).collect();
        let number = self.options.measure.and_then(|measure| self.number(&row, measure));
        let is_full = self.groups.len() >= MAX_GROUPS;
        let group = match self.groups.entry(labels.join(",")) {
            Entry::Vacant(_) if is_full => &mut self.beyond,
            entry => entry.or_insert_with(|| Group::new(self.options.measure)),
        };
        group.count += 1;
        if let (Some(tally), Some(number)) = (&mut group.tally, number) {
            tally.add(number);
        }
    }

    /// Returns whether the row was read before. A row that lacks a part of its ID was not.
    fn is_repeated(&mut self, row: &Entries<'_>) -> bool {
        let part = |field: &&str| match found(row, field, &[]) {
            Some(Found::Value(value)) => Some(value.text()),
            Some(Found::Each(..)) | None => None,
        };
        let id: Option<Vec<_>> = self.def.id.iter().map(part).collect();
        id.is_some_and(|id| !id.is_empty() && !self.seen.insert(self.hasher.hash_one(id)))
    }

    /// Returns the value to measure: a number, also one within a string.
    fn number(&mut self, row: &Entries<'_>, measure: Measure) -> Option<Decimal> {
        let number = match found(row, measure.field, self.def.unset) {
            None => {
                self.losses.unmeasured += 1;
                return None;
            }
            Some(Found::Value(value)) => Decimal::parse(value.escaped().unwrap_or(value.text())),
            Some(Found::Each(..)) => None,
        };
        self.losses.not_numbers += u64::from(number.is_none());
        number
    }

    /// Returns the number of rows before the next page, or `None` if there is no more to read.
    pub fn next_offset(&self) -> Option<u64> {
        (!self.at_end && !self.losses.has_more_rows).then_some(self.offset)
    }

    /// Returns the choices of the call.
    pub fn options(&self) -> &SummaryOptions {
        &self.options
    }

    /// Returns the request of the first page, for the request of a list without paging: it asks for the largest page.
    pub(crate) fn first_page(&self, list: Request) -> Request {
        match self.def.page.size {
            Some((name, rows)) => list.query(name, &rows.to_owned()),
            None => list,
        }
    }

    /// Returns the request of the next page, or `None` if there is no more to read. `first` is that of the first page.
    pub fn next_page(&self, first: &Request) -> Option<Request> {
        let offset = i64::try_from(self.next_offset()?).ok()?;
        let request = first.clone();
        Some(if offset == 0 { request } else { request.query(self.def.page.offset, &offset) })
    }

    /// Returns the number of rows that were read.
    pub fn read(&self) -> u64 {
        self.read
    }

    /// Returns the number of all rows, if the API says it.
    pub fn total(&self) -> Option<u64> {
        self.total
    }

    /// Returns whether every row of the list was read, once. A list that changed meanwhile may have rows that were missed.
    fn is_complete(&self) -> bool {
        let all = self.total.is_none_or(|total| self.read >= total);
        self.at_end && all && !self.losses.changed && !self.losses.has_more_rows
    }
}

impl fmt::Debug for Summary<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (groups, read) = (self.groups.len(), self.read);
        f.debug_struct("Summary").field("groups", &groups).field("read", &read).finish_non_exhaustive()
    }
}
