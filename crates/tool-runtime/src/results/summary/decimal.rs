//! Decimal numbers as JSON writes them: added and compared exactly, with all their digits.

use std::cmp::Ordering;
use std::fmt;

/// A decimal number of at most [`Decimal::DIGITS`] digits before and after the point.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Decimal {
    /// The number without its point.
    digits: i128,
    /// The number of digits after the point.
    scale: u32,
}

impl Decimal {
    /// The number of digits that a number may have. The sum of a hundred million such numbers fits in an `i128`.
    const DIGITS: u32 = 30;

    /// The digits after the point that a rounded average has beside those of its numbers.
    const AVERAGE_DIGITS: u32 = 2;

    /// Parses a number of JSON (RFC 8259, section 6). Returns `None` for any other text and for numbers with too many digits.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let (number, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
        let exponent: i32 = exponent.strip_prefix('+').unwrap_or(exponent).parse().ok()?;
        let (negative, number) = number.strip_prefix('-').map_or((false, number), |number| (true, number));
        let (whole, fraction) = number.split_once('.').map_or((number, None), |(whole, rest)| (whole, Some(rest)));
        let fraction = fraction.map_or(Some(""), |fraction| (!fraction.is_empty()).then_some(fraction))?;
        if whole.is_empty() || !whole.bytes().chain(fraction.bytes()).all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        let all = || whole.bytes().chain(fraction.bytes());
        let significant = all().skip_while(|digit| *digit == b'0').count();
        if significant > Self::DIGITS as usize {
            return None;
        }
        let digits = all().fold(0, |number, digit| number * 10 + i128::from(digit - b'0'));
        let digits = if negative { -digits } else { digits };
        let scale = i64::try_from(fraction.len()).ok()?.checked_sub(i64::from(exponent))?;
        let number = match u32::try_from(scale) {
            Ok(scale) => Self { digits, scale },
            Err(_) => {
                let zeros = u32::try_from(scale.unsigned_abs()).ok().filter(|zeros| *zeros <= Self::DIGITS)?;
                Self { digits: digits.checked_mul(power_of_ten(zeros)?)?, scale: 0 }
            }
        };
        let fits = number.scale <= Self::DIGITS && number.digits.unsigned_abs() < 10_u128.pow(Self::DIGITS);
        fits.then_some(number)
    }

    /// Returns the number with `scale` digits after the point, or `None` if it has too many digits then.
    fn with_scale(self, scale: u32) -> Option<Self> {
        let digits = self.digits.checked_mul(power_of_ten(scale.checked_sub(self.scale)?)?)?;
        Some(Self { digits, scale })
    }

    /// Returns the exact sum, or `None` if it has too many digits.
    pub(super) fn plus(self, other: Self) -> Option<Self> {
        let scale = self.scale.max(other.scale);
        let digits = self.with_scale(scale)?.digits.checked_add(other.with_scale(scale)?.digits)?;
        Some(Self { digits, scale })
    }

    /// Returns the number divided by a count: exactly if it has few digits, otherwise rounded to two digits more than it has
    /// itself. Returns `None` for no count, and if there are too many digits.
    pub(super) fn divided_by(self, count: u64) -> Option<Self> {
        let count = i128::from(count);
        let wide = self.with_scale(self.scale + Self::AVERAGE_DIGITS)?;
        let (quotient, rest) = (wide.digits.checked_div(count)?, wide.digits.checked_rem(count)?);
        let is_half = rest.checked_mul(2)?.unsigned_abs() >= count.unsigned_abs();
        let digits = if is_half { quotient.checked_add(rest.signum())? } else { quotient };
        Some(Self { digits, ..wide }.without_zeros(self.scale))
    }

    /// Returns the number without zeros at its end, and with at least `scale` digits after the point.
    fn without_zeros(mut self, scale: u32) -> Self {
        while self.scale > scale && self.digits % 10 == 0 {
            self = Self { digits: self.digits / 10, scale: self.scale - 1 };
        }
        self
    }

    /// Returns the part before the point and, at the same scale for all numbers, the part after it.
    fn parts(self) -> (i128, i128) {
        // No number has more digits after the point: a sum has as many as the longest of its numbers.
        let unit = power_of_ten(self.scale).unwrap_or(i128::MAX);
        let rest_unit = power_of_ten(Self::DIGITS.saturating_sub(self.scale)).unwrap_or(1);
        (self.digits / unit, (self.digits % unit) * rest_unit)
    }

    /// Returns the order of the values: `1.0` and `1` are equal here.
    pub(super) fn order(self, other: Self) -> Ordering {
        self.parts().cmp(&other.parts())
    }
}

fn power_of_ten(exponent: u32) -> Option<i128> {
    10_i128.checked_pow(exponent)
}

/// Shows the number as JSON.
impl fmt::Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.digits < 0 { "-" } else { "" };
        let scale = self.scale as usize;
        let digits = format!("{:0>width$}", self.digits.unsigned_abs(), width = scale + 1);
        match digits.split_at_checked(digits.len() - scale) {
            Some((whole, fraction)) if scale > 0 => write!(f, "{sign}{whole}.{fraction}"),
            _ => write!(f, "{sign}{digits}"),
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use super::*;

    fn number(text: &str) -> Decimal {
        Decimal::parse(text).unwrap_or_else(|| unreachable!("{text}"))
    }

    #[test]
    fn numbers_keep_their_digits() {
        for text in
            ["0", "7", "-7", "7.50", "-0.05", "123456789012345678901234567890", "0.000000000000000000000000000001"]
        {
            assert_eq!(number(text).to_string(), text);
        }
        for (text, shown) in
            [("1e3", "1000"), ("1.5E+1", "15"), ("1.50e1", "15.0"), ("25e-3", "0.025"), ("-0.0", "0.0")]
        {
            assert_eq!(number(text).to_string(), shown, "{text}");
        }
    }

    #[test]
    fn other_texts_and_endless_numbers_are_refused() {
        let long = ["1".repeat(31), format!("0.{}1", "0".repeat(30))];
        let others =
            ["", "-", "1.", ".5", "1e", "x", "1e400", "1e-400", "1e99999999999", "0x1", "1 ", "+1", "٣", "--1"];
        for text in others.into_iter().chain(long.iter().map(String::as_str)) {
            assert_eq!(Decimal::parse(text), None, "{text}");
        }
    }

    #[test]
    fn sums_are_exact() {
        let sum = |numbers: &[&str]| {
            let mut all = numbers.iter().map(|text| number(text));
            let first = all.next().unwrap();
            all.try_fold(first, Decimal::plus).map(|sum| sum.to_string())
        };
        assert_eq!(sum(&["0.1", "0.2"]).as_deref(), Some("0.3"));
        assert_eq!(sum(&["7.50", "2.5", "-10"]).as_deref(), Some("0.00"));
        assert_eq!(sum(&["1e29", "0.000000000000000000000000000001"]), None, "an i128 has no room for it");
    }

    #[test]
    fn averages_are_rounded_to_two_further_digits() {
        let average = |sum, count| number(sum).divided_by(count).map(|average| average.to_string());
        assert_eq!(average("10", 4).as_deref(), Some("2.5"));
        assert_eq!(average("10", 3).as_deref(), Some("3.33"));
        assert_eq!(average("20", 3).as_deref(), Some("6.67"));
        assert_eq!(average("-20", 3).as_deref(), Some("-6.67"));
        assert_eq!(average("1", 8).as_deref(), Some("0.13"));
        assert_eq!(average("7.50", 1).as_deref(), Some("7.50"));
        assert_eq!(average("7.50", 0), None);
    }

    #[test]
    fn numbers_are_ordered_by_value() {
        let sorted =
            ["-1e29", "-1.5", "-1.4", "-0.5", "0", "0.000000000000000000000000000001", "0.5", "1", "1.01", "1e29"];
        for pair in sorted.windows(2) {
            let [less, more] = pair else { continue };
            assert_eq!(number(less).order(number(more)), Ordering::Less, "{less} {more}");
        }
        assert_eq!(number("1.0").order(number("1")), Ordering::Equal);
    }
}
