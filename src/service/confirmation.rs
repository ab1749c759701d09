//! Confirming one call: the gate that its request passes before it is sent.
//!
//! [`confirmation`](crate::confirmation) knows what a confirmation is. This file decides, from what the client can do and what
//! it sent, whether to ask, to let the request pass, or to refuse it.

use std::sync::{Mutex, MutexGuard, PoisonError};

use mcp_server::{Answer, CallError, InputRequired, Question as InputQuestion, RequestContext};
use serde_json::{Map, Value, json};
use tool_runtime::added::CONFIRMATION;
use tool_runtime::request::Request;
use tool_runtime::tool::ToolDef;

use super::ScopedService;
use super::surface::Surface;
use crate::call::{CallFacts, Gate, ToolCaller};
use crate::confirmation::{
    CallBinding, ConfirmPolicy, Confirmation, ConfirmationWay, Confirmer, Question, ShownArguments, UsedError,
};
use crate::outcome::{self, ToolError};

/// The key of the question.
const KEY: &str = "confirm";

/// The gate of one call.
pub(super) struct ConfirmationGate<'a> {
    confirmer: &'a Confirmer,
    caller: &'a ToolCaller,
    surface: &'a Surface,
    context: &'a RequestContext,
    tool: &'static ToolDef,
    /// `None` if no call of the tool needs a confirmation.
    call: Option<ConfirmableCall>,
    state: Mutex<GateState>,
}

struct ConfirmableCall {
    binding: CallBinding,
    arguments: ShownArguments,
    code: Option<String>,
}

#[derive(Default)]
struct GateState {
    /// The confirmation that is used up when the request leaves.
    confirmation: Option<(ConfirmationWay, Confirmation)>,
    /// The reason why the tool was not called.
    stop: Option<CallError>,
    step: Option<ConfirmationStep>,
}

/// The step of a confirmation that a call reached, as the call log records it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ConfirmationStep {
    /// The user was asked.
    QuestionAsked,
    /// The user agreed.
    QuestionGiven,
    /// The user did not agree, or the answer was not accepted.
    QuestionRefused,
    /// The caller got a code.
    CodeAsked,
    /// The caller repeated the call with a code.
    CodeGiven,
    /// The code was not accepted.
    CodeRefused,
}

impl ConfirmationStep {
    /// Returns the name in the call log.
    pub const fn name(self) -> &'static str {
        match self {
            Self::QuestionAsked => "question_asked",
            Self::QuestionGiven => "question_given",
            Self::QuestionRefused => "question_refused",
            Self::CodeAsked => "code_asked",
            Self::CodeGiven => "code_given",
            Self::CodeRefused => "code_refused",
        }
    }
}

impl<'a> ConfirmationGate<'a> {
    /// The gate of a call of `tool`. Takes the code out of `arguments`, where servers accept one.
    pub(super) fn new(
        service: &'a ScopedService,
        tool: &'static ToolDef,
        arguments: &mut Map<String, Value>,
        context: &'a RequestContext,
    ) -> Self {
        let ScopedService { surface, caller, confirmer, .. } = service;
        let may_need = confirmer.policy != ConfirmPolicy::Never && tool.effects.may_need_confirmation();
        let call = may_need.then(|| {
            let takes_code = confirmer.policy == ConfirmPolicy::Always;
            let code =
                takes_code.then(|| arguments.shift_remove(CONFIRMATION.name)).flatten().filter(|code| !code.is_null());
            ConfirmableCall {
                code: code.map(|code| code.as_str().map_or_else(|| code.to_string(), |code| code.trim().to_owned())),
                binding: CallBinding::new(confirmer.owner(), context.caller.as_deref(), tool.name, arguments),
                arguments: ShownArguments::new(arguments, tool.files),
            }
        });
        Self { confirmer, caller, surface, context, tool, call, state: Mutex::default() }
    }

    /// Returns the reason why the tool was not called, if there is one, and what happened to the confirmation.
    pub(super) fn finish(self) -> (Option<CallError>, Option<ConfirmationStep>) {
        let GateState { stop, step, .. } = self.state.into_inner().unwrap_or_else(PoisonError::into_inner);
        (stop, step)
    }

    fn state(&self) -> MutexGuard<'_, GateState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn permit_by_question(&self, call: &ConfirmableCall, request: &Request) -> Result<(), ToolError> {
        let Some(state) = &self.context.input.state else {
            return Err(self.ask(call, request).await);
        };
        let confirmation = match self.confirmer.open(ConfirmationWay::Question, state, &call.binding) {
            Ok(confirmation) => confirmation,
            Err(error) => return Err(self.stop(refused_input(&error), ConfirmationStep::QuestionRefused)),
        };
        match self.context.input.answer(KEY) {
            Some(Answer::Accepted(_)) => {
                self.set(ConfirmationWay::Question, confirmation, ConfirmationStep::QuestionGiven);
                Ok(())
            }
            Some(Answer::Declined) => Err(self.refuse(outcome::error_of_confirmation(outcome::DECLINED, None))),
            Some(Answer::Cancelled) => Err(self.refuse(outcome::error_of_confirmation(outcome::NOT_ANSWERED, None))),
            None => Err(self.ask(call, request).await),
        }
    }

    async fn permit_by_code(&self, call: &ConfirmableCall, request: &Request) -> Result<(), ToolError> {
        let Some(code) = &call.code else {
            self.state().step = Some(ConfirmationStep::CodeAsked);
            return Err(self.preview(call, &self.question(call, request).await, None));
        };
        match self.confirmer.open(ConfirmationWay::Code, code, &call.binding) {
            Ok(confirmation) => {
                self.set(ConfirmationWay::Code, confirmation, ConfirmationStep::CodeGiven);
                Ok(())
            }
            Err(error) => {
                self.state().step = Some(ConfirmationStep::CodeRefused);
                Err(self.preview(call, &self.question(call, request).await, Some(&error.to_string())))
            }
        }
    }

    async fn question(&self, call: &ConfirmableCall, request: &Request) -> String {
        let find = |name: &str| self.surface.tool(name);
        let CallFacts { record, warnings } = self.caller.facts_of_call(self.tool, request, find).await;
        let (title, arguments) = (self.tool.title, &call.arguments);
        Question { title, request, arguments, record: &record, warnings: &warnings }.text()
    }

    /// Asks the user. The error is never seen: the client gets the question instead.
    async fn ask(&self, call: &ConfirmableCall, request: &Request) -> ToolError {
        let question = InputQuestion {
            message: self.question(call, request).await,
            // The buttons of the client are the answer.
            schema: json!({ "type": "object", "properties": {} }),
        };
        let state = self.confirmer.issue(ConfirmationWay::Question, &call.binding);
        let required = InputRequired { questions: vec![(KEY, question)], state: Some(state) };
        self.stop(CallError::InputRequired(Box::new(required)), ConfirmationStep::QuestionAsked)
    }

    /// Refuses the call with a preview and a new code. `problem` is what was wrong with the code that was given.
    fn preview(&self, call: &ConfirmableCall, question: &str, problem: Option<&str>) -> ToolError {
        let code = self.confirmer.issue(ConfirmationWay::Code, &call.binding);
        let problem =
            problem.map(|problem| format!("The confirmation is not accepted: {problem}. ")).unwrap_or_default();
        let argument = CONFIRMATION.name;
        let message = format!(
            "{problem}Nothing was sent: this call needs a confirmation. Show the user this preview first.\n{question}\nCall again \
             with the same arguments and \"{argument}\": \"{code}\"",
        );
        outcome::error_of_confirmation(&message, Some(code))
    }

    fn set(&self, way: ConfirmationWay, confirmation: Confirmation, step: ConfirmationStep) {
        let mut state = self.state();
        state.confirmation = Some((way, confirmation));
        state.step = Some(step);
    }

    fn refuse(&self, error: ToolError) -> ToolError {
        self.state().step = Some(ConfirmationStep::QuestionRefused);
        error
    }

    fn stop(&self, refusal: CallError, step: ConfirmationStep) -> ToolError {
        let mut state = self.state();
        state.stop = Some(refusal);
        state.step = Some(step);
        outcome::error_of_confirmation(outcome::NOT_ANSWERED, None)
    }
}

fn refused_input(error: &dyn std::fmt::Display) -> CallError {
    CallError::InvalidInput(format!("The confirmation is not accepted: {error}. Nothing was sent."))
}

impl Gate for ConfirmationGate<'_> {
    async fn permit(&self, request: &Request) -> Result<(), ToolError> {
        match &self.call {
            Some(call) if request.effects().iter().any(|effect| effect.kind.needs_confirmation()) => {
                if self.context.can_ask() {
                    self.permit_by_question(call, request).await
                } else if self.confirmer.policy == ConfirmPolicy::Always {
                    self.permit_by_code(call, request).await
                } else {
                    Ok(())
                }
            }
            _ => Ok(()),
        }
    }

    async fn leave(&self, request: &Request) -> Result<(), ToolError> {
        let Some((way, confirmation)) = self.state().confirmation.take() else { return Ok(()) };
        match (self.confirmer.use_up(confirmation).await, way, &self.call) {
            (Ok(()), ..) => Ok(()),
            (Err(error @ UsedError::Before), ConfirmationWay::Code, Some(call)) => {
                self.state().step = Some(ConfirmationStep::CodeRefused);
                Err(self.preview(call, &self.question(call, request).await, Some(&error.to_string())))
            }
            (Err(error @ UsedError::Before), ..) => {
                Err(self.stop(refused_input(&error), ConfirmationStep::QuestionRefused))
            }
            (Err(UsedError::Unrecorded(error)), ..) => {
                tracing::error!(%error, "failed to record the use of a confirmation");
                Err(outcome::error_of_confirmation(outcome::NOT_RECORDED, None))
            }
        }
    }
}
