-- The people who have signed in. An issuer and its subject identify one. (`user` is a reserved word of PostgreSQL.)
--
-- The row of a user who was disabled outlives the deletion of the user, without personal data, so that signing in again
-- does not lift the bar.
CREATE TABLE users (
    id TEXT NOT NULL PRIMARY KEY,
    issuer TEXT NOT NULL,
    subject TEXT NOT NULL,
    name TEXT NOT NULL,
    email TEXT,
    email_verified BIGINT NOT NULL,
    group_names TEXT NOT NULL,
    role TEXT NOT NULL,
    status TEXT NOT NULL,
    -- The identity provider that admitted the user last.
    provider_id TEXT,
    -- The API token that the user signs in with, if there is one in the store.
    api_token_id TEXT,
    updated_by TEXT NOT NULL,
    version BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    last_used_at BIGINT,
    deleted_at BIGINT,
    UNIQUE (issuer, subject)
);

CREATE INDEX users_by_api_token ON users (api_token_id);

-- The users who may act: neither disabled nor deleted, and not signed in by an API token that was revoked. An API token
-- that has expired is still in the table for a while: compare `token_expires_at` with the time.
CREATE VIEW active_user AS
    SELECT users.id, users.issuer, users.subject, users.name, users.email, users.email_verified, users.group_names,
        users.role, users.provider_id, api_token.expires_at AS token_expires_at
    FROM users LEFT JOIN api_token ON api_token.id = users.api_token_id
    WHERE users.status = 'active' AND users.deleted_at IS NULL
        AND (users.api_token_id IS NULL OR api_token.id IS NOT NULL);

-- The sessions of browsers. The cookie is a secret, and only its keyed hash is stored.
CREATE TABLE browser_session (
    cookie_hash TEXT NOT NULL PRIMARY KEY,
    user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);

CREATE INDEX browser_session_by_user ON browser_session (user_id, created_at);
CREATE INDEX browser_session_by_expiry ON browser_session (expires_at);
