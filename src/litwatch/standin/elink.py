"""ELink between PubMed records: similar articles with or without scores, cited in, references.

Several ``id`` parameters are answered one by one, several identifiers in one parameter together. The similarity is a
plain one (shared title words and MeSH headings, weighted by rarity); only its form is NCBI's. References are often
empty, as there: NCBI has them only for what came through PMC.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Sequence
from typing import Any, Final

from litwatch.model.record import Record
from litwatch.standin.corpus import View
from litwatch.standin.occasion import Occasion, forgotten, header, prolog, read_ids, refuse, text, wrong_database
from litwatch.standin.web import XML, Answer, json_answer

_ROOT = "eLinkResult"
_MOST_SIMILAR: Final = 100
_TOO_COMMON: Final = 0.2
_NAMES: Final = (
    "pubmed_pubmed",
    "pubmed_pubmed_alsoviewed",
    "pubmed_pubmed_bookrecords",
    "pubmed_pubmed_citedin",
    "pubmed_pubmed_combined",
    "pubmed_pubmed_five",
    "pubmed_pubmed_refs",
    "pubmed_pubmed_reviews",
    "pubmed_pubmed_reviews_five",
)
"""In NCBI's order; nobody views articles here and no book cites them, so the second and third are always empty."""
_REVIEW: Final = "D016454"

Links = Sequence[tuple[int, int]]
"""(PMID, score) in the order sent."""


def elink(occasion: Occasion) -> Answer:
    """Answer one ELink request; ``cmd`` is neighbor (the default), neighbor_score or neighbor_history."""
    request = occasion.request
    refusal = wrong_database(occasion, _ROOT, "dbfrom") or wrong_database(occasion, _ROOT)
    if refusal is not None:
        return refusal
    command = request.get("cmd").lower() or "neighbor"
    if command not in ("neighbor", "neighbor_score", "neighbor_history"):
        return refuse(occasion, _ROOT, f"The stand-in does not know cmd={command}")
    name = request.get("linkname")
    names = tuple(part.strip() for part in name.split(",")) if name else _NAMES
    groups = _groups(occasion)
    if groups is None:
        return forgotten(occasion, _ROOT)
    sets = []
    for pmids in groups:
        linked = [(each, _linked(each, pmids, occasion.view)) for each in names]
        sets.append((pmids, linked))
    if not sets:
        return refuse(occasion, _ROOT, "Empty id list - nothing todo")
    if command == "neighbor_history":
        return _kept(occasion, sets)
    scored = command == "neighbor_score"
    return _as_json(sets, scored=scored) if request.wants_json else _as_xml(sets, scored=scored)


def _groups(occasion: Occasion) -> list[list[int]] | None:
    """The identifiers of each link set; None where the session does not hold the query."""
    request = occasion.request
    key = request.get("query_key")
    if key:
        kept = occasion.recall(key)
        return [list(kept.pmids)] if kept is not None else None
    groups = [read_ids((value,))[0] for value in request.parameters.get("id", ())]
    return [group for group in groups if group]


def _linked(name: str, pmids: list[int], view: View) -> Links:
    if name == "pubmed_pubmed":
        return _similar(pmids, view)
    if name in ("pubmed_pubmed_five", "pubmed_pubmed_combined"):
        return _similar(pmids, view)[:5]
    if name.startswith("pubmed_pubmed_reviews"):
        reviews = [link for link in _similar(pmids, view) if view.records[link[0]].has_type(_REVIEW)]
        return reviews[:5] if name.endswith("_five") else reviews
    if name == "pubmed_pubmed_citedin":
        return [(pmid, 0) for pmid in dict.fromkeys(pmid for cited in pmids for pmid in view.cited_by.get(cited, ()))]
    if name == "pubmed_pubmed_refs":
        citing = [view.records[pmid] for pmid in pmids if pmid in view.records]
        listed = dict.fromkeys(int(pmid) for record in citing for pmid in record.cites)
        return [(pmid, 0) for pmid in sorted(listed, reverse=True) if pmid in view]
    return []


def _similar(pmids: list[int], view: View) -> Links:
    holders: dict[str, list[int]] = view.derived("features", _holders)
    scores: Counter[int] = Counter()
    most = max(3, len(view) * _TOO_COMMON)
    for pmid in pmids:
        if pmid in view.records:
            for feature in _features(view.records[pmid]):
                others = holders[feature]
                if len(others) <= most:
                    weight = math.log1p(len(view) / len(others))
                    for other in others:
                        scores[other] += round(weight * 1_000_000)
            # The seed itself comes first, with the highest score, as in the recorded answers.
            scores[pmid] += 1
    return sorted(scores.items(), key=lambda item: (-item[1], -item[0]))[:_MOST_SIMILAR]


def _holders(view: View) -> dict[str, list[int]]:
    holders: dict[str, list[int]] = {}
    for pmid, record in view.records.items():
        for feature in _features(record):
            holders.setdefault(feature, []).append(pmid)
    return holders


def _features(record: Record) -> set[str]:
    words = {word for word in re.findall(r"\w+", record.title.lower()) if len(word) > 3}
    return words | {heading.ui for heading in record.mesh}


def _as_xml(sets: list[tuple[list[int], list[tuple[str, Links]]]], *, scored: bool) -> Answer:
    parts = [f"{prolog(_ROOT)}\n<{_ROOT}>\n\n"]
    for pmids, databases in sets:
        ids = "".join(f"      <Id>{pmid}</Id>\n" for pmid in pmids)
        parts.append(f"  <LinkSet>\n    <DbFrom>pubmed</DbFrom>\n    <IdList>\n{ids}    </IdList>\n")
        for name, links in databases:
            if not links:  # NCBI leaves the indentation of what it leaves out
                parts.append("    \n")
                continue
            parts.append(
                f"    <LinkSetDb>\n      <DbTo>pubmed</DbTo>\n      <LinkName>{text(name)}</LinkName>\n      \n"
            )
            for pmid, score in links:
                score_element = f"\t\t\t\t<Score>{score}</Score>\n" if scored else ""
                parts.append(f"        <Link>\n\t\t\t\t<Id>{pmid}</Id>\n{score_element}\t\t\t</Link>\n")
            parts.append("      \n    </LinkSetDb>\n")
        parts.append("  </LinkSet>\n")
    parts.append(f"</{_ROOT}>\n")
    return Answer("".join(parts).encode(), XML)


def _as_json(sets: list[tuple[list[int], list[tuple[str, Links]]]], *, scored: bool) -> Answer:
    linksets: list[dict[str, Any]] = []
    for pmids, databases in sets:
        linkset: dict[str, Any] = {"dbfrom": "pubmed", "ids": [str(pmid) for pmid in pmids]}
        if any(links for _, links in databases):
            linkset["linksetdbs"] = [
                {
                    "dbto": "pubmed",
                    "linkname": name,
                    "links": [{"id": str(p), "score": s} if scored else str(p) for p, s in links],
                }
                for name, links in databases
                if links
            ]
        linksets.append(linkset)
    return json_answer({"header": header("elink"), "linksets": linksets})


def _kept(occasion: Occasion, sets: list[tuple[list[int], list[tuple[str, Links]]]]) -> Answer:
    """neighbor_history: every link set goes into the history, each under its own key."""
    web_env = occasion.request.web_env
    parts = [f"{prolog(_ROOT)}\n<{_ROOT}>\n\n"]
    for pmids, databases in sets:
        ids = "".join(f"      <Id>{pmid}</Id>\n" for pmid in pmids)
        parts.append(f"  <LinkSet>\n    <DbFrom>pubmed</DbFrom>\n    <IdList>\n{ids}    </IdList>\n")
        for name, links in databases:
            if not links:
                continue
            web_env, key = occasion.history.keep(web_env, tuple(pmid for pmid, _ in links), "", now=occasion.now)
            parts.append(
                f"    <LinkSetDbHistory>\n      <DbTo>pubmed</DbTo>\n      <LinkName>{text(name)}</LinkName>\n"
                f"      <QueryKey>{key}</QueryKey>\n    </LinkSetDbHistory>\n"
            )
        parts.append(f"    <WebEnv>{web_env}</WebEnv>\n  </LinkSet>\n")
    parts.append(f"</{_ROOT}>\n")
    return Answer("".join(parts).encode(), XML)
