-- What a sweep did not need to ask for again, what a reader should know of it, and what was announced and never came.

ALTER TABLE sweep ADD COLUMN known INTEGER DEFAULT 0;
ALTER TABLE sweep ADD COLUMN notes JSON DEFAULT '[]';

CREATE TABLE outstanding (           -- records announced to a topic and not in hand; a row each, kept when it has ended
    topic VARCHAR NOT NULL,
    pmid INTEGER NOT NULL,
    since TIMESTAMP NOT NULL,        -- the night that first went without it
    how VARCHAR NOT NULL,            -- who announced it: topic sweep or feed
    unreadable VARCHAR,              -- why what came could not be read
    nights INTEGER NOT NULL,         -- days on which it was asked for and did not come readable
    last_day DATE NOT NULL,
    unannounced INTEGER NOT NULL,    -- days in a row on which the search no longer named it
    ending VARCHAR,                  -- delivered, no longer announced
    PRIMARY KEY (topic, pmid, since)
);
