-- Identity providers, with which users sign in (OpenID Connect). The three lists are JSON.
CREATE TABLE identity_provider (
    id TEXT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    preset TEXT NOT NULL,
    issuer TEXT NOT NULL,
    client_id TEXT NOT NULL,
    allowed_tenants TEXT NOT NULL,
    allowed_domains TEXT NOT NULL,
    allowed_groups TEXT NOT NULL,
    created_by TEXT NOT NULL,
    updated_by TEXT NOT NULL,
    version BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);

-- The last sign-in of a user with a provider, and the last time at which the provider confirmed the user. The node that
-- asks the provider again holds the lease, so that a provider's refresh token is used once.
CREATE TABLE provider_sign_in (
    user_id TEXT NOT NULL PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
    provider_id TEXT NOT NULL REFERENCES identity_provider (id) ON DELETE CASCADE,
    signed_in_at BIGINT NOT NULL,
    confirmed_at BIGINT NOT NULL,
    lease_until BIGINT NOT NULL
);

CREATE INDEX provider_sign_in_by_provider ON provider_sign_in (provider_id);

-- Secrets of providers and refresh tokens of users, sealed with a master key. Each opens only as the record of its name.
CREATE TABLE sealed_secret (
    record TEXT NOT NULL PRIMARY KEY,
    key_id TEXT NOT NULL REFERENCES keyring (id),
    sealed TEXT NOT NULL,
    provider_id TEXT REFERENCES identity_provider (id) ON DELETE CASCADE,
    user_id TEXT REFERENCES users (id) ON DELETE CASCADE
);

CREATE INDEX sealed_secret_by_key ON sealed_secret (key_id);
CREATE INDEX sealed_secret_by_provider ON sealed_secret (provider_id);
CREATE INDEX sealed_secret_by_user ON sealed_secret (user_id);

-- A user may act only while the identity provider that admitted the user is configured.
DROP VIEW active_user;

CREATE VIEW active_user AS
    SELECT users.id, users.issuer, users.subject, users.name, users.email, users.email_verified, users.group_names,
        users.role, users.provider_id, api_token.expires_at AS token_expires_at
    FROM users
        LEFT JOIN api_token ON api_token.id = users.api_token_id
        LEFT JOIN identity_provider ON identity_provider.id = users.provider_id
    WHERE users.status = 'active' AND users.deleted_at IS NULL
        AND (users.api_token_id IS NULL OR api_token.id IS NOT NULL)
        AND (users.provider_id IS NULL OR identity_provider.id IS NOT NULL);
