"""Before topics are decided, the installed sentence model reads the texts that it has not read yet.

That happens before the store is held for the decision, because a text takes a tenth of a second.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable
from datetime import date
from itertools import islice
from typing import TYPE_CHECKING

from litwatch.decisions.ranking import MINILM
from litwatch.model.errors import SettingsError
from litwatch.model.record import Record
from litwatch.night.survey import Begun
from litwatch.reading.board_answers import read_answers
from litwatch.reading.text_embeddings import texts_to_compare
from litwatch.store import Store

if TYPE_CHECKING:
    from litwatch.decisions.ranking.sentence_model import SentenceModel

A_NIGHT = 5000
"""Texts that are read for a group of topics: seven minutes. Of more, the rest is read on the nights that follow."""

_log = logging.getLogger(__name__)


def embed_lacking(
    begun: Iterable[Begun],
    delivered: Iterable[Record],
    store: Store,
    *,
    load_model: Callable[[], SentenceModel] | None,
    today: date,
) -> frozenset[str]:
    """Read the texts of what is cited, open and ``delivered`` that have no embedding yet, and keep what comes out.

    The slugs of the topics of which texts were read that they had before tonight: their new records may have another
    order now. A model that cannot be used is told in the log, and the night goes on without. Raises store errors.
    """
    if load_model is None:
        return frozenset()
    begun, records = list(begun), {record.pmid: record for record in delivered}
    texts = texts_to_compare(records.values(), (), None)
    standing = store.open_changes_of([one.topic.slug for one in begun], on=today)
    before = {one.topic.slug: {*one.cited, *(item.change.pmid for item in standing[one.topic.slug])} for one in begun}
    records |= store.current_records(set().union(*before.values()) - records.keys())
    keys: dict[str, frozenset[str]] = {}
    for one in begun:
        slug = one.topic.slug
        papers = [records[pmid] for pmid in sorted(before[slug]) if pmid in records]
        own = texts_to_compare(papers, read_answers(slug, store), one.article.question)
        texts |= own
        keys[slug] = frozenset(own)
    kept = store.embeddings(MINILM.weights, [*texts])
    lacking = dict(islice(((key, text) for key, text in texts.items() if key not in kept), A_NIGHT))
    if not lacking:
        return frozenset()
    try:
        model = load_model()
    except SettingsError as error:
        _log.warning("new records are ordered without the sentence model: %s", error)
        return frozenset()
    began = time.process_time()
    vectors = {key: model.embed(text).hex() for key, text in lacking.items()}
    store.keep_embeddings(MINILM.weights, vectors, time.process_time() - began)
    return frozenset(slug for slug, read in keys.items() if not read.isdisjoint(vectors))
