-- How many calls the API allowed after this one, as far as its reply said so.
ALTER TABLE call_log ADD COLUMN remaining BIGINT;
