-- Up to which update file each topic's night has been spent, and from what, so that a night whose files do not touch a
-- topic need not open its article (decisions/untouched.py).

CREATE TABLE carried_topic (
    topic VARCHAR PRIMARY KEY,
    key VARCHAR NOT NULL,            -- SHA-256 of the topic file, the article, what may lie beside it, and the rules
    file VARCHAR NOT NULL
);
