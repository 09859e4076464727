-- Entries of a feed that name no paper in PubMed: shown to readers as leads, and nothing more.

ALTER TABLE sweep ADD COLUMN leads JSON DEFAULT '[]';
