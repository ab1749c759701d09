//! The record that a call is about: the read that gets it before a person confirms the call, and the fields that the
//! question shows.

use serde_json::{Map, Value};

use crate::arguments::Arguments;

/// The read of the record that the calls of a tool are about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RecordLookupDef {
    /// The name of the tool that gets the record.
    pub tool: &'static str,
    /// The arguments that it needs. The tool whose calls are confirmed has them as well.
    pub arguments: &'static [&'static str],
    /// The fields of the record that the question shows.
    pub fields: &'static [&'static str],
}

/// The read of the record that one call is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordLookup {
    /// The name of the tool that gets the record.
    pub tool: &'static str,
    /// Its arguments, as the call gave them.
    pub arguments: Map<String, Value>,
    /// The fields of the record that the question shows.
    pub fields: &'static [&'static str],
}

impl RecordLookupDef {
    /// Returns the read for a call with `arguments`, or `None` if it lacks one that the read needs.
    pub(crate) fn of_call(&self, arguments: &Arguments) -> Option<RecordLookup> {
        let needed = self.arguments.iter().map(|name| Some(((*name).to_owned(), arguments.get(name)?.clone())));
        Some(RecordLookup { tool: self.tool, arguments: needed.collect::<Option<_>>()?, fields: self.fields })
    }
}
