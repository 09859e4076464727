#!/bin/sh
# biopython 1.88: Bio.Entrez.read on EInfo's answers, which name a document type that Biopython ships.
# Expected: the one database of an EInfo answer as a mapping, and an ERROR member only where NCBI tells an error.
# Seen: DbInfo is a list of one, and ERROR is there in every good answer, an empty list, because the document type allows
# it; a real error is no member but raises RuntimeError. So `"ERROR" in answer` is true of good answers and of no other.
# Output seen:
#   DbInfo: [{'DbName': 'pubmed', 'MenuName': 'PubMed', 'Description': 'Invented', 'FieldList': []}]
#   EInfo, "ERROR" in a good answer: True []
#   EInfo with an error: RuntimeError: Invented error
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet biopython==1.88
"$folder/venv/bin/python" - <<'PYTHON'
import io

from Bio import Entrez

HEAD = '<?xml version="1.0" encoding="UTF-8" ?>\n<!DOCTYPE {0} PUBLIC "-//NLM//DTD {1} {2}//EN" '
HEAD += '"https://eutils.ncbi.nlm.nih.gov/eutils/dtd/{2}/{1}.dtd">\n'


def read(root, name, day, body):
    return Entrez.read(io.BytesIO((HEAD.format(root, name, day) + body).encode()))


good = read(
    "eInfoResult", "einfo", "20130322",
    "<eInfoResult><DbInfo><DbName>pubmed</DbName><MenuName>PubMed</MenuName><Description>Invented</Description>"
    "<FieldList></FieldList></DbInfo></eInfoResult>",
)
try:
    bad = read("eInfoResult", "einfo", "20130322", "<eInfoResult><ERROR>Invented error</ERROR></eInfoResult>")
except RuntimeError as error:
    bad = f"RuntimeError: {error}"
print("DbInfo:", good["DbInfo"])
print('EInfo, "ERROR" in a good answer:', "ERROR" in good, good["ERROR"])
print("EInfo with an error:", bad)
assert isinstance(good["DbInfo"], list)
assert len(good["DbInfo"]) == 1
assert good["ERROR"] == []
assert bad == "RuntimeError: Invented error"
PYTHON
