-- The number of calls that the API still allowed after this one, if its reply said so.
ALTER TABLE call_log ADD COLUMN remaining BIGINT;
