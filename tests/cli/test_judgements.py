"""``litwatch answer`` where members disagree: nobody overrules anybody without a word."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from email import message_from_bytes, policy
from pathlib import Path

import pytest

from litwatch.cli import main
from litwatch.decisions.verdict import Status
from litwatch.night.doors import open_store
from litwatch.report.reason_sentences import say_reason
from litwatch.standin import Corpus
from litwatch.standin.scenario import read_scenario
from tests.nights import TOPIC, House, open_house

RECORDS = """
title: One new cohort study
records:
  - pmid: 99500010
    title: "Demonstration data: night shifts and insulin resistance, a cohort study"
    published: 2025 Sep
    life: [{day: 2025-09-02, becomes: indexed}]
"""
PAPER, FIRST = "99500010", date(2025, 9, 3)
ARTICLE = """---
question: What causes insulin resistance?
last_updated: 2025-06-16
status: Approved
---

## Causes

It is not known.
"""
Run = Callable[..., str]


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    with open_house(tmp_path, Corpus(read_scenario(RECORDS)), today=FIRST) as house:
        house.write_topic("sleep", article=ARTICLE)
        house.show_commands(monkeypatch)
        house.night(FIRST)
        yield house


@pytest.fixture
def answer(capsys: pytest.CaptureFixture[str]) -> Run:
    def call(by: str, *arguments: str, refused: bool = False) -> str:
        with pytest.raises(SystemExit) as ended:
            main(["answer", "sleep", PAPER, *arguments, "--by", by])
        out = capsys.readouterr()
        assert bool(ended.value.code) is refused, out.err
        return out.err if refused else out.out

    return call


def test_a_disagreement_is_told_at_once_stays_open_and_is_settled_by_who_says_so(house: House, answer: Run) -> None:
    assert "disagreement" not in answer("Anna", "not-relevant")
    said = answer("Ben", "relevant", "--effect", "contradicts")
    assert "Anna answered on" in said
    assert "that it is not relevant" in said
    assert "that it contradicts the article" in said
    assert f"settle it with `litwatch answer sleep {PAPER} DECISION" in said

    summary = house.night(FIRST + timedelta(days=1))
    report = summary.outcomes[0].report
    assert report.verdict.status is Status.REVIEW_NOW
    assert say_reason(report.verdict.fired[0]) == (
        "A member finds that 1 new record contradicts what the article says. Members disagree about it."
    )
    mail = message_from_bytes(house.mails()[-1].read_bytes(), policy=policy.default).get_body(("plain",))
    told = " ".join(mail.get_content().split())  # type: ignore[union-attr]
    assert "Members disagree: it stays open until they agree, or until somebody settles it with a reason." in told
    page = next(Path(each) for each in summary.outcomes[0].files if each.endswith(".html")).read_text("utf-8")
    assert "Ben answered on" in page

    assert "disagreement" in answer("Carl", "already-covered", "--reason", "see section 2"), "only a third opinion"
    assert "--settle needs a --reason" in answer("Carl", "already-covered", "--settle", refused=True)
    said = answer("Carl", "already-covered", "--settle", "--reason", "see section 2")
    assert "disagreement" not in said
    assert "settled by Carl" in said
    assert "Ben answered on" in said, "nobody's answer is overruled without a word"
    assert "Anna answered on" in said
    report = house.night(FIRST + timedelta(days=2)).outcomes[0].report
    assert (report.verdict.status, report.signals) == (Status.NO_SIGNAL, ())


def test_only_to_keep_it_may_a_change_be_answered_that_somebody_has_closed(house: House, answer: Run) -> None:
    answer("Anna", "not-relevant")
    assert f"sleep has no open change about PMID {PAPER}" in answer("Ben", "already-covered", refused=True)
    answer("Anna", "relevant")
    assert "do not disagree" in answer("Ben", "relevant", "--settle", "--reason", "x", refused=True)
    (item,) = house.night(FIRST + timedelta(days=1)).outcomes[0].report.signals
    assert "disagreement" not in [reason.code for reason in item.signal.reasons], "she has changed her own word"


def test_assign_names_a_person_of_the_list_and_refuses_anybody_else(
    house: House, capsys: pytest.CaptureFixture[str]
) -> None:
    def run(*arguments: str, refused: bool = False) -> str:
        with pytest.raises(SystemExit) as ended:
            main([*arguments, "--by", "Dr Chair"])
        out = capsys.readouterr()
        assert bool(ended.value.code) is refused, out
        return out.err if refused else out.out

    due = datetime.now(UTC).date() + timedelta(days=20)
    assert "nobody is responsible for sleep" in run("assign", "sleep", "--nobody", refused=True)
    said = run("assign", "sleep", "--to", "Board@EXAMPLE.org", "--due", due.isoformat())
    assert said == f"sleep: board@example.org is responsible, until {due}\n"
    refused = run("assign", "sleep", "--to", "stranger@example.org", refused=True)
    assert "stranger@example.org is not on the list of sleep, which names board@example.org" in refused
    unknown = run("assign", "slepe", "--to", "board@example.org", refused=True)
    assert "no such article: slepe. Is sleep meant? `litwatch topics list` shows the names" in unknown
    (house.folder / "queries" / "torn.yaml").write_text("article: [")
    assert "torn has no topic file that can be read" in run("assign", "torn", "--to", "x@example.org", refused=True)
    (house.folder / "queries" / "torn.yaml").unlink()
    assert "with --to ADDRESS" in run("assign", "sleep", refused=True)
    assert "twelve months" in run("assign", "sleep", "--to", "board@example.org", "--due", "2020-01-01", refused=True)
    decided = run("review", "sleep", "update", "--responsible", "board@example.org", "--reason", "x")
    assert "responsible: board@example.org" in decided
    assert "not on the list" in run(
        "review", "sleep", "update", "--responsible", "a@b.org", "--reason", "x", refused=True
    )
    with pytest.raises(SystemExit):
        main(["audit", "list", "sleep"])
    listed = capsys.readouterr().out
    assert f"sleep: responsible person named: board@example.org, due by {due}, by Dr Chair" in listed
    assert "no longer responsible" in run("assign", "sleep", "--nobody")


def test_where_two_readers_are_asked_they_answer_by_address_and_the_first_answer_waits(
    house: House, answer: Run
) -> None:
    two = TOPIC.replace("[RECIPIENT]", "[anna@example.org, ben@example.org]") + "readers: 2\n"
    two += "escalate_to: [chair@example.org]\n"
    house.write_topic("sleep", topic=two, article=ARTICLE)
    refused = answer("Anna", "not-relevant", refused=True)
    assert "asks two readers" in refused
    assert "(anna@example.org, ben@example.org, chair@example.org)" in " ".join(refused.split())
    said = answer("anna@example.org", "not-relevant", "--reason", "animals")
    assert "it stays open: a second reader is asked" in said
    assert "a second reader" in answer("Anna@Example.org", "not-relevant"), "nobody is two readers"
    said = answer("ben@example.org", "relevant")
    assert "anna@example.org answered on" in said
    settle = ("not-relevant", "--settle", "--reason", "read again")
    assert "a third person settles it" in answer("ben@example.org", *settle, refused=True)
    assert "they agree now" in answer("ben@example.org", "not-relevant")
    report = house.night(FIRST + timedelta(days=1)).outcomes[0].report
    assert (report.verdict.status, report.signals) == (Status.NO_SIGNAL, ())


def test_a_comment_needs_words_and_a_paper_that_is_open(house: House, capsys: pytest.CaptureFixture[str]) -> None:
    def run(*arguments: str, refused: bool = False) -> str:
        with pytest.raises(SystemExit) as ended:
            main(["comment", "sleep", *arguments, "--by", "Anna"])
        out = capsys.readouterr()
        assert bool(ended.value.code) is refused, out
        return out.err if refused else out.out

    assert run("Has anybody the full text?", "--paper", PAPER) == "sleep: comment kept for Anna\n"
    assert "comment kept" in run("We meet on Monday.")
    assert "1 to 2,000 characters; it has 2,001" in run("x" * 2001, refused=True)
    assert "the comment is empty" in run(" \u202e", refused=True)
    assert "nothing open about 1" in run("x", "--paper", "1", refused=True)
    store = open_store(house.settings())
    assert [each.judgement.change is None for each in store.judgements("sleep")] == [False, True]
    assert len(store.open_changes("sleep", on=FIRST)) == 1
    assert store.verify_chain().problems == ()
