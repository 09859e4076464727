"""EGQuery: how many records of each database a term finds. The stand-in holds PubMed's alone.

The form is that of NCBI's own sample (NBK25499's predecessor, and answers that public tests quote whole); NCBI sends
XML whatever retmode says.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

from litwatch.model.errors import StrategyError
from litwatch.standin import search
from litwatch.standin.occasion import DATABASES, Occasion, text
from litwatch.standin.web import XML, Answer

_MENU: Final = MappingProxyType(
    {
        "pubmed": "PubMed", "pmc": "PMC", "mesh": "MeSH", "books": "Books", "omim": "OMIM", "nuccore": "Nucleotide",
        "protein": "Protein", "genome": "Genome", "structure": "Structure", "taxonomy": "Taxonomy", "snp": "SNP",
        "dbvar": "dbVar", "gene": "Gene", "sra": "SRA", "biosystems": "BioSystems", "cdd": "Conserved Domains",
        "geoprofiles": "GEO Profiles", "gds": "GEO DataSets", "pccompound": "PubChem Compound",
        "pcsubstance": "PubChem Substance", "pcassay": "PubChem BioAssay", "nlmcatalog": "NLM Catalog",
        "gap": "dbGaP", "clinvar": "ClinVar", "medgen": "MedGen", "assembly": "Assembly", "bioproject": "BioProject",
        "biosample": "BioSample", "proteinclusters": "Protein Clusters", "gtr": "GTR",
    }
)  # fmt: skip
_NOT_HERE: Final = "Term or Database is not found"
_PROLOG: Final = (
    '<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE Result PUBLIC "-//NLM//DTD eSearchResult, January 2004//EN" '
    '"https://www.ncbi.nlm.nih.gov/entrez/query/DTD/egquery.dtd">\n'
)


def egquery(occasion: Occasion) -> Answer:
    """Answer one EGQuery request; a term that cannot be searched finds nothing anywhere."""
    term = occasion.request.get("term")
    count = _count(occasion, term) if term else 0
    items = "".join(_item(name, count if name == "pubmed" else 0) for name in DATABASES if name in _MENU)
    body = (
        f"{_PROLOG}<Result>\n\n    <Term>{text(term)}</Term>\n\n    <eGQueryResult>\n{items}    </eGQueryResult>\n\n"
        "</Result>\n"
    )
    return Answer(body.encode(), XML)


def _count(occasion: Occasion, term: str) -> int:
    try:
        return len(search.run(term, occasion.view, today=occasion.today, recall=occasion.recall).pmids)
    except (StrategyError, search.QueryForgotten):
        return 0


def _item(name: str, count: int) -> str:
    status = "Ok" if count else _NOT_HERE
    return (
        f"        <ResultItem><DbName>{name}</DbName><MenuName>{_MENU[name]}</MenuName><Count>{count}</Count>"
        f"<Status>{status}</Status></ResultItem>\n"
    )
