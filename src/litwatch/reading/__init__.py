"""What the store knows, put together for people: a report, the state of cited papers, what depends on a paper."""
