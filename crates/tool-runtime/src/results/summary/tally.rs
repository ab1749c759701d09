//! One statistic over the numbers of a group.

use std::cmp::Ordering;

use super::decimal::Decimal;

/// A statistic that a summary can have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Statistic {
    /// The sum.
    Sum,
    /// The sum divided by the number of values.
    Average,
    /// The value in the middle, or the average of the two values there.
    Median,
    /// The smallest value.
    Min,
    /// The largest value.
    Max,
}

impl Statistic {
    /// All statistics, in the order in which a schema lists them.
    pub const ALL: [Self; 5] = [Self::Sum, Self::Average, Self::Median, Self::Min, Self::Max];

    /// Returns the name in arguments and results.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Sum => "sum",
            Self::Average => "average",
            Self::Median => "median",
            Self::Min => "min",
            Self::Max => "max",
        }
    }
}

/// The numbers of a group, as far as its statistic needs them.
#[derive(Clone, Debug)]
pub(super) enum Tally {
    /// The sum and the number of the values. There is no sum if it has too many digits.
    Sum(Option<Decimal>, u64),
    /// All values.
    Values(Vec<Decimal>),
    /// The value that comes first in an order.
    First(Option<Decimal>, Ordering),
}

impl Tally {
    pub(super) fn new(statistic: Statistic) -> Self {
        match statistic {
            Statistic::Sum | Statistic::Average => Self::Sum(Decimal::parse("0"), 0),
            Statistic::Median => Self::Values(Vec::new()),
            Statistic::Min => Self::First(None, Ordering::Less),
            Statistic::Max => Self::First(None, Ordering::Greater),
        }
    }

    pub(super) fn add(&mut self, value: Decimal) {
        match self {
            Self::Sum(sum, count) => {
                *sum = sum.and_then(|sum| sum.plus(value));
                *count += 1;
            }
            Self::Values(values) => values.push(value),
            Self::First(first, order) => {
                if first.is_none_or(|first| value.order(first) == *order) {
                    *first = Some(value);
                }
            }
        }
    }

    /// Adds the numbers of another group with the same statistic.
    pub(super) fn merge(&mut self, other: &Self) {
        match (self, other) {
            (Self::Sum(sum, count), Self::Sum(more, further)) => {
                *sum = sum.zip(*more).and_then(|(sum, more)| sum.plus(more));
                *count += further;
            }
            (Self::Values(values), Self::Values(more)) => values.extend(more),
            (tally @ Self::First(..), Self::First(Some(value), _)) => tally.add(*value),
            _ => {}
        }
    }

    /// Returns whether the group has numbers whose statistic has too many digits.
    pub(super) fn is_too_long(&self) -> bool {
        matches!(self, Self::Sum(None, _))
    }

    /// Returns the statistic, or `None` if there are no numbers, or if it has too many digits.
    pub(super) fn value(&self, statistic: Statistic) -> Option<Decimal> {
        match self {
            Self::Sum(sum, count) if *count > 0 && statistic == Statistic::Average => (*sum)?.divided_by(*count),
            Self::Sum(sum, count) => sum.filter(|_| *count > 0),
            Self::Values(values) => median(values.clone()),
            Self::First(first, _) => *first,
        }
    }
}

fn median(mut values: Vec<Decimal>) -> Option<Decimal> {
    values.sort_by(|a, b| a.order(*b));
    let upper = *values.get(values.len() / 2)?;
    if values.len() % 2 == 1 {
        return Some(upper);
    }
    let lower = *values.get(values.len() / 2 - 1)?;
    lower.plus(upper)?.divided_by(2)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use super::*;

    fn all(numbers: &[&str]) -> Vec<Option<String>> {
        let value = |statistic| {
            let mut tally = Tally::new(statistic);
            for text in numbers {
                tally.add(Decimal::parse(text).unwrap());
            }
            tally.value(statistic).map(|value| value.to_string())
        };
        Statistic::ALL.map(value).into()
    }

    fn shown(values: [&str; 5]) -> Vec<Option<String>> {
        values.map(|value| Some(value.to_owned())).into()
    }

    #[test]
    fn each_statistic_is_exact() {
        assert_eq!(all(&["3", "1.5", "10"]), shown(["14.5", "4.833", "3", "1.5", "10"]));
        assert_eq!(all(&["2", "1", "-4", "6"]), shown(["5", "1.25", "1.5", "-4", "6"]));
        assert_eq!(all(&["7.50"]), shown(["7.50"; 5]));
    }

    #[test]
    fn a_group_without_numbers_has_no_statistic() {
        assert_eq!(all(&[]), vec![None; 5]);
    }

    #[test]
    fn merged_groups_have_the_statistic_of_all_numbers() {
        let numbers = ["3", "1.5", "10", "-2", "0.25"].map(|text| Decimal::parse(text).unwrap());
        for statistic in Statistic::ALL {
            for cut in 0..=numbers.len() {
                let of = |numbers: &[Decimal]| {
                    let mut tally = Tally::new(statistic);
                    for number in numbers {
                        tally.add(*number);
                    }
                    tally
                };
                let (left, right) = numbers.split_at(cut);
                let (whole, mut left, right) = (of(&numbers), of(left), of(right));
                left.merge(&right);
                assert_eq!(left.value(statistic), whole.value(statistic), "{statistic:?} {cut}");
            }
        }
    }
}
