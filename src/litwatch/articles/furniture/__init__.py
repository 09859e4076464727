"""What stands on an article's page and is no part of the article: buttons, notices, bylines, contents, remarks."""
