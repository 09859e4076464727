"""EFetch's text forms of invented records, held against files that were compared with recorded answers by eye."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from litwatch.standin import Corpus, Revision, StandIn, read_corpus
from litwatch.standin.corpus_files import cut_records
from litwatch.standin.line_breaks import broken
from litwatch.standin.transliteration import in_ascii

FORMS = Path(__file__).resolve().parents[1] / "data" / "text_forms"
RECORDS = ("indexed", "electronic_collection", "ahead_of_print")


@pytest.fixture(scope="module")
def three() -> Corpus:
    """The three invented records."""
    return read_corpus(sorted(FORMS.glob("*.xml")))


def pmid_of(name: str) -> str:
    return (FORMS / f"{name}.medline.txt").read_text(encoding="utf-8").split("\n")[1].removeprefix("PMID- ")


@pytest.mark.parametrize("kind", ["medline", "abstract"])
@pytest.mark.parametrize("name", RECORDS)
def test_each_record_is_written_as_its_file_says(start, asker, three, name, kind):
    standin: StandIn = start(three, today=date(2026, 3, 1))
    reply = asker(standin)("efetch", db="pubmed", id=pmid_of(name), rettype=kind, retmode="text")
    assert reply.headers["Content-Type"] == "text/plain; charset=UTF-8"
    assert reply.text == (FORMS / f"{name}.{kind}.txt").read_text(encoding="utf-8")


def test_medline_text_is_ascii_and_an_abstract_is_not(start, asker, three):
    ask = asker(start(three))
    assert ask("efetch", id="99000201", rettype="medline").body.isascii()
    assert "β-cell function and CD4(+) cells" in ask("efetch", id="99000201", rettype="abstract", retmode="text").text


def test_pmcs_release_is_announced_until_it_comes(start, asker, three):
    standin = start(three, today=date(2026, 6, 30))
    ask = asker(standin)
    asked = {"id": "99000201", "rettype": "abstract", "retmode": "text"}
    assert "PMCID: PMC99000201 [Available on 2026-07-01]\n" in ask("efetch", **asked).text
    standin.today = date(2026, 7, 1)
    assert "PMCID: PMC99000201\n" in ask("efetch", **asked).text


def test_a_record_that_was_indented_reads_the_same(start, asker, three):
    slim = (FORMS / "indexed.xml").read_text("utf-8")
    loose = slim.replace("><", ">\n  <").replace(">Inv Endocrinol<", ">\n    Inv\n    Endocrinol\n  <")
    revisions = [Revision(date.min, pmid, xml) for pmid, _, xml in cut_records(loose.encode())]
    asked = {"id": "99000201", "rettype": "medline", "retmode": "text"}
    indented, plain = (asker(start(corpus))("efetch", **asked).text for corpus in (Corpus(revisions), three))
    assert indented == plain


@pytest.mark.parametrize(
    ("written", "plain"),
    [
        ("pTα, β and Δ", "pTalpha, beta and Delta"),
        ("ς µm", "sigma mum"),
        ("5 ± 1, p ≥ 0.05, 37°C, 37 °C", "5 +/- 1, p >/= 0.05, 37 degrees C, 37 degrees C"),
        ("© 2022 “Müller–Łoś”, naïve Ørsted’s", '(c) 2022 "Muller-Los", naive Orsted\'s'),
        ("x² 10⁻³ ½ ﬁnd", "x(2) 10(-3) 1/2 find"),
        ("a\u200bb 日", "ab ?"),
        ("plain  text", "plain  text"),
    ],
)
def test_signs_are_spelled_as_the_medline_format_spells_them(written, plain):
    assert in_ascii(written) == plain


def test_lines_break_between_words_and_keep_the_blank_before_the_break():
    assert broken("aa bb cc", 6) == ["aa bb ", "cc"]
    assert broken("aa bb cc dd", 8) == ["aa bb ", "cc dd"]
    assert broken("aa bb cc", 8) == ["aa bb cc"]
    assert broken("a verylongword b", 5) == ["a ", "verylongword ", "b"]
    assert broken("", 5) == [""]
