-- The last report of each article whose decision may be carried on (decision_ground), so that reading it again decides
-- nothing anew. Records are named by their PMIDs and read from observation.

CREATE TABLE kept_report (
    topic VARCHAR PRIMARY KEY,
    made_of VARCHAR NOT NULL,        -- SHA-256 of the article, its topic file and the rules
    doc VARCHAR NOT NULL             -- JSON (reading/kept_report.py)
);
