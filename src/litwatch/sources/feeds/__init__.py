"""Feeds of journals and saved searches: an entry is a lead to a paper."""
