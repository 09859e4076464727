"""Articles that cite by the keys of a bibliography, and what pandoc and Obsidian add to Markdown."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from pathlib import Path

import pytest

from litwatch.articles.article_reader import read_article
from litwatch.articles.bibliography.bibliography import read_bibliography
from litwatch.articles.bibliography.bibtex_file import decoded
from litwatch.articles.model import Article, FileForm, ListOrigin
from litwatch.config.article_file import MOST_BESIDE, read_article_file
from litwatch.model.errors import ArticleUnreadable
from tests.articles.article_pages import codes
from tests.command_line import Run

BIB = """@article{doe2019, author={Doe, A and Roe, B}, title={Naps against headaches}, journal={J Inv}, year=2019}
@article{roe2020, author={Roe, B}, title={Short headaches}, journal={J Inv}, year=2020}
@article{poe2021, author={Poe, C}, title={Long headaches}, journal={J Inv}, year=2021}
"""
LISTED = "## References\n\n1. Doe A. One. J X. 2020;1:1."
NAMED = "---\nbibliography: refs.bib\n---\n# Why?\n\n"


def read(text: str, files: Mapping[str, str] | None = None, name: str = "a.md") -> Article:
    held = {"refs.bib": BIB} if files is None else files
    return read_article(text.encode(), name=name, beside=lambda file: held[file].encode() if file in held else None)


def cited(article: Article) -> list[tuple[str, list[int]]]:
    return [(sentence.text, [marker.number for marker in sentence.markers]) for sentence in article.sentences]


def titles(article: Article) -> list[tuple[int | None, str]]:
    return [(reference.number, reference.title) for reference in article.references]


def test_entries_are_numbered_in_the_order_of_first_citation() -> None:
    article = read(NAMED + "It helps [@roe2020]. It is short [see @doe2019, pp. 3-4; also @roe2020].")
    assert cited(article) == [("It helps.", [1]), ("It is short.", [2, 1])]
    assert titles(article) == [(1, "Short headaches"), (2, "Naps against headaches")]
    assert all(marker.sure for sentence in article.sentences for marker in sentence.markers)
    assert article.references_numbered


@pytest.mark.parametrize(
    ("text", "sentence", "numbers"),
    [
        ("As @doe2019 says, it helps.", "As Doe and Roe says, it helps.", [1]),
        ("As @roe2020 [p. 33] says, it helps.", "As Roe says, it helps.", [1]),
        ("Roe says [-@roe2020] it helps.", "Roe says it helps.", [1]),
        ("It helps [@{roe2020}].", "It helps.", [1]),
        ("It helps (@roe2020).", "It helps (Roe).", [1]),
        ("It is in the table [@roe2020].", "It is in the table.", [1]),
        ("It helps [@roe2020], says @naps of a@roe2020.", "It helps, says @naps of a@roe2020.", [1]),
        ("It helps [@roe2020], as `[@doe2019]` shows.", "It helps, as [@doe2019] shows.", [1]),
        ("It helps [@roe2020; see [the site](https://x.org/@doe2019)].", "It helps.", [1]),
        ("It helps[^1].\n\n[^1]: See @roe2020.", "It helps.", [1]),
        ("It helps^[Unlike what @roe2020 says.].", "It helps.", [1]),
        ("It [helps [@roe2020]]{.mark} in CO~2~.", "It helps in CO2.", [1]),
        ("It helps [@fig:nap] so [@roe2020].", "It helps [@fig:nap] so.", [1]),
        ("It helps \\@doe2019 [@roe2020].", "It helps @doe2019.", [1]),
    ],
)
def test_a_citation_by_key_is_a_marker_on_its_sentence(text: str, sentence: str, numbers: list[int]) -> None:
    assert cited(read(NAMED + text))[0] == (sentence, numbers)


def test_a_key_that_no_bibliography_holds_is_a_marker_without_reference_and_said(tmp_path: Path, run: Run) -> None:
    (tmp_path / "refs.bib").write_text(BIB)
    (tmp_path / "a.md").write_text(NAMED + "It helps [@roe2020]. It harms [@nobody].")
    article = read_article_file(tmp_path / "a.md")
    assert cited(article)[1] == ("It harms.", [2])
    assert "citation-key-unknown" in codes(article)
    shown = run("articles", "lint", str(tmp_path / "a.md"))
    assert "L01" in shown[1]
    assert "marker 2" in shown[1].casefold()
    assert "@nobody" in shown[1]


@pytest.mark.parametrize(
    ("text", "files", "words"),
    [
        (NAMED + "It helps [@roe2020].", {}, "its bibliography refs.bib is not beside it; save"),
        (NAMED + "It helps [@nobody].", {"refs.bib": BIB}, r"none of the keys that it cites \(@nobody\).*refs\.bib"),
        (NAMED + "It helps [@roe2020].", {"refs.bib": "no entry"}, "refs.bib: this bibliography cannot"),
        (NAMED.replace("refs.bib", "refs.docx") + "It helps [@a].", {"refs.docx": BIB}, "read as BibTeX, CSL-JSON"),
        (NAMED.replace("refs.bib", "refs.json") + "It helps [@a].", {"refs.json": "{"}, "refs.json: .* cannot"),
        (NAMED.replace("refs.bib", "r.json") + "It [@a].", {"r.json": "[" * 100_000}, r"r\.json: .* cannot"),
        (NAMED.replace("refs.bib", "r.yaml") + "It [@a].", {"r.yaml": "- &a {id: a}\n- *a"}, "r.yaml: .*aliases"),
        (
            "# Why?\n\nIt helps [@roe2020].",
            {},
            "keys of a bibliography .*, and names none; save the",
        ),
    ],
)
def test_a_bibliography_that_cannot_be_used_is_an_error_that_names_it(
    text: str, files: Mapping[str, str], words: str
) -> None:
    with pytest.raises(ArticleUnreadable, match=f"(?s){words}"):
        read(text, files)


@pytest.mark.parametrize("name", ["../refs.bib", "/etc/passwd.bib", "sub/refs.bib", "..\\refs.bib", "~/refs.bib"])
def test_a_bibliography_is_read_from_the_articles_own_folder_alone(name: str, tmp_path: Path) -> None:
    folder = tmp_path / "queries"
    (folder / "sub").mkdir(parents=True)
    for place in (tmp_path / "refs.bib", folder / "sub" / "refs.bib"):
        place.write_text(BIB)
    (folder / "a.md").write_text(NAMED.replace("refs.bib", name) + "It helps [@roe2020].")
    with pytest.raises(ArticleUnreadable, match="is not in the article's own folder, and no other is read"):
        read_article_file(folder / "a.md")


def test_a_link_that_leads_out_of_the_folder_and_a_vast_file_are_refused(tmp_path: Path) -> None:
    folder = tmp_path / "queries"
    folder.mkdir()
    (tmp_path / "outside.bib").write_text(BIB)
    (folder / "refs.bib").symlink_to(tmp_path / "outside.bib")
    (folder / "a.md").write_text(NAMED + "It helps [@roe2020].")
    with pytest.raises(ArticleUnreadable, match="leads out of the article's folder"):
        read_article_file(folder / "a.md")
    (folder / "refs.bib").unlink()
    (folder / "refs.bib").write_bytes(b" " * (MOST_BESIDE + 1))
    with pytest.raises(ArticleUnreadable, match="more than the 5,000,000 bytes"):
        read_article_file(folder / "a.md")


def test_the_front_matters_entry_comes_before_the_files_and_that_before_a_rendered_one() -> None:
    text = (
        "---\nbibliography: [refs.bib]\nreferences: [{id: doe2019, title: From the front, issued: 2019}]\n---\n"
        "# Why?\n\nIt helps [@doe2019; @roe2020; @moe].\n\n::: {#refs}\n"
        "::: {#ref-roe2020 .csl-entry}\nRoe B. Rendered. J. 2020.\n"
        ":::\n\n::: {#ref-moe .csl-entry}\n1. Moe D. Also rendered. J Inv. 2018;1:2.\n:::\n:::\n"
    )
    article = read(text)
    assert titles(article) == [(1, "From the front"), (2, "Short headaches"), (3, "Also rendered")]
    assert [source.origin for source in article.list_sources] == [
        ListOrigin.FRONT_MATTER,
        ListOrigin.FILE,
        ListOrigin.RENDERED,
    ]


def test_of_a_file_only_what_is_cited_or_named_in_nocite_is_watched_and_the_rest_told() -> None:
    one = read(NAMED + "It helps [@roe2020].")
    assert titles(one) == [(1, "Short headaches")]
    assert "bibliography-not-cited" in codes(one)
    named = read(NAMED.replace("---\n#", "nocite: '@poe2021'\n---\n#") + "It helps [@roe2020].")
    assert titles(named) == [(1, "Short headaches"), (2, "Long headaches")]
    assert "entries-uncited" in codes(named)
    whole = read(NAMED.replace("---\n#", "nocite: '@*'\n---\n#") + "It helps [@roe2020].")
    assert [number for number, _ in titles(whole)] == [1, 2, 3]


def test_a_bibliography_of_the_articles_own_name_is_found_without_being_named() -> None:
    article = read("# Why?\n\nIt helps [[@roe2020]].", {"a.bib": BIB})
    assert (titles(article), article.form) == ([(1, "Short headaches")], FileForm.OBSIDIAN)


def test_keys_of_one_entry_stand_for_one_reference() -> None:
    bib = BIB.replace("year=2020}", "year=2020, ids={old, older}}")
    article = read(NAMED + "It helps [@old]. It is short [@roe2020].", {"refs.bib": bib})
    assert titles(article) == [(1, "Short headaches")]
    assert [numbers for _, numbers in cited(article)] == [[1], [1]]


def test_csl_items_are_read_from_json_and_yaml() -> None:
    item = {
        "id": "a",
        "title": "Naps in <i>E. coli</i>",
        "author": [
            {"family": "Berg", "given": "Ann B.", "non-dropping-particle": "van den"},
            {"literal": "NAPS Group"},
        ],
        "issued": {"date-parts": [["2020", 5]]},
        "container-title": "J Inv",
        "volume": 4,
        "page": "1–9",
        "DOI": "https://doi.org/10.5555/Naps.1",
        "note": "PMID: 99000252\nread",
    }
    entry = read_bibliography(json.dumps([item]).encode(), "a.json").entry("a")
    assert entry.printed == (
        "van den Berg AB, NAPS Group. Naps in E. coli. J Inv. 2020;4:1-9. doi:10.5555/naps.1. PMID: 99000252."
    )
    for date in ("2020-05-01", "{year: 2020}", "[{year: 2020, month: 5}]", "{literal: May 2020}"):
        text = f"---\nreferences:\n- {{id: a, title: '*Naps* at noon', issued: {date}}}\n...\n"
        yaml_entry = read_bibliography(text.encode(), "a.yaml").entry("a")
        assert (yaml_entry.title, yaml_entry.year) == ("Naps at noon", "2020")


@pytest.mark.parametrize(
    ("written", "text"),
    [
        (r"{\"u}\'{e}\'e\~n{\ss}{\o}\v{S}\c{c}{\AA}\^{\i}\H{o}\l", "üééñßøŠçÅîőł"),
        (r"{CO}$_2$ and $\beta$-cells at 50\% of 100%", "CO2 and β-cells at 50% of 100%"),
        (r"A \emph{randomised} {\textit{E. coli}} trial --- ``so''", "A randomised E. coli trial — “so”"),
        ("Smith~\\& Sons", "Smith & Sons"),
        ("{" * 50 + "deep" + "}" * 50, "deep"),
        (r"\input{/etc/passwd}x", "x"),
    ],
)
def test_latex_in_a_bibliography_becomes_unicode(written: str, text: str) -> None:
    assert decoded(written) == text


@pytest.mark.parametrize(
    "data", ["@a{" * 15_000, "@a{b,c={" * 15_000, "@a{b,c=d\n" * 15_000, "@a{b, c={" + "{" * 400_000, "@" * 400_000]
)
def test_a_hostile_bibliography_costs_little_time(data: str) -> None:
    begun = time.process_time()
    with pytest.raises(ArticleUnreadable, match=r"r\.bib: "):
        read_bibliography(data.encode(), "r.bib")
    assert time.process_time() - begun < 5


@pytest.mark.parametrize("sign", "[@a; [[ @a[ ^[ %% :::{ ![[ [^1] ]( >[!n] ` {# ]{. == @a".split())
def test_hostile_marks_cost_little_time(sign: str) -> None:
    begun = time.process_time()
    read(NAMED + "It helps [@roe2020].\n\n" + sign * (20_000 // len(sign)))
    assert time.process_time() - begun < 5


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("Use [[Naps|short naps]] often.", "Use short naps often."),
        ("Use [[sleep/Naps#Length]] often.", "Use Naps often."),
        ("Use [[#Naps]] often. [[Sleep]]", "Use Naps often."),
        ("[[Naps]] help ==much== today. ^so-it-is", "Naps help much today."),
        ("[[Naps]] help #sleep today.", "Naps help sleep today."),
        ("%%draft%%Naps help.", "Naps help."),
    ],
)
def test_obsidians_signs_are_read_as_they_are_shown(text: str, sentence: str) -> None:
    article = read("# Why?\n\n" + text)
    assert article.sentences[0].text == sentence
    assert article.form is FileForm.OBSIDIAN


def test_what_obsidian_does_not_show_is_told_as_furniture() -> None:
    article = read("# Why?\n\n#sleep #naps/short\n\n%% ask\nthe board %%\n\n![[naps.png]]\n\nIt is [[so]].")
    assert [sentence.text for sentence in article.sentences] == ["It is so."]
    assert {"ask the board", "![[naps.png]]", "#sleep #naps/short"} <= set(article.furniture)


def test_a_callout_is_text_and_its_kind_is_none() -> None:
    article = read(f"# Why?\n\nIt is so.\n\n> [!warning]- Take care today.\n> Naps harm [1].\n\n{LISTED}")
    assert cited(article) == [("It is so.", []), ("Take care today.", []), ("Naps harm.", [1])]


def test_plain_markdown_keeps_what_only_obsidian_or_pandoc_would_read() -> None:
    article = read(f"# Why?\n\nIt costs #5 if a ==b and x^2 [[1]](#r).\n\n{LISTED}")
    assert article.form is FileForm.MARKDOWN
    assert cited(article) == [("It costs #5 if a ==b and x^2.", [1])]


def test_an_entry_in_a_note_is_a_reference_and_a_remark_is_text() -> None:
    article = read("# Why?\n\nIt helps.^[Doe A. Naps. J Inv. 2019;4:1-5. doi:10.5555/n.1] It is so.^[In adults only.]")
    assert [reference.title for reference in article.references] == ["Naps"]
    assert cited(article) == [("It helps.", [1]), ("It is so.", []), ("In adults only.", [])]


def test_numbers_of_footnotes_and_of_keys_never_clash() -> None:
    notes = "[^1]: Doe A. Naps at noon. J Inv. 2019;4:1.\n[^doe]: Poe C. Dreams at noon. J Inv. 2018;1:2."
    article = read(f"{NAMED}It helps [@roe2020].[^1] It is so.[^doe]\n\n{notes}")
    assert sorted(titles(article)) == [(1, "Naps at noon"), (2, "Short headaches"), (3, "Dreams at noon")]
    assert [numbers for _, numbers in cited(article)] == [[2, 1], [3]]


def test_show_says_the_form_and_where_the_list_is_from(tmp_path: Path, run: Run) -> None:
    (tmp_path / "refs.bib").write_text(BIB)
    (tmp_path / "a.md").write_text(NAMED + "It helps [@roe2020].")
    shown = run("articles", "show", str(tmp_path / "a.md"))[1]
    assert shown.startswith("read as       Markdown for pandoc\n")
    assert "the page prints no list of its own; this one is from refs.bib\n" in shown


def test_a_rendered_list_keeps_its_numbers_where_the_text_has_no_keys() -> None:
    text = (
        "# Why?\n\nIt helps [2].\n\nReferences {#references .unnumbered}\n==========\n\n::::::: {#refs .references}\n"
        "::: {#ref-a}\n1.Doe, A. Naps at noon. J Inv. 2019;4:1.\n:::\n\n::: {#ref-b}\n"
        "[\\[2\\] ]{.csl-left-margin}[Roe, B. Short headaches. J Inv. 2020;5:6.]{.csl-right-inline}\n:::\n:::::::\n"
    )
    article = read(text)
    assert titles(article) == [(1, "Naps at noon"), (2, "Short headaches")]
    assert (cited(article), article.references_numbered) == ([("It helps.", [2])], True)


def test_a_rendered_list_by_author_and_year_is_joined_to_its_text() -> None:
    text = (
        "# Why?\n\nIt helps (Doe 2019; Roe 2020).\n\n::: {#refs .references .csl-bib-body .hanging-indent}\n"
        '::: {#ref-a .csl-entry}\nDoe, Ann. 2019. "Naps at Noon." *Journal of Invented Pain* 4: 1–5.\n:::\n\n'
        '::: {#ref-b .csl-entry}\nRoe, Bea. 2020. "Short Headaches." *Journal of Invented Pain* 5: 6–9.\n:::\n:::\n'
    )
    article = read(text)
    assert [reference.title for reference in article.references] == ["Naps at Noon", "Short Headaches"]
    assert [numbers for _, numbers in cited(article)] == [[1, 2]]


def test_a_figures_caption_and_attributes_may_run_over_two_lines() -> None:
    article = read(
        '# Why?\n\nIt is so.\n\n![Figure 1: the\nnap](a.png){#fig:nap\nwidth="50%"}\n\n::: note\nIt ends.\n:::\n'
    )
    said = [*(section.heading for section in article.sections), *article.furniture]
    assert "{" not in " ".join([*said, *(sentence.text for sentence in article.sentences)])
    assert not any(text in ("nap", "Figure 1: the") for text in (*said, *(s.text for s in article.sentences)))
