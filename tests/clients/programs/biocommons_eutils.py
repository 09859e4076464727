from eutils import Client
from eutils._internal.queryservice import QueryService
from verdicts import GIVEN, check

client = Client()
service = QueryService()

check("search", lambda: client.esearch(db="pubmed", term=GIVEN["QUERY"]).count, int(GIVEN["COUNT"]))
check("fetch XML", lambda: next(iter(client.efetch(db="pubmed", id=GIVEN["PMID"]))).doi, GIVEN["DOI"])
check(
    "summary",
    lambda: service.esummary({"db": "pubmed", "id": GIVEN["PMID"]}),
    lambda came: GIVEN["PMID"].encode() in came,
)
check(
    "link related",
    lambda: service.elink({"dbfrom": "pubmed", "db": "pubmed", "id": GIVEN["PMID"]}),
    lambda came: b"<LinkSetDb>" in came,
)
check("info", lambda: client.einfo(db="pubmed").dbname, "pubmed")
