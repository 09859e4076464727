"""An Article as plain values, for JSON: the form that the command line prints and that other programs read."""

from __future__ import annotations

from typing import Any

from litwatch.articles.model import Article, Sentence
from litwatch.model.reference import Reference


def as_json(article: Article) -> dict[str, Any]:
    """The article as dicts, lists, strings and numbers; dates as ISO 8601."""
    return {
        "form": article.form.value,
        "question": article.question,
        "last_updated": article.last_updated.isoformat() if article.last_updated else None,
        "status": {
            "state": article.status.state.value,
            "steps": list(article.status.steps),
            "statement": article.status.statement,
        },
        "sections": [
            {"heading": section.heading, "level": section.level, "sentences": [_sentence(s) for s in section.sentences]}
            for section in article.sections
        ],
        "sentences": [
            {"section": section.heading, **_sentence(sentence)}
            for section in article.sections
            for sentence in section.sentences
        ],
        "markers": list(article.markers),
        "references": [_reference(reference) for reference in article.references],
        "list_sources": [{"origin": one.origin.value, "file": one.file} for one in article.list_sources],
        "columns_from": [{"origin": one.origin.value, "file": one.file} for one in article.columns_from],
        "references_numbered": article.references_numbered,
        "cites_by_name": article.cites_by_name,
        "uncertain": [{"code": u.code, "message": u.message, "sentence": u.sentence} for u in article.uncertain],
        "leftovers": list(article.leftovers),
        "furniture": list(article.furniture),
        "cited_in_furniture": [{"number": number, "line": line} for number, line in article.cited_in_furniture],
    }


def _sentence(sentence: Sentence) -> dict[str, Any]:
    return {
        "number": sentence.number,
        "text": sentence.text,
        "markers": list(dict.fromkeys(marker.number for marker in sentence.markers)),
        "markers_sure": all(marker.sure for marker in sentence.markers),
        "printed": list(dict.fromkeys(marker.text for marker in sentence.markers)),
        "kind": sentence.kind.value,
        "depth": sentence.depth,
    }


def _reference(reference: Reference) -> dict[str, Any]:
    return {
        "position": reference.position,
        "number": reference.number,
        "kind": reference.kind.value,
        "title": reference.title,
        "source": reference.source,
        "year": reference.year,
        "authors": list(reference.authors),
        "pmid": reference.pmid,
        "doi": reference.doi,
        "url": reference.url,
        "text": reference.text,
        "label": reference.label,
    }
