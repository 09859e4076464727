"""An article in each form that is read gets the retraction of the paper that it cites, with the sentence that cites it.

One night over all of them against the stand-in, which retracts the sleep trial (PMID 99000004).
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from litwatch.decisions.verdict import Status
from litwatch.model.change import ChangeKind
from litwatch.night.night_outcome import NightSummary
from litwatch.standin.demonstration import DEMONSTRATION_TODAY
from tests.articles.pdf_files import column, pdf_file
from tests.articles.word_files import noted, notes, paragraph, raised, word_file
from tests.nights import House, open_house

TITLE = "Demonstration data: one week of short sleep and insulin sensitivity, a randomised crossover trial"
JOURNAL = "Demonstration Journal of Invented Results"
ENTRY = f"Fictive A, Invented B. {TITLE}. {JOURNAL}. 2020."
SENTENCE = "Short sleep lowers insulin sensitivity"
TOPIC = "article: {file}\nstrategy: '\"insulin sensitivity\"[tiab]'\nrecipients: [board@example.org]\n"

JATS = f"""<article><front><article-meta>
<title-group><article-title>Why?</article-title></title-group></article-meta></front>
<body><p>{SENTENCE} [<xref ref-type="bibr" rid="b1">1</xref>].</p></body>
<back><ref-list><ref id="b1"><element-citation>
<person-group><name><surname>Fictive</surname><given-names>A</given-names></name></person-group>
<article-title>{TITLE}</article-title><source>{JOURNAL}</source><year>2020</year>
</element-citation></ref></ref-list></back></article>"""
HEADED = paragraph("Why?", style="Titel")

PRINTED = (
    "# Why?", "", f"{SENTENCE}.^1^", "", "# References", "",
    "1. Fictive A, Invented B. Demonstration data: one week of short",
    "sleep and insulin sensitivity, a ran-",
    "domised crossover trial. Demonstration Journal of", "Invented Results. 2020.",
)  # fmt: skip

ARTICLES: dict[str, str | bytes] = {
    "text.txt": f"Why?\n\n{SENTENCE} [1].\n\nReferences\n\n1. {ENTRY}\n",
    "markdown.md": f"# Why?\n\n{SENTENCE}.[^1]\n\n[^1]: {ENTRY}\n",
    "page.html": f"<h1>Why?</h1><p>{SENTENCE}<sup><a href='#r1'>1</a></sup>.</p><h2>References</h2>"
    f"<ol><li id='r1'>{ENTRY}</li></ol>",
    "jats.xml": JATS,
    "word-list.docx": word_file(
        HEADED, paragraph(SENTENCE, raised("1"), "."), paragraph("References", style="berschrift1"),
        paragraph(ENTRY, numbered="1"),
    ),
    "word-footnote.docx": word_file(
        HEADED, paragraph(SENTENCE, noted("footnote", 3), "."), footnotes=notes("footnote", {3: ENTRY})
    ),
    "print.pdf": pdf_file(column(*PRINTED)),
    "author-year.md": f"# Why?\n\n{SENTENCE} (Fictive & Invented, 2020).\n\n## References\n\n- {ENTRY}\n",
    "german.txt": f"Warum?\n\n{SENTENCE} (vgl. Fictive und Invented 2020).\n\nLiteratur\n\n- {ENTRY}\n",
    "pandoc.md": f"---\nbibliography: night.bib\n---\n# Why?\n\n{SENTENCE} [see @fictive2020, p. 3].\n",
    "front-matter.md": f"---\nreferences:\n- id: fictive\n  title: '{TITLE}'\n  container-title: {JOURNAL}\n"
    f"  issued: 2020\n  author: [{{family: Fictive, given: A}}]\n---\n# Why?\n\n{SENTENCE} [@fictive].\n",
    "rendered-list.md": f"# Why?\n\n{SENTENCE} [@f].\n\n::: {{#refs}}\n::: {{#ref-f .csl-entry}}\n{ENTRY}\n:::\n:::\n",
    "obsidian.md": f"# Why?\n\n%% a draft %%\n\n{SENTENCE} [[@fictive2020]]. ^short\n",
    "as-listed-meta.html": f'<head><meta name="citation_reference" content="citation_title={TITLE};'
    f' citation_author=A. Fictive; citation_journal_title={JOURNAL}; citation_year=2020"></head>'
    f"<h1>Why?</h1><p>{SENTENCE} [1].</p>",
    "as-listed-beside.html": f"<h1>Why?</h1><p>{SENTENCE} [1].</p>",
    "linked-data.html": '<script type="application/ld+json">{"@type": "Article", "citation": [{"@type":'
    ' "ScholarlyArticle", "name": "Sleep", "author": "A. Fictive", "datePublished": "2020", "sameAs":'
    ' "https://pubmed.ncbi.nlm.nih.gov/99000004/"}]}</script>'
    f"<h1>Why?</h1><p>{SENTENCE} [1].</p><h2>References</h2><ol><li>Fictive A. Results. 2020;9:1.</li></ol>",
    "as-listed.md": f"# Why?\n\n{SENTENCE} [1].\n\n## References\n\n- {ENTRY}\n",
}  # fmt: skip
BIBTEX = (
    f"@article{{fictive2020, author={{Fictive, A. and Invented, B.}}, title={{{TITLE}}}, journal={{{JOURNAL}}},"
    " year=2020}"
)
BESIDE = {"night.bib": BIBTEX, "obsidian.bib": BIBTEX, "as-listed-beside.bib": BIBTEX}


@pytest.fixture(scope="module")
def night(tmp_path_factory: pytest.TempPathFactory) -> Iterator[NightSummary]:
    with open_house(tmp_path_factory.mktemp("forms")) as house:
        for name, content in BESIDE.items():
            (house.folder / "queries" / name).write_text(content)
        for name, content in ARTICLES.items():
            _watch(house, name, content)
        yield house.night(DEMONSTRATION_TODAY)


def _watch(house: House, name: str, content: str | bytes) -> None:
    queries = house.folder / "queries"
    (queries / name).write_bytes(content.encode() if isinstance(content, str) else content)
    said = "numbering: as-listed\n" if name.startswith("as-listed") else ""
    (queries / f"{Path(name).stem}.yaml").write_text(TOPIC.format(file=name) + said)


@pytest.mark.parametrize("name", ARTICLES)
def test_an_article_in_each_form_is_told_its_retraction_with_the_sentence(name: str, night: NightSummary) -> None:
    [outcome] = [outcome for outcome in night.outcomes if outcome.report.topic.slug == Path(name).stem]
    report = outcome.report
    assert report.verdict.status is Status.REVIEW_NOW
    [told] = [one for one in report.signals if one.signal.change.kind is ChangeKind.CITED_RETRACTED]
    sentence = next(s for s in report.article.sentences if s.number in told.signal.sentences)
    assert sentence.text.startswith(SENTENCE)
