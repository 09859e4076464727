"""One article's report: what it contains, how it is arranged, worded, rendered and exported."""
