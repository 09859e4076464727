"""What people have answered about an article's new records, as the ranking learns from it.

The last word about a record counts.
"""

from __future__ import annotations

from collections.abc import Iterable

from litwatch.decisions.member_answers import Answer, answer_of, weigh
from litwatch.decisions.ranking import WORTH, Judged, paper_of
from litwatch.model.change import ChangeKind
from litwatch.model.identifiers import Pmid
from litwatch.model.judgement import ABOUT_A_CHANGE, Decision
from litwatch.model.judgement_chain import ChainedJudgement
from litwatch.reading.known_papers import PaperSource
from litwatch.store import Store


def read_answers(topic: str, store: Store) -> tuple[Judged, ...]:
    """The new records of a topic that somebody has answered about, by PMID. Raises store errors."""
    return select_answers(store.judgements(topic), store)


def select_answers(
    judgements: Iterable[ChainedJudgement], papers: PaperSource, *, readers: int = 1
) -> tuple[Judged, ...]:
    """The same of the topic's ``judgements``, oldest first.

    Where two ``readers`` are asked, an answer that another one has not given too is left out: the order of what is left
    would tell the second reader what the first one said.
    """
    last: dict[Pmid, Decision] = {}
    said: dict[Pmid, list[Answer]] = {}
    for chained in judgements:
        change = chained.judgement.change
        if chained.judgement.decision not in ABOUT_A_CHANGE:
            continue
        if change is not None and change.kind is ChangeKind.NEW_RECORD:
            last[change.pmid] = chained.judgement.decision
            said.setdefault(change.pmid, []).append(answer_of(chained.judgement))
    if readers > 1:
        words = {pmid: weigh(own, readers=readers) for pmid, own in said.items()}
        last = {pmid: last[pmid] for pmid, word in words.items() if word is not None and not word.unpaired}
    worth = {pmid: WORTH[decision] for pmid, decision in sorted(last.items()) if decision in WORTH}
    records = papers.current_records(list(worth)) if worth else {}
    return tuple(Judged(paper_of(records[pmid]), worth[pmid]) for pmid in worth if pmid in records)
