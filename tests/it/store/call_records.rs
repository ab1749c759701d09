//! The table of the call log: records are read as written, filtered, paginated, summed up and purged.

use desk365_mcp::call_log::{self, CallFilter, CallRecord, Grouping, SummaryCursor, SummaryFilter};
use uuid::Uuid;

use crate::store::rows::{self, ODD_TEXTS, at};

const MINUTE: i64 = 60_000;

on_every_engine! {
    async fn a_call_record_is_read_as_written(url: &str) {
        let store = rows::store(url).await;
        let mut call = rows::call(1, ODD_TEXTS[3], "ok");
        (call.account_id, call.server_id) = (Some(Uuid::now_v7()), Some(Uuid::now_v7()));
        (call.client_name, call.client_version) = (Some(ODD_TEXTS[0].to_owned()), Some("1".to_owned()));
        (call.protocol_revision, call.request_id) = (Some("r".into()), Some("q".to_owned()));
        call.remaining = Some(5999);
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

    async fn a_sum_has_percentiles_of_the_duration(url: &str) {
        let store = rows::store(url).await;
        let mut calls: Vec<_> = (0..200).map(|number| rows::call(number, "a", "ok")).collect();
        for (number, call) in (1..).zip(calls.iter_mut().rev()) {
            call.duration_us = number;
        }
        calls.push(rows::call(1000, "b", "ok"));
        call_log::insert(&store, &calls).await.unwrap();
        let sums = async |tool, bucket_ms| {
            let group = Grouping { tool, ..Grouping::default() };
            let filter = SummaryFilter { calls: CallFilter::default(), bucket_ms, group, after: None };
            let sums = call_log::summarize(&store, &filter, 100).await.unwrap();
            sums.into_iter().map(|sum| (sum.tool, sum.calls, sum.p50_us, sum.p95_us)).collect::<Vec<_>>()
        };
        let (a, b) = (("a".to_owned(), 200, 100, 190), ("b".to_owned(), 1, 1500, 1500));
        assert_eq!(sums(true, i64::MAX).await, [a, b]);
        assert_eq!(sums(false, i64::MAX).await, [(String::new(), 201, 101, 191)]);
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
        call_log::insert(&store, &[rows::call(1, "a", "ok"), rows::call(2, "a", "ok")]).await.unwrap();
        assert_eq!(call_log::purge(&store, at(2)).await.unwrap(), 1);
        assert_eq!(call_log::list(&store, &CallFilter::default(), 9).await.unwrap().len(), 1);
    }
}
