-- The Retraction Watch table as read: a row for each entry in each form that it has had, and the file it came from.

CREATE TABLE watch_entry (
    digest VARCHAR NOT NULL,         -- SHA-256 of the entry
    first_seen TIMESTAMP NOT NULL,
    gone_at TIMESTAMP,               -- since when the table has it no more, or in another form
    entry INTEGER NOT NULL,          -- Record ID
    nature VARCHAR NOT NULL,
    noticed DATE NOT NULL,
    paper_pmid INTEGER,
    paper_doi VARCHAR,
    doc JSON NOT NULL,
    PRIMARY KEY (digest, first_seen)
);

CREATE TABLE watch_file (            -- one row: the file that the entries came from
    source VARCHAR NOT NULL,         -- without secrets
    etag VARCHAR,
    last_modified VARCHAR,
    loaded_at TIMESTAMP NOT NULL,    -- when its content last differed
    read_at TIMESTAMP NOT NULL,      -- when it was last asked for and answered
    counts JSON NOT NULL
);
