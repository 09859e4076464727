"""What a topic's nights ask PubMed for, and that nothing is missed in silence: late, lost, unreadable or vanished."""

from __future__ import annotations

import threading
from datetime import date, timedelta
from itertools import accumulate
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from litwatch.config.topic_files import read_topics
from litwatch.decisions.awaited_records import carry_forward, describe, is_waited_for
from litwatch.decisions.search_window import LOOK_BACK, OVERLAP
from litwatch.decisions.verdict import Status
from litwatch.model.identifiers import Pmid
from litwatch.model.judgement import Decision, Judgement
from litwatch.model.search import Window
from litwatch.model.sweep import Ending, Outstanding, SweepKind, SweepState
from litwatch.night.doors import open_store
from litwatch.night.spared import Spare
from litwatch.night.survey import begin_surveys
from litwatch.sources.in_flight import IN_FLIGHT
from litwatch.standin import Corpus, Revision, StandIn
from litwatch.standin.demonstration import revisions
from litwatch.standin.web import Answer, Request
from tests.night.retrieval_scenes import (
    ARTICLE,
    FIRST,
    START,
    UPDATED,
    Scene,
    appearing,
    moment,
    open_scene,
    records,
    report_of,
    revised,
    topic_sweep,
)
from tests.nights import TOPIC, House

LATE, LATER = 99_300_001, 99_400_001
SOME = records(40, date(2026, 2, 1), date(2026, 2, 20))
MANY = records(260, date(2026, 1, 10), date(2026, 2, 20))
TIRED = "article: SLUG.md\nquestion_kind: etiology\nstrategy: '\"sleep apnoea\"[tiab]'\nrecipients: [RECIPIENT]\n"
ONE = records(1, START + timedelta(days=1), pmid=LATE)


def rules(summary: object) -> list[str]:
    return [fired.rule for fired in report_of(summary).verdict.fired]  # type: ignore[arg-type]


def settle(scene: Scene, nights: int = 2) -> None:
    """Good nights, after which the search looks back no further than it must."""
    for _ in range(nights):
        assert scene.night().ok


# Looking back


def test_a_record_that_pubmed_shows_eighty_days_after_its_date_is_found(tmp_path: Path) -> None:
    entered = START + timedelta(days=1)
    late = appearing(records(1, entered, pmid=LATE), entered + timedelta(days=80))
    with open_scene(tmp_path, [*SOME, *late]) as scene:
        settle(scene)
        scene.night(76)
        assert LATE not in scene.seen()
        assert scene.night(5).ok
        assert LATE in scene.seen()
        assert len(scene.house.rows("episode")) == 41


def test_the_window_reaches_100_days_before_the_watermark_and_not_before_the_article(tmp_path: Path) -> None:
    with open_scene(tmp_path, SOME) as scene:
        windows = [topic_sweep(scene.night(days)).window for days in (1, 1, 100, 1)]
    reached = START + timedelta(days=102)
    assert windows[1] == Window(UPDATED - OVERLAP, START + timedelta(days=2))
    assert windows[3] == Window(reached - LOOK_BACK, reached + timedelta(days=1))


def test_a_record_dated_shortly_before_the_article_is_news_to_it_and_an_older_one_is_not(tmp_path: Path) -> None:
    before, long_before = UPDATED - OVERLAP, UPDATED - OVERLAP - timedelta(days=1)
    with open_scene(tmp_path, [*records(1, before, pmid=LATE), *records(1, long_before, pmid=LATER)]) as scene:
        settle(scene)
        assert {row[3] for row in scene.house.rows("episode")} == {LATE}


def test_a_first_answer_is_not_trusted_alone(tmp_path: Path) -> None:
    old = records(5, date(2026, 1, 5))
    with open_scene(tmp_path, old) as scene:
        scene.day = START + timedelta(days=200)
        scene.pubmed.faults.on("false-zero", utility="esearch", nth=1)
        assert scene.night().ok, "nothing can tell that the very first answer is a lie"
        scene.night()
        assert {row.pmid for row in old} <= scene.seen()


# What is asked for


def test_a_quiet_night_of_two_topics_makes_one_search_each_and_one_fetch(tmp_path: Path) -> None:
    with open_scene(tmp_path, SOME) as scene:
        scene.house.write_topic("exercise", article=ARTICLE)
        settle(scene)
        scene.night()
        print(f"\n2 topics, {len(scene.seen())} records each: {dict(scene.asked)}")
        assert scene.asked == {"esearch": 2, "efetch": 1}
        assert sorted(scene.fetched) == sorted(scene.seen()), "each record once, however many topics want it"


def test_a_night_without_any_hit_makes_one_search_and_nothing_else(tmp_path: Path) -> None:
    with open_scene(tmp_path, []) as scene:
        scene.night()
        assert scene.asked == {"esearch": 1}


def test_beyond_200_records_in_hand_only_what_may_have_changed_is_read_again(tmp_path: Path) -> None:
    changed = revised(MANY[:2], START + timedelta(days=3))
    with open_scene(tmp_path, [*MANY, *ONE, *changed]) as scene:
        settle(scene)
        assert scene.asked == {"esearch": 2, "efetch": 1}
        summary = scene.night()
        print(f"\n1 topic, {len(scene.seen())} records: {dict(scene.asked)}, {len(scene.fetched)} fetched")
        assert scene.asked == {"esearch": 2, "efetch": 1}
        assert {FIRST, FIRST + 1, LATE} <= set(scene.fetched)
        assert len(scene.fetched) < 150
        sweep = topic_sweep(summary)
        assert (sweep.found, sweep.delivered, sweep.known) == (261, 261, 261 - len(scene.fetched))
        titles = {row[0]: row[5] for row in scene.house.rows("current_record")}
        assert all("a case series" in titles[pmid] for pmid in (FIRST, FIRST + 1))


def test_a_second_answer_that_contradicts_the_first_has_everything_read_again(tmp_path: Path) -> None:
    changed = revised(MANY[:1], START + timedelta(days=3))
    with open_scene(tmp_path, [*MANY, *changed]) as scene:
        settle(scene)
        scene.pubmed.faults.on("false-zero", utility="esearch", nth=2)
        summary = scene.night()
        assert summary.ok
        assert (len(scene.fetched), topic_sweep(summary).known) == (260, 0)


def test_a_second_search_without_an_answer_fails_the_sweep(tmp_path: Path) -> None:
    with open_scene(tmp_path, MANY) as scene:
        settle(scene)
        scene.pubmed.faults.on("unavailable", utility="esearch", nth=2, times=99)
        assert topic_sweep(scene.night()).state is SweepState.FAILED
        assert scene.watermark() == START + timedelta(days=2)


def test_a_fetch_that_ends_halfway_fails_only_the_topics_that_lack_records(tmp_path: Path) -> None:
    others = records(300, date(2026, 1, 10), pmid=LATER, phrase="sleep apnoea")
    with open_scene(tmp_path, [*MANY[:150], *others]) as scene:
        scene.house.write_topic("tiredness", topic=TIRED, article=ARTICLE)
        scene.pubmed.unserved = {LATER}
        summary = scene.night()
        states = {o.report.topic.slug: o.report.sweeps[0].state for o in summary.outcomes}
        assert states == {"sleep": SweepState.COMPLETE, "tiredness": SweepState.FAILED}
        assert (scene.watermark("sleep"), scene.watermark("tiredness")) == (scene.day, None)
        assert 0 < len(scene.seen("tiredness")) < 300, "what did arrive counts"
        scene.pubmed.unserved.clear()
        assert scene.night().ok
        assert len(scene.seen("tiredness")) == 300


# What is announced and does not come


def test_a_record_that_is_not_delivered_fails_three_days_is_then_shown_and_new_when_it_comes(tmp_path: Path) -> None:
    with open_scene(tmp_path, [*SOME, *ONE]) as scene:
        scene.pubmed.withheld = {LATE}
        for _ in range(3):
            summary = scene.night()
            assert topic_sweep(summary).state is SweepState.FAILED
            assert f"PMID {LATE}" in (summary.failure or "")
            assert scene.watermark() is None
        summary = scene.night()
        assert summary.ok, summary.failure
        assert scene.watermark() == scene.day
        assert f"Outstanding: PMID {LATE}, announced on 2 March 2026, was not delivered on 4 days" in scene.page()
        scene.pubmed.withheld, scene.pubmed.unnamed = set(), {LATE}
        summary = scene.night()
        assert LATE in {entry.record.pmid for entry in report_of(summary).signals}, "although no search names it"
        assert LATE in scene.seen()
        assert [row[-1] for row in scene.house.rows("outstanding")] == ["delivered"]
        assert "Outstanding" not in scene.page()


def test_a_record_that_cannot_be_read_is_named_with_the_reason_and_asked_for_again(tmp_path: Path) -> None:
    with open_scene(tmp_path, [*SOME, *ONE]) as scene:
        scene.pubmed.spoilt = {LATE}
        assert f"PMID {LATE} came but could not be read" in (scene.night().failure or "")
        scene.pubmed.unnamed = {LATE}
        assert scene.night().ok, "PubMed announces nothing that it does not deliver"
        assert f"Outstanding: PMID {LATE}, announced on 2 March 2026, could not be read" in scene.page()
        assert "is not named any more" in scene.page()
        scene.pubmed.spoilt = set()
        assert scene.night().ok
        assert LATE in scene.seen()


def test_what_came_late_is_news_although_the_article_was_updated_meanwhile(tmp_path: Path) -> None:
    with open_scene(tmp_path, [*SOME, *ONE]) as scene:
        scene.pubmed.withheld = {LATE}
        scene.night()
        scene.pubmed.withheld = set()
        scene.house.write_topic("sleep", article=ARTICLE.replace(str(UPDATED), str(START + timedelta(days=5))))
        scene.night(6)
        assert LATE in {row[3] for row in scene.house.rows("episode")}


def after(nights: list[tuple[int, str]], *, how: SweepKind = SweepKind.TOPIC) -> Outstanding:
    """One record's entry after nights, each so many days after the first and told in words."""
    ledger: tuple[Outstanding, ...] = ()
    for day, told in nights:
        ledger = carry_forward(
            [item for item in ledger if item.ending in {None, Ending.UNKNOWN}],
            announced={} if "unnamed" in told else {Pmid(LATE): how},
            delivered={Pmid(LATE)} if "delivered" in told else (),
            missing={Pmid(LATE)} if "missing" in told else (),
            unreadable={Pmid(LATE): "no title"} if "unreadable" in told else {},
            searched="no answer" not in told,
            has_feeds="no feed" not in told,
            now=moment(START + timedelta(days=day)),
        )
    (item,) = ledger
    return item


@pytest.mark.parametrize(
    ("nights", "waited_for", "ending"),
    [
        ([(0, "missing")], True, None),
        ([(0, "missing"), (1, "missing"), (2, "missing")], True, None),
        ([(0, "missing"), (1, "missing"), (2, "missing"), (3, "missing")], False, None),
        ([(0, "missing")] * 9, True, None),
        ([(0, "missing"), (1, "delivered")], False, Ending.DELIVERED),
        ([(0, "missing"), (1, "missing unnamed"), (2, "missing unnamed")], False, None),
        ([(0, "missing"), *((day, "missing unnamed") for day in (1, 2, 3))], False, Ending.WITHDRAWN),
        ([(0, "missing"), *((day, "missing unnamed no answer") for day in range(1, 9))], False, None),
        ([(0, "missing"), (1, "missing unnamed"), (2, "missing"), (3, "missing unnamed")], False, None),
        ([(0, "unreadable"), *((day, "unreadable unnamed") for day in range(1, 99))], False, None),
        ([(0, "missing"), *((day, "not asked") for day in range(1, 9))], True, None),
    ],
)
def test_the_ledger_of_outstanding_records(
    nights: list[tuple[int, str]], waited_for: bool, ending: Ending | None
) -> None:
    item = after(nights)
    assert (is_waited_for(item), item.ending) == (waited_for, ending)
    assert item.since == moment(START)


@pytest.mark.parametrize(
    ("nights", "ending"),
    [
        ([(day, "missing") for day in range(6)], None),
        ([(day, "missing") for day in range(7)], Ending.UNKNOWN),
        ([(day, "not asked") for day in range(99)], None),
        ([(day, "unreadable") for day in range(99)], None),
        ([*((day, "missing") for day in range(7)), (7, "delivered")], Ending.DELIVERED),
        ([(0, "missing"), (1, "missing unnamed no feed")], Ending.FEEDS_GONE),
        ([(0, "not asked"), (1, "missing unnamed no feed")], Ending.FEEDS_GONE),
        ([(0, "not asked"), *((day, "unnamed no feed") for day in range(1, 99))], None),
        ([(0, "not asked"), (1, "delivered no feed")], Ending.DELIVERED),
        ([(0, "missing"), *((day, "missing unnamed") for day in (1, 2, 3))], Ending.WITHDRAWN),
    ],
)
def test_what_a_feed_named_ends_when_pubmed_does_not_have_it(
    nights: list[tuple[int, str]], ending: Ending | None
) -> None:
    item = after(nights, how=SweepKind.FEED)
    assert item.ending == ending
    if ending not in {None, Ending.DELIVERED}:
        assert "no longer" in (describe(item) or "") or "not waited for any longer" in (describe(item) or "")


def test_what_was_given_up_as_unknown_is_not_told_again_while_its_feed_goes_on_naming_it() -> None:
    unknown = after([(day, "missing") for day in range(7)], how=SweepKind.FEED)
    again = {"missing": {unknown.pmid}, "delivered": (), "unreadable": {}, "searched": True, "now": moment(START)}
    assert carry_forward([unknown], announced={unknown.pmid: SweepKind.FEED}, **again) == ()  # type: ignore[arg-type]
    (anew,) = carry_forward([unknown], announced={unknown.pmid: SweepKind.TOPIC}, **again)  # type: ignore[arg-type]
    assert (anew.how, anew.nights, anew.ending) == (SweepKind.TOPIC, 1, None), "PubMed's own search names it now"


def test_a_feeds_paper_that_could_not_be_asked_for_is_remembered_because_feeds_forget() -> None:
    assert after([(0, "not asked")], how=SweepKind.FEED).nights == 0
    assert after([(0, "not asked"), (1, "missing unnamed")], how=SweepKind.FEED).nights == 1


@given(
    st.lists(st.tuples(st.integers(0, 2), st.sampled_from(["missing", "unreadable", "not asked", "missing unnamed"])))
)
def test_no_record_leaves_the_ledger_without_an_ending(steps: list[tuple[int, str]]) -> None:
    days = accumulate(step for step, _ in steps)
    told = [(0, "missing"), *zip(days, (what for _, what in steps), strict=True)]
    first_end = next((n for n in range(1, len(told) + 1) if after(told[:n]).ending), len(told))
    item = after(told[:first_end])
    assert item.ending in {None, Ending.WITHDRAWN}
    assert (describe(item) is None) == is_waited_for(item), "it fails its sweep or is told"


# What the search says of itself


def test_a_strategy_that_pubmed_understands_otherwise_is_an_editors_work(tmp_path: Path) -> None:
    with open_scene(tmp_path, SOME) as scene:
        settle(scene)
        assert "V10" not in rules(scene.night()), "other days are no other meaning"
        scene.pubmed.faults.on("translation-changes", utility="esearch")
        summary = scene.night()
        assert summary.ok
        assert report_of(summary).verdict.status is Status.REVIEW_NEEDED
        assert "V10" in rules(summary)
        assert "interprets it differently than on 2 March 2026, when the translation was" in scene.page()
        assert "V10" in rules(scene.night()), "it stands until somebody acts"
        scene.pubmed.faults.clear()
        assert "V10" not in rules(scene.night())


def test_a_recorded_review_accepts_how_the_strategy_is_understood(tmp_path: Path) -> None:
    with open_scene(tmp_path, SOME) as scene:
        settle(scene)
        scene.pubmed.faults.on("translation-changes", utility="esearch")
        assert "V10" in rules(scene.night())
        review = Judgement("sleep", Decision.REVIEWED_UNCHANGED, "An editor", moment(scene.day), episodes=())
        open_store(scene.house.settings()).record_judgement(review)
        assert "V10" not in rules(scene.night())


def test_a_changed_strategy_has_no_past_to_differ_from(tmp_path: Path) -> None:
    with open_scene(tmp_path, SOME) as scene:
        settle(scene)
        scene.house.write_topic("sleep", topic=TOPIC.replace('"Insulin Resistance"[mh] OR', ""), article=ARTICLE)
        assert "V10" not in rules(scene.night())


def test_a_phrase_that_pubmed_drops_is_an_editors_work(tmp_path: Path) -> None:
    with open_scene(tmp_path, SOME) as scene:
        settle(scene)
        scene.pubmed.faults.on("phrase-dropped", utility="esearch")
        assert "V10" in rules(scene.night())
        assert "PubMed gives a warning that it did not give on 2026-03-02: QuotedPhraseNotFound" in scene.page()


# What the search no longer finds


@pytest.mark.parametrize("lie", ["false-zero", "count-shrinks"])
def test_a_search_that_loses_most_of_what_it_found_fails_and_moves_no_watermark(lie: str, tmp_path: Path) -> None:
    with open_scene(tmp_path, [*SOME, *records(1, START + timedelta(days=3), pmid=LATE)]) as scene:
        settle(scene)
        scene.pubmed.faults.on(lie, utility="esearch")
        summary = scene.night()
        assert topic_sweep(summary).state is SweepState.FAILED
        assert "no longer finds" in (summary.failure or "")
        assert rules(summary)[-2:] == ["V9", "V10"]
        assert scene.watermark() == START + timedelta(days=2)
        scene.pubmed.faults.clear()
        assert scene.night().ok
        assert LATE in scene.seen()
        assert scene.watermark() == scene.day


def test_records_that_pubmed_deleted_or_dated_back_are_no_loss(tmp_path: Path) -> None:
    day = START + timedelta(days=3)
    few = SOME[:6]
    gone = [Revision(day, revision.pmid, None) for revision in few[:3]]
    moved = []
    for revision in few[3:5]:
        assert revision.xml is not None
        moved.append(Revision(day, revision.pmid, revision.xml.replace(b"<Year>2026</Year>", b"<Year>2019</Year>")))
    with open_scene(tmp_path, [*few, *gone, *moved]) as scene:
        settle(scene)
        summary = scene.night()
        assert summary.ok, summary.failure
        assert topic_sweep(summary).found == 1
        assert set(topic_sweep(summary).missing) == {revision.pmid for revision in gone}
        assert scene.night().ok
        assert not {revision.pmid for revision in gone} & {*scene.fetched}, "they are asked for again in a week"
        assert {*scene.fetched} == {revision.pmid for revision in few[3:]}, "what was told is read again"


def test_two_papers_that_the_search_lost_without_reason_are_named(tmp_path: Path) -> None:
    with open_scene(tmp_path, SOME) as scene:
        settle(scene)
        scene.pubmed.unnamed = {FIRST, FIRST + 1}
        assert scene.night().ok
        assert "no longer finds 2 papers that it found before" in scene.page()
        assert f"in the window: PMID {FIRST}, {FIRST + 1}" in scene.page()


class Meeting(StandIn):
    """A stand-in that keeps the first answer about cited papers until a topic is searched for."""

    searched: threading.Event
    met: bool = False

    def answer(self, request: Request) -> Answer:
        if request.utility == "esearch":
            self.searched.set()
        elif request.utility == "efetch" and not self.met:
            self.met = self.searched.wait(20)
        return super().answer(request)


def test_references_are_looked_up_while_many_topics_are_searched_for(tmp_path: Path) -> None:
    with Meeting(Corpus(revisions()), today=START, rate=None) as pubmed:
        pubmed.searched = threading.Event()
        house = House(tmp_path, pubmed)
        for number in range(IN_FLIGHT + 1):
            house.write_topic(f"sleep-{number}")
        doors = house.doors(moment(START))
        begun, records = begin_surveys(
            read_topics(house.settings().queries),
            entrez=doors.entrez,
            store=doors.store,
            read_leads=doors.read_leads,
            today=START,
            spare=Spare(),
        )
        assert pubmed.met, "no topic was searched for before the first cited paper had come"
        assert {len(one.cited) for one in begun} == {2}
        assert {pmid for one in begun for pmid in one.cited} == records.keys()
