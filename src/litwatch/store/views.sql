-- What the tables mean, for litwatch and for anyone with DuckDB's own shell. Recreated whenever this text changes.

CREATE OR REPLACE VIEW current_record AS
SELECT pmid, revision, observed_at, content_hash, source, doc->>'$.title' AS title, doc
FROM observation
WHERE (pmid, revision) IN (SELECT (pmid, max(revision)) FROM observation GROUP BY pmid);

-- Keys of a record's names, by which it is found (record_key): of its title without all but letters, which is asked for
-- as an argument because DuckDB works an argument's expression out once for each time that a macro uses it.
CREATE OR REPLACE MACRO bare_name_keys(bare, doi, pmcid) AS list_filter([
    CASE WHEN length(bare) >= 40 THEN name_key('40 letters', left(bare, 40)) END,
    CASE WHEN length(bare) >= 15 THEN name_key('15 letters', left(bare, 15)) END,
    name_key('doi', doi),
    name_key('pmcid', pmcid)
], lambda key: key IS NOT NULL);
CREATE OR REPLACE MACRO name_keys(title, doi, pmcid) AS bare_name_keys(bare_letters(title), doi, pmcid);

-- What was known at the end of a day: FROM record_known_on('2026-03-03').
CREATE OR REPLACE MACRO record_known_on(day) AS TABLE
SELECT pmid, revision, observed_at, content_hash, source, doc->>'$.title' AS title, doc
FROM observation
WHERE (pmid, revision) IN (
    SELECT (pmid, max(revision)) FROM observation WHERE observed_at < day::DATE + INTERVAL 1 DAY GROUP BY pmid
);

CREATE OR REPLACE VIEW current_fate AS
SELECT pmid, max_by(state, ordinal) AS state, max_by(noted_at, ordinal) AS noted_at FROM fate GROUP BY pmid;

-- How far a topic is searched is decided in decisions/search_window.py, from the rows of sweep.
DROP VIEW IF EXISTS watermark;
DROP VIEW IF EXISTS coverage;
DROP VIEW IF EXISTS swept_window;

-- Judgements as they were given, by people's names where they are still known (store/people.py). What was recorded before codes were stored has phrases; their codes are kept beside.
CREATE OR REPLACE VIEW judgement_event AS
SELECT
    seq,
    doc->>'$.topic' AS topic,
    coalesce(code.decision, doc->>'$.decision') AS decision,
    coalesce(giver.name, doc->>'$.by') AS person,
    (doc->>'$.at')::TIMESTAMP AS given_at,
    doc->>'$.reason' AS reason,
    coalesce(code.kind, doc->>'$.change.kind') AS kind,
    (doc->>'$.change.pmid')::INTEGER AS pmid,
    coalesce(code.detail, doc->>'$.change.detail') AS detail,
    (doc->>'$.until')::DATE AS until,
    coalesce(doc->>'$.seen', doc->>'$.at')::TIMESTAMP AS seen,
    (doc->>'$.reference.pmid')::INTEGER AS reference_pmid,
    coalesce(about.name, doc->>'$.member', '') AS member,
    coalesce(doc->>'$.event', '') AS event,
    doc->>'$.effect' AS effect,
    list_transform((doc->'$.settles')::VARCHAR[], lambda one: coalesce(named.names[one], one)) AS settles
FROM stored_judgement LEFT JOIN judgement_code AS code USING (seq)
LEFT JOIN person AS giver ON giver.id = doc->>'$.by'
LEFT JOIN person AS about ON about.id = doc->>'$.member'
CROSS JOIN (SELECT map(coalesce(list(id), []), coalesce(list(name), [])) AS names FROM person) AS named;

-- Each episode with the judgement that has the last word: the last in the chain that closes it or keeps it open. Which
-- it does is decided in decisions/member_answers.py when the judgement is taken in; a decision to update or to withdraw
-- the article does neither (closes is NULL).
CREATE OR REPLACE VIEW episode_state AS
SELECT e.*, w.seq, w.closes, w.open_again_on, j.decision, j.person, j.given_at, j.until, j.effect
FROM episode AS e
LEFT JOIN (
    SELECT episode, max(seq) AS seq, arg_max_null(closes, seq) AS closes,
        arg_max_null(open_again_on, seq) AS open_again_on
    FROM judgement_episode WHERE closes IS NOT NULL GROUP BY episode
) AS w ON w.episode = e.id
LEFT JOIN judgement_event AS j ON j.seq = w.seq;

-- FROM open_episode('2026-11-22'): the day says whether one that was put off is open again. Which episodes rest is decided
-- in decisions/change_life.py on the night that ends them.
CREATE OR REPLACE MACRO open_episode(day) AS TABLE
SELECT * FROM episode_state WHERE NOT resting AND (closes IS NOT TRUE OR open_again_on <= day::DATE);

-- From which night, match list, look for related papers and judgement on what is kept of a slug is about its present
-- article; a slug without a row has always been the same (store/article_changes.py).
CREATE OR REPLACE VIEW counted_from AS
SELECT
    topic,
    max_by(night, number) AS night,
    max_by(matches, number) AS matches,
    max_by(related, number) AS related,
    max_by(judgements, number) AS judgements
FROM article_change WHERE forgets GROUP BY topic;

CREATE OR REPLACE VIEW current_match AS
SELECT topic, matched_at, unnest(from_json(doc, '[{"position":"INTEGER","state":"VARCHAR","pmid":"INTEGER","confidence":"DOUBLE","method":"VARCHAR","reason":"JSON","told":"VARCHAR"}]'), recursive := true)
FROM match_list
WHERE (topic, revision) IN (SELECT (topic, max(revision)) FROM match_list GROUP BY topic);

CREATE OR REPLACE VIEW current_verdict AS
SELECT topic, run, status, decided_on, searched_to, reassess_on, rules, doc
FROM stored_verdict
WHERE (topic, revision) IN (SELECT (topic, max(revision)) FROM stored_verdict GROUP BY topic);
