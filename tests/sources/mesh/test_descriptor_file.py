"""NLM's descriptor file, in an invented one of its published form: what is kept of it, and what is refused."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from litwatch.model.errors import AnswerUnreadable
from litwatch.sources.mesh.descriptor_file import DescriptorFileMissing, read_descriptor_file
from litwatch.strategy.mesh_tree import Descriptor

RECORD = """<DescriptorRecord DescriptorClass="{kind}">
  <DescriptorUI>{ui}</DescriptorUI>
  <DescriptorName><String>{name}</String></DescriptorName>
  <DateCreated><Year>2026</Year><Month>01</Month><Day>01</Day></DateCreated>
  <AllowableQualifiersList><AllowableQualifier><QualifierReferredTo>
    <QualifierUI>Q000235</QualifierUI><QualifierName><String>genetics</String></QualifierName>
  </QualifierReferredTo></AllowableQualifier></AllowableQualifiersList>
  <TreeNumberList>{numbers}</TreeNumberList>
  <ConceptList><Concept PreferredConceptYN="Y">
    <ConceptUI>M0000001</ConceptUI><ConceptName><String>{name}</String></ConceptName>
    <TermList><Term ConceptPreferredTermYN="Y" IsPermutedTermYN="N" LexicalTag="NON" RecordPreferredTermYN="Y">
      <TermUI>T000001</TermUI><String>{name}</String></Term>
    <Term ConceptPreferredTermYN="N" IsPermutedTermYN="N" LexicalTag="NON" RecordPreferredTermYN="N">
      <TermUI>T000002</TermUI><String>{entry}</String></Term></TermList>
  </Concept></ConceptList>
</DescriptorRecord>"""


def record(ui: str, name: str, numbers: str, entry: str, kind: int = 1) -> str:
    """One record; ``numbers`` are tree numbers between blanks."""
    each = "".join(f"<TreeNumber>{one}</TreeNumber>" for one in numbers.split())
    return RECORD.format(ui=ui, name=name, numbers=each, entry=entry, kind=kind)


def document(*records: str, doctype: str = "nlmdescriptorrecordset_20270101.dtd") -> bytes:
    """A whole file as NLM publishes it."""
    return (
        '<?xml version="1.0"?>\n<!DOCTYPE DescriptorRecordSet SYSTEM '
        f'"https://www.nlm.nih.gov/databases/dtd/{doctype}">\n'
        f'<DescriptorRecordSet LanguageCode="eng">\n{"".join(records)}\n</DescriptorRecordSet>\n'
    ).encode()


NAPS = record("D999001", "Nap Disorders", "C10.999 F03.999", "Disorders of Napping")
LONG = record("D999002", "Long Naps", "C10.999.500", "Overlong &amp; Late Naps")
TYPE = record("D999003", "Nap Report", "V02.999", "Reports of Naps", kind=2)


@pytest.mark.parametrize("packed", [False, True])
def test_headings_and_entry_terms_are_kept_and_types_are_not(tmp_path: Path, *, packed: bool) -> None:
    file = tmp_path / ("desc.xml.gz" if packed else "desc.xml")
    whole = document(NAPS, LONG, TYPE)
    file.write_bytes(gzip.compress(whole) if packed else whole)
    assert read_descriptor_file(file) == (
        2027,
        (
            Descriptor("Nap Disorders", "D999001", ("C10.999", "F03.999"), ("Disorders of Napping",)),
            Descriptor("Long Naps", "D999002", ("C10.999.500",), ("Overlong & Late Naps",)),
        ),
    )


def test_the_files_name_says_the_year_where_the_document_does_not(tmp_path: Path) -> None:
    file = tmp_path / "desc2026.xml"
    file.write_bytes(document(NAPS, doctype="x.dtd"))
    assert read_descriptor_file(file)[0] == 2026


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"<PubmedArticleSet></PubmedArticleSet>", "begins with <PubmedArticleSet>"),
        (document(), "holds no headings"),
        (document(NAPS, doctype="x.dtd"), "does not say of which year"),
        (document(NAPS)[:-60], "cannot be read as XML"),
        (gzip.compress(document(NAPS))[:-20], "cut short or damaged"),
        (b"", "cannot be read as XML"),
    ],
)
def test_what_is_not_nlms_file_is_refused_with_what_is_wrong(tmp_path: Path, content: bytes, said: str) -> None:
    file = tmp_path / "file.xml"
    file.write_bytes(content)
    with pytest.raises(AnswerUnreadable, match=said):
        read_descriptor_file(file)


def test_an_entity_is_never_resolved_and_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("Secret Heading")
    declared = f'"x_20270101.dtd" [<!ENTITY a SYSTEM "file://{secret}">]>'.encode()
    file = tmp_path / "desc2027.xml"
    file.write_bytes(document(LONG.replace("Overlong", "&a;")).replace(b'"https', declared + b"<!-- ", 1)
                     .replace(b'.dtd">\n<Desc', b'.dtd" -->\n<Desc', 1))  # fmt: skip
    assert "Secret" not in str(read_descriptor_file(file))
    with pytest.raises(DescriptorFileMissing, match=r"nothere\.xml: No such file"):
        read_descriptor_file(tmp_path / "nothere.xml")
