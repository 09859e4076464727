"""Three nights on which what was told changes: a record is retracted, raised in level, deleted or merged.

The store, the stand-in for PubMed, the pages and the mails are the real ones.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from email import message_from_bytes, policy
from pathlib import Path

import pytest

from litwatch.decisions.change_life import OpenChange
from litwatch.desk.answers import change_id, open_candidates, read_form
from litwatch.model.change import ChangeKind
from litwatch.model.identifiers import Pmid
from litwatch.model.judgement import Decision, Judgement
from litwatch.night.doors import open_store
from litwatch.night.night_outcome import NightSummary
from litwatch.report import contents, render
from litwatch.report.actions import list_actions
from litwatch.report.reason_sentences import say_reason
from litwatch.report.view import arrange
from litwatch.standin import Corpus
from litwatch.standin.scenario import read_scenario
from tests.nights import TOPIC, House, open_house

FIRST, SECOND, THIRD = date(2026, 3, 2), date(2026, 3, 20), date(2026, 3, 27)
CITED, SURVIVOR = Pmid(99500001), Pmid(99500002)
RETRACTED, KEPT, RAISED, DELETED, MERGED, TWIN = map(Pmid, range(99500011, 99500017))
NOTICE, NOTICE_ON_KEPT = Pmid(99500091), Pmid(99500092)


def record(pmid: int, title: str, *life: str, doi: str | None = None, on_topic: bool = True, types: str = "") -> str:
    """A record that is new on the first night, or old where it is about something else."""
    born = "2026-02-20" if on_topic else "2020-02-20"
    steps = "\n".join(f"      - {step}" for step in (f"{{day: {born}, becomes: indexed}}", *life))
    return f"""  - pmid: {pmid}
    title: "{title}"
    published: {born[:4]} Feb
    doi: {doi or f"10.5555/found.{pmid}"}
    authors: [Example AB]
    types: [{types or "Journal Article"}]
    mesh: [{'"Insulin Resistance*", ' if on_topic else ""}Humans]
    life:
{steps}
"""


RECORDS = "title: Found papers\nrecords:\n" + "".join(
    (
        record(CITED, "Beans and waists, a trial", "{day: 2026-03-18, merged into: 99500002}", on_topic=False),
        # It bears no word of the strategy and another DOI: only its title leads to it.
        record(SURVIVOR, "Beans and waists, a trial", "{day: 2026-03-18, retracted: 99500093}", on_topic=False),
        record(RETRACTED, "Naps and insulin", f"{{day: 2026-03-18, retracted: {NOTICE}}}", types="Systematic Review"),
        record(KEPT, "Oats and insulin", f"{{day: 2026-03-18, concern: {NOTICE_ON_KEPT}}}"),
        record(RAISED, "Rowing and insulin", "{day: 2026-03-18, types: [Systematic Review]}", types="Review"),
        record(DELETED, "Bees and insulin", "{day: 2026-03-18, deleted: true}", types="Systematic Review"),
        record(MERGED, "Tea and insulin", f"{{day: 2026-03-18, merged into: {TWIN}}}", doi="10.5555/tea"),
        record(TWIN, "Tea and insulin", doi="10.5555/tea"),
    )
)
ARTICLE = f"""---
question: What causes insulin resistance?
last_updated: 2026-01-16
status: Approved
---

## Causes

Beans shrink waists [1].

## References

1. Example AB. Beans and waists, a trial. Demonstration Journal of Invented Results. 2020. PMID: {CITED}
"""


def mail(house: House) -> str:
    """The text of the last mail."""
    message = message_from_bytes(house.mails()[-1].read_bytes(), policy=policy.default)
    part = message.get_body(("plain",))
    assert part is not None
    return " ".join(part.get_content().split())


def open_kinds(house: House, day: date) -> dict[tuple[ChangeKind, Pmid], OpenChange]:
    standing = open_store(house.settings()).open_changes("sleep", on=day)
    return {(item.change.kind, item.change.pmid): item for item in standing}


def told(summary: NightSummary) -> dict[Pmid, contents.ReportedSignal]:
    return {each.signal.change.pmid: each for each in contents.listed_evidence(summary.outcomes[0].report)}


def rules(summary: NightSummary) -> dict[str, tuple[Pmid, ...]]:
    return {fired.rule.value: fired.pmids for fired in summary.outcomes[0].report.verdict.fired}


def _check_words(report: contents.Report, said: str) -> None:
    """That report and mail say what befell whom."""
    page = render.report_html(report)
    for text in (page, said, render.report_markdown(report)):
        assert "Retracted since it was told" in text
        assert "Naps and insulin" in text
        assert "Expression of concern since it was told" in text
        assert "Level raised since it was told" in text
        assert "Bees and insulin" in text
        assert str(SURVIVOR) in text
        assert str(TWIN) in text
    assert "It was level 6 when it was told on 2 March 2026, and is level 2 now." in said
    assert "It is most likely PubMed 99500016 now: “Tea and insulin”." in said
    assert "5 changes to records told before" in said
    data = json.loads(render.report_json(report))
    assert {each["kind"] for each in data["new_evidence"]} >= {"found_retracted", "found_not_served"}


@dataclass(frozen=True)
class Told:
    """A house after two nights, what they said, and the mail of the second; a member kept KEPT in between."""

    house: House
    first: NightSummary
    second: NightSummary
    mail: str


@pytest.fixture(scope="module")
def after(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Told]:
    with open_house(tmp_path_factory.mktemp("found"), Corpus(read_scenario(RECORDS)), today=FIRST) as house:
        house.write_topic("sleep", topic=TOPIC.replace("insulin sensitivity", "insulin"), article=ARTICLE)
        first = house.night(FIRST)
        kept = open_kinds(house, FIRST)[ChangeKind.NEW_RECORD, KEPT]
        on = datetime(2026, 3, 3, tzinfo=UTC)
        open_store(house.settings()).record_judgement(
            Judgement("sleep", Decision.RELEVANT, "Dr Example", on, "we use it", kept.change, episodes=kept.episodes)
        )
        second = house.night(SECOND)
        yield Told(house, first, second, mail(house))


@pytest.fixture
def house(after: Told, tmp_path: Path) -> House:
    """The house after two nights, for a test that goes on."""
    return after.house.copy(tmp_path / "house")


def test_what_befalls_told_records_and_a_merged_reference_is_told_once_and_joined_to_the_paper(
    after: Told, house: House
) -> None:
    first, second = after.first, after.second
    assert first.ok, first.failure
    assert {*told(first)} == {RETRACTED, KEPT, RAISED, DELETED, MERGED, TWIN}
    assert second.ok, second.failure
    standing = open_kinds(house, SECOND)
    assert {pair for pair in standing if pair[0] is not ChangeKind.NEW_RECORD} == {
        (ChangeKind.CITED_MISSING, CITED),
        (ChangeKind.CITED_RETRACTED, CITED),
        (ChangeKind.FOUND_RETRACTED, RETRACTED),
        (ChangeKind.FOUND_CONCERN, KEPT),
        (ChangeKind.FOUND_RAISED, RAISED),
        (ChangeKind.FOUND_MISSING, DELETED),
        (ChangeKind.FOUND_MISSING, MERGED),
    }
    assert {pmid for kind, pmid in standing if kind is ChangeKind.NEW_RECORD} == {RETRACTED, KEPT, RAISED, TWIN}, (
        "neither what is gone nor the notices are open evidence"
    )
    assert second.outcomes[0].saved is not None
    opened = {change.kind for change in second.outcomes[0].saved.opened}
    assert ChangeKind.NEW_RECORD not in opened, "a notice is told with its paper"
    cards = told(second)
    assert {*cards} == {RETRACTED, KEPT, RAISED, TWIN}
    assert {pmid: [e.signal.change.kind for e in card.events] for pmid, card in cards.items()} == {
        RETRACTED: [ChangeKind.FOUND_RETRACTED],
        KEPT: [ChangeKind.FOUND_CONCERN],
        RAISED: [ChangeKind.FOUND_RAISED],
        TWIN: [],
    }
    assert rules(second)["V1"] == (CITED,), "the retraction of the record in its place is one of the reference"
    assert rules(second)["V5"] == (RAISED,), "neither the retracted nor the deleted systematic review"
    assert rules(second)["V14"] == (KEPT,)
    report = second.outcomes[0].report
    lost = {each.signal.change.pmid: each.survivor for each in contents.lost_records(report)}
    assert lost[DELETED] is None
    survivor = lost[MERGED]
    assert survivor is not None
    assert survivor.pmid == TWIN
    (gone,) = (each for each in report.signals if each.signal.change.kind is ChangeKind.CITED_MISSING)
    assert gone.survivor is not None
    assert gone.survivor.pmid == SURVIVOR
    assert any("litwatch references confirm" in action.text for action in list_actions(report))

    _check_words(report, after.mail)

    third = house.night(THIRD)
    assert third.ok, third.failure
    assert third.outcomes[0].saved is not None
    assert third.outcomes[0].saved.opened == ()
    assert "nothing new" in message_from_bytes(house.mails()[-1].read_bytes(), policy=policy.default)["subject"]
    again = mail(house)
    assert "Bees and insulin" not in again, "told once"
    assert "Retracted since it was told" in again, "in the line of a record that is still open"
    assert [say_reason(fired) for fired in third.outcomes[0].report.verdict.fired] == [
        say_reason(fired) for fired in second.outcomes[0].report.verdict.fired
    ]


def test_a_record_that_comes_back_is_open_evidence_again(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    back = RECORDS.replace("{day: 2026-03-18, deleted: true}", "{day: 2026-03-18, title: Bees and insulin again}")
    assert (ChangeKind.NEW_RECORD, DELETED) not in open_kinds(house, SECOND)
    monkeypatch.setattr(house.pubmed, "corpus", Corpus(read_scenario(back)))
    house.night(THIRD)
    standing = open_kinds(house, THIRD)
    assert (ChangeKind.NEW_RECORD, DELETED) in standing
    assert (ChangeKind.FOUND_MISSING, DELETED) not in standing


def test_one_answer_on_a_records_card_settles_the_record_and_what_befell_it(after: Told, house: House) -> None:
    report = after.second.outcomes[0].report
    card = next(e for e in contents.listed_evidence(report) if e.signal.change.pmid == RETRACTED)
    fields = {
        "about": "change",
        "answer": "not-relevant",
        "change": change_id(card.signal.change),
        "episodes": ".".join(episode for each in (card, *card.events) for episode in each.episodes),
    }
    answers = read_form(fields, report, (), by="Dr Example", now=datetime(2026, 3, 21, tzinfo=UTC))
    assert {each.change.kind for each in answers if each.change} == {
        ChangeKind.NEW_RECORD,
        ChangeKind.FOUND_RETRACTED,
    }
    store = open_store(house.settings())
    for answer in answers:
        store.record_judgement(answer)
    assert RETRACTED not in {pmid for _, pmid in open_kinds(house, SECOND)}
    candidates = open_candidates(report, arrange(report).entries)
    assert [each.pmids for each in candidates] == [(SURVIVOR,)], "an editor is offered the record in the place"
    house.night(THIRD)
    assert RETRACTED not in {pmid for _, pmid in open_kinds(house, THIRD)}
