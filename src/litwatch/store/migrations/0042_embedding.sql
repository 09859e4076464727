-- What sentence models have made of texts, once a text: a record's title and abstract, or an article's question. Kept so
-- that no text is computed twice, and that everybody who reads the store has the same order of new records.

CREATE TABLE embedding (
    model VARCHAR NOT NULL,          -- SHA-256 of the model's weights, in hex
    text_key VARCHAR NOT NULL,       -- 32 hex digits of the SHA-256 of the text that was read
    vector BLOB NOT NULL,            -- whole numbers from -127 to 127, a byte each
    PRIMARY KEY (model, text_key)
);

CREATE TABLE embedding_cost (
    model VARCHAR PRIMARY KEY,
    texts BIGINT NOT NULL,
    seconds DOUBLE NOT NULL          -- of processor time, for all of them
);
