-- The age in seconds up to which a reply of the API is used again for an identical read.
ALTER TABLE account ADD COLUMN cache_seconds BIGINT NOT NULL DEFAULT 0;

-- The calls that servers with a limit have sent, in buckets of five minutes since 1970.
CREATE TABLE call_count (
    server_id TEXT NOT NULL,
    bucket BIGINT NOT NULL,
    calls BIGINT NOT NULL,
    writes BIGINT NOT NULL,
    PRIMARY KEY (server_id, bucket)
);
