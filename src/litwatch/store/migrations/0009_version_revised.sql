-- By what a bulk file's record is older than the one observed last, so that comparing thousands reads none of them whole.

ALTER TABLE observation ADD COLUMN version INTEGER;
ALTER TABLE observation ADD COLUMN revised DATE;
UPDATE observation SET version = (doc->>'$.version')::INTEGER, revised = (doc->>'$.revised')::DATE;
