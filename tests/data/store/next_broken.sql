-- A step whose second half fails: its first half must not stay.
CREATE TABLE half (id INTEGER PRIMARY KEY);
INSERT INTO no_such_table VALUES (1);
