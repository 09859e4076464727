"""ELink: similar articles, "cited in", references, PMC's copies, one by one or together, and ``cmd``'s other answers.

Which links there are says ``links``; what is said about links without following them, ``link_outs``. A link that no
record has, or whose data are not here, is a link set without links, as at NCBI. ``term`` and the dates limit what a
link to PubMed leads to; such an answer comes newest first and with other blanks (recorded in November 2025).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from litwatch.model.errors import StrategyError
from litwatch.standin import link_outs, search
from litwatch.standin.links import Link, Links, find_links
from litwatch.standin.occasion import DATABASES, Occasion, forgotten, header, prolog, read_ids, refuse, text
from litwatch.standin.web import XML, Answer, json_answer

_ROOT: Final = "eLinkResult"
_LIMITS: Final = ("term", "reldate", "mindate", "maxdate")

LinkSet = tuple[list[int], list[tuple[Link, Links]]]
"""Identifiers asked for together, and what each link leads to from them."""


def elink(occasion: Occasion) -> Answer:
    """Answer one ELink request; a ``cmd`` that is none counts as neighbor, the default."""
    request = occasion.request
    source, target = request.get("dbfrom").lower() or "pubmed", request.get("db").lower() or "pubmed"
    for name in (source, target):
        if name not in DATABASES and not (name == "all" and name is target):
            return refuse(occasion, _ROOT, f"Invalid db name specified: {name}")
    groups = _groups(occasion)
    if groups is None:
        return forgotten(occasion, _ROOT)
    if not groups:
        return refuse(occasion, _ROOT, "Empty id list - nothing todo")
    command = request.get("cmd").lower()
    if command in link_outs.CHECKS:
        return link_outs.check(occasion, command, source, groups)
    if command in link_outs.OUTWARD:
        return link_outs.lead_out(occasion, command, source, groups)
    asked = [part.strip() for part in request.get("linkname").split(",") if part.strip()]
    links = find_links(source, target, asked)
    sets = [(ids, [(link, link.follow(ids, occasion.view)) for link in links]) for ids in groups]
    limited = any(request.get(name) for name in _LIMITS)
    if limited:
        found = _within(occasion)
        sets = [(ids, [(link, _limited(link, links, found)) for link, links in each]) for ids, each in sets]
    if command == "neighbor_history":
        return _kept(occasion, source, sets)
    scored = command == "neighbor_score"
    if request.wants_json:
        return _as_json(source, sets, scored=scored)
    return _limited_as_xml(source, sets) if limited and not scored else _as_xml(source, sets, scored=scored)


def _within(occasion: Occasion) -> frozenset[int] | None:
    """The records that ``term`` and the dates leave; None where they leave all, or cannot be read."""
    term = search.dated(occasion.request.get("term"), occasion.request, today=occasion.today)
    if not term:
        return None
    try:
        return frozenset(search.run(term, occasion.view, today=occasion.today, recall=occasion.recall).pmids)
    except (StrategyError, search.QueryForgotten):
        return None


def _limited(link: Link, links: Links, found: frozenset[int] | None) -> Links:
    if link.target != "pubmed":
        return links
    return sorted((each for each in links if found is None or each[0] in found), reverse=True)


def _limited_as_xml(source: str, sets: Sequence[LinkSet]) -> Answer:
    parts = [f"{prolog(_ROOT)}\n<{_ROOT}>\n"]
    for asked, databases in sets:
        ids = "".join(f"\t\t<Id>{one}</Id>\n" for one in asked)
        parts.append(f"<LinkSet>\n\t<DbFrom>{text(source)}</DbFrom>\n\t<IdList>\n{ids}\t</IdList>\n")
        for link, links in databases:
            if links:
                parts.append(f"\t<LinkSetDb>\n\t\t<DbTo>{link.target}</DbTo>\n\t\t<LinkName>{link.name}</LinkName>\n")
                parts += [f"\t\t<Link>\n\t\t\t<Id>{one}</Id>\n\t\t</Link>\n" for one, _ in links]
                parts.append("\t</LinkSetDb>\n")
        parts.append("</LinkSet>\n")
    parts.append(f"</{_ROOT}>\n")
    return Answer("".join(parts).encode(), XML)


def _groups(occasion: Occasion) -> list[list[int]] | None:
    """The identifiers of each link set; None where the session does not hold the query."""
    request = occasion.request
    key = request.get("query_key")
    if key:
        kept = occasion.recall(key)
        return [list(kept.pmids)] if kept is not None else None
    groups = [read_ids((value,))[0] for value in request.parameters.get("id", ())]
    return [group for group in groups if group]


def _as_xml(source: str, sets: Sequence[LinkSet], *, scored: bool) -> Answer:
    parts = [f"{prolog(_ROOT)}\n<{_ROOT}>\n\n"]
    for asked, databases in sets:
        parts.append(_opening(source, asked))
        for link, links in databases:
            if not links:  # NCBI leaves the indentation of what it leaves out
                parts.append("    \n")
                continue
            parts.append(
                f"    <LinkSetDb>\n      <DbTo>{link.target}</DbTo>\n      <LinkName>{link.name}</LinkName>\n      \n"
            )
            for identifier, score in links:
                score_element = f"\t\t\t\t<Score>{score}</Score>\n" if scored else ""
                parts.append(f"        <Link>\n\t\t\t\t<Id>{identifier}</Id>\n{score_element}\t\t\t</Link>\n")
            parts.append("      \n    </LinkSetDb>\n")
        parts.append("  </LinkSet>\n")
    parts.append(f"</{_ROOT}>\n")
    return Answer("".join(parts).encode(), XML)


def _as_json(source: str, sets: Sequence[LinkSet], *, scored: bool) -> Answer:
    linksets: list[dict[str, Any]] = []
    for asked, databases in sets:
        linkset: dict[str, Any] = {"dbfrom": source, "ids": [str(one) for one in asked]}
        if any(links for _, links in databases):
            linkset["linksetdbs"] = [
                {
                    "dbto": link.target,
                    "linkname": link.name,
                    "links": [{"id": str(one), "score": score} if scored else str(one) for one, score in links],
                }
                for link, links in databases
                if links
            ]
        linksets.append(linkset)
    return json_answer({"header": header("elink"), "linksets": linksets})


def _kept(occasion: Occasion, source: str, sets: Sequence[LinkSet]) -> Answer:
    """neighbor_history: what each link leads to goes into the history, under a key of its own."""
    web_env = occasion.request.web_env
    parts = [f"{prolog(_ROOT)}\n<{_ROOT}>\n\n"]
    linksets: list[dict[str, Any]] = []
    for asked, databases in sets:
        parts.append(_opening(source, asked))
        histories: list[dict[str, str]] = []
        for link, links in databases:
            if not links:
                continue
            web_env, key = occasion.history.keep(web_env, tuple(one for one, _ in links), "", now=occasion.now)
            histories.append({"dbto": link.target, "linkname": link.name, "querykey": str(key)})
            parts.append(
                f"    <LinkSetDbHistory>\n      <DbTo>{link.target}</DbTo>\n      <LinkName>{link.name}</LinkName>\n"
                f"      <QueryKey>{key}</QueryKey>\n    </LinkSetDbHistory>\n"
            )
        parts.append(f"    <WebEnv>{text(web_env)}</WebEnv>\n  </LinkSet>\n")
        ids = [str(one) for one in asked]
        linksets.append({"dbfrom": source, "ids": ids, "linksetdbhistories": histories, "webenv": web_env})
    if occasion.request.wants_json:
        return json_answer({"header": header("elink"), "linksets": linksets})
    parts.append(f"</{_ROOT}>\n")
    return Answer("".join(parts).encode(), XML)


def _opening(source: str, asked: list[int]) -> str:
    ids = "".join(f"      <Id>{one}</Id>\n" for one in asked)
    return f"  <LinkSet>\n    <DbFrom>{text(source)}</DbFrom>\n    <IdList>\n{ids}    </IdList>\n"
