"""Signs that a search strategy does not mean or find what it should, read from what is known of it.

A search that is understood otherwise, loses a phrase or finds too little looks whole at the door: its past tells, or
the strategy's own text, or the papers that the article cites. Whether PubMed or the strategy is at fault is for an
editor to find out. When a sign is closed is in ``accepted_signs``.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from litwatch.model.identifiers import Pmid
from litwatch.model.record import Record
from litwatch.model.search import Search, Window
from litwatch.model.severity import Severity
from litwatch.model.sweep import SearchPast, SearchSign, SignCode
from litwatch.model.text.phrases import count, listed
from litwatch.model.text.safe_text import clip, visible
from litwatch.strategy import lint_strategy
from litwatch.strategy.fields import BY_TAG, FieldKind
from litwatch.strategy.known_items import KnownItems, Why
from litwatch.strategy.not_understood import find_not_understood

FEWEST = 3
"""So many papers must be lost before a search is not believed. Three suffice where a mere count would need more,
because each has been looked up by its PMID."""

LOST_SHARE = 0.5
"""A search that loses more than this share of what it must find, 0 to 1, cannot be right: less may be papers that NLM
indexed anew, and those are named in the report."""

KEPT_AFTER_EDIT = 0.2
"""An edited strategy that finds no more than this share of what the one before it found, 0 to 1, is asked about. An
edit may narrow a strategy on purpose, so the bar is lower than for one that nobody touched; litwatch's own figure."""

FEWEST_CITED = 4
"""Known-item recall is judged from so many cited papers on: of fewer, one method paper would decide. litwatch's own
figure."""

EDGE = timedelta(days=2)
"""PubMed's index and a record's own dates may differ by a day, so nothing is expected at the window's beginning."""

_NAMED = 3
"""So many phrases of a lost clause are named in one sentence."""

_DAY = r'"?\d{4}(?:[/-]\d{1,2}){0,2}(?: \d\d:\d\d)?"?'
_DATE_TAG = r"\s*\[\s*(?:" + "|".join(
    sorted((re.escape(tag) for tag, field in BY_TAG.items() if field.kind is FieldKind.DAYS), key=len, reverse=True)
) + r"|date\b[^\]]{0,40})\s*\]"  # fmt: skip
_DAYS = re.compile(rf"{_DAY}(?:(?:{_DATE_TAG})?\s*:\s*{_DAY})?(?={_DATE_TAG})", re.IGNORECASE)
"""Days of any date field, alone or as a range, in every form in which PubMed prints or repeats them:
``[Date - Entry]``, ``[edat]`` as typed, in quotation marks, with a tag at both ends, and with a time of day (``"last 7
days"``)."""


@dataclass(frozen=True, slots=True)
class Sign:
    """One reason to look at a strategy, with the report's account of it."""

    found: SearchSign
    note: str
    """For the report's account of the search, in full."""


def clause_of(sign: SearchSign) -> str:
    """The sign as a clause for the verdict; its subject is the search strategy."""
    match sign.code:
        case SignCode.UNDERSTOOD_OTHERWISE:
            return f"PubMed interprets it differently than on {sign.since}"
        case SignCode.NEW_WARNING:
            return f"PubMed gives a warning that it did not give on {sign.since}"
        case SignCode.FINDS_TOO_LITTLE:
            return f"it no longer finds {sign.lost} of {count(sign.expected, 'paper')} that it found before"
        case SignCode.COLLAPSED_AFTER_EDIT:
            found = sign.expected - sign.lost
            return f"since it was edited, it finds {found} of {count(sign.expected, 'paper')} that it found before"
        case SignCode.CLAUSE_NOT_UNDERSTOOD:
            return _say_lost(sign)
        case SignCode.WORD_LEFT_OUT:
            words = listed([_shown(word) for word in sign.words[:_NAMED]])
            more = f" and {count(len(sign.words) - _NAMED, 'more', 'more')}" if len(sign.words) > _NAMED else ""
            them = "it" if len(sign.words) == 1 else "them"
            return f"PubMed does not find {words}{more}, and searches {_shown(sign.text)} without {them}"
        case SignCode.STRATEGY_ERROR:
            number, _, name = sign.words[0].partition("-")
            return f"it has an error: {name.replace('-', ' ')} ({number}) at {_shown(sign.text)}"
        case SignCode.MISSES_CITED_PAPERS:
            found = sign.expected - sign.lost
            return (
                f"it finds {found} of {count(sign.expected, 'paper')} that the article cites; it misses PMID"
                f" {_some(map(Pmid, map(int, sign.words)))}"
            )


def _say_lost(sign: SearchSign) -> str:
    phrases = listed([_shown(phrase) for phrase in sign.words[:_NAMED]])
    more = f" and {count(len(sign.words) - _NAMED, 'more', 'more')}" if len(sign.words) > _NAMED else ""
    if not sign.words:
        return "PubMed understands nothing of it"
    if sign.words == (sign.text,):
        return f"PubMed does not find {phrases}, which every paper must match"
    return f"PubMed does not find {phrases}{more}, so no paper can match the clause {_shown(sign.text)}"


def _shown(text: str) -> str:
    return clip(visible(text), 160)


def compare_with_past(search: Search, past: SearchPast, lost_with: Iterable[str] = ()) -> tuple[Sign, ...]:
    """How NCBI's understanding of a strategy differs from that of an earlier search with the same text.

    The window's days are left out of the comparison. A warning that stood before is no news, nor is one of
    ``lost_with``, which is told already, or one on how many records an answer holds.
    """
    if past.searched_at is None:
        return ()
    then = past.searched_at.date()
    signs = []
    if search.translation and past.translation and _without_days(search.translation) != _without_days(past.translation):
        sign = SearchSign(SignCode.UNDERSTOOD_OTHERWISE, then)
        signs.append(
            Sign(sign, f"{clause_of(sign)}, when the translation was: {clip(visible(past.translation), 1000)}")
        )
    told = {*map(_without_days, past.warnings), *(_without_days(warning) for warning in lost_with)}
    for warning in search.warnings:
        if _without_days(warning) not in told and not warning.startswith(_CAPPED):
            sign = SearchSign(SignCode.NEW_WARNING, then, text=warning)
            signs.append(Sign(sign, f"{clause_of(sign)}: {warning}"))
    return tuple(signs)


_CAPPED = "OutputMessage: Restrictions achieved"
"""PubMed's word that an answer holds at most 9,999 records; the search is then made in parts."""


_NOT_FOUND = ("PhraseNotFound", "QuotedPhraseNotFound")


def find_lost_clauses(strategy: str, search: Search) -> tuple[tuple[Sign, ...], tuple[str, ...]]:
    """The clauses of which PubMed understood nothing or a part only, and what else it did not find, one sentence each.

    An answer that repeats the whole term as sent, with no record, understood nothing of it, not even the window's days.
    """
    found = find_not_understood(
        strategy,
        [text for kind, text in map(_split_warning, search.warnings) if kind in _NOT_FOUND],
    )
    lost = [SearchSign(SignCode.CLAUSE_NOT_UNDERSTOOD, text=each.clause, words=each.phrases) for each in found.lost]
    if not lost and not search.count and search.window and _bare(search.term) == _bare(search.translation):
        lost = [SearchSign(SignCode.CLAUSE_NOT_UNDERSTOOD, text=strategy)]
    lost += [SearchSign(SignCode.WORD_LEFT_OUT, text=each.run, words=each.words) for each in found.shortened]
    notes = tuple(
        f"PubMed does not find {_shown(phrase)}; the other alternatives of its clause are searched."
        for phrase in found.alternatives
    ) + tuple(
        f"PubMed has no field [{_shown(text)}] and searches its terms in All Fields."
        for kind, text in map(_split_warning, search.warnings)
        if kind == "FieldNotFound"
    )
    return tuple(Sign(sign, f"For an editor: {clause_of(sign)}.") for sign in lost), notes


def warnings_about(signs: Iterable[Sign], warnings: Iterable[str]) -> tuple[str, ...]:
    """Those of PubMed's warnings whose phrases the signs already name."""
    named = [phrase for sign in signs for phrase in sign.found.words]

    def is_named(warning: str) -> bool:
        kind, text = _split_warning(warning)
        return kind in _NOT_FOUND and any(find_not_understood(phrase, [text]).lost for phrase in named)

    return tuple(filter(is_named, warnings))


def _split_warning(warning: str) -> tuple[str, str]:
    """The kind of a warning of PubMed, and the phrase that it is about."""
    kind, _, phrase = warning.partition(": ")
    return kind, phrase


def _bare(term: str) -> str:
    return " ".join(term.casefold().split())


def lint_signs(strategy: str) -> tuple[SearchSign, ...]:
    """A sign for each error of the linter, in the order of the text, each kind and place once.

    PubMed passes such a mistake over without a word, so that no answer of it can tell.
    """
    errors = [each for each in lint_strategy(strategy) if each.severity is Severity.ERROR]
    return tuple(
        dict.fromkeys(SearchSign(SignCode.STRATEGY_ERROR, text=each.excerpt, words=(each.code,)) for each in errors)
    )


def judge_recall(known: KnownItems | None, bar: float) -> SearchSign | None:
    """The sign that a strategy finds less than the share ``bar`` (0 to 1) of the papers that its article cites.

    Papers that wait for their headings, and those without a confirmed record, are left out; with fewer than
    ``FEWEST_CITED`` of the others nothing is said.
    """
    if known is None:
        return None
    missed = [one.pmid for one in known.missed if one.why is Why.EXCLUDED and one.pmid is not None]
    judged = len(known.found) + len(missed)
    if judged < FEWEST_CITED or len(known.found) >= bar * judged:
        return None
    words = tuple(str(pmid) for pmid in sorted(set(missed)))
    return SearchSign(SignCode.MISSES_CITED_PAPERS, lost=len(missed), expected=judged, words=words)


@dataclass(frozen=True, slots=True)
class SearchYield:
    """What the complete topic sweeps of one topic have found so far."""

    own: int
    """The most that a sweep with the strategy's present text announced, in papers."""
    others: int
    """The most that one with another text announced."""
    days: int
    """How many days the sweeps with the present text cover together, at least; 0 before the first."""


IN_VAIN = timedelta(days=365)
"""So long a strategy must have searched in vain before that alone counts as finding nothing; litwatch's own figure."""


def finds_nothing(signs: Iterable[SearchSign], found: SearchYield, known: KnownItems | None) -> bool:
    """Whether a strategy finds no paper at all, and so would show no new one, whoever has accepted that.

    ``signs`` are all of tonight's, closed ones too. PubMed understands nothing of a required clause; or no search with
    the present text ever found a paper, and something says that it should have: an error of the linter,
    ``FEWEST_CITED`` papers that the article cites and it misses, while it finds none, another text that did find
    papers, or a whole year that was searched.
    """
    codes = {sign.code for sign in signs}
    if SignCode.CLAUSE_NOT_UNDERSTOOD in codes:
        return True
    if found.own or not found.days or (known is not None and known.found):
        return False
    missed = sum(one.why is Why.EXCLUDED for one in known.missed) if known is not None else 0
    return SignCode.STRATEGY_ERROR in codes or missed >= FEWEST_CITED or found.others > 0 or found.days >= IN_VAIN.days


def find_collapse_after_edit(
    found: Collection[Pmid], expected: Collection[Pmid], past: SearchPast
) -> SearchSign | None:
    """The sign that an edited strategy finds little of what the topic's earlier ones found; None where it does not.

    ``found`` is what tonight's search announced, ``expected`` what of ``past.earlier_texts`` lies in the window. Once
    told, it stays while the window holds too little to tell otherwise.
    """
    if not past.earlier_texts:
        return None
    kept = len(set(expected).intersection(found))
    told = next((sign for sign in past.signs if sign.code is SignCode.COLLAPSED_AFTER_EDIT), None)
    fewest = 1 if not found else FEWEST
    if len(expected) >= fewest and kept <= KEPT_AFTER_EDIT * len(expected):
        sign = SearchSign(SignCode.COLLAPSED_AFTER_EDIT, lost=len(expected) - kept, expected=len(expected))
        return told if told and told.expected > sign.expected else sign
    return None if kept else told


def select_expected(found: Collection[Pmid], days: Mapping[Pmid, tuple[date, ...]], window: Window) -> frozenset[Pmid]:
    """Those of the papers that an earlier search found which the window must find again, by the days of the record."""
    first = window.first + EDGE
    return frozenset(pmid for pmid in found if pmid in days and any(first <= day <= window.last for day in days[pmid]))


def select_lost(
    vanished: Collection[Pmid], records: Mapping[Pmid, Record], gone: Collection[Pmid], window: Window
) -> tuple[Pmid, ...]:
    """Of the papers that a search no longer finds, those for which the record gives no reason.

    A record that PubMed no longer serves was deleted or merged, and one whose days have left the window was re-dated.
    """
    return tuple(
        pmid
        for pmid in sorted(vanished)
        if pmid not in gone and not (pmid in records and not _lies_in(records[pmid], window))
    )


def is_collapse(lost: Collection[Pmid], expected: Collection[Pmid]) -> bool:
    """Whether more than half of what must be found is not, beyond chance."""
    return len(lost) >= FEWEST and len(lost) > LOST_SHARE * len(expected)


def describe_collapse(lost: Collection[Pmid], expected: Collection[Pmid]) -> Sign:
    """The failure, with what to do."""
    sign = SearchSign(SignCode.FINDS_TOO_LITTLE, lost=len(lost), expected=len(expected))
    return Sign(
        sign,
        f"The search cannot be right: {clause_of(sign)} and that PubMed still dates in the window, PMID"
        f" {_some(lost)}. The next run asks again; if it lasts, try the strategy at PubMed and correct it",
    )


def describe_lost(lost: Collection[Pmid]) -> str:
    """What a reader should know of a few papers that are lost without reason."""
    return (
        f"The search no longer finds {count(len(lost), 'paper')} that it found before and that PubMed still dates in"
        f" the window: PMID {_some(lost)}. What is known of them is kept."
    )


def _some(pmids: Iterable[Pmid]) -> str:
    told = sorted(pmids)
    return ", ".join(map(str, told[:5])) + (" and others" if len(told) > 5 else "")


def _lies_in(record: Record, window: Window) -> bool:
    days = (record.entered, record.created, record.mesh_dated, record.revised)
    return any(day is not None and window.first <= day <= window.last for day in days)


def _without_days(translation: str) -> str:
    return " ".join(_DAYS.sub("<days>", translation).casefold().split())
