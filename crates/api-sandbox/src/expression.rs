//! Expressions and templates: minijinja code in a definition, and the values that it makes.
//!
//! Code is compiled when the definition is read. What does not compile keeps its error, so that one check reports all.

use std::collections::HashSet;

use minijinja::machinery::{Instruction, Instructions, get_compiled_template};
use minijinja::{Environment, Error, ErrorKind, Value};
use serde::Deserialize;

use crate::language::LANGUAGE;
use crate::value::{Record, from_json};

/// Minijinja code as it is written, and what a check needs to know of it.
#[derive(Debug)]
pub(crate) struct Code {
    pub(crate) text: String,
    /// The variables that it reads, each with its attributes: `contact.name`.
    pub(crate) variables: Vec<String>,
    /// Syntax errors, and filters and tests that do not exist.
    pub(crate) problems: Vec<String>,
}

impl Code {
    fn new(text: &str, template: &str) -> Self {
        let language = Environment::new();
        let (variables, problems) = match language.template_from_str(template) {
            Ok(compiled) => {
                let unknown = unknown_names(&get_compiled_template(&compiled).instructions);
                (compiled.undeclared_variables(true), unknown)
            }
            Err(error) => (HashSet::new(), vec![described(&error)]),
        };
        let mut variables = Vec::from_iter(variables);
        variables.sort();
        Self { text: text.to_owned(), variables, problems }
    }

    /// Names this code in an error that it caused.
    fn named(&self, error: &Error) -> Error {
        Error::new(error.kind(), format!("{} in `{}`", error.detail().unwrap_or_default(), self.text.trim()))
    }
}

/// An expression, such as a condition.
#[derive(Debug, Deserialize)]
#[serde(from = "String")]
pub(crate) struct Expression {
    pub(crate) code: Code,
    compiled: Option<minijinja::Expression<'static, 'static>>,
}

impl From<String> for Expression {
    fn from(text: String) -> Self {
        let mut code = Code::new(&text, &format!("{{{{ {text} }}}}"));
        let compiled = LANGUAGE.compile_expression_owned(text);
        if let Err(error) = &compiled {
            code.problems = vec![described(error)];
        }
        Self { code, compiled: compiled.ok() }
    }
}

impl Expression {
    /// The value in a context, detached from all records.
    pub(crate) fn eval(&self, context: impl Into<Value>) -> Result<Value, Error> {
        let compiled = self.compiled.as_ref().expect("a definition with a syntax error is refused");
        compiled.eval(context).and_then(Value::deserialize).map_err(|error| self.code.named(&error))
    }

    /// Returns whether the value is true.
    pub(crate) fn holds(&self, context: impl Into<Value>) -> Result<bool, Error> {
        Ok(self.eval(context)?.is_true())
    }
}

/// Any JSON whose texts may contain `{{ … }}`, which is replaced by a value.
#[derive(Debug, Deserialize)]
#[serde(from = "serde_json::Value")]
pub(crate) enum Template {
    Literal(Value),
    /// A text that is one `{{ … }}`. It keeps the type of the value.
    Expression(Expression),
    Text(Code),
    List(Vec<Template>),
    Object(Vec<(String, Template)>),
}

impl From<serde_json::Value> for Template {
    fn from(value: serde_json::Value) -> Self {
        match value {
            serde_json::Value::String(text) => Self::from(text),
            serde_json::Value::Array(items) => Self::List(items.into_iter().map(Self::from).collect()),
            serde_json::Value::Object(fields) => {
                Self::Object(fields.into_iter().map(|(name, value)| (name, Self::from(value))).collect())
            }
            other => Self::Literal(from_json(other)),
        }
    }
}

impl From<String> for Template {
    fn from(text: String) -> Self {
        if !["{{", "{%", "{#"].iter().any(|opening| text.contains(opening)) {
            return Self::Literal(text.into());
        }
        let inside = text.trim().strip_prefix("{{").and_then(|text| text.strip_suffix("}}"));
        match inside.filter(|inside| !inside.contains("{{")) {
            Some(inside) => Self::Expression(Expression::from(inside.to_owned())),
            None => Self::Text(Code::new(&text, &text)),
        }
    }
}

impl Template {
    /// The value in a context.
    pub(crate) fn fill(&self, context: impl Into<Value>) -> Result<Value, Error> {
        match self {
            Self::Literal(value) => Ok(value.clone()),
            Self::Expression(expression) => expression.eval(context),
            Self::Text(code) => {
                LANGUAGE.render_str(&code.text, context).map(Value::from).map_err(|error| code.named(&error))
            }
            Self::List(items) => {
                let context = context.into();
                items.iter().map(|item| item.fill(&context)).collect::<Result<Vec<_>, _>>().map(Value::from)
            }
            Self::Object(fields) => {
                let context = context.into();
                let filled = fields.iter().map(|(name, value)| Ok((name.clone(), value.fill(&context)?)));
                filled.collect::<Result<Record, _>>().map(Value::from_pairs)
            }
        }
    }

    /// All code in it.
    pub(crate) fn code(&self) -> Vec<&Code> {
        match self {
            Self::Literal(_) => Vec::new(),
            Self::Expression(expression) => vec![&expression.code],
            Self::Text(code) => vec![code],
            Self::List(items) => items.iter().flat_map(Self::code).collect(),
            Self::Object(fields) => fields.iter().flat_map(|(_, value)| value.code()).collect(),
        }
    }
}

/// An error without the name of a template, which code in a definition does not have.
fn described(error: &Error) -> String {
    format!("{}: {}", error.kind(), error.detail().unwrap_or_default())
}

/// The filters and tests that code uses and that do not exist: minijinja itself fails only when it reaches one.
fn unknown_names(instructions: &Instructions<'_>) -> Vec<String> {
    let mut state = LANGUAGE.empty_state();
    let unknown = (0..).map_while(|at| instructions.get(at)).filter_map(|instruction| {
        let (kind, name, tried) = match instruction {
            Instruction::ApplyFilter(name, ..) => ("filter", name, state.apply_filter(name, &[]).err()),
            Instruction::PerformTest(name, ..) => ("test", name, state.perform_test(name, &[]).err()),
            _ => return None,
        };
        let is_unknown = matches!(tried?.kind(), ErrorKind::UnknownFilter | ErrorKind::UnknownTest);
        is_unknown.then(|| format!("there is no {kind} `{name}`"))
    });
    unknown.collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use minijinja::context;
    use serde_json::json;

    use super::*;

    fn template(value: serde_json::Value) -> Template {
        Template::from(value)
    }

    #[test]
    fn a_text_that_is_one_expression_keeps_its_type() {
        let context = context! { n => 5, name => "x" };
        for (written, expected) in [
            (json!("{{ n }}"), json!(5)),
            (json!(" {{ [n, {'a': name}] }}"), json!([5, { "a": "x" }])),
            (json!("{{ missing }}"), json!(null)),
            (json!("no. {{ n }}{% if missing %}!{% endif %}"), json!("no. 5")),
            (json!("plain"), json!("plain")),
            (json!({ "b": ["{{ n }}", true] }), json!({ "b": [5, true] })),
        ] {
            let filled = template(written.clone()).fill(&context).unwrap();
            assert_eq!(serde_json::to_value(&filled).unwrap(), expected, "{written}");
        }
    }

    #[test]
    fn mistakes_are_found_without_evaluation() {
        for (written, problem) in [
            ("{{ a|shout }}", "there is no filter `shout`"),
            ("x {{ a|shout }}", "there is no filter `shout`"),
            ("{{ false and a is odder }}", "there is no test `odder`"),
            ("{{ a b }}", "syntax error"),
            ("x {{ a", "syntax error"),
        ] {
            let template = template(json!(written));
            let problems: Vec<_> = template.code().into_iter().flat_map(|code| &code.problems).collect();
            assert!(matches!(problems.as_slice(), [one] if one.contains(problem)), "{written}: {problems:?}");
        }
        let code = Expression::from("a.b and args.c|length".to_owned()).code;
        assert_eq!((code.variables, code.problems), (vec!["a.b".to_owned(), "args.c".to_owned()], Vec::new()));
    }

    #[test]
    fn a_failure_names_its_code() {
        let error = Expression::from("[] + missing.a|length - none".to_owned()).eval(()).unwrap_err();
        assert!(error.to_string().contains("in `[] + missing.a|length - none`"), "{error}");
    }
}
