-- Whose digest stays stopped although the address was taken out of the store: for the day on which a topic file names it
-- again. Whoever has an address can try it here; the address itself is not kept.

CREATE TABLE stopped_mailbox (
    salt VARCHAR NOT NULL,           -- 32 random hex digits
    digest VARCHAR NOT NULL,         -- SHA-256 over salt and mailbox key, in hex
    PRIMARY KEY (salt)
);
