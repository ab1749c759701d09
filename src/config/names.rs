//! Names of flags and environment variables, all derived from the API's definition.

use tool_runtime::api::{ApiDef, Variable};

/// The flag for the time within which a call is answered.
pub const CALL_TIMEOUT_FLAG: &str = "--call-timeout";
/// The flag for the complete base URL.
pub const BASE_URL_FLAG: &str = "--base-url";

/// Names of the environment variables that the server of one API reads.
#[derive(Clone, Debug)]
pub struct EnvNames {
    prefix: String,
}

impl EnvNames {
    /// Returns the names for `api`. All start with its slug in upper case.
    pub fn for_api(api: &ApiDef) -> Self {
        Self { prefix: upper_snake(api.slug) }
    }

    /// The value of one variable of the base URL.
    pub fn variable(&self, variable: &Variable) -> String {
        self.prefixed(&upper_snake(variable.name))
    }

    /// The complete base URL.
    pub fn base_url(&self) -> String {
        self.prefixed("BASE_URL")
    }

    /// The API key.
    pub fn api_key(&self) -> String {
        self.prefixed("API_KEY")
    }

    /// The path of a file with the API key.
    pub fn api_key_file(&self) -> String {
        self.prefixed("API_KEY_FILE")
    }

    /// The variable that offers only tools that read.
    pub fn read_only(&self) -> String {
        self.prefixed("READ_ONLY")
    }

    /// The path of a PEM file with extra CA certificates.
    pub fn ca_file(&self) -> String {
        self.prefixed("MCP_CA_FILE")
    }

    /// The folder whose files tools may attach.
    pub fn attachments_dir(&self) -> String {
        self.prefixed("MCP_ATTACHMENTS_DIR")
    }

    /// The log level.
    pub fn log(&self) -> String {
        self.prefixed("MCP_LOG")
    }

    /// The variable that can be set instead of a flag of `serve`, such as `--listen`.
    pub fn server(&self, flag: &str) -> String {
        self.prefixed(&format!("MCP_{}", upper_snake(flag.trim_start_matches('-'))))
    }

    /// The path of a file that holds the value of the variable `name`, to be set instead of it.
    pub fn file_of(&self, name: &str) -> String {
        format!("{name}_FILE")
    }

    fn prefixed(&self, name: &str) -> String {
        format!("{}_{name}", self.prefix)
    }
}

/// Returns the flag for one variable of the base URL, such as `--host-name`.
pub fn variable_flag(variable: &Variable) -> String {
    format!("--{}", variable.name.replace('_', "-"))
}

fn upper_snake(name: &str) -> String {
    name.chars().map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_uppercase() } else { '_' }).collect()
}
