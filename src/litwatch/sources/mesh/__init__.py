"""NLM's Medical Subject Headings, as NLM publishes them once a year."""
