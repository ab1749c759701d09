//! Tests of questions to a user while the API does not answer.

use std::net::TcpListener;

use super::*;

#[tokio::test(start_paused = true)]
async fn a_slow_read_of_the_record_delays_a_question_by_seconds() {
    // The system accepts connections, and no program answers.
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", silent.local_addr().unwrap());
    let account = Account::new(&address, SecretString::from("key")).unwrap();
    let caller = ToolCaller::new(UpstreamClient::new(UpstreamOptions::default()).unwrap(), account, &API);
    let service = ScopedService::new(&API, Scope::default(), Exposure::All, ConfirmPolicy::Auto, caller);
    let (tool, arguments) = TOOLS
        .iter()
        .find_map(|tool| {
            let arguments: Map<String, Value> = serde_json::from_str(tool.def.example).unwrap();
            let request = tool.prepare(arguments.clone()).unwrap();
            let is_asked = request.effects().iter().any(|effect| effect.kind.needs_confirmation());
            (is_asked && request.lookup().is_some()).then_some((tool, arguments))
        })
        .unwrap();
    let capabilities = Map::from_iter([("elicitation".to_owned(), json!({}))]);
    let mut context = RequestContext::new(Lifecycle::Stateless);
    context.capabilities = capabilities;
    let started = tokio::time::Instant::now();
    let asked = service.call(tool.def.name, arguments, &context).await;
    let Err(CallError::InputRequired(asked)) = asked else { panic!("{asked:?}") };
    let (_, question) = &asked.questions[0];
    assert!(question.message.contains("could not be read (timed_out)"), "{}", question.message);
    assert!(started.elapsed() < std::time::Duration::from_secs(6));
}
