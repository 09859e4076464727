-- When references that were not found were last looked up (decisions/reference_schedule.py).

CREATE TABLE reference_try (
    topic VARCHAR PRIMARY KEY,
    doc VARCHAR NOT NULL         -- for each such reference its place, its entry as a hash, its first and its last day
);
