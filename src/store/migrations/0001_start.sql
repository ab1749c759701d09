-- Only types that all engines have in common are used: times are milliseconds since 1970 UTC, identifiers are UUIDs in
-- their text form, structured values are JSON texts.

-- The names of the master keys in use: one, or two during a key rotation. Each sealed value refers to its key, so that a
-- key cannot be deleted while a value needs it.
CREATE TABLE keyring (
    id TEXT NOT NULL PRIMARY KEY,
    sealed_hash_key TEXT NOT NULL,
    created_at BIGINT NOT NULL
);

-- Facts: values of which a store has at most one, and which never change. The first node that inserts one wins.
CREATE TABLE fact (
    name TEXT NOT NULL PRIMARY KEY,
    content TEXT NOT NULL
);

CREATE TABLE account (
    id TEXT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    variables TEXT NOT NULL,
    base_url TEXT,
    key_id TEXT NOT NULL REFERENCES keyring (id),
    sealed_key TEXT NOT NULL,
    status TEXT NOT NULL,
    ratelimit TEXT,
    version BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);

CREATE INDEX account_by_key ON account (key_id);

CREATE TABLE server (
    id TEXT NOT NULL PRIMARY KEY,
    account_id TEXT NOT NULL REFERENCES account (id),
    name TEXT NOT NULL,
    token_hash TEXT NOT NULL UNIQUE,
    config TEXT NOT NULL,
    expires_at BIGINT,
    created_by TEXT NOT NULL,
    version BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    last_used_at BIGINT
);

CREATE INDEX server_by_account ON server (account_id, id);
CREATE INDEX server_by_expiry ON server (expires_at);

CREATE TABLE api_token (
    id TEXT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    role TEXT NOT NULL,
    token_hash TEXT NOT NULL UNIQUE,
    expires_at BIGINT,
    created_by TEXT NOT NULL,
    created_at BIGINT NOT NULL
);

CREATE INDEX api_token_by_expiry ON api_token (expires_at);

-- One row per call, without arguments and results. There are no foreign keys, so that rows outlive their server and
-- account.
CREATE TABLE call_log (
    id TEXT NOT NULL PRIMARY KEY,
    at BIGINT NOT NULL,
    account_id TEXT,
    server_id TEXT,
    tool TEXT,
    client_name TEXT,
    client_version TEXT,
    protocol_revision TEXT,
    status TEXT NOT NULL,
    upstream_status BIGINT,
    duration_us BIGINT NOT NULL,
    request_id TEXT
);

CREATE INDEX call_log_by_time ON call_log (at);
CREATE INDEX call_log_by_server ON call_log (server_id, id);
CREATE INDEX call_log_by_account ON call_log (account_id, id);
