-- The confirmations that were used, until they expire. Each of them permits one request.
CREATE TABLE used_confirmation (
    id TEXT NOT NULL PRIMARY KEY,
    expires_at BIGINT NOT NULL
);

-- The step of a confirmation that the call reached. Null if the call needed none.
ALTER TABLE call_log ADD COLUMN confirmation TEXT;
