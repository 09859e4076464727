-- What NLM's update files brought for strategies that are matched here and not by a search of PubMed (source: bulk).
-- A strategy goes by the SHA-256 of its text: topics may share one, and a changed text is another one.

CREATE TABLE file_match (            -- append-only; in file order
    strategy VARCHAR NOT NULL,
    pmid INTEGER NOT NULL,
    file VARCHAR NOT NULL            -- the bulk file in which the strategy found the record
);

CREATE TABLE file_coverage (         -- against which unbroken run of files a strategy was matched, altered in place
    strategy VARCHAR PRIMARY KEY,
    first_file VARCHAR NOT NULL,
    last_file VARCHAR NOT NULL
);

CREATE TABLE file_strategy (         -- the strategies that a file which is not loaded to its end is matched against
    strategy VARCHAR NOT NULL,
    file VARCHAR NOT NULL
);

CREATE TABLE record_asked (          -- records that PubMed served as they were known, so that from then on the files tell
    pmid INTEGER PRIMARY KEY,
    asked_at TIMESTAMP NOT NULL
);
