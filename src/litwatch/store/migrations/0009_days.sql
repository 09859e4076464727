-- What thousands of records are compared by every night: their days, by which a window finds them, and how far they are
-- from one another in age. Columns, so that no document is read for it; other fields stay in the document alone.

ALTER TABLE observation ADD COLUMN version INTEGER;
ALTER TABLE observation ADD COLUMN entered DATE;
ALTER TABLE observation ADD COLUMN created DATE;
ALTER TABLE observation ADD COLUMN mesh_dated DATE;
ALTER TABLE observation ADD COLUMN revised DATE;
UPDATE observation SET
    version = (doc->>'$.version')::INTEGER,
    entered = (doc->>'$.entered')::DATE,
    created = (doc->>'$.created')::DATE,
    mesh_dated = (doc->>'$.mesh_dated')::DATE,
    revised = (doc->>'$.revised')::DATE;
