-- One row per change, sign-in and denial. There are no foreign keys, so that rows outlive what they name. `fields` is a JSON
-- list of names, never of values. `denial` is set for denials only: the address and the minute, of which there is one row.
CREATE TABLE audit (
    id TEXT NOT NULL PRIMARY KEY,
    at BIGINT NOT NULL,
    actor TEXT NOT NULL,
    actor_id TEXT,
    address TEXT,
    action TEXT NOT NULL,
    object TEXT NOT NULL,
    object_id TEXT,
    object_name TEXT,
    fields TEXT NOT NULL,
    denial TEXT UNIQUE
);

CREATE INDEX audit_by_time ON audit (at);
CREATE INDEX audit_by_actor ON audit (actor, id);
CREATE INDEX audit_by_object ON audit (object_id, id);
CREATE INDEX denial_by_time ON audit (at) WHERE denial IS NOT NULL;

-- The names of those who created an object and who changed it last.
ALTER TABLE account ADD COLUMN created_by TEXT NOT NULL DEFAULT 'unknown';
ALTER TABLE account ADD COLUMN updated_by TEXT NOT NULL DEFAULT 'unknown';
ALTER TABLE server ADD COLUMN updated_by TEXT NOT NULL DEFAULT 'unknown';
UPDATE server SET updated_by = created_by WHERE version = 1;

-- The objects so far. The identifier of an object was made with it, and names no other row.
INSERT INTO audit (id, at, actor, action, object, object_id, object_name, fields)
SELECT id, created_at, 'unknown', 'created', 'account', id, name, '[]' FROM account;
INSERT INTO audit (id, at, actor, action, object, object_id, object_name, fields)
SELECT id, created_at, created_by, 'created', 'server', id, name, '[]' FROM server;
INSERT INTO audit (id, at, actor, action, object, object_id, object_name, fields)
SELECT id, created_at, created_by, 'created', 'api_token', id, name, '[]' FROM api_token;

ALTER TABLE api_token ADD COLUMN last_used_at BIGINT;

-- The hashes of tokens that a new URL of their server replaced, until they expire.
CREATE TABLE replaced_token (
    token_hash TEXT NOT NULL PRIMARY KEY,
    server_id TEXT NOT NULL REFERENCES server (id) ON DELETE CASCADE,
    expires_at BIGINT NOT NULL
);

CREATE INDEX replaced_token_by_server ON replaced_token (server_id);
CREATE INDEX replaced_token_by_expiry ON replaced_token (expires_at);

-- The user who signed in to the server, if it asks for that.
ALTER TABLE call_log ADD COLUMN user_id TEXT;

CREATE INDEX call_log_by_user ON call_log (user_id, id) WHERE user_id IS NOT NULL;
