"""What the store knows, put together for people: an article's report, how cited papers stand, what rests on a paper."""
