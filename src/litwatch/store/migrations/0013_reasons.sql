-- Verdicts hold codes for their reasons. What was told before stays, as a sentence that nothing reads but people; a
-- quotation mark inside a text is escaped there, so the keys are keys.

UPDATE verdict SET doc = replace(replace(doc::VARCHAR,
    '"reason":"', '"told":"'), '"overturned_by":"', '"told_overturned_by":"')::JSON;
UPDATE sweep SET signs = replace(replace(replace(signs::VARCHAR,
    '"understood-otherwise"', '"understood_otherwise"'), '"new-warning"', '"new_warning"'),
    '"finds-too-little"', '"finds_too_little"')::JSON
WHERE signs IS NOT NULL;
