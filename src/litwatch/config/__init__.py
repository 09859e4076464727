"""What operators and editors write: settings from the environment, the files in queries/, an article's own file."""
