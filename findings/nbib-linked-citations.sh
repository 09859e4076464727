#!/bin/sh
# nbib 0.3.2: a retracted paper in PubMed's NBIB format.
# Expected: the link to the retraction notice (RIN) and to the erratum (EIN) somewhere in the result. Seen: neither; only
# the publication type tells that the paper was retracted. Of two group authors (CN) only the last is kept.
# Output seen:
#   publication_types: ['Journal Article', 'Retracted Publication']
#   corporate_author: Second Invented Group
#   the notice's PMID is nowhere in the result
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet nbib==0.3.2
"$folder/venv/bin/python" - <<'PYTHON'
import nbib

TEXT = """PMID- 99000001
TI  - An invented trial.
CN  - First Invented Group
CN  - Second Invented Group
PT  - Journal Article
PT  - Retracted Publication
RIN - J Examples. 2026 Mar;1(2):9. doi: 10.1000/invented.2. PMID: 99000002
EIN - J Examples. 2026 Feb;1(1):8. doi: 10.1000/invented.3. PMID: 99000003
PHST- 2026/01/01 06:00 [pubmed]
SO  - J Examples. 2026 Jan;1(1):1-7.

"""
record = nbib.read(TEXT)[0]
print("publication_types:", record["publication_types"])
print("corporate_author:", record["corporate_author"])
assert record["publication_types"] == ["Journal Article", "Retracted Publication"]
assert record["corporate_author"] == "Second Invented Group"
assert "99000002" not in str(record) and "99000003" not in str(record)
print("the notice's PMID is nowhere in the result")
PYTHON
