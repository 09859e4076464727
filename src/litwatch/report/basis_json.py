"""A report's basis as plain values for JSON: the profile's figures, known items, newer versions, supplements."""

from __future__ import annotations

from typing import Any

from litwatch.model.record import Record
from litwatch.report.basis import Basis
from litwatch.report.profile import Profile
from litwatch.strategy.known_items import KnownItems


def basis_json(basis: Basis) -> dict[str, Any]:
    """The keys under ``basis`` in ``report.schema.json``."""
    return {
        "profile": _profile(basis.profile),
        "known_items": known_items_json(basis.known_items) if basis.known_items else None,
        "newer_versions": [
            {"cited": each.cited, "record": _named(each.record), "reasons": each.reasons} for each in basis.newer
        ],
        "supplements": [
            {
                "kind": each.supplement.kind,
                "seeds": each.supplement.seeds,
                "found": len(each.supplement.found),
                "known_found": each.supplement.known,
                "known": each.supplement.of_known,
                "recall": each.supplement.recall,
                "news": [_named(record) for record in each.news],
                "error": each.supplement.error,
            }
            for each in basis.supplements
        ],
        "looked_on": basis.looked_on,
        "errors": basis.errors,
    }


def known_items_json(known: KnownItems) -> dict[str, Any]:
    """The known-item recall of a strategy."""
    return {
        "found": known.found,
        "judged": known.judged,
        "recall": known.recall,
        "missed": [
            {
                "position": one.position,
                "pmid": one.pmid,
                "title": one.title,
                "why": one.why,
                "reasons": one.reasons,
                "change": one.change.says if one.change else None,
                "changed_strategy": one.change.strategy if one.change else None,
                "records_per_month": one.per_month,
            }
            for one in known.missed
        ],
    }


def _profile(profile: Profile) -> dict[str, Any]:
    return {
        "references": profile.references,
        "in_pubmed": profile.in_pubmed,
        "share_elsewhere": profile.share_elsewhere,
        "years": [
            {"year": each.year, "in_pubmed": each.in_pubmed, "elsewhere": each.elsewhere} for each in profile.years
        ],
        "undated": profile.undated,
        "median_age": profile.median_age,
        "levels": [{"label": label, "count": count} for label, count in profile.levels],
        "newest_guideline": _named(profile.newest_guideline),
        "newest_review": _named(profile.newest_review),
    }


def _named(record: Record | None) -> dict[str, Any] | None:
    if record is None:
        return None
    published = record.published
    return {"pmid": record.pmid, "title": record.title, "published": published.raw if published else None}
