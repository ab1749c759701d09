//! The table of the call log: records are read as written, filtered, paginated, summed up and purged.

use desk365_mcp::call_log::{self, CallFilter, CallRecord, Grouping, SummaryCursor, SummaryFilter};
use desk365_mcp::store::Store;
use uuid::Uuid;

use crate::store::rows::{self, ODD_TEXTS, at};

const MINUTE: i64 = 60_000;
const HOUR: i64 = 60 * MINUTE;

on_every_engine! {
    async fn a_call_record_is_read_as_written(url: &str) {
        let store = rows::store(url).await;
        let mut call = rows::call(1, ODD_TEXTS[3], "ok");
        (call.account_id, call.server_id) = (Some(Uuid::now_v7()), Some(Uuid::now_v7()));
        (call.client_name, call.client_version) = (Some(ODD_TEXTS[0].to_owned()), Some("1".to_owned()));
        (call.protocol_revision, call.request_id) = (Some("r".into()), Some("q".to_owned()));
        call.remaining = Some(5999);
        call.confirmation = Some("code_given".into());
        let mut bare = rows::call(2, "", "refused");
        bare.upstream_status = None;
        call_log::insert(&store, &[call.clone(), bare.clone()]).await.unwrap();
        assert_eq!(call_log::list(&store, &CallFilter::default(), 9).await.unwrap(), [bare, call]);
    }

    async fn a_batch_of_any_size_is_inserted_whole(url: &str) {
        let store = rows::store(url).await;
        let mut calls: Vec<_> = (0..201).map(|number| rows::call(number, "get", "ok")).collect();
        calls[150].upstream_status = None;
        call_log::insert(&store, &calls).await.unwrap();
        call_log::insert(&store, &[]).await.unwrap();
        calls.reverse();
        assert_eq!(call_log::list(&store, &CallFilter::default(), 500).await.unwrap(), calls);
        assert!(call_log::insert(&store, &[rows::call(999, "get", "ok"), calls[0].clone()]).await.is_err());
        assert_eq!(call_log::list(&store, &CallFilter::default(), 500).await.unwrap(), calls, "all or none");
    }

    async fn filters_select_calls_and_pages_follow_each_other(url: &str) {
        let store = rows::store(url).await;
        let (account, server) = (Uuid::now_v7(), Uuid::now_v7());
        let mut calls: Vec<_> = (0..10).map(|number| rows::call(number, "get", "ok")).collect();
        calls[3].account_id = Some(account);
        calls[4].server_id = Some(server);
        calls[5].tool = Some("update".into());
        calls[6].status = "not_found".into();
        call_log::insert(&store, &calls).await.unwrap();
        let found = async |filter: CallFilter| {
            let rows = call_log::list(&store, &filter, 100).await.unwrap();
            rows.iter().map(|row| calls.iter().position(|call| call.id == row.id).unwrap()).collect::<Vec<_>>()
        };
        let all = CallFilter::default;
        assert_eq!(found(CallFilter { account_id: Some(account), ..all() }).await, [3]);
        assert_eq!(found(CallFilter { server_id: Some(server), ..all() }).await, [4]);
        assert_eq!(found(CallFilter { tool: Some("update".to_owned()), ..all() }).await, [5]);
        assert_eq!(found(CallFilter { status: Some("not_found".to_owned()), ..all() }).await, [6]);
        assert_eq!(found(CallFilter { tool: Some("' OR 1=1 --".to_owned()), ..all() }).await, [0; 0]);
        assert_eq!(found(CallFilter { since: Some(at(2)), until: Some(at(5)), ..all() }).await, [4, 3, 2]);
        assert_eq!(found(CallFilter { before: Some(calls[2].id), ..all() }).await, [1, 0]);
    }

    async fn calls_are_summed_by_time_tool_and_outcome(url: &str) {
        let store = rows::store(url).await;
        let start = at(0).as_millisecond() / MINUTE * MINUTE - at(0).as_millisecond();
        let mut calls = vec![
            rows::call(start, "a", "ok"),
            rows::call(start + MINUTE - 1, "a", "ok"),
            rows::call(start + MINUTE - 1, "a", "timed_out"),
            rows::call(start + MINUTE, "b", "ok"),
            rows::call(start + MINUTE, "", "refused"),
        ];
        calls[1].duration_us = 500;
        call_log::insert(&store, &calls).await.unwrap();
        let group = Grouping { tool: true, status: true, server: false };
        let filter = |after| SummaryFilter { calls: CallFilter::default(), bucket_ms: MINUTE, group, after };
        let sums = call_log::summarize(&store, &filter(None), 100).await.unwrap();
        let short: Vec<_> =
            sums.iter().map(|sum| (sum.bucket, sum.tool.as_str(), sum.status.as_str(), sum.calls)).collect();
        let expected = [
            (at(start + MINUTE), "", "refused", 1),
            (at(start + MINUTE), "b", "ok", 1),
            (at(start), "a", "ok", 2),
            (at(start), "a", "timed_out", 1),
        ];
        assert_eq!(short, expected);
        assert_eq!((sums[2].total_us, sums[2].longest_us), (2000, 1500));
        for (index, sum) in sums.iter().enumerate() {
            let (bucket, tool, status) = (sum.bucket, sum.tool.clone(), sum.status.clone());
            let cursor = SummaryCursor { bucket, tool, status, server_id: sum.server_id.clone() };
            let rest = call_log::summarize(&store, &filter(Some(cursor)), 100).await.unwrap();
            assert_eq!(rest, sums[index + 1..]);
        }
    }

    async fn percentiles_are_within_an_eighth(url: &str) {
        let store = rows::store(url).await;
        let mut calls: Vec<_> = (0..200).map(|number| rows::call(number, "a", "ok")).collect();
        for (number, call) in (1..).zip(calls.iter_mut().rev()) {
            call.duration_us = number * 1000;
        }
        calls.push(rows::call(1000, "b", "ok"));
        call_log::insert(&store, &calls).await.unwrap();
        // By minute from the calls, in one bucket from the sums per hour.
        for bucket_ms in [MINUTE, HOUR, i64::MAX] {
            let group = Grouping { tool: true, ..Grouping::default() };
            let filter = SummaryFilter { calls: CallFilter::default(), bucket_ms, group, after: None };
            let sums = call_log::summarize(&store, &filter, 100).await.unwrap();
            let [a, b] = sums.as_slice() else { panic!("{sums:?}") };
            assert_eq!((a.calls, a.longest_us, b.calls), (200, 200_000, 1));
            assert!((87_500..=112_500).contains(&a.p50_us), "{a:?}");
            assert!((166_250..=200_000).contains(&a.p95_us), "{a:?}");
            assert!((1312..=1500).contains(&b.p50_us) && b.p50_us == b.p95_us, "{b:?}");
        }
    }

    async fn a_period_within_hours_has_exactly_its_calls(url: &str) {
        let store = rows::store(url).await;
        // A call every ten minutes of ten hours.
        let calls: Vec<_> = (0..60).map(|number| rows::call(number * 10 * MINUTE, "a", "ok")).collect();
        call_log::insert(&store, &calls).await.unwrap();
        for (since, until) in [(0, 60), (1, 59), (13, 14), (7, 31), (30, 30), (59, 60)] {
            let [since_ms, until_ms] = [since, until].map(|number: i64| at(number * 10 * MINUTE));
            let period = CallFilter { since: Some(since_ms), until: Some(until_ms), ..CallFilter::default() };
            for bucket_ms in [MINUTE, HOUR, 24 * HOUR, i64::MAX] {
                let filter = SummaryFilter { calls: period.clone(), bucket_ms, group: Grouping::default(), after: None };
                let sums = call_log::summarize(&store, &filter, 1000).await.unwrap();
                assert_eq!(sums.iter().map(|sum| sum.calls).sum::<i64>(), until - since, "{since} {until} {bucket_ms}");
            }
        }
    }

    async fn pages_of_a_summary_have_every_group_once(url: &str) {
        let store = rows::store(url).await;
        // Calls with gaps that grow from minutes to months, and several groups each time.
        let times = (0..30).map(|number| 1_i64 << number).flat_map(|seconds| [seconds * 2, seconds * 2 + 1]);
        let calls = times.flat_map(|seconds| ["a", "b", "c"].map(|tool| rows::call(seconds * 1000, tool, "ok")));
        let calls: Vec<_> = calls.collect();
        call_log::insert(&store, &calls).await.unwrap();
        for bucket_ms in [MINUTE, HOUR, 24 * HOUR, i64::MAX] {
            let group = Grouping { tool: true, ..Grouping::default() };
            let page = async |after, limit| {
                let filter = SummaryFilter { calls: CallFilter::default(), bucket_ms, group, after };
                call_log::summarize(&store, &filter, limit).await.unwrap()
            };
            let whole = page(None, 1000).await;
            assert_eq!(whole.iter().map(|sum| sum.calls).sum::<i64>(), 180);
            let (mut pages, mut after) = (Vec::new(), None);
            loop {
                let rows = page(after.take(), 7).await;
                let Some(last) = rows.last() else { break };
                let (bucket, tool, status) = (last.bucket, last.tool.clone(), last.status.clone());
                after = Some(SummaryCursor { bucket, tool, status, server_id: last.server_id.clone() });
                pages.extend(rows);
            }
            assert_eq!(pages, whole);
        }
    }

    async fn nodes_add_to_the_same_sums(url: &str) {
        let stores = [rows::store(url).await, Store::open(url).await.unwrap()];
        let tools: Vec<_> = (0..20).map(|number| format!("tool {number}")).collect();
        let write = async |store: &Store| {
            for _ in 0..20 {
                let calls: Vec<_> = tools.iter().map(|tool| rows::call(1, tool, "ok")).collect();
                call_log::insert(store, &calls).await.unwrap();
            }
        };
        tokio::join!(write(&stores[0]), write(&stores[1]));
        let group = Grouping { tool: true, ..Grouping::default() };
        let filter = SummaryFilter { calls: CallFilter::default(), bucket_ms: HOUR, group, after: None };
        let sums = call_log::summarize(&stores[0], &filter, 100).await.unwrap();
        assert!(sums.len() == 20 && sums.iter().all(|sum| sum.calls == 40 && sum.total_us == 60_000), "{sums:?}");
    }

    async fn a_record_of_several_calls_counts_as_these(url: &str) {
        let store = rows::store(url).await;
        let several = CallRecord { calls: 1000, ..rows::call(1, "", "not_logged") };
        call_log::insert(&store, &[several, rows::call(2, "a", "ok")]).await.unwrap();
        for bucket_ms in [MINUTE, HOUR] {
            let filter =
                SummaryFilter { calls: CallFilter::default(), bucket_ms, group: Grouping::default(), after: None };
            let sums = call_log::summarize(&store, &filter, 100).await.unwrap();
            assert_eq!((sums[0].calls, sums[0].total_us, sums[0].longest_us), (1001, 1_501_500, 1500));
        }
    }

    async fn only_the_latest_records_stay(url: &str) {
        let store = rows::store(url).await;
        let calls: Vec<_> = (0..2500).map(|number| rows::call(number, "a", "ok")).collect();
        call_log::insert(&store, &calls).await.unwrap();
        assert_eq!(call_log::trim(&store, 2500).await.unwrap(), 0);
        assert_eq!(call_log::trim(&store, 300).await.unwrap(), 2200);
        let left = call_log::list(&store, &CallFilter::default(), 1000).await.unwrap();
        assert!(left.iter().eq(calls[2200..].iter().rev()));
        let filter =
            SummaryFilter { calls: CallFilter::default(), bucket_ms: HOUR, group: Grouping::default(), after: None };
        assert_eq!(call_log::summarize(&store, &filter, 9).await.unwrap()[0].calls, 2500, "the sums stay");
    }

    async fn a_sum_has_the_lowest_remaining_rate_limit(url: &str) {
        let store = rows::store(url).await;
        let left = [("a", Some(7)), ("a", None), ("a", Some(5)), ("a", Some(6)), ("b", None)];
        let calls = left.map(|(tool, remaining)| CallRecord { remaining, ..rows::call(1, tool, "ok") });
        call_log::insert(&store, &calls).await.unwrap();
        let group = Grouping { tool: true, ..Grouping::default() };
        let filter = SummaryFilter { calls: CallFilter::default(), bucket_ms: MINUTE, group, after: None };
        let sums = call_log::summarize(&store, &filter, 100).await.unwrap();
        assert_eq!(sums.iter().map(|sum| sum.lowest_remaining).collect::<Vec<_>>(), [Some(5), None]);
    }

    async fn old_call_records_are_purged(url: &str) {
        let store = rows::store(url).await;
        // More than one statement deletes.
        let mut calls: Vec<_> = (0..1500).map(|number| rows::call(number, "a", "ok")).collect();
        calls.extend([rows::call(3 * HOUR, "b", "ok"), rows::call(3 * HOUR + 1, "c", "ok")]);
        call_log::insert(&store, &calls).await.unwrap();
        assert_eq!(call_log::purge(&store, at(3 * HOUR + 1)).await.unwrap(), 1501);
        let left = call_log::list(&store, &CallFilter::default(), 9).await.unwrap();
        assert!(left.len() == 1 && left[0].tool.as_deref() == Some("c"));
        let group = Grouping { tool: true, ..Grouping::default() };
        let filter = SummaryFilter { calls: CallFilter::default(), bucket_ms: i64::MAX, group, after: None };
        let sums = call_log::summarize(&store, &filter, 9).await.unwrap();
        // The hour of the oldest call that stays is summed up whole.
        assert_eq!(sums.iter().map(|sum| sum.tool.as_str()).collect::<Vec<_>>(), ["b", "c"]);
    }
}
