"""Six invented citations that the stand-in's tests share, and the writing of further ones."""

from __future__ import annotations

from datetime import date
from typing import Any

from litwatch.model.identifiers import Pmid
from litwatch.model.record import AbstractPart, Author, MeshHeading, Notice, PublicationType, RefType
from litwatch.standin.citation_xml import Citation, Cited, Periodical

LANCET = Periodical("Lancet (Invented)", "Lancet Inv", issn="0000-0019", nlm_id="99900001", country="England")
CHEST = Periodical("Chest and Heart", "Chest Heart", issn="0000-0027", nlm_id="99900002", country="Norway")
ARTICLE = PublicationType("D016428", "Journal Article")
TRIAL = PublicationType("D016449", "Randomized Controlled Trial")


def invented(pmid: int, title: str, **given: Any) -> Citation:
    """One invented citation, a trial in the Lancet (Invented) of 2020 unless told otherwise."""
    settled: dict[str, Any] = {
        "periodical": LANCET,
        "published": "2020 Oct 9",
        "created": date(2020, 10, 9),
        "types": (ARTICLE,),
        "authors": (Author("Solberg", "Kari M", "KM"), Author("Ng", "Wei", "W", "Jr")),
        "volume": "394",
        "issue": "2",
        "pages": "121-130",
        "abstract": (AbstractPart(None, None, f"{title} We looked at it."),),
    }
    return Citation(pmid=pmid, title=title, **(settled | given))


CITATIONS = (
    invented(99000001, "Insulin resistance and sleep.", doi="10.5555/inv.1", types=(ARTICLE, TRIAL), pmc="PMC9900001"),
    invented(
        99000002, "Insulin resistance in shift workers.", created=date(2026, 2, 20), published="2026", pages="200-9"
    ),
    invented(
        99000003,
        "Sleep duration in nurses.",
        periodical=CHEST,
        volume="12",
        pages="e26",
        published="2019 Spring",
        created=date(2019, 4, 2),
        mesh=(MeshHeading("D012890", "Sleep", major=True),),
        status="MEDLINE",
        references=(Cited("Somebody. 2018.", pmid=99000001), Cited("Gone. 2017.", pmid=99000999)),
        notices=(Notice(RefType.RETRACTION_IN, "Chest Heart. 2021;1:1.", Pmid(99000004)),),
    ),
    invented(
        99000004,
        "Retraction: Sleep duration in nurses.",
        periodical=CHEST,
        volume="14",
        pages="1",
        created=date(2021, 1, 5),
        types=(PublicationType("D016440", "Retraction Notice"),),
        abstract=(),
        notices=(Notice(RefType.RETRACTION_OF, "Chest Heart. 2019;12:e26.", Pmid(99000003)),),
    ),
    invented(
        99000005,
        "Insulin & <i>markup</i> in a title.",
        volume="395",
        pages="77-9",
        references=(Cited("x", pmid=99000001),),
    ),
    invented(99000006, "A later edition of the same page.", pages="131", authors=(Author("Abel", "Ida", "I"),)),
)
