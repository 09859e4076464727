"""Which texts a topic's ranking compares, and what the store has of their embeddings."""

from __future__ import annotations

from collections.abc import Iterable

from litwatch.decisions.ranking import MINILM, EmbeddedTexts, Judged, Paper, key_of_text, paper_of, text_read
from litwatch.model.record import Record
from litwatch.reading.known_papers import PaperSource


def texts_to_compare(records: Iterable[Record], answers: Iterable[Judged], question: str | None) -> dict[str, str]:
    """What a sentence model reads of these, by the keys under which embeddings are kept."""
    papers: Iterable[Paper] = (*map(paper_of, records), *(one.paper for one in answers))
    texts = {key_of_text(each.title, each.abstract): text_read(each.title, each.abstract) for each in papers}
    return texts | ({key_of_text(question): text_read(question)} if question else {})


def read_embeddings(
    records: Iterable[Record], answers: Iterable[Judged], question: str | None, papers: PaperSource
) -> dict[str, bytes]:
    """The kept embeddings of these texts, by their keys; none where no model has read anything. Raises store errors."""
    if read_embedded(papers) is None:
        return {}
    return papers.embeddings(MINILM.weights, [*texts_to_compare(records, answers, question)])


def read_embedded(papers: PaperSource) -> EmbeddedTexts | None:
    """What the sentence model has read for this store; None where there is none. Raises store errors."""
    texts, seconds = papers.embedding_cost(MINILM.weights)
    return EmbeddedTexts(texts, seconds / texts) if texts else None
