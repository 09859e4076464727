"""The Retraction Watch table: downloaded, and read."""
