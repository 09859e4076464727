"""The values that everything else speaks in: records, references, changes, judgements, errors. Nothing is decided."""
