//! Flags of `serve` that other commands have as well.

use clap::Arg;
use desk365_mcp::config::EnvNames;
use tool_runtime::api::ApiDef;

/// Builds a flag of `serve`; its help text names the environment variable that can be set instead.
pub(super) fn serve_flag(api: &ApiDef, flag: &'static str, value_name: &'static str, about: &str) -> Arg {
    let name = flag.trim_start_matches("--");
    let variable = EnvNames::for_api(api).server(flag);
    Arg::new(name).long(name).value_name(value_name).help(format!("{about} [env: {variable}]"))
}
