"""No sequence of what can happen leaves a standing retraction untold that nobody who was shown it has closed."""

from __future__ import annotations

import shutil
import tempfile
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from litwatch.decisions.change_life import Observed
from litwatch.decisions.changes import find_cited_changes
from litwatch.model.change import Change, ChangeKind
from litwatch.model.identifiers import Pmid
from litwatch.model.judgement import Decision, Judgement
from litwatch.model.record import Notice, Record, RefType
from litwatch.model.sweep import SweepKind
from litwatch.store import Store
from tests.factories import FIRST_PMID, make_record, make_sweep
from tests.store.store_scenes import made_store, make_night

PAPER, NOTICE = Pmid(FIRST_PMID + 100), Pmid(FIRST_PMID + 900)
RETRACTED = make_record(PAPER, notices=(Notice(RefType.RETRACTION_IN, "Invented J. 2026", NOTICE),))
SOUND = make_record(PAPER)
FACT = Change(ChangeKind.CITED_RETRACTED, PAPER, f"pmid:{NOTICE}", NOTICE)
START = datetime(2026, 9, 1, 5, 30, tzinfo=UTC)
clocks = st.sampled_from([0, 0, 0, -40, 40])
"""Days by which a clock is wrong."""
mostly = st.sampled_from([True, True, True, True, False])


class LifeOfARetraction(RuleBasedStateMachine):
    """One article that cites one paper. The oracle counts the retraction's stretches and knows which are closed."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="litwatch-life-"))
        self.store: Store = made_store(self.folder)
        self.day = 0
        self.is_retracted = self.is_cited = True
        self.stretch = 0
        """The one that the article was told last; 0 before the first."""
        self.is_over = True
        """Whether somebody has seen it end."""
        self.last_word: dict[int, date | None] = {}
        """Stretches that a person has closed for good (None), or put off until a day."""
        self.page: dict[str, int] = {}
        """What somebody has open in a browser: ids, and the stretches that they stand for."""
        self.backup: tuple[bytes, int, bool, dict[int, date | None]] | None = None
        """A copy of the store, and what was so when it was made."""

    def teardown(self) -> None:
        shutil.rmtree(self.folder)

    @property
    def record(self) -> Record:
        return RETRACTED if self.is_retracted else SOUND

    def now(self, wrong: int) -> datetime:
        self.day += 1
        return START + timedelta(days=self.day + wrong)

    @property
    def today(self) -> date:
        return (START + timedelta(days=self.day)).date()

    def is_closed(self, stretch: int) -> bool:
        return stretch in self.last_word and ((until := self.last_word[stretch]) is None or until > self.today)

    @rule(shows=st.booleans(), wrong=clocks, answers=mostly, cited=mostly, again=st.booleans())
    def night(self, *, shows: bool, wrong: int, answers: bool, cited: bool, again: bool) -> None:
        at = self.now(wrong)
        self.is_retracted, self.is_cited = shows, cited
        for _ in range(2 if again else 1):
            self._save(at, answers=answers)
        if not self.is_cited:
            self.is_over = True
        elif answers and self.is_retracted and self.is_over:
            self.stretch, self.is_over = self.stretch + 1, False
        elif answers and not self.is_retracted:
            self.is_over = True

    def _save(self, at: datetime, *, answers: bool) -> None:
        cited = frozenset({PAPER}) if self.is_cited else frozenset()
        now = {PAPER: self.record} if self.is_cited and answers else {}
        night = make_night(
            run=at.isoformat(), surveyed_at=at, sweeps=(make_sweep(SweepKind.CITATION),), records=tuple(now.values()),
            sightings=tuple((pmid, SweepKind.CITATION) for pmid in now),
        )  # fmt: skip
        with self.store.saving():
            before, lapsed = (
                self.store.records_last_seen(night.topic, SweepKind.CITATION),
                self.store.lapses(night.topic),
            )
            self.store.save_night(night)
            facts = find_cited_changes(sorted(cited), before, now)
            self.store.save_life(night.topic, Observed(at, facts, frozenset(now), cited, lapsed), run=night.run)

    @rule(wrong=clocks, seen_by_a_night=st.booleans())
    def the_notice_goes_and_comes_back(self, wrong: int, seen_by_a_night: bool) -> None:
        if seen_by_a_night:
            self.night(shows=False, wrong=wrong, answers=True, cited=True, again=False)
        else:
            self.another_article_or_a_bulk_file_brings_the_record(shows=False, wrong=wrong)
        self.night(shows=True, wrong=wrong, answers=True, cited=True, again=False)

    @rule(shows=st.booleans(), wrong=clocks)
    def another_article_or_a_bulk_file_brings_the_record(self, shows: bool, wrong: int) -> None:
        self.is_retracted = shows
        self.store.add_records([self.record], observed_at=self.now(wrong), source="another")
        if not self.is_retracted and not self.is_over and self.stretch:
            self.is_over = True

    @rule()
    def somebody_opens_the_page(self) -> None:
        items = [item for item in self.store.open_changes("insulin-resistance", on=self.today) if item.change == FACT]
        ids = [episode for item in items for episode in item.episodes]
        self.page = dict(zip(ids, (n for n in range(1, self.stretch + 1) if not self.is_closed(n)), strict=True))

    @rule()
    def somebody_copies_the_store(self) -> None:
        self.backup = self.store.path.read_bytes(), self.stretch, self.is_over, dict(self.last_word)

    @precondition(lambda self: self.backup is not None)
    @rule()
    def they_go_back_to_the_copy(self) -> None:
        assert self.backup is not None
        data, self.stretch, self.is_over, words = self.backup
        self.last_word = dict(words)
        self.store.path.write_bytes(data)

    @precondition(lambda self: self.page)
    @rule(wrong=clocks, what=st.sampled_from([Decision.REVIEWED_UNCHANGED, Decision.NOT_RELEVANT, Decision.RELEVANT,
                                              Decision.LATER]))  # fmt: skip
    def they_send_its_form(self, wrong: int, what: Decision) -> None:
        until = self.today + timedelta(days=5) if what is Decision.LATER else None
        change = None if what.is_review else FACT
        known = {episode.id for episode in self.store.episodes("insulin-resistance")}
        said = Judgement("insulin-resistance", what, "Dr A", self.now(wrong), "why", change, until,
                         episodes=tuple(self.page))  # fmt: skip
        if change is not None and not known & {*self.page}:  # the page is of a store that was given up for the copy
            with pytest.raises(LookupError):
                self.store.record_judgement(said)
            return
        self.store.record_judgement(said)
        for stretch in (stretch for episode, stretch in self.page.items() if episode in known):
            self.last_word.pop(stretch, None)
            if what is not Decision.RELEVANT:
                self.last_word[stretch] = until

    @invariant()
    def what_is_open_is_what_nobody_has_closed(self) -> None:
        items = [item for item in self.store.open_changes("insulin-resistance", on=self.today) if item.change == FACT]
        open_ones = [n for n in range(1, self.stretch + 1) if not self.is_closed(n)]
        assert sum(len(item.episodes) for item in items) == len(open_ones)
        assert len(items) == bool(open_ones), "told once"


TestLifeOfARetraction = LifeOfARetraction.TestCase
TestLifeOfARetraction.settings = settings(
    max_examples=8, stateful_step_count=14, deadline=None, phases=(Phase.explicit, Phase.reuse, Phase.generate)
)
"""Without shrinking, which would take minutes with a real store."""
