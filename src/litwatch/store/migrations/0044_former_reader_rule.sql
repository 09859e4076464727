-- How many readers a topic asked before its topic file named another number, and until which survey: the minutes of a month
-- that is over tell what the answers came to by the number of that month (store/answers_given.py).

CREATE TABLE former_reader_rule (
    topic VARCHAR NOT NULL,
    readers INTEGER NOT NULL,
    last_survey TIMESTAMP NOT NULL
);
