from Bio import Entrez, Medline
from verdicts import GIVEN, check

Entrez.email = "clients@example.org"
PMID, COUNT, QUERY = GIVEN["PMID"], GIVEN["COUNT"], GIVEN["QUERY"]


def read(stream):
    with stream:
        return Entrez.read(stream)


def text(stream):
    with stream:
        return stream.read()


def by_history():
    found = read(Entrez.esearch(db="pubmed", term=QUERY, usehistory="y", retmax=0))
    return len(
        text(
            Entrez.efetch(
                db="pubmed", webenv=found["WebEnv"], query_key=found["QueryKey"], rettype="uilist", retmode="text"
            )
        ).split()
    )


def linked(**more):
    return read(Entrez.elink(dbfrom="pubmed", id=more.pop("id", PMID), **more))


CITATION = {
    "journal_title": GIVEN["JOURNAL"],
    "year": GIVEN["YEAR"],
    "volume": GIVEN["VOLUME"],
    "first_page": GIVEN["PAGE"],
    "author_name": GIVEN["AUTHOR"],
    "key": "a",
}

check("search", lambda: read(Entrez.esearch(db="pubmed", term=QUERY))["Count"], COUNT)
check("history", by_history, int(COUNT))
check("summary", lambda: read(Entrez.esummary(db="pubmed", id=PMID))[0]["Id"], PMID)
check(
    "fetch XML",
    lambda: str(
        read(Entrez.efetch(db="pubmed", id=PMID, retmode="xml"))["PubmedArticle"][0]["MedlineCitation"]["PMID"]
    ),
    PMID,
)
check(
    "fetch MEDLINE",
    lambda: Medline.read(Entrez.efetch(db="pubmed", id=PMID, rettype="medline", retmode="text"))["PMID"],
    PMID,
)
check(
    "fetch abstract",
    lambda: text(Entrez.efetch(db="pubmed", id=PMID, rettype="abstract", retmode="text")),
    lambda came: GIVEN["DOI"] in came,
)
check("post", lambda: read(Entrez.epost("pubmed", id=f"{PMID},{GIVEN['SECOND']}"))["QueryKey"], "1")
check("link related", lambda: linked(db="pubmed", linkname="pubmed_pubmed")[0]["LinkSetDb"][0]["Link"][0]["Id"], PMID)
check(
    "link score",
    lambda: linked(db="pubmed", cmd="neighbor_score")[0]["LinkSetDb"][0]["Link"][0],
    lambda came: "Score" in came,
)
check("link history", lambda: linked(db="pubmed", cmd="neighbor_history")[0], lambda came: "WebEnv" in came)
check(
    "link to PMC",
    lambda: linked(db="pmc", id=GIVEN["IN_PMC"])[0]["LinkSetDb"][0]["Link"][0]["Id"],
    GIVEN["PMCID"].removeprefix("PMC"),
)
check("link checks", lambda: linked(cmd="acheck")[0], lambda came: "IdCheckList" in came)
check("link-outs", lambda: linked(cmd="llinks")[0], lambda came: "IdUrlList" in came)
check("info", lambda: read(Entrez.einfo(db="pubmed"))["DbInfo"][0]["DbName"], "pubmed")
check(
    "spelling", lambda: read(Entrez.espell(db="pubmed", term=GIVEN["MISSPELT"]))["CorrectedQuery"], GIVEN["QUERY_WORDS"]
)
check("citation", lambda: text(Entrez.ecitmatch(db="pubmed", bdata=[CITATION])).strip().split("|")[-1], PMID)
