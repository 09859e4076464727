"""The rules: what counts as a change, what it means, what to do. Pure functions; the date is an argument."""
