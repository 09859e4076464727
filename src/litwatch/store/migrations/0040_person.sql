-- Who gave a judgement. Judgements name a person by an id that tells nothing, so that the chain of their hashes holds when
-- the row is taken out of here. The id is the hash of the name and of the salt, so that another name in its place shows.
-- What was recorded before has the name itself.

CREATE TABLE person (
    id VARCHAR PRIMARY KEY,          -- person- and 32 hex digits: of SHA-256 over salt and name
    salt VARCHAR NOT NULL,           -- 32 random hex digits; without it nobody can try names against the id
    name VARCHAR NOT NULL            -- a name or a mail address, as it was given
);
