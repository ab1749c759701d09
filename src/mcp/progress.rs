//! How far a call is: notifications that a client asked for, sent while it waits for the answer.
//!
//! Where they go is for the transport to say; it hands over the other end of a channel.

use std::pin::pin;
use std::time::Duration;

use serde::Serialize;
use serde_json::{Map, Value};
use tokio::sync::mpsc;
use tokio::time::timeout;

/// Where one call says how far it is. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Progress {
    token: Value,
    messages: mpsc::Sender<Vec<u8>>,
}

#[derive(Serialize)]
struct Notification<'a> {
    jsonrpc: &'static str,
    method: &'static str,
    params: Params<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Params<'a> {
    progress_token: &'a Value,
    progress: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    total: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<&'a str>,
}

impl Progress {
    /// The token under which a request with these parameters asks to hear of its progress.
    ///
    /// Each report repeats it, so one that is longer than any client needs counts as none.
    pub fn token(params: &Map<String, Value>) -> Option<&Value> {
        const LONGEST: usize = 256;
        let token = params.get("_meta")?.get("progressToken")?;
        let short = token.as_str().is_some_and(|text| text.len() <= LONGEST);
        (short || token.is_i64() || token.is_u64()).then_some(token)
    }

    /// Sends what is reported to `messages`, if a request with these parameters asks for it.
    pub fn asked_for(params: &Map<String, Value>, messages: &mpsc::Sender<Vec<u8>>) -> Option<Self> {
        Self::token(params).map(|token| Self::new(token.clone(), messages.clone()))
    }

    /// Sends what is reported under `token` to `messages`, each a whole message.
    pub fn new(token: Value, messages: mpsc::Sender<Vec<u8>>) -> Self {
        Self { token, messages }
    }

    /// Awaits `call`, and tells whoever wants to know how much it has uploaded, which `sent_of_total` says in bytes; or
    /// every few seconds, if that is no more than it was, that it is still under way.
    pub async fn while_waiting<T>(
        progress: Option<&Self>,
        sent_of_total: impl Fn() -> (u64, u64),
        call: impl Future<Output = T>,
    ) -> T {
        const SECOND: Duration = Duration::from_secs(1);
        /// Seconds.
        const PATIENCE: u64 = 5;
        let Some(progress) = progress else { return call.await };
        let mut call = pin!(call);
        let (mut seconds, mut silent, mut reported) = (0, 0, 0);
        loop {
            if let Ok(outcome) = timeout(SECOND, &mut call).await {
                return outcome;
            }
            (seconds, silent) = (seconds + 1, silent + 1);
            let (sent, total) = sent_of_total();
            if sent > reported {
                (silent, reported) = (0, sent);
                progress.report(sent, Some(total), Some(&format!("Uploaded {sent} of {total} bytes")));
            } else if silent == PATIENCE {
                (silent, reported) = (0, reported + PATIENCE);
                let message = format!("Still waiting for an answer after {seconds} seconds");
                progress.report(reported, None, Some(&message));
            }
        }
    }

    /// Says that `done` out of `total` is done. Each report must be of more than the one before.
    ///
    /// It never waits: if the client does not keep up with reading, it misses reports.
    pub fn report(&self, done: u64, total: Option<u64>, message: Option<&str>) {
        let notification = Notification {
            jsonrpc: "2.0",
            method: "notifications/progress",
            params: Params { progress_token: &self.token, progress: done, total, message },
        };
        // Serialising texts and numbers cannot fail, and a report that nobody takes is none.
        if let Ok(message) = serde_json::to_vec(&notification) {
            let _ = self.messages.try_send(message);
        }
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

    use serde_json::json;

    use super::*;

    fn token(meta: &Value) -> Option<Value> {
        let params = Map::from_iter([("_meta".to_owned(), meta.clone())]);
        Progress::token(&params).cloned()
    }

    #[test]
    fn a_token_is_a_string_or_an_integer() {
        assert_eq!(token(&json!({ "progressToken": "a" })), Some(json!("a")));
        assert_eq!(token(&json!({ "progressToken": 7 })), Some(json!(7)));
        for none in [json!({}), json!(null), json!({ "progressToken": null }), json!({ "progressToken": 1.5 })] {
            assert_eq!(token(&none), None, "{none}");
        }
    }

    #[test]
    fn a_token_that_would_make_reports_long_is_none() {
        let (longest, longer) = ("é".repeat(128), "x".repeat(257));
        assert_eq!(token(&json!({ "progressToken": longest })), Some(json!(longest)));
        assert_eq!(token(&json!({ "progressToken": longer })), None);
    }

    #[test]
    fn a_report_is_a_notification_under_the_clients_token() {
        let (sender, mut reports) = mpsc::channel(1);
        let progress = Progress::new(json!("a"), sender);
        progress.report(1, Some(3), None);
        progress.report(2, Some(3), Some("this one is missed"));
        let report: Value = serde_json::from_slice(&reports.try_recv().unwrap()).unwrap();
        assert_eq!(
            report,
            json!({
                "jsonrpc": "2.0",
                "method": "notifications/progress",
                "params": { "progressToken": "a", "progress": 1, "total": 3 },
            })
        );
        assert!(reports.try_recv().is_err());
    }

    #[tokio::test(start_paused = true)]
    async fn a_slow_call_is_said_to_be_under_way_to_whoever_asked() {
        let (sender, mut reports) = mpsc::channel(4);
        let progress = Progress::new(json!(1), sender);
        let call = || tokio::time::sleep(Duration::from_secs(11));
        Progress::while_waiting(None, || (0, 0), call()).await;
        Progress::while_waiting(Some(&progress), || (0, 0), call()).await;
        for seconds in [5, 10] {
            let report: Value = serde_json::from_slice(&reports.try_recv().unwrap()).unwrap();
            assert_eq!(report.pointer("/params/progress"), Some(&json!(seconds)));
        }
        assert!(reports.try_recv().is_err());
    }

    #[tokio::test(start_paused = true)]
    async fn what_is_uploaded_is_said_as_it_grows_and_never_less_than_before() {
        let (sender, mut reports) = mpsc::channel(16);
        let progress = Progress::new(json!(1), sender);
        // By the second: nothing, all but two bytes, a pause of six seconds, and the rest.
        let sent = [0, 98, 98, 98, 98, 98, 98, 98, 100, 100, 100, 100, 100];
        let start = tokio::time::Instant::now();
        let sent_of_total = || (sent[usize::try_from(start.elapsed().as_secs()).unwrap() - 1], 100);
        let call = tokio::time::sleep(Duration::from_millis(13_500));
        Progress::while_waiting(Some(&progress), sent_of_total, call).await;
        let mut said = Vec::new();
        while let Ok(report) = reports.try_recv() {
            let report: Value = serde_json::from_slice(&report).unwrap();
            said.push((report["params"]["progress"].clone(), report["params"]["total"].clone()));
        }
        assert_eq!(said, [(json!(98), json!(100)), (json!(103), json!(null)), (json!(108), json!(null))]);
    }
}
