-- What was last seen of the account at the API, as JSON: the time and the outcome. Null until it is tried.
ALTER TABLE account ADD COLUMN last_check TEXT;
