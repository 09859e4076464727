"""The tests; each folder and file says what it holds."""
