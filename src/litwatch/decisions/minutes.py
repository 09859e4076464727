"""The minutes of the board's work in one month: what was reviewed, decided, answered, and what is still open.

Everything is told as it stood at the end of the month (of the running month: now), so that the minutes of a month that
is over stay the same whatever is answered later. Days and months are those of UTC. An event belongs to the month of its
own moment; what closes an episode is decided when a judgement is taken in (``member_answers``), and only read here.

The time from notice to answer is counted in days, from the night that first saw the notice to the answer or review that
closed it: that night is known for every notice, while a mail may be late, refused or off. The median is over the
notices that were closed in the month; those that are open are counted beside it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from statistics import median

from litwatch.decisions.board_decision import BoardDecision
from litwatch.decisions.change_life import Episode
from litwatch.decisions.responsible_person import ResponsiblePerson, still_responsible
from litwatch.model.judgement import ABOUT_A_CHANGE, REVIEWS, SCREENED, STILL_TO_DO, Decision, Judgement
from litwatch.model.month import Month

# --- what is known ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class WatchedArticle:
    """One watched article or question, as far as the minutes need it."""

    slug: str
    title: str
    first_surveyed: datetime
    retired_at: datetime | None = None
    """When a person retired it; None where nobody has, or a later night has watched it again."""
    nights: int = 0
    """Nights and checks of the month that looked at it, each once."""
    last_whole: bool = True
    """Whether all looks of the last of them completed: later looks make up for what earlier ones missed."""
    begun: int = 0
    """Changes of every kind that began in the month."""

    @property
    def is_unsearched(self) -> bool:
        """Whether no night of the month looked at it, or the last one did not complete."""
        return not (self.nights and self.last_whole)


@dataclass(frozen=True, slots=True)
class Word:
    """What one judgement did to one episode."""

    at: datetime
    by: str
    decision: Decision
    closes: bool | None
    """None where it neither closed nor kept the episode."""
    open_again_on: date | None = None


@dataclass(frozen=True, slots=True)
class EpisodeStory:
    """An episode with what was said of it, in the order of the chain."""

    episode: Episode
    words: tuple[Word, ...] = ()
    deadline: date | None = None
    """The last day on which a notice may stay open, as the last report of the month told it."""


@dataclass(frozen=True, slots=True)
class GivenDecision:
    """A decision to update or to withdraw an article, with its place among the judgements."""

    seq: int
    article: str
    decision: BoardDecision
    """With its due date, and the day on which the text changed as far as the month's last night knew."""


@dataclass(frozen=True, slots=True)
class MonthMaterial:
    """What is known at the end of a month: everything from before that moment, and nothing from after it."""

    articles: tuple[WatchedArticle, ...]
    judgements: tuple[Judgement, ...]
    """Those of the month, in the order of the chain."""
    reviews: tuple[tuple[int, Judgement], ...]
    """Every review up to the end of the month with its number among the judgements, in their order."""
    decisions: tuple[GivenDecision, ...]
    """What those reviews decided to be done."""
    notices: tuple[EpisodeStory, ...]
    """Every episode about a cited paper that began before the end of the month."""
    others: Mapping[str, EpisodeStory] = field(default_factory=dict)
    """The other episodes that decisions name, by id."""
    responsible: Mapping[str, ResponsiblePerson] = field(default_factory=dict)
    """Who was responsible for articles at the end, by slug, after everything that had been said by then."""


# --- what is told -------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class CameNotice:
    """A notice about a cited paper that came in the month."""

    story: EpisodeStory
    answered_at: datetime | None
    """Its first answer, or the review that named it; None where there was none by the end of the month."""

    @property
    def days(self) -> int | None:
        """Days from the night that saw it first to its first answer."""
        return None if self.answered_at is None else _days(self.story.episode.opened_at, self.answered_at)


@dataclass(frozen=True, slots=True)
class ClosedNotice:
    """A notice that was closed in the month."""

    story: EpisodeStory
    closed_at: datetime

    @property
    def days(self) -> int:
        """Days from the night that saw it first to the answer that closed it."""
        return _days(self.story.episode.opened_at, self.closed_at)


@dataclass(frozen=True, slots=True)
class StandingDecision:
    """A decision that stood in the month, with what became of it by the month's end."""

    given: GivenDecision
    is_new: bool
    """Whether it was given in the month."""
    done: bool
    replaced_on: date | None
    """The day of the review that took its place; None while it is the last word."""
    overdue: bool
    """Whether its day has passed and it is not carried out."""


@dataclass(frozen=True, slots=True)
class Minutes:
    """The minutes of one month."""

    month: Month
    until: datetime
    """Up to which moment: the month's end, or the present one where the month is not over."""
    articles: tuple[WatchedArticle, ...]
    """Those that were watched at some time in the month, by slug."""
    said: tuple[Judgement, ...]
    """Every judgement of the month, in the order of the chain: reviews, answers and other events."""
    decisions: tuple[StandingDecision, ...]
    came: tuple[CameNotice, ...]
    closed: tuple[ClosedNotice, ...]
    still_open: tuple[EpisodeStory, ...]
    """Notices that are open at the end, those that were put off among them."""
    put_off: int
    """How many of them wait for a later day."""
    open_before: int
    """Notices that were open when the month began."""
    opened_again: int
    """Notices that were closed when the month began and are open at its end."""
    late: tuple[EpisodeStory, ...]
    """Open notices whose deadline has passed."""
    responsible: Mapping[str, ResponsiblePerson]
    """Who was responsible for which article at the end, by slug; without those whose work was done."""
    began: tuple[WatchedArticle, ...]
    """Articles that are watched since this month."""
    retired: tuple[WatchedArticle, ...]

    @property
    def is_over(self) -> bool:
        """Whether the month had ended when the minutes were made."""
        return self.until >= self.month.next.begins

    @property
    def reviews(self) -> tuple[Judgement, ...]:
        """The reviews of articles."""
        return tuple(each for each in self.said if each.decision in REVIEWS)

    @property
    def answers(self) -> dict[Decision, int]:
        """Members' answers by kind; those that were not given have 0."""
        counted = Counter(each.decision for each in self.said)
        return {kind: counted[kind] for kind in ANSWERS}

    @property
    def other_events(self) -> dict[Decision, int]:
        """All other judgements, by kind."""
        counted = Counter(each.decision for each in self.said)
        return {kind: number for kind, number in counted.items() if kind not in {*ANSWERS, *REVIEWS}}

    @property
    def median_days(self) -> float | None:
        """Median days from notice to answer, of the notices that were closed in the month; None where none was."""
        return float(median(each.days for each in self.closed)) if self.closed else None

    @property
    def overdue_decisions(self) -> tuple[StandingDecision, ...]:
        """Decisions whose day has passed and that are not carried out."""
        return tuple(each for each in self.decisions if each.overdue)

    @property
    def with_news(self) -> tuple[WatchedArticle, ...]:
        """Articles about which something began."""
        return tuple(each for each in self.articles if each.begun)

    @property
    def unsearched(self) -> tuple[WatchedArticle, ...]:
        """Articles of which nobody can say that nothing is new: no night looked at them, or the last was incomplete."""
        return tuple(each for each in self.articles if not each.begun and each.is_unsearched)

    @property
    def with_nothing_new(self) -> tuple[WatchedArticle, ...]:
        """Articles that were searched, and about which nothing began."""
        return tuple(each for each in self.articles if not each.begun and not each.is_unsearched)


ANSWERS = tuple(each for each in Decision if each in ABOUT_A_CHANGE - SCREENED)
"""What a member can answer, in the order in which it is told."""


def take_minutes(month: Month, known: MonthMaterial, until: datetime) -> Minutes:
    """The minutes of a month from what is known at its end; ``until``: the present moment.

    What lies after the earlier of the two is left out, whatever ``known`` holds.
    """
    end = min(until, month.next.begins)
    last_day = (end - timedelta(microseconds=1)).date()
    said = [each for each in known.judgements if each.at < end and each.at in month]
    notices = [each for each in known.notices if each.episode.opened_at < end]
    before = {each.episode.id: _closed_at(each, month.begins) for each in notices}
    after = {each.episode.id: _closed_at(each, end) for each in notices}
    came = [each for each in notices if each.episode.opened_at in month]
    earlier = [each for each in notices if each.episode.opened_at < month.begins]
    still_open = [each for each in notices if after[each.episode.id] is None]
    was_open = [each for each in notices if each.episode.opened_at in month or before[each.episode.id] is None]
    watched = [each for each in known.articles if _is_watched_in(each, month, end)]
    return Minutes(
        month=month,
        until=end,
        articles=tuple(sorted(watched, key=lambda each: each.slug)),
        said=tuple(said),
        decisions=_find_standing(month, known, end),
        came=tuple(CameNotice(each, _answered_at(each, end)) for each in came),
        closed=tuple(
            ClosedNotice(each, at) for each in was_open if (at := after[each.episode.id]) is not None
        ),
        still_open=tuple(still_open),
        put_off=sum(_is_put_off(each, end, last_day) for each in still_open),
        open_before=sum(before[each.episode.id] is None for each in earlier),
        opened_again=sum(
            before[each.episode.id] is not None and after[each.episode.id] is None for each in earlier
        ),
        late=tuple(
            each
            for each in still_open
            if each.deadline is not None
            and _has_passed(each.deadline, month, end)
            and not _is_put_off(each, end, last_day)
        ),
        responsible=_find_responsible(known, end),
        began=tuple(each for each in watched if each.first_surveyed in month),
        retired=tuple(each for each in watched if each.retired_at is not None and each.retired_at < end),
    )  # fmt: skip


def _is_watched_in(article: WatchedArticle, month: Month, end: datetime) -> bool:
    retired = article.retired_at
    return article.first_surveyed < end and (retired is None or retired >= month.begins)


def _has_passed(day: date, month: Month, end: datetime) -> bool:
    """Whether a day is over at the end of the minutes."""
    return day < (month.next.first if end == month.next.begins else end.date())


def _words_before(story: EpisodeStory, end: datetime) -> list[tuple[datetime, Word]]:
    """What was done to the episode before a moment, in the order of the chain, each with the moment of its effect.

    A decision to update closes something only on the night that no longer finds the paper in the text: the end of the
    episode.
    """
    found = []
    for word in story.words:
        at, ended = word.at, story.episode.ended_at
        if word.decision in STILL_TO_DO and word.closes and ended is not None:
            at = max(at, ended)
        if at < end and word.closes is not None:
            found.append((at, word))
    return found


def _closed_at(story: EpisodeStory, end: datetime) -> datetime | None:
    """Since when the episode is closed for good, as it stood at a moment; None where it is open or put off."""
    closed: datetime | None = None
    for at, word in _words_before(story, end):
        for_good = bool(word.closes) and word.open_again_on is None
        closed = (closed or at) if for_good else None
    return closed


def _is_put_off(story: EpisodeStory, end: datetime, last_day: date) -> bool:
    words = _words_before(story, end)
    last = words[-1][1] if words else None
    return bool(last and last.closes and last.open_again_on is not None and last.open_again_on > last_day)


def _answered_at(story: EpisodeStory, end: datetime) -> datetime | None:
    return min((word.at for word in story.words if word.at < end), default=None)


def _find_standing(month: Month, known: MonthMaterial, end: datetime) -> tuple[StandingDecision, ...]:
    """The decisions that stood at some moment of the month, in the order in which they were given."""
    stories = {**{each.episode.id: each for each in known.notices}, **known.others}
    retired = {each.slug: each.retired_at for each in known.articles if each.retired_at is not None}
    given_at = {seq: review.at for seq, review in known.reviews}
    found = []
    for given in known.decisions:
        at = given_at[given.seq]
        later = [each.at for seq, each in known.reviews if seq > given.seq and each.topic == given.article]
        ends = sorted(each for each in (*later, *([retired[given.article]] if given.article in retired else [])))
        replaced = next((each for each in later if each < end), None)
        if at >= end or any(at <= each < month.begins for each in ends) or _is_done(given, stories, month.begins):
            continue
        gone = given.article in retired and retired[given.article] < end
        done = gone or _is_done(given, stories, end)
        due = given.decision.due
        late = due is not None and _has_passed(due, month, end) and not done and replaced is None
        found.append(
            StandingDecision(
                given, is_new=at in month, done=done, replaced_on=replaced and replaced.date(), overdue=late
            )
        )
    return tuple(found)


def _is_done(given: GivenDecision, stories: Mapping[str, EpisodeStory], end: datetime) -> bool:
    """Whether a decision was carried out before a moment (``BoardDecision.is_carried_out``)."""
    decision = given.decision
    if decision.text_changed_on is not None and decision.text_changed_on >= end.date():
        return False
    return decision.is_carried_out(_find_open(decision.episodes, stories, end))


def _find_responsible(known: MonthMaterial, end: datetime) -> dict[str, ResponsiblePerson]:
    stories = {**{each.episode.id: each for each in known.notices}, **known.others}
    last = {each.article: each for each in known.decisions}
    found = {}
    for slug, person in sorted(known.responsible.items()):
        given = last.get(slug)
        done = given is not None and _is_done(given, stories, end)
        if still_responsible(person, given.decision if given else None, is_carried_out=done) and person.is_on_list:
            found[slug] = person
    return found


def _find_open(named: Collection[str], stories: Mapping[str, EpisodeStory], end: datetime) -> frozenset[str]:
    """Which of these episodes are open or put off at a moment."""
    return frozenset(each for each in named if each in stories and _closed_at(stories[each], end) is None)


def _days(first: datetime, last: datetime) -> int:
    return max((last.date() - first.date()).days, 0)
