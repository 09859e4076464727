"""A Report as JSON for other programs: stable keys, documented by ``templates/report.schema.json``.

Within a version keys are added and never renamed or dropped. Texts stand as received, only what is no Unicode is
replaced. It holds nothing that the HTML report does not show.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import asdict
from datetime import date
from typing import Any

import orjson

from litwatch.decisions.board_decision import BoardDecision
from litwatch.decisions.compared_record import Passage
from litwatch.decisions.paper_state import Integrity
from litwatch.decisions.responsible_person import ResponsiblePerson
from litwatch.decisions.result_passage import NoResult, find_result
from litwatch.decisions.sentences_touched import Bearing
from litwatch.decisions.stated_facts import find_facts
from litwatch.decisions.triage import PLACED, Level
from litwatch.decisions.verdict import Verdict
from litwatch.model.identifiers import Doi, Pmid, is_pmid
from litwatch.model.record import Record
from litwatch.model.search import Search, Window
from litwatch.model.sweep import Sweep, SweepKind
from litwatch.model.text import safe_text
from litwatch.references.lint import Finding
from litwatch.report import contents, wording
from litwatch.report.basis import Basis
from litwatch.report.basis_json import basis_json
from litwatch.report.contents import Report, ReportedSignal
from litwatch.report.match_sentences import say_match
from litwatch.report.passages import is_shown
from litwatch.report.reason_sentences import say_overturned, say_reason, say_signal
from litwatch.report.view import CitedEntry, ReportView, arrange

FORMAT = "litwatch-report"
VERSION = 2


def report_json(report: Report) -> bytes:
    """The report as indented UTF-8 JSON, ended by a line feed; its keys are those of ``report.schema.json``."""
    return dump_data(report_data(report, arrange(report)))


def dump_data(data: Mapping[str, Any]) -> bytes:
    """``report_json`` of what ``report_data`` has put together."""
    return _dump(data, orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


def digest_of_data(report: Report, data: Mapping[str, Any]) -> str:
    """SHA-256 of what the report tells, its ``report_data``, but for the days that go on by themselves.

    Two reports of one article with the same digest need not both be read. Left out is what differs on every night: the
    report's own day, how far was searched, each search with its days and counts, when the Retraction Watch table was
    read and how much of it and of Crossref there is, the days in a reason's words, and the ages of papers. What becomes
    overdue with the day is in it.
    """
    day, verdict, topic = report.written_on, report.verdict, report.topic
    told = {name: value for name, value in data.items() if name not in _OF_THE_DAY}
    for name in ("notices", "new_evidence"):  # of a relevance, only the order that it makes is shown
        told[name] = [{key: value for key, value in each.items() if key != "relevance"} for each in data[name]]
    told |= {
        "dates": (report.article.last_updated, report.last_reviewed, verdict.reassess_on),
        "overdue": (
            verdict.reassess_on is not None and verdict.reassess_on < day,
            [each.deadline is not None and each.deadline < day for each in report.signals],
            contents.is_person_late(report),
        ),
        "rules": [
            (fired.rule, fired.status, fired.pmids, [(why.code, why.text, why.words) for why in fired.reasons])
            for fired in verdict.fired
        ],
        "topic": (topic.filters, topic.feeds, topic.question_kind, topic.thresholds),
        "looks": [
            (
                *(sweep.kind, sweep.state, sweep.error, sweep.missing, sweep.unreadable, sweep.leads),
                () if sweep.kind in _NOTED_BY_DAY else sweep.notes,
            )
            for sweep in report.sweeps
        ],
        "coverage_gaps": [gap.code for gap in report.coverage_gaps],
        "basis": _lasting(report.basis) if report.basis else None,
        "unwatched": report.unwatched,
        "closed_leads": sorted(report.closed_leads),
        "answers": report.answers,
    }
    return hashlib.sha256(_dump(told, orjson.OPT_SORT_KEYS)).hexdigest()


_OF_THE_DAY = frozenset(
    {"written_on", "surveyed_at", "dates", "verdict", "source_notices", "sweeps", "coverage_gaps", "basis"}
)
_NOTED_BY_DAY = frozenset({SweepKind.WATCH, SweepKind.UPDATES})
"""Looks whose notes say on which day they read how many entries: what these tell of the article are its notices."""


def _dump(data: Mapping[str, Any], option: int) -> bytes:
    """JSON of the values, with lone surrogates replaced, which no UTF-8 can carry and hardly any report holds."""
    try:
        return orjson.dumps(data, option=option)
    except orjson.JSONEncodeError:
        return orjson.dumps(_unicode(data), option=option)


def _lasting(basis: Basis) -> tuple[object, ...]:
    """What the article is based on, without ages and the day of the look."""
    known = basis.known_items
    return (
        (known.found, [(each.position, each.why) for each in known.missed]) if known else None,
        [(each.cited, each.record.pmid) for each in basis.newer],
        [(each.supplement.kind, [record.pmid for record in each.news]) for each in basis.supplements],
        basis.errors,
    )


def report_data(report: Report, view: ReportView) -> dict[str, Any]:
    """The report's values by their keys in its JSON; ``view`` is its arrangement."""
    dois = {one: entry.reference.doi for entry in view.entries for one in entry.own}
    dois |= {record.pmid: record.doi for record in report.cited}
    return {
        "format": FORMAT,
        "version": VERSION,
        "demonstration": report.demonstration,
        "written_on": report.written_on,
        "surveyed_at": report.surveyed_at,
        "article": {
            "slug": report.topic.slug,
            "title": view.title,
            "question": report.article.question,
            "status": report.article.status.state,
            "sentences": [
                {
                    "number": sentence.number,
                    "section": section.heading,
                    "text": sentence.text,
                    "markers": [marker.number for marker in sentence.markers],
                }
                for section in report.article.sections
                for sentence in section.sentences
            ],
        },
        "dates": {
            "last_updated": report.article.last_updated,
            "last_reviewed": report.last_reviewed,
            "searched_to": report.verdict.searched_to,
            "reassess_on": report.verdict.reassess_on,
        },
        "verdict": _verdict(report.verdict, view.headline),
        "decision": _decision(report.decision) if report.decision else None,
        "responsible": _responsible(report.responsible) if report.responsible else None,
        "comments": [
            {
                "by": each.by,
                "at": each.at,
                "text": each.text,
                "about": {"kind": each.change.kind.value, "pmid": each.change.pmid} if each.change else None,
            }
            for each in report.comments
        ],
        "failures": view.failures,
        "gaps": view.gaps,
        "actions": [{"reader": reader.name.lower(), "text": text} for reader, texts in view.actions for text in texts],
        "notices": [_signal(reported) for reported in contents.open_notices(report)],
        "new_evidence": [
            _signal(reported, is_read=place < PLACED) for place, reported in enumerate(contents.found_changes(report))
        ],
        "coverage": asdict(view.coverage) if view.coverage else None,
        "cited_papers": [_standing(pmid, report.integrity[pmid], dois.get(pmid)) for pmid in sorted(report.integrity)],
        "references": [_entry(entry) for entry in view.entries],
        "findings": [_finding(finding) for finding in report.findings],
        "strategy": report.topic.strategy,
        "sweeps": [_sweep(sweep, report.closed_leads) for sweep in report.sweeps],
        "coverage_gaps": [
            {"code": gap.code, "day": gap.day, "rows": gap.rows, "text": wording.say_gap(gap)}
            for gap in report.coverage_gaps
        ],
        "basis": basis_json(report.basis) if report.basis else None,
        "source_notices": view.source_notices,
    }


def _unicode(value: Any) -> Any:
    """The value with lone surrogates replaced, which no UTF-8 can carry."""
    if isinstance(value, str):
        return str(value).encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if isinstance(value, dict):
        return {key: _unicode(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_unicode(item) for item in value]
    return value


def _decision(decision: BoardDecision) -> dict[str, Any]:
    return {
        "outcome": "withdraw" if decision.is_withdrawal else "update",
        "decided_on": decision.decided_on,
        "by": decision.by,
        "reason": decision.reason,
        "due": decision.due,
        "text_changed_on": decision.text_changed_on,
    }


def _responsible(person: ResponsiblePerson) -> dict[str, Any]:
    return {
        "address": person.address,
        "on_list": person.is_on_list,
        "due": person.due,
        "named_by": person.named_by,
        "named_on": person.named_on,
        "reason": person.reason,
    }


def _verdict(verdict: Verdict, headline: str) -> dict[str, Any]:
    return {
        "status": wording.STATUS_KEY[verdict.status],
        "headline": headline,
        "decided_on": verdict.decided_on,
        "rules": [
            {
                "rule": fired.rule,
                "status": wording.STATUS_KEY[fired.status],
                "reason": say_reason(fired),
                "pmids": [*filter(is_pmid, fired.pmids)],
                "overturned_by": say_overturned(fired),
            }
            for fired in verdict.fired
        ],
    }


def verdict_json(verdict: Verdict) -> dict[str, Any]:
    """A verdict for scripts: its codes, and each rule's reason in a sentence."""
    return {
        "status": verdict.status,
        "fired": [
            {
                "rule": fired.rule,
                "status": fired.status,
                "reason": say_reason(fired),
                "reasons": fired.reasons,
                "pmids": [*filter(is_pmid, fired.pmids)],
                "overturned_by": say_overturned(fired),
            }
            for fired in verdict.fired
        ],
        "decided_on": verdict.decided_on,
        "searched_to": verdict.searched_to,
        "reassess_on": verdict.reassess_on,
    }


def _signal(reported: ReportedSignal, *, is_read: bool = False) -> dict[str, Any]:
    signal = reported.signal
    return {
        "kind": signal.change.kind,
        "pmid": _pmid(signal.change.pmid),
        "doi": reported.record.doi,
        "notice_pmid": signal.change.notice_pmid,
        "detail": signal.change.detail,
        "ended": signal.change.ended,
        "notice": _notice(reported),
        "priority": signal.priority.name.lower(),
        "level": _level(signal.level),
        "reasons": say_signal(signal),
        "marks": signal.marks,
        "outlived": signal.outlived,
        "relevance": signal.relevance,
        "sentences": signal.sentences,
        "bearings": [_bearing(bearing, reported.record) for bearing in signal.bearings],
        **_stated(reported, is_read=is_read),
        "first_seen": reported.first_seen,
        "deadline": reported.deadline,
        "decided": reported.decided,
        "survivor": _record(reported.survivor) if reported.survivor else None,
        "record": _record(reported.record),
    }


def _notice(reported: ReportedSignal) -> dict[str, Any] | None:
    notice = reported.notice
    if notice is None:
        return None
    published = notice.published
    return {
        "citation": notice.line or None,
        "note": notice.note or None,
        "published": {"text": published.raw, "earliest": published.earliest, "latest": published.latest}
        if published
        else None,
        "at_first_look": notice.at_first_look,
        "newest_version": notice.newest.pmid if notice.newest else None,
        "newest_version_state": notice.newest.state if notice.newest else None,
    }


def _pmid(number: Pmid) -> Pmid | None:
    """None for a cited work that PubMed does not have."""
    return number if is_pmid(number) else None


def _level(level: Level | None) -> dict[str, Any] | None:
    if level is None:
        return None
    return {"rank": level.rank, "label": wording.design_label(level), "provisional": level.provisional}


def _standing(pmid: Pmid, integrity: Integrity, doi: Doi | None) -> dict[str, Any]:
    return {
        "pmid": _pmid(pmid),
        "doi": doi,
        "state": integrity.state,
        "sources_disagree": integrity.disagree,
        "sources": [{"source": each.source, "state": each.state, "since": each.since} for each in integrity.sayings],
        "history": [
            {
                "day": event.day,
                "source": event.source,
                "state": event.state,
                "ended": event.ended,
                "notice": event.detail,
                "notice_pmid": event.notice_pmid,
            }
            for event in integrity.history
        ],
    }


def _stated(reported: ReportedSignal, *, is_read: bool) -> dict[str, Any]:
    """For a new record, the first ``PLACED`` of them, its result and facts by their places in its abstract."""
    change = reported.signal.change
    if not is_read or change.is_about_cited or change.is_about_found:
        return {"result": None, "no_result": None, "facts": []}
    record = reported.record
    found = find_result(record)
    result = None if isinstance(found, NoResult) else found
    text = record.abstract_text
    return {
        "result": {"start": result.start, "end": result.end, "text": text[result.start : result.end]}
        if result
        else None,
        "no_result": found if isinstance(found, NoResult) else None,
        "facts": [
            {
                "kind": fact.kind,
                "start": fact.start,
                "end": fact.end,
                "text": text[fact.start : fact.end],
                "shown": is_shown(fact),
            }
            for fact in find_facts(record, result)
        ],
    }


def _bearing(bearing: Bearing, record: Record) -> dict[str, Any]:
    return {
        "sentence": bearing.sentence,
        "words": bearing.words,
        "references": bearing.references,
        "passage": _passage(bearing.passage, record) if bearing.passage else None,
    }


def _passage(passage: Passage, record: Record) -> dict[str, Any]:
    """A passage by its place in the record's ``title`` or ``abstract`` as this file prints them."""
    at = 0 if passage.part is None else record.abstract_offset(passage.part)
    text = record.title if passage.part is None else record.abstract_text
    start, end = at + passage.start, at + passage.end
    return {
        "field": "title" if passage.part is None else "abstract",
        "start": start,
        "end": end,
        "text": text[start:end],
        "words": [(at + first, at + last) for first, last in passage.words],
    }


def _record(record: Record) -> dict[str, Any]:
    published = record.published
    return {
        "pmid": _pmid(record.pmid),
        "title": record.title,
        "journal": record.journal.title,
        "published": published.raw if published else None,
        "authors": [author.collective_name or author.last_name for author in record.authors],
        "publication_types": [{"ui": kind.ui, "label": kind.label} for kind in record.publication_types],
        "doi": record.doi,
        "pubmed_url": safe_text.pubmed_link(record.pmid) if is_pmid(record.pmid) else None,
        "doi_url": safe_text.doi_link(record.doi) if record.doi else None,
        "abstract": record.abstract_text or None,
        "abstract_copyright": record.copyright,
    }


def _entry(entry: CitedEntry) -> dict[str, Any]:
    reference, match = entry.reference, entry.match
    return {
        "position": reference.position,
        "number": reference.number,
        "kind": reference.kind,
        "title": reference.title,
        "source": reference.source,
        "year": reference.year,
        "state": match.state if match else "not_looked_up",
        "pmid": match.pmid if match else None,
        "confidence": match.confidence if match else None,
        "method": match.method if match else None,
        "reason": say_match(match) if match else None,
        "others": match.others if match else (),
        "notices": [reported.signal.change.kind for reported in entry.notices],
        "watched": entry.watched,
    }


def _finding(finding: Finding) -> dict[str, Any]:
    return {
        "code": finding.code,
        "severity": finding.severity,
        "message": finding.message,
        "hint": finding.hint,
        "sentence": finding.sentence,
        "position": finding.position,
    }


def _window(window: Window | None) -> dict[str, date] | None:
    return {"first": window.first, "last": window.last} if window else None


def _sweep(sweep: Sweep, closed: frozenset[str]) -> dict[str, Any]:
    return {
        "kind": sweep.kind,
        "state": sweep.state,
        "window": _window(sweep.window),
        "found": sweep.found,
        "delivered": sweep.delivered,
        "known": sweep.known,
        "missing": sweep.missing,
        "unreadable": [{"pmid": pmid, "reason": reason} for pmid, reason in sweep.unreadable],
        "error": sweep.error,
        "notes": sweep.notes,
        "leads": [
            {"title": lead.title, "doi": lead.doi, "link": lead.link, "closed": lead.name in closed}
            for lead in sweep.leads
        ],
        "searches": [_search(search) for search in sweep.searches],
    }


def _search(search: Search) -> dict[str, Any]:
    return {
        "term": search.term,
        "window": _window(search.window),
        "count": search.count,
        "pmids": search.pmids,
        "translation": search.translation,
        "warnings": search.warnings,
        "searched_at": search.searched_at,
        "parts": [{"term": part.term, "count": part.count} for part in search.parts],
    }
