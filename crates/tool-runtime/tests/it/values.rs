//! Every decoder, with tables of accepted and refused values.

use std::fmt::Debug;

use serde_json::{Value, json};
use tool_runtime::decode;
use tool_runtime::prelude::*;
use tool_runtime::violation::Violations;

/// Asserts that `decode` accepts each value on the left, and that it is sent as the JSON on the right.
#[track_caller]
fn accepts<T: Wire + Debug>(decode: impl Fn(Value) -> Result<T, Violations>, table: &[(Value, Value)]) {
    for (given, wire) in table {
        match decode(given.clone()) {
            Ok(value) => {
                let (mut json, mut text) = (String::new(), String::new());
                value.append_json(&mut json);
                assert_eq!(json, wire.to_string(), "from {given}");
                value.append_text(&mut text);
                assert_eq!(text, wire.as_str().map_or(json, str::to_owned), "from {given}");
            }
            Err(violations) => panic!("{given} is refused: {violations:?}"),
        }
    }
}

/// Asserts that `decode` refuses each value, and that each violation describes what is accepted.
#[track_caller]
fn refuses<T: Debug>(decode: impl Fn(Value) -> Result<T, Violations>, given: &[Value]) {
    for given in given {
        let violations = decode(given.clone()).expect_err(&given.to_string());
        assert!(!violations.is_empty(), "{given}");
        for violation in violations {
            let is_explained = violation.allowed.is_some() || violation.problem.contains("did you mean");
            assert!(!violation.problem.is_empty() && is_explained, "{given}: {violation:?}");
            assert!(violation.problem.len() < 300, "{given} comes back whole");
        }
    }
}

#[test]
fn strings() {
    let same = |text: &str| (json!(text), json!(text));
    accepts(decode::string, &[same("a"), same(""), same(" \n"), same("ä😀"), (json!(7), json!("7"))]);
    accepts(decode::string, &[(json!(u64::MAX), json!("18446744073709551615")), (json!(-7), json!("-7"))]);
    let parsed = |text: &str| serde_json::from_str::<Value>(text).unwrap();
    let written = ["2026.10", "-1.25", "8092.0", "-0", "12345678901234567890123", "0.1234567890123456789"];
    accepts(decode::string, &written.map(|number| (parsed(number), json!(number))));
    refuses(decode::string, &[json!(true), json!([]), json!({}), Value::Null]);
    accepts(decode::non_empty_string, &[same("a"), same(" a "), (json!(15), json!("15"))]);
    refuses(decode::non_empty_string, &[json!(""), json!(" \t\n"), json!(["a"])]);
    accepts(decode::path_segment, &[same("a/b"), same("..."), same("%2e%2e"), (json!(7), json!("7"))]);
    refuses(decode::path_segment, &[json!(""), json!("."), json!(".."), json!({})]);
}

#[test]
fn integers() {
    let any = || decode::integer(i64::MIN, i64::MAX);
    let thirty = json!(30);
    let forms = [json!(30), json!("30"), json!(" 30 "), json!(30.0), json!(3e1)];
    accepts(any(), &forms.map(|form| (form, thirty.clone())));
    accepts(any(), &[(json!(-1), json!(-1)), (json!(i64::MAX), json!(i64::MAX)), (json!("-0"), json!(0))]);
    refuses(
        any(),
        &[
            json!(1.5),
            json!("1.5"),
            json!("x"),
            json!(""),
            json!("1e3"),
            json!(true),
            json!([1]),
            json!(u64::MAX),
            json!(1e300),
            json!("9223372036854775808"),
        ],
    );
    accepts(decode::integer(0, 9), &[(json!(0), json!(0)), (json!("9"), json!(9))]);
    refuses(decode::integer(0, 9), &[json!(-1), json!(10), json!("10"), json!("-0.5")]);
}

#[test]
fn a_range_names_only_its_finite_bounds() {
    let allowed = |min, max| {
        let violations = decode::integer(min, max)(json!("x")).unwrap_err();
        violations[0].allowed.clone().unwrap()
    };
    assert_eq!(allowed(0, i64::MAX), "a whole number, 0 or more");
    assert_eq!(allowed(i64::MIN, 9), "a whole number, 9 or less");
    assert_eq!(allowed(1, 9), "a whole number from 1 to 9");
    assert_eq!(allowed(i64::MIN, i64::MAX), "a whole number");
}

#[test]
fn numbers() {
    let table =
        [(json!(1.5), json!(1.5)), (json!("1.5"), json!(1.5)), (json!(7), json!(7)), (json!(" -7 "), json!(-7))];
    accepts(decode::number, &table);
    refuses(
        decode::number,
        &[json!("x"), json!("NaN"), json!("inf"), json!(""), json!("1,5"), json!(false), json!([])],
    );
}

#[test]
fn booleans() {
    for yes in [json!(true), json!(1), json!("1"), json!("true"), json!("TRUE"), json!(" True ")] {
        accepts(decode::boolean, &[(yes.clone(), json!(true))]);
        accepts(decode::flag, &[(yes, json!(1))]);
    }
    for no in [json!(false), json!(0), json!("0"), json!("false")] {
        accepts(decode::boolean, &[(no.clone(), json!(false))]);
        accepts(decode::flag, &[(no, json!(0))]);
    }
    refuses(decode::flag, &[json!(2), json!(-1), json!("yes"), json!(""), json!(0.5), json!([]), Value::Null]);
}

#[test]
fn timestamps() {
    for (given, wire) in [
        ("2026-11-22 09:08:07", "2026-11-22 09:08:07"),
        ("2026-11-22T09:08:07", "2026-11-22 09:08:07"),
        ("2026-11-22t09:08:07", "2026-11-22 09:08:07"),
        ("2026-11-22", "2026-11-22 00:00:00"),
        ("2026-11-22 09:08", "2026-11-22 09:08:00"),
        (" 2026-11-22 09:08:07 ", "2026-11-22 09:08:07"),
        ("2028-02-29 23:59:59", "2028-02-29 23:59:59"),
        ("2026-01-31T10:00:00.000", "2026-01-31 10:00:00"),
    ] {
        accepts(decode::timestamp, &[(json!(given), json!(wire))]);
    }
    let wrong = [
        "2026-11-22T09:08:07Z",
        "2026-11-22 09:08:07+01:00",
        "2026-11-22 09:08:07.5",
        "2026-11-22 25:00:00",
        "2026-11-22 23:59:60",
        "2026-11-22 09:08:07 UTC",
        "2027-02-29",
        "22.11.2026",
        "11/22/2026",
        "26-11-22",
        "yesterday",
        "",
        "T",
        "1795392487",
    ];
    refuses(decode::timestamp, &wrong.map(Value::from));
    refuses(decode::timestamp, &[json!(1_795_392_487), json!(true), json!([])]);
}

#[test]
fn dates() {
    accepts(decode::date, &[(json!("2026-11-22"), json!("2026-11-22")), (json!(" 2026-01-01 "), json!("2026-01-01"))]);
    let wrong = ["2026-11-22 00:00:00", "2026-11-22T", "2026-13-01", "2026-02-30", "22-11-2026", "", "today"];
    refuses(decode::date, &wrong.map(Value::from));
}

#[test]
fn days_and_times_that_do_not_exist_are_named() {
    let problem = |violations: Violations| violations[0].problem.clone();
    for day in ["2025-02-30", "2025-13-01", "2025-02-30 10:00:00"] {
        assert!(problem(decode::timestamp(json!(day)).unwrap_err()).ends_with("there is no such day"), "{day}");
    }
    assert!(problem(decode::date(json!("2025-02-30")).unwrap_err()).ends_with("there is no such day"));
    for time in ["2025-02-03 24:00:00", "2025-02-03 10:60", "2025-02-03T23:59:60"] {
        let problem = problem(decode::timestamp(json!(time)).unwrap_err());
        assert!(problem.ends_with("there is no such time of day"), "{time}");
    }
    for other in ["2025-02-03 10:00:00Z", "2025-2-30", "tomorrow"] {
        assert!(
            problem(decode::timestamp(json!(other)).unwrap_err()).ends_with("a time without a time zone"),
            "{other}"
        );
    }
    assert!(problem(decode::date(json!("tomorrow")).unwrap_err()).ends_with("is not a date"));
}

#[test]
fn email_addresses() {
    let taken = ["ann@example.com", "a.b+c@x", "ö@exämple.com", "o'neil@example.com"];
    accepts(decode::email, &taken.map(|address| (json!(address), json!(address))));
    accepts(decode::email, &[(json!(" ann@example.com\n"), json!("ann@example.com"))]);
    let wrong = [
        "ann",
        "@x",
        "a@",
        "a@b@c",
        "a@x, b@x",
        "a@x;b@x",
        "Ann <a@x>",
        "\"a b\"@x",
        "a b@x",
        "a@x\r\nBcc: b@x",
        "",
        "--",
        "mailto:a@x.co",
        "a@x.co?subject=x",
        "a@x.co.",
        "a@.co",
        "a@x..co",
        "a@-x.co",
        "a@x_y.co",
        "a@[127.0.0.1]",
        ".a@x.co",
        "a..b@x.co",
        "a\u{a0}b@x.co",
    ];
    refuses(decode::email, &wrong.map(Value::from));
    let long = format!("{}@x.co", "a".repeat(65));
    refuses(decode::email, &[json!(long), json!(format!("a@{}.co", "x".repeat(64))), json!(7)]);
}

#[test]
fn an_invisible_character_in_an_address_is_named() {
    for (address, name) in [
        ("ann\u{200b}@x.co", "U+200B (zero width space)"),
        ("ann@x\u{200d}.co", "U+200D (zero width joiner)"),
        ("a\u{200c}b@x.co", "U+200C (zero width non-joiner)"),
        ("\u{feff}ann@x.co", "U+FEFF (byte order mark)"),
        ("a\0b@x.co", "U+0000 (control character)"),
    ] {
        let violations = decode::email(json!(address)).unwrap_err();
        assert!(violations[0].problem.contains(name), "{}", violations[0]);
    }
}

#[test]
fn names_are_visible() {
    let same = |text: &str| (json!(text), json!(text));
    let taken = ["Acme", " Acme ", "می\u{200c}خواهم", "👩\u{200d}💻 team", "Ünïcode 日本"];
    accepts(decode::name, &taken.map(same));
    accepts(decode::known_name, &taken.map(same));
    let refused = ["", " ", "Ac\u{200b}me", "a\nb", "a\tb", "\u{202e}emcA", "Acme\u{feff}", "soft\u{ad}hyphen"];
    refuses(decode::name, &refused.map(Value::from));
    refuses(decode::known_name, &refused.map(Value::from));
    let odd = ["Acme\u{200d}", "\u{200c}Acme", "1\u{200d}2"];
    refuses(decode::name, &odd.map(Value::from));
    accepts(decode::known_name, &odd.map(same));
    let violations = decode::name(json!("Ac\u{200b}me")).unwrap_err();
    assert_eq!(violations[0].problem, "contains a character that cannot be seen, U+200B (zero width space)");
}

#[test]
fn the_clearing_sign_is_accepted() {
    let decode = || decode::or_cleared("--", decode::email);
    accepts(decode(), &[(json!("--"), json!("--")), (json!("a@x"), json!("a@x"))]);
    refuses(decode(), &[json!("-"), json!("---"), json!("")]);
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Level {
    Low,
    High,
    OneAndAHalf,
}

impl Choice for Level {
    const ALL: &'static [Self] = &[Self::Low, Self::High, Self::OneAndAHalf];

    fn label(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::High => "high",
            Self::OneAndAHalf => "1.5",
        }
    }

    fn code(self) -> Code {
        match self {
            Self::Low => Code::Number(1),
            Self::High => Code::Text("10"),
            Self::OneAndAHalf => Code::Text("11"),
        }
    }
}

#[test]
fn choices_are_accepted_by_label_or_code() {
    for low in [json!("low"), json!("LOW"), json!(" low "), json!(1), json!("1"), json!(1.0)] {
        accepts(decode::choice::<Level>, &[(low, json!(1))]);
    }
    for high in [json!("high"), json!(10), json!("10")] {
        accepts(decode::choice::<Level>, &[(high, json!("10"))]);
    }
    accepts(decode::choice::<Level>, &[(json!("1.5"), json!("11"))]);
    accepts(decode::choice::<Level>, &[(json!(1.5), json!("11"))]);
    let rounded = serde_json::from_str::<Value>("1.50").unwrap();
    refuses(decode::choice::<Level>, &[rounded]);
    refuses(decode::choice::<Level>, &[json!("hi"), json!(2), json!(""), json!("01"), json!(true), json!(["low"])]);
    let violations = decode::choice::<Level>(json!("lwo")).unwrap_err();
    assert_eq!(violations[0].problem, "the string \"lwo\" is not accepted");
    assert_eq!(violations[0].allowed.as_deref(), Some("one of: low, high, 1.5"));
}

#[test]
fn lists() {
    let decode = || decode::list(decode::integer(0, 9));
    accepts(decode(), &[(json!([1, "2"]), json!([1, 2])), (json!([]), json!([])), (json!(" [3]"), json!([3]))]);
    accepts(decode(), &[(json!(1), json!([1])), (json!("1"), json!([1]))]);
    refuses(decode(), &[json!("1,2"), json!("[1"), json!({}), Value::Null]);
    let violations = decode()(json!([1, "x", 2, 10])).unwrap_err();
    assert_eq!(violations.iter().map(|violation| violation.argument.as_str()).collect::<Vec<_>>(), ["[1]", "[3]"]);
}

#[test]
fn joined_lists() {
    let decode = || decode::joined::<','>(decode::email);
    accepts(
        decode(),
        &[(json!(["a@x", " b@x"]), json!("a@x,b@x")), (json!([]), json!("")), (json!("[\"a@x\"]"), json!("a@x"))],
    );
    accepts(decode(), &[(json!("a@x"), json!("a@x")), (json!("a@x, b@x"), json!("a@x,b@x"))]);
    refuses(decode(), &[json!("a@x,b"), json!(["a@x,b@x"]), json!(","), json!(" , ,")]);
    refuses(decode::joined::<';'>(decode::string), &[json!(["a;b"])]);
}

#[test]
fn open_objects_keep_their_order() {
    let open = json!({"cf_B 😀": 1.5, "cf_a": null, "x": "y"});
    accepts(decode::object, &[(open.clone(), open.clone()), (json!(open.to_string()), open), (json!({}), json!({}))]);
    accepts(decode::object, &[(json!([]), json!({})), (json!("[]"), json!({}))]);
    refuses(decode::object, &[json!("x"), json!("{x}"), json!([1]), json!(1)]);
}

#[test]
fn numbers_keep_their_digits() {
    let written = ["1234567890123.123456", "12345678901234567890123", "-9223372036854775809", "0.10", "1.0"];
    for number in written {
        let text = format!(r#"{{"a":[1,{{"b":{number}}}]}}"#);
        let object = decode::object(serde_json::from_str(&text).unwrap()).unwrap();
        assert_eq!(JsonObject::new().field("x", &object).into_text(), format!(r#"{{"x":{text}}}"#));
        let decoded = decode::number(serde_json::from_str(number).unwrap()).unwrap();
        assert_eq!(JsonObject::new().field("x", &decoded).into_text(), format!(r#"{{"x":{number}}}"#));
    }
}

#[test]
fn json_in_a_string_is_parsed_strictly() {
    let problem = |violations: Violations| violations[0].problem.clone();
    let twice = problem(decode::object(json!(r#"{"a": 1, "a": 2}"#)).unwrap_err());
    assert!(twice.contains("the key \"a\" is given twice"), "{twice}");
    let twice = problem(decode::list(decode::object)(json!(r#"[{"a": 1, "a": 2}]"#)).unwrap_err());
    assert!(twice.contains("the key \"a\" is given twice"), "{twice}");
    let deep = "[".repeat(100_000);
    assert!(problem(decode::list(decode::object)(json!(deep)).unwrap_err()).contains("recursion limit"));
}

#[derive(Debug)]
struct Pair {
    add: Option<Vec<String>>,
    remove: Option<Vec<String>>,
}

impl Fields for Pair {
    const NAMES: &'static [&'static str] = &["add", "remove"];

    fn decode(fields: &mut Arguments) -> Option<Self> {
        let add = fields.optional("add", decode::list(decode::email));
        let remove = fields.optional("remove", decode::list(decode::email));
        Some(Self { add, remove })
    }
}

impl Wire for Pair {
    fn append_json(&self, to: &mut String) {
        let object = JsonObject::new().field_opt("add", self.add.as_ref()).field_opt("remove", self.remove.as_ref());
        to.push_str(&object.into_text());
    }
}

#[test]
fn records_know_their_fields() {
    let pair = json!({"add": ["a@x"]});
    accepts(
        decode::record::<Pair>,
        &[(pair.clone(), pair.clone()), (json!(pair.to_string()), pair), (json!({}), json!({}))],
    );
    refuses(decode::record::<Pair>, &[json!("x"), json!(["a@x"]), json!({"ad": []})]);
    let violations = decode::record::<Pair>(json!({"add": ["a@x", "b"], "ad": [], "remove": 1})).unwrap_err();
    let violations = violations.under_key("watchers");
    let places: Vec<_> = violations.iter().map(|violation| violation.argument.as_str()).collect();
    assert_eq!(places, ["watchers.add[1]", "watchers.remove", "watchers.ad"]);
    assert_eq!(violations[2].problem, "is not a field of this object");
}
