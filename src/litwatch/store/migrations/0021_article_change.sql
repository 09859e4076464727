-- The moments at which the text behind a slug looked like another article, and what the editor said of it.

CREATE TABLE article_change (
    topic VARCHAR NOT NULL,
    number INTEGER NOT NULL,         -- 1, 2, … of one slug
    noted_at TIMESTAMP NOT NULL,     -- the night; it dates the moment and decides nothing
    state VARCHAR NOT NULL,          -- asked, same, new (decisions/article_identity.py)
    forgets BOOLEAN NOT NULL,        -- whether nothing from before this moment counts
    judged_by INTEGER,               -- the number of the editor's answer among the judgements
    night INTEGER NOT NULL,          -- the first night of the new text
    matches INTEGER NOT NULL,        -- the last match list of the old text
    related INTEGER NOT NULL,        -- its last look for related papers
    judgements INTEGER NOT NULL,     -- the last judgement that was given on it
    earlier VARCHAR[] NOT NULL,      -- the episodes of the old text, by id
    ended VARCHAR[] NOT NULL,        -- those of them that ended only because of this
    begun VARCHAR[] NOT NULL         -- the episodes that began the same night
);
