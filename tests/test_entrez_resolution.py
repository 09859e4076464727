"""From references to records over the wire: who is asked, in which order, and that nobody is believed unverified."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from litwatch.citations import Doi, Match, MatchState, Pmid, Reference, ReferenceKind
from litwatch.entrez import resolve
from litwatch.entrez.citation_match import Outcome
from litwatch.entrez.resolution import write_title_terms
from litwatch.errors import SourceUnavailable
from litwatch.pubmed_xml import parse_article_set
from litwatch.records import Record
from litwatch.topics import Pin
from tests.scripted_ncbi import Received, Reply, ScriptedNcbi, article_set, citation, hits, open_entrez, serve

TITLE = "Sleep loss, night work and insulin resistance in hospital porters"
AUTHORS = "<AuthorList><Author><LastName>Wondmaker</LastName><Initials>YT</Initials></Author></AuthorList>"


@pytest.fixture
def ncbi() -> Iterator[ScriptedNcbi]:
    with serve() as server:
        yield server


def paper(pmid: int, title: str = TITLE, doi: str = "10.5555/none") -> str:
    more = f"{AUTHORS}"
    text = citation(pmid, title, more=more)
    return text.replace("</ArticleIdList>", f'<ArticleId IdType="doi">{doi}</ArticleId></ArticleIdList>')


def reference(position: int = 1, title: str = TITLE, **changes: object) -> Reference:
    plain = Reference(position, position, ReferenceKind.RESEARCH, title, "Journal of invented medicine", 2020)
    return replace(plain, **changes)  # type: ignore[arg-type]


class Library:
    """Answers EFetch from its papers and everything else as a test says."""

    def __init__(self, *papers: str) -> None:
        self.papers = {int(re.search(r">(\d+)</PMID>", text)[1]): text for text in papers}  # type: ignore[index]
        self.search: Callable[[str], list[int]] = lambda _: []
        self.match: Callable[[list[str]], str] = lambda lines: "\r\n".join(f"{line}NOT_FOUND" for line in lines)

    def __call__(self, request: Received) -> Reply:
        if request.utility == "efetch.fcgi":
            wanted = map(int, request.form["id"].split(","))
            return Reply(article_set(*(self.papers[pmid] for pmid in wanted if pmid in self.papers)))
        if request.utility == "ecitmatch.cgi":
            return Reply(self.match(request.form["bdata"].split("\r")).encode())
        found = self.search(request.form["term"])
        return Reply(hits(*found[: int(request.form["retmax"])], count=len(found)))


def lines_of(request: Received) -> list[list[str]]:
    return [line.split("|") for line in request.form["bdata"].split("\r")]


def utilities(ncbi: ScriptedNcbi) -> list[str]:
    return [request.utility.partition(".")[0] for request in ncbi.received]


def run(
    ncbi: ScriptedNcbi,
    *references: Reference,
    pins: tuple[Pin, ...] = (),
    before: dict[int, Match] | None = None,
    known: dict[Pmid, Record] | None = None,
) -> tuple[Match, ...]:
    return resolve(references, pins, before or {}, known or {}, open_entrez(ncbi))


# The order of look-ups


def test_a_printed_pmid_that_verifies_needs_one_fetch(ncbi: ScriptedNcbi) -> None:
    ncbi.answering = Library(paper(99000001))
    (match,) = run(ncbi, reference(pmid=Pmid(99000001)))
    assert (match.state, match.pmid, match.method) == (MatchState.CONFIRMED, 99000001, "pmid")
    assert utilities(ncbi) == ["efetch"]


def test_a_printed_pmid_of_another_paper_is_overruled_by_the_doi_that_verifies(ncbi: ScriptedNcbi) -> None:
    library = Library(paper(99000001, "Bees of the Tyrol"), paper(99000002, doi="10.5555/Right(1)"))
    library.search = lambda term: [99000002] if "10.5555/right(1)" in term else []
    ncbi.answering = library
    (match,) = run(ncbi, reference(pmid=Pmid(99000001), doi=Doi("10.5555/right(1)")))
    assert (match.state, match.pmid, match.method) == (MatchState.CONFIRMED, 99000002, "doi")
    assert match.others == (99000001,)


def test_all_dois_are_looked_up_in_one_search(ncbi: ScriptedNcbi) -> None:
    library = Library(*(paper(99000000 + n, f"{TITLE} number {n}", f"10.5555/x{n}") for n in range(1, 6)))
    library.search = lambda term: sorted(library.papers) if "[aid]" in term else []
    ncbi.answering = library
    references = [reference(n, f"{TITLE} number {n}", doi=Doi(f"10.5555/x{n}")) for n in range(1, 6)]
    matches = run(ncbi, *references)
    assert [(match.state, match.pmid) for match in matches] == [
        (MatchState.CONFIRMED, 99000000 + match.position) for match in matches
    ]
    assert utilities(ncbi) == ["esearch", "efetch"]
    assert '"10.5555/x1"[aid] OR "10.5555/x2"[aid]' in ncbi.received[0].form["term"]


def test_a_doi_search_that_brings_others_is_read_by_the_records_own_doi(ncbi: ScriptedNcbi) -> None:
    library = Library(paper(99000001, doi="10.5555/other"), paper(99000002, doi="10.5555/right"))
    library.search = lambda term: [99000001, 99000002] if "[aid]" in term else []
    ncbi.answering = library
    (match,) = run(ncbi, reference(doi=Doi("10.5555/right")))
    assert (match.pmid, match.method) == (99000002, "doi")


def test_ecitmatch_is_asked_where_journal_volume_and_page_are_printed(ncbi: ScriptedNcbi) -> None:
    library = Library(paper(99000001))
    library.match = lambda lines: "\r\n".join(f"{line}99000001" for line in lines)
    ncbi.answering = library
    (match,) = run(ncbi, reference(authors=("Wondmaker YT",), text="Wondmaker YT. Sleep. J Invent Med. 2020;7:1-9."))
    assert (match.state, match.method) == (MatchState.CONFIRMED, "ecitmatch")
    assert utilities(ncbi) == ["ecitmatch", "efetch"]
    assert lines_of(ncbi.received[0])[0][:5] == ["Journal of invented medicine", "2020", "7", "1", "Wondmaker YT"]


def test_a_confident_wrong_answer_of_ecitmatch_stays_unconfirmed(ncbi: ScriptedNcbi) -> None:
    library = Library(paper(99000001, "Bees of the Tyrol and their winter stores"))
    library.match = lambda lines: "\r\n".join(f"{line}99000001" for line in lines)
    ncbi.answering = library
    (match,) = run(ncbi, reference(authors=("Wondmaker YT",), text="J Invent Med. 2020;7:1-9."))
    assert match.state is not MatchState.CONFIRMED


def test_the_title_is_searched_word_by_word_and_verified(ncbi: ScriptedNcbi) -> None:
    library = Library(paper(99000001), paper(99000002, f"Correction to: {TITLE}"))
    library.search = lambda term: [99000002, 99000001] if "insulin[ti]" in term else []
    ncbi.answering = library
    (match,) = run(ncbi, reference())
    assert (match.state, match.pmid, match.method) == (MatchState.CONFIRMED, 99000001, "title")
    assert utilities(ncbi) == ["esearch", "efetch"]
    assert ncbi.received[0].form["term"] == (
        "sleep[ti] AND loss[ti] AND night[ti] AND work[ti] AND insulin[ti] AND resistance[ti] "
        "AND hospital[ti] AND porters[ti]"
    )
    assert ncbi.received[0].form["sort"] == "relevance"


def test_a_mistyped_title_is_found_by_the_looser_search(ncbi: ScriptedNcbi) -> None:
    library = Library(paper(99000001))
    library.search = lambda term: [99000001] if " OR " in term else []
    ncbi.answering = library
    (match,) = run(ncbi, reference(title=TITLE.replace("porters", "protres"), authors=("Wondmaker YT",)))
    assert match.state is MatchState.CONFIRMED
    assert "2019:2021[dp]" in ncbi.received[1].form["term"]
    assert "wondmaker[au]" in ncbi.received[1].form["term"].lower()


@pytest.mark.parametrize("title", ["", "Sleep", "The of and", "?!"])
def test_a_title_of_hardly_a_word_is_not_searched(title: str) -> None:
    assert write_title_terms(reference(title=title)) == ()


def test_hostile_text_cannot_leave_its_place_in_a_search() -> None:
    hostile = reference(
        title='sleep") OR "insulin"[mh] NOT (porters AND NIGHT [pt]', authors=('O"Hara) OR all[sb',), year=2020
    )
    for term in write_title_terms(hostile):
        assert '"' not in term
        assert "[mh]" not in term
        assert term.count("(") == term.count(")")
        assert not re.search(r"\[(?!ti\]|au\]|dp\])", term)


def test_nothing_found_anywhere_is_not_found(ncbi: ScriptedNcbi) -> None:
    ncbi.answering = Library()
    (match,) = run(ncbi, reference(text="J Invent Med. 2020;7:1-9.", doi=Doi("10.5555/x"), pmid=Pmid(99000009)))
    assert (match.state, match.pmid, match.confidence) == (MatchState.NOT_FOUND, None, 0.0)


def test_no_answer_is_an_error_and_never_not_found(ncbi: ScriptedNcbi) -> None:
    ncbi.answering = lambda _: Reply(status=503)
    with pytest.raises(SourceUnavailable):
        run(ncbi, reference())


def test_without_ecitmatch_the_title_search_goes_on_and_the_gap_is_said(ncbi: ScriptedNcbi) -> None:
    library = Library(paper(99000001))
    library.search = lambda term: [99000001] if "insulin" in term else []
    ncbi.answering = lambda request: Reply(status=503) if "ecitmatch" in request.utility else library(request)
    text = "J Invent Med. 2020;7:1-9."
    found, lost = run(ncbi, reference(text=text), reference(2, "Bees of the Tyrol in winter", text=text))
    assert found.state is MatchState.CONFIRMED
    assert lost.state is MatchState.NOT_FOUND
    assert "ECitMatch did not answer" in lost.reason


def test_a_drug_label_is_not_searched_for(ncbi: ScriptedNcbi) -> None:
    (match,) = run(ncbi, reference(kind=ReferenceKind.DRUG_LABEL))
    assert match.state is MatchState.NOT_FOUND
    assert ncbi.received == []


# What is known already


def known_record(pmid: int = 99000001) -> dict[Pmid, Record]:
    return {record.pmid: record for record in parse_article_set(article_set(paper(pmid))).records}


def test_a_confirmed_match_that_still_verifies_is_kept_without_a_request(ncbi: ScriptedNcbi) -> None:
    old = Match(1, MatchState.CONFIRMED, Pmid(99000001), 0.93, "title", "As found then.")
    assert run(ncbi, reference(), before={1: old}, known=known_record()) == (old,)
    assert ncbi.received == []


def test_a_match_of_an_entry_that_has_moved_is_looked_up_again(ncbi: ScriptedNcbi) -> None:
    old = Match(1, MatchState.CONFIRMED, Pmid(99000001), 0.93, "title", "As found then.")
    ncbi.answering = Library()
    (match,) = run(ncbi, reference(title="Bees of the Tyrol in winter"), before={1: old}, known=known_record())
    assert match.state is MatchState.NOT_FOUND


def test_a_pmcid_is_looked_up_and_its_bearer_verified(ncbi: ScriptedNcbi) -> None:
    bearer = paper(99000001).replace(
        "</ArticleIdList>", '<ArticleId IdType="pmc">PMC7550001</ArticleId></ArticleIdList>'
    )
    library = Library(bearer, paper(99000002, "Bees of the Tyrol"))
    library.search = lambda term: [99000002, 99000001] if "PMC7550001[pmcid]" in term else []
    ncbi.answering = library
    (match,) = run(ncbi, reference(url="https://pmc.ncbi.nlm.nih.gov/articles/PMC7550001/"))
    assert (match.state, match.pmid, match.method) == (MatchState.CONFIRMED, 99000001, "pmcid")
    assert utilities(ncbi) == ["esearch", "efetch"]


def test_a_title_that_the_store_knows_needs_no_request(ncbi: ScriptedNcbi) -> None:
    (match,) = run(ncbi, reference(), known=known_record())
    assert (match.state, match.pmid, match.method) == (MatchState.CONFIRMED, 99000001, "store")
    assert ncbi.received == []


def test_a_known_record_does_not_come_before_the_one_that_the_entry_names(ncbi: ScriptedNcbi) -> None:
    library = Library(paper(99000002, doi="10.5555/printed"))
    library.search = lambda term: [99000002] if "10.5555/printed" in term else []
    ncbi.answering = library
    printed = reference(doi=Doi("10.5555/printed"), authors=("Wondmaker YT",))
    (match,) = run(ncbi, printed, known=known_record())
    assert (match.pmid, match.method) == (99000002, "doi")


def test_known_records_are_not_fetched_again(ncbi: ScriptedNcbi) -> None:
    (match,) = run(ncbi, reference(pmid=Pmid(99000001)), known=known_record())
    assert match.state is MatchState.CONFIRMED
    assert ncbi.received == []


# Pins


def pin_to(pmid: int) -> tuple[Pin, ...]:
    return (Pin(marker=None, position=1, pmid=Pmid(pmid), doi=None),)


def test_a_pin_outranks_every_look_up(ncbi: ScriptedNcbi) -> None:
    old = Match(1, MatchState.CONFIRMED, Pmid(99000001), 0.93, "title", "As found then.")
    ncbi.answering = Library(paper(99000077, "Bees of the Tyrol"))
    (match,) = run(ncbi, reference(pmid=Pmid(99000001)), pins=pin_to(99000077), before={1: old}, known=known_record())
    assert (match.state, match.pmid, match.method) == (MatchState.CONFIRMED, 99000077, "pinned")
    assert utilities(ncbi) == ["efetch"]


def test_a_pinned_pmid_that_pubmed_does_not_have_is_not_found_and_said(ncbi: ScriptedNcbi) -> None:
    ncbi.answering = Library(paper(99000001))
    (match,) = run(ncbi, reference(pmid=Pmid(99000001)), pins=pin_to(123456789))
    assert match == Match(
        1,
        MatchState.NOT_FOUND,
        None,
        0.0,
        "pinned",
        "The topic file pins PMID 123456789, which PubMed does not have; correct the pin.",
    )
    assert set(utilities(ncbi)) == {"efetch"}


def test_a_pinned_record_that_is_known_stays_confirmed_when_pubmed_no_longer_serves_it(ncbi: ScriptedNcbi) -> None:
    ncbi.answering = Library()
    (match,) = run(ncbi, reference(), pins=pin_to(99000001), known=known_record())
    assert (match.state, match.pmid, match.method) == (MatchState.CONFIRMED, 99000001, "pinned")
    assert ncbi.received == []


def test_a_pinned_record_that_cannot_be_read_is_not_called_absent(ncbi: ScriptedNcbi) -> None:
    ncbi.answering = Library(paper(99000001).replace("</ArticleTitle>", ""))
    (match,) = run(ncbi, reference(), pins=pin_to(99000001))
    assert (match.state, match.pmid) == (MatchState.CONFIRMED, 99000001)
    assert "could not be read" in match.reason


def test_without_an_answer_a_pin_is_not_called_absent(ncbi: ScriptedNcbi) -> None:
    ncbi.answering = lambda _: Reply(status=503)
    with pytest.raises(SourceUnavailable):
        run(ncbi, reference(), pins=pin_to(99000001))


def test_a_pin_says_that_the_record_agrees(ncbi: ScriptedNcbi) -> None:
    ncbi.answering = Library(paper(99000001))
    (match,) = run(ncbi, reference(), pins=pin_to(99000001))
    assert match.confidence >= 0.8
    assert match.reason == "An editor pinned this record; title, year and journal agree."


@pytest.mark.parametrize(
    ("changes", "seen"),
    [
        ({"year": 2011}, "its title and year differ from the printed entry; its journal agrees."),
        ({"year": 2011, "source": "Beekeeping today"}, "its title, year and journal differ from the printed entry."),
        ({"year": None, "source": ""}, "its title differs from the printed entry."),
        ({"year": None, "source": "", "title": ""}, "nothing printed could be compared."),
    ],
)
def test_a_pin_to_another_paper_is_kept_and_what_differs_is_said(
    ncbi: ScriptedNcbi, changes: dict[str, object], seen: str
) -> None:
    ncbi.answering = Library(paper(99000001, "Bees of the Tyrol"))
    (match,) = run(ncbi, reference(**changes), pins=pin_to(99000001))  # type: ignore[arg-type]
    assert (match.state, match.pmid, match.method) == (MatchState.CONFIRMED, 99000001, "pinned")
    assert match.confidence < 0.5
    assert match.reason == f"An editor pinned this record; {seen}"


def test_a_pin_to_a_notice_about_the_paper_is_said(ncbi: ScriptedNcbi) -> None:
    ncbi.answering = Library(paper(99000001, f"Erratum: {TITLE}"))
    (match,) = run(ncbi, reference(), pins=pin_to(99000001))
    assert match.state is MatchState.CONFIRMED
    assert match.reason.endswith("One of the two is a notice about a paper, not the paper itself.")


def test_a_pinned_doi_is_looked_for_and_not_doubted(ncbi: ScriptedNcbi) -> None:
    library = Library(paper(99000001, "Bees of the Tyrol", doi="10.5555/pinned"))
    library.search = lambda term: [99000001]
    ncbi.answering = library
    pins = (Pin(None, 1, None, Doi("10.5555/pinned")), Pin(None, 2, None, Doi("10.5555/nowhere")))
    first, second = run(ncbi, reference(), reference(2), pins=pins)
    assert (first.state, first.pmid, first.method) == (MatchState.CONFIRMED, 99000001, "pinned")
    assert (second.state, second.method) == (MatchState.NOT_FOUND, "pinned")
    assert "10.5555/nowhere" in second.reason


def test_an_editor_may_say_that_a_reference_is_not_in_pubmed(ncbi: ScriptedNcbi) -> None:
    (match,) = run(ncbi, reference(), pins=(Pin(None, 1, None, None, not_in_pubmed=True),))
    assert (match.state, match.method) == (MatchState.NOT_FOUND, "pinned")
    assert ncbi.received == []


def test_a_withdrawn_pin_is_looked_up_again(ncbi: ScriptedNcbi) -> None:
    old = Match(1, MatchState.CONFIRMED, Pmid(99000001), 1.0, "pinned", "An editor pinned this record.")
    ncbi.answering = Library()
    (match,) = run(ncbi, reference(title="Bees of the Tyrol in winter"), before={1: old}, known=known_record())
    assert match.state is MatchState.NOT_FOUND


# ECitMatch's own ways


def cited(position: int, journal: str = "J Invent Med", author: str = "Wondmaker YT") -> Reference:
    text = f"{journal}. 2020;7:{position}-9."
    return reference(position, f"Title number {position}", source=journal, authors=(author,), text=text)


def test_every_outcome_of_ecitmatch_is_told_apart(ncbi: ScriptedNcbi) -> None:
    results = {1: "99000001", 2: "NOT_FOUND", 3: "NOT_FOUND;INVALID_JOURNAL", 4: "AMBIGUOUS",
               5: "AMBIGUOUS (783 citations)", 6: "AMBIGUOUS 99000006,99000007"}  # fmt: skip

    def answer(request: Received) -> Reply:
        lines = []
        for fields in reversed(lines_of(request)):
            result = results[int(fields[3])]
            echo = [*fields[:4], fields[5]] if "INVALID" in result else fields[:6]
            lines.append("|".join([*echo, result]))
        return Reply("\r\n".join(lines).encode() + b"\r\n", headers={"Content-Type": "text/plain"})

    ncbi.answering = answer
    found = {proposal.position: proposal for proposal in open_entrez(ncbi).match_citations(map(cited, results))}
    assert [found[n].outcome for n in results] == [
        Outcome.FOUND,
        Outcome.NOT_FOUND,
        Outcome.JOURNAL_UNKNOWN,
        Outcome.AMBIGUOUS,
        Outcome.AMBIGUOUS,
        Outcome.AMBIGUOUS,
    ]
    assert found[1].pmids == (99000001,)
    assert found[5].pmids == ()
    assert found[6].pmids == (99000006, 99000007)


def test_lines_bear_keys_of_their_own_in_every_request(ncbi: ScriptedNcbi) -> None:
    seen: list[str] = []

    def answer(request: Received) -> Reply:
        keys = [fields[5] for fields in lines_of(request)]
        seen.extend(keys)
        return Reply("\r\n".join(f"a|b|c|d|e|{key}|NOT_FOUND" for key in keys[:30]).encode())

    ncbi.answering = answer
    entrez = open_entrez(ncbi)
    entrez.match_citations(map(cited, range(1, 61)))
    entrez.match_citations([cited(1)])
    assert len(seen) == len(set(seen)) == 60 + 30 - 10 + 1


def test_lines_left_out_are_asked_again_and_then_unanswered(ncbi: ScriptedNcbi) -> None:
    def answer(request: Received) -> Reply:
        rows = lines_of(request)
        return Reply("|".join([*rows[0][:6], "99000001"]).encode())

    ncbi.answering = answer
    proposals = open_entrez(ncbi).match_citations([cited(1), cited(2), cited(3)])
    assert [proposal.outcome for proposal in proposals] == [Outcome.FOUND, Outcome.FOUND, Outcome.UNANSWERED]
    assert [len(lines_of(request)) for request in ncbi.received] == [3, 2]


@pytest.mark.parametrize("body", [b"", b"<html>busy</html>", b"J|2020|7|1|x|some-other-key|99000001", b'{"error":"x"}'])
def test_an_answer_without_our_lines_is_no_answer(ncbi: ScriptedNcbi, body: bytes) -> None:
    ncbi.answering = lambda _: Reply(body)
    with pytest.raises(SourceUnavailable):
        open_entrez(ncbi).match_citations([cited(1)])
    assert len(ncbi.received) == 5


def test_bars_and_line_ends_in_a_reference_cannot_make_lines(ncbi: ScriptedNcbi) -> None:
    ncbi.answering = lambda request: Reply("|".join([*lines_of(request)[0][:6], "NOT_FOUND"]).encode())
    open_entrez(ncbi).match_citations([cited(1, journal="J|Invent\rMed", author="A|B\r\nC")])
    (line,) = lines_of(ncbi.received[0])
    assert line[0] == "J Invent Med"
    assert line[4] == "A B C"
    assert len(line) == 7


def test_a_reference_without_volume_and_page_is_not_sent(ncbi: ScriptedNcbi) -> None:
    assert open_entrez(ncbi).match_citations([reference(authors=("Wondmaker YT",), text="J Invent Med, 2020")]) == ()
    assert ncbi.received == []


@pytest.mark.realdata
def test_real_lines_of_ecitmatch_are_read(ncbi: ScriptedNcbi, shared: Path) -> None:
    real = (shared / "data" / "eutils_samples" / "error_bodies" / "ecitmatch_outcomes.txt").read_text().splitlines()

    def answer(request: Received) -> Reply:
        keys = [fields[5] for fields in lines_of(request)]
        return Reply(
            "\r\n".join(re.sub(r"\|k(\d)\|", lambda k: f"|{keys[int(k[1]) - 1]}|", line) for line in real).encode()
        )

    ncbi.answering = answer
    proposals = open_entrez(ncbi).match_citations(map(cited, range(1, 6)))
    assert [proposal.outcome for proposal in proposals] == [
        Outcome.FOUND,
        Outcome.JOURNAL_UNKNOWN,
        Outcome.NOT_FOUND,
        Outcome.AMBIGUOUS,
        Outcome.AMBIGUOUS,
    ]
    assert [len(proposal.pmids) for proposal in proposals] == [1, 0, 0, 0, 2]


def test_a_match_that_its_stored_record_no_longer_bears_out_is_judged_on_a_fresh_record(ncbi: ScriptedNcbi) -> None:
    """What the store has may be what a garbled answer said last night."""
    right = reference(pmid=Pmid(99000001))
    (confirmed,) = run(ncbi, right, known=known_record())
    garbled = {pmid: replace(record, title="Nothing of the kind") for pmid, record in known_record().items()}
    ncbi.answering = Library(paper(99000001))
    (match,) = run(ncbi, right, before={1: confirmed}, known=garbled)
    assert (match.state, match.pmid) == (MatchState.CONFIRMED, 99000001)
