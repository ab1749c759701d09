//! Metadata that clients put among a tool's arguments: dropped and counted, because the model that reads an error cannot
//! change what its client adds.

use serde_json::{Map, Value};
use tool_runtime::added::CLIENT_METADATA;

use crate::metrics;

/// Returns the arguments of a tool that declares `names`, without known metadata. A name that the tool declares is an
/// argument.
pub(super) fn without_client_metadata(names: &[&str], mut arguments: Map<String, Value>) -> Map<String, Value> {
    for name in CLIENT_METADATA {
        // The order of the other arguments is part of what a caller wrote.
        if !names.contains(&name) && arguments.shift_remove(name).is_some() {
            metrics::count_dropped_argument(name);
        }
    }
    arguments
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use serde_json::json;

    use super::*;

    #[test]
    fn known_metadata_is_dropped_and_other_names_stay() {
        let given = json!({"toolCallId": "1", "z": 1, "_meta": {}, "sessionId": 2, "chatInput": "", "action": [], "tool": 0,
            "a": 2, "sessionid": 3});
        let kept = without_client_metadata(&["z"], given.as_object().unwrap().clone());
        assert_eq!(Value::Object(kept).to_string(), r#"{"z":1,"a":2,"sessionid":3}"#);
    }

    #[test]
    fn a_declared_name_is_an_argument() {
        let given = json!({"action": "close", "tool": "x"});
        let kept = without_client_metadata(&["action"], given.as_object().unwrap().clone());
        assert_eq!(Value::Object(kept), json!({"action": "close"}));
    }
}
