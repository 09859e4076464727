-- What the last look at each member's list found, so that a list in which nothing is new comes once a week and a quiet
-- night need not read the reports again (digest/schedule.py).

CREATE TABLE list_look (
    recipient VARCHAR PRIMARY KEY,   -- by mailbox key
    looked_on DATE,
    sent_on DATE,
    marks VARCHAR[] NOT NULL,
    listed VARCHAR NOT NULL,         -- SHA-256, or empty
    pressed VARCHAR NOT NULL
);
