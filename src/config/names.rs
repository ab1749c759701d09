//! What flags and environment variables are called: all of it follows from the API's definition.

use tool_runtime::api::{ApiDef, Variable};

/// The flag that gives the base URL as a whole.
pub const BASE_URL_FLAG: &str = "--base-url";

/// The environment variables of one API's server.
#[derive(Clone, Debug)]
pub struct Names {
    prefix: String,
}

impl Names {
    /// Those of `api`: all begin with its slug.
    pub fn of(api: &ApiDef) -> Self {
        Self { prefix: shouted(api.slug) }
    }

    /// A value of the base URL.
    pub fn variable(&self, variable: &Variable) -> String {
        self.own(&shouted(variable.name))
    }

    /// The base URL as a whole.
    pub fn base_url(&self) -> String {
        self.own("BASE_URL")
    }

    /// The API key.
    pub fn api_key(&self) -> String {
        self.own("API_KEY")
    }

    /// The path of a file that holds the API key.
    pub fn api_key_file(&self) -> String {
        self.own("API_KEY_FILE")
    }

    /// The file with further certificates to trust.
    pub fn ca_file(&self) -> String {
        self.own("MCP_CA_FILE")
    }

    /// The folder whose files may be attached.
    pub fn attachments_dir(&self) -> String {
        self.own("MCP_ATTACHMENTS_DIR")
    }

    /// What is logged.
    pub fn log(&self) -> String {
        self.own("MCP_LOG")
    }

    /// What a flag of the server can be set by instead.
    pub fn server(&self, flag: &str) -> String {
        self.own(&format!("MCP_{}", shouted(flag.trim_start_matches('-'))))
    }

    fn own(&self, name: &str) -> String {
        format!("{}_{name}", self.prefix)
    }
}

/// The flag for a value of the base URL.
pub fn flag(variable: &Variable) -> String {
    format!("--{}", variable.name.replace('_', "-"))
}

fn shouted(name: &str) -> String {
    name.chars().map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_uppercase() } else { '_' }).collect()
}
