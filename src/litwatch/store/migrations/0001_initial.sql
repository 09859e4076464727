-- The first schema. Primary keys only: no secondary index and no foreign key (DuckDB's index bugs, docs/decisions/store.md).
-- Times are UTC without zone; lists and values are JSON text exactly as their hash was taken.

CREATE TABLE observation (           -- a PubMed record as observed; append-only
    pmid INTEGER NOT NULL,
    revision INTEGER NOT NULL,       -- 1, 2, …: a return to an earlier content is a new one
    observed_at TIMESTAMP NOT NULL,
    content_hash VARCHAR NOT NULL,   -- SHA-256 of doc
    source VARCHAR NOT NULL,
    doc JSON NOT NULL,
    PRIMARY KEY (pmid, revision)
);

CREATE TABLE fate (                  -- deleted, missing, returned; append-only, a row for each turn
    pmid INTEGER NOT NULL,
    ordinal INTEGER NOT NULL,
    state VARCHAR NOT NULL,
    noted_at TIMESTAMP NOT NULL,
    PRIMARY KEY (pmid, ordinal)
);

CREATE TABLE sweep (
    night INTEGER NOT NULL,          -- nights of topics, in the order in which they were written
    ordinal INTEGER NOT NULL,
    night_hash VARCHAR NOT NULL,     -- the same night written twice is written once
    topic VARCHAR NOT NULL,
    run VARCHAR NOT NULL,
    surveyed_at TIMESTAMP NOT NULL,
    kind VARCHAR NOT NULL,
    state VARCHAR NOT NULL,
    strategy VARCHAR NOT NULL,
    window_first DATE,
    window_last DATE,
    found INTEGER NOT NULL,
    delivered INTEGER NOT NULL,
    missing JSON NOT NULL,
    unreadable JSON NOT NULL,
    error VARCHAR,
    PRIMARY KEY (night, ordinal)
);

CREATE TABLE search (                -- the search log: each ESearch as sent and answered
    night INTEGER NOT NULL,
    sweep INTEGER NOT NULL,          -- the sweep's ordinal
    ordinal INTEGER NOT NULL,
    term VARCHAR NOT NULL,
    window_first DATE,
    window_last DATE,
    count INTEGER NOT NULL,
    pmids JSON NOT NULL,
    translation VARCHAR NOT NULL,
    warnings JSON NOT NULL,
    searched_at TIMESTAMP NOT NULL,
    PRIMARY KEY (night, sweep, ordinal)
);

CREATE TABLE sighting (              -- which topic met which record, and how
    topic VARCHAR NOT NULL,
    pmid INTEGER NOT NULL,
    how VARCHAR NOT NULL,
    first_seen TIMESTAMP NOT NULL,
    night INTEGER NOT NULL,          -- the night of the first sighting
    search VARCHAR,                  -- the exact term that found it first
    revision INTEGER,                -- the observation that this topic saw last
    PRIMARY KEY (topic, pmid, how)
);

CREATE TABLE change (                -- append-only; closed by judgements only
    topic VARCHAR NOT NULL,
    kind VARCHAR NOT NULL,
    pmid INTEGER NOT NULL,
    detail VARCHAR NOT NULL,
    notice_pmid INTEGER,
    opened_at TIMESTAMP NOT NULL,
    run VARCHAR NOT NULL,
    place INTEGER NOT NULL,          -- its place among the changes of its night
    PRIMARY KEY (topic, kind, pmid, detail)
);

CREATE TABLE judgement (             -- append-only, each with the hash of the one before it
    seq INTEGER PRIMARY KEY,
    previous VARCHAR NOT NULL,
    hash VARCHAR NOT NULL,
    doc JSON NOT NULL
);

CREATE TABLE match_list (            -- a topic's reference matches, a row each time that they differ
    topic VARCHAR NOT NULL,
    revision INTEGER NOT NULL,
    matched_at TIMESTAMP NOT NULL,
    doc JSON NOT NULL,
    PRIMARY KEY (topic, revision)
);

CREATE TABLE verdict (               -- a row each time that it differs; the day is part of it
    topic VARCHAR NOT NULL,
    revision INTEGER NOT NULL,
    run VARCHAR NOT NULL,
    doc JSON NOT NULL,
    PRIMARY KEY (topic, revision)
);

CREATE TABLE run (
    id VARCHAR PRIMARY KEY,
    kind VARCHAR NOT NULL,
    process VARCHAR NOT NULL,        -- who runs it, to tell a running one from an interrupted one
    started_at TIMESTAMP NOT NULL,
    finished_at TIMESTAMP,
    state VARCHAR,
    summary JSON,
    error VARCHAR
);

CREATE TABLE outbox (
    recipient VARCHAR NOT NULL,
    scope VARCHAR NOT NULL,
    content_hash VARCHAR NOT NULL,
    message_id VARCHAR NOT NULL,
    subject VARCHAR NOT NULL,
    body BLOB NOT NULL,
    state VARCHAR NOT NULL,
    attempts INTEGER NOT NULL,
    queued_at TIMESTAMP NOT NULL,
    place INTEGER NOT NULL,          -- order of sending
    claimed_at TIMESTAMP,
    claimed_by VARCHAR,              -- the process
    settled_at TIMESTAMP,
    last_error VARCHAR,
    requeued_by VARCHAR,
    PRIMARY KEY (recipient, scope, content_hash)
);
