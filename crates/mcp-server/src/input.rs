//! Input that a call needs from the person who uses the client: the questions, and their answers.
//!
//! A service that needs input answers a call with [`CallError::InputRequired`](super::CallError::InputRequired). The client
//! asks the person, and the service is called again with the same arguments and the answers in [`GivenInput`]. In the stateless
//! lifecycle the client sends the call again (MCP 2026-07-28, Basic, Patterns, "Multi Round-Trip Requests"; SEP-2322). In the
//! handshake lifecycle this crate sends the questions as requests and calls the service again itself, on transports on which a
//! server can send requests (MCP 2025-06-18, Client Features, "Elicitation").

use serde::{Serialize, Serializer};
use serde_json::{Map, Value, json};

/// The capability of a client that can ask its user.
const ELICITATION: &str = "elicitation";

/// The method that asks the user.
pub(crate) const ELICIT: &str = "elicitation/create";

/// The questions that must be answered before a call is executed.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct InputRequired {
    /// The questions, each under a key that its answer has as well.
    #[serde(rename = "inputRequests", serialize_with = "as_map")]
    pub questions: Vec<(&'static str, Question)>,
    /// A text that the client returns with the answers, unread. The client can change it: seal what must not be changed.
    #[serde(rename = "requestState", skip_serializing_if = "Option::is_none")]
    pub state: Option<String>,
}

/// A question to the person who uses the client.
#[derive(Clone, Debug, PartialEq)]
pub struct Question {
    /// The text that the person reads.
    pub message: String,
    /// The JSON Schema of the answer: an object whose properties are texts, numbers, booleans or choices.
    pub schema: Value,
}

/// The answers to the questions of an earlier call, as far as the client sent them. All of it is untrusted.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct GivenInput {
    /// The results of the questions, each under the key of its question.
    pub responses: Map<String, Value>,
    /// The state that came with the questions.
    pub state: Option<String>,
}

/// The answer to a question (MCP 2025-06-18, schema, `ElicitResult`).
#[derive(Clone, Debug, PartialEq)]
pub enum Answer {
    /// The person submitted this content.
    Accepted(Map<String, Value>),
    /// The person refused.
    Declined,
    /// The person closed the question without a choice, or the client could not ask it.
    Cancelled,
}

impl Question {
    /// The parameters of the request that asks it.
    pub(crate) fn params(&self) -> Value {
        json!({ "message": self.message, "requestedSchema": self.schema })
    }
}

impl Serialize for Question {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map([("method", json!(ELICIT)), ("params", self.params())])
    }
}

fn as_map<S: Serializer>(questions: &[(&'static str, Question)], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_map(questions.iter().map(|(key, question)| (key, question)))
}

impl GivenInput {
    /// Takes the input out of the parameters of a stateless call.
    pub(crate) fn take_from(params: &mut Map<String, Value>) -> Self {
        let responses = match params.get_mut("inputResponses").map(Value::take) {
            Some(Value::Object(responses)) => responses,
            _ => Map::new(),
        };
        let state = match params.get_mut("requestState").map(Value::take) {
            Some(Value::String(state)) => Some(state),
            _ => None,
        };
        Self { responses, state }
    }

    /// The answer to the question of that key. An answer of another form counts as cancelled.
    pub fn answer(&self, key: &str) -> Option<Answer> {
        let response = self.responses.get(key)?;
        Some(match (response.get("action").and_then(Value::as_str), response.get("content")) {
            (Some("accept"), Some(Value::Object(content))) => Answer::Accepted(content.clone()),
            (Some("accept"), None) => Answer::Accepted(Map::new()),
            (Some("decline"), _) => Answer::Declined,
            _ => Answer::Cancelled,
        })
    }
}

/// Returns whether these capabilities let a server ask the person with a form. A client that declares the capability without a
/// mode has forms (MCP 2025-11-25, Client Features, "Elicitation", "Capabilities").
pub(crate) fn has_forms(capabilities: &Map<String, Value>) -> bool {
    match capabilities.get(ELICITATION) {
        Some(Value::Object(modes)) => modes.is_empty() || modes.contains_key("form"),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::*;

    #[test]
    fn questions_are_elicitation_requests() {
        let question = Question { message: "Name?".to_owned(), schema: json!({ "type": "object" }) };
        let required = InputRequired { questions: vec![("name", question)], state: Some("s".to_owned()) };
        assert_eq!(
            serde_json::to_value(required).unwrap(),
            json!({
                "inputRequests": {
                    "name": {
                        "method": "elicitation/create",
                        "params": { "message": "Name?", "requestedSchema": { "type": "object" } },
                    },
                },
                "requestState": "s",
            })
        );
    }

    #[test]
    fn answers_of_another_form_count_as_cancelled() {
        let given = |response: Value| {
            let mut params = Map::from_iter([("inputResponses".to_owned(), json!({ "x": response }))]);
            GivenInput::take_from(&mut params).answer("x").unwrap()
        };
        let content = Map::from_iter([("ok".to_owned(), json!(true))]);
        assert_eq!(given(json!({ "action": "accept", "content": { "ok": true } })), Answer::Accepted(content));
        assert_eq!(given(json!({ "action": "accept" })), Answer::Accepted(Map::new()));
        assert_eq!(given(json!({ "action": "decline" })), Answer::Declined);
        for response in
            [json!({ "action": "cancel" }), json!({ "action": "accept", "content": [] }), json!(true), json!({})]
        {
            assert_eq!(given(response), Answer::Cancelled);
        }
        assert_eq!(GivenInput::default().answer("x"), None);
    }

    #[test]
    fn forms_need_the_capability_for_them() {
        let capabilities = |value: Value| Map::from_iter([("elicitation".to_owned(), value)]);
        assert!(has_forms(&capabilities(json!({}))) && has_forms(&capabilities(json!({ "form": {}, "url": {} }))));
        assert!(!has_forms(&capabilities(json!({ "url": {} }))) && !has_forms(&capabilities(json!(true))));
        assert!(!has_forms(&Map::new()));
    }
}
