from metapub import PubMedFetcher
from verdicts import GIVEN, check

fetcher = PubMedFetcher(cachedir=GIVEN["SCRATCH"])

check("search", lambda: len(fetcher.pmids_for_query(GIVEN["QUERY"], retmax=500)), int(GIVEN["COUNT"]))
check("fetch XML", lambda: fetcher.article_by_pmid(GIVEN["PMID"]).doi, GIVEN["DOI"])
check(
    "link related",
    lambda: [str(each) for each in fetcher.related_pmids(GIVEN["PMID"])["pubmed"]],
    lambda came: len(came) > 0,
)
check(
    "citation",
    lambda: fetcher.pmids_for_citation(
        jtitle=GIVEN["JOURNAL"], year=GIVEN["YEAR"], volume=GIVEN["VOLUME"], spage=GIVEN["PAGE"], aulast=GIVEN["AUTHOR"]
    ),
    [GIVEN["PMID"]],
)
check("identifiers", lambda: fetcher.article_by_pmcid(GIVEN["PMCID"]).pmid, GIVEN["IN_PMC"])
