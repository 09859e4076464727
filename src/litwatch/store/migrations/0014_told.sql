-- What a night told and of which text: every figure of a report is in the store. Rows are added when something differs,
-- so that a quiet night adds none.

CREATE TABLE told_signal (           -- what an article's reports tell of each open change, from one night until another
    topic VARCHAR NOT NULL,
    first_night INTEGER NOT NULL,    -- the first night that told it so (sweep.night)
    until_night INTEGER,             -- the first that told it otherwise or no more; NULL while it is told so
    place INTEGER NOT NULL,          -- its place in the report, from 1
    kind VARCHAR NOT NULL,
    pmid INTEGER NOT NULL,
    detail VARCHAR NOT NULL,
    notice_pmid INTEGER,
    episodes VARCHAR[] NOT NULL,     -- the open episodes that it tells, by id
    first_seen DATE NOT NULL,
    deadline DATE,                   -- of a notice: the last day before it is told further up
    priority INTEGER NOT NULL,       -- 1 high, 2 medium, 3 low
    level INTEGER,                   -- of a new record: 1 guideline … 8
    level_label VARCHAR,
    provisional BOOLEAN,             -- the level rests on less than NLM's publication types
    relevance DOUBLE NOT NULL,       -- 0 to 1, among the article's new records
    chance DOUBLE,                   -- that the board would keep it, 0 to 1
    sentences INTEGER[] NOT NULL,    -- numbers of the article's sentences, most concerned first
    marks VARCHAR[] NOT NULL,
    reasons VARCHAR[] NOT NULL,
    taken_back BOOLEAN NOT NULL,
    outlived BOOLEAN NOT NULL,
    digest VARCHAR NOT NULL          -- of all of it
);

ALTER TABLE verdict ADD COLUMN status VARCHAR;
ALTER TABLE verdict ADD COLUMN decided_on DATE;
ALTER TABLE verdict ADD COLUMN searched_to DATE;
ALTER TABLE verdict ADD COLUMN reassess_on DATE;
ALTER TABLE verdict ADD COLUMN rules VARCHAR[];
UPDATE verdict SET
    status = doc->>'$.status',
    decided_on = (doc->>'$.decided_on')::DATE,
    searched_to = (doc->>'$.searched_to')::DATE,
    reassess_on = (doc->>'$.reassess_on')::DATE,
    rules = (doc->>'$.fired[*].rule')::VARCHAR[];

CREATE TABLE article_text (          -- an article as a night read it; a row each time that its text differs
    topic VARCHAR NOT NULL,
    revision INTEGER NOT NULL,
    noted_at TIMESTAMP NOT NULL,
    title VARCHAR NOT NULL,          -- what reports call it
    question VARCHAR,
    last_updated DATE,
    review_state VARCHAR NOT NULL,
    digest VARCHAR NOT NULL,         -- of all that was read
    PRIMARY KEY (topic, revision)
);

CREATE TABLE article_sentence (
    topic VARCHAR NOT NULL,
    revision INTEGER NOT NULL,
    number INTEGER NOT NULL,         -- through the whole article, from 1
    heading VARCHAR NOT NULL,
    text VARCHAR NOT NULL,
    markers INTEGER[] NOT NULL,      -- the references that it names, by their printed numbers
    PRIMARY KEY (topic, revision, number)
);

CREATE TABLE article_reference (
    topic VARCHAR NOT NULL,
    revision INTEGER NOT NULL,
    position INTEGER NOT NULL,       -- place in the list, from 1
    number INTEGER,                  -- as printed
    kind VARCHAR NOT NULL,
    text VARCHAR NOT NULL,           -- the whole entry as printed
    title VARCHAR NOT NULL,
    source VARCHAR NOT NULL,
    year INTEGER,
    authors VARCHAR[] NOT NULL,
    pmid INTEGER,                    -- as printed; what it was matched with is in match_list
    doi VARCHAR,
    PRIMARY KEY (topic, revision, position)
);
