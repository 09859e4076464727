"""The pages about all articles come from kept lines: they say what each report would say, and read no report again."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import feedparser
import pytest

from litwatch.config.article_file import open_article
from litwatch.config.topic_files import read_changed_topics
from litwatch.decisions.related_papers_schedule import is_day_of
from litwatch.decisions.verdict import Status
from litwatch.model.change import ChangeKind
from litwatch.model.judgement import Decision, Judgement
from litwatch.night.published_index import Watched, publish_index, refresh_lines
from litwatch.night.published_reports import load_lines
from litwatch.reading.stored_report import read_report
from litwatch.report.article_line import ArticleLine, line_of
from litwatch.report.contents import FailedTopic
from litwatch.standin import Corpus
from litwatch.standin.demonstration import DEMONSTRATION_TODAY, revisions
from litwatch.store import Store
from tests.command_line import Run
from tests.nights import ARTICLE, TOPIC, House, open_house

FEW = TOPIC.replace(
    '"Insulin Resistance"[mh] OR "insulin resistance"[tiab] OR "insulin sensitivity"[tiab]', '"short sleep"[tiab]'
)
"""Finds three records: what a report of seventy says is no other matter, and costs ten times as much."""
TODAY = DEMONSTRATION_TODAY
NEXT = TODAY + timedelta(days=1)


@pytest.fixture(scope="module")
def surveyed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A house of three articles after a first night, to be copied."""
    with open_house(tmp_path_factory.mktemp("three"), Corpus(revisions())) as opened:
        for slug in ("sleep", "exercise", "diet"):
            opened.write_topic(slug, topic=FEW)
        opened.night(TODAY, send_mail=False)
        yield opened


@pytest.fixture
def house(surveyed: House, tmp_path: Path) -> House:
    return surveyed.copy(tmp_path / "copy")


def store_of(house: House) -> Store:
    return house.doors(datetime(2026, 11, 20, tzinfo=UTC)).store


def kept_lines(house: House, day: date) -> tuple[dict[str, ArticleLine], list[FailedTopic]]:
    """What the pages of a day are made from, and what they say could not be read."""
    store, settings, unread = store_of(house), house.settings(), []
    watched = Watched.of(read_changed_topics(settings.queries, known=store.files_read()))
    slugs = refresh_lines(watched, unread, day, settings=settings, store=store)
    return load_lines(slugs, store), unread


def lines_of_reports(house: House, day: date, only: tuple[str, ...] = ()) -> dict[str, ArticleLine]:
    """The same from each article's report, read anew."""
    store = store_of(house)
    found = {}
    for topic in read_changed_topics(house.settings().queries).topics:
        if only and topic.slug not in only:
            continue
        report = read_report(topic, open_article(topic), store, day)
        if report is not None:
            found[topic.slug] = line_of(report, store.standings_since([topic.slug])[topic.slug])
    return found


def line_of_report(house: House, slug: str, day: date) -> ArticleLine:
    return next(line for line in lines_of_reports(house, day, (slug,)).values())


def judge(house: House, slug: str, decision: Decision, at: datetime, **more: Any) -> None:
    """Answer the first new record that is open."""
    store = store_of(house)
    standing = store.open_changes(slug, on=at.date())
    change = next(each for each in standing if each.change.kind is ChangeKind.NEW_RECORD)
    store.record_judgement(
        Judgement(slug, decision, "Dr Example", at, change=change.change, episodes=change.episodes, **more)
    )


@pytest.mark.slow
def test_a_line_says_what_the_report_would_say_whatever_has_happened_since(house: House) -> None:
    at = datetime(2026, 11, 20, 12, tzinfo=UTC)
    back = TODAY + timedelta(days=10)

    def review() -> None:
        store = store_of(house)
        episodes = tuple(name for each in store.open_changes("sleep", on=TODAY) for name in each.episodes)
        unchanged = Judgement("sleep", Decision.REVIEWED_UNCHANGED, "Dr Example", at, "as it was", episodes=episodes)
        store.record_judgement(unchanged)

    def decide() -> None:
        store_of(house).record_judgement(
            Judgement("diet", Decision.REVIEWED_WITHDRAW, "Dr Example", at, "out of date", episodes=())
        )

    def lose() -> None:
        (house.folder / "queries" / "exercise.md").unlink()

    steps = (
        ("sleep", lambda: judge(house, "sleep", Decision.NOT_RELEVANT, at)),
        ("sleep", lambda: judge(house, "sleep", Decision.LATER, at, until=back)),
        ("diet", lambda: judge(house, "diet", Decision.RELEVANT, at)),
        ("exercise", lambda: house.write_topic("exercise", topic=FEW + "title: Raised\nlast_reviewed: 2026-11-01\n")),
        ("diet", lambda: house.write_topic("diet", topic=FEW, article=ARTICLE.replace("2025-02-16", "2026-01-31"))),
        ("exercise", lambda: house.night(NEXT, only=("exercise",), kind="check", send_mail=False)),
        ("diet", decide),
        ("sleep", review),
    )
    seen = set()
    for slug, step in steps:
        before = kept_lines(house, NEXT)[0][slug]
        step()
        for day in (NEXT, back):
            kept = kept_lines(house, day)[0][slug]
            assert kept == line_of_report(house, slug, day)
            seen.add(kept)
        assert slug == "diet" or kept_lines(house, NEXT)[0][slug] != before, "nothing happened that a line tells"
    assert len({(line.new_records, line.decision, line.title, line.last_updated) for line in seen}) == 5
    lose()
    kept, unread = kept_lines(house, NEXT)
    assert "exercise" not in kept
    assert "exercise" in {topic.slug for topic in unread} or any(
        "exercise" in problem for problem in read_changed_topics(house.settings().queries).problems
    )


def test_a_night_leaves_lines_that_stand(house: House) -> None:
    before = store_of(house).article_lines(["sleep", "exercise", "diet"])
    kept, unread = kept_lines(house, TODAY)
    assert (sorted(kept), unread) == (["diet", "exercise", "sleep"], [])
    assert store_of(house).article_lines(["sleep", "exercise", "diet"]) == before, "read again"
    assert kept == lines_of_reports(house, TODAY)


def test_a_store_from_before_lines_were_kept_gets_them_when_they_are_first_asked_for(house: House) -> None:
    store = store_of(house)
    with store.saving():
        store._held.connection.execute("DELETE FROM article_line")
    assert kept_lines(house, TODAY)[0] == lines_of_reports(house, TODAY)
    assert set(store.files_read()) == {"sleep", "exercise", "diet"}


_OPENED: list[str] | None = None


@contextmanager
def files_opened() -> Iterator[list[str]]:
    """The names of all files that this process opens meanwhile."""
    global _OPENED  # noqa: PLW0603 - a hook cannot be taken away again
    if _OPENED is None:
        sys.addaudithook(_note)
    _OPENED = found = []
    try:
        yield found
    finally:
        _OPENED = []


def _note(event: str, arguments: tuple[Any, ...]) -> None:
    if event == "open" and _OPENED is not None and isinstance(arguments[0], (str, bytes)):
        _OPENED.append(Path(arguments[0] if isinstance(arguments[0], str) else arguments[0].decode()).name)


@pytest.mark.parametrize("command", ["check", "report"])
def test_who_asks_for_one_article_waits_for_no_other(
    house: House, run: Run, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    house.show_commands(monkeypatch)
    as_of = ("--as-of", NEXT) if command == "check" else ()
    run(command, "sleep", *as_of)
    before = (house.folder / "reports" / "index.html").read_text("utf-8")
    with files_opened() as opened:
        status, _, err = run(command, "sleep", *as_of)
    assert status == 0, err
    assert {"sleep.yaml", "sleep.md"} <= set(opened)
    assert not {"diet.yaml", "diet.md", "exercise.yaml", "exercise.md"} & set(opened)
    after = (house.folder / "reports" / "index.html").read_text("utf-8")
    assert after == before
    assert all(f'id="{slug}"' in after for slug in ("sleep", "diet", "exercise"))


def test_a_check_of_one_article_tells_that_another_ones_files_are_broken_or_gone(house: House) -> None:
    (house.folder / "queries" / "diet.yaml").write_text("article: diet.md\nstrateggy: sleep\n", encoding="utf-8")
    (house.folder / "queries" / "exercise.yaml").unlink()
    summary = house.night(NEXT, only=("sleep",), kind="check", send_mail=False)
    assert summary.ok, "what was asked for worked"
    index = (house.folder / "reports" / "index.html").read_text("utf-8")
    banner = index[index.index("banner banner-failure") : index.index('class="tally"')]
    assert "diet.yaml" in banner
    assert "topic file missing" in banner
    feed = (house.folder / "reports" / "changes.atom").read_text("utf-8")
    assert feed.count("Could not be read or searched") == 2


def test_the_store_is_free_between_two_articles_that_are_read_anew(house: House) -> None:
    """A night beside it need not wait until all are read: the store is opened for each of them."""
    openings = []

    class Counted(Store):
        @contextmanager
        def _opened(self, *, read_only: bool) -> Iterator[Any]:
            openings.append(read_only)
            with super()._opened(read_only=read_only) as con:
                yield con

    store = Counted(house.settings().store)
    with store.saving():
        store._held.connection.execute("DELETE FROM article_line")
    openings.clear()
    found = read_changed_topics(house.settings().queries)
    publish_index(Watched.of(found), (), NEXT, settings=house.settings(), store=store)
    # What is kept; three for each of three articles; their lines; the parts as published; what is to be made; made.
    assert openings == [True, *[True] * 9, False, True, True, False]


def test_a_quiet_night_writes_no_report_again_and_the_index_says_when_it_was(house: House) -> None:
    folder = house.folder / "reports" / "sleep"
    before = {path.name: path.stat().st_mtime_ns for path in folder.iterdir()}
    summary = house.night(NEXT, send_mail=False)
    assert {path.name: path.stat().st_mtime_ns for path in folder.iterdir()} == before
    (outcome,) = (each for each in summary.outcomes if each.report.topic.slug == "sleep")
    assert [Path(file).name for file in outcome.files] == [f"{TODAY}.html", f"{TODAY}.md", f"{TODAY}.json"]
    index = (house.folder / "reports" / "index.html").read_text("utf-8")
    assert f'href="sleep/{TODAY}.html"' in index
    assert "Report of 20 November 2026, unchanged since" in index
    page = (folder / f"{TODAY}.html").read_text("utf-8")
    assert '<a href="../index.html#sleep">' in page


def test_the_statement_of_currency_is_brought_forward_once_a_week_or_where_it_is_gone(house: House) -> None:
    places = {slug: house.folder / "reports" / slug / "currency.jsonld" for slug in ("sleep", "exercise", "diet")}
    own = {slug: next(day for day in week_from(NEXT) if is_day_of(slug, day)) for slug in places}
    first = min(own.values())
    (gone,) = [slug for slug in places if own[slug] == max(own.values())][:1]
    assert first < own[gone], "all three have the same day, so that nothing could be told apart"
    places[gone].unlink()
    house.night(first, send_mail=False)
    for slug, place in places.items():
        assert (str(first) in place.read_text("utf-8")) == (own[slug] == first or slug == gone)


def week_from(first: date) -> list[date]:
    return [first + timedelta(days=number) for number in range(7)]


def read_changes(house: House) -> Any:
    """The feed of the article "sleep"."""
    found = feedparser.parse((house.folder / "reports" / "sleep" / "changes.atom").read_bytes())
    assert not found.bozo
    return found


def test_each_article_has_a_feed_of_what_was_told_of_it_to_which_its_report_leads(house: House) -> None:
    store, feed = store_of(house), read_changes(house)
    told = store.told_changes(["sleep"], most=50)["sleep"]
    assert len(told) == len(store.episodes("sleep")) == len(feed.entries)
    cited = [each.change.is_about_cited for each in told]
    assert cited == sorted(cited, reverse=True)
    assert {each.status for each in told} == {Status.REVIEW_NOW}
    assert [entry for entry in feed.entries if entry.title.startswith("Retracted: Demonstration data: ")]
    assert feed.entries[0].content[0].value.endswith("The article's verdict on that day: Review now.")
    assert feed.entries[-1].title.startswith("New record, level ")
    assert feed.entries[0].updated == f"{TODAY}T05:30:00Z"
    assert "board@example.org" not in (house.folder / "reports" / "sleep" / "changes.atom").read_text("utf-8")
    page = (house.folder / "reports" / "sleep" / f"{TODAY}.html").read_text("utf-8")
    assert '<link rel="alternate" type="application/atom+xml"' in page
    assert page.count('href="changes.atom"') == 2
    assert len(store.told_changes(["sleep", "diet"], most=2)["sleep"]) == 2


def test_what_is_closed_stays_in_the_articles_feed_and_a_feed_that_is_gone_is_written_again(
    house: House, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = read_changes(house)
    store = store_of(house)
    opened = store.open_changes("sleep", on=TODAY)[0]
    store.record_judgement(
        Judgement("sleep", Decision.ALREADY_COVERED, "Dr A", datetime(2026, 11, 20, 9, tzinfo=UTC), "why",
                  opened.change, episodes=opened.episodes)
    )  # fmt: skip
    (house.folder / "reports" / "sleep" / "changes.atom").unlink()
    house.show_commands(monkeypatch)
    assert run("report", "sleep")[0] == 0
    assert [entry.id for entry in read_changes(house).entries] == [entry.id for entry in before.entries]
    place = house.folder / "reports" / "sleep" / "changes.atom"
    written = place.stat().st_mtime_ns
    assert run("report", "sleep")[0] == 0
    assert place.stat().st_mtime_ns == written, "it would say the same"


def test_feed_and_calendar_are_written_again_where_they_tell_anything_new(house: House) -> None:
    feed, calendar = (house.folder / "reports" / name for name in ("changes.atom", "reassess.ics"))

    def written() -> set[str]:
        before = {page.name: page.stat().st_mtime_ns for page in (feed, calendar)}
        watched = Watched.of(read_changed_topics(house.settings().queries))
        publish_index(watched, (), TODAY, settings=house.settings(), store=store_of(house))
        return {page.name for page in (feed, calendar) if page.stat().st_mtime_ns != before[page.name]}

    def edit(page: Path, pattern: str, put: str, most: int = 0) -> None:
        text, found = re.subn(pattern, put, page.read_bytes().decode(), count=most)
        assert found
        page.write_bytes(text.encode())

    edit(feed, "<updated>2026-[^<]*", "<updated>2020-01-01T00:00:00Z", 1)
    edit(calendar, "DTSTAMP:[0-9]*", "DTSTAMP:20200101")
    assert written() == set(), "made earlier, they tell the same"
    edit(feed, "<updated>2026-[^<]*", "<updated>2020-01-01T00:00:00Z", 1)
    assert written() == {"changes.atom"}, "an entry's own day counts"
    edit(calendar, "DTSTART;VALUE=DATE:[0-9]*", "DTSTART;VALUE=DATE:20200101", 1)
    assert written() == {"reassess.ics"}
    feed.write_bytes(b"\xff")
    assert written() == {"changes.atom"}, "what cannot be read is put right"


def test_a_page_that_somebody_removed_is_written_again(house: House) -> None:
    (house.folder / "reports" / "sleep" / f"{TODAY}.html").unlink()
    house.night(NEXT, send_mail=False)
    assert (house.folder / "reports" / "sleep" / f"{NEXT}.html").exists()


def test_a_line_carried_on_is_the_one_that_would_be_read(surveyed: House) -> None:
    day = TODAY + timedelta(days=3)
    for line in lines_of_reports(surveyed, TODAY).values():
        moment = line.surveyed_at + timedelta(days=3)
        same = replace(line.verdict, decided_on=day, searched_to=day)
        assert line.carried_to(same, moment) == replace(line, verdict=same, surveyed_at=moment)
        other = replace(same, fired=same.fired[:1], reassess_on=day)
        since = line.carried_to(other, moment).since
        assert since.due == day
        assert (since.verdict == day) == (len(line.verdict.fired) > 1)
