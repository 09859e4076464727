-- By what a reference may name a record, so that looking one up costs the same however many records there are.

CREATE MACRO bare_letters(words) AS regexp_replace(lower(words), '[^\pL\pN]+', '', 'g');
CREATE MACRO name_key(kind, name) AS md5_number_lower(kind || ':' || name);

-- Keys of a record's names; a title has one for its first 15 letters and one for its first 40.
CREATE MACRO name_keys(title, doi, pmcid) AS list_filter([
    CASE WHEN length(bare_letters(title)) >= 40 THEN name_key('40 letters', left(bare_letters(title), 40)) END,
    CASE WHEN length(bare_letters(title)) >= 15 THEN name_key('15 letters', left(bare_letters(title), 15)) END,
    name_key('doi', doi),
    name_key('pmcid', pmcid)
], lambda key: key IS NOT NULL);

CREATE TABLE record_key (            -- of every observation; a hint that is verified, so that an old one does no harm
    key UBIGINT NOT NULL,
    pmid INTEGER NOT NULL
);

INSERT INTO record_key
SELECT DISTINCT unnest(name_keys(doc->>'$.title', doc->>'$.doi', doc->>'$.pmcid')), pmid FROM observation;
