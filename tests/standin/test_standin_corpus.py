"""What the corpus reads from files, and what it shows on a day."""

from __future__ import annotations

import gzip
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.standin.invented import CITATIONS, invented

from litwatch.model.errors import SettingsError
from litwatch.standin import Corpus, Revision, read_corpus
from litwatch.standin.citation_xml import write_article, write_article_set
from litwatch.standin.corpus_files import cut_records
from litwatch.standin.scenario import ScenarioErrors
from litwatch.strategy import parse

ANY_DAY = date(2026, 3, 1)


def test_records_are_cut_out_byte_for_byte(tmp_path):
    slices = [write_article(citation) for citation in CITATIONS]
    odd = (
        b"<PubmedArticle>\n  <MedlineCitation Status='MEDLINE'>\r\n<PMID\n Version='3'>99000020</PMID>&#233;\t"
        b"</MedlineCitation></PubmedArticle>"
    )
    (tmp_path / "set.xml").write_bytes(write_article_set([*slices, odd]))
    view = read_corpus([tmp_path / "set.xml"]).at(ANY_DAY)
    assert [view.xml(citation.pmid) for citation in CITATIONS] == slices
    assert view.xml(99000020) == odd


def test_folders_gzip_and_tables_are_read_together(tmp_path):
    inner = tmp_path / "inner"
    inner.mkdir()
    (inner / "a.xml.gz").write_bytes(gzip.compress(write_article_set([write_article(CITATIONS[0])])))
    (inner / "b.csv").write_text(
        'pmid,title,abstract,year,doi\n99000031,"A <b>, and ""quoted""",Long text,1999,10.5555/x\n'
        "none,No PMID,,,\n99000032,,,soon,\n",
        encoding="utf-8-sig",
    )
    (inner / "notes.txt").write_text("not read")
    view = read_corpus([inner]).at(ANY_DAY)
    assert sorted(view.pmids) == [99000001, 99000031, 99000032]
    record = view.records[99000031]
    assert (record.title, record.abstract_text, record.doi) == ('A <b>, and "quoted"', "Long text", "10.5555/x")
    assert record.published is not None
    assert record.published.raw == "1999"
    assert view.records[99000032].entered is None


def test_the_newest_version_holds_and_of_equal_ones_the_last_file(tmp_path):
    first, second = (write_article(invented(99000040, title)) for title in ("First.", "Second."))
    newer = second.replace(b'Version="1"', b'Version="2"').replace(b"Second", b"Newer")
    for name, slices in (("1.xml", [first, newer]), ("2.xml", [second])):
        (tmp_path / name).write_bytes(write_article_set(slices))
    assert b"Newer" in (read_corpus([tmp_path]).at(ANY_DAY).xml(99000040) or b"")
    (tmp_path / "1.xml").write_bytes(write_article_set([first]))
    assert b"Second" in (read_corpus([tmp_path]).at(ANY_DAY).xml(99000040) or b"")


@pytest.mark.parametrize(
    "names", [("1.xml", "2.csv", "3.csv"), ("3.xml", "1.csv", "2.csv"), ("2.xml", "3.csv", "1.csv")]
)
def test_a_row_of_a_table_never_replaces_a_whole_record_nor_a_title_an_abstract(tmp_path, names):
    whole, abstracts, titles = (tmp_path / name for name in names)
    whole.write_bytes(write_article_set([write_article(CITATIONS[0])]))
    abstracts.write_text("pmid,title,abstract,year\n99000001,A row,Its text,1999\n99000031,With text,Long text,1999\n")
    titles.write_text("pmid,title,year\n99000001,A title,1999\n99000031,Title alone,1999\n")
    view = read_corpus([tmp_path]).at(ANY_DAY)
    assert view.xml(99000001) == write_article(CITATIONS[0])
    assert view.records[99000031].abstract_text == "Long text"


def test_a_delete_citation_removes_what_came_before_it(tmp_path):
    here, gone = (write_article(invented(pmid, "A title.")) for pmid in (99000050, 99000051))
    (tmp_path / "1.xml").write_bytes(write_article_set([here, gone]))
    (tmp_path / "2.xml").write_bytes(write_article_set([], deleted=[99000051]))
    view = read_corpus([tmp_path]).at(ANY_DAY)
    assert (list(view.pmids), view.deleted) == ([99000050], {99000051})


def test_another_encoding_is_recoded(tmp_path):
    article = write_article(invented(99000060, "Müdigkeit.")).decode()
    text = f'<?xml version="1.0" encoding="ISO-8859-1"?><PubmedArticleSet>{article}</PubmedArticleSet>'
    (tmp_path / "old.xml").write_bytes(text.encode("latin-1"))
    assert read_corpus([tmp_path]).at(ANY_DAY).records[99000060].title == "Müdigkeit."


def test_the_licensees_form_without_pubmed_data_is_read():
    citation = b'<MedlineCitation Status="MEDLINE"><PMID>99000070</PMID></MedlineCitation>'
    ((pmid, version, cut),) = cut_records(b"<MedlineCitationSet>" + citation + b"</MedlineCitationSet>")
    assert (pmid, version) == (99000070, 1)
    assert cut == b"<PubmedArticle>" + citation + b"</PubmedArticle>"


def test_files_that_hold_nothing_or_cannot_be_read_are_named(tmp_path):
    (tmp_path / "page.xml").write_text("<html></html>")
    with pytest.raises(SettingsError, match="no PubMed record"):
        read_corpus([tmp_path])
    (tmp_path / "cut.xml.gz").write_bytes(gzip.compress(b"<PubmedArticleSet/>" * 999)[:30])
    with pytest.raises(SettingsError, match=r"cut\.xml\.gz"):
        read_corpus([tmp_path])
    with pytest.raises(SettingsError, match="absent"):
        read_corpus([tmp_path / "absent.xml"])
    (tmp_path / "empty").mkdir()
    with pytest.raises(SettingsError, match="empty"):
        read_corpus([tmp_path / "empty"])


LIFE = """
title: a test
records:
  - pmid: 99000090
    title: Invented.
    published: 2026
    life: [{day: 2026-02-01, becomes: ahead of print}, {day: 2026-03-02, deleted: true}]
"""


def test_a_scenario_and_other_files_are_one_corpus(tmp_path):
    (tmp_path / "a.yaml").write_text(LIFE)
    (tmp_path / "b.xml").write_bytes(write_article_set([write_article(CITATIONS[0])]))
    corpus = read_corpus([tmp_path])
    shown = {day: sorted(corpus.at(day).pmids) for day in (date(2026, 1, 31), ANY_DAY, date(2026, 3, 2))}
    assert list(shown.values()) == [[99000001], [99000001, 99000090], [99000001]]


def test_the_mistakes_of_all_scenarios_are_told_at_once_with_their_files(tmp_path):
    for name in ("one.yaml", "two.yml"):
        (tmp_path / name).write_text(LIFE.replace("title: a test", "colour: blue"))
    with pytest.raises(ScenarioErrors) as caught:
        read_corpus([tmp_path])
    assert caught.value.problems == tuple(
        f"{tmp_path / name}: {problem}"
        for name in ("one.yaml", "two.yml")
        for problem in ("title: is missing", "colour: no such key in a scenario")
    )
    (tmp_path / "one.yaml").write_bytes(b"title: \xff")
    (tmp_path / "two.yml").unlink()
    with pytest.raises(ScenarioErrors, match=r"one\.yaml: file: is not UTF-8 text"):
        read_corpus([tmp_path])
    with pytest.raises(SettingsError, match=r"absent\.yaml"):
        read_corpus([tmp_path / "absent.yaml"])


def test_what_is_prepared_is_indexed_before_the_first_search():
    fresh = Corpus(Revision(date.min, citation.pmid, write_article(citation)) for citation in CITATIONS)
    fresh.at(ANY_DAY).prepare()
    assert len(fresh._index) == len(CITATIONS)


def test_a_record_that_is_no_xml_is_served_but_not_found():
    bad = b'<PubmedArticle><MedlineCitation><PMID Version="1">99000080</PMID>R & D</MedlineCitation></PubmedArticle>'
    good = write_article(invented(99000081, "Readable."))
    view = Corpus([Revision(date.min, 99000080, bad), Revision(date.min, 99000081, good)]).at(ANY_DAY)
    assert view.xml(99000080) == bad
    assert view.element(99000080) is None
    assert view.search(parse("99000080:99000081[uid]"), today=ANY_DAY).pmids == (99000081,)


FIRST_DAY = ANY_DAY.toordinal()
REVISIONS = st.lists(
    st.tuples(st.integers(0, 6), st.sampled_from((99000001, 99000002)), st.integers(0, 3)), min_size=2, max_size=12
)
"""(day, PMID, 0 for a deletion), in any order."""


@settings(deadline=None, max_examples=50)
@given(REVISIONS)
def test_on_every_day_the_last_revision_up_to_it_is_shown_and_searched(changes):
    revisions = [
        Revision(
            date.fromordinal(FIRST_DAY + day), pmid, write_article(invented(pmid, f"Word{number}x.")) if here else None
        )
        for number, (day, pmid, here) in enumerate(changes)
    ]
    corpus = Corpus(revisions)
    for day in (*range(7), *reversed(range(7))):  # time that goes back must show what was there
        today = date.fromordinal(FIRST_DAY + day)
        expected: dict[int, bytes | None] = {}
        for revision in sorted(revisions, key=lambda revision: revision.visible_from):
            if revision.visible_from <= today:
                expected[revision.pmid] = revision.xml
        view = corpus.at(today)
        shown = {pmid: xml for pmid, xml in expected.items() if xml is not None}
        assert {pmid: view.xml(pmid) for pmid in view.pmids} == shown
        assert view.deleted == expected.keys() - shown.keys()
        for number, revision in enumerate(revisions):
            found = view.search(parse(f"Word{number}x[ti]"), today=today).pmids
            holds = revision.xml is not None and shown.get(revision.pmid) == revision.xml
            assert (revision.pmid in found) == holds


@pytest.mark.parametrize("encoding", ["foo", "hex", "undefined"])
def test_an_encoding_that_cannot_be_read_is_told_with_the_files_name(tmp_path, encoding):
    xml = write_article_set([write_article(CITATIONS[0])]).replace(b'"1.0"', f'"1.0" encoding="{encoding}"'.encode(), 1)
    (tmp_path / "odd.xml").write_bytes(xml)
    with pytest.raises(SettingsError, match=r"odd\.xml: .*names no encoding that can be read"):
        read_corpus([tmp_path])
