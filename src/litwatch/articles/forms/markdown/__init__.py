"""Markdown as an article's file: plain, pandoc's and Obsidian's, with its citations by key."""
