//! Rows for tests of the store.

use std::collections::BTreeMap;

use desk365_mcp::call_log::CallRecord;
use desk365_mcp::store::{
    AccountRow, ApiTokenRow, AuditAction, AuditObject, AuditRow, Health, KeyRow, ServerRow, Store, TokenRole,
};
use jiff::Timestamp;
use serde_json::Map;
use uuid::Uuid;

pub(crate) const KEY: &str = "key-1";

/// Texts with quotes, comments, placeholders, white space and non-ASCII characters.
pub(crate) const ODD_TEXTS: [&str; 8] = [
    "'; DROP TABLE account; --",
    "\" OR 1=1 /*",
    "$1 ? :name @x %s \\",
    "Zoë 😀 日本語 עברית",
    "e\u{301} and \u{e9}",
    " spaces  around ",
    "line\nbreak\ttab",
    "",
];

pub(crate) fn at(milliseconds: i64) -> Timestamp {
    Timestamp::from_millisecond(1_700_000_000_000 + milliseconds).unwrap()
}

/// Opens a store and adds a master key to it.
pub(crate) async fn store(url: &str) -> Store {
    let store = Store::open(url).await.unwrap();
    store.add_key(&key(KEY, 0)).await.unwrap();
    store
}

pub(crate) fn key(id: &str, created: i64) -> KeyRow {
    KeyRow { id: id.to_owned(), sealed_hash_key: format!("hash key of {id}"), created_at: at(created) }
}

pub(crate) fn account(name: &str) -> AccountRow {
    AccountRow {
        id: Uuid::now_v7(),
        name: name.to_owned(),
        variables: BTreeMap::from([("variable".to_owned(), "value".to_owned())]),
        base_url: None,
        key_id: KEY.to_owned(),
        sealed_key: "sealed".to_owned(),
        status: Health::Active,
        last_check: None,
        ratelimit: None,
        cache_seconds: 0,
        created_by: "a test".to_owned(),
        updated_by: "a test".to_owned(),
        version: 1,
        created_at: at(1),
        updated_at: at(1),
    }
}

pub(crate) fn server(account: &AccountRow, name: &str) -> ServerRow {
    let id = Uuid::now_v7();
    ServerRow {
        id,
        account_id: account.id,
        name: name.to_owned(),
        token_hash: format!("hash of {id}"),
        config: Map::from_iter([("methods".to_owned(), serde_json::json!(["read"]))]),
        expires_at: None,
        created_by: "a test".to_owned(),
        updated_by: "a test".to_owned(),
        version: 1,
        created_at: at(1),
        updated_at: at(1),
        last_used_at: None,
    }
}

pub(crate) fn api_token(name: &str) -> ApiTokenRow {
    let id = Uuid::now_v7();
    ApiTokenRow {
        id,
        name: name.to_owned(),
        role: TokenRole::Caller,
        token_hash: format!("hash of {id}"),
        expires_at: None,
        created_by: "a test".to_owned(),
        created_at: at(1),
        last_used_at: None,
    }
}

/// An event for a change that does not matter to the test.
pub(crate) fn event() -> AuditRow {
    AuditRow {
        id: Uuid::now_v7(),
        at: at(1),
        actor: "a test".to_owned(),
        actor_id: None,
        address: None,
        action: AuditAction::Updated,
        object: AuditObject::Account,
        object_id: None,
        object_name: None,
        fields: Vec::new(),
        denial: None,
    }
}

pub(crate) fn call(time: i64, tool: &str, status: &str) -> CallRecord {
    CallRecord {
        id: Uuid::now_v7(),
        tool: (!tool.is_empty()).then(|| tool.to_owned().into()),
        upstream_status: Some(200),
        duration_us: 1500,
        ..CallRecord::new(at(time), status.to_owned())
    }
}
