#!/bin/sh
# biopython 1.87: Bio.Medline on a record in MEDLINE format whose fields repeat.
# Expected: repeated fields as lists. Seen: LID and IS lines are joined by a space to one string, while AID lines with the
# same content are a list; AD lines are one flat list, so that which author has which affiliation is lost.
# Output seen:
#   LID: '10.1000/invented.1 [doi] e247 [pii]'
#   AID: ['10.1000/invented.1 [doi]', 'e247 [pii]']
#   IS: '1234-5678 (Electronic) 1234-5679 (Linking)'
#   AU: ['One A', 'Two B'] / AD: ['Department X.', 'Department Y.', 'Department Z.']
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet biopython==1.87
"$folder/venv/bin/python" - <<'PYTHON'
import io

from Bio import Medline

TEXT = """PMID- 99000001
IS  - 1234-5678 (Electronic)
IS  - 1234-5679 (Linking)
TI  - An invented trial.
LID - 10.1000/invented.1 [doi]
LID - e247 [pii]
FAU - One, Anna
AU  - One A
AD  - Department X.
AD  - Department Y.
FAU - Two, Ben
AU  - Two B
AD  - Department Z.
AID - 10.1000/invented.1 [doi]
AID - e247 [pii]
SO  - J Examples. 2026;1(2):e247.

"""
record = next(Medline.parse(io.StringIO(TEXT)))
for key in ("LID", "AID", "IS"):
    print(f"{key}: {record[key]!r}")
print("AU:", record["AU"], "/ AD:", record["AD"])
assert record["LID"] == "10.1000/invented.1 [doi] e247 [pii]"
assert record["AID"] == ["10.1000/invented.1 [doi]", "e247 [pii]"]
assert record["IS"] == "1234-5678 (Electronic) 1234-5679 (Linking)"
assert record["AD"] == ["Department X.", "Department Y.", "Department Z."]
PYTHON
