-- Codes where phrases stood. Judgements keep their text, because it is hashed: the macros say what its phrases mean.

CREATE MACRO code_of_phrase(phrase) AS CASE phrase
    WHEN 'cited record retracted' THEN 'retracted'
    WHEN 'cited record retracted and republished' THEN 'retracted_republished'
    WHEN 'cited record partially retracted' THEN 'partly_retracted'
    WHEN 'cited record withdrawn' THEN 'withdrawn'
    WHEN 'expression of concern about a cited record' THEN 'concern'
    WHEN 'erratum to a cited record' THEN 'erratum'
    WHEN 'cited record corrected and republished' THEN 'republished'
    WHEN 'newer version of a cited record' THEN 'newer_version'
    WHEN 'cited record reinstated' THEN 'reinstated'
    WHEN 'cited record no longer served by PubMed' THEN 'not_served'
    WHEN 'notice about a cited record withdrawn' THEN 'notice_taken_back'
    WHEN 'new record on the topic' THEN 'new_record'
    WHEN 'not relevant' THEN 'not_relevant'
    WHEN 'already covered' THEN 'already_covered'
    WHEN 'snoozed' THEN 'later'
    WHEN 'article reviewed: unchanged' THEN 'reviewed_unchanged'
    WHEN 'article reviewed: update' THEN 'reviewed_update'
    WHEN 'article reviewed: withdraw' THEN 'reviewed_withdraw'
    WHEN 'reference confirmed' THEN 'reference_confirmed'
    WHEN 'lead closed' THEN 'lead_closed'
    WHEN 'lead open again' THEN 'lead_reopened'
    WHEN 'check asked for' THEN 'check_asked'
    WHEN 'digest stopped' THEN 'digest_stopped'
    WHEN 'digest resumed' THEN 'digest_resumed'
    WHEN 'links revoked' THEN 'links_revoked'
    WHEN 'topic sweep' THEN 'topic'
    WHEN 'citation sweep' THEN 'citation'
    WHEN 'Retraction Watch table' THEN 'retraction_watch'
    WHEN 'no longer announced' THEN 'no_longer_announced'
    ELSE phrase
END;

-- What identifies a notice: its PMID, its number in the Retraction Watch table, how it shows, or its citation line.
CREATE MACRO code_of_notice(told) AS CASE
    WHEN told = 'publication type Retracted Publication' THEN 'by_type'
    WHEN told = 'its title says so' THEN 'by_title'
    WHEN regexp_full_match(told, 'PMID [0-9]+') THEN 'pmid:' || told[6:]
    WHEN regexp_full_match(told, 'Retraction Watch [0-9]+') THEN 'retraction_watch:' || told[18:]
    ELSE told
END;

-- The kind of notice whose end a change tells, from a detail of the form "<kind>: <notice>".
CREATE MACRO code_of_ended(detail) AS CASE
    WHEN contains(detail, ': ') THEN nullif(code_of_phrase(split_part(detail, ': ', 1)), split_part(detail, ': ', 1))
END;

-- Of a kind that is a code already, the detail is one too, or a citation line.
CREATE MACRO code_of_detail(kind, detail) AS CASE
    WHEN code_of_phrase(kind) = kind THEN detail
    WHEN code_of_ended(detail) IS NOT NULL
        THEN code_of_ended(detail) || ':' || code_of_notice(substr(detail, strpos(detail, ': ') + 2))
    ELSE code_of_notice(detail)
END;

CREATE TABLE change_with_codes (     -- append-only; closed by judgements only
    topic VARCHAR NOT NULL,
    kind VARCHAR NOT NULL,
    pmid INTEGER NOT NULL,
    detail VARCHAR NOT NULL,         -- the notice, as pmid:9, retraction_watch:9, by_type, by_title or its citation line
    notice_pmid INTEGER,
    ended VARCHAR,                   -- the kind of notice that is gone, where that is the change
    opened_at TIMESTAMP NOT NULL,
    run VARCHAR NOT NULL,
    place INTEGER NOT NULL,          -- its place among the changes of its night
    PRIMARY KEY (topic, kind, pmid, detail)
);
INSERT INTO change_with_codes
SELECT topic, code_of_phrase(kind), pmid, code_of_detail(kind, detail), notice_pmid,
    CASE WHEN code_of_phrase(kind) <> kind THEN code_of_ended(detail) END, opened_at, run, place
FROM change;
DROP TABLE change;
ALTER TABLE change_with_codes RENAME TO change;

UPDATE sweep SET kind = code_of_phrase(kind) WHERE kind <> code_of_phrase(kind);
UPDATE outstanding SET how = code_of_phrase(how), ending = code_of_phrase(ending);

CREATE TABLE sighting_with_codes (   -- which topic met which record, and how
    topic VARCHAR NOT NULL,
    pmid INTEGER NOT NULL,
    how VARCHAR NOT NULL,            -- topic, citation or feed
    first_seen TIMESTAMP NOT NULL,
    night INTEGER NOT NULL,          -- the night of the first sighting
    search VARCHAR,                  -- the exact term that found it first
    revision INTEGER,                -- the observation that this topic saw last
    PRIMARY KEY (topic, pmid, how)
);
INSERT INTO sighting_with_codes
SELECT topic, pmid, code_of_phrase(how), first_seen, night, search, revision FROM sighting;
DROP TABLE sighting;
ALTER TABLE sighting_with_codes RENAME TO sighting;

-- Values in documents; a quotation mark inside a text is escaped there, so these match whole values only.
UPDATE match_list SET doc = replace(doc::VARCHAR, '"state":"not found"', '"state":"not_found"')::JSON
WHERE contains(doc::VARCHAR, '"state":"not found"');
UPDATE beside SET doc = replace(replace(doc::VARCHAR,
    '"kind":"similar articles"', '"kind":"similar"'), '"kind":"citing articles"', '"kind":"citing"')::JSON;
UPDATE verdict SET doc = replace(replace(replace(replace(doc::VARCHAR,
    '"status":"review now"', '"status":"review_now"'), '"status":"review needed"', '"status":"review_needed"'),
    '"status":"no signal"', '"status":"no_signal"'), '"status":"not surveyed"', '"status":"not_surveyed"')::JSON;
