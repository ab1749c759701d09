-- The clients of the authorization server: registered by an operator, or by themselves (RFC 7591). A client that is
-- identified by the URL of its metadata document has no row. `redirect_uris` is a JSON list.
CREATE TABLE oauth_client (
    id TEXT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    registration TEXT NOT NULL,
    redirect_uris TEXT NOT NULL,
    secret_hash TEXT,
    server_id TEXT REFERENCES server (id) ON DELETE CASCADE,
    created_by TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    last_used_at BIGINT
);

CREATE INDEX oauth_client_by_use ON oauth_client (registration, last_used_at, id);
CREATE INDEX oauth_client_by_server ON oauth_client (server_id);

-- Connections: a user let a client use a server. Deleting one revokes its tokens. `generation` is the number of refresh
-- tokens so far, of which the last two work.
CREATE TABLE connection (
    id TEXT NOT NULL PRIMARY KEY,
    user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    server_id TEXT NOT NULL REFERENCES server (id) ON DELETE CASCADE,
    client_id TEXT NOT NULL,
    client_name TEXT NOT NULL,
    redirect_uri TEXT NOT NULL,
    scope TEXT NOT NULL,
    remembered BIGINT NOT NULL,
    generation BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    last_used_at BIGINT
);

CREATE INDEX connection_by_user ON connection (user_id, client_id, server_id);
CREATE INDEX connection_by_server ON connection (server_id);
CREATE INDEX connection_by_client ON connection (client_id);
CREATE INDEX connection_by_expiry ON connection (expires_at);

-- Authorization codes, by their keyed hash. A code that was exchanged names its connection, which a second attempt revokes.
-- That is no foreign key: deleting the connection must not let the code be exchanged again.
CREATE TABLE authorization_code (
    code_hash TEXT NOT NULL PRIMARY KEY,
    user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    server_id TEXT NOT NULL REFERENCES server (id) ON DELETE CASCADE,
    client_id TEXT NOT NULL,
    client_name TEXT NOT NULL,
    redirect_uri TEXT NOT NULL,
    scope TEXT NOT NULL,
    remembered BIGINT NOT NULL,
    code_challenge TEXT NOT NULL,
    connection_id TEXT,
    expires_at BIGINT NOT NULL
);

CREATE INDEX authorization_code_by_user ON authorization_code (user_id);
CREATE INDEX authorization_code_by_server ON authorization_code (server_id);
CREATE INDEX authorization_code_by_expiry ON authorization_code (expires_at);

-- Tokens, by their keyed hashes. The scope of an access token may be narrower than that of its connection.
CREATE TABLE access_token (
    token_hash TEXT NOT NULL PRIMARY KEY,
    connection_id TEXT NOT NULL REFERENCES connection (id) ON DELETE CASCADE,
    scope TEXT NOT NULL,
    expires_at BIGINT NOT NULL
);

CREATE INDEX access_token_by_connection ON access_token (connection_id, expires_at);
CREATE INDEX access_token_by_expiry ON access_token (expires_at);

CREATE TABLE refresh_token (
    token_hash TEXT NOT NULL PRIMARY KEY,
    connection_id TEXT NOT NULL REFERENCES connection (id) ON DELETE CASCADE,
    generation BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);

CREATE INDEX refresh_token_by_connection ON refresh_token (connection_id, generation);
CREATE INDEX refresh_token_by_expiry ON refresh_token (expires_at);
