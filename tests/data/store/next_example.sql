-- A step that only the tests know: it stands for the next release of the schema.
ALTER TABLE run ADD COLUMN host VARCHAR;
CREATE TABLE example (id INTEGER PRIMARY KEY);
