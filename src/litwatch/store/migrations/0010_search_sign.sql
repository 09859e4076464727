-- Why the search strategy needs a look, by code: read from here, and no longer out of the verdict's sentence. NULL for
-- the nights before this migration, whose verdicts keep the sentence.

ALTER TABLE sweep ADD COLUMN signs JSON;
