-- What index, feed and calendar tell of each article, kept beside its verdict, so that they are written without reading
-- a report; filled by the next night, or when it is first asked for.

CREATE TABLE article_line (
    topic VARCHAR NOT NULL,          -- one row each
    night INTEGER NOT NULL,          -- the night that it tells of (sweep.night)
    heard INTEGER NOT NULL,          -- judgements up to this one (stored_judgement.seq) are told
    good_from DATE,                  -- it stands from this day, on which something that was put off was open again,
    good_until DATE,                 -- to the day before this one, on which something else will be; NULL for ever
    files VARCHAR NOT NULL,          -- the state of the topic file and the article's when they were read
    doc JSON NOT NULL,               -- report/article_line.py, in codes
    page DATE,                       -- the day of its newest report, as far as litwatch wrote it
    told VARCHAR                     -- the digest of what that report tells
);

CREATE TABLE published_line (        -- an article's part of the index page, the feed and the calendar, as published
    topic VARCHAR NOT NULL,          -- one row each; none where article_line is newer
    day DATE NOT NULL,               -- of the pages that it is made for
    made_by VARCHAR NOT NULL,        -- the digest of the program, the templates and the address of the pages
    pages VARCHAR NOT NULL,          -- the state of the folder of its reports
    surveyed_at TIMESTAMP NOT NULL,
    status VARCHAR NOT NULL,
    demonstration BOOLEAN NOT NULL,
    index_key VARCHAR NOT NULL,      -- JSON: its place on the index page
    index_line VARCHAR NOT NULL,
    feed_key VARCHAR NOT NULL,       -- JSON: its place in the feed
    feed_entry VARCHAR NOT NULL,
    event VARCHAR NOT NULL           -- empty without a date of re-assessment
);
