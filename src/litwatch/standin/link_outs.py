"""What ELink says about links instead of following them: which there are, and the addresses outside NCBI.

``acheck`` lists an article's links, ``ncheck`` and ``lcheck`` say whether there are any, ``llinks``, ``llinkslib`` and
``prlinks`` name the publisher's page and PMC's. XML as recorded in November 2025; JSON as public programs read it. The
publisher is DOI's own resolver, because records do not say who publishes.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import quote

from litwatch.standin.corpus import View
from litwatch.standin.links import find_links
from litwatch.standin.occasion import Occasion, header, prolog, text
from litwatch.standin.web import HTML, XML, Answer, json_answer

CHECKS: Final = ("acheck", "ncheck", "lcheck")
OUTWARD: Final = ("llinks", "llinkslib", "prlinks")
_ROOT: Final = "eLinkResult"


@dataclass(frozen=True, slots=True)
class LinkOut:
    """One address outside Entrez."""

    url: str
    icon: str
    attribute: str
    provider: str
    abbreviation: str
    number: int


def check(occasion: Occasion, command: str, source: str, groups: Sequence[list[int]]) -> Answer:
    """Answer ``acheck``, ``ncheck`` or ``lcheck`` for the identifiers of each link set."""
    if occasion.request.wants_json:
        sets = [_checked_as_json(occasion.view, command, source, ids) for ids in groups]
        return json_answer({"header": header("elink"), "linksets": sets})
    parts = [f"{prolog(_ROOT)}\n<{_ROOT}>\n"]
    for ids in groups:
        parts.append(f"\t<LinkSet>\n\t\t<DbFrom>{text(source)}</DbFrom>\n\t\t<IdCheckList>\n")
        for one in ids:
            if command == "acheck":
                parts += [f"\t\t\t<IdLinkSet>\n\t\t\t\t<Id>{one}</Id>\n", *_infos(occasion.view, source, one)]
                parts.append("\t\t\t</IdLinkSet>\n")
            else:
                name, has = _mark(occasion.view, command, source, one)
                parts.append(f'\t\t\t<Id {name}="{has}">{one}</Id>\n')
        parts.append("\t\t</IdCheckList>\n\t</LinkSet>\n")
    parts.append(f"</{_ROOT}>\n")
    return Answer("".join(parts).encode(), XML)


def lead_out(occasion: Occasion, command: str, source: str, groups: Sequence[list[int]]) -> Answer:
    """Answer ``llinks``, ``llinkslib`` or ``prlinks``; ``prlinks`` with ``retmode=ref`` leads to the page itself."""
    primary = command == "prlinks"
    found = [[(one, _outs(occasion.view, source, one)[: 1 if primary else None]) for one in ids] for ids in groups]
    if primary and occasion.request.get("retmode").lower() == "ref":
        return _led_to(found)
    if occasion.request.wants_json:
        sets = [{"dbfrom": source, "idurllist": [_urls_as_json(*each) for each in ids]} for ids in found]
        return json_answer({"header": header("elink"), "linksets": sets})
    parts = [f"{prolog(_ROOT)}\n<{_ROOT}>\n\n"]
    for ids in found:
        parts.append(f"<LinkSet><DbFrom>{text(source)}</DbFrom><IdUrlList>")
        for one, outs in ids:
            parts += [f"<IdUrlSet>\n\t<Id>{one}</Id>\n", *map(_out, outs), "</IdUrlSet>\n"]
        parts.append("</IdUrlList></LinkSet>\n")
    parts.append(f"</{_ROOT}>\n")
    return Answer("".join(parts).encode(), XML)


def _led_to(found: list[list[tuple[int, list[LinkOut]]]]) -> Answer:
    target = next((outs[0].url for ids in found for _, outs in ids if outs), None)
    if target is None:
        return Answer(b"<html><body>No links</body></html>\n", HTML)
    return Answer(b"", HTML, 302, {"Location": target})


def _outs(view: View, source: str, one: int) -> list[LinkOut]:
    record = view.records.get(one) if source == "pubmed" else None
    if record is None:
        return []
    outs = []
    if record.doi:
        address = f"https://doi.org/{quote(str(record.doi), safe='/:;()')}"
        outs.append(LinkOut(address, "", "full-text online", "Digital Object Identifier", "doi", 1))
    if record.pmcid:
        address = f"https://pmc.ncbi.nlm.nih.gov/articles/{record.pmcid}/"
        outs.append(LinkOut(address, "", "free resource", "PubMed Central", "PMC", 2))
    return outs


def _out(out: LinkOut) -> str:
    return (
        f"\t<ObjUrl>\n\t\t<Url>{text(out.url)}</Url>\n\t\t<IconUrl>{text(out.icon)}</IconUrl>\n\n"
        f"\t\t<Category>Full Text Sources</Category>\n\t\t<Attribute>{out.attribute}</Attribute>\n\t\t<Provider>\n"
        f"\t\t\t<Name>{out.provider}</Name>\n\t\t\t<NameAbbr>{out.abbreviation}</NameAbbr>\n"
        f"\t\t\t<Id>{out.number}</Id>\n\t\t</Provider>\n\t</ObjUrl>\n"
    )


def _urls_as_json(one: int, outs: list[LinkOut]) -> dict[str, Any]:
    shown = [
        {
            "url": {"value": out.url},
            "iconurl": {"value": out.icon},
            "subjecttypes": [],
            "categories": ["Full Text Sources"],
            "attributes": [out.attribute],
            "provider": {"name": out.provider, "nameabbr": out.abbreviation, "id": str(out.number)},
        }
        for out in outs
    ]
    return {"id": str(one), "objurls": shown}


def _listed(view: View, source: str, one: int) -> Iterator[tuple[str, str, str, int]]:
    """(database, link, menu entry, priority) of every link of one article."""
    for link in find_links(source, "all"):
        if link.menu and link.follow([one], view):
            yield link.target, link.name, link.menu, link.priority
    if _outs(view, source, one):
        yield "LinkOut", "ExternalLink", "LinkOut", 255


def _infos(view: View, source: str, one: int) -> Iterator[str]:
    for target, name, menu, priority in _listed(view, source, one):
        yield (
            f"\t\t\t\t<LinkInfo>\n\t\t\t\t\t<DbTo>{target}</DbTo>\n\t\t\t\t\t<LinkName>{name}</LinkName>\n"
            f"\t\t\t\t\t<MenuTag>{menu}</MenuTag>\n\t\t\t\t\t<HtmlTag>{menu}</HtmlTag>\n"
            f"\t\t\t\t\t<Priority>{priority}</Priority>\n\t\t\t\t</LinkInfo>\n"
        )


def _mark(view: View, command: str, source: str, one: int) -> tuple[str, str]:
    if command == "lcheck":
        return "HasLinkOut", "NY"[bool(_outs(view, source, one))]
    neighbours = (link.follow([one], view) for link in find_links(source, source))
    return "HasNeighbor", "NY"[any(neighbours)]


def _checked_as_json(view: View, command: str, source: str, ids: list[int]) -> dict[str, Any]:
    if command != "acheck":
        marks = [(one, *_mark(view, command, source, one)) for one in ids]
        said: dict[str, Any] = {"ids": [{"value": str(one), name.lower(): has} for one, name, has in marks]}
    else:
        said = {
            "idlinksets": [
                {
                    "id": str(one),
                    "linkinfos": [
                        {"dbto": target, "linkname": name, "menutag": menu, "htmltag": menu, "priority": str(priority)}
                        for target, name, menu, priority in _listed(view, source, one)
                    ],
                }
                for one in ids
            ]
        }
    return {"dbfrom": source, "idchecklist": said}
