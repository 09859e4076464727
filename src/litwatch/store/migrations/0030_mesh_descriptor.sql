-- NLM's headings, as the operator has loaded them, so that a strategy is evaluated here as PubMed explodes it.

CREATE TABLE mesh_descriptor (
    label VARCHAR NOT NULL,
    ui VARCHAR,                      -- NLM's unique ID, D007333
    numbers VARCHAR[] NOT NULL,      -- tree numbers
    entry_terms VARCHAR[] NOT NULL
);

CREATE TABLE mesh_edition (
    year INTEGER NOT NULL,
    headings INTEGER NOT NULL,
    loaded_at TIMESTAMPTZ NOT NULL
);
