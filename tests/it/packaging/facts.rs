//! Facts about the product that several of the files state.

use desk365_mcp::config::EnvNames;
use desk365_mcp::tools::API;

pub(super) const NAME: &str = env!("CARGO_PKG_NAME");
pub(super) const VERSION: &str = env!("CARGO_PKG_VERSION");
pub(super) const DESCRIPTION: &str = env!("CARGO_PKG_DESCRIPTION");
pub(super) const REPOSITORY: &str = env!("CARGO_PKG_REPOSITORY");
pub(super) const LICENSE: &str = env!("CARGO_PKG_LICENSE");
/// The file of the icon in the repository.
pub(super) const ICON: &str = "src/console/assets/icon.png";

/// Returns the address of a file of the repository, as people read it.
pub(super) fn page(file: &str) -> String {
    format!("{REPOSITORY}/blob/v{VERSION}/{file}")
}

/// Returns the address of the icon.
pub(super) fn icon_address() -> String {
    let path = REPOSITORY.strip_prefix("https://github.com/").expect("the repository is at GitHub");
    format!("https://raw.githubusercontent.com/{path}/v{VERSION}/{ICON}")
}

/// A setting that a person fills in when installing the program.
pub(super) struct Setting {
    /// The name in lower case, unique.
    pub(super) key: String,
    /// The environment variable that carries it.
    pub(super) variable: String,
    pub(super) title: String,
    pub(super) about: String,
    pub(super) kind: SettingKind,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum SettingKind {
    /// A required text, with a possible value.
    Text(&'static str),
    /// A required text that is never shown.
    Secret,
    /// A switch that is on at first.
    Switch,
}

/// Returns the settings of one account: the variables of the base URL, the API key, and whether only tools that read are
/// offered.
pub(super) fn settings() -> Vec<Setting> {
    let names = EnvNames::for_api(&API);
    let mut settings: Vec<_> = API
        .variables
        .iter()
        .map(|variable| Setting {
            key: variable.name.to_owned(),
            variable: names.variable(variable),
            title: sentence_case(variable.name),
            about: variable.about.to_owned(),
            kind: SettingKind::Text(variable.example),
        })
        .collect();
    settings.push(Setting {
        key: "api_key".to_owned(),
        variable: names.api_key(),
        title: "API key".to_owned(),
        about: format!("The API key of your {} account. It is sent to {} only.", API.title, API.title),
        kind: SettingKind::Secret,
    });
    settings.push(Setting {
        key: "read_only".to_owned(),
        variable: names.read_only(),
        title: "Read-only".to_owned(),
        about: "Offer only the tools that read. Switch it off to let the assistant change data.".to_owned(),
        kind: SettingKind::Switch,
    });
    settings
}

fn sentence_case(name: &str) -> String {
    let words = name.replace('_', " ");
    let mut letters = words.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// Returns the targets that a release is built for, from the settings of the release workflow.
pub(super) fn targets() -> Vec<String> {
    let text = std::fs::read_to_string("dist-workspace.toml").unwrap();
    let (_, rest) = text.split_once("\ntargets = [").unwrap();
    let (list, _) = rest.split_once(']').unwrap();
    list.split(',')
        .map(|target| target.trim().trim_matches('"').to_owned())
        .filter(|target| !target.is_empty())
        .collect()
}

/// Returns the name of the bundle for a target.
pub(super) fn bundle_name(target: &str) -> String {
    format!("{NAME}-{target}.mcpb")
}
