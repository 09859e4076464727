from easy_entrez import EntrezAPI
from easy_entrez.types import Citation
from verdicts import GIVEN, check

api = EntrezAPI("clients", "clients@example.org", return_type="json", minimal_interval=0.01)
PMID = GIVEN["PMID"]

check("search", lambda: api.search(GIVEN["QUERY"], max_results=500).data["esearchresult"]["count"], GIVEN["COUNT"])
check("summary", lambda: api.summarize([PMID], max_results=5).data["result"]["uids"], [PMID])
check("fetch XML", lambda: api.fetch([PMID], max_results=5, return_type="xml").data.findtext(".//PMID"), PMID)
check(
    "link related",
    lambda: api.link([PMID], database="pubmed", database_from="pubmed").data["linksets"][0]["linksetdbs"][0]["links"][
        0
    ],
    PMID,
)
check(
    "link to PMC",
    lambda: api.link([GIVEN["IN_PMC"]], database="pmc", database_from="pubmed").data["linksets"][0]["linksetdbs"][0][
        "links"
    ][0],
    GIVEN["PMCID"].removeprefix("PMC"),
)
check("info", lambda: api.get_info("pubmed").data["einforesult"]["dbinfo"][0]["dbname"], "pubmed")
check(
    "citation",
    lambda: (
        api.find_citations(
            [
                Citation(
                    journal=GIVEN["JOURNAL"],
                    year=int(GIVEN["YEAR"]),
                    volume=int(GIVEN["VOLUME"]),
                    first_page=int(GIVEN["PAGE"]),
                    author=GIVEN["AUTHOR"],
                    key="a",
                )
            ]
        ).data
    ),
    lambda came: PMID in str(came),
)
