"""Printed entries in every form of ``docs/references.md``, each with how a careful reader reads it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from litwatch.articles.reference_list.reference_entry import read_entry
from litwatch.model.identifiers import find_doi, find_pmid
from litwatch.model.reference import Reference
from litwatch.references.matching.volume_page import read_place

ROOT = Path(__file__).resolve().parents[2]
GOLDEN: list[dict[str, Any]] = json.loads((ROOT / "tests/data/references/printed_entries.json").read_text())


def entry(*lines: str, links: tuple[str, ...] = ()) -> Reference:
    return read_entry(1, 1, kind=None, kind_line="", lines=lines, links=links)


@pytest.mark.parametrize("golden", GOLDEN, ids=[golden["form"] for golden in GOLDEN])
def test_an_entry_is_read_as_a_careful_reader_reads_it(golden: dict[str, Any]) -> None:
    read, place = entry(golden["entry"]), read_place(golden["entry"])
    columns = {
        "authors": list(read.authors), "title": read.title, "source": read.source, "year": read.year,
        "volume": place.volume, "first_page": place.first_page, "doi": read.doi, "pmid": read.pmid,
    }  # fmt: skip
    assert columns == {column: golden[column] for column in columns}
    assert read.text == golden["entry"]


def test_the_documentation_names_every_form() -> None:
    page = (ROOT / "docs" / "references.md").read_text()
    assert [golden["form"] for golden in GOLDEN if f"| {golden['form']} |" not in page] == []


@pytest.mark.parametrize(
    "surname",
    [
        *"Østergaard Özdemir Šimić Žižek İnan Đorđević Łukasz Ştefan Ștefan Ćosić Ñúñez Écoffier Åberg Ángel".split(),
        *"Þórsson Œuvrard d'Arcy O'Brien D’Angelo McDonald MacLeod Müller-Lüdenscheidt García-Ropero Ng Li".split(),
        *"Wu Fu Иванов Παπαδόπουλος 王 al-Rashid".split(),
        *("van den Berg", "von der Leyen", "de la Cruz", "De Boer", "ten Cate", "El Amrani", "dos Santos"),
        *("Abdo Filho", "Van 't Hof"),
    ],
)  # fmt: skip
def test_no_surname_makes_an_entry_unreadable(surname: str) -> None:
    for form in (
        f"{surname} A. Naps in bakers. Sleep Inv. 2020;12(3):11-19.",
        f"{surname} AB, Sample C, et al. Naps in bakers. Sleep Inv. 2020;12(3):11-19.",
        f"{surname}, A. B., & Sample, C. (2020). Naps in bakers. Sleep Inv, 12(3), 11–19.",
        f"A. B. {surname}, C. Sample, “Naps in bakers,” Sleep Inv, vol. 12, no. 3, pp. 11–19, 2020.",
    ):
        read = entry(form)
        assert (read.title, read.source, read.year) == ("Naps in bakers", "Sleep Inv", 2020), form
        assert surname in read.authors[0]


def test_an_entry_in_two_lines_is_not_cut_at_the_line() -> None:
    read = entry("Example AB, Sample C: Naps in bakers.", "Trials 2015, 16:1.")
    assert (read.authors, read.title, read.source) == (("Example AB", "Sample C"), "Naps in bakers", "Trials")


def test_words_of_links_below_an_entry_are_no_source() -> None:
    read = entry("Naps in bakers. J Naps. 2019;1:2-5.", "View Article PubMed Google Scholar", "»")
    assert (read.title, read.source) == ("Naps in bakers", "J Naps")


def test_title_authors_and_source_on_lines_of_their_own_are_told_apart() -> None:
    read = entry("Naps in bakers", "Ann Example, Carl B. Sample, van den Berg J", "J Naps (2018-01-02)")
    assert (read.title, read.source, read.year) == ("Naps in bakers", "J Naps", 2018)


@pytest.mark.parametrize("printed", [
    "doi.org/10.5555/nap.1", "info:doi/10.5555/nap.1", "10.5555/nap.1", "DOI 10.5555/nap.1.",
    "dx.doi.org/10.5555/nap.1", "DOI: doi.org/10.5555/nap.1", "PMID 99300003", "PMID: 99300003.",
])  # fmt: skip
def test_a_number_alone_is_no_title_that_could_differ_from_the_records(printed: str) -> None:
    alone = entry(printed)
    assert (alone.title, alone.doi is None) == ("", "PMID" in printed)
    behind = entry(f"Example AB. Naps in nurses. Sleep Inv. 2019;7:1-9. {printed}")
    assert (behind.title, behind.source) == ("Naps in nurses", "Sleep Inv")


def test_the_address_keeps_its_brackets() -> None:
    read = entry("Example A. Naps. J Naps 1981;34:1. (https://doi.org/10.1016/0021-9681(87)90171-8).")
    assert read.url == "https://doi.org/10.1016/0021-9681(87)90171-8"
    assert read.doi == "10.1016/0021-9681(87)90171-8"


@pytest.mark.parametrize(
    "address",
    [
        "/pubmed/33116712", "https://pubmed.ncbi.nlm.nih.gov/33116712/", "https://pubmed.gov/33116712",
        "https://www.ncbi.nlm.nih.gov/pubmed/?term=33116712", "/pubmed?term=33116712%5Buid%5D",
        "http://www.ncbi.nlm.nih.gov/entrez/query.fcgi?cmd=Retrieve&db=PubMed&list_uids=33116712&dopt=Abstract",
        "https://eutils.ncbi.nlm.nih.gov/entrez/eutils/elink.fcgi?dbfrom=pubmed&cmd=prlinks&id=33116712",
        "http://www.ncbi.nlm.nih.gov/sites/entrez?Db=pubmed&Cmd=ShowDetailView&TermToSearch=33116712",
        "https://pubmed-ncbi-nlm-nih-gov.proxy.example.edu/33116712/", "https://pubmed.com/33116712",
        "https://europepmc.org/article/MED/33116712", "http://europepmc.org/abstract/med/33116712",
    ],
)  # fmt: skip
def test_a_linked_pmid_is_read_from_every_form_of_link(address: str) -> None:
    assert find_pmid(address) == entry("Example A. Naps. J Naps 2020;1:2.", links=(address,)).pmid == 33116712


@pytest.mark.parametrize("printed", ["PMID- 33116712", "PMID number: 33116712", "PMID (33116712)", "PMID#33116712"])
def test_a_pmid_is_read_in_the_forms_of_the_wild(printed: str) -> None:
    read = entry(f"Example A. Naps in bakers. J Naps. 2020;1:2. {printed}")
    assert (read.pmid, read.title, read.source, read.year) == (33116712, "Naps in bakers", "J Naps", 2020)


@pytest.mark.parametrize(
    ("link", "doi", "pmid"),
    [
        ("/servlet/linkout?suffix=cit1&dbid=16&doi=10.5555/own.1&key=10.5555%2Fcited.1", "10.5555/cited.1", None),
        ("/servlet/linkout?suffix=cit1&dbid=8&doi=10.5555/own.1&key=33116712", None, 33116712),
        ("/action/getFTRLinkout?url=x&doi=10.5555/own.1&doiOfLink=10.5555%2Fcited.1", "10.5555/cited.1", None),
        ("/lookup/external-ref?access_num=10.5555/cited.1&link_type=DOI", "10.5555/cited.1", None),
        ("/lookup/external-ref?access_num=33116712&link_type=MED", None, 33116712),
        ("/lookup/external-ref?access_num=000123456700012&link_type=ISI", None, None),
    ],
)
def test_a_publishers_link_names_the_cited_paper_and_never_the_citing_one(
    link: str, doi: str | None, pmid: int | None
) -> None:
    read = entry("Example A. Naps. J Naps. 2020;1:2.", links=(link,))
    assert (read.doi, read.pmid) == (doi, pmid)


@pytest.mark.parametrize(
    "text", ["https://pubmed.ncbi.nlm.nih.gov/?term=naps+2020", "PubMed 2020;12:5", "https://example.org/?id=123"]
)
def test_what_names_no_pmid_is_not_taken_for_one(text: str) -> None:
    assert find_pmid(text) is None


@pytest.mark.parametrize(
    ("text", "doi"),
    [
        ("https://www.acpjournals.org/doi/full/10.7326/M18-1234?rfr_dat=cr_pub", "10.7326/m18-1234"),
        ("https://example.org/10.5555/a.b&partnerID=40&md5=x", "10.5555/a.b"),
        ("https://example.org/content/10.5555/m1.full.pdf+html", "10.5555/m1"),
        ("https://example.org/article?id=10.5555/pone.0012345", "10.5555/pone.0012345"),
        ("info:doi/10.5555/x", "10.5555/x"),
        ("DOI：10.5555/ABC.", "10.5555/abc"),
        ("10.5555/x;PMID:123", "10.5555/x"),
        ("10.1175/1520-0442(1990)003<0001:ABC>2.0.CO;2", "10.1175/1520-0442(1990)003<0001:abc>2.0.co;2"),
        ("10.1002/(SICI)1097-0258(1998)&lt;1:A&gt;3.0.CO;2-#", "10.1002/(sici)1097-0258(1998)<1:a>3.0.co;2-#"),
        ("https://doi.org/10.1016/S0140‐6736(20)31180-6", "10.1016/s0140-6736(20)31180-6"),
        ("10.21203/rs.3.rs-123/v1", "10.21203/rs.3.rs-123/v1"),
        ("https://www.nejm.org/doi/10.5555/n1?url_ver=Z39.88-2003&rfr_dat=cr_pub%20%200pubmed", "10.5555/n1"),
        ("https://www.cochranelibrary.com/cdsr/doi/10.5555/cd1.pub3/full/es?highlight=nap", "10.5555/cd1.pub3"),
        ("https://academic.oup.com/sleep/article-abstract/doi/10.5555/sleep/z1/5812345?rss=1", "10.5555/sleep/z1"),
        ("https://journals.example/care/article/doi/10.5555/dc20-1/35757/Naps-in-bakers", "10.5555/dc20-1"),
        ("doi:10.5555/x[PubMed]", "10.5555/x"),
        ("no DOI here: 10.1", None),
    ],
)  # fmt: skip
def test_a_doi_is_found_in_the_forms_of_the_wild(text: str, doi: str | None) -> None:
    assert find_doi(text) == doi


def test_hundreds_of_authors_do_not_hide_the_title_behind_them() -> None:
    authors = ", ".join(f"Example{chr(97 + n % 26)} {chr(65 + n % 26)}" for n in range(400))
    printed = f"{authors}. Naps in bakers. Sleep Inv. 2020;12(3):51-59. doi:10.5555/naps.1"
    read, place = entry(printed), read_place(printed)
    assert (read.authors[0], read.title, read.source, read.year) == ("Examplea A", "Naps in bakers", "Sleep Inv", 2020)
    assert (read.doi, place.volume, place.first_page) == ("10.5555/naps.1", "12", "51")
