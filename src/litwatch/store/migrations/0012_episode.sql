-- The life of a change: a fact begins, ends, and may begin again, each time as an episode that is closed by itself.
-- store/changes_as_episodes.py then fills these tables from ``change``, in the same transaction, and drops it.

CREATE TABLE episode (
    id VARCHAR PRIMARY KEY,          -- 16 hex digits, of what it is (decisions/change_life.py)
    topic VARCHAR NOT NULL,
    kind VARCHAR NOT NULL,
    pmid INTEGER NOT NULL,
    detail VARCHAR NOT NULL,
    notice_pmid INTEGER,
    ended_kind VARCHAR,              -- the kind of notice that is gone, where that is the change
    number INTEGER NOT NULL,         -- 1, 2, … of one fact of one article
    began_at TIMESTAMP NOT NULL,
    ended_at TIMESTAMP,
    told_at TIMESTAMP,               -- when a published report showed it first
    run VARCHAR NOT NULL,
    place INTEGER NOT NULL,          -- its place among the changes of its night
    before_ids BOOLEAN NOT NULL      -- told before episodes had ids; judgements of then can mean no others
);

CREATE TABLE judgement_episode (     -- what each judgement is about; read from it, or for older ones worked out once
    seq INTEGER NOT NULL,
    episode VARCHAR NOT NULL,
    PRIMARY KEY (seq, episode)
);

DROP VIEW IF EXISTS gone_again;
DROP VIEW IF EXISTS change_state;
DROP MACRO TABLE IF EXISTS open_change;
