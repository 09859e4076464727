"""Why a rule fired and why a change is told, as a code with its facts; ``report/reason_sentences.py`` has the words."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from litwatch.model.sweep import SearchSign, Sweep, SweepKind, SweepState


class ReasonCode(StrEnum):
    """What made a rule fire (down to CLEAR) or what a signal tells (from CITES, and KEPT).

    ``numbers``, ``day``, ``text`` and ``words`` are those of ``Reason``.
    """

    RETRACTED = "retracted"
    NEWER_VERSION = "newer_version"
    REINSTATED = "reinstated"
    PARTLY_RETRACTED = "partly_retracted"
    WITHDRAWN = "withdrawn"
    CONCERN = "concern"
    GONE_FROM_PUBMED = "gone_from_pubmed"
    OTHER_NOTICE = "other_notice"
    CONTRADICTED = "contradicted"
    NEW_EVIDENCE = "new_evidence"
    """``numbers``: the evidence level, 1 to 7, that the topic asks for."""
    KEPT = "kept"
    NOT_IN_PUBMED = "not_in_pubmed"
    """Printed PMIDs that PubMed does not have. ``numbers``: how many PMIDs the list prints, then the places of these
    references; ``words``: their PMIDs."""
    LINT_ERRORS = "lint_errors"
    """``numbers``: how many, those of NOT_IN_PUBMED left out."""
    UNCONFIRMED = "unconfirmed"
    """``numbers``: the places of the references in the list, those of NOT_IN_PUBMED left out."""
    UNLIKE_PIN = "unlike_pin"
    """``numbers``: the places of the references in the list."""
    UPDATE_DECIDED = "update_decided"
    """``day``: when the board decided that the article be updated; its text is still the same."""
    WITHDRAWAL_DECIDED = "withdrawal_decided"
    """``day``: when the board decided to withdraw the article; it still stands."""
    DUE = "due"
    """``day``: by when that should be done."""
    OVERDUE = "overdue"
    """The same where the day has passed."""
    OPEN_WHEN_DECIDED = "open_when_decided"
    """The rule fired, and the change was open, when the board decided: ``day``."""
    TEXT_CHANGED = "text_changed"
    """``day``: when the text changed, after the decision; ``words``: the day of the decision in ISO form. It is to be
    said whether the new text settles what was open then."""
    ANOTHER_ARTICLE = "another_article"
    """``day``: when the text first looked like another article."""
    UNDATED = "undated"
    LONG_SINCE_REVIEW = "long_since_review"
    """``day`` of the review; ``numbers``: the days since, and after how many the article is re-assessed."""
    LONG_SINCE_UPDATE = "long_since_update"
    """The same for an article that was never reviewed."""
    TOPIC_SWEEP_FAILED = "topic_sweep_failed"
    """``text``: the error."""
    CITATION_SWEEP_FAILED = "citation_sweep_failed"
    UNDERSTOOD_OTHERWISE = "understood_otherwise"
    """This and the next seven are those of ``SignCode``; ``day``: the day of the search that it is compared with."""
    NEW_WARNING = "new_warning"
    """``text``: PubMed's warning."""
    FINDS_TOO_LITTLE = "finds_too_little"
    """``numbers``: papers lost, papers that must be found."""
    CLAUSE_NOT_UNDERSTOOD = "clause_not_understood"
    """``text``: the clause as written; ``words``: its phrases that PubMed did not find."""
    WORD_LEFT_OUT = "word_left_out"
    """``text``: the run of words as written; ``words``: those that PubMed left out."""
    COLLAPSED_AFTER_EDIT = "collapsed_after_edit"
    """``numbers``: as of FINDS_TOO_LITTLE."""
    STRATEGY_ERROR = "strategy_error"
    """``text``: the characters concerned; ``words``: the code of the linter's rule."""
    MISSES_CITED_PAPERS = "misses_cited_papers"
    """``numbers``: cited papers missed, cited papers judged; ``words``: the PMIDs of the missed."""
    FINDS_NOTHING = "finds_nothing"
    """``day``: to which everything is searched; ``words``: ``reviewed`` where a person has accepted it."""
    NEW_ON_TOPIC = "new_on_topic"
    """Of a question without an article. ``numbers``: new records that are open, and those of them that nobody has read;
    ``day``: since when they are new, None where the topic file does not say and nobody has recorded a review."""
    CLEAR = "clear"
    """``day``: to which everything is searched."""
    CITES = "cites"
    """This and the next two: the article cites the paper, and what the kind of the change says has happened to it."""
    NO_LONGER_CITES = "no_longer_cites"
    LIKELY_CITES = "likely_cites"
    """It is not confirmed that this is the paper meant by the reference."""
    SENTENCES_DEPEND = "sentences_depend"
    """``numbers``: the article's sentences."""
    RECORD_DELETED = "record_deleted"
    RECORD_MERGED = "record_merged"
    NOTICE_NAMED = "notice_named"
    """The notice that PubMed no longer shows is the one that the change names."""
    NOTICE_TAKEN_BACK = "notice_taken_back"
    NOT_DELIVERED = "not_delivered"
    NOTICE_ABOUT_ANOTHER = "notice_about_another"
    LEVEL = "level"
    """The evidence level is the signal's."""
    MARKED = "marked"
    """The marks are the signal's."""
    PASSES_FILTER = "passes_filter"
    """``words``: the names of published filters."""
    SHARES_REFERENCES = "shares_references"
    """``numbers``: how many."""
    CLOSEST_TO = "closest_to"
    """``numbers``: the article's sentences; ``words``: what they share with the record, of SHARED_WORDS and
    SHARED_REFERENCES."""
    MEMBER_FINDS = "member_finds"
    """``words``: the effect of the record on the article that a member named (``Effect``)."""
    DISAGREEMENT = "disagreement"
    """Members disagree about the change; in a verdict, ``numbers``: about how many of its papers."""
    ANSWERED = "answered"
    """``day`` and ``words``: who of them answered what (a ``Decision`` or an ``Effect``)."""
    SECOND_READER = "second_reader"
    """``day`` and ``words``: who has answered, where a second reader is asked; not what they said."""
    SETTLED = "settled"
    """``day``, ``words`` and ``text``: who settled their disagreement with which answer, and why."""
    TOLD_BEFORE = "told_before"
    """``day``: when the new record was told; the kind of the change says what has befallen it since."""
    FOUND_BEFALLEN = "found_befallen"
    """In a verdict: what befell new records that a member had kept; the changes say what."""
    SURVIVOR = "survivor"
    """``numbers``: the PMID of the record that most likely has the lost one's place; ``text``: its title."""
    RANKED_HIGHER = "ranked_higher"
    """``numbers``: of how many similar papers the board kept."""
    RANKED_LOWER = "ranked_lower"
    """``numbers``: how many similar papers the board set aside."""


SHARED_WORDS = "words"
SHARED_REFERENCES = "references"
"""What brings a new record close to a sentence."""


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason, without words of ours."""

    code: ReasonCode
    numbers: tuple[int, ...] = ()
    day: date | None = None
    text: str = ""
    """What came from outside: an error as its source told it, a clause of the strategy."""
    words: tuple[str, ...] = ()
    """Codes or names that belong to the reason."""


_FAILED = {
    SweepKind.TOPIC: ReasonCode.TOPIC_SWEEP_FAILED,
    SweepKind.CITATION: ReasonCode.CITATION_SWEEP_FAILED,
}


def find_failures(sweeps: Iterable[Sweep]) -> tuple[Reason, ...]:
    """The topic and citation sweeps that did not complete.

    A feed or a second source is a hint beside these: that it failed is told in the report, but the article was surveyed
    without it.
    """
    failed = [each for each in sweeps if each.state is SweepState.FAILED]
    return tuple(Reason(_FAILED[each.kind], text=each.error or "") for each in failed if each.kind in _FAILED)


def reason_of(sign: SearchSign) -> Reason:
    """A sign that the search strategy needs a look, as a reason."""
    numbers = (sign.lost, sign.expected) if sign.expected else ()
    return Reason(ReasonCode(sign.code.value), numbers, sign.since, sign.text, sign.words)
