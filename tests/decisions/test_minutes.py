"""The minutes of a month: what was done, what is open, and that every event stands in exactly one month."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from litwatch.decisions.board_decision import BoardDecision
from litwatch.decisions.change_life import Episode
from litwatch.decisions.minutes import (
    EpisodeStory,
    GivenDecision,
    Minutes,
    MonthMaterial,
    WatchedArticle,
    Word,
    take_minutes,
)
from litwatch.decisions.responsible_person import ResponsiblePerson
from litwatch.model.change import Change, ChangeKind
from litwatch.model.identifiers import Pmid
from litwatch.model.judgement import Decision, Judgement
from litwatch.model.month import Month
from litwatch.report.minutes_view import MinutesView, minutes_csv, say_median, view_minutes
from litwatch.report.render import minutes_html

OCTOBER = Month(2026, 10)
LONG_AFTER = datetime(2027, 3, 1, tzinfo=UTC)
PAPERS = {Pmid(11): '=HYPERLINK("http://x") <b>A retracted trial</b>', Pmid(12): "A questioned cohort"}


def at(month: int, day: int, hour: int = 5) -> datetime:
    return datetime(2026, month, day, hour, tzinfo=UTC)


def story(number: int, began: datetime, *words: Word, article: str = "sleep", ended: datetime | None = None,
          kind: ChangeKind = ChangeKind.CITED_RETRACTED, deadline: date | None = None) -> EpisodeStory:  # fmt: skip
    change = Change(kind, Pmid(number), f"pmid:{number + 900}")
    return EpisodeStory(Episode(article, change, 1, began, ended), words, deadline)


def closed(when: datetime, decision: Decision = Decision.ALREADY_COVERED) -> Word:
    return Word(when, "Dr A", decision, closes=True)


def kept(when: datetime) -> Word:
    return Word(when, "Dr B", Decision.RELEVANT, closes=False)


def put_off(when: datetime, until: date) -> Word:
    return Word(when, "Dr A", Decision.LATER, closes=True, open_again_on=until)


def answered(each: EpisodeStory) -> list[Judgement]:
    """The judgements behind an episode's words."""
    return [
        Judgement(
            each.episode.article, word.decision, word.by, word.at, change=each.episode.change,
            until=word.open_again_on, episodes=(each.episode.id,),
        )
        for word in each.words
    ]  # fmt: skip


NOTICES = (
    story(11, at(9, 20), kept(at(10, 2)), closed(at(10, 6)), deadline=date(2026, 10, 4)),
    story(12, at(10, 1), closed(at(10, 4)), kind=ChangeKind.CITED_CONCERN),
    story(13, at(10, 10), closed(at(11, 2)), deadline=date(2026, 10, 24)),
    story(14, at(10, 12), put_off(at(10, 13), date(2026, 11, 20)), article="gout"),
    story(15, at(8, 1), closed(at(9, 1)), kept(at(10, 30)), article="gout"),
    story(16, at(11, 1, 0), article="gout"),
)
REVIEWS = (
    (3, Judgement("sleep", Decision.REVIEWED_UPDATE, "Dr A", at(9, 25), "leave it out", episodes=())),
    (8, Judgement("gout", Decision.REVIEWED_UNCHANGED, "=Dr B", at(10, 31, 23), "still right", episodes=())),
    (9, Judgement("gout", Decision.REVIEWED_UPDATE, "Dr C", at(11, 3), "anew", episodes=())),
)


def update(
    seq: int, article: str, when: datetime, due: date, *named: str, changed: date | None = None
) -> GivenDecision:
    return GivenDecision(
        seq,
        article,
        BoardDecision(
            Decision.REVIEWED_UPDATE, when.date(), "Dr A", "why", due, frozenset(named), text_changed_on=changed
        ),
    )


def autumn(**changes: object) -> MonthMaterial:
    """What is known of a site with three articles."""
    events = [each for one in NOTICES for each in answered(one)]
    events += [review for _, review in REVIEWS]
    events.append(Judgement("", Decision.DIGEST_STOPPED, "m@example.org", at(10, 9), member="m@example.org"))
    known = MonthMaterial(
        articles=(
            WatchedArticle("sleep", "Sleep", at(3, 1), nights=31, begun=2),
            WatchedArticle("gout", "Gout", at(10, 3), nights=29, last_whole=False, begun=1),
            WatchedArticle("calm", "Calm", at(3, 1), nights=31),
            WatchedArticle("blind", "Blind", at(3, 1), nights=31, last_whole=False),
            WatchedArticle("left", "Left", at(3, 1), retired_at=at(10, 20), nights=19),
            WatchedArticle("long-gone", "Long gone", at(3, 1), retired_at=at(9, 20)),
        ),
        judgements=tuple(sorted(events, key=lambda each: each.at)),
        reviews=REVIEWS,
        decisions=(
            update(3, "sleep", at(9, 25), date(2026, 10, 25), NOTICES[0].episode.id),
            update(9, "gout", at(11, 3), date(2026, 12, 3)),
        ),
        notices=NOTICES,
    )
    return replace(known, **changes)  # type: ignore[arg-type]


def slugs(articles: tuple[WatchedArticle, ...]) -> list[str]:
    return [each.slug for each in articles]


def numbers(minutes: Minutes) -> dict[str, object]:
    return {
        "came": [int(each.story.episode.change.pmid) for each in minutes.came],
        "first answer": [each.days for each in minutes.came],
        "closed": [int(each.story.episode.change.pmid) for each in minutes.closed],
        "days": [each.days for each in minutes.closed],
        "median": minutes.median_days,
        "open": [int(each.episode.change.pmid) for each in minutes.still_open],
        "put off": minutes.put_off,
        "open before": minutes.open_before,
        "opened again": minutes.opened_again,
        "late": [int(each.episode.change.pmid) for each in minutes.late],
        "reviews": [(each.topic, each.decision.value) for each in minutes.reviews],
        "answers": [*minutes.answers.values()],
        "others": {kind.value: number for kind, number in minutes.other_events.items()},
        "overdue": [each.given.article for each in minutes.overdue_decisions],
        "news": slugs(minutes.with_news),
        "nothing new": slugs(minutes.with_nothing_new),
        "unsearched": slugs(minutes.unsearched),
        "began": slugs(minutes.began),
        "retired": slugs(minutes.retired),
    }


def test_the_minutes_tell_what_was_done_and_what_was_open_at_the_end_of_the_month() -> None:
    assert numbers(take_minutes(OCTOBER, autumn(), LONG_AFTER)) == {
        "came": [12, 13, 14],
        "first answer": [3, None, 1],
        "closed": [11, 12],
        "days": [16, 3],
        "median": 9.5,
        "open": [13, 14, 15],
        "put off": 1,
        "open before": 1,
        "opened again": 1,
        "late": [13],
        "reviews": [("gout", "reviewed_unchanged")],
        "answers": [2, 0, 2, 1],
        "others": {"digest_stopped": 1},
        "overdue": ["sleep"],
        "news": ["gout", "sleep"],
        "nothing new": ["calm", "left"],
        "unsearched": ["blind"],
        "began": ["gout"],
        "retired": ["left"],
    }


def test_the_minutes_of_a_month_that_is_over_stay_the_same_whatever_comes_later() -> None:
    later = autumn()
    then = replace(
        later,
        judgements=tuple(each for each in later.judgements if each.at < OCTOBER.next.begins),
        reviews=later.reviews[:2],
        notices=tuple(
            replace(each, words=tuple(word for word in each.words if word.at < OCTOBER.next.begins))
            for each in later.notices
            if each.episode.opened_at < OCTOBER.next.begins
        ),
        decisions=later.decisions[:1],
    )
    first, again = take_minutes(OCTOBER, then, OCTOBER.next.begins), take_minutes(OCTOBER, later, LONG_AFTER)
    assert numbers(first) == numbers(again)
    assert first.is_over


def test_a_running_month_is_told_as_of_now() -> None:
    minutes = take_minutes(OCTOBER, autumn(), at(10, 5))
    assert not minutes.is_over
    assert [int(each.story.episode.change.pmid) for each in minutes.closed] == [12]
    assert [int(each.episode.change.pmid) for each in minutes.late] == [11], "its deadline was the day before"
    assert "as of 2026-10-05, 05:00 UTC" in view_minutes(minutes, PAPERS).running


@pytest.mark.parametrize(("day", "late"), [(5, True), (4, False)])
def test_a_deadline_has_passed_when_its_day_is_over(day: int, late: bool) -> None:
    assert bool(take_minutes(OCTOBER, autumn(), at(10, day, 23)).late) is late


def test_without_a_closed_notice_there_is_no_median_and_the_open_ones_are_said() -> None:
    minutes = take_minutes(OCTOBER, autumn(notices=NOTICES[2:4]), LONG_AFTER)
    assert say_median(minutes) == "no notice was closed; 2 still open"
    assert say_median(take_minutes(OCTOBER, autumn(), LONG_AFTER)) == "9.5 days; 3 still open"


# --- decisions ----------------------------------------------------------------------------------------------------


def states(known: MonthMaterial, month: Month = OCTOBER) -> list[tuple[str, bool, bool, bool]]:
    return [
        (each.given.article, each.done, each.overdue, each.replaced_on is not None)
        for each in take_minutes(month, known, LONG_AFTER).decisions
    ]


def test_an_update_is_done_when_the_text_has_changed_and_what_was_open_is_closed() -> None:
    changed = update(3, "sleep", at(9, 25), date(2026, 10, 25), NOTICES[0].episode.id, changed=date(2026, 10, 5))
    assert states(autumn(decisions=(changed,))) == [("sleep", True, False, False)]
    assert states(autumn(decisions=(changed,)), Month(2026, 11)) == [], "done in an earlier month"
    assert states(autumn(decisions=(changed,)), Month(2026, 9)) == [("sleep", False, False, False)]


def test_who_is_responsible_at_the_end_is_told_unless_the_work_is_done_or_they_have_left() -> None:
    named = ResponsiblePerson("a@example.org", "Dr B", date(2026, 9, 26), date(2026, 10, 25))
    gone = replace(named, is_on_list=False)
    minutes = take_minutes(OCTOBER, autumn(responsible={"sleep": named, "gout": gone}), LONG_AFTER)
    assert minutes.responsible == {"sleep": named}
    part = next(each for each in view_minutes(minutes, PAPERS).parts if each.heading == "Responsible at the end")
    assert [line.text for line in part.lines] == [
        "a@example.org, until 2026-10-25; that day has passed; named by Dr B."
    ]
    row = next(each for each in csv.DictReader(io.StringIO(minutes_csv(minutes)[1:])) if each["Article"] == "sleep")
    assert (row["Responsible"], row["Responsible until"]) == ("a@example.org", "2026-10-25")
    changed = update(3, "sleep", at(9, 25), date(2026, 10, 25), NOTICES[0].episode.id, changed=date(2026, 10, 5))
    known = autumn(responsible={"sleep": named}, decisions=(changed,))
    assert take_minutes(OCTOBER, known, LONG_AFTER).responsible == {}


def test_a_later_review_takes_the_place_of_a_decision_and_ends_its_being_late() -> None:
    review = (5, Judgement("sleep", Decision.REVIEWED_UNCHANGED, "Dr B", at(10, 28), "done", episodes=()))
    known = autumn(reviews=(REVIEWS[0], review))
    assert states(replace(known, decisions=known.decisions[:1])) == [("sleep", False, False, True)]
    assert states(replace(known, decisions=known.decisions[:1]), Month(2026, 11)) == []


def test_the_article_of_a_decision_that_is_retired_is_nobodys_work_any_more() -> None:
    gone = replace(autumn().articles[0], retired_at=at(10, 27))
    known = autumn(articles=(gone,), decisions=autumn().decisions[:1])
    assert states(known) == [("sleep", True, False, False)]
    assert states(known, Month(2026, 11)) == []


def test_of_several_answers_that_close_the_first_counts_and_one_that_keeps_begins_anew() -> None:
    twice = story(11, at(9, 20), closed(at(10, 2)), closed(at(10, 9)))
    anew = story(12, at(9, 20), closed(at(9, 21)), kept(at(9, 25)), closed(at(10, 9)))
    assert numbers(take_minutes(OCTOBER, autumn(notices=(twice, anew)), LONG_AFTER))["days"] == [12, 19]


def test_a_text_that_no_longer_cites_the_paper_closes_the_notice_on_the_night_that_read_it() -> None:
    decided = Word(at(9, 25), "Dr A", Decision.REVIEWED_UPDATE, closes=True)
    notice = story(11, at(9, 20), decided, ended=at(10, 8))
    assert numbers(take_minutes(OCTOBER, autumn(notices=(notice,)), LONG_AFTER))["days"] == [18]
    assert numbers(take_minutes(Month(2026, 9), autumn(notices=(notice,)), LONG_AFTER))["open"] == [11]


# --- laws ---------------------------------------------------------------------------------------------------------

MOMENTS = st.datetimes(datetime(2026, 8, 1), datetime(2026, 12, 30)).map(lambda each: each.replace(tzinfo=UTC))  # noqa: DTZ001
WORDS = st.lists(
    st.tuples(MOMENTS, st.sampled_from([closed, kept, lambda when: put_off(when, (when + timedelta(9)).date())])),
    max_size=4,
).map(lambda given: tuple(make(when) for when, make in sorted(given, key=lambda each: each[0])))
STORIES = st.lists(st.tuples(MOMENTS, WORDS), max_size=8).map(
    lambda given: tuple(story(number, began, *words) for number, (began, words) in enumerate(given, 1))
)
MONTHS = tuple(Month(2026, number) for number in range(8, 13))


@given(STORIES)
def test_the_parts_add_up_to_the_whole_and_each_event_stands_in_one_month(stories: tuple[EpisodeStory, ...]) -> None:
    events = tuple(sorted((each for one in stories for each in answered(one)), key=lambda each: each.at))
    known = autumn(notices=stories, judgements=events, reviews=(), decisions=())
    taken = [take_minutes(month, known, LONG_AFTER) for month in MONTHS]
    for minutes in taken:
        opened = minutes.open_before + minutes.opened_again + len(minutes.came)
        assert opened == len(minutes.closed) + len(minutes.still_open)
        parts = len(minutes.reviews) + sum(minutes.answers.values()) + sum(minutes.other_events.values())
        assert parts == len(minutes.said)
        told = (*minutes.with_news, *minutes.with_nothing_new, *minutes.unsearched)
        assert sorted(slugs(told)) == slugs(minutes.articles)
    for earlier, later in pairwise(taken):
        assert later.open_before == len(earlier.still_open)
    assert Counter(id(each) for minutes in taken for each in minutes.said) == Counter(map(id, events))
    came = [each.story.episode.id for minutes in taken for each in minutes.came]
    assert sorted(came) == sorted(each.episode.id for each in stories)


@given(MOMENTS, st.integers(-14, 14))
def test_an_event_is_of_the_month_that_utc_counts_whatever_its_zone(moment: datetime, hours: int) -> None:
    elsewhere = moment.astimezone(timezone(timedelta(hours=hours)))
    assert [month for month in MONTHS if elsewhere in month] == [Month.of(moment)]


# --- forms --------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def view() -> MinutesView:
    return view_minutes(take_minutes(OCTOBER, autumn(), LONG_AFTER), PAPERS)


def test_the_page_says_every_part_and_escapes_what_comes_from_outside(view: MinutesView) -> None:
    page = minutes_html(view)
    for part in view.parts:
        assert f"<h2>{part.heading}</h2>" in page
    assert "9.5 days; 3 still open" in page
    assert "<script" not in page
    late = replace(autumn().notices[0], words=())
    hostile = minutes_html(view_minutes(take_minutes(OCTOBER, autumn(notices=(late,)), LONG_AFTER), PAPERS))
    assert "&lt;b&gt;A retracted trial&lt;/b&gt;" in hostile
    assert "<b>A retracted" not in hostile


def test_the_table_has_a_row_an_article_and_no_cell_that_is_a_formula(view: MinutesView) -> None:
    hostile = replace(view.minutes.articles[0], title="=1+1")
    table = minutes_csv(replace(view.minutes, articles=(hostile, *view.minutes.articles[1:])))
    assert table.startswith("\ufeff")
    rows: list[Mapping[str, str]] = list(csv.DictReader(io.StringIO(table.removeprefix("\ufeff"))))
    assert [row["Article"] for row in rows] == ["blind", "calm", "gout", "left", "sleep"]
    assert rows[0]["Title"] == "'=1+1"
    gout, sleep = rows[2], rows[4]
    assert gout["Reviews"] == "2026-10-31 unchanged (=Dr B: still right)"
    assert (sleep["Due"], sleep["What became of it"]) == ("2026-10-25", "overdue")
    assert (sleep["Days from notice to answer"], sleep["Notices still open"]) == ("16; 3", "1")
    assert [row["State"] for row in rows] == [
        "not searched completely", "nothing new", "something new", "nothing new", "something new",
    ]  # fmt: skip
    assert sum(int(row["Notices came"]) for row in rows) == len(view.minutes.came)
    assert not [cell for row in rows for cell in row.values() if cell[:1] in {"=", "+", "@", "-"}]


def test_a_long_list_of_names_is_counted_on_the_page_and_whole_in_the_table() -> None:
    many = tuple(WatchedArticle(f"a{number:03}", f"A {number}", at(3, 1), nights=31) for number in range(100))
    told = view_minutes(take_minutes(OCTOBER, autumn(articles=many), LONG_AFTER), {})
    assert "and 60 more, which the CSV file names" in minutes_html(told)
    assert "a099" in minutes_csv(told.minutes)


def test_a_month_is_read_as_it_is_written_and_nothing_else_is() -> None:
    assert str(Month.read(" 2026-02 ")) == "2026-02"
    assert (Month.read("2024-02").last, Month.read("2026-12").next) == (date(2024, 2, 29), Month(2027, 1))
    assert Month.read("2026-01").before == Month(2025, 12)
    for wrong in ("2026-13", "2026-1", "October", "", "2026-10-01", "٢٠٢٦-10"):
        with pytest.raises(ValueError, match="is not a month; write it as 2026-10"):
            Month.read(wrong)
