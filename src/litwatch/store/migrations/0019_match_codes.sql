-- Matches hold codes for their reasons. What was told before stays, as a sentence that nothing reads but people; a
-- quotation mark inside a text is escaped there, so the keys are keys.

UPDATE match_list SET doc = replace(doc::VARCHAR, '"reason":"', '"told":"')::JSON;
