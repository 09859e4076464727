"""What stands beside a capped list: how much of what the board would keep it holds, and how far that is known."""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import Any

import pytest

from litwatch.decisions.changes import find_new_records
from litwatch.decisions.ranking import Judged, paper_of
from litwatch.decisions.triage import triage
from litwatch.decisions.verdict import Status
from litwatch.desk.answers import change_id
from litwatch.desk.pages import desk_page
from litwatch.desk.pagination import turn_to
from litwatch.digest import digest_mail
from litwatch.report import render
from litwatch.report.contents import Report, ReportedSignal
from litwatch.report.coverage import Coverage, cover, say
from litwatch.report.first_screen import lay_first_screen
from litwatch.report.view import SHOWN_IN_FULL, arrange
from tests.factories import DAY, FIRST_PMID, MOMENT, make_digest, make_report, make_signal
from tests.spec import cases

TOO_FEW = "Not enough answers yet to estimate how complete this list is"


def signals(count: int, **changes: Any) -> tuple[ReportedSignal, ...]:
    return tuple(make_signal(pmid=FIRST_PMID + n, **changes) for n in range(count))


def answers(kept: int, set_aside: int) -> tuple[float, ...]:
    return (1.0,) * kept + (0.0,) * set_aside


def report(listed: tuple[ReportedSignal, ...], said: tuple[float, ...] = ()) -> Report:
    return make_report(Status.REVIEW_NEEDED, *listed, answers=said)


def test_a_list_that_shows_everything_needs_no_estimate() -> None:
    listed = signals(5, chance=0.5)
    assert cover(report(listed, answers(5, 5)), listed, listed) is None


def test_the_share_is_what_is_kept_and_expected_of_what_is_kept_and_expected_in_all() -> None:
    listed = (*signals(4, chance=0.75), *signals(10, chance=0.1))  # expected: 3 and 1
    covered = cover(report(listed, answers(6, 10)), listed[:4], listed)
    assert covered == Coverage(
        shown=4, listed=14, answers=16, kept=6, so_far=0.6, with_shown=0.9,
        so_far_range=(0.3, 0.8), with_shown_range=(0.8, 1.0),
    )  # fmt: skip


@pytest.mark.parametrize(("kept", "set_aside"), [(0, 0), (3, 6), (0, 30)])
def test_too_few_answers_are_told_instead_of_a_number(kept: int, set_aside: int) -> None:
    listed = signals(30, chance=None)
    covered = cover(report(listed, answers(kept, set_aside)), listed[:10], listed)
    assert covered is not None
    assert covered.so_far is covered.with_shown is None
    assert TOO_FEW in say(covered)
    assert "%" not in say(covered)


@pytest.mark.parametrize(
    ("share", "said"), [(0.0, "less than 10%"), (0.1, "about 10%"), (0.9, "about 90%"), (1.0, "more than 90%")]
)
def test_no_estimate_says_nothing_or_everything(share: float, said: str) -> None:
    assert f"with those shown it would have {said}. This is an estimate" in say(Coverage(10, 300, 20, 4, 0.0, share))


@pytest.mark.parametrize(
    ("span", "said"),
    [
        ((0.0, 0.3), "less than 30%"),
        ((0.2, 0.5), "between 20% and 50%"),
        ((0.4, 1.0), "more than 40%"),
        ((0.3, 0.4), "about 30%"),
    ],
)
def test_where_the_estimate_is_wide_a_range_is_told(span: tuple[float, float], said: str) -> None:
    covered = Coverage(10, 300, 20, 4, 0.3, 0.9, so_far_range=span, with_shown_range=(0.8, 0.9))
    assert f"So far the board has kept {said} of what it would keep; with those shown it would have about 90%." in say(
        covered
    )


def test_where_nothing_is_shown_only_what_is_kept_is_told() -> None:
    said = say(Coverage(0, 300, 20, 4, 0.4, 0.4))
    assert "So far the board has kept about 40% of what it would keep. This" in said


def test_mail_report_and_json_say_it_beside_their_capped_lists() -> None:
    capped = report(signals(SHOWN_IN_FULL + 5, chance=0.5), answers(5, 7))
    estimate = "So far the board has kept between 10% and 50% of what it would keep; with those shown it would have"
    for form in (render.report_html(capped), render.report_markdown(capped)):
        assert f"25 of 30 new records are shown in full. {estimate} about 90%" in " ".join(form.split())
    assert json.loads(render.report_json(capped))["coverage"] == {
        "shown": 25, "listed": 30, "answers": 12, "kept": 5, "so_far": 0.2, "with_shown": 0.9,
        "so_far_range": [0.1, 0.5], "with_shown_range": [0.8, 0.9],
    }  # fmt: skip
    told = frozenset(episode for each in capped.signals[5:] for episode in each.episodes)
    for part in digest_mail.digest_parts(make_digest(capped, told=told, items=5)):
        assert f"10 of 30 new records are shown here. {estimate} between 40% and 70%" in " ".join(part.split())
    for part in digest_mail.digest_parts(make_digest(capped, told=frozenset(capped.episodes))):
        assert "are shown here" not in " ".join(part.split()), "a mail without news is short"
    silent = report(signals(SHOWN_IN_FULL + 5))
    for form in (
        render.report_html(silent),
        render.report_markdown(silent),
        *digest_mail.digest_parts(make_digest(silent, told=told)),
    ):
        assert TOO_FEW in " ".join(form.split())
    whole = report(signals(5, chance=0.5), answers(5, 7))
    assert json.loads(render.report_json(whole))["coverage"] is None
    assert "would keep" not in render.report_html(whole)


def test_answers_give_new_records_a_chance_that_falls_with_their_place_and_spends_none_on_the_answered() -> None:
    news = [cases.record(700 + n, title=f"Sleep apnoea and insulin resistance, part {n}") for n in range(30)]
    newest = {each.pmid: each for each in news}
    changes = find_new_records(news, {cases.CITED}, (), cases.UPDATED)
    told = [Judged(paper_of(each), float(n < 4)) for n, each in enumerate(news[:12])]

    def chances(*heard: Judged) -> dict[int, float | None]:
        found = triage(changes, newest, cases.topic(), cases.article(), cases.claims(), answers=heard)
        return {each.change.pmid: each.chance for each in found}

    assert set(chances(*told[:9]).values()) == {None}
    given = chances(*told)
    assert [given[each.pmid] for each in news[:12]] == [0.0] * 12
    assert all(0 < (given[each.pmid] or 0) < 1 for each in news[12:])
    assert len({given[each.pmid] for each in news[12:]}) == 18


def test_the_desk_says_it_above_the_records() -> None:
    capped = report(signals(SHOWN_IN_FULL + 5, chance=0.5), answers(5, 7))
    values = {
        "base": "/", "visitor": SimpleNamespace(member="Dr A", until=MOMENT), "is_editor": False, "csrf": "x",
        "published_at": None, "now": MOMENT, "slug": "s", "action": "/a", "report_link": None, "waiting": (),
        "reading": SimpleNamespace(candidates=(), said=(), answered=(), report=capped, history=()),
        "report": capped, "view": arrange(capped), "disputes": {},
        "leaf": turn_to(capped, ""), "address": "/a",
        "waiting_events": set(), "said": {}, "change_id": change_id, "tomorrow": DAY, "in_a_month": DAY, "check": None,
        "first": lay_first_screen(capped, arrange(capped)), "summary": "", "errands": "", "undo": (), "script": "",
        "record_events": lambda each: [], "comments": {}, "unpaired": {}, "edits": (),
        "is_hidden": lambda *_: False, "is_own": lambda *_: False,
    }  # fmt: skip
    page = desk_page("article", values)
    assert page.index("25 of 30 new records are shown here. So far") < page.index('<article class="item"')
