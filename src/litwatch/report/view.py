"""A Report arranged for printing: notices with their references, evidence by sentence, the article with its marks.

HTML and Markdown print the same arrangement, so they cannot differ in content. Everything here is a pure function of
the Report. Nothing is left out: what is not shown in full is listed.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from itertools import groupby

from litwatch.articles.model import Article, BlockKind, Section, Sentence, Uncertainty
from litwatch.decisions.paper_state import ASKS_FOR_EYES, Integrity
from litwatch.decisions.reason import ReasonCode
from litwatch.decisions.verdict import Fired, Rule
from litwatch.model.change import FOUND_EVENTS, ChangeKind
from litwatch.model.identifiers import Doi, Pmid, is_pmid, number_of_work
from litwatch.model.lead import Lead
from litwatch.model.record import Record
from litwatch.model.reference import Match, MatchState, Reference
from litwatch.model.text import spelled_dates
from litwatch.model.topic import Pin
from litwatch.references.lint.marker_rules import settled_markers
from litwatch.report import contents, passages, wording
from litwatch.report.actions import Reader, list_actions
from litwatch.report.contents import Report, ReportedSignal
from litwatch.report.coverage import Coverage, cover
from litwatch.report.nearest_leads import nearest_first
from litwatch.report.profile_drawing import Drawing, drawing_of
from litwatch.report.reason_sentences import say_signal
from litwatch.report.timeline import Picture, picture_of

_ITEMS = {BlockKind.BULLET, BlockKind.NUMBERED}

SHOWN_IN_FULL = 25
"""So many new records are printed with reasons and abstract; the others as a list of titles with links."""


@dataclass(frozen=True, slots=True)
class MarkerLink:
    """A marker as printed in the article's text, with the reference that it surely means."""

    number: int
    position: int | None
    """None where the list is unnumbered and no pin says which entry is meant, or where there is no such entry."""


@dataclass(frozen=True, slots=True)
class Line:
    """A sentence with its markers and the open signals that touch it."""

    sentence: Sentence
    markers: tuple[MarkerLink, ...]
    notices: tuple[ReportedSignal, ...]
    evidence: tuple[ReportedSignal, ...]


@dataclass(frozen=True, slots=True)
class Block:
    """Neighbouring sentences of one kind: a paragraph, a list, a table's rows."""

    kind: BlockKind
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Part:
    """A section of the article."""

    heading: str
    level: int
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class CitedEntry:
    """An entry of the reference list with what became of it."""

    reference: Reference
    label: str
    """How the text points to it: ``[4]``, or ``entry 4`` where the list prints no numbers."""
    match: Match | None
    record: Record | None
    notices: tuple[ReportedSignal, ...]
    integrity: Integrity | None = None
    """How the paper stands by each source; None where no record is confirmed or none was read."""
    watched: bool = True
    """Whether a source would tell that it was retracted or corrected."""
    own: tuple[Pmid, ...] = ()
    """What the paper goes by: its PMID, the number of its work, or both."""


@dataclass(frozen=True, slots=True)
class Quote:
    """A sentence shown outside its place in the article."""

    number: int
    text: str
    lead: str
    """For an item of a list, the sentence that opens the list or else the heading above it; otherwise empty."""


@dataclass(frozen=True, slots=True)
class NoticeItem:
    """A notice about a cited paper."""

    reported: ReportedSignal
    label: str
    entries: tuple[CitedEntry, ...]
    """The entries of the reference list that are this paper, surely or probably."""
    name: str
    """What the record behind ``notice_pmid`` is: the notice, or the newer version."""
    notice_pmid: Pmid | None
    source: str
    """The notice's citation line, or what tells of it where PubMed links none; may be empty."""
    note: str
    """What NLM notes beside the link; mostly empty."""
    action: str
    names_newest: bool
    """Whether what to do names the last of several versions, and so belongs to the notice itself."""
    quotes: tuple[Quote, ...]
    """The article's sentences that rest on the paper."""
    integrity: Integrity | None
    """How the paper stands, where there is more to say than the notice itself: a second source, or a history."""
    told_with: tuple[ReportedSignal, ...] = ()
    """Open notices that a reinstatement has ended: they are told, and answered, with this one."""


@dataclass(frozen=True, slots=True)
class EvidenceGroup:
    """New records that bear first of all on one sentence, or on none in particular."""

    quote: Quote | None
    items: tuple[ReportedSignal, ...]

    @property
    def stretches(self) -> tuple[passages.Stretch, ...]:
        """The sentence with the words that these records share with it marked."""
        return passages.sentence(self.quote.number, self.quote.text, self.items) if self.quote else ()


@dataclass(frozen=True, slots=True)
class Ground:
    """A paper that a rule of the verdict fired for."""

    pmid: Pmid
    labels: tuple[str, ...]
    """How the article's text points to it (``[4]``); empty for a new record."""
    first_seen: date | None
    doi: Doi | None = None
    """For a cited work that PubMed does not have."""


@dataclass(frozen=True, slots=True)
class ReportView:
    """Everything that a report's templates print beside the Report itself."""

    title: str
    headline: str
    failures: tuple[str, ...]
    gaps: tuple[str, ...]
    actions: tuple[tuple[Reader, tuple[str, ...]], ...]
    """What to do now, by who is to do it."""
    notices: tuple[NoticeItem, ...]
    groups: tuple[EvidenceGroup, ...]
    further: tuple[ReportedSignal, ...]
    """New records beyond those shown in full."""
    coverage: Coverage | None
    """What those shown in full hold of what the board would keep; None where there are no further ones."""
    listed_above: int
    """How many open new records are shown as notices and not again."""
    lost: tuple[ReportedSignal, ...]
    """New records that were told and that PubMed no longer serves."""
    leads: tuple[Lead, ...]
    """Entries of feeds without a paper in PubMed that share words with the article, nearest first."""
    far_leads: tuple[Lead, ...]
    """Those that share none."""
    parts: tuple[Part, ...]
    doubts: tuple[Uncertainty, ...]
    """What could not be read with certainty, and no pin has settled."""
    entries: tuple[CitedEntry, ...]
    grounds: tuple[tuple[Ground, ...], ...]
    """For each rule that fired, in their order, the papers that it fired for, those in PubMed first."""
    picture: Picture | None
    """New evidence over time."""
    source_notices: tuple[str, ...]
    drawing: Drawing | None = None
    """Of the references' ages and levels; None where there is nothing to draw."""


def arrange(report: Report) -> ReportView:
    """The report in reading order."""
    told, fresh = contents.notices(report), contents.listed_evidence(report)
    entries = _entries(report, told)
    quotes = quote_all(report.article)
    leads = nearest_first(contents.open_leads(report), report.article)
    return ReportView(
        title=contents.title_of(report),
        headline=contents.headline(report),
        failures=contents.failures(report),
        gaps=contents.gaps(report),
        actions=tuple(
            (reader, tuple(action.text for action in own))
            for reader, own in groupby(list_actions(report), lambda action: action.reader)
        ),
        notices=_notice_items(report, told, entries, quotes),
        groups=group_by_sentence(fresh[:SHOWN_IN_FULL], report.article),
        further=fresh[SHOWN_IN_FULL:],
        coverage=cover(report, fresh[:SHOWN_IN_FULL], fresh),
        listed_above=len(contents.new_evidence(report)) - len(fresh),
        lost=contents.lost_records(report),
        leads=tuple(lead for lead, shared in leads if shared),
        far_leads=tuple(lead for lead, shared in leads if not shared),
        parts=_parts(report, told, fresh),
        doubts=_doubts(report.article, report.topic.pins),
        entries=entries,
        grounds=tuple(_grounds(fired, report, entries) for fired in report.verdict.fired),
        picture=picture_of(report),
        source_notices=wording.nlm_notices(report.surveyed_at.date()),
        drawing=drawing_of(report.basis.profile, report.written_on) if report.basis else None,
    )


_TOLD_BY = {
    Rule.RETRACTED: {ChangeKind.CITED_RETRACTED, ChangeKind.CITED_RETRACTED_REPUBLISHED},
    Rule.NEWER_VERSION: {ChangeKind.CITED_UPDATED, ChangeKind.CITED_REPUBLISHED},
    Rule.NEW_EVIDENCE: {ChangeKind.NEW_RECORD},
    Rule.UNREAD: {ChangeKind.NEW_RECORD, ChangeKind.FOUND_RAISED},
    Rule.KEPT: {ChangeKind.NEW_RECORD},
    Rule.CONTRADICTED: {ChangeKind.NEW_RECORD},
    Rule.FOUND: FOUND_EVENTS - {ChangeKind.FOUND_RAISED},
}
_OTHER_NOTICES = {*ChangeKind}.difference(FOUND_EVENTS, *_TOLD_BY.values())
"""Which kinds of change each rule with papers tells; OTHER_NOTICE tells the rest."""


def _grounds(fired: Fired, report: Report, entries: tuple[CitedEntry, ...]) -> tuple[Ground, ...]:
    """The papers behind a rule, each with the day on which what the rule tells was seen, if that is one day."""
    days: dict[Pmid, set[date]] = {}
    for reported in report.signals:
        if reported.signal.outlived:
            continue
        kind = ChangeKind.NOTICE_WITHDRAWN if reported.signal.taken_back else reported.signal.change.kind
        told_by = {*ChangeKind} if fired.rule is Rule.DECIDED else _TOLD_BY.get(fired.rule, _OTHER_NOTICES)
        if kind in told_by:
            days.setdefault(reported.signal.change.pmid, set()).add(reported.first_seen)
    labels = {pmid: tuple(e.label for e in entries if pmid in e.own) for pmid in fired.pmids}
    seen = {pmid: next(iter(own_days)) for pmid, own_days in days.items() if len(own_days) == 1}
    doi_of = {each.record.pmid: each.record.doi for each in report.signals if not is_pmid(each.record.pmid)}
    return tuple(
        Ground(pmid, labels[pmid], seen.get(pmid), doi_of.get(pmid))
        for pmid in sorted(fired.pmids, key=lambda pmid: not is_pmid(pmid))
    )


def group_by_sentence(items: Iterable[ReportedSignal], article: Article) -> tuple[EvidenceGroup, ...]:
    """Each record once, under the sentence that it concerns most; the groups keep the order of their best record."""
    quotes = quote_all(article)
    groups: dict[Quote | None, list[ReportedSignal]] = {}
    for reported in items:
        first = next((quotes[n] for n in reported.signal.sentences if n in quotes), None)
        groups.setdefault(first, []).append(reported)
    return tuple(EvidenceGroup(quote, tuple(members)) for quote, members in groups.items())


def quote_all(article: Article) -> dict[int, Quote]:
    """Every sentence by its number, an item of a list with what it is an item of."""
    return {
        sentence.number: Quote(sentence.number, sentence.text, _lead_in(section, place))
        for section in article.sections
        for place, sentence in enumerate(section.sentences)
    }


def _lead_in(section: Section, place: int) -> str:
    """What an item of a list belongs to; an inner item belongs to the nearest outer one that ends with a colon."""
    item = section.sentences[place]
    if item.kind not in _ITEMS:
        return ""
    depth = item.depth
    for before in reversed(section.sentences[:place]):
        if before.kind in _ITEMS and before.depth >= depth:
            continue
        if before.text.endswith(":"):
            return before.text.rstrip(": ")
        if before.kind not in _ITEMS:
            break
        depth = before.depth
    return section.heading


def marker_position(number: int, article: Article, pins: tuple[Pin, ...]) -> int | None:
    """The 1-based place of the entry that a marker surely means, or None: an unnumbered list is never guessed at."""
    pinned = next((pin for pin in pins if pin.marker == number), None)
    if pinned is not None:
        return pinned.position
    return next((reference.position for reference in article.references if reference.number == number), None)


def _entries(report: Report, told: tuple[ReportedSignal, ...]) -> tuple[CitedEntry, ...]:
    matches = {match.position: match for match in report.matches}
    records = {record.pmid: record for record in report.cited}
    pinned = {pin.position: pin.marker for pin in report.topic.pins if pin.marker is not None}
    dois = {pin.position: pin.doi for pin in report.topic.pins if pin.doi is not None}

    def entry(reference: Reference) -> CitedEntry:
        match = matches.get(reference.position)
        pmid = match.pmid if match else None
        number = reference.number or pinned.get(reference.position)
        doi = dois.get(reference.position) or reference.doi
        own = (*([pmid] if pmid else []), *([number_of_work(doi)] if doi else []))
        return CitedEntry(
            reference=reference,
            label=f"[{number}]" if number else f"entry {reference.position}",
            match=match,
            record=records.get(pmid) if pmid and match and match.state is MatchState.CONFIRMED else None,
            notices=tuple(reported for reported in told if reported.signal.change.pmid in own),
            integrity=next((report.integrity[one] for one in own if one in report.integrity), None),
            watched=reference.position not in report.unwatched,
            own=own,
        )

    return tuple(entry(reference) for reference in report.article.references)


def _notice_items(
    report: Report, told: tuple[ReportedSignal, ...], entries: tuple[CitedEntry, ...], quotes: dict[int, Quote]
) -> tuple[NoticeItem, ...]:
    """Each notice; how its paper stands is said with the first of them, the gravest, and with a reinstatement."""
    said: set[Pmid] = set()
    items = []
    for reported in told:
        pmid = reported.signal.change.pmid
        with_it = contents.told_with(reported, report)
        integrity = None if pmid in said and not with_it else report.integrity.get(pmid)
        items.append(replace(_notice_item(reported, entries, quotes, integrity), told_with=with_it))
        said.add(pmid)
    return tuple(items)


def notice_label(reported: ReportedSignal) -> str:
    """What a notice is called: ``Retracted``, or ``Retracted, since taken back``."""
    said = wording.NOTICE_LABEL[reported.signal.change.kind]
    return f"{said}, since taken back" if reported.signal.taken_back else said


def _notice_item(
    reported: ReportedSignal, entries: tuple[CitedEntry, ...], quotes: dict[int, Quote], integrity: Integrity | None
) -> NoticeItem:
    change = reported.signal.change
    taken_back = reported.signal.taken_back
    cited = reported.notice
    newest = cited.newest if cited else None
    replaced = newest is not None and newest.steps > 0
    action = wording.ON_TAKEN_BACK if taken_back else wording.NOTICE_ACTION[change.kind]
    if newest is not None and change.notice_pmid is not None and not taken_back:
        action = wording.on_newer_version(newest, change.notice_pmid)
    if reported.survivor is not None:
        action = wording.on_survivor(reported.survivor)
    return NoticeItem(
        reported=reported,
        label=notice_label(reported),
        entries=tuple(entry for entry in entries if reported in entry.notices),
        name="Newest version" if replaced else wording.NOTICE_NAME[change.kind],
        notice_pmid=newest.pmid if newest and replaced else _linked(reported),
        source=(reported.survivor.title if reported.survivor else "")
        or (cited.line if cited else "")
        or wording.notice_words(change),
        note=cited.note if cited else "",
        action=action,
        names_newest=newest is not None and not taken_back,
        quotes=tuple(quotes[n] for n in reported.signal.sentences if n in quotes),
        integrity=integrity if integrity is not None and _tells_more(integrity) else None,
    )


def _linked(reported: ReportedSignal) -> Pmid | None:
    """The record to open beside the cited one: the notice, or the one that most likely has a lost one's place."""
    return reported.survivor.pmid if reported.survivor is not None else reported.signal.change.notice_pmid


def told_when(reported: ReportedSignal, report: Report, form: str = "en") -> str:
    """When a notice was found and when it was published: ``New on 3 March 2026; published 12 February 2026, after …``.

    It names the day, because a report that tells the same is not written again on the next.
    """
    is_today = reported.first_seen == report.written_on
    day = spelled_dates.long_date(reported.first_seen, form=form)
    since = f"New on {day}" if is_today else f"Open since {day}"
    found = f"found on {day}" if is_today else None
    return with_publication(since, reported, report.article.last_updated, found=found, form=form)


def with_publication(
    since: str, reported: ReportedSignal, last_updated: date | None, *, found: str | None, form: str = "en"
) -> str:
    """How long a change has been open, with the day of its notice; ``found``: the words for one that is told first now.

    What was out before the article's last update is no news, whenever litwatch found it.
    """
    notice = reported.notice
    if notice is None:
        return since
    published = wording.say_published(notice.published, form)
    if notice.is_before(last_updated):
        if found is not None:
            since = "found at the first look" if notice.at_first_look else found
        else:
            since = since[0].lower() + since[1:]
        return f"{published[0].upper()}{published[1:]}, before the article’s last update; {since}"
    after = ", after the article’s last update" if notice.is_after(last_updated) else ""
    return f"{since}; {published}{after}"


def _tells_more(integrity: Integrity) -> bool:
    told = [event for event in integrity.history if event.state in ASKS_FOR_EYES]
    return len(integrity.sayings) > 1 or len(told) > 1


def _parts(report: Report, told: tuple[ReportedSignal, ...], fresh: tuple[ReportedSignal, ...]) -> tuple[Part, ...]:
    touched_by_notice, touched_by_new = _touching(told), _touching(fresh)
    numbers = {number: marker_position(number, report.article, report.topic.pins) for number in report.article.markers}

    def line(sentence: Sentence) -> Line:
        markers = tuple(MarkerLink(marker.number, numbers[marker.number]) for marker in sentence.markers)
        number = sentence.number
        return Line(sentence, markers, touched_by_notice.get(number, ()), touched_by_new.get(number, ()))

    return tuple(
        Part(
            section.heading,
            section.level,
            tuple(
                Block(kind, tuple(map(line, run))) for kind, run in groupby(section.sentences, lambda each: each.kind)
            ),
        )
        for section in report.article.sections
    )


def _doubts(article: Article, pins: tuple[Pin, ...]) -> tuple[Uncertainty, ...]:
    settled = settled_markers(pins)
    meant = all(number in settled or marker_position(number, article, pins) for number in article.markers)
    of_markers = {"mapping-uncertain", "markers-exceed-references"}
    return tuple(doubt for doubt in article.uncertain if not (meant and doubt.code in of_markers))


def _touching(signals: tuple[ReportedSignal, ...]) -> dict[int, tuple[ReportedSignal, ...]]:
    touching: dict[int, tuple[ReportedSignal, ...]] = {}
    for reported in signals:
        for number in reported.signal.sentences:
            touching[number] = (*touching.get(number, ()), reported)
    return touching


def anchor(reported: ReportedSignal) -> str:
    """A signal's name within a page, made of digits and litwatch's own words only; no other of its article has it."""
    change = reported.signal.change
    if not change.is_about_cited:
        return f"new-{change.pmid}"
    own = str(change.notice_pmid) if change.notice_pmid and change.ended is None else _digest_of(change.detail)
    return f"notice-{change.pmid}-{change.kind.name.lower().replace('_', '-')}-{own}"


def _digest_of(detail: str) -> str:
    """Eight digits for a notice that has no PMID, and for a notice that is gone."""
    return f"{int(hashlib.sha256(detail.encode(errors='replace')).hexdigest(), 16) % 10**8:08}"


def reasons(reported: ReportedSignal) -> tuple[str, ...]:
    """The signal's reasons without the one that only repeats the evidence level, which stands above them.

    What befell a new record since it was told comes first.
    """
    signal = reported.signal
    own = tuple(r for r in signal.reasons if r.code is not ReasonCode.LEVEL)
    joined = [each.signal for each in reported.events if each.signal.change != signal.change]
    said = [*(() if signal.change.is_about_found else joined), replace(signal, reasons=own)]
    said += joined if signal.change.is_about_found else []
    return tuple(dict.fromkeys(line for each in said for line in say_signal(each)))


def headed(reported: ReportedSignal) -> str:
    """A new record's heading: its level, after what befell it since it was told."""
    labels = [
        wording.FOUND_LABEL[each.signal.change.kind] + (" (taken back)" if each.signal.taken_back else "")
        for each in reported.events
    ]
    return ". ".join(dict.fromkeys((*labels, wording.level_label(reported.signal.level))))


def notices_of(reported: ReportedSignal) -> tuple[Pmid, ...]:
    """The records of the notices about a new record."""
    found = (each.signal.change.notice_pmid for each in reported.events)
    return tuple(dict.fromkeys(pmid for pmid in found if pmid is not None))
