//! The surroundings of a tool in the file, and the declarations that it takes from them.

use super::name;
use crate::model::ToolMethod;
use crate::spec::{ResourceSpec, Spec, ToolSpec};
use crate::yaml::Key;

/// The surroundings of a tool in the file.
pub(super) struct ToolContext<'a> {
    pub(super) spec: &'a Spec,
    pub(super) resource_key: &'a Key,
    pub(super) resource: &'a ResourceSpec,
    pub(super) plural: &'a str,
    pub(super) operation: &'a Key,
}

impl<'a> ToolContext<'a> {
    /// Returns the tool whose body a tool with attachments reuses by `fields_of`.
    pub(super) fn body_source(&self, declared: &ToolSpec) -> Option<&'a ToolSpec> {
        let source = declared.multipart.as_ref()?.fields_of.as_ref()?;
        let others = self.resource.tools.iter().flatten().filter(|(key, _)| key.text != self.operation.text);
        others.into_iter().find(|(key, _)| key.text == source.value).map(|(_, tool)| tool)
    }
}

/// Returns whether a tool takes the `id` of its resource.
pub(super) fn takes_resource_id(operation: &str, declared: &ToolSpec) -> bool {
    declared.id.is_none()
        && matches!(name::method(operation), ToolMethod::Get | ToolMethod::Update | ToolMethod::Delete)
}
