-- What each judgement does to an episode is decided once, in decisions/change_life.py, and kept beside it.
-- store/changes_as_episodes.py then fills the columns for the judgements of before, in the same transaction.

ALTER TABLE judgement_episode ADD COLUMN closes BOOLEAN;        -- false: the judgement keeps the episode open
ALTER TABLE judgement_episode ADD COLUMN open_again_on DATE;    -- the day until which an episode is put off
