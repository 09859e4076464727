#!/bin/sh
# pubmed_parser 0.5.1: parse_medline_xml on a record whose author list names a group.
# Expected: the group's name among the authors, the issue in `issue`, and the retraction notice somewhere. Seen: the group is
# an author with four empty fields, its name is nowhere; `issue` is "5(2)", volume and issue together; the retraction notice
# that CommentsCorrectionsList names is in no field.
# Output seen:
#   authors: Berg|Jan|J|;|||
#   issue: 5(2)
#   neither the group's name nor the notice's PMID is in the result
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet pubmed_parser==0.5.1
cd "$folder"
"$folder/venv/bin/python" - <<'PYTHON'
import gzip

import pubmed_parser

XML = """<?xml version="1.0" encoding="utf-8"?>
<PubmedArticleSet><PubmedArticle><MedlineCitation Status="MEDLINE" Owner="NLM"><PMID Version="1">99000001</PMID>
<Article PubModel="Print"><Journal><JournalIssue CitedMedium="Internet"><Volume>5</Volume><Issue>2</Issue>
<PubDate><Year>2026</Year><Month>Mar</Month></PubDate></JournalIssue><Title>Journal of Examples</Title></Journal>
<ArticleTitle>An invented trial.</ArticleTitle><AuthorList CompleteYN="Y">
<Author ValidYN="Y"><LastName>Berg</LastName><ForeName>Jan</ForeName><Initials>J</Initials></Author>
<Author ValidYN="Y"><CollectiveName>The Invented Trial Group</CollectiveName></Author></AuthorList>
<Language>eng</Language><PublicationTypeList>
<PublicationType UI="D016441">Retracted Publication</PublicationType></PublicationTypeList></Article>
<MedlineJournalInfo><Country>England</Country><MedlineTA>J Examples</MedlineTA></MedlineJournalInfo>
<CommentsCorrectionsList><CommentsCorrections RefType="RetractionIn"><RefSource>J Examples. 2026;5(3):9</RefSource>
<PMID Version="1">99000002</PMID></CommentsCorrections></CommentsCorrectionsList></MedlineCitation>
<PubmedData><ArticleIdList><ArticleId IdType="pubmed">99000001</ArticleId></ArticleIdList></PubmedData>
</PubmedArticle></PubmedArticleSet>"""
with gzip.open("invented.xml.gz", "wt", encoding="utf-8") as file:
    file.write(XML)
record = next(iter(pubmed_parser.parse_medline_xml("invented.xml.gz")))
print("authors:", record["authors"])
print("issue:", record["issue"])
assert record["authors"] == "Berg|Jan|J|;|||"
assert record["issue"] == "5(2)"
assert "Invented Trial Group" not in str(record) and "99000002" not in str(record)
print("neither the group's name nor the notice's PMID is in the result")
PYTHON
