#!/bin/sh
# feedparser 6.0.14: an RSS 1.0 entry that repeats a Dublin Core element.
# Expected: every value, or the first one. Seen: `dc_identifier` is the last value alone. Journal feeds print the DOI
# and then the PMID in two dc:identifier elements; whoever reads `dc_identifier` never sees the DOI. For dc:creator
# `authors` has all, `author` is the last one and `author_detail` the first, so that these two name different persons.
# Output seen:
#   dc_identifier: pmid:99000001
#   author: B. Two / author_detail: A. One / authors: ['A. One', 'B. Two']
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet feedparser==6.0.14
"$folder/venv/bin/python" - <<'PYTHON'
import io

import feedparser

FEED = b"""<?xml version="1.0"?>
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"
 xmlns:dc="http://purl.org/dc/elements/1.1/">
<channel rdf:about="http://example.org/feed"><title>Journal of Examples</title><link>http://example.org/</link></channel>
<item rdf:about="http://example.org/1"><title>An invented trial</title><link>http://example.org/1</link>
<dc:identifier>doi:10.1000/invented.1</dc:identifier><dc:identifier>pmid:99000001</dc:identifier>
<dc:creator>A. One</dc:creator><dc:creator>B. Two</dc:creator></item></rdf:RDF>"""
entry = feedparser.parse(io.BytesIO(FEED)).entries[0]
names = [author["name"] for author in entry.authors]
print("dc_identifier:", entry.dc_identifier)
print("author:", entry.author, "/ author_detail:", entry.author_detail["name"], "/ authors:", names)
assert entry.dc_identifier == "pmid:99000001"
assert not any("10.1000" in str(value) for value in entry.values())
assert (entry.author, entry.author_detail["name"], names) == ("B. Two", "A. One", ["A. One", "B. Two"])
PYTHON
