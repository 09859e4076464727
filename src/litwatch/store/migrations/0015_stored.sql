-- The names that an analyst types are those of the views (analyst_views.sql); what they are made of is named otherwise.

ALTER TABLE judgement RENAME TO stored_judgement;
ALTER TABLE verdict RENAME TO stored_verdict;
