-- What an article's last decision rested on, so that a night on which nothing of it differs carries the decision on
-- (decisions/carried_decision.py). A row for each article whose decision may be carried on, and none for the others.

CREATE TABLE decision_ground (
    topic VARCHAR PRIMARY KEY,
    inputs VARCHAR NOT NULL,         -- SHA-256 of what the night read and was answered, and of the rules
    decided_on DATE NOT NULL,
    holds_to DATE,                   -- the last day before something falls due; NULL where nothing does
    judgements INTEGER NOT NULL,     -- the last one in the chain that was counted
    pmids INTEGER[] NOT NULL,        -- the papers on whose records the decision rests
    dois VARCHAR[] NOT NULL,         -- and the DOIs by which other sources may name them
    standing UBIGINT                 -- what the store knew of these and of the article's episodes, as a number
);
