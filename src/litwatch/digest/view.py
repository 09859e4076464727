"""A Digest arranged for printing: what needs the member, what could not be searched, what has no signal.

News comes first, each new record at least by its title; what earlier mails told the member has a line each. A mail has
a size: ``DETAILS`` are the ways to say the same with fewer words, tried in turn. None of them leaves out a notice about
a cited paper, a failure, a count, or the title of a new record that the mail names.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import date

from litwatch.decisions.notice_coverage import CoverageGap, GapCode
from litwatch.decisions.reason import ReasonCode
from litwatch.decisions.verdict import Status
from litwatch.digest.digest import Digest, Mark, Matter
from litwatch.digest.subject_line import subject
from litwatch.model.change import Change
from litwatch.model.sweep import SweepKind, SweepState
from litwatch.model.text import phrases, spelled_dates
from litwatch.model.text.mail_address import mailbox_key
from litwatch.model.text.safe_text import clip
from litwatch.report import contents
from litwatch.report.actions import Reader
from litwatch.report.contents import FailedTopic, Report, ReportedSignal
from litwatch.report.coverage import Coverage, cover
from litwatch.report.first_screen import Card, lay_first_screen
from litwatch.report.reason_sentences import say_signal
from litwatch.report.view import NoticeItem, Quote, arrange, quote_all, reasons, with_publication


@dataclass(frozen=True, slots=True)
class Detail:
    """How much is said about each item."""

    title: int
    """Titles are cut to so many characters; the report has them whole."""
    why: bool
    """Whether reasons and actions are printed."""
    items: bool
    """Whether new records have details; otherwise news has titles only, and what was told before is counted."""
    notices: bool = True
    """Whether notices have details; otherwise a line each."""
    passage: int = 400
    """The sentence that states a new record's result is cut to so many characters."""

    @property
    def lead(self) -> bool:
        """Whether an article's first change stands first, with the sentence that it concerns."""
        return self.notices


DETAILS = (
    Detail(300, why=True, items=True),
    Detail(140, why=False, items=True, passage=200),
    Detail(70, why=False, items=False),
    Detail(70, why=False, items=False, notices=False),
)


NAMED = 100
"""So many new records are named in one mail, over all its articles; with more, a phone shows a list, not a mail."""


CLEAR = 20
"""So many articles without a signal are named, one line each; the others are counted."""


@dataclass(frozen=True, slots=True)
class DigestSection:
    """One article that needs the member's eyes."""

    report: Report
    title: str
    headline: str
    """The verdict, and the board's decision where that stands behind it."""
    errands: str
    """What an editor is asked beside the headline; empty for nothing."""
    responsible: str
    """Who is to do what, and until when; empty where nobody was named."""
    second_reader: str
    """How many changes wait for a second reader: for the member, or for another with the member's answer."""
    comments: int
    """Comments of others since the member's last list."""
    failures: tuple[str, ...]
    lead: Card | None
    """The change that stands first and in full: the verdict's, or where that was told before, the gravest news.

    Where nothing is news and something beside the changes is, as that the member was named, it is the verdict's again.
    None where nothing is new about the article: it is a list of lines.
    """
    asked: Reader
    """Who is to act first."""
    asks: str
    """What that reader is asked to do."""
    by: date | None
    """The last day for what the verdict asks; None where there is nothing to decide."""
    at_reassessment: bool
    """As of ``FirstScreen``."""
    lead_by: date | None
    """The lead's own last day, where the lead is not the verdict's change and has another; else None."""
    notices: tuple[NoticeItem, ...]
    """Those that are news, but for the lead."""
    items: tuple[ReportedSignal, ...]
    """New records with details, at most the topic's ``digest_items`` and together at most the digest's ``items``."""
    titles: tuple[ReportedSignal, ...]
    """The other new records that are news, a line each."""
    unnamed: int
    """News beyond ``NAMED``, counted."""
    goes_on: bool
    """Whether the next mail names more of what is unnamed here; not where the article is told for the first time."""
    told_notices: tuple[NoticeItem, ...]
    """Notices that an earlier mail told the member, a line each: all of them, always."""
    told_items: tuple[ReportedSignal, ...]
    """New records that an earlier mail told, a line each, within the same limits as ``items``."""
    rest: int
    """Records that an earlier mail told, counted and not listed."""
    coverage: Coverage | None
    """What the listed ones hold of what the board would keep; None where none is left out, or nothing is news."""
    listed_above: int
    """New records that are shown as notices and not again."""
    lost: tuple[ReportedSignal, ...]
    """New records told before that PubMed no longer serves, those that are news."""
    leads: int
    """Entries of feeds that name no paper in PubMed and share words with the article."""
    quotes: dict[int, Quote]
    """The article's sentences by number."""

    def touched(self, reported: ReportedSignal) -> Quote | None:
        """The sentence that a new record concerns most."""
        return next((self.quotes[n] for n in reported.signal.sentences if n in self.quotes), None)


@dataclass(frozen=True, slots=True)
class ClearArticle:
    """An article that was searched to the end and shows no signal."""

    title: str
    report: Report
    new_records: int
    """Open new records below the level that asks for a review."""
    titles: tuple[ReportedSignal, ...]
    """Those of them that are news, a line each."""
    unnamed: int
    """News beyond ``NAMED``, counted."""
    goes_on: bool
    """Whether the next mail names more of what is unnamed here."""
    leads: int
    """Entries of feeds that name no paper in PubMed and share words with the article."""
    lost: tuple[ReportedSignal, ...] = ()
    """New records told before that PubMed no longer serves, those that are news."""
    second_reader: str = ""
    """As of ``DigestSection``."""
    comments: int = 0

    @property
    def is_blind(self) -> bool:
        """Whether its search finds nothing at all."""
        return contents.finds_nothing(self.report)

    @property
    def is_with_editor(self) -> bool:
        """Whether an editor has been asked to mend something about it: it is no all-clear until then."""
        return contents.only_errands(self.report)

    @property
    def is_named(self) -> bool:
        """Whether it has something to say, and is never only counted."""
        return bool(
            self.titles or self.lost or self.is_blind or self.is_with_editor or self.second_reader or self.comments
        )


@dataclass(frozen=True, slots=True)
class DigestView:
    """Everything that a digest's templates print."""

    subject: str
    digest: Digest
    detail: Detail
    sections: tuple[DigestSection, ...]
    clear: tuple[ClearArticle, ...]
    """Those that are named."""
    more_clear: int
    """Clear articles that are counted and not named."""
    failed: tuple[FailedTopic, ...]
    coverage_gaps: tuple[CoverageGap, ...] = ()
    """How the sources beside PubMed fall short, each once."""


def arrange_digest(digest: Digest, detail: Detail) -> DigestView:
    """The digest in reading order; an article is clear only when nothing failed and no notice is open.

    The articles for which the member is responsible come first.
    """
    sections, clear = [], []
    chosen = _choose(digest)
    for report in sorted(contents.order_reports(digest.reports), key=lambda each: not is_own(each, digest)):
        view = arrange(report)
        slug = report.topic.slug
        fresh = contents.listed_evidence(report)
        news = tuple(each for each in fresh if digest.is_news(each))
        named = tuple(each for each in news if (slug, each.signal.change) in chosen.named)
        lost = tuple(each for each in view.lost if digest.is_news(each))
        unnamed, goes_on = len(news) - len(named), slug in digest.known
        if _is_clear(report):
            asked_second = say_second_reader(report, digest)
            clear.append(
                ClearArticle(
                    view.title,
                    report,
                    len(fresh),
                    named,
                    unnamed,
                    goes_on,
                    len(view.leads),
                    lost,
                    asked_second,
                    digest.new_comments(report),
                )
            )
            continue
        in_full = {
            each.signal.change for each in named if (slug, each.signal.change) in chosen.detailed and detail.items
        }

        own_marks = [mark for mark in digest.new_marks or () if mark.slug == slug]
        spoken_of = frozenset(mark.change for mark in own_marks if mark.matter in _LEADING)

        def leads(
            each: ReportedSignal,
            in_full: Collection[Change] = frozenset(in_full),
            spoken_of: Collection[object] = spoken_of,
        ) -> bool:
            """News: a notice, a new record that has details, what members disagree about and whose deadline passed."""
            change = each.signal.change
            if (change.kind, change.pmid) in spoken_of:
                return True
            return digest.is_news(each) and (change.is_about_cited or change in in_full)

        first = lay_first_screen(report, view, leads=leads)
        # What the member has answered is not shown, and the article must still be decided on by its day.
        left_out = digest.answered.get(slug, ())
        answered_by = [each.deadline for each in left_out if each.deadline is not None]
        answered_by += [first.by] if answered_by and first.by is not None and not first.at_reassessment else []
        by = min(answered_by, default=first.by)
        told = tuple(each for each in fresh if detail.items and (slug, each.signal.change) in chosen.told)
        # A mail that is sent for another reason shows what was told before again: the reason is about that.
        may_lead = first.lead is not None and (leads(first.lead.reported) or any(map(_is_reason, own_marks)))
        lead = first.lead if detail.lead and may_lead else None
        shown = lead.reported if lead is not None else None
        again = shown in fresh and shown not in named and shown not in told
        items = tuple(each for each in named if each is not shown and each.signal.change in in_full)
        titles = tuple(each for each in named if each not in items and each is not shown)
        beside = tuple(each for each in view.notices if each.reported is not shown)
        sections.append(
            DigestSection(
                report=report,
                title=view.title,
                headline=contents.board_summary(report),
                errands=contents.errands(report),
                comments=digest.new_comments(report),
                second_reader=say_second_reader(report, digest),
                responsible=say_person(report, digest, None if first.at_reassessment and not answered_by else by),
                failures=contents.board_failures(report),
                lead=lead,
                asked=first.asked,
                asks=first.asks,
                by=by,
                at_reassessment=first.at_reassessment and not answered_by,
                lead_by=first.lead_by,
                notices=tuple(each for each in beside if digest.is_news(each.reported)),
                items=items,
                titles=titles,
                unnamed=unnamed,
                goes_on=goes_on,
                told_notices=tuple(each for each in beside if not digest.is_news(each.reported)),
                told_items=tuple(each for each in told if each is not shown),
                rest=len(fresh) - len(news) - len(told) - again,
                coverage=cover(report, (*named, *told), fresh) if named else None,
                listed_above=view.listed_above,
                lost=lost,
                leads=len(view.leads),
                quotes=quote_all(report.article),
            )
        )
    return DigestView(
        subject=subject(digest),
        digest=digest,
        detail=detail,
        sections=tuple(sections),
        clear=tuple(_named_clear(clear)),
        more_clear=max(0, sum(not each.is_named for each in clear) - CLEAR),
        failed=tuple(FailedTopic(topic.slug, _first_line(topic.reason)) for topic in digest.failed),
        coverage_gaps=tuple(
            dict.fromkeys(
                gap
                for report in digest.reports
                for gap in report.coverage_gaps
                if gap.code is not GapCode.SMALL_TABLE  # the report says so; a member can do nothing about it
            )
        ),
    )


_LEADING = {Matter.DISPUTED, Matter.DEADLINE_PASSED}
"""What a change leads its article for, although an earlier mail told it."""


def _is_reason(mark: Mark) -> bool:
    """Whether a mail is sent for it that concerns what is open about the article."""
    return mark.matter not in {Matter.NOT_COMPLETE, Matter.SEARCHED_AGAIN}


def say_second_reader(report: Report, digest: Digest) -> str:
    """How many changes wait for the member's answer as second reader, and how many that have it for another's."""
    asked = sum(bool(each.answered_by) for each in report.signals)
    said = [f"{asked} {'waits' if asked == 1 else 'wait'} for your answer as second reader."] if asked else []
    if answered := len(digest.answered.get(report.topic.slug, ())):
        said.append(
            f"{phrases.count(answered, 'change has', 'changes have')} your answer and"
            f" {'waits' if answered == 1 else 'wait'} for a second reader."
        )
    return " ".join(said)


def say_comments(article: DigestSection | ClearArticle, digest: Digest) -> str:
    """How many comments of others are new to the member: ``1 comment since your last list``."""
    return phrases.count(article.comments, "comment") + ("" if digest.is_first else " since your last list")


def say_person(report: Report, digest: Digest, by: date | None) -> str:
    """Who is to do what about the article and until when, and how that day stands to ``by``, the board's."""
    said = contents.responsible(report, digest.recipient)
    person = report.responsible
    asks = report.verdict.status.asks_for_review
    if not is_own(report, digest) or person is None or not asks or by is None or by == person.due:
        return said
    return f"{said} That is your own day; the board’s {'was' if by < digest.day else 'is'} {by.isoformat()}."


def is_own(report: Report, digest: Digest) -> bool:
    """Whether the member is responsible for the article."""
    return report.responsible is not None and report.responsible.is_member(digest.recipient)


def door(lead: Card) -> str:
    """What the link to the record behind a notice is called."""
    name = lead.notice.name if lead.notice is not None else ""
    return "Read the notice" if name == "Notice" else name


def _named_clear(clear: list[ClearArticle]) -> list[ClearArticle]:
    """Those with something to say, and of the others the first ``CLEAR``."""
    quiet = [each for each in clear if not each.is_named][:CLEAR]
    return [each for each in clear if each.is_named or each in quiet]


_Key = tuple[str, Change]
"""A new record of an article."""


@dataclass(frozen=True, slots=True)
class _Choice:
    """Which new records are printed, and how."""

    named: frozenset[_Key]
    """News that the mail names."""
    detailed: frozenset[_Key]
    """Those of them with details, where the mail has any."""
    told: frozenset[_Key]
    """What earlier mails told, and this one repeats in a line each."""


def _choose(digest: Digest) -> _Choice:
    """Of the news the first ``NAMED``; with details of each article its first ``digest_items``, of these the ``items``.

    Of what was told before there is a line for each within the same limits, and for what people have not settled.
    Priority, level and relevance decide, whatever the article.
    """

    def rank(pair: tuple[str, ReportedSignal]) -> tuple[float, ...]:
        signal = pair[1].signal
        return signal.priority, signal.level.rank if signal.level else 8, -signal.relevance

    def best(pairs: Iterable[tuple[str, ReportedSignal]], most: int) -> frozenset[_Key]:
        return frozenset((slug, each.signal.change) for slug, each in sorted(pairs, key=rank)[:most])

    reports = contents.order_reports(digest.reports)
    fresh = [(report, contents.listed_evidence(report)) for report in reports]
    named = best(((report.topic.slug, each) for report, own in fresh for each in own if digest.is_news(each)), NAMED)
    first: list[tuple[str, ReportedSignal]] = []
    again: list[tuple[str, ReportedSignal]] = []
    unsettled: set[_Key] = set()
    for report, own in fresh:
        if _is_clear(report):
            continue
        slug, most = report.topic.slug, report.topic.thresholds.digest_items
        first += [(slug, each) for each in own if (slug, each.signal.change) in named][:most]
        told = [each for each in own if not digest.is_news(each)]
        again += [(slug, each) for each in told[:most]]
        unsettled |= {(slug, each.signal.change) for each in told if asked(each)}
    return _Choice(named, best(first, digest.items), best(again, digest.items) | unsettled)


def news_told(digest: Digest) -> tuple[tuple[str, str], ...]:
    """What the mail tells its reader for the first time, as article's slug and episode's id.

    News that is only counted is told by a later mail, unless this is the first about its article. Linear in the
    number of open changes.
    """
    chosen = _choose(digest)
    told: list[tuple[str, str]] = []
    for report in digest.reports:
        slug = report.topic.slug
        listed = contents.listed_evidence(report) if slug in digest.known else ()
        counted = {one.signal.change: each.signal.change for each in listed for one in (*each.events, each)}
        for each in report.signals:
            change = each.signal.change
            if change not in counted or (slug, counted[change]) in chosen.named:
                told += [(slug, episode) for episode in each.episodes if episode not in digest.told]
    return tuple(told)


def receipt_line(digest: Digest) -> str:
    """When the member's articles were searched last, and how many papers that found; empty where no search was whole.

    A paper that two articles' searches find counts for both, and so the line says for how many articles.
    """
    searched = [
        (report.surveyed_at.date(), sweep.found, report.topic.slug)
        for report in digest.reports
        for sweep in report.sweeps
        if sweep.kind is SweepKind.TOPIC and sweep.state is SweepState.COMPLETE
    ]
    if not searched:
        return ""
    day = spelled_dates.long_date(max(day for day, _, _ in searched), form=digest.dates)
    found = phrases.count(sum(found for _, found, _ in searched), "paper")
    articles = len({slug for _, _, slug in searched})
    return f"PubMed was searched on {day}; {found} found{f' for {articles} articles' if articles > 1 else ''}."


def _first_line(reason: str) -> str:
    """The first line of a reason, at most 200 characters; an ellipsis tells that there is more."""
    lines = [line.strip() for line in reason.splitlines() if line.strip()] or ["No reason was recorded."]
    return clip(lines[0] if len(lines) == 1 else clip(lines[0], 198) + " …", 200)


def resting(notice: NoticeItem) -> str:
    """Where the article rests on the paper: ``Reference [4]; sentences 3 and 9.``"""
    cited = [f"Reference {phrases.listed([entry.label for entry in notice.entries])}"] if notice.entries else []
    touched = phrases.numbers(notice.reported.signal.sentences)
    said = "; ".join([*cited, touched or "it is uncertain which sentences depend on it"])
    return said[0].upper() + said[1:] + "."


def why_else(reported: ReportedSignal) -> str:
    """The same without what ``asked`` tells, which stands above it."""
    return " ".join(each for each in reasons(reported) if each not in asked(reported)) or "On the topic."


def why(reported: ReportedSignal) -> str:
    """Why a record may matter, in triage's own sentences."""
    return " ".join(reasons(reported)) or "On the topic."


_ASKED = {
    ReasonCode.DISAGREEMENT,
    ReasonCode.SETTLED,
    ReasonCode.ANSWERED,
    ReasonCode.SECOND_READER,
    ReasonCode.OPEN_WHEN_DECIDED,
    ReasonCode.TEXT_CHANGED,
}


def asked(reported: ReportedSignal) -> tuple[str, ...]:
    """What people have said of it: a disagreement of members, who has settled it, a decision of the board."""
    return say_signal(replace(reported.signal, reasons=tuple(r for r in reported.signal.reasons if r.code in _ASKED)))


def remainder(section: DigestSection, *, linked: bool) -> str:
    """What an earlier mail told and this one only counts, and where to find it; it stands below a heading."""
    more = "more " if section.told_items else ""
    return f"{phrases.count(section.rest, f'{more}record')}: {_where(linked=linked)}."


def unnamed(article: DigestSection | ClearArticle, *, linked: bool) -> str:
    """News that is counted and not named, where to find it, and whether the next mail goes on."""
    more = "more " if article.titles or (isinstance(article, DigestSection) and article.items) else ""
    said = f"{phrases.count(article.unnamed, f'{more}new record')}: {_where(linked=linked)}."
    return f"{said} One mail names {NAMED} at most; the next one goes on." if article.goes_on else said


def _where(*, linked: bool) -> str:
    return "see the report" if linked else "see the report that the editor has"


def leads(section: DigestSection) -> str:
    """How many entries of feeds an eye may be worth; empty for none."""
    if not section.leads:
        return ""
    return f"{phrases.count(section.leads, 'lead')} from feeds without a PubMed record: see the report."


def clear_title(article: ClearArticle) -> str:
    """What a clear article is called in one line."""
    return clip(article.title, 120)


def searched(article: ClearArticle, form: str = "en") -> str:
    """How far a clear article was searched; ``form`` is of ``spelled_dates.DATE_FORMS``."""
    which = ", read" if article.report.article.is_absent else " of lower level"
    extra = f"; {phrases.count(article.new_records, 'new record')}{which}" if article.new_records else ""
    extra += f"; {phrases.count(article.leads, 'lead')} from feeds" if article.leads else ""
    extra += "; until then notices or new papers may be missed" if article.is_with_editor else ""
    extra += "; the search finds nothing, so that it would show no new paper" if article.is_blind else ""
    day = spelled_dates.long_date(article.report.verdict.searched_to, "an unknown day", form)
    return f"(searched to {day}{extra})" + (f" {article.second_reader}" if article.second_reader else "")


def noticed(reported: ReportedSignal, digest: Digest, report: Report) -> str:
    """``since`` for a notice, with the day on which that was published."""
    is_today = reported.first_seen == digest.day
    last_updated = report.article.last_updated
    return with_publication(
        since(reported, digest), reported, last_updated, found="found today" if is_today else None, form=digest.dates
    )


def since(reported: ReportedSignal, digest: Digest) -> str:
    """Whether the member is told it for the first time: ``New today``, ``New since 16 November``, ``Open since …``."""
    news = digest.is_news(replace(reported, events=()))
    if news and reported.first_seen == digest.day:
        return "New today"
    is_late = reported.deadline is not None and contents.is_overdue(reported, digest.day)
    new = "New" if news and not is_late else "Open"
    said = f"{new} since {spelled_dates.long_date(reported.first_seen, form=digest.dates)}"
    if changed := [each.first_seen for each in reported.events if each.first_seen > reported.first_seen]:
        said += f", changed on {spelled_dates.long_date(max(changed), form=digest.dates)}"
    if reported.deadline is None or not is_late:
        return said
    days = (digest.day - reported.first_seen).days
    return (
        f"{said}, for {phrases.count(days, 'day')}: the deadline of"
        f" {spelled_dates.long_date(reported.deadline, form=digest.dates)} has passed"
    )


def thread(digest: Digest) -> str:
    """The conversation that the mail belongs to: that of the one article that it is about, else the member's own."""
    told = [report.topic.slug for report in digest.reports if not _is_clear(report)]
    if len(told) == 1:
        return f"article.{told[0]}"
    return f"digest.{hashlib.sha256(mailbox_key(digest.recipient).encode()).hexdigest()[:16]}"


def _is_clear(report: Report) -> bool:
    """Whether the article was searched to the end and has nothing to say."""
    clear = report.verdict.status is Status.NO_SIGNAL or contents.only_errands(report)
    return clear and not contents.board_failures(report) and not contents.notices(report)
