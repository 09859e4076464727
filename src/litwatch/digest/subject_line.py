"""The subject line of a digest: what happened, in one line."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence, Sized
from dataclasses import replace

from litwatch.decisions.verdict import RULES, Rule
from litwatch.digest.digest import Digest, Mark, Matter
from litwatch.model.change import ChangeKind
from litwatch.model.text import phrases, spelled_dates
from litwatch.report import wording
from litwatch.report.contents import (
    Report,
    failed_beside,
    finds_nothing,
    listed_evidence,
    lost_records,
    notices,
    only_errands,
    overdue,
    search_failed,
)

_GRAVITY = tuple(question.rule for question in RULES if question.status.asks_for_review)
"""Which rule leads a digest's subject where its articles have different ones."""


_ON_NOTICES = {
    Rule.RETRACTED: (ChangeKind.CITED_RETRACTED, ChangeKind.CITED_RETRACTED_REPUBLISHED),
    Rule.NEWER_VERSION: (ChangeKind.CITED_UPDATED, ChangeKind.CITED_REPUBLISHED),
    Rule.OTHER_NOTICE: (
        ChangeKind.CITED_REINSTATED,
        ChangeKind.CITED_PARTLY_RETRACTED,
        ChangeKind.CITED_WITHDRAWN,
        ChangeKind.CITED_CONCERN,
        ChangeKind.CITED_ERRATUM,
        ChangeKind.CITED_MISSING,
        ChangeKind.NOTICE_WITHDRAWN,
    ),
}
"""The kinds of notice behind each rule on cited papers, in the order in which the rule tells them."""


def subject(digest: Digest) -> str:
    """The whole digest in one line, made of litwatch's own words only.

    ``2 articles need review: a cited trial was retracted; new: 1 notice and 3 records``, ``You are to see to 1 article
    by 2 December 2026; 1 article still needs review: a cited trial was retracted``, ``1 article still needs review: a
    cited trial was retracted; nothing new``, ``All clear: 4 articles searched, no signal``, ``12 records to read on 1
    topic; new: 3 records``. What the mail is sent for leads, unless a graver change is news, too.
    """
    topics = {report.topic.slug for report in digest.reports if report.article.is_absent}
    urgent = [each for each in digest.reports if each.verdict.status.asks_for_review and not only_errands(each)]
    unsearched = {report.topic.slug for report in digest.reports if search_failed(report)}
    beside = _failed_sources(report for report in digest.reports if report.topic.slug not in unsearched)
    silent = [
        report
        for report in digest.reports
        if report not in urgent and report.topic.slug not in unsearched and not failed_beside(report)
    ]
    blind, mended = sum(map(finds_nothing, silent)), sum(map(only_errands, silent))
    unsearched |= {topic.slug for topic in digest.failed}
    parts: list[str] = []
    beside_changes = [] if digest.urgent else _say_marks(digest)
    is_first = bool(urgent and beside_changes) and not any(
        digest.is_news(reported) for report in urgent for reported in report.signals
    )
    unread = [report for report in urgent if report.topic.slug in topics]
    urgent = [report for report in urgent if report.topic.slug not in topics]
    if urgent:
        told = [reported for report in urgent for reported in report.signals]
        before = bool(told) or all(report.topic.slug in digest.again for report in urgent)
        still = "still " if before and not any(map(digest.is_news, told)) else ""
        verb = "needs" if len(urgent) == 1 else "need"
        reason = _lead(urgent)
        said = f"{phrases.count(len(urgent), 'article')} {still}{verb} review"
        parts.append(said + (f": {reason}" if reason else "") + _late(urgent, digest))
    if unread:
        parts += _leads_of_topics(unread)
    if unsearched:
        nothing = "" if digest.reports else "Nothing could be checked: "
        parts.append(f"{nothing}{_count_watched(unsearched, topics)} could not be searched")
    parts += beside
    news = _news(digest)
    if not parts and silent:
        searched = f"{_count_watched((report.topic.slug for report in silent), topics)} searched"
        if blind:
            of = {report.topic.slug for report in silent if finds_nothing(report)}
            searched += f", and the search of {_count_watched(of, topics)} finds nothing"
        if mended:
            searched += f", {mended} of them with an editor" if mended < len(silent) else ", with an editor"
        parts.append(
            f"No review needed: {searched}" if news or blind or mended else f"All clear: {searched}, no signal"
        )
    parts = [*beside_changes, *parts] if is_first else [*parts[:1], *beside_changes, *parts[1:]]
    if news and not digest.urgent:
        parts.append(f"new: {phrases.listed(news)}")
    elif (urgent or unread) and not digest.urgent and digest.new_marks == ():
        parts.append("nothing new")
    parts = [parts[0][:1].upper() + parts[0][1:], *parts[1:]] if is_first else parts
    prefix = ("[Demonstration] " if digest.demonstration else "") + ("Urgent: " if digest.urgent else "")
    return prefix + ("; ".join(parts) or "No article was searched")


def _count_watched(slugs: Iterable[str], topics: Collection[str]) -> str:
    """How many of these are articles, and how many questions without one: ``2 articles and 1 topic``."""
    slugs = set(slugs)
    of_topic = len(slugs & set(topics))
    counted = [
        phrases.count(number, what)
        for number, what in ((len(slugs) - of_topic, "article"), (of_topic, "topic"))
        if number
    ]
    return phrases.listed(counted)


def _leads_of_topics(unread: Sequence[Report]) -> list[str]:
    """What questions without an article ask, those of one kind together: by the first rule of each."""
    by_rule: dict[Rule | None, list[Report]] = {}
    for report in unread:
        rule = report.verdict.fired[0].rule
        by_rule.setdefault(rule if rule in {Rule.FOUND, Rule.UNREAD} else None, []).append(report)
    return [_lead_of_rule(rule, by_rule[rule]) for rule in (Rule.FOUND, Rule.UNREAD, None) if rule in by_rule]


def _lead_of_rule(rule: Rule | None, reports: Sequence[Report]) -> str:
    topics = phrases.count(len(reports), "topic")
    records = {pmid for report in reports for pmid in report.verdict.fired[0].pmids}
    counted = phrases.count(len(records), "record")
    if rule is Rule.FOUND:
        was = "was" if len(records) == 1 else "were"
        return f"{topics}: {counted} that a member kept {was} retracted, questioned or lost"
    if rule is Rule.UNREAD and records:
        return f"{counted} to read on {topics}"
    return f"{topics}: the search strategy needs an editor"


def _say_marks(digest: Digest) -> list[str]:
    """What the list is sent for beside its changes, most urgent first: what ``schedule.compare`` has found new."""
    marks: dict[Matter, list[Mark]] = {}
    for mark in digest.new_marks or ():
        marks.setdefault(mark.matter, []).append(mark)
    said = []
    for matter in Matter:
        slugs = {mark.slug for mark in marks.get(matter, ())}
        if matter is Matter.NAMED and slugs:
            late = {mark.slug for mark in marks.get(Matter.OWN_DAY_PASSED, ())}
            said += _say_named([each for each in digest.reports if each.topic.slug in slugs - late], digest)
        elif matter is Matter.DEADLINE_PASSED and slugs:
            said.append(f"{phrases.count(len({mark.change for mark in marks[matter]}), 'deadline')} passed")
        elif matter in _SAID and slugs:
            said.append(_SAID[matter].format(phrases.count(len(slugs), "article")))
    return said


_SAID = {
    Matter.OWN_DAY_PASSED: "your day for {} has passed",
    Matter.PERSON_LATE: "the responsible person’s day for {} has passed",
    Matter.DISPUTED: "members disagree about {}",
    Matter.DECIDED: "the board has decided about {}",
    Matter.SEARCHED_AGAIN: "{} searched again after a failure",
}


def _say_named(reports: Sequence[Report], digest: Digest) -> list[str]:
    """For which articles the member was named, and until when."""
    due = [(each.responsible.due, each) for each in reports if each.responsible is not None]
    if not due:
        return []
    counted = phrases.count(len(due), "article")
    if not any(report.verdict.status.asks_for_review for _, report in due):
        return [f"you are responsible for {counted}"]
    by = spelled_dates.long_date(min(day for day, _ in due), form=digest.dates)
    return [f"you are to see to {counted}{' by ' if len(due) == 1 else ', the first by '}{by}"]


def _failed_sources(reports: Iterable[Report]) -> list[str]:
    """Which sources beside PubMed failed, and for how many articles."""
    failed = Counter(kind for report in reports for kind in failed_beside(report))
    return [
        f"{said} for {phrases.count(failed[kind], 'article')}"
        for kind, said in wording.SOURCE_FAILED.items()
        if failed[kind]
    ]


def _news(digest: Digest) -> list[str]:
    """What the member is told for the first time, counted once however many articles it concerns."""
    told = {each.signal.change for report in digest.reports for each in notices(report) if digest.is_news(each)}
    cited = {(change.kind, change.pmid) for change in told}
    found = [each for report in digest.reports for each in (*listed_evidence(report), *lost_records(report))]
    changed = {each.signal.change.pmid for each in found if digest.is_news(each)}
    new = {each.signal.change.pmid for each in found if digest.is_news(replace(each, events=()))}
    new -= {each.signal.change.pmid for each in found if each.signal.change.is_about_found}
    counted = [phrases.count(len(cited), "notice")] if cited else []
    counted += [phrases.count(len(new), "record")] if new else []
    if later := len(changed - new):
        counted.append(f"{phrases.count(later, 'change')} to {'a record' if later == 1 else 'records'} told before")
    return counted


def _lead(urgent: list[Report]) -> str:
    """The gravest reason among articles that need review, as a clause of litwatch's own words.

    It tells the rule that gives a verdict its status, and so what the article's own headline tells.
    """
    leading = [(report, report.verdict.fired[0]) for report in urgent if report.verdict.fired]
    first = {fired.rule for _, fired in leading}
    rule = next((each for each in _GRAVITY if each in first), None)
    own = [(report, fired) for report, fired in leading if fired.rule == rule]
    pmids = {pmid for _, fired in own for pmid in fired.pmids}
    which = _which(own, urgent)
    some = f"{which} of them" if which.isdecimal() else which
    if rule in _ON_NOTICES:
        return _lead_of_notices(rule, [report for report, _ in own])
    if rule is Rule.NEW_EVIDENCE:
        level = max(report.topic.thresholds.review_level for report, _ in own)
        return (
            f"{phrases.count(len(pmids), 'new record')} of evidence level {_or_better(level)}"
            if pmids
            else "new evidence"
        )
    if rule is Rule.CONTRADICTED:
        what = phrases.count(len(pmids), "new record")
        return f"a member finds that {what} {'contradicts' if len(pmids) == 1 else 'contradict'} {some}"
    if rule is Rule.DECIDED:
        return _lead_of_decisions([report for report, _ in own], which)
    if rule is Rule.KEPT:
        return f"a member has kept {phrases.count(len(pmids), 'new record')}" if pmids else "new evidence"
    if rule is Rule.FOUND:
        was = "was" if len(pmids) == 1 else "were"
        return f"{phrases.count(len(pmids), 'new record')} that a member kept {was} retracted, questioned or lost"
    if rule is Rule.AGE:
        dated = any(report.last_reviewed or report.article.last_updated for report, _ in own)
        return "a re-assessment is due" if dated else "no date of update or review is known"
    if rule is Rule.IDENTITY:
        return f"is {some} still the same article?" if len(own) == 1 else f"are {some} still the same articles?"
    if rule is Rule.CITATIONS:
        return "the citations need an editor"
    return "the search strategy needs an editor" if rule is Rule.SEARCH else ""


def _which(own: Sized, urgent: Sized) -> str:
    """The articles that a clause is about, after "N articles need review": ``it``, ``them``, or how many of them."""
    if len(own) < len(urgent):
        return f"{len(own)}"
    return "it" if len(own) == 1 else "them"


def _lead_of_decisions(own: list[Report], which: str) -> str:
    """What is to be done about the articles, or what their new text asks."""
    decisions = [report.decision for report in own if report.decision is not None]
    if any(decision.text_changed_on is not None for decision in decisions):
        return "does the new text settle what was open?"
    withdrawn = sum(decision.is_withdrawal for decision in decisions)
    if withdrawn == len(own):
        return f"the board decided to withdraw {which}"
    return f"the board decided to {'withdraw or ' if withdrawn else ''}update {which}"


def _late(urgent: list[Report], digest: Digest) -> str:
    """What is past its deadline and was in the last list: what the subject leads with, if all of it, or how many."""
    new = {mark.change for mark in digest.new_marks or () if mark.matter is Matter.DEADLINE_PASSED}
    late = {(each.signal.change.kind, each.signal.change.pmid) for report in urgent for each in overdue(report)}
    rules = {report.verdict.fired[0].rule for report in urgent if report.verdict.fired}
    rule = next((each for each in _GRAVITY if each in rules), None)
    told = [each.signal.change for report in urgent for each in notices(report)]
    kind = next(
        (each for each in (_ON_NOTICES.get(rule, ()) if rule else ()) if each in {change.kind for change in told}), None
    )
    leading = {(change.kind, change.pmid) for change in told if change.kind is kind}
    if late <= new:
        return ""
    return (
        ", past the deadline"
        if leading and leading <= late
        else f"; {phrases.count(len(late), 'notice')} past the deadline"
    )


def _or_better(level: int) -> str:
    return "1" if level == 1 else f"{level} or better"


def _lead_of_notices(rule: Rule, own: list[Report]) -> str:
    told = [reported for report in own for reported in notices(report)]
    for kind in _ON_NOTICES[rule]:
        alike = {each.signal.change.pmid: each.record for each in told if each.signal.change.kind is kind}
        if alike:
            return wording.happened(kind, list(alike.values()))
    return "a notice concerns a cited paper" if told else ""
