-- Judgements of before codes say kinds and decisions in phrases, and their bytes stay. Their codes are worked out once,
-- here, and kept beside them: a view that does it in each query costs 30 ms of planning however few judgements there are.

CREATE TABLE judgement_code (        -- of judgements of before codes only; the others carry codes themselves
    seq INTEGER PRIMARY KEY,
    decision VARCHAR,
    kind VARCHAR,
    detail VARCHAR
);
INSERT INTO judgement_code
SELECT seq, code_of_phrase(decision), code_of_phrase(kind), code_of_detail(kind, detail)
FROM (
    SELECT seq, doc->>'$.decision' AS decision, doc->>'$.change.kind' AS kind, doc->>'$.change.detail' AS detail
    FROM stored_judgement
)
WHERE code_of_phrase(decision) <> decision OR code_of_phrase(kind) <> kind;
