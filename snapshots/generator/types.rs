//! Types that arguments share.

use tool_runtime::prelude::*;

/// A name that the runtime uses.
///
/// Declared in `tests/shelves.yaml` as `types.file`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileType {
    /// `paper`.
    Paper,
    /// `film`.
    Film,
}

impl Choice for FileType {
    const ALL: &'static [Self] = &[Self::Paper, Self::Film];
    fn label(self) -> &'static str {
        match self {
            Self::Paper => "paper",
            Self::Film => "film",
        }
    }
    fn code(self) -> Code {
        match self {
            Self::Paper => Code::Text("paper"),
            Self::Film => Code::Text("film"),
        }
    }
}

/// date, time.
///
/// Declared in `tests/shelves.yaml` as `types.date_time`.
#[derive(Clone, Debug)]
pub struct DateTime {
    /// Object field `date`. Optional: `yyyy-mm-dd`.
    pub date: Option<Date>,
    /// Object field `timeOfDay`. Optional: not empty.
    pub time: Option<String>,
}

impl Fields for DateTime {
    const NAMES: &'static [&'static str] = &["date", "time"];
    const EXAMPLES: &'static [&'static str] = &[r#""2026-12-31""#, r#""text""#];
    fn decode(fields: &mut Arguments) -> Option<Self> {
        fields.drop_if(empty::text, &["date"]);
        let date = fields.optional("date", decode::date);
        let time = fields.optional("time", decode::non_empty_string);
        Some(Self { date, time })
    }
}

impl Wire for DateTime {
    fn append_json(&self, to: &mut String) {
        to.push_str(
            &JsonObject::new()
                .field_opt("date", self.date.as_ref())
                .field_opt("timeOfDay", self.time.as_ref())
                .into_text(),
        );
    }
}

/// Rows.
///
/// Declared in `tests/shelves.yaml` as `types.rows`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rows {
    /// `30`.
    N30,
    /// `50`.
    N50,
    /// `a-b`.
    AB,
    /// `a_b`.
    AB2,
    /// `+1`.
    N1,
    /// `-1`.
    N1_2,
    /// `self`.
    SelfValue,
    /// `größe`.
    Größe,
    /// `*`.
    Sign,
}

impl Choice for Rows {
    const ALL: &'static [Self] = &[
        Self::N30,
        Self::N50,
        Self::AB,
        Self::AB2,
        Self::N1,
        Self::N1_2,
        Self::SelfValue,
        Self::Größe,
        Self::Sign,
    ];
    fn label(self) -> &'static str {
        match self {
            Self::N30 => "30",
            Self::N50 => "50",
            Self::AB => "a-b",
            Self::AB2 => "a_b",
            Self::N1 => "+1",
            Self::N1_2 => "-1",
            Self::SelfValue => "self",
            Self::Größe => "größe",
            Self::Sign => "*",
        }
    }
    fn code(self) -> Code {
        match self {
            Self::N30 => Code::Text("30"),
            Self::N50 => Code::Text("50"),
            Self::AB => Code::Text("a-b"),
            Self::AB2 => Code::Text("a_b"),
            Self::N1 => Code::Text("+1"),
            Self::N1_2 => Code::Text("-1"),
            Self::SelfValue => Code::Text("self"),
            Self::Größe => Code::Text("größe"),
            Self::Sign => Code::Text("*"),
        }
    }
}

/// Rank.
///
/// Declared in `tests/shelves.yaml` as `types.rank`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rank {
    /// `low`, sent as 1.
    Low,
    /// `high`, sent as 10.
    High,
}

impl Choice for Rank {
    const ALL: &'static [Self] = &[Self::Low, Self::High];
    fn label(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::High => "high",
        }
    }
    fn code(self) -> Code {
        match self {
            Self::Low => Code::Number(1),
            Self::High => Code::Number(10),
        }
    }
}

/// Rank, as text.
///
/// Declared in `tests/shelves.yaml` as `types.rank_text`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RankText {
    /// `low`, sent as the text 1.
    Low,
    /// `high`, sent as the text 10.
    High,
}

impl Choice for RankText {
    const ALL: &'static [Self] = &[Self::Low, Self::High];
    fn label(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::High => "high",
        }
    }
    fn code(self) -> Code {
        match self {
            Self::Low => Code::Text("1"),
            Self::High => Code::Text("10"),
        }
    }
}

/// Which of the two.
///
/// Declared in `tests/shelves.yaml` as `types.kind`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// `type`.
    Type,
    /// `self`.
    SelfValue,
}

impl Choice for Kind {
    const ALL: &'static [Self] = &[Self::Type, Self::SelfValue];
    fn label(self) -> &'static str {
        match self {
            Self::Type => "type",
            Self::SelfValue => "self",
        }
    }
    fn code(self) -> Code {
        match self {
            Self::Type => Code::Text("type"),
            Self::SelfValue => Code::Text("self"),
        }
    }
}

/// Nested.
///
/// Declared in `tests/shelves.yaml` as `types.nested`.
#[derive(Clone, Debug)]
pub struct Nested {
    /// Object field `fields`. Optional: each item not empty.
    pub fields_: Option<Vec<String>>,
    /// Object field `arguments`. Optional: each item 1 to 9.
    pub arguments_: Option<Vec<i64>>,
    /// Object field `owners`. Optional: each item `"--"` or an e-mail address.
    pub owners: Option<Vec<String>>,
    /// More.
    ///
    /// Object field `in`. Required.
    pub r#in: NestedMore,
}

impl Fields for Nested {
    const NAMES: &'static [&'static str] = &["fields", "arguments", "owners", "in"];
    const SYNONYMS: &'static [(&'static str, &'static str)] = &[("owner", "owners")];
    const EXAMPLES: &'static [&'static str] = &[
        r#"["text"]"#,
        "[1]",
        r#"["ann@example.com"]"#,
        r#"{"crate":true}"#,
    ];
    fn decode(fields: &mut Arguments) -> Option<Self> {
        fields.drop_if(empty::list, &["fields", "arguments", "owners"]);
        let fields_ = fields.optional("fields", decode::list(decode::non_empty_string));
        let arguments_ = fields
            .optional(
                "arguments",
                decode::list(decode::or_prefixed("#", decode::integer(1, 9))),
            );
        let owners = fields
            .optional("owners", decode::list(decode::or_cleared("--", decode::email)));
        let r#in = fields.required("in", decode::record::<NestedMore>);
        Some(Self {
            fields_,
            arguments_,
            owners,
            r#in: r#in?,
        })
    }
}

impl Wire for Nested {
    fn append_json(&self, to: &mut String) {
        to.push_str(
            &JsonObject::new()
                .field_opt("fields", self.fields_.as_ref())
                .field_opt("arguments", self.arguments_.as_ref())
                .field_opt("owners", self.owners.as_ref())
                .field("in", &self.r#in)
                .into_text(),
        );
    }
}

/// An object with known fields.
///
/// Declared in `tests/shelves.yaml` as `types.nested_more`.
#[derive(Clone, Debug)]
pub struct NestedMore {
    /// Object field `crate`. Optional.
    pub crate_: Option<bool>,
    /// Rank, as text.
    ///
    /// Object field `rank`. Optional: one of `low` (1), `high` (10). The API assumes `"low"` if it is
    /// omitted.
    pub rank: Option<RankText>,
    /// Object field `list`. Optional: each item one of `low` (1), `high` (10).
    pub list: Option<Vec<Rank>>,
    /// How far.
    ///
    /// Object field `far`. Optional: one of `near` (-100000), `far` (1234567).
    pub far: Option<Far>,
    /// Object field `wide`. Optional: -1000 to 1000000.
    pub wide: Option<i64>,
    /// Object field `marks`. Optional.
    pub marks: Option<Marks>,
    /// Object field `columns`. Optional.
    pub columns: Option<Columns>,
    /// Object field `label`. Optional: not empty.
    pub label: Option<String>,
}

impl Fields for NestedMore {
    const NAMES: &'static [&'static str] = &[
        "crate",
        "rank",
        "list",
        "far",
        "wide",
        "marks",
        "columns",
        "label",
    ];
    const EXAMPLES: &'static [&'static str] = &[
        "true",
        r#""low""#,
        r#"["low"]"#,
        r#""near""#,
        "1",
        r#"{"created_on":true,"created_in":true,"foo":true,"bar":true}"#,
        r#"{"a":true}"#,
        r#""text""#,
    ];
    const TEXT: Option<&'static str> = Some("label");
    fn decode(fields: &mut Arguments) -> Option<Self> {
        fields.drop_if(empty::text, &["crate", "rank", "far", "wide"]);
        fields.drop_if(empty::list, &["list"]);
        fields.drop_if(empty::record, &["marks", "columns"]);
        fields.at_least_one(&["crate", "rank"]);
        let crate_ = fields.optional("crate", decode::boolean);
        let rank = fields.optional("rank", decode::choice::<RankText>);
        let list = fields.optional("list", decode::list(decode::choice::<Rank>));
        let far = fields.optional("far", decode::choice::<Far>);
        let wide = fields.optional("wide", decode::integer(-1_000, 1_000_000));
        let marks = fields.optional("marks", decode::record::<Marks>);
        let columns = fields.optional("columns", decode::record::<Columns>);
        let label = fields.optional("label", decode::non_empty_string);
        Some(Self {
            crate_,
            rank,
            list,
            far,
            wide,
            marks,
            columns,
            label,
        })
    }
}

impl Wire for NestedMore {
    fn append_json(&self, to: &mut String) {
        to.push_str(
            &JsonObject::new()
                .field_opt("crate", self.crate_.as_ref())
                .field_opt("rank", self.rank.as_ref())
                .field_opt("list", self.list.as_ref())
                .field_opt("far", self.far.as_ref())
                .field_opt("wide", self.wide.as_ref())
                .field_opt("marks", self.marks.as_ref())
                .field_opt("columns", self.columns.as_ref())
                .field_opt("label", self.label.as_ref())
                .into_text(),
        );
    }
}

/// How far.
///
/// Declared in `tests/shelves.yaml` as `types.far`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Far {
    /// `near`, sent as -100000.
    Near,
    /// `far`, sent as 1234567.
    Far,
}

impl Choice for Far {
    const ALL: &'static [Self] = &[Self::Near, Self::Far];
    fn label(self) -> &'static str {
        match self {
            Self::Near => "near",
            Self::Far => "far",
        }
    }
    fn code(self) -> Code {
        match self {
            Self::Near => Code::Number(-100_000),
            Self::Far => Code::Number(1_234_567),
        }
    }
}

/// An object with known fields.
///
/// Declared in `tests/shelves.yaml` as `types.marks`.
#[derive(Clone, Debug)]
pub struct Marks {
    /// As in ServiceNow's form, or \[elsewhere\] behind a single \`.
    ///
    /// Object field `created_on`. Required.
    pub created_on: bool,
    /// - `a [b]` and `_c`, in a text that begins as a list would, and is so long that it goes on in a
    /// second line.
    ///
    /// Object field `created_in`. Required.
    pub created_in: bool,
    /// Decomposed: é.
    ///
    /// Object field `foo`. Required.
    pub foo: bool,
    /// Object field `bar`. Required.
    pub bar: bool,
}

impl Fields for Marks {
    const NAMES: &'static [&'static str] = &["created_on", "created_in", "foo", "bar"];
    const EXAMPLES: &'static [&'static str] = &["true", "true", "true", "true"];
    fn decode(fields: &mut Arguments) -> Option<Self> {
        let created_on = fields.required("created_on", decode::boolean);
        let created_in = fields.required("created_in", decode::boolean);
        let foo = fields.required("foo", decode::boolean);
        let bar = fields.required("bar", decode::boolean);
        Some(Self {
            created_on: created_on?,
            created_in: created_in?,
            foo: foo?,
            bar: bar?,
        })
    }
}

impl Wire for Marks {
    fn append_json(&self, to: &mut String) {
        to.push_str(
            &JsonObject::new()
                .field("created_on", &self.created_on)
                .field("created_in", &self.created_in)
                .field("foo", &self.foo)
                .field("bar", &self.bar)
                .into_text(),
        );
    }
}

/// An object with known fields.
///
/// Declared in `tests/shelves.yaml` as `types.columns`.
#[derive(Clone, Debug)]
pub struct Columns {
    /// Object field `a`. Optional: sent as 1 or 0.
    pub a: Option<Flag>,
    /// Object field `b`. Optional: sent as 1 or 0.
    pub b: Option<Flag>,
    /// Object field `c`. Optional: sent as 1 or 0.
    pub c: Option<Flag>,
    /// Object field `d`. Optional: sent as 1 or 0.
    pub d: Option<Flag>,
    /// Object field `e`. Optional: sent as 1 or 0.
    pub e: Option<Flag>,
    /// Object field `f`. Optional: sent as 1 or 0.
    pub f: Option<Flag>,
    /// Object field `g`. Optional: sent as 1 or 0.
    pub g: Option<Flag>,
    /// Object field `h`. Optional: sent as 1 or 0.
    pub h: Option<Flag>,
    /// Object field `i`. Optional: sent as 1 or 0.
    pub i: Option<Flag>,
    /// Object field `j`. Optional: sent as 1 or 0.
    pub j: Option<Flag>,
    /// Object field `k`. Optional: sent as 1 or 0.
    pub k: Option<Flag>,
    /// Object field `l`. Optional: sent as 1 or 0.
    pub l: Option<Flag>,
    /// Object field `m`. Optional: sent as 1 or 0.
    pub m: Option<Flag>,
    /// Object field `n`. Optional: sent as 1 or 0.
    pub n: Option<Flag>,
    /// Object field `o`. Optional: sent as 1 or 0.
    pub o: Option<Flag>,
    /// Object field `p`. Optional: sent as 1 or 0.
    pub p: Option<Flag>,
    /// Object field `q`. Optional: sent as 1 or 0.
    pub q: Option<Flag>,
    /// Object field `r`. Optional: sent as 1 or 0.
    pub r: Option<Flag>,
    /// Object field `s`. Optional: sent as 1 or 0.
    pub s: Option<Flag>,
    /// Object field `t`. Optional: sent as 1 or 0.
    pub t: Option<Flag>,
    /// Object field `u`. Optional: sent as 1 or 0.
    pub u: Option<Flag>,
    /// Object field `v`. Optional: sent as 1 or 0.
    pub v: Option<Flag>,
    /// Object field `w`. Optional: sent as 1 or 0.
    pub w: Option<Flag>,
    /// Object field `x`. Optional: sent as 1 or 0.
    pub x: Option<Flag>,
    /// Object field `y`. Optional: sent as 1 or 0.
    pub y: Option<Flag>,
    /// Object field `z`. Optional: sent as 1 or 0.
    pub z: Option<Flag>,
    /// Object field `aa`. Optional: sent as 1 or 0.
    pub aa: Option<Flag>,
    /// Object field `ab`. Optional: sent as 1 or 0.
    pub ab: Option<Flag>,
    /// Object field `ac`. Optional: sent as 1 or 0.
    pub ac: Option<Flag>,
    /// Object field `ad`. Optional: sent as 1 or 0.
    pub ad: Option<Flag>,
    /// Object field `ae`. Optional: sent as 1 or 0.
    pub ae: Option<Flag>,
    /// Object field `af`. Optional: sent as 1 or 0.
    pub af: Option<Flag>,
    /// Object field `ag`. Optional: sent as 1 or 0.
    pub ag: Option<Flag>,
    /// Object field `ah`. Optional: sent as 1 or 0.
    pub ah: Option<Flag>,
    /// Object field `ai`. Optional: sent as 1 or 0.
    pub ai: Option<Flag>,
    /// Object field `aj`. Optional: sent as 1 or 0.
    pub aj: Option<Flag>,
    /// Object field `ak`. Optional: sent as 1 or 0.
    pub ak: Option<Flag>,
    /// Object field `al`. Optional: sent as 1 or 0.
    pub al: Option<Flag>,
    /// Object field `am`. Optional: sent as 1 or 0.
    pub am: Option<Flag>,
    /// Object field `an`. Optional: sent as 1 or 0.
    pub an: Option<Flag>,
    /// Object field `ao`. Optional: sent as 1 or 0.
    pub ao: Option<Flag>,
    /// Object field `ap`. Optional: sent as 1 or 0.
    pub ap: Option<Flag>,
    /// Object field `aq`. Optional: sent as 1 or 0.
    pub aq: Option<Flag>,
    /// Object field `ar`. Optional: sent as 1 or 0.
    pub ar: Option<Flag>,
    /// Object field `as`. Optional: sent as 1 or 0.
    pub r#as: Option<Flag>,
    /// Object field `at`. Optional: sent as 1 or 0.
    pub at: Option<Flag>,
    /// Object field `au`. Optional: sent as 1 or 0.
    pub au: Option<Flag>,
    /// Object field `av`. Optional: sent as 1 or 0.
    pub av: Option<Flag>,
    /// Object field `aw`. Optional: sent as 1 or 0.
    pub aw: Option<Flag>,
    /// Object field `ax`. Optional: sent as 1 or 0.
    pub ax: Option<Flag>,
    /// Object field `ay`. Optional: sent as 1 or 0.
    pub ay: Option<Flag>,
    /// Object field `az`. Optional: sent as 1 or 0.
    pub az: Option<Flag>,
}

impl Fields for Columns {
    const NAMES: &'static [&'static str] = &[
        "a",
        "b",
        "c",
        "d",
        "e",
        "f",
        "g",
        "h",
        "i",
        "j",
        "k",
        "l",
        "m",
        "n",
        "o",
        "p",
        "q",
        "r",
        "s",
        "t",
        "u",
        "v",
        "w",
        "x",
        "y",
        "z",
        "aa",
        "ab",
        "ac",
        "ad",
        "ae",
        "af",
        "ag",
        "ah",
        "ai",
        "aj",
        "ak",
        "al",
        "am",
        "an",
        "ao",
        "ap",
        "aq",
        "ar",
        "as",
        "at",
        "au",
        "av",
        "aw",
        "ax",
        "ay",
        "az",
    ];
    const EXAMPLES: &'static [&'static str] = &[
        "true",
        "true",
        "true",
        "true",
        "true",
        "true",
        "true",
        "true",
        "true",
        "true",
        "true",
        "true",
        "true",
        "true",
        "true",
        "true",
        "true",
        "true",
        "true",
        "true",
        "true",
        "true",
        "true",
        "true",
        "true",
        "true",
        "true",
        "true",
        "true",
        "true",
        "true",
        "true",
        "true",
        "true",
        "true",
        "true",
        "true",
        "true",
        "true",
        "true",
        "true",
        "true",
        "true",
        "true",
        "true",
        "true",
        "true",
        "true",
        "true",
        "true",
        "true",
        "true",
    ];
    fn decode(fields: &mut Arguments) -> Option<Self> {
        fields
            .drop_if(
                empty::text,
                &[
                    "a",
                    "b",
                    "c",
                    "d",
                    "e",
                    "f",
                    "g",
                    "h",
                    "i",
                    "j",
                    "k",
                    "l",
                    "m",
                    "n",
                    "o",
                    "p",
                    "q",
                    "r",
                    "s",
                    "t",
                    "u",
                    "v",
                    "w",
                    "x",
                    "y",
                    "z",
                    "aa",
                    "ab",
                    "ac",
                    "ad",
                    "ae",
                    "af",
                    "ag",
                    "ah",
                    "ai",
                    "aj",
                    "ak",
                    "al",
                    "am",
                    "an",
                    "ao",
                    "ap",
                    "aq",
                    "ar",
                    "as",
                    "at",
                    "au",
                    "av",
                    "aw",
                    "ax",
                    "ay",
                    "az",
                ],
            );
        let a = fields.optional("a", decode::flag);
        let b = fields.optional("b", decode::flag);
        let c = fields.optional("c", decode::flag);
        let d = fields.optional("d", decode::flag);
        let e = fields.optional("e", decode::flag);
        let f = fields.optional("f", decode::flag);
        let g = fields.optional("g", decode::flag);
        let h = fields.optional("h", decode::flag);
        let i = fields.optional("i", decode::flag);
        let j = fields.optional("j", decode::flag);
        let k = fields.optional("k", decode::flag);
        let l = fields.optional("l", decode::flag);
        let m = fields.optional("m", decode::flag);
        let n = fields.optional("n", decode::flag);
        let o = fields.optional("o", decode::flag);
        let p = fields.optional("p", decode::flag);
        let q = fields.optional("q", decode::flag);
        let r = fields.optional("r", decode::flag);
        let s = fields.optional("s", decode::flag);
        let t = fields.optional("t", decode::flag);
        let u = fields.optional("u", decode::flag);
        let v = fields.optional("v", decode::flag);
        let w = fields.optional("w", decode::flag);
        let x = fields.optional("x", decode::flag);
        let y = fields.optional("y", decode::flag);
        let z = fields.optional("z", decode::flag);
        let aa = fields.optional("aa", decode::flag);
        let ab = fields.optional("ab", decode::flag);
        let ac = fields.optional("ac", decode::flag);
        let ad = fields.optional("ad", decode::flag);
        let ae = fields.optional("ae", decode::flag);
        let af = fields.optional("af", decode::flag);
        let ag = fields.optional("ag", decode::flag);
        let ah = fields.optional("ah", decode::flag);
        let ai = fields.optional("ai", decode::flag);
        let aj = fields.optional("aj", decode::flag);
        let ak = fields.optional("ak", decode::flag);
        let al = fields.optional("al", decode::flag);
        let am = fields.optional("am", decode::flag);
        let an = fields.optional("an", decode::flag);
        let ao = fields.optional("ao", decode::flag);
        let ap = fields.optional("ap", decode::flag);
        let aq = fields.optional("aq", decode::flag);
        let ar = fields.optional("ar", decode::flag);
        let r#as = fields.optional("as", decode::flag);
        let at = fields.optional("at", decode::flag);
        let au = fields.optional("au", decode::flag);
        let av = fields.optional("av", decode::flag);
        let aw = fields.optional("aw", decode::flag);
        let ax = fields.optional("ax", decode::flag);
        let ay = fields.optional("ay", decode::flag);
        let az = fields.optional("az", decode::flag);
        Some(Self {
            a,
            b,
            c,
            d,
            e,
            f,
            g,
            h,
            i,
            j,
            k,
            l,
            m,
            n,
            o,
            p,
            q,
            r,
            s,
            t,
            u,
            v,
            w,
            x,
            y,
            z,
            aa,
            ab,
            ac,
            ad,
            ae,
            af,
            ag,
            ah,
            ai,
            aj,
            ak,
            al,
            am,
            an,
            ao,
            ap,
            aq,
            ar,
            r#as,
            at,
            au,
            av,
            aw,
            ax,
            ay,
            az,
        })
    }
}

impl Wire for Columns {
    fn append_json(&self, to: &mut String) {
        to.push_str(
            &JsonObject::new()
                .field_opt("a", self.a.as_ref())
                .field_opt("b", self.b.as_ref())
                .field_opt("c", self.c.as_ref())
                .field_opt("d", self.d.as_ref())
                .field_opt("e", self.e.as_ref())
                .field_opt("f", self.f.as_ref())
                .field_opt("g", self.g.as_ref())
                .field_opt("h", self.h.as_ref())
                .field_opt("i", self.i.as_ref())
                .field_opt("j", self.j.as_ref())
                .field_opt("k", self.k.as_ref())
                .field_opt("l", self.l.as_ref())
                .field_opt("m", self.m.as_ref())
                .field_opt("n", self.n.as_ref())
                .field_opt("o", self.o.as_ref())
                .field_opt("p", self.p.as_ref())
                .field_opt("q", self.q.as_ref())
                .field_opt("r", self.r.as_ref())
                .field_opt("s", self.s.as_ref())
                .field_opt("t", self.t.as_ref())
                .field_opt("u", self.u.as_ref())
                .field_opt("v", self.v.as_ref())
                .field_opt("w", self.w.as_ref())
                .field_opt("x", self.x.as_ref())
                .field_opt("y", self.y.as_ref())
                .field_opt("z", self.z.as_ref())
                .field_opt("aa", self.aa.as_ref())
                .field_opt("ab", self.ab.as_ref())
                .field_opt("ac", self.ac.as_ref())
                .field_opt("ad", self.ad.as_ref())
                .field_opt("ae", self.ae.as_ref())
                .field_opt("af", self.af.as_ref())
                .field_opt("ag", self.ag.as_ref())
                .field_opt("ah", self.ah.as_ref())
                .field_opt("ai", self.ai.as_ref())
                .field_opt("aj", self.aj.as_ref())
                .field_opt("ak", self.ak.as_ref())
                .field_opt("al", self.al.as_ref())
                .field_opt("am", self.am.as_ref())
                .field_opt("an", self.an.as_ref())
                .field_opt("ao", self.ao.as_ref())
                .field_opt("ap", self.ap.as_ref())
                .field_opt("aq", self.aq.as_ref())
                .field_opt("ar", self.ar.as_ref())
                .field_opt("as", self.r#as.as_ref())
                .field_opt("at", self.at.as_ref())
                .field_opt("au", self.au.as_ref())
                .field_opt("av", self.av.as_ref())
                .field_opt("aw", self.aw.as_ref())
                .field_opt("ax", self.ax.as_ref())
                .field_opt("ay", self.ay.as_ref())
                .field_opt("az", self.az.as_ref())
                .into_text(),
        );
    }
}
