import entrezpy.conduit
import entrezpy.elink.elinker
import entrezpy.esearch.esearcher
import entrezpy.esummary.esummarizer
from verdicts import GIVEN, check

WHO = ("clients", "clients@example.org")


def search():
    asked = entrezpy.esearch.esearcher.Esearcher(*WHO)
    return asked.inquire({"db": "pubmed", "term": GIVEN["QUERY"], "rettype": "uilist"}).get_result().uids


def by_history():
    conduit = entrezpy.conduit.Conduit(WHO[1])
    pipeline = conduit.new_pipeline()
    found = pipeline.add_search({"db": "pubmed", "term": GIVEN["QUERY"], "rettype": "count"})
    pipeline.add_summary({"retmode": "json"}, dependency=found)
    return conduit.run(pipeline).result.size()


def summary():
    asked = entrezpy.esummary.esummarizer.Esummarizer(*WHO)
    return list(asked.inquire({"db": "pubmed", "id": [int(GIVEN["PMID"])]}).get_result().summaries)


def link(**more):
    asked = entrezpy.elink.elinker.Elinker(*WHO)
    given = {"db": "pubmed", "dbfrom": "pubmed", "id": [int(GIVEN["PMID"])], **more}
    return asked.inquire(given).get_result().size()


check("search", lambda: len(search()), int(GIVEN["COUNT"]))
check("history", by_history, int(GIVEN["COUNT"]))
check("summary", summary, [int(GIVEN["PMID"])])
check("link related", lambda: link(cmd="neighbor"), lambda came: came > 0)
check("link score", lambda: link(cmd="neighbor_score"), lambda came: came > 0)
check("link history", lambda: link(cmd="neighbor_history"), lambda came: came > 0)
check("link checks", lambda: link(cmd="acheck"), lambda came: came > 0)
check("link-outs", lambda: link(cmd="llinks"), lambda came: came > 0)
