"""The words that people read: labels of kinds and states, dates, counts, what to do about each sort of change.

One place, so that report, index and digest say the same thing in the same words.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from enum import StrEnum

from litwatch.articles.model import FileForm, ListOrigin
from litwatch.decisions.evidence_level import Basis, Design
from litwatch.decisions.newer_versions import NewestVersion
from litwatch.decisions.notice_coverage import CoverageGap, GapCode
from litwatch.decisions.paper_state import ASKS_FOR_EYES, BY_TITLE, BY_TYPE, NOT_SERVED, Event, Integrity
from litwatch.decisions.quoted_fact import StatedFactKind
from litwatch.decisions.ranking import MINILM, EmbeddedTexts
from litwatch.decisions.related_papers import SupplementKind
from litwatch.decisions.result_passage import NoResult
from litwatch.decisions.triage import Level
from litwatch.decisions.verdict import Status
from litwatch.model.change import Change, ChangeKind
from litwatch.model.identifiers import Pmid, is_pmid
from litwatch.model.judgement import Decision, Effect
from litwatch.model.member import Silence
from litwatch.model.paper_notice import PaperState, Source, entry_named, is_further, update_named
from litwatch.model.record import DatePrecision, PartialDate, Record
from litwatch.model.sweep import SweepKind
from litwatch.model.text.phrases import count, listed, numbers
from litwatch.model.text.spelled_dates import long_date
from litwatch.strategy.known_items import Why

_WORDS: Mapping[type[StrEnum], Mapping[str, str]] = {
    ChangeKind: {
        ChangeKind.CITED_RETRACTED: "cited record retracted",
        ChangeKind.CITED_RETRACTED_REPUBLISHED: "cited record retracted and republished",
        ChangeKind.CITED_PARTLY_RETRACTED: "cited record partially retracted",
        ChangeKind.CITED_WITHDRAWN: "cited record withdrawn",
        ChangeKind.CITED_CONCERN: "expression of concern about a cited record",
        ChangeKind.CITED_ERRATUM: "erratum to a cited record",
        ChangeKind.CITED_REPUBLISHED: "cited record corrected and republished",
        ChangeKind.CITED_UPDATED: "newer version of a cited record",
        ChangeKind.CITED_REINSTATED: "cited record reinstated",
        ChangeKind.CITED_MISSING: "cited record no longer served by PubMed",
        ChangeKind.NOTICE_WITHDRAWN: "notice about a cited record withdrawn",
        ChangeKind.NEW_RECORD: "new record on the topic",
        ChangeKind.FOUND_RETRACTED: "new record retracted since it was told",
        ChangeKind.FOUND_RETRACTED_REPUBLISHED: "new record retracted and republished since it was told",
        ChangeKind.FOUND_PARTLY_RETRACTED: "new record partially retracted since it was told",
        ChangeKind.FOUND_WITHDRAWN: "new record withdrawn since it was told",
        ChangeKind.FOUND_CONCERN: "expression of concern about a new record",
        ChangeKind.FOUND_RAISED: "new record raised in level since it was told",
        ChangeKind.FOUND_MISSING: "new record no longer served by PubMed",
    },
    Design: {
        Design.SYSTEMATIC_REVIEW: "systematic review or meta-analysis",
        Design.CASE_CONTROL: "case-control study",
        Design.CROSS_SECTIONAL: "cross-sectional study",
        Design.COMMENT: "comment, letter or editorial",
        Design.NOT_STATED: "design not stated",
    },
    Basis: {Basis.MESH: "MeSH"},
    FileForm: {
        FileForm.TEXT: "plain text",
        FileForm.MARKDOWN: "Markdown",
        FileForm.HTML: "a web page (HTML)",
        FileForm.WORD: "a Word document (DOCX)",
        FileForm.PDF: "PDF text (headings, paragraphs and columns are told from the print; compare with the page)",
        FileForm.JATS: "a journal article in XML (JATS)",
        FileForm.PANDOC: "Markdown for pandoc",
        FileForm.OBSIDIAN: "Markdown of Obsidian",
        FileForm.NONE: "a question without an article",
    },
    ListOrigin: {
        ListOrigin.FRONT_MATTER: "its front matter",
        ListOrigin.RENDERED: "the list that pandoc rendered",
        ListOrigin.META: "its meta elements",
        ListOrigin.LINKED_DATA: "its JSON-LD",
    },
    Decision: {
        Decision.INCLUDED_BEFORE: "included by an earlier review",
        Decision.EXCLUDED_BEFORE: "excluded by an earlier review",
        Decision.REVIEWED_UNCHANGED: "reviewed: unchanged",
        Decision.REVIEWED_UPDATE: "article reviewed: update",
        Decision.REVIEWED_WITHDRAW: "article reviewed: withdraw",
        Decision.LEAD_REOPENED: "lead open again",
        Decision.CHECK_ASKED: "check asked for",
        Decision.RESPONSIBLE_NAMED: "responsible person named",
        Decision.RESPONSIBLE_ENDED: "nobody responsible any more",
        Decision.TOPIC_EDITED: "files edited",
    },
    Silence: {
        Silence.NO_RECIPIENTS: "its topic file names no recipients, so nobody is told",
        Silence.STOPPED: "all of its recipients have stopped the digest, so nobody is told",
    },
    NoResult: {
        NoResult.NO_ABSTRACT: "PubMed has no abstract of it.",
        NoResult.NONE_STATED: "The abstract states no result: it tells what is planned.",
        NoResult.NONE_RECOGNISED: "litwatch recognises no result in the abstract.",
    },
    StatedFactKind: {
        StatedFactKind.DESIGN: "design",
        StatedFactKind.NUMBER: "number",
        StatedFactKind.POPULATION: "population",
        StatedFactKind.COMPARISON: "comparison",
        StatedFactKind.OUTCOME: "primary outcome",
        StatedFactKind.EFFECT: "effect",
    },
    Effect: {
        Effect.CONTRADICTS: "contradicts",
        Effect.CLARIFIES: "clarifies",
        Effect.REINFORCES: "reinforces",
    },
    PaperState: {
        PaperState.RETRACTED_REPUBLISHED: "retracted and republished",
        PaperState.PARTLY_RETRACTED: "partially retracted",
        PaperState.CONCERN: "expression of concern",
        PaperState.UPDATED: "updated by a newer version",
        PaperState.REPUBLISHED: "corrected and republished",
        PaperState.DELETED: "deleted from PubMed",
        PaperState.MERGED: "merged with another record",
        PaperState.MISSING: "no longer served by PubMed",
        PaperState.COPIED: "published again elsewhere",
        PaperState.COMMENTED: "commented on",
    },
    Source: {Source.PUBMED: "PubMed", Source.WATCH: "Retraction Watch", Source.CROSSREF: "Crossref"},
    SupplementKind: {SupplementKind.SIMILAR: "similar articles", SupplementKind.CITING: "citing articles"},
    SweepKind: {
        SweepKind.TOPIC: "topic sweep",
        SweepKind.CITATION: "citation sweep",
        SweepKind.WATCH: "Retraction Watch table",
        SweepKind.UPDATES: "Crossref look-up",
    },
    Why: {Why.NOT_HERE: "not in the store yet", Why.NOT_INDEXED: "not indexed yet"},
}
"""What codes are called in a sentence, by their enumeration; others are called what they are, with blanks."""


def words(code: StrEnum) -> str:
    """What a code is called in the middle of a sentence: ``cited record retracted``, ``topic sweep``."""
    return _WORDS.get(type(code), {}).get(code) or code.value.replace("_", " ")


STATUS_LABEL = {
    Status.REVIEW_NOW: "Review now",
    Status.REVIEW_NEEDED: "Review needed",
    Status.NOT_SURVEYED: "Not surveyed",
    Status.NO_SIGNAL: "No signal",
}
"""In order of urgency: an article that could not be searched stands before one that is clear."""

STATUS_KEY = {status: status.value.replace("_", "-") for status in Status}
"""For class names and JSON."""

DECISION_LABEL = {
    Decision.REVIEWED_UPDATE: "To be updated",
    Decision.REVIEWED_WITHDRAW: "To be withdrawn",
}
"""What the board has decided to do about an article, beside its status."""

NOTICE_LABEL = {
    ChangeKind.CITED_RETRACTED: "Retracted",
    ChangeKind.CITED_RETRACTED_REPUBLISHED: "Retracted and republished",
    ChangeKind.CITED_PARTLY_RETRACTED: "Partially retracted",
    ChangeKind.CITED_WITHDRAWN: "Withdrawn",
    ChangeKind.CITED_CONCERN: "Expression of concern",
    ChangeKind.CITED_ERRATUM: "Erratum",
    ChangeKind.CITED_REPUBLISHED: "Corrected and republished",
    ChangeKind.CITED_UPDATED: "Newer version",
    ChangeKind.CITED_REINSTATED: "Reinstated",
    ChangeKind.CITED_MISSING: "No longer in PubMed",
    ChangeKind.NOTICE_WITHDRAWN: "Notice withdrawn",
}

NOTICE_COUNTED = {
    ChangeKind.CITED_RETRACTED: ("retraction", None),
    ChangeKind.CITED_RETRACTED_REPUBLISHED: ("retraction with republication", "retractions with republication"),
    ChangeKind.CITED_PARTLY_RETRACTED: ("partial retraction", None),
    ChangeKind.CITED_WITHDRAWN: ("withdrawn paper", None),
    ChangeKind.CITED_CONCERN: ("expression of concern", "expressions of concern"),
    ChangeKind.CITED_ERRATUM: ("erratum", "errata"),
    ChangeKind.CITED_REPUBLISHED: ("corrected and republished paper", None),
    ChangeKind.CITED_UPDATED: ("newer version", None),
    ChangeKind.CITED_REINSTATED: ("reinstatement", None),
    ChangeKind.CITED_MISSING: ("record no longer in PubMed", "records no longer in PubMed"),
    ChangeKind.NOTICE_WITHDRAWN: ("notice withdrawn", "notices withdrawn"),
}
"""Notices as they are counted, one and more."""

FOUND_LABEL = {
    ChangeKind.FOUND_RETRACTED: "Retracted since it was told",
    ChangeKind.FOUND_RETRACTED_REPUBLISHED: "Retracted and republished since it was told",
    ChangeKind.FOUND_PARTLY_RETRACTED: "Partially retracted since it was told",
    ChangeKind.FOUND_WITHDRAWN: "Withdrawn since it was told",
    ChangeKind.FOUND_CONCERN: "Expression of concern since it was told",
    ChangeKind.FOUND_RAISED: "Level raised since it was told",
    ChangeKind.FOUND_MISSING: "No longer in PubMed",
}
"""What befell a new record after it was told, beside its level."""

NOTICE_NAME = dict.fromkeys(NOTICE_LABEL, "Notice") | {
    ChangeKind.CITED_RETRACTED_REPUBLISHED: "Republished as",
    ChangeKind.CITED_REPUBLISHED: "Corrected version",
    ChangeKind.CITED_UPDATED: "Newer version",
    ChangeKind.CITED_MISSING: "Most likely the same paper",
}
"""What the record behind a notice's own PMID is to the cited paper."""

_HAPPENED = {
    ChangeKind.CITED_RETRACTED: ("was retracted", "were retracted"),
    ChangeKind.CITED_RETRACTED_REPUBLISHED: ("was retracted and republished", "were retracted and republished"),
    ChangeKind.CITED_PARTLY_RETRACTED: ("was partially retracted", "were partially retracted"),
    ChangeKind.CITED_WITHDRAWN: ("was withdrawn", "were withdrawn"),
    ChangeKind.CITED_REINSTATED: ("was reinstated", "were reinstated"),
    ChangeKind.CITED_CONCERN: ("has an expression of concern", "have expressions of concern"),
    ChangeKind.CITED_ERRATUM: ("has an erratum", "have errata"),
    ChangeKind.CITED_REPUBLISHED: ("was corrected and republished", "were corrected and republished"),
    ChangeKind.CITED_UPDATED: ("has a newer version", "have newer versions"),
    ChangeKind.CITED_MISSING: ("is no longer in PubMed", "are no longer in PubMed"),
    ChangeKind.NOTICE_WITHDRAWN: ("had a notice withdrawn", "had notices withdrawn"),
}

ON_TAKEN_BACK = (
    "This notice has since been taken back. Decide what that means for the sentences that depend on the paper."
)
NOTICE_ACTION = {
    ChangeKind.CITED_RETRACTED: "Read the retraction notice, then decide whether the sentences that depend on the "
    "paper hold without it.",
    ChangeKind.CITED_RETRACTED_REPUBLISHED: "Compare the republished paper with the sentences that depend on it; "
    "cite the republished one if they hold.",
    ChangeKind.CITED_PARTLY_RETRACTED: "Read what the notice retracts, and decide whether the sentences depend on "
    "that part.",
    ChangeKind.CITED_WITHDRAWN: "Find out why it was withdrawn and what replaces it, then decide whether the "
    "sentences hold without it.",
    ChangeKind.CITED_REINSTATED: "The paper is valid again. Check whether what was decided about its retraction "
    "still holds.",
    ChangeKind.CITED_CONCERN: "Read the expression of concern, and decide whether the sentences that depend "
    "on the paper need a caution until it is resolved.",
    ChangeKind.CITED_ERRATUM: "Read the erratum. NLM does not judge how serious an erratum is, and partial "
    "retractions are published as errata.",
    ChangeKind.CITED_REPUBLISHED: "Check the sentences against the corrected version, and cite that one.",
    ChangeKind.CITED_UPDATED: "Read the newest version, and cite it if the answer still holds.",
    ChangeKind.CITED_MISSING: "Find out what became of the record: PubMed may have merged or deleted it.",
    ChangeKind.NOTICE_WITHDRAWN: "A notice that was reported earlier is gone. Check whether what was decided about "
    "it still holds.",
}
"""What a board member does about each sort of notice (NLM, "Errata, Retractions, and Other Linked Citations")."""


ON_SURVIVORS = (
    "Compare what PubMed has in the place of a cited record that it no longer serves; its notices are told of the"
    " reference."
)


def on_survivor(survivor: Record) -> str:
    """What to do about a cited record in whose place PubMed most likely has another."""
    return (
        f"Compare it with PubMed {survivor.pmid}. If that is the paper, confirm it for the reference, so that litwatch"
        " goes on with it; until then its notices are told of this reference."
    )


def on_newer_version(newest: NewestVersion, linked: Pmid) -> str:
    """What to do about a newer version, naming the last of those that followed it."""
    if newest.state is not None:
        said = (
            f"The newest version, PubMed {newest.pmid}, has itself been {words(newest.state)}. Find out what replaces"
        )
        return said + " it, and whether the sentences that depend on the cited one still hold."
    said = f"Read the newest version, PubMed {newest.pmid}, and cite it if the answer still holds."
    if newest.steps:
        said += f" PubMed {linked}, which PubMed links to the cited paper, has been replaced in turn."
    if not newest.is_known:
        said += f" PubMed has not sent the record of {newest.pmid} yet, so there may be a newer version."
    return said


def on_newer_versions(newest: Sequence[NewestVersion], number: int) -> str:
    """What to do about all newer versions, of which these are named; empty for none."""
    sound = [str(each.pmid) for each in newest if each.state is None]
    more = [f"{number - len(newest)} more"] if number > len(newest) else []
    said = []
    if sound:
        it, version = ("it", "version") if number == 1 else ("them", "versions")
        named = f"PubMed {listed([*sound, *more])}"
        said.append(f"Read the newest {version} ({named}), and cite {it} if the answer still holds.")
    said += [
        f"The newest version, PubMed {each.pmid}, has itself been {words(each.state)}: find out what replaces it."
        for each in newest
        if each.state is not None
    ]
    return " ".join(said)


def say_published(published: PartialDate | None, form: str = "en") -> str:
    """When a notice was published, as precisely as it is known: ``published 27 March 2001``, ``published 1998 Spring``;
    ``form`` is of DATE_FORMS."""
    if published is None:
        return "the notice’s date is not known"
    if published.precision is DatePrecision.DAY:
        return f"published {long_date(published.earliest, form=form)}"
    if published.precision is DatePrecision.MONTH:
        return f"published {published.earliest:%B %Y}"
    return f"published {published.raw}"


_NLM_NOTICES = (
    "Citation data and abstracts: courtesy of the U.S. National Library of Medicine (NLM), from PubMed, as received "
    "on {day}. They may not reflect the most current or accurate data available from NLM.",
    "NLM does not endorse litwatch, this report or anything that it recommends.",
    "Abstracts may be protected by copyright of their publishers or authors; reading them here gives no right to "
    "copy them.",
)
"""What NLM asks of those who show its data ("Terms and Conditions", "Copyright" in NLM's web policies)."""

DEMONSTRATION = "The records are invented, and links to PubMed may not work. Nothing here may guide a medical decision."
"""What stands after the words "Demonstration data"."""


def nlm_notices(day: date, form: str = "en") -> tuple[str, ...]:
    """NLM's notices for data received on that day; ``form`` is of DATE_FORMS."""
    return tuple(notice.format(day=long_date(day, form=form)) for notice in _NLM_NOTICES)


_TYPE_NOUN = (
    ({"D016431", "D017065"}, "guideline"),
    ({"D000078182", "D017418"}, "review"),
    ({"D016449", "D018848", "D016430", "D000068397"}, "trial"),
)
"""Publication types by NLM's unique ID: (practice) guideline; systematic review, meta-analysis; trials."""


def due(day: date | None, today: date) -> str:
    """When the next re-assessment is due: ``3 March 2026``, or since when it is overdue."""
    said = long_date(day, "not set")
    return f"overdue since {said}" if day is not None and day < today else said


def reassessment(day: date | None, today: date) -> str:
    """When the next re-assessment is due, in a list: ``due on 3 March 2027``, ``was due on 2 April 2026``."""
    if day is None:
        return "not set"
    return f"{'was due' if day < today else 'due'} on {long_date(day)}"


def decide_by(day: date, today: date, *, at_reassessment: bool, form: str = "en") -> str:
    """By when something is to be decided: ``decide by 4 December 2026``; ``form`` is of DATE_FORMS."""
    said = long_date(day, form=form)
    if day < today:
        return f"overdue since {said}"
    return f"decide by the re-assessment on {said}" if at_reassessment else f"decide by {said}"


def by_age(share: float | None) -> str:
    """How many texts are out of date by experience: ``about 23 of 100 as old are out of date``."""
    return "age not known" if share is None else f"about {round(share * 100)} of 100 as old are out of date"


def listed_above(number: int) -> str:
    """What became of new records that are shown as notices already; empty for none."""
    if not number:
        return ""
    if number == 1:
        return "The PubMed record of a notice shown above is not repeated among the new records."
    return f"The PubMed records of {number} notices shown above are not repeated among the new records."


def told_together(number: int) -> str:
    """How many open notices are told with a reinstatement."""
    return (
        "1 earlier notice no longer applies; answering here closes it too."
        if number == 1
        else f"{number:,} earlier notices no longer apply; answering here closes them too."
    )


def noun_of(record: Record) -> str:
    """``trial``, ``review``, ``guideline`` or ``paper``, from the publication types."""
    return next((noun for uis, noun in _TYPE_NOUN if record.has_type(*uis)), "paper")


def happened(kind: ChangeKind, records: Sequence[Record]) -> str:
    """What became of cited papers, for a subject line: ``a cited trial was retracted``."""
    nouns = {noun_of(record) for record in records}
    noun = nouns.pop() if len(nouns) == 1 else "paper"
    singular, plural = _HAPPENED[kind]
    return f"a cited {noun} {singular}" if len(records) == 1 else f"{len(records)} cited {noun}s {plural}"


def name_design(design: Design) -> str:
    """What a design is called at the start of a sentence: ``Randomised trial``."""
    said = words(design)
    return f"{said[0].upper()}{said[1:]}"


def design_label(level: Level) -> str:
    """What has an evidence level: ``Systematic review or meta-analysis``, ``Randomised trial (preprint)``."""
    return name_design(level.design) + (" (preprint)" if level.lowered else "")


def level_label(level: Level | None) -> str:
    """``Level 3: Randomised trial``, with a word on provisional ones."""
    if level is None:
        return "Level not known"
    if level.design is Design.NOT_STATED:
        # Nothing in the title decided, so nothing is provisional about it.
        return f"Level {level.rank}: {words(level.design)}"
    return f"Level {level.rank}: {design_label(level)}" + (" (by its title or abstract)" if level.provisional else "")


UNDATED = "on an unknown day"
"""When a notice was published whose source gives no date that can be read."""
_DAY_IS = {Source.PUBMED: "seen", Source.WATCH: "published", Source.CROSSREF: "published"}
"""What the day of a source's word is (``paper_state.Event.day``)."""


def say_sources(integrity: Integrity, form: str = "en") -> str:
    """What each source says of a paper, side by side: ``PubMed: retracted (seen 15 June 2026). Retraction Watch: …``.

    litwatch knows of PubMed the day on which it saw a notice, of Retraction Watch the notice's own.
    """
    said = []
    for each in integrity.sayings:
        since = (
            f" ({_DAY_IS[each.source]} {long_date(each.since, form=form)})"
            if each.since and each.state is not PaperState.SOUND
            else f" ({UNDATED})"
            if each.standing and each.state is not PaperState.SOUND
            else ""
        )
        part = " in the rows that could be read" if each.in_part and each.state is PaperState.SOUND else ""
        said.append(f"{words(each.source)}: {words(each.state)}{part}{since}.")
    return " ".join([*said, *(["The sources disagree."] if integrity.disagree else [])])


def say_history(integrity: Integrity, form: str = "en") -> tuple[str, ...]:
    """What was said of a paper and taken back, oldest first, letters and reprints left out; of each day, what it is."""
    return tuple(
        f"{_when(event, form)}: {words(event.state)}{', taken back' if event.ended else ''} ({_said_by(event)})"
        for event in integrity.history
        if event.state in ASKS_FOR_EYES
    )


def _when(event: Event, form: str) -> str:
    return UNDATED if event.day is None else f"{_DAY_IS[event.source]} {long_date(event.day, form=form)}"


NOT_WATCHED = "No source would tell that it was retracted or corrected."
"""Of a reference without a PubMed record, and without a DOI that Retraction Watch or Crossref is searched for."""


def say_embedded(embedded: EmbeddedTexts) -> str:
    """Which sentence model has a part in the order of new records, as PRISMA-S has it of tools."""
    return (
        f"Besides words, by meaning, where the sentence model {MINILM.name} has read all the texts that are compared"
        f" (SHA-256 of its weights {MINILM.weights[:16]}…, {MINILM.licence}, {MINILM.megabytes} MB;"
        f" {count(embedded.texts, 'text')} read here, {embedded.seconds:.2g} s of processor time each)"
    )


def say_unwatched(positions: Sequence[int]) -> str:
    """Which references no source watches."""
    it, was, has = ("it", "was", "has") if len(positions) == 1 else ("they", "were", "have")
    return (
        f"{numbers(positions, ('Entry', 'Entries'))} of the reference list: no source would tell that {it} {was}"
        f" retracted or corrected, because {it} {has} no PubMed record, and no DOI that Retraction Watch or Crossref is"
        " searched for."
    )


def say_gap(gap: CoverageGap, form: str = "en") -> str:
    """How the Retraction Watch table falls short, in one sentence."""
    match gap.code:
        case GapCode.NO_TABLE:
            return (
                "No Retraction Watch table is loaded: retractions that only Retraction Watch knows of are not noticed."
            )
        case GapCode.OLD_TABLE:
            return (
                f"The Retraction Watch table reaches only to {long_date(gap.day, form=form)}: later retractions that"
                " only Retraction Watch knows of are not noticed."
            )
        case GapCode.UNREAD_ROWS:
            rows = count(gap.rows, "row")
            return f"{rows} of the Retraction Watch table could not be read: what they say about papers is not known."
        case GapCode.SMALL_TABLE:
            return (
                f"The Retraction Watch table has {count(gap.rows, 'row')}, far fewer than Crossref's: it is an extract,"
                " or it was cut off."
            )


def _said_by(event: Event) -> str:
    source = words(event.source)
    if event.source is Source.WATCH:
        return source
    if event.source is Source.CROSSREF:
        return f"{source}, DOI {event.notice_doi}"
    said = _notice_words(event.detail, event.notice_pmid, event.state)
    return said if event.detail == BY_TITLE else f"{source}, {said}"


_SAID_BY_TITLE: Mapping[str, str] = {
    PaperState.RETRACTED: "PubMed's title says that it is retracted",
    PaperState.PARTLY_RETRACTED: "PubMed's title says that a part of it is retracted",
    PaperState.WITHDRAWN: "PubMed's title says that it is withdrawn",
    PaperState.CONCERN: "PubMed's title says that there is an expression of concern",
}
"""By the state, or by the kind of change of the same value."""
_WITHOUT_LINK = {
    BY_TYPE: "publication type Retracted Publication",
    NOT_SERVED: "no longer served",
}
"""What tells of a notice that PubMed links to no record."""


def notice_words(change: Change) -> str:
    """What tells of the notice behind a change, beside its own PMID: ``Retraction Watch 9``; empty where that
    is all."""
    linked = change.notice_pmid is not None and not is_further(change.notice)
    said = "" if linked else _notice_words(change.notice, None, change.ended or change.kind)
    return f"{words(change.ended)}: {said}" if change.ended and said else said


def name_notice(change: Change) -> str:
    """The notice behind a change: ``PMID 9``, ``Retraction Watch 9``, else how it shows or its citation line."""
    return (
        f"PMID {change.notice_pmid}"
        if change.notice_pmid
        else _notice_words(change.notice, None, change.ended or change.kind)
    )


def _notice_words(notice: str, pmid: Pmid | None, what: str) -> str:
    """The notice in words; ``what`` is the state, or the kind of change, that it makes."""
    if notice == BY_TITLE:
        return _SAID_BY_TITLE.get(what, "PubMed's title says so")
    if (entry := entry_named(notice)) is not None:
        return f"{words(Source.WATCH)} {entry}"
    if (doi := update_named(notice)) is not None:
        return f"{words(Source.CROSSREF)}, DOI {doi}"
    return f"PMID {pmid}" if pmid is not None else _WITHOUT_LINK.get(notice, notice)


def name_paper(record: Record) -> str:
    """``PMID 99000001``, or ``DOI 10.5555/book`` for a cited work that PubMed does not have."""
    return f"PMID {record.pmid}" if is_pmid(record.pmid) else f"DOI {record.doi}"


def byline(record: Record) -> str:
    """First author, journal and date on one line; what PubMed does not give is left out."""
    names = [author.collective_name or author.last_name for author in record.authors]
    known = [name for name in names if name]
    first = "" if not known else known[0] + (" et al." if len(known) > 1 or not record.authors_complete else "")
    journal = record.journal.abbreviation or record.journal.title or ""
    dated = record.published.raw if record.published else long_date(record.electronic, "")
    return " · ".join(part for part in (first, journal, dated) if part)


SOURCE_FAILED = {
    SweepKind.WATCH: "Retraction Watch could not be checked",
    SweepKind.UPDATES: "Crossref could not be checked",
    SweepKind.FEED: "a feed could not be read",
}
"""The sources beside PubMed, each with what a subject says where it failed."""

ON_SOURCE_FAILED = {
    SweepKind.WATCH: "The Retraction Watch table could not be read, so a notice that only it has may be missing. The "
    "next run reads it again; if it fails too, see the error under “How it was searched”.",
    SweepKind.UPDATES: "Crossref could not be asked, so a notice that only it has may be missing. The next run asks "
    "again; if it fails too, see the error under “How it was searched”.",
    SweepKind.FEED: "A feed could not be read. The next run reads it again; if it fails too, check its address in the "
    "topic file.",
}
"""What an operator does about them."""

ON_UNKNOWN_PMIDS = (
    "A feed names PMIDs that PubMed does not have (see “How it was searched”). Ask its publisher to correct them, or "
    "take the feed out of the topic file; PMIDs that stay unknown are given up."
)
"""What an editor does about a feed that names papers that do not exist."""
