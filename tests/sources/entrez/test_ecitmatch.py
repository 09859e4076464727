"""ECitMatch's own ways: lines with keys of their own, outcomes told apart, and answers that are none."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from litwatch.model.errors import SourceUnavailable
from litwatch.model.reference import Reference
from litwatch.sources.entrez.ecitmatch import Outcome
from tests.sources.entrez.resolution_scenes import lines_of, reference
from tests.sources.entrez.scripted_ncbi import Received, Reply, ScriptedNcbi, open_entrez


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
