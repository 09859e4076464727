"""The questions to NCBI: the stand-in answers each as expected, and another answer is shown as expected and seen."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from litwatch.model.canary_record import CANARY
from litwatch.sources.entrez import EntrezSettings, Timepiece
from litwatch.sources.entrez.live_checks import LiveCheck, check_live
from litwatch.standin import Corpus, StandIn
from litwatch.standin.demonstration import DEMONSTRATION_TODAY, revisions
from tests.command_line import Run
from tests.nights import hasten_requests


def ask(pubmed: StandIn) -> dict[str, LiveCheck]:
    settings = EntrezSettings(email="tests@example.org", base_url=pubmed.base, tries=1)
    checks = check_live(settings, timepiece=Timepiece(sleep=lambda _: None))
    return {check.name.partition(":")[0]: check for check in checks}


def test_the_stand_in_is_what_the_code_assumes() -> None:
    with StandIn(Corpus(revisions()), today=DEMONSTRATION_TODAY, rate=None) as pubmed:
        found = ask(pubmed)
    assert [check for check in found.values() if not check.is_same] == []
    assert {*found} == {
        "einfo", "esearch", "efetch", "esummary", "elink", "ecitmatch", "espell", "canary", "window", "echo", "warning",
    }  # fmt: skip


def test_no_question_stops_the_others() -> None:
    other = [revision for revision in revisions() if revision.pmid != CANARY]
    with StandIn(Corpus(other), today=DEMONSTRATION_TODAY, rate=None) as pubmed:
        found = ask(pubmed)
    assert {name for name, check in found.items() if check.is_same} == {"einfo", "espell", "window", "echo", "warning"}
    assert found["esearch"].seen == "0 found: none; warnings: 0"
    assert found["efetch"].seen.startswith("no record; missing 17469039")
    assert found["esummary"].seen.startswith("error: NCBI gave no usable answer")


def test_another_answer_is_shown_as_expected_and_seen(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    other = [replace(each, xml=each.xml and each.xml.replace(b"physiological", b"old")) for each in revisions()]
    with StandIn(Corpus(other), today=DEMONSTRATION_TODAY, rate=None, rate_with_key=None) as pubmed:
        monkeypatch.setenv("LITWATCH_EUTILS", pubmed.base)
        monkeypatch.setenv("LITWATCH_EMAIL", "tests@example.org")
        hasten_requests(monkeypatch)
        status, out, _ = run("doctor", "--ncbi")
    assert status == 1
    assert "DIFFERS canary: PMID and words of its title\n          expected: 1 found: 17469039\n" in out
    assert "          seen:     0 found: none\n" in out
    assert out.splitlines()[-1].startswith("3 of 11 differ; http://127.0.0.1:")
    assert re.findall(r"^DIFFERS (\w+)", out, re.MULTILINE) == ["efetch", "esummary", "canary"]
