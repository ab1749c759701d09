//! Values that a server has seen in replies, and warnings about arguments that none of them equals.
//!
//! Statuses, groups and other names are set up in an account, and no tool lists them. A model that makes one up gets an
//! empty list, or a record with a wrong name. What replies have shown is enough to notice most of these mistakes.

use foldhash::fast::RandomState;
use indexmap::IndexSet;

use crate::results::{Json, Teaches};
use crate::value::Joined;
use crate::violation::quoted;

/// A value that a call gives for an argument whose values are names of the account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NamedValue {
    /// The place in the arguments, such as `filters.status`.
    pub argument: &'static str,
    /// The kind of value, by which arguments and fields of replies belong together.
    pub kind: &'static str,
    /// The value.
    pub value: String,
}

/// The values of a call that are names of the account, in the order of the arguments.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NamedValues(Vec<NamedValue>);

impl NamedValues {
    /// Creates an empty list.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds the values of an argument, if it is given.
    #[must_use]
    pub fn add(mut self, argument: &'static str, kind: &'static str, values: &impl Names) -> Self {
        values.each(&mut |value| self.0.push(NamedValue { argument, kind, value: value.to_owned() }));
        self
    }

    /// Adds the values of an argument except `unset`, the text that means no value.
    #[must_use]
    pub fn add_unless(mut self, unset: &str, argument: &'static str, kind: &'static str, values: &impl Names) -> Self {
        let before = self.0.len();
        self = self.add(argument, kind, values);
        let added = self.0.split_off(before);
        self.0.extend(added.into_iter().filter(|given| given.value != unset));
        self
    }

    /// Adds the values within an object, if it is given.
    #[must_use]
    pub fn within<T>(self, object: Option<&T>, add: impl FnOnce(Self, &T) -> Self) -> Self {
        match object {
            Some(object) => add(self, object),
            None => self,
        }
    }

    /// Returns the values.
    pub fn into_values(self) -> Vec<NamedValue> {
        self.0
    }
}

/// The type of an argument whose values are names.
pub trait Names {
    /// Passes each name on.
    fn each(&self, name: &mut dyn FnMut(&str));
}

impl Names for String {
    fn each(&self, name: &mut dyn FnMut(&str)) {
        name(self);
    }
}

impl<T: Names> Names for Option<T> {
    fn each(&self, name: &mut dyn FnMut(&str)) {
        if let Some(value) = self {
            value.each(name);
        }
    }
}

impl<T: Names> Names for Vec<T> {
    fn each(&self, name: &mut dyn FnMut(&str)) {
        for value in self {
            value.each(name);
        }
    }
}

impl<const SEPARATOR: char> Names for Joined<SEPARATOR> {
    fn each(&self, name: &mut dyn FnMut(&str)) {
        self.0.each(name);
    }
}

/// Values, the oldest first. The hash is a fast one: a value is looked up for each row of a reply.
type Values = IndexSet<String, RandomState>;

/// The values that replies to one server have shown, within fixed limits.
#[derive(Clone, Debug, Default)]
pub struct KnownValues {
    /// The values of each kind. A specification has few kinds.
    kinds: Vec<(&'static str, Values)>,
}

impl KnownValues {
    /// The maximum number of values of one kind. A new one takes the place of the oldest.
    pub(crate) const MAX_VALUES: usize = 200;
    /// The maximum length of a value in bytes. Longer values are no names.
    pub const MAX_LENGTH: usize = 100;
    /// The maximum number of warnings for a call.
    pub(crate) const MAX_WARNINGS: usize = 3;
    /// The maximum number of values of a call that are compared: a list of them can have any length.
    pub(crate) const MAX_GIVEN: usize = 100;

    /// Learns the values in a reply, except those that its call has just written: the API may have accepted a typing
    /// mistake. Returns whether the reply is a list without rows.
    pub fn learn(&mut self, teaches: &Teaches, reply: Json<'_>, written: &[NamedValue]) -> bool {
        teaches.read(reply, self.learner(written))
    }

    /// Returns a function that learns the values that are passed to it with their kind, except those that the call has just
    /// written.
    pub fn learner(&mut self, written: &[NamedValue]) -> impl FnMut(&'static str, &str) {
        |kind, value| {
            if !written.iter().any(|given| given.kind == kind && given.value == value) {
                self.add(kind, value);
            }
        }
    }

    fn add(&mut self, kind: &'static str, value: &str) {
        let known = self.kinds.iter_mut().find(|(known, _)| *known == kind).map(|(_, values)| values);
        let is_known = known.as_ref().is_some_and(|values| values.contains(value));
        if is_known || value.len() > Self::MAX_LENGTH || value.trim().is_empty() {
            return;
        }
        match known {
            Some(values) => {
                if values.len() == Self::MAX_VALUES {
                    values.shift_remove_index(0);
                }
                values.insert(value.to_owned());
            }
            None => self.kinds.push((kind, Values::from_iter([value.to_owned()]))),
        }
    }

    fn of_kind(&self, kind: &str) -> Option<&Values> {
        self.kinds.iter().find(|(known, _)| *known == kind).map(|(_, values)| values)
    }

    /// Returns warnings for values that are not known although others of their kind are. `is_empty` is true if the reply is a
    /// list without rows. Call it after the reply itself was learnt.
    ///
    /// A value that is far from all known ones gets a warning only if the reply is empty: the account may have more values
    /// than were seen.
    pub fn warnings(&self, given: &[NamedValue], is_empty: bool) -> Vec<String> {
        let compared = given.iter().take(Self::MAX_GIVEN);
        compared.filter_map(|given| self.warning(given, is_empty)).take(Self::MAX_WARNINGS).collect()
    }

    fn warning(&self, given: &NamedValue, is_empty: bool) -> Option<String> {
        let NamedValue { argument, kind, value } = given;
        let known = self.of_kind(kind)?;
        // An API that ignores upper and lower case has replied with rows.
        let is_same = |name: &String| !is_empty && name.to_lowercase() == value.to_lowercase();
        if value.len() > Self::MAX_LENGTH || known.contains(value) || known.iter().any(is_same) {
            return None;
        }
        let (distance, closest) = known.iter().map(|name| (distance(name, value), name)).min_by_key(|(d, _)| *d)?;
        if !is_near(distance, value) && !is_empty {
            return None;
        }
        // Beyond a few typing mistakes, the similarity says more than the number of changes.
        let nearest = if is_near(distance, value) { closest } else { most_similar(value, known)? };
        Some(format!(
            "{argument}: {} has not been seen in any reply; the nearest known value is {}",
            quoted(value),
            quoted(nearest)
        ))
    }
}

/// Returns the name that is most similar to a value, whatever the case. Of equally similar ones, the name that was learnt first
/// counts.
fn most_similar<'n>(value: &str, known: &'n Values) -> Option<&'n String> {
    let value = value.to_lowercase();
    let similar = known.iter().map(|name| (strsim::jaro_winkler(&value, &name.to_lowercase()), name));
    similar.reduce(|best, next| if next.0 > best.0 { next } else { best }).map(|(_, name)| name)
}

/// Returns the number of typing mistakes between two names, without those of upper and lower case.
fn distance(one: &str, other: &str) -> usize {
    strsim::osa_distance(&one.to_lowercase(), &other.to_lowercase())
}

/// Returns whether so few typing mistakes lead to another name, instead of a different one of the same length.
fn is_near(distance: usize, value: &str) -> bool {
    const MOST: usize = 2;
    distance <= MOST && distance * 3 <= value.chars().count()
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::*;

    const TEACHES: Teaches = Teaches { rows: Some("books"), fields: &[("state", "condition")] };

    fn knowing(values: &[&str]) -> KnownValues {
        let mut known = KnownValues::default();
        for value in values {
            known.add("condition", value);
        }
        known
    }

    fn given(value: &str) -> [NamedValue; 1] {
        [NamedValue { argument: "filters.state", kind: "condition", value: value.to_owned() }]
    }

    #[test]
    fn a_near_value_is_named_also_beside_rows() {
        let known = knowing(&["Open", "Resolved", "Northwind Traders"]);
        for (value, nearest) in [("Opne", "Open"), ("Resolvd", "Resolved"), ("northwnd traders", "Northwind Traders")] {
            for is_empty in [false, true] {
                let warning = format!(
                    "filters.state: {value:?} has not been seen in any reply; the nearest known value is {nearest:?}"
                );
                assert_eq!(known.warnings(&given(value), is_empty), [warning]);
            }
        }
    }

    #[test]
    fn a_far_value_gets_a_warning_only_for_an_empty_reply() {
        let known = knowing(&["Open", "Resolved"]);
        assert!(known.warnings(&given("Waiting for vendor"), false).is_empty());
        assert_eq!(known.warnings(&given("Waiting for vendor"), true).len(), 1);
        assert!(known.warnings(&given("New"), false).is_empty(), "a short name is another name");
    }

    #[test]
    fn the_most_similar_value_is_named_whatever_its_case() {
        let known = knowing(&["zzzz", "WAITING FOR CUSTOMER", "Resolved"]);
        for value in ["waiting", "Waiting on the customer"] {
            let warnings = known.warnings(&given(value), true);
            assert!(warnings.concat().ends_with("is \"WAITING FOR CUSTOMER\""), "{warnings:?}");
        }
        let known = knowing(&["abcd", "abce"]);
        assert!(known.warnings(&given("qqqqqqqq"), true).concat().ends_with("is \"abcd\""), "the first of equal ones");
    }

    #[test]
    fn a_known_value_gets_no_warning() {
        let known = knowing(&["Open"]);
        assert!(known.warnings(&given("Open"), true).is_empty());
        assert!(known.warnings(&given("open"), false).is_empty(), "the API has replied with rows");
        assert_eq!(known.warnings(&given("open"), true).len(), 1);
        assert!(KnownValues::default().warnings(&given("Opne"), true).is_empty(), "no value is known");
    }

    #[test]
    fn the_reply_of_the_call_is_learnt_before_the_warning() {
        let mut known = knowing(&["Open"]);
        let reply = Json::checked(r#"{"books": [{"state": "Opened"}]}"#).unwrap();
        assert!(!known.learn(&TEACHES, reply, &[]));
        assert!(known.warnings(&given("Opened"), false).is_empty());
    }

    #[test]
    fn a_written_value_is_not_learnt_from_the_reply_that_repeats_it() {
        const RECORD: Teaches = Teaches { rows: None, fields: &[("state", "condition"), ("before", "condition")] };
        let mut known = knowing(&["Open"]);
        let reply = Json::checked(r#"{"state": "Opne", "before": "Resolved"}"#).unwrap();
        known.learn(&RECORD, reply, &given("Opne"));
        assert_eq!(known.warnings(&given("Opne"), false).len(), 1);
        assert!(known.warnings(&given("Resolved"), true).is_empty(), "other values of the reply are learnt");
        known.learn(&RECORD, reply, &[]);
        assert!(known.warnings(&given("Opne"), false).is_empty(), "a read shows that the value exists");
    }

    #[test]
    fn the_names_of_a_call_are_collected_with_their_place() {
        let filters = Some((Some(vec!["Open".to_owned(), "--".to_owned()]), Joined::<','>(vec!["a@x".to_owned()])));
        let values = NamedValues::new()
            .add("owner", "reader", &"b@x".to_owned())
            .add("shelf", "shelf", &None::<String>)
            .within(filters.as_ref(), |values, filters| {
                values.add_unless("--", "filters.state", "condition", &filters.0).add(
                    "filters.to",
                    "reader",
                    &filters.1,
                )
            })
            .within(None::<&()>, |values, ()| values)
            .into_values();
        let places: Vec<_> = values.iter().map(|given| (given.argument, given.value.as_str())).collect();
        assert_eq!(places, [("owner", "b@x"), ("filters.state", "Open"), ("filters.to", "a@x")]);
    }

    #[test]
    fn the_values_are_bounded() {
        let mut known = KnownValues::default();
        for number in 0..10_000 {
            known.add("condition", &format!("state {number}"));
        }
        known.add("condition", &"x".repeat(KnownValues::MAX_LENGTH + 1));
        known.add("condition", " ");
        let values = known.of_kind("condition").unwrap();
        assert_eq!((values.len(), values.last().unwrap().as_str()), (KnownValues::MAX_VALUES, "state 9999"));
        let many = vec![given("sate 9999").into_iter().next().unwrap(); 50];
        assert_eq!(known.warnings(&many, true).len(), KnownValues::MAX_WARNINGS);
    }
}
