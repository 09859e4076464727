-- Which gap, or which listing, an episode is about, so that one which ended and began again unseen can be told again;
-- and when an episode is known to have begun although its night's clock was ahead.

ALTER TABLE episode ADD COLUMN turn INTEGER;        -- of "no longer served": fate.ordinal; of a Retraction Watch entry:
                                                    -- how many times the table had listed it by then
ALTER TABLE episode ADD COLUMN dated_at TIMESTAMP;  -- the next night, where that was earlier by the clock than began_at

UPDATE episode SET turn = coalesce(
    (SELECT max(ordinal) FROM fate WHERE fate.pmid = episode.pmid AND fate.state <> 'returned'), 0)
WHERE kind = 'not_served' AND ended_at IS NULL;
UPDATE episode SET turn = (
    SELECT count(*) FROM watch_entry AS listed
    WHERE 'retraction_watch:' || listed.entry = episode.detail AND NOT EXISTS (
        SELECT 1 FROM watch_entry AS former
        WHERE former.entry = listed.entry AND former.gone_at = listed.first_seen))
WHERE starts_with(detail, 'retraction_watch:') AND ended_at IS NULL;
