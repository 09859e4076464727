-- Which records cite a paper, so that finding them does not read the reference list of every record in the store.

CREATE TABLE citation (              -- append-only; of one pair the row of the highest revision holds
    cited INTEGER NOT NULL,
    pmid INTEGER NOT NULL,           -- the record whose own list names it
    revision INTEGER NOT NULL,       -- the first one with (or again without) the paper
    listed BOOLEAN NOT NULL          -- false once a later revision leaves the paper out
);

INSERT INTO citation
SELECT unnest(list_distinct(from_json(doc->'$.cites', '["INTEGER"]'))) AS cited, pmid, revision, true FROM observation
WHERE (pmid, revision) IN (SELECT (pmid, max(revision)) FROM observation GROUP BY pmid);
