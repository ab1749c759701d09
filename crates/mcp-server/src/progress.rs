//! Progress notifications for a client that waits for an answer (MCP 2026-07-28, Basic, Patterns, "Progress").
//!
//! The transport decides where they go: it holds the receiving end of a channel.

use std::pin::pin;
use std::time::Duration;

use serde::Serialize;
use serde_json::{Map, Value};
use tokio::select;
use tokio::sync::{mpsc, watch};
use tokio::time::{Instant, interval_at};

use super::encode::encode_bytes;
use super::meta::PROGRESS_TOKEN;

/// The channel on which one call reports its progress. Cheap to clone.
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
    /// The progress token in a request's parameters: a string or an integer.
    ///
    /// Every notification repeats the token, so one longer than 256 bytes counts as absent.
    pub(crate) fn token(params: &Map<String, Value>) -> Option<&Value> {
        const LONGEST: usize = 256;
        let token = params.get("_meta")?.get(PROGRESS_TOKEN)?;
        let short = token.as_str().is_some_and(|text| text.len() <= LONGEST);
        (short || token.is_i64() || token.is_u64()).then_some(token)
    }

    /// The channel that sends notifications under `token` to `messages`, each of them a whole message.
    pub(crate) fn new(token: Value, messages: mpsc::Sender<Vec<u8>>) -> Self {
        Self { token, messages }
    }

    /// Awaits `call`, and reports its progress until then: the rows that it has read as soon as there are more, the
    /// uploaded bytes whenever they have grown within a second, or every five seconds the time that the client has waited.
    /// `sent_of_total` returns the bytes sent and the bytes to send; `rows` are those read, out of all.
    pub async fn while_waiting<T>(
        progress: Option<&Self>,
        sent_of_total: impl Fn() -> (u64, u64),
        mut rows: watch::Receiver<(u64, Option<u64>)>,
        call: impl Future<Output = T>,
    ) -> T {
        const INTERVAL: Duration = Duration::from_secs(1);
        /// In seconds.
        const LONGEST_SILENCE: u64 = 5;
        let Some(progress) = progress else { return call.await };
        let mut call = pin!(call);
        let mut ticks = interval_at(Instant::now() + INTERVAL, INTERVAL);
        let (mut seconds, mut silent, mut reported) = (0, 0, 0);
        loop {
            select! {
                biased;
                outcome = &mut call => return outcome,
                Ok(()) = rows.changed() => {
                    let (read, total) = *rows.borrow_and_update();
                    let of_total = total.map_or_else(String::new, |total| format!(" of {total}"));
                    // The time that the client has waited may have been reported as more.
                    let done = read.max(reported + 1);
                    (silent, reported) = (0, done);
                    progress.report(done, total.filter(|total| *total >= done), Some(&format!("Read {read}{of_total} rows")));
                    continue;
                }
                _ = ticks.tick() => (seconds, silent) = (seconds + 1, silent + 1),
            }
            let (sent, total) = sent_of_total();
            if sent > reported {
                (silent, reported) = (0, sent);
                progress.report(sent, Some(total), Some(&format!("Uploaded {sent} of {total} bytes")));
            } else if silent == LONGEST_SILENCE {
                (silent, reported) = (0, reported + LONGEST_SILENCE);
                let message = format!("Still waiting for an answer after {seconds} seconds");
                progress.report(reported, None, Some(&message));
            }
        }
    }

    /// Reports that `done` out of `total` is done. The protocol requires that `done` increases with every report.
    ///
    /// Reporting never waits: a client that reads too slowly misses reports.
    pub fn report(&self, done: u64, total: Option<u64>, message: Option<&str>) {
        let notification = Notification {
            jsonrpc: "2.0",
            method: "notifications/progress",
            params: Params { progress_token: &self.token, progress: done, total, message },
        };
        // Fails if the channel is full or the client is gone. In both cases the report is dropped.
        let _ = self.messages.try_send(encode_bytes(&notification));
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
    fn a_long_token_counts_as_absent() {
        let (longest, longer) = ("é".repeat(128), "x".repeat(257));
        assert_eq!(token(&json!({ "progressToken": longest })), Some(json!(longest)));
        assert_eq!(token(&json!({ "progressToken": longer })), None);
    }

    #[test]
    fn a_report_is_a_notification_under_the_clients_token() {
        let (sender, mut reports) = mpsc::channel(1);
        let progress = Progress::new(json!("a"), sender);
        progress.report(1, Some(3), None);
        progress.report(2, Some(3), Some("this one is dropped"));
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

    fn no_rows() -> watch::Receiver<(u64, Option<u64>)> {
        watch::Sender::default().subscribe()
    }

    #[tokio::test(start_paused = true)]
    async fn rows_are_reported_as_soon_as_they_are_read() {
        let (sender, mut reports) = mpsc::channel(8);
        let progress = Progress::new(json!(1), sender);
        let rows = watch::Sender::default();
        let call = async {
            for (seconds, read, total) in [(0, 30, None), (1, 60, Some(95)), (12, 65, Some(95)), (0, 95, Some(95))] {
                tokio::time::sleep(Duration::from_millis(seconds * 1000 + 1)).await;
                rows.send_replace((read, total));
            }
            tokio::task::yield_now().await;
        };
        Progress::while_waiting(Some(&progress), || (0, 0), rows.subscribe(), call).await;
        let mut seen = Vec::new();
        while let Ok(report) = reports.try_recv() {
            let report: Value = serde_json::from_slice(&report).unwrap();
            let params = &report["params"];
            seen.push((params["progress"].clone(), params["total"].clone(), params["message"].clone()));
        }
        let expected = [
            (json!(30), json!(null), json!("Read 30 rows")),
            (json!(60), json!(95), json!("Read 60 of 95 rows")),
            (json!(65), json!(null), json!("Still waiting for an answer after 6 seconds")),
            (json!(70), json!(null), json!("Still waiting for an answer after 11 seconds")),
            (json!(71), json!(95), json!("Read 65 of 95 rows")),
            (json!(95), json!(95), json!("Read 95 of 95 rows")),
        ];
        assert_eq!(seen, expected);
    }

    #[tokio::test(start_paused = true)]
    async fn a_slow_call_reports_the_time_waited() {
        let (sender, mut reports) = mpsc::channel(4);
        let progress = Progress::new(json!(1), sender);
        let call = || tokio::time::sleep(Duration::from_secs(11));
        Progress::while_waiting(None, || (0, 0), no_rows(), call()).await;
        Progress::while_waiting(Some(&progress), || (0, 0), no_rows(), call()).await;
        for seconds in [5, 10] {
            let report: Value = serde_json::from_slice(&reports.try_recv().unwrap()).unwrap();
            assert_eq!(report.pointer("/params/progress"), Some(&json!(seconds)));
        }
        assert!(reports.try_recv().is_err());
    }

    #[tokio::test(start_paused = true)]
    async fn upload_reports_grow_and_never_shrink() {
        let (sender, mut reports) = mpsc::channel(16);
        let progress = Progress::new(json!(1), sender);
        // By the second: nothing, all but two bytes, a pause of six seconds, and the rest.
        let sent = [0, 98, 98, 98, 98, 98, 98, 98, 100, 100, 100, 100, 100];
        let start = Instant::now();
        let sent_of_total = || (sent[usize::try_from(start.elapsed().as_secs()).unwrap() - 1], 100);
        let call = tokio::time::sleep(Duration::from_millis(13_500));
        Progress::while_waiting(Some(&progress), sent_of_total, no_rows(), call).await;
        let mut seen = Vec::new();
        while let Ok(report) = reports.try_recv() {
            let report: Value = serde_json::from_slice(&report).unwrap();
            seen.push((report["params"]["progress"].clone(), report["params"]["total"].clone()));
        }
        assert_eq!(seen, [(json!(98), json!(100)), (json!(103), json!(null)), (json!(108), json!(null))]);
    }
}
