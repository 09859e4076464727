-- How many members must give the same answer before it counts, as the last run read it from the topic file; a topic without
-- a row asks one. judgement_episode.closes is by this number (store/answers_given.py).

CREATE TABLE reader_rule (
    topic VARCHAR NOT NULL,
    readers INTEGER NOT NULL,
    PRIMARY KEY (topic)
);
