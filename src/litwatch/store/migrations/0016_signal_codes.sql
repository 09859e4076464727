-- Signals hold codes for their reasons and for the design that has their level. Sentences of before stay as told.

ALTER TABLE told_signal RENAME COLUMN reasons TO told;
ALTER TABLE told_signal ALTER COLUMN told DROP NOT NULL;
ALTER TABLE told_signal ADD COLUMN reasons JSON;      -- as Signal.reasons; NULL where there are only sentences
ALTER TABLE told_signal RENAME COLUMN level_label TO design;
ALTER TABLE told_signal ADD COLUMN lowered BOOLEAN;   -- a preprint, whose design would have a better level
ALTER TABLE told_signal ADD COLUMN basis VARCHAR;     -- what the level was read from; NULL in rows of before
UPDATE told_signal SET
    lowered = ends_with(design, ' (preprint)'),
    design = CASE replace(design, ' (preprint)', '')
        WHEN 'Guideline' THEN 'guideline'
        WHEN 'Systematic review or meta-analysis' THEN 'systematic_review'
        WHEN 'Randomised trial' THEN 'randomised_trial'
        WHEN 'Clinical trial' THEN 'clinical_trial'
        WHEN 'Cohort study' THEN 'cohort_study'
        WHEN 'Case-control study' THEN 'case_control_study'
        WHEN 'Cross-sectional study' THEN 'cross_sectional_study'
        WHEN 'Diagnostic accuracy study' THEN 'diagnostic_accuracy_study'
        WHEN 'Observational study' THEN 'observational_study'
        WHEN 'Comparative study' THEN 'comparative_study'
        WHEN 'Review' THEN 'review'
        WHEN 'Case report' THEN 'case_report'
        WHEN 'Comment, letter or editorial' THEN 'comment'
        WHEN 'Design not stated' THEN 'not_stated'
        ELSE design
    END;
