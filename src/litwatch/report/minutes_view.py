"""The minutes of a month in words: figures and lists for page and screen, and a table with a row for each article."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from litwatch.decisions.minutes import ANSWERS, CameNotice, EpisodeStory, Minutes, StandingDecision, WatchedArticle
from litwatch.decisions.responsible_person import ResponsiblePerson
from litwatch.model.identifiers import Pmid, is_pmid
from litwatch.model.judgement import OUTCOMES, Judgement
from litwatch.model.text.phrases import count, listed
from litwatch.model.text.safe_text import clip, end_sentence
from litwatch.report.exports.citation_files import spreadsheet_cell
from litwatch.report.wording import NOTICE_LABEL, words

COUNTED = (
    "Days and months are those of UTC. Everything is told as it stood at the end of the month: what was answered since"
    " changes nothing here. The time from notice to answer is counted in days, from the night that first saw the notice"
    " to the answer or review that closed it. The median is over the notices that were closed in the month; those still"
    " open are counted beside it. A notice that was put off is still open. A review is an answer to the notices that it"
    " was about."
)
"""How the figures are made, in words for whoever reads the minutes."""
LISTED = 40
"""So many names stand in a list of articles; the rest is counted, and named in the CSV file."""
_MOST_LINES = 200
"""So many entries stand in another list; what is more is counted there, and by article in the CSV file."""
_PAPER = 140
_OUTCOME = {decision: outcome for outcome, decision in OUTCOMES.items()}


@dataclass(frozen=True, slots=True)
class Figure:
    """One number of the minutes."""

    label: str
    value: str
    remark: str = ""


@dataclass(frozen=True, slots=True)
class MinutesLine:
    """One entry of a list."""

    day: date | None
    slug: str
    """The article; empty for what is about none."""
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class MinutesPart:
    """One list of the minutes."""

    heading: str
    lines: tuple[MinutesLine, ...]
    none: str
    """What is said where the list is empty."""
    names: bool = False
    """Whether it lists articles alone, so that they can stand in one paragraph."""
    more: int = 0
    """How many entries the list leaves out."""


@dataclass(frozen=True, slots=True)
class MinutesView:
    """The minutes as page and screen tell them."""

    minutes: Minutes
    title: str
    running: str
    """That the month is not over, as a sentence; empty where it is."""
    figures: tuple[Figure, ...]
    parts: tuple[MinutesPart, ...]


def view_minutes(minutes: Minutes, papers: Mapping[Pmid, str]) -> MinutesView:
    """The minutes in words; ``papers`` are the titles of cited papers, as far as they are known."""
    titles = {each.slug: each.title for each in minutes.articles}
    of_notices = [_came_line(each, titles, papers) for each in minutes.came]
    return MinutesView(
        minutes,
        f"Minutes of {minutes.month.name}",
        ""
        if minutes.is_over
        else f"The month is not over: these minutes are as of {minutes.until:%Y-%m-%d, %H:%M} UTC.",
        _figures(minutes),
        (
            _part("Reviewed", [_review_line(each, titles) for each in minutes.reviews], "No article was reviewed."),
            _part(
                "To be updated or withdrawn",
                [_decision_line(each, titles) for each in minutes.decisions],
                "Nothing was left to do.",
            ),
            _part(
                "Responsible at the end",
                [_person_line(slug, each, minutes, titles) for slug, each in minutes.responsible.items()],
                "Nobody had been named.",
            ),
            _part("Overdue at the end", _overdue_lines(minutes, titles, papers), "Nothing was overdue."),
            _part("Notices that came", of_notices, "No notice about a cited paper came."),
            _part(
                "Notices still open at the end",
                [_open_line(each, titles, papers) for each in minutes.still_open],
                "No notice was open.",
            ),
            _named("Not searched completely", minutes.unsearched, "Every article was searched."),
            _named("Nothing new", minutes.with_nothing_new, "There was something new about every article."),
            _part("Changes in the list of articles", _list_changes(minutes), "The list of articles stayed the same."),
        ),
    )


def say_median(minutes: Minutes) -> str:
    """The median time to answer with what it leaves out: ``3 days; 2 still open``."""
    left = f"{len(minutes.still_open)} still open"
    if (days := minutes.median_days) is None:
        return f"no notice was closed; {left}"
    return f"{days:g} {'day' if days == 1 else 'days'}; {left}"


def _figures(minutes: Minutes) -> tuple[Figure, ...]:
    outcomes = Counter(each.decision for each in minutes.reviews)
    changed = [count(len(minutes.began), "began", "began")] if minutes.began else []
    changed += [count(len(minutes.retired), "retired", "retired")] if minutes.retired else []
    still = [f"{minutes.put_off} put off"] if minutes.put_off else []
    still += [f"{len(minutes.late)} past the deadline"] if minutes.late else []
    held = [f"{minutes.open_before} open from before"] if minutes.open_before else []
    held += [f"{minutes.opened_again} opened again"] if minutes.opened_again else []
    to_do = [each for each in minutes.decisions if not each.done and each.replaced_on is None]
    return (
        Figure("Articles watched", f"{len(minutes.articles):,}", listed(changed)),
        Figure("With something new", f"{len(minutes.with_news):,}"),
        Figure("Nothing new", f"{len(minutes.with_nothing_new):,}"),
        Figure("Not searched completely", f"{len(minutes.unsearched):,}"),
        Figure(
            "Reviews",
            f"{len(minutes.reviews):,}",
            listed([f"{outcomes[kind]} {_OUTCOME[kind]}" for kind in _OUTCOME if outcomes[kind]]),
        ),
        Figure(
            "Decided and not done",
            f"{len(to_do):,}",
            f"{len(minutes.overdue_decisions)} overdue" if minutes.overdue_decisions else "",
        ),
        Figure(
            "Answers",
            f"{sum(minutes.answers.values()):,}",
            listed([f"{number} {words(kind)}" for kind, number in minutes.answers.items() if number]),
        ),
        Figure(
            "Other events",
            f"{sum(minutes.other_events.values()):,}",
            listed([f"{number} {words(kind)}" for kind, number in minutes.other_events.items()]),
        ),
        Figure("Notices that came", f"{len(minutes.came):,}", f"besides {listed(held)}" if held else ""),
        Figure("Notices closed", f"{len(minutes.closed):,}"),
        Figure("Notices still open", f"{len(minutes.still_open):,}", listed(still)),
        Figure("Median from notice to answer", say_median(minutes)),
    )


def _part(heading: str, lines: Sequence[MinutesLine], none: str) -> MinutesPart:
    return MinutesPart(heading, tuple(lines[:_MOST_LINES]), none, more=max(len(lines) - _MOST_LINES, 0))


def _named(heading: str, articles: Sequence[WatchedArticle], none: str) -> MinutesPart:
    shown = tuple(MinutesLine(None, each.slug, each.title, "") for each in articles[:LISTED])
    return MinutesPart(heading, shown, none, names=True, more=len(articles) - len(shown))


def _line(day: date | None, slug: str, titles: Mapping[str, str], text: str) -> MinutesLine:
    return MinutesLine(day, slug, titles.get(slug, slug), text)


def _review_line(said: Judgement, titles: Mapping[str, str]) -> MinutesLine:
    due = f", by {said.due.isoformat()}" if said.due else ""
    reason = f": {end_sentence(said.reason)}" if said.reason else "."
    return _line(said.at.date(), said.topic, titles, f"{_OUTCOME[said.decision]}{due}, said {said.by}{reason}")


def _decision_line(standing: StandingDecision, titles: Mapping[str, str]) -> MinutesLine:
    decision = standing.given.decision
    what = "withdraw" if decision.is_withdrawal else "update"
    due = f", due {decision.due.isoformat()}" if decision.due else ""
    return _line(
        decision.decided_on,
        standing.given.article,
        titles,
        f"{what}{due}; {say_state(standing)}; decided by {decision.by}.",
    )


def _person_line(
    slug: str, person: ResponsiblePerson, minutes: Minutes, titles: Mapping[str, str]
) -> MinutesLine:  # fmt: skip
    passed = "; that day has passed" if person.due < minutes.until.date() else ""
    said = f"{person.address}, until {person.due.isoformat()}{passed}; named by {person.named_by}."
    return _line(person.named_on, slug, titles, said)


def say_state(standing: StandingDecision) -> str:
    """What became of a decision by the end of the month, in a few words."""
    changed = standing.given.decision.text_changed_on
    if standing.replaced_on is not None:
        return f"a later review, of {standing.replaced_on.isoformat()}, took its place"
    if standing.done:
        return f"done, text changed on {changed.isoformat()}" if changed else "done, the article was retired"
    late = "overdue" if standing.overdue else "not done"
    return f"{late}; the text changed on {changed.isoformat()} and is not confirmed" if changed else late


def _overdue_lines(minutes: Minutes, titles: Mapping[str, str], papers: Mapping[Pmid, str]) -> list[MinutesLine]:
    lines = [
        _line(each.given.decision.due, each.given.article, titles,
              f"{'withdrawal' if each.given.decision.is_withdrawal else 'update'} decided on"
              f" {each.given.decision.decided_on.isoformat()} by {each.given.decision.by}")
        for each in minutes.overdue_decisions
    ]  # fmt: skip
    lines += [
        _line(each.deadline, each.episode.article, titles, f"no answer by the deadline: {_name_notice(each, papers)}")
        for each in minutes.late
    ]
    return sorted(lines, key=lambda line: (line.day or date.min, line.slug))


def _name_notice(story: EpisodeStory, papers: Mapping[Pmid, str]) -> str:
    change = story.episode.change
    title = papers.get(change.pmid)
    number = f"PMID {change.pmid}" if is_pmid(change.pmid) else "a work outside PubMed"
    label = NOTICE_LABEL.get(change.kind, words(change.kind).capitalize())
    return f"{label}: {f'{end_sentence(clip(title, _PAPER))} {number}' if title else number}"


def _came_line(came: CameNotice, titles: Mapping[str, str], papers: Mapping[Pmid, str]) -> MinutesLine:
    episode = came.story.episode
    if came.days is None:
        said = "no answer yet"
    else:
        said = "first answer on the same day" if came.days == 0 else f"first answer after {count(came.days, 'day')}"
    return _line(episode.opened_at.date(), episode.article, titles, f"{_name_notice(came.story, papers)}; {said}")


def _open_line(story: EpisodeStory, titles: Mapping[str, str], papers: Mapping[Pmid, str]) -> MinutesLine:
    deadline = f"; to be answered by {story.deadline.isoformat()}" if story.deadline else ""
    episode = story.episode
    return _line(episode.opened_at.date(), episode.article, titles, f"{_name_notice(story, papers)}{deadline}")


def _list_changes(minutes: Minutes) -> list[MinutesLine]:
    lines = [MinutesLine(each.first_surveyed.date(), each.slug, each.title, "watched since") for each in minutes.began]
    lines += [
        MinutesLine(each.retired_at.date(), each.slug, each.title, "retired")
        for each in minutes.retired
        if each.retired_at is not None
    ]
    return sorted(lines, key=lambda line: (line.day or date.min, line.slug))


# --- forms --------------------------------------------------------------------------------------------------------

_COLUMNS = (
    "Month", "As of", "Article", "Title", "Watched since", "Retired on", "Nights and checks", "New in the month",
    "State", "Reviews", "Decided", "Decided on", "Decided by", "Due", "What became of it", "Responsible",
    "Responsible until", "Notices came", "Notices closed",
    "Days from notice to answer", "Notices still open", "Deadlines passed",
    *(f"Answers: {words(kind)}" for kind in ANSWERS),
)  # fmt: skip


def minutes_csv(minutes: Minutes) -> str:
    """One line an article under a line of names, as the other tables are written (``exports.csv_table``).

    An article that has left the list has a line where the month tells anything of it.
    """
    out = io.StringIO()
    rows = csv.writer(out, quoting=csv.QUOTE_ALL)
    rows.writerow(_COLUMNS)
    known = {each.slug: each for each in minutes.articles}
    told = {each.topic for each in minutes.said if each.topic}
    told |= {each.given.article for each in minutes.decisions}
    told |= {each.episode.article for each in (*minutes.still_open, *(one.story for one in minutes.closed))}
    own = _Own(minutes)
    for slug in sorted(known.keys() | told):
        rows.writerow(map(spreadsheet_cell, _row(slug, known.get(slug), minutes, own)))
    return "\ufeff" + out.getvalue()


class _Own:
    """What the minutes hold of each article, by slug, gathered once for all rows."""

    def __init__(self, minutes: Minutes) -> None:
        self.said: dict[str, list[Judgement]] = {}
        for each in minutes.said:
            self.said.setdefault(each.topic, []).append(each)
        self.decided = {each.given.article: each for each in minutes.decisions}
        self.days: dict[str, list[int]] = {}
        for closed in minutes.closed:
            self.days.setdefault(closed.story.episode.article, []).append(closed.days)
        self.came = Counter(each.story.episode.article for each in minutes.came)
        self.still_open = Counter(each.episode.article for each in minutes.still_open)
        self.late = Counter(each.episode.article for each in minutes.late)


def _row(slug: str, article: WatchedArticle | None, minutes: Minutes, own: _Own) -> Iterable[str]:
    said = own.said.get(slug, [])
    reviews = [
        f"{each.at.date().isoformat()} {_OUTCOME[each.decision]} ({each.by}{f': {each.reason}' if each.reason else ''})"
        for each in said
        if each.decision in _OUTCOME
    ]
    last, person = own.decided.get(slug), minutes.responsible.get(slug)
    decided = last.given.decision if last else None
    closed = own.days.get(slug, [])
    counted = Counter(each.decision for each in said)
    return (
        str(minutes.month),
        minutes.until.date().isoformat() if not minutes.is_over else minutes.month.last.isoformat(),
        slug,
        article.title if article else slug,
        article.first_surveyed.date().isoformat() if article else "",
        article.retired_at.date().isoformat() if article and article.retired_at else "",
        str(article.nights) if article else "",
        str(article.begun) if article else "",
        _state_of(article),
        "; ".join(reviews),
        ("withdraw" if decided.is_withdrawal else "update") if decided else "",
        decided.decided_on.isoformat() if decided else "",
        decided.by if decided else "",
        decided.due.isoformat() if decided and decided.due else "",
        say_state(last) if last else "",
        person.address if person else "",
        person.due.isoformat() if person else "",
        str(own.came[slug]),
        str(len(closed)),
        "; ".join(map(str, closed)),
        str(own.still_open[slug]),
        str(own.late[slug]),
        *(str(counted[kind]) for kind in ANSWERS),
    )


def _state_of(article: WatchedArticle | None) -> str:
    if article is None:
        return "not watched"
    if article.begun:
        return "something new"
    return "not searched completely" if article.is_unsearched else "nothing new"
