//! The configuration of a scoped server.

use std::marker::PhantomData;

use serde::Serialize;
use serde_json::{Map, Value};
use tool_runtime::arguments::Arguments;
use tool_runtime::exact;
use tool_runtime::violation::{Violation, Violations, quoted};
use utoipa::openapi::schema::{ArrayBuilder, ObjectBuilder, Type};
use utoipa::openapi::{RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

use super::admission::Admission;
use super::request::{
    Component, FormRequest as _, Limits, Nullable, RequestValue, WholeNumber, add_component, reference, request,
    string_schema,
};
use super::sign_in::SignInRules;
use crate::client_network::Networks;
use crate::confirmation::ConfirmPolicy;
use crate::limits::HourlyLimits;
use crate::scope::{Scope, ScopeConfig, method_names};
use crate::service::{Exposure, Listing, ResultForm, Results};
use crate::tools::{API, TOOLS};

request! {
    /// The restrictions of a server. An omitted key means no restriction. In an update, an omitted key keeps its value,
    /// and `null` removes it.
    pub struct ServerConfig as "ServerConfig" {
        /// The methods to allow: `read` for every tool that only reads, `write` for every other tool, or single methods.
        /// A tool needs one of them.
        methods: Nullable<Names<MethodName>>,
        /// The tags to allow. A tool needs one of them, in addition to one of `methods`.
        tags: Nullable<Names<TagName>>,
        /// The names of the tools to allow. All other tools are hidden.
        tools: Nullable<Names<ToolName>>,
        /// The names of tools to hide, even if another key allows them.
        exclude_tools: Nullable<Names<ToolName>>,
        /// The way in which clients discover tools: `all` lists every tool; `discovery` lists a few tools that search for
        /// and call the others. The default is `all`.
        tool_exposure: Nullable<Exposure>,
        /// The rule by which calls are confirmed that e-mail customers, show them a text, delete or publish. `auto` asks the user
        /// if the client can ask; elsewhere the call goes ahead. `always` asks as well; elsewhere the call answers with a code,
        /// and a second call with that code goes ahead, which does not prove that a person agreed. `never` asks for nothing. The
        /// default is `auto`.
        confirm: Nullable<ConfirmPolicy>,
        /// The form of results: `compact` shows the fields that matter, as a model reads them best; `raw` shows the API's
        /// replies unchanged. The default is `compact`.
        results: Nullable<ResultForm>,
        /// The maximum length of a compact result in characters, from 1000 to 200000. The default is 25000, about 8,000
        /// tokens.
        max_result_chars: Nullable<MaxResultChars>,
        /// The way in which callers prove who they are: `url` by the secret URL of the server, `api_token` by a live API token
        /// as well, `sign_in` by signing in as a user (OAuth 2.1). The default is `url`. It cannot be changed to or from
        /// `sign_in`: create another server.
        auth: Nullable<AuthMode>,
        /// The users whom the server admits, with `auth: sign_in`. If omitted, every user who can sign in.
        sign_in: Nullable<SignInRules>,
        /// If true, callers must also send a live API token as `Authorization: Bearer`. The default is `false`.
        /// It means the same as `auth: api_token`.
        require_api_token_auth: Nullable<bool>,
        /// The maximum number of calls to the API in an hour, counted in steps of five minutes. A tool that costs several
        /// calls of the account's rate limit counts as that many. If omitted, calls are not limited.
        calls_per_hour: Nullable<PerHour>,
        /// The maximum number of calls in an hour that create, change, send or delete something.
        writes_per_hour: Nullable<PerHour>,
        /// If true, the URL answers as if it did not exist, until it is false again. The default is `false`.
        paused: Nullable<bool>,
        /// The IP addresses and networks from which the server may be used, such as `192.0.2.0/24`. For other clients, its URL
        /// answers as if it did not exist. If omitted, every address is allowed.
        allowed_ips: Nullable<Networks>,
    }
}

/// The name of the key that pauses a server.
pub(super) const PAUSED: &str = "paused";
/// The name of the key for the addresses from which a server may be used.
pub(super) const ALLOWED_IPS: &str = "allowed_ips";
/// The number of addresses and networks that a server may list.
const MOST_NETWORKS: usize = 100;
/// The way in which the callers of a server prove who they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
enum AuthMode {
    /// By the URL of the server, which contains its token.
    Url,
    /// By a live API token as well.
    ApiToken,
    /// By an access token that they get by signing in.
    SignIn,
}

/// The way in which callers prove who they are, with its rules.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ServerAuth {
    /// By the URL of the server, which contains its token.
    Url,
    /// By a live API token as well.
    ApiToken,
    /// By an access token that they get by signing in.
    SignIn(SignInRules),
}

impl ServerAuth {
    /// Returns true if callers sign in.
    pub(crate) const fn is_sign_in(&self) -> bool {
        matches!(self, Self::SignIn(_))
    }

    /// Checks the keys of a configuration that decide it. Records violations in `fields`.
    fn checked(
        mode: Option<AuthMode>,
        rules: Option<SignInRules>,
        needs_api_token: Option<bool>,
        fields: &mut Arguments,
    ) -> Self {
        match (mode, needs_api_token) {
            (Some(AuthMode::Url | AuthMode::SignIn), Some(true)) | (Some(AuthMode::ApiToken), Some(false)) => {
                let problem = "contradicts `require_api_token_auth`";
                fields.add_violation("auth", problem.to_owned(), Some("one of the two keys alone".to_owned()));
            }
            _ => {}
        }
        if rules.is_some() && mode != Some(AuthMode::SignIn) {
            let allowed = "with `auth: sign_in` only".to_owned();
            fields.add_violation("sign_in", "has no effect without `auth: sign_in`".to_owned(), Some(allowed));
        }
        match mode {
            Some(AuthMode::SignIn) => Self::SignIn(rules.unwrap_or_default()),
            Some(AuthMode::ApiToken) => Self::ApiToken,
            None if needs_api_token == Some(true) => Self::ApiToken,
            Some(AuthMode::Url) | None => Self::Url,
        }
    }
}

/// A limit on calls.
type PerHour = WholeNumber<1, 1_000_000>;

/// A valid configuration and its effect.
#[derive(Clone, Debug, PartialEq)]
pub struct CheckedConfig {
    /// The keys as they were given, without those that are `null`.
    pub given: Map<String, Value>,
    /// The tools that it allows.
    pub scope: Scope,
    /// The way in which clients list these tools and see their results.
    pub listing: Listing,
    /// The requests that are admitted at all.
    pub admission: Admission,
    /// The way in which callers prove who they are.
    pub auth: ServerAuth,
    /// The calls that the server may send in an hour.
    pub limits: HourlyLimits,
}

/// Checks a configuration.
///
/// # Errors
/// Fails with every violation in `given`, or if no tool is allowed.
pub fn check_config(mut given: Map<String, Value>) -> Result<CheckedConfig, Violations> {
    let mut fields = ServerConfig::fields(given.clone());
    let config = ServerConfig::take(&mut fields, Limits::NONE).and_then(|config| {
        let scope = ScopeConfig {
            methods: config.methods.0.map(|names| names.list),
            tags: config.tags.0.map(|names| names.list),
            tools: config.tools.0.map(|names| names.list),
            exclude_tools: config.exclude_tools.0.map(|names| names.list),
            read_only: false,
        };
        let scope = Scope::parse(&scope, API.tags, TOOLS).map_err(|error| {
            for Violation { argument, problem, allowed } in error.violations {
                // The configuration as a whole has no key.
                let key = if argument == "(scope)" { "" } else { &argument };
                fields.add_violation(key, problem, allowed);
            }
        });
        let auth = ServerAuth::checked(config.auth.0, config.sign_in.0, config.require_api_token_auth.0, &mut fields);
        given.retain(|_, value| !value.is_null());
        Some(CheckedConfig {
            given,
            scope: scope.ok()?,
            listing: Listing {
                exposure: config.tool_exposure.0.unwrap_or_default(),
                confirm: config.confirm.0.unwrap_or_default(),
                results: Results::new(
                    config.results.0.unwrap_or_default(),
                    config.max_result_chars.0.map_or(Results::MAX_CHARS, |max| max.0),
                ),
                // Clients on the network never name files of this machine.
                local_files: false,
            },
            admission: Admission { paused: config.paused.0.unwrap_or_default(), allowed_ips: config.allowed_ips.0 },
            auth,
            limits: HourlyLimits {
                calls: config.calls_per_hour.0.map(|limit| limit.0),
                writes: config.writes_per_hour.0.map(|limit| limit.0),
            },
        })
    });
    fields.finish(config)
}

/// Merges the keys of `change` into `config`; `null` removes a key. An unknown key stays, to be refused by the check.
pub(super) fn merge_config(config: &mut Map<String, Value>, change: Map<String, Value>) {
    for (key, value) in change {
        if !value.is_null() || config.shift_remove(&key).is_none() {
            config.insert(key, value);
        }
    }
}

impl RequestValue for CheckedConfig {
    fn decode(value: Value, _: Limits) -> Result<Self, Violations> {
        match value {
            Value::Object(given) => check_config(given),
            _ => Err(Violations::new("is not an object", "an object; to remove one of its keys, set that key to null")),
        }
    }

    fn value_schema() -> RefOr<Schema> {
        reference::<ServerConfig>()
    }

    fn components(schemas: &mut Vec<Component>) {
        add_component::<ServerConfig>(schemas);
    }
}

impl RequestValue for Exposure {
    fn decode(value: Value, _: Limits) -> Result<Self, Violations> {
        exact::one_of(&[("all", Self::All), ("discovery", Self::Discovery)])(value)
    }

    fn value_schema() -> RefOr<Schema> {
        reference::<Self>()
    }

    fn components(schemas: &mut Vec<Component>) {
        add_component::<Self>(schemas);
    }
}

impl RequestValue for AuthMode {
    fn decode(value: Value, _: Limits) -> Result<Self, Violations> {
        exact::one_of(&[("url", Self::Url), ("api_token", Self::ApiToken), ("sign_in", Self::SignIn)])(value)
    }

    fn value_schema() -> RefOr<Schema> {
        reference::<Self>()
    }

    fn components(schemas: &mut Vec<Component>) {
        add_component::<Self>(schemas);
    }
}

impl RequestValue for ConfirmPolicy {
    fn decode(value: Value, _: Limits) -> Result<Self, Violations> {
        exact::one_of(&Self::ALL)(value)
    }

    fn value_schema() -> RefOr<Schema> {
        reference::<Self>()
    }

    fn components(schemas: &mut Vec<Component>) {
        add_component::<Self>(schemas);
    }
}

impl RequestValue for ResultForm {
    fn decode(value: Value, _: Limits) -> Result<Self, Violations> {
        exact::one_of(&[("compact", Self::Compact), ("raw", Self::Raw)])(value)
    }

    fn value_schema() -> RefOr<Schema> {
        reference::<Self>()
    }

    fn components(schemas: &mut Vec<Component>) {
        add_component::<Self>(schemas);
    }
}

/// The maximum length of a result in characters.
#[derive(Clone, Copy, Debug)]
struct MaxResultChars(usize);

impl MaxResultChars {
    /// Less has no room for one row, and more fits in no client.
    const RANGE: (i64, i64) = (1_000, 200_000);
}

impl RequestValue for MaxResultChars {
    fn decode(value: Value, _: Limits) -> Result<Self, Violations> {
        let (min, max) = Self::RANGE;
        let chars = exact::whole_number(min, max)(value)?;
        Ok(Self(usize::try_from(chars).expect("the decoder accepts no negative number")))
    }

    fn value_schema() -> RefOr<Schema> {
        let (min, max) = Self::RANGE;
        let schema = ObjectBuilder::new().schema_type(Type::Integer).minimum(Some(min)).maximum(Some(max));
        RefOr::T(schema.build().into())
    }
}

impl RequestValue for Networks {
    fn decode(value: Value, _: Limits) -> Result<Self, Violations> {
        let list = exact::list(exact::name)(value)?;
        if list.is_empty() || list.len() > MOST_NETWORKS {
            let problem = format!("has {} entries", list.len());
            return Err(Violations::new(problem, format!("1 to {MOST_NETWORKS} addresses or networks")));
        }
        let mut networks = Self::default();
        match list.iter().find(|given| !networks.add(given)) {
            None => Ok(networks),
            Some(wrong) => {
                let problem = format!("cannot contain {}", quoted(wrong));
                Err(Violations::new(problem, "IP addresses such as 192.0.2.7, and networks such as 192.0.2.0/24"))
            }
        }
    }

    fn value_schema() -> RefOr<Schema> {
        let items = string_schema().examples(["192.0.2.7", "192.0.2.0/24", "2001:db8::/32"]);
        let list = ArrayBuilder::new().items(items.build()).min_items(Some(1)).max_items(Some(MOST_NETWORKS));
        RefOr::T(list.build().into())
    }
}

/// A list of names of the kind `N`. The scope checks that they exist.
#[derive(Clone, Debug)]
struct Names<N> {
    list: Vec<String>,
    kind: PhantomData<N>,
}

impl<N: ToSchema> RequestValue for Names<N> {
    fn decode(value: Value, _: Limits) -> Result<Self, Violations> {
        exact::list(exact::name)(value).map(|list| Self { list, kind: PhantomData })
    }

    fn value_schema() -> RefOr<Schema> {
        RefOr::T(ArrayBuilder::new().items(reference::<N>()).min_items(Some(1)).build().into())
    }

    fn components(schemas: &mut Vec<Component>) {
        add_component::<N>(schemas);
    }
}

/// Defines a kind of names with its schema.
macro_rules! name {
    ($(#[doc = $about:literal])* $name:ident as $schema:literal: $words:expr) => {
        $(#[doc = $about])*
        #[derive(Clone, Debug)]
        struct $name;

        impl PartialSchema for $name {
            fn schema() -> RefOr<Schema> {
                let about = super::request::about(&[$($about),*]);
                RefOr::T(string_schema().description(Some(about)).enum_values(Some($words)).build().into())
            }
        }

        impl ToSchema for $name {
            fn name() -> std::borrow::Cow<'static, str> {
                $schema.into()
            }
        }
    };
}

name! {
    /// A method, or `read` or `write` for several.
    MethodName as "Method": method_names()
}
name! {
    /// A tag of tools.
    TagName as "Tag": API.tags.iter().map(|tag| tag.name)
}
name! {
    /// The name of a tool.
    ToolName as "ToolName": TOOLS.iter().map(|tool| tool.def.name)
}
