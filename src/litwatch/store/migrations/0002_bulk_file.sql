-- NLM's bulk files as far as they are loaded; the row moves in the transaction that writes a batch of its records.

CREATE TABLE bulk_file (
    name VARCHAR PRIMARY KEY,        -- pubmed26n0001.xml.gz
    year INTEGER NOT NULL,           -- 2026
    number INTEGER NOT NULL,         -- 1
    md5 VARCHAR NOT NULL,
    everything BOOLEAN NOT NULL,     -- every record was kept, not only those that litwatch watches
    made_at TIMESTAMP NOT NULL,      -- by NLM, as far as is known
    started_at TIMESTAMP NOT NULL,
    position INTEGER NOT NULL,       -- items read so far
    counts JSON NOT NULL,
    problems JSON NOT NULL,          -- a sentence for each record that could not be read
    loaded_at TIMESTAMP              -- with its last batch
);
