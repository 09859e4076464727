-- What was asked beside the nightly searches: newer versions, costs of changes, supplements. A row when it changes.

CREATE TABLE beside (
    topic VARCHAR NOT NULL,
    revision INTEGER NOT NULL,
    noted_at TIMESTAMP NOT NULL,
    doc JSON NOT NULL,
    PRIMARY KEY (topic, revision)
);
