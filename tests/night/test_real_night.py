"""Nights on real input: the seed article as its readers see it, and every real PubMed record that we have."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from litwatch.decisions.verdict import Status
from litwatch.model.record import PublicationType
from litwatch.model.reference import MatchState
from litwatch.night.night_outcome import NightSummary
from litwatch.report.reason_sentences import say_reason
from litwatch.standin import Corpus, StandIn, read_corpus
from litwatch.standin.citation_xml import Author, Citation, Periodical, write_article, write_article_set
from tests.nights import House

pytestmark = pytest.mark.realdata

TODAY = date(2026, 11, 22)
TOPIC = """article: seed.txt
question_kind: etiology
strategy: >-
  "Insulin Resistance"[mh] OR "insulin resistance"[tiab] OR "insulin resistant"[tiab] OR "insulin sensitivity"[tiab]
recipients: [board@example.org]
"""


def identified_references(shared: Path) -> bytes:
    """The seed's references that were identified, written as PubMed records from their bibliographic facts."""
    told = json.loads((shared / "data" / "example_article" / "references.json").read_text())
    citations = []
    for reference in told["references"]:
        if reference["pmid"] is None:
            continue
        names = [author.split(" (")[0].rsplit(" ", 1) for author in reference["authors"]]
        citation = Citation(
            pmid=int(reference["pmid"]),
            title=reference["cited_title"] + ".",
            periodical=Periodical(reference["journal"], reference["journal"]),
            published=reference["date"][:4],
            created=date(int(reference["date"][:4]), 12, 31),
            types=(PublicationType("D016454", reference["pubtype"]),),
            volume=reference["volume"],
            pages=reference["pages"],
            doi=reference["doi"],
            authors=tuple(Author(last, initials, initials) for last, initials in names),
            status="MEDLINE",
        )
        citations.append(write_article(citation))
    return write_article_set(citations)


@pytest.fixture(scope="module")
def corpus(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Corpus:
    cited = tmp_path_factory.mktemp("cited") / "references.xml"
    cited.write_bytes(identified_references(shared))
    files = [
        shared / "data" / "pubmed_xml",
        shared / "data" / "example_article" / "insulin_resistance_abstracts.csv.gz",
    ]
    read = read_corpus([*files, cited])
    assert len(read.at(TODAY)) > 1500
    return read


@pytest.fixture
def house(shared: Path, tmp_path: Path, corpus: Corpus) -> Iterator[House]:
    with StandIn(corpus, today=TODAY, rate=None) as pubmed:
        opened = House(tmp_path, pubmed)
        (seed,) = (shared / "seed").glob("*.txt")
        (tmp_path / "queries").mkdir()
        (tmp_path / "queries" / "seed.yaml").write_text(TOPIC)
        (tmp_path / "queries" / "seed.txt").write_bytes(seed.read_bytes())
        yield opened


def describe(summary: NightSummary) -> str:
    """The night's result as a reader of the log sees it."""
    (outcome,) = summary.outcomes
    report = outcome.report
    lines = [f"{report.topic.slug} on {summary.as_of}: {report.verdict.status.value}"]
    lines += [f"  {fired.rule} {fired.status.value}: {say_reason(fired)}" for fired in report.verdict.fired]
    lines += [
        f"  reference {m.position}: {m.state.value}, PMID {m.pmid}, {m.confidence}: {m.reason}" for m in report.matches
    ]
    lines += [f"  {s.kind.value}: {s.state.value}, found {s.found}, delivered {s.delivered}" for s in report.sweeps]
    lines += [f"  {s.signal.change.kind.value}: {s.record.pmid} {s.record.title[:90]}" for s in report.signals[:10]]
    lines += [f"  lint {f.severity.value} {f.code}: {f.message}" for f in report.findings]
    return "\n".join(lines)


def test_the_seed_as_it_is_is_surveyed_against_every_real_record(house: House) -> None:
    summary = house.night(TODAY)
    print(describe(summary))
    assert summary.ok, summary.failure
    report = summary.outcomes[0].report
    states = {match.position: (match.state, match.pmid) for match in report.matches}
    assert states[2] == (MatchState.CONFIRMED, 33116712)
    assert states[3] == (MatchState.CONFIRMED, 17469039)
    assert states[1][0] is MatchState.NOT_FOUND, "the site citing itself is no PubMed record"
    assert states[4][0] is not MatchState.CONFIRMED, "nobody has identified it"
    assert report.verdict.status is Status.REVIEW_NEEDED
    assert "V4" in {fired.rule for fired in report.verdict.fired}
    assert report.article.leftovers


def test_the_same_real_night_again_writes_and_sends_nothing(house: House) -> None:
    house.night(TODAY)
    tables = ("observation", "sighting", "episode", "match_list", "stored_verdict", "outbox")
    before = {table: house.rows(table) for table in tables}
    assert house.night(TODAY).ok
    assert {table: house.rows(table) for table in tables} == before


def test_the_seed_as_if_last_updated_in_2017_is_told_of_the_real_papers_since(house: House) -> None:
    seed = house.folder / "queries" / "seed.txt"
    seed.write_text(seed.read_text().replace("February 16, 2025", "February 16, 2017"))
    summary = house.night(TODAY)
    print(describe(summary))
    assert summary.ok, summary.failure
    report = summary.outcomes[0].report
    assert len(report.signals) > 10
    for entry in report.signals:
        record = entry.record
        text = [record.title, record.abstract_text, *record.keywords, *(heading.label for heading in record.mesh)]
        # MeSH has Metabolic Syndrome below Insulin Resistance, and the search explodes the heading.
        assert any(word in " ".join(text).lower() for word in ("insulin", "metabolic syndrome"))
