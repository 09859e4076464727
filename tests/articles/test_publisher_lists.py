"""Reference lists in the markup of publishers' and wikis' pages of today, each cut down to invented papers."""

from __future__ import annotations

import pytest

from litwatch.articles.model import Article
from tests.articles.article_pages import read

SCIENCEDIRECT = (
    '<ol class="references">'
    '<li><span class="label"><a href="#bbib1">[1]</a></span><span class="reference"><div class="contribution">'
    '<div class="authors">A. Example, B. Sample</div><div class="title">Naps in bakers</div></div>'
    '<div class="host">Sleep Inv, 1 (2019), pp. 1-2</div><div class="ReferenceLinks">'
    '<a href="https://doi.org/10.5555/a.1">Crossref</a><a href="https://www.scopus.com/x">View in Scopus</a>'
    '<a href="https://scholar.google.com/scholar_lookup?title=Naps%20in%20bakers">Google Scholar</a></div></span></li>'
    '<li><span class="label"><a href="#bbib2">[2]</a></span><span class="reference"><div class="contribution">'
    '<div class="authors">A. Example</div><div class="title">Naps in cooks</div></div>'
    '<div class="host">Sleep Inv, 1 (2017), pp. 5-6</div></span></li></ol>',
    '<a href="#bib{}"><span>[{}]</span></a>',
)
WILEY = (
    '<section class="article-section__references" id="references-section"><ul class="rlist separator">'
    '<li data-bib-id="bib1"><span class="bullet">1</span><span class="author">Example A</span>, '
    '<span class="author">Sample B</span>. <span class="articleTitle">Naps in bakers</span>. <i>Sleep Inv</i>. '
    '<span class="pubYear">2019</span>; 1: 1-2.<div class="extra-links">'
    '<a href="/servlet/linkout?suffix=x&doi=10.5555/own.1&key=10.5555%2Fa.1"><span class="hidden data-doi">10.5555/a.1'
    "</span>CrossrefPubMedWeb of Science®Google Scholar</a></div></li>"
    '<li data-bib-id="bib2"><span class="bullet">2</span><span class="author">Example A</span>. '
    '<span class="articleTitle">Naps in cooks</span>. <i>Sleep Inv</i>. <span class="pubYear">2017</span>; 1: 5-6.'
    "</li></ul></section>",
    '<sup><a href="#bib{}">{}</a></sup>',
)
OXFORD = (
    '<div class="ref-list"><div content-id="CIT1"><div class="ref-content"><span class="label title-label">1.</span>'
    '<div class="mixed-citation">Example A, Sample B. <span class="article-title">Naps in bakers</span>. '
    '<span class="source">Sleep Inv</span>. <span class="year">2019</span>;1:1–2.<p class="citation-links">'
    '<a href="http://dx.doi.org/10.5555/a.1">Crossref</a> <a>WorldCat</a></p></div></div></div>'
    '<div content-id="CIT2"><div class="ref-content"><span class="label title-label">2.</span>'
    '<div class="mixed-citation">Example A. <span class="article-title">Naps in cooks</span>. '
    '<span class="source">Sleep Inv</span>. <span class="year">2017</span>;1:5–6.</div></div></div></div>',
    '[<a href="javascript:;" reveal-id="CIT{}">{}</a>]',
)
SAGE = (
    '<div role="list"><div role="listitem"><div class="label">1.</div><div class="citation" id="bibr1"><div>'
    "Example A, Sample B. Naps in bakers. <em>Sleep Inv</em> 2019; 1: 1–2.</div>"
    '<div><a href="https://doi.org/10.5555/a.1">Crossref</a></div></div></div>'
    '<div role="listitem"><div class="label">2.</div><div class="citation" id="bibr2"><div>'
    "Example A. Naps in cooks. <em>Sleep Inv</em> 2017; 1: 5–6.</div></div></div></div>",
    '<sup><a href="#bibr{}">{}</a></sup>',
)
FRONTIERS = (
    '<p class="ReferencesCopy1"><a id="B1"></a>1. Example A, Sample B. Naps in bakers. <i>Sleep Inv</i>. (2019) 1:1–2.'
    '</p><p class="ReferencesCopy2"><a href="http://www.ncbi.nlm.nih.gov/sites/entrez?Db=pubmed&Cmd=ShowDetailView'
    '&TermToSearch=99000001">PubMed Abstract</a> | <a href="https://doi.org/10.5555/a.1">CrossRef Full Text</a> | '
    '<a href="http://scholar.google.com/scholar_lookup?author=x">Google Scholar</a></p>'
    '<p class="ReferencesCopy1"><a id="B2"></a>2. Example A. Naps in cooks. <i>Sleep Inv</i>. (2017) 1:5–6.</p>',
    '(<a href="#B{}">{}</a>)',
)
LATEXML = (
    '<section class="ltx_bibliography"><ul class="ltx_biblist"><li id="bib.bib1" class="ltx_bibitem">'
    '<span class="ltx_tag ltx_tag_bibitem">[1]</span><span class="ltx_bibblock">A. Example and B. Sample.</span>'
    '<span class="ltx_bibblock">Naps in bakers.</span><span class="ltx_bibblock"><em>Sleep Inv</em>, 1:1–2, 2019. '
    "doi:10.5555/a.1</span></li>"
    '<li id="bib.bib2" class="ltx_bibitem"><span class="ltx_tag ltx_tag_bibitem">[2]</span>'
    '<span class="ltx_bibblock">A. Example.</span><span class="ltx_bibblock">Naps in cooks.</span>'
    '<span class="ltx_bibblock"><em>Sleep Inv</em>, 1:5–6, 2017.</span></li></ul></section>',
    '<cite>[<a href="#bib.bib{}">{}</a>]</cite>',
)
TABLE = (
    "<table><tr><td>1.</td><td>Example A, Sample B. Naps in bakers. Sleep Inv. 2019;1:1-2. doi:10.5555/a.1</td></tr>"
    "<tr><td>2.</td><td>Example A. Naps in cooks. Sleep Inv. 2017;1:5-6.</td></tr></table>",
    "[{}<!-- {} -->]",
)
WIKIPEDIA = (
    '<ol class="references"><li id="cite_note-1"><a href="#cite_ref-1">^</a> <cite class="citation journal cs1">'
    'Example, A; Sample, B (2019). "Naps in bakers". <i>Sleep Inv</i>. <b>1</b>: 1–2. '
    'doi:<a href="https://doi.org/10.5555%2Fa.1">10.5555/a.1</a>.</cite></li>'
    '<li id="cite_note-2"><a href="#cite_ref-2">^</a> <cite class="citation journal cs1">Example, A (2017). '
    '"Naps in cooks". <i>Sleep Inv</i>. <b>1</b>: 5–6.</cite></li></ol>',
    '<sup><a href="#cite_note-{}">[{}]</a></sup>',
)
PUBLISHERS = {
    "ScienceDirect": SCIENCEDIRECT, "Wiley": WILEY, "Oxford": OXFORD, "Sage": SAGE, "Frontiers": FRONTIERS,
    "LaTeXML": LATEXML, "a table": TABLE, "Wikipedia without COinS": WIKIPEDIA,
}  # fmt: skip


def page(entries: str, link: str) -> Article:
    text = f"<p>Bakers sleep {link.format(1, 1)}. Cooks nap {link.format(2, 2)}.</p>"
    return read(f"<html><body><h1>Why nap?</h1>{text}<h2>References</h2>{entries}</body></html>", "a.html")


@pytest.mark.parametrize("publisher", PUBLISHERS)
def test_a_publishers_list_is_read_in_every_column_and_leaves_no_sentence_behind(publisher: str) -> None:
    article = page(*PUBLISHERS[publisher])
    assert [(ref.number, ref.title, ref.source.rstrip("."), ref.year) for ref in article.references] == [
        (1, "Naps in bakers", "Sleep Inv", 2019),
        (2, "Naps in cooks", "Sleep Inv", 2017),
    ]
    assert [len(ref.authors) for ref in article.references] == [2, 1]
    assert [ref.doi for ref in article.references] == ["10.5555/a.1", None]
    assert [(sentence.text[:6], [one.number for one in sentence.markers]) for sentence in article.sentences] == [
        ("Bakers", [1]),
        ("Cooks ", [2]),
    ]


def test_the_names_of_links_below_an_entry_are_no_sentence_but_lead_to_its_paper() -> None:
    assert page(*FRONTIERS).references[0].pmid == 99000001
