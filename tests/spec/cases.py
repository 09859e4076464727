"""One-line makers of what the specification tables talk about: an article, its records, their notices."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

from litwatch.articles.model import Article, BlockKind, Marker, ReviewState, ReviewStatus, Section, Sentence
from litwatch.decisions.changes import find_cited_changes, find_new_records
from litwatch.decisions.found_papers import FoundPaper
from litwatch.decisions.paper_state import judge
from litwatch.decisions.topic_verdict import decide_on_topic
from litwatch.decisions.triage import Signal, triage
from litwatch.decisions.verdict import Verdict, decide
from litwatch.model.change import Change, ChangeKind
from litwatch.model.identifiers import Pmid
from litwatch.model.record import Journal, MeshHeading, Notice, PublicationType, Record, RefType, blank_record
from litwatch.model.reference import Match, MatchState, Reference, ReferenceKind
from litwatch.model.topic import QuestionKind, Thresholds, Topic
from litwatch.references.sentences_citing import Claims, map_claims

TODAY = date(2026, 11, 20)
UPDATED = date(2026, 2, 16)
CITED = Pmid(99000001)
OTHER_CITED = Pmid(99000002)
NEW = Pmid(99000100)
NOTICE = Pmid(99000900)

TYPES = {
    "guideline": "D017065",
    "systematic review": "D000078182",
    "meta-analysis": "D017418",
    "randomised trial": "D016449",
    "clinical trial": "D016430",
    "observational study": "D064888",
    "comparative study": "D003160",
    "review": "D016454",
    "case report": "D002363",
    "editorial": "D016421",
    "letter": "D016422",
    "preprint": "D000076942",
    "protocol": "D000078325",
    "journal article": "D016428",
    "retracted publication": "D016441",
    "retraction notice": "D016440",
}


def record(pmid: int = CITED, title: str = "Sleep loss and insulin", *types: str, **fields: object) -> Record:
    """A record with publication types by their everyday names."""
    plain = replace(
        blank_record(Pmid(pmid), title, status="MEDLINE"),
        languages=("eng",),
        journal=Journal("Journal of Examples", "J Ex", None, None, None, None, None, None),
        entered=UPDATED,
        created=UPDATED,
        mesh_dated=UPDATED,
        publication_status="ppublish",
        publication_types=tuple(PublicationType(TYPES[name], name) for name in types or ("journal article",)),
    )
    return replace(plain, **fields)


def noticed(ref_type: RefType, pmid: int = CITED, notice: int | None = NOTICE, source: str = "J Ex. 2026") -> Record:
    """A cited record with one notice on it."""
    return record(pmid, notices=(Notice(ref_type, source, None if notice is None else Pmid(notice)),))


def heading(ui: str, label: str = "…") -> MeshHeading:
    """A MeSH heading by its unique ID."""
    return MeshHeading(ui, label, major=False)


def article(*, last_updated: date | None = UPDATED) -> Article:
    """An article of two sentences: the first cites reference 1, the second references 1 and 2."""

    def sentence(number: int, text: str, *markers: int) -> Sentence:
        return Sentence(number, text, tuple(Marker(m, str(m), sure=True) for m in markers), BlockKind.PARAGRAPH)

    return Article(
        question="What causes insulin resistance?",
        last_updated=last_updated,
        status=ReviewStatus((), ReviewState.APPROVED, None),
        sections=(
            Section(
                "Causes",
                1,
                (
                    sentence(1, "Abdominal obesity causes insulin resistance through fatty acids.", 1),
                    sentence(2, "Short sleep and sleep apnoea cause insulin resistance.", 1, 2),
                ),
            ),
        ),
        references=tuple(
            Reference(position=n, number=n, kind=ReferenceKind.RESEARCH, title=f"Paper {n}", source="J Ex", year=2019)
            for n in (1, 2)
        ),
        references_numbered=True,
        leftovers=(),
        uncertain=(),
    )


MATCHES = tuple(
    Match(position, MatchState.CONFIRMED, pmid, 1.0, "pmid") for position, pmid in ((1, CITED), (2, OTHER_CITED))
)


def topic(kind: QuestionKind = QuestionKind.THERAPY, **thresholds: int) -> Topic:
    """A topic with the default thresholds, or others by name."""
    return Topic(
        slug="example",
        file=Path("queries/example.yaml"),
        article=Path("queries/example.md"),
        title=None,
        question_kind=kind,
        strategy="insulin resistance[tiab]",
        filters=(),
        recipients=("board@example.org",),
        feeds=(),
        pins=(),
        thresholds=Thresholds(**thresholds),
    )


def claims() -> Claims:
    """What the example article rests on."""
    return map_claims(article(), (), MATCHES)


def signals_of(
    *records: Record,
    before: tuple[Record, ...] = (),
    kind: QuestionKind = QuestionKind.THERAPY,
    thresholds: Thresholds | None = None,
    still_open: bool = False,
) -> tuple[Signal, ...]:
    """The signals that these records give on the example article; cited ones count as cited, others as found.

    ``still_open``: nobody has closed what the records ``before`` gave.
    """
    newest = {r.pmid: r for r in records}
    earlier = find_cited_changes((CITED, OTHER_CITED), {}, {r.pmid: r for r in before}) if still_open else ()
    changes: list[Change] = [
        *earlier,
        *find_cited_changes((CITED, OTHER_CITED), {r.pmid: r for r in before}, newest),
        *find_new_records(
            [r for r in records if r.pmid not in {CITED, OTHER_CITED}], {CITED, OTHER_CITED}, (), UPDATED
        ),
    ]
    watched = replace(topic(kind), thresholds=thresholds or Thresholds())
    integrity = {
        r.pmid: judge([(UPDATED, old) for old in before if old.pmid == r.pmid] + [(TODAY, r)], (), watched=False)
        for r in records
    }
    return triage(list(dict.fromkeys(changes)), newest, watched, article(), claims(), integrity=integrity)


def befallen(
    record: Record, kind: ChangeKind, *, detail: str = "", kept: bool = False, answered: bool = False
) -> tuple[Signal, ...]:
    """The signals on a new record that something befell after it was told; ``answered`` says that the record itself is
    not open any more.
    """
    notice = record.notices[0].pmid if record.notices else None
    event = Change(kind, record.pmid, detail or (f"pmid:{notice}" if notice else ""), notice)
    open_ = [event] if answered else [event, Change(ChangeKind.NEW_RECORD, record.pmid, "")]
    told = {record.pmid: FoundPaper(record.pmid, TODAY - timedelta(days=20), True, kept=kept)}
    integrity = {record.pmid: judge([(TODAY, record)], (), watched=False)}
    return triage(open_, {record.pmid: record}, topic(), article(), claims(), integrity=integrity, told=told)


def verdict_on(*records: Record, **given: object) -> Verdict:
    """The verdict when these records are observed and nothing else is wrong."""
    before = given.pop("before", ())
    still_open = bool(given.pop("still_open", False))
    facts: dict[str, object] = {
        "signals": signals_of(
            *records,
            before=before,  # type: ignore[arg-type]
            thresholds=given.get("thresholds"),  # type: ignore[arg-type]
            still_open=still_open,
        ),
        "kept": {},
        "findings": (),
        "matches": MATCHES,
        "settled": (),
        "failures": (),
        "last_updated": UPDATED,
        "last_reviewed": None,
        "searched_to": TODAY,
        "thresholds": Thresholds(),
        "today": TODAY,
    }
    return decide(**{**facts, **given})  # type: ignore[arg-type]


def topic_verdict_on(*records: Record, **given: object) -> Verdict:
    """The verdict where a question is watched without an article and these records are found."""
    facts: dict[str, object] = {
        "signals": signals_of(*records),
        "kept": {},
        "failures": (),
        "since": UPDATED,
        "searched_to": TODAY,
        "today": TODAY,
    }
    return decide_on_topic(**{**facts, **given})  # type: ignore[arg-type]
