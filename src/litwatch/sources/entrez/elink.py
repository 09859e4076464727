"""ELink: the records that PubMed links to others, seed by seed, with scores where PubMed has them.

Each seed is sent as a parameter of its own, because PubMed mixes the links of seeds joined by commas. A seed without
links is normal (references come only through PMC or the publisher). Links from seeds that nobody named are rejected.
"""

from __future__ import annotations

from collections.abc import Iterable

from litwatch.model.identifiers import Pmid, parse_pmid
from litwatch.sources.entrez.replies import iterate_xml
from litwatch.sources.entrez.retries import Asker
from litwatch.sources.entrez.transport import Unusable
from litwatch.sources.protocol import LinkName


def link(asker: Asker, seeds: Iterable[Pmid], name: LinkName) -> dict[Pmid, tuple[tuple[Pmid, int], ...]]:
    """(PMID, score) of the records linked to each seed, as PubMed orders them; 0 where there is no score.

    Raises SourceError where no usable answer came.
    """
    wanted = list(dict.fromkeys(seeds))
    if not wanted:
        return {}
    return asker.ask(
        "elink",
        lambda body: _read_links(body, wanted, name),
        dbfrom="pubmed",
        db="pubmed",
        id=[str(seed) for seed in wanted],
        linkname=name,
        cmd="neighbor_score",
        retmode="xml",
    )


def _read_links(body: bytes, wanted: list[Pmid], name: str) -> dict[Pmid, tuple[tuple[Pmid, int], ...]]:
    links: dict[Pmid, tuple[tuple[Pmid, int], ...]] = {}
    try:
        for group in iterate_xml(body, "eLinkResult", "LinkSet"):
            seeds = [parse_pmid(each.text or "") for each in group.iterfind("IdList/Id")]
            if len(seeds) != 1 or seeds[0] not in wanted:
                raise Unusable("the answer links records that nobody asked about")
            links[seeds[0]] = tuple(
                (parse_pmid(each.findtext("Id") or ""), int(each.findtext("Score") or 0))
                for found in group.iterfind("LinkSetDb")
                if found.findtext("LinkName") == name
                for each in found.iterfind("Link")
            )
    except ValueError as error:
        raise Unusable(f"the answer's links hold something else than PMIDs and scores: {error}") from None
    if missing := [seed for seed in wanted if seed not in links]:
        raise Unusable(f"the answer says nothing of PMID {missing[0]}")
    return links
