-- The articles as they were read last, so that a file that has not changed is not read again.

CREATE TABLE kept_article (
    topic VARCHAR PRIMARY KEY,
    key VARCHAR NOT NULL,      -- SHA-256 of the file, of how it is counted and of litwatch's own reader
    beside VARCHAR NOT NULL,   -- JSON: [[name, SHA-256 or null], ...] of the files beside it that the reading asked for
    doc VARCHAR NOT NULL       -- JSON: the article
);
