"""A web page's own markup says what is reference, marker, title and furniture; litwatch guesses only where it does not.

Whole pages in the form of a wiki, two publishers, pandoc, SciELO, a blog and Word stand in ``tests/data/articles``.
"""

from __future__ import annotations

import pytest

from litwatch.articles.article_json import as_json
from litwatch.articles.model import Article
from tests.articles.article_pages import codes, read

PAPERS = [f"Doe A. Paper {n} on naps. J Invent. 20{10 + n};{n}:2-3." for n in range(1, 13)]


def page(text: str, entries: str, head: str = "") -> Article:
    return read(
        f"<html><head>{head}</head><body><h1>Why nap?</h1>{text}<h2>References</h2>{entries}</body></html>", "a.html"
    )


def cited(article: Article) -> list[list[int]]:
    return [[marker.number for marker in sentence.markers] for sentence in article.sentences]


def numbers(article: Article) -> list[int | None]:
    return [reference.number for reference in article.references]


def titles(article: Article) -> list[str]:
    return [reference.title for reference in article.references]


def test_the_number_that_links_to_an_entry_is_the_entrys_number_where_its_list_prints_none() -> None:
    text = '<p>Yes.<sup><a href="#x7">7</a></sup> No.<sup><a href="#x9">9</a></sup></p>'
    article = page(text, f'<div><p id="x9">{PAPERS[8]}</p><p id="x7">{PAPERS[6]}</p></div>')
    assert (numbers(article), article.references_numbered) == ([9, 7], True)
    assert titles(article) == ["Paper 9 on naps", "Paper 7 on naps"]


def test_entries_that_the_text_never_links_to_stand_in_the_same_list() -> None:
    entries = "".join(f'<li id="r{n}">{paper}</li>' for n, paper in enumerate(PAPERS, start=1))
    article = page('<p>Yes [<a href="#r2">2</a>].</p>', f"<ol>{entries}</ol>")
    assert (len(article.references), numbers(article)[1], cited(article)) == (12, 2, [[2]])


@pytest.mark.parametrize(
    "entry",
    [
        "<li><span>{n}.</span> <p>{paper}</p></li>",
        "<li><sup>{n}</sup><div>{paper}</div></li>",
        "<li><div>{n}</div><div>{paper}</div></li>",
        "<li><b>[{n}]</b> {paper}</li>",
    ],
)
def test_a_number_in_an_element_of_its_own_is_the_entrys(entry: str) -> None:
    entries = "".join(entry.format(n=n, paper=paper) for n, paper in enumerate(PAPERS, start=1))
    article = page("<p>Yes [10].</p>", f'<ul class="references">{entries}</ul>')
    assert numbers(article) == list(range(1, 13))
    assert titles(article)[9] == "Paper 10 on naps"


def test_a_number_on_a_line_of_its_own_counts_where_no_markup_names_the_list() -> None:
    entries = "".join(f"<div>{n}.</div><div>{paper}</div>" for n, paper in enumerate(PAPERS, start=1))
    article = page("<p>Yes [12].</p>", entries)
    assert (numbers(article), titles(article)[11]) == (list(range(1, 13)), "Paper 12 on naps")


def test_one_line_without_number_leaves_the_others_as_certain_as_they_were() -> None:
    entries = "".join(f"<p>{n}. {paper}</p>" for n, paper in enumerate(PAPERS, start=1))
    article = page("<p>Yes [2].</p>", f"<p>Papers of interest are marked with a dot</p>{entries}<p>Edit this list</p>")
    assert (numbers(article), article.references_numbered) == (list(range(1, 13)), True)
    assert {"Papers of interest are marked with a dot", "Edit this list"} < set(article.furniture)


def test_an_entry_without_number_among_numbered_ones_leaves_theirs_certain() -> None:
    entries = "".join(f"<li>{n}. {paper}</li>" for n, paper in enumerate(PAPERS, start=1))
    note = "<li>An earlier version of this page cited Poe, 2001</li>"
    article = page("<p>Yes [2].</p>", f'<ul class="references">{note}{entries}</ul>')
    assert (numbers(article), article.references_numbered) == ([None, *range(1, 13)], True)
    assert "references-partly-numbered" in codes(article)


def test_links_back_to_the_text_are_no_text_of_an_entry() -> None:
    back = '<a href="#cite_ref-1">^</a> <a href="#cite_ref-1b"><sup>a</sup></a>'
    text = '<p>Yes.<sup id="cite_ref-1"><a href="#cite_note-1">[1]</a></sup></p>'
    article = page(
        text, f'<ol class="references"><li id="cite_note-1">{back} {PAPERS[0]} <a href="#cite_ref-1">↩</a></li></ol>'
    )
    assert article.references[0].text == PAPERS[0]


def test_unknown_elements_are_inline() -> None:
    article = page(
        "<p>Naps <trusted-source>help <em>much</em></trusted-source> [1].</p>", f"<ol><li>{PAPERS[0]}</li></ol>"
    )
    assert [sentence.text for sentence in article.sentences] == ["Naps help much."]


def test_a_section_called_sources_is_text_where_a_reference_list_follows() -> None:
    sources = "<h2>Sources</h2><p>Vitamin D comes from fish. It comes from sunlight [1].</p>"
    article = page(sources, f"<ol><li>{PAPERS[0]}</li></ol>")
    assert [section.heading for section in article.sections] == ["Sources"]
    assert (cited(article), len(article.references)) == ([[], [1]], 1)


def test_a_section_called_sources_alone_is_a_list_only_where_it_reads_like_one() -> None:
    body = "<html><body><h1>Why nap?</h1><p>Yes [1].</p><h2>Sources</h2>{}</body></html>"
    listed = read(body.format(f"<ol><li>{PAPERS[0]}</li></ol>"), "a.html")
    spoken = read(body.format("<p>Vitamin D comes from fish. It comes from sunlight [1].</p>"), "a.html")
    assert (len(listed.references), len(spoken.references), len(spoken.sentences)) == (1, 0, 3)


@pytest.mark.parametrize("edit", ["[edit]", " [edit source]", "¶"])
def test_a_headings_own_links_do_not_hide_the_list(edit: str) -> None:
    body = f"<h1>Why nap?</h1><p>Yes [1].</p><h2>References<a href='/e'>{edit}</a></h2><ol><li>{PAPERS[0]}</li></ol>"
    assert len(read(f"<html><body>{body}</body></html>", "a.html").references) == 1


def test_the_title_journal_and_year_that_coins_names_are_taken_where_the_entry_prints_them() -> None:
    said = "rft.atitle=Naps.+And+more&rft.jtitle=J+Invent&rft.date=2019&rft_id=info:pmid/99000301"
    coins = f'<span class="Z3988" title="{said}"></span>'
    false = '<span class="Z3988" title="rft.atitle=Another+paper&rft.date=1999"></span>'
    entries = f"<li>Doe, A. Naps. And more. J Invent 2019. {coins}</li><li>{PAPERS[1]}{false}</li>"
    first, second = page("<p>Yes [1].</p>", f'<ol class="references">{entries}</ol>').references
    assert (first.title, first.source, first.year, first.pmid) == ("Naps. And more", "J Invent", 2019, 99000301)
    assert (second.title, second.year) == ("Paper 2 on naps", 2012)


def test_an_entrys_last_links_are_its_own_and_not_the_next_ones() -> None:
    links = '<p><a href="https://pubmed.ncbi.nlm.nih.gov/9900030{}/">PubMed</a></p>'
    entries = "".join(f"<li><p>{paper}</p>{links.format(n)}</li>" for n, paper in enumerate(PAPERS[:3], start=1))
    article = page("<p>Yes [1].</p>", f'<ol class="references">{entries}</ol>')
    assert [reference.pmid for reference in article.references] == [99000301, 99000302, 99000303]


def test_numbers_that_link_to_notes_affiliations_and_figures_are_no_citations() -> None:
    text = (
        '<p>Jane Doe<sup><a href="#aff1">1</a></sup>, Bo Roe<sup><a href="#aff2">2</a></sup></p>'
        '<p id="aff1"><sup>1</sup> Example Institute</p><p id="aff2"><sup>2</sup> Invented Hospital</p>'
        '<figure id="F3"></figure><p>Naps help; see Fig. <a href="#F3">3</a> [1].</p>'
    )
    article = page(text, f"<ol><li>{PAPERS[0]}</li></ol>")
    assert article.markers == (1,)
    assert "notes-left-out" in codes(article)


def test_linked_numbers_of_figures_are_no_citations() -> None:
    text = (
        '<p>Figures <a href="">5</a>, <a href="">6</a> and <a href="">7</a> show that naps help <a href="">1</a>.</p>'
    )
    article = page(text, f"<ol><li>{PAPERS[0]}</li></ol>")
    assert [(s.text, [m.number for m in s.markers]) for s in article.sentences] == [
        ("Figures 5, 6 and 7 show that naps help.", [1])
    ]


def test_a_caption_is_furniture_unless_it_cites() -> None:
    captions = "<figure><figcaption>A nap{}</figcaption></figure>"
    text = f"<p>Naps help [1].</p>{captions.format('')}{captions.format(' in a hammock [1]')}"
    article = page(text, f"<ol><li>{PAPERS[0]}</li></ol>")
    assert [s.text for s in article.sentences] == ["Naps help.", "A nap in a hammock"]
    assert "A nap" in article.furniture


def test_a_pager_is_furniture_and_no_row_of_markers() -> None:
    pager = "<div>" + " | ".join(f'<a href="/naps?page={n}">{n}</a>' for n in range(1, 6)) + "</div>"
    article = page(f"<p>Naps help [1].</p>{pager}", f"<ol><li>{PAPERS[0]}</li></ol>")
    assert (article.markers, "1 | 2 | 3 | 4 | 5" in article.furniture) == ((1,), True)


def test_text_after_an_early_end_of_the_body_is_read() -> None:
    article = read("<html><body><h1>Why nap?</h1><p>Naps help.</p></body><p>They last.</p></html>", "a.html")
    assert [sentence.text for sentence in article.sentences] == ["Naps help.", "They last."]


def test_a_hidden_reference_list_is_read_and_other_hidden_text_is_not() -> None:
    text = '<p>Yes [<a href="#r1">1</a>].</p><div hidden><p>Not 5.</p></div>'
    article = page(text, f'<div style="display:none"><ol><li id="r1">{PAPERS[0]}</li></ol></div>')
    assert (len(article.references), len(article.sentences)) == (1, 1)


def test_furniture_is_what_roles_and_class_names_say_unless_it_holds_the_articles_text() -> None:
    article = read(
        "<html><body><div role=banner>Example Clinic</div><div class='share-buttons'>Tweet this page</div>"
        "<form class=page><div class=content-with-sidebar><h1>Why nap?</h1><p>"
        + "Naps help those who take them. " * 9
        + "</p></div></form><div class='cookie-consent'>We use cookies on this site.</div></body></html>",
        "a.html",
    )
    assert len(article.sentences) == 9
    assert {"Example Clinic", "Tweet this page", "We use cookies on this site."} <= set(article.furniture)


def test_the_pages_own_title_comes_before_a_question_of_its_login() -> None:
    head = "<title>Naps at work | Example Clinic</title>"
    body = "<p>Can't sign in? Forgot your password?</p><h1>Example Clinic</h1><h2>Naps at work</h2><p>They help.</p>"
    article = read(f"<html><head>{head}</head><body>{body}</body></html>", "a.html")
    assert (article.question, [s.text for s in article.sentences]) == ("Naps at work", ["They help."])


@pytest.mark.parametrize(
    ("line", "day"),
    [
        ("This page was last edited on 4 May 2024, at 10:12 (UTC).", "2024-05-04"),
        ("Last reviewed: 10 October 2023", "2023-10-10"),
        ("Medically reviewed by Jane Doe, MD on March 3, 2022", "2022-03-03"),
        ("Last update posted : 2021-02-01", "2021-02-01"),
        ("Updated August 02, 2014.", "2014-08-02"),
    ],
)
def test_a_printed_date_of_update_or_review_is_the_pages(line: str, day: str) -> None:
    article = read(
        f"<html><body><h1>Why nap?</h1><p>Naps help.</p><footer><p>{line}</p></footer></body></html>", "a.html"
    )
    assert as_json(article)["last_updated"] == day


def test_a_date_of_update_comes_before_one_of_review_and_metadata_come_last() -> None:
    head = '<script type="application/ld+json">{"@type": "MedicalWebPage", "dateModified": "2020-01-01"}</script>'
    both = "<p>Last reviewed: 10 October 2023</p><p>Last updated: 4 May 2022</p>"
    page = "<html><head>{}</head><body><h1>Why nap?</h1><p>Naps help.</p>{}</body></html>"
    days = [as_json(read(page.format(head, lines), "a.html"))["last_updated"] for lines in (both, "")]
    assert days == ["2022-05-04", "2020-01-01"]


def test_advice_to_review_is_no_date_of_review() -> None:
    article = read("<h1>Why nap?</h1><p>Review the inhaler after 3 months.</p><p>Naps help.</p>", "a.html")
    assert len(article.sentences) == 2


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Naps cut it by 4%.1 They last.2 It is so.3,4 All agree.5-7", [[1], [2], [3, 4], [5, 6, 7]]),
        ("Naps help.^(2,3)^ They last.^2,\\ 3^ All agree.^4-6^", [[2, 3], [2, 3], [4, 5, 6]]),
        ("Naps help［1］. They last ［２，３］. All agree [٤].", [[1], [2, 3], [4]]),
        ("Naps help [1‐3]. They last [4−6]. All agree [7‑9].", [[1, 2, 3], [4, 5, 6], [7, 8, 9]]),
        ("Naps help [1]. They last long. (refs 5,6) All agree.(3)", [[1], [5, 6], [3]]),
        ("Naps help [1]. They last long.2", [[1], [2]]),
    ],
)
def test_numbered_citations_in_unusual_forms_and_mixed_on_one_page(text: str, found: list[list[int]]) -> None:
    listed = "\n".join(f"{n}. {paper}" for n, paper in enumerate(PAPERS, start=1))
    assert cited(read(f"# Do naps help?\n\n{text}\n\n## References\n\n{listed}\n", "a.md")) == found


def test_link_labels_of_markdown_are_no_references_and_bare_numbers_defined_by_an_address_are() -> None:
    source = "# Why nap?\n\n{}\n\n[1]: https://pubmed.ncbi.nlm.nih.gov/99000301/\n"
    linked, cites = (read(source.format(text), "a.md") for text in ("See [the trial][1].", "Naps help [1]."))
    assert (len(linked.references), linked.markers) == (0, ())
    assert (len(cites.references), cites.markers) == (1, (1,))


def test_footnotes_of_markdown_are_references_wherever_they_stand() -> None:
    source = f"# Why nap?\n\nNaps help[^1].\n\n[^1]: {PAPERS[0]}\n\nThey last.\n\n## External links\n\n- A site\n"
    article = read(source, "a.md")
    assert titles(article) == ["Paper 1 on naps"]
    assert [section.heading for section in article.sections] == ["", "External links"]


@pytest.mark.parametrize("heading", ["<h2>Notes</h2>", "<h4>Footnotes</h4>", "<hr>"])
def test_numbered_notes_behind_the_text_are_its_references(heading: str) -> None:
    notes = "".join(f"<p><sup>{n}</sup> {paper}</p>" for n, paper in enumerate(PAPERS[:2], start=1))
    text = "<h1>Why nap?</h1><p>Naps help.<sup>1</sup> They last.<sup>2</sup></p>"
    article = read(f"<html><body>{text}{heading}{notes}</body></html>", "a.html")
    assert (titles(article), numbers(article)) == (["Paper 1 on naps", "Paper 2 on naps"], [1, 2])
    assert cited(article) == [[1], [2]]


def test_footnotes_between_the_paragraphs_are_references() -> None:
    notes = [f'<p class="footnote"><sup>{n}</sup>{paper}</p>' for n, paper in enumerate(PAPERS[:2], start=1)]
    text = f"<p>Naps help.<sup>1</sup></p>{notes[0]}<h2>How long</h2><p>They last.<sup>2</sup></p>{notes[1]}"
    article = read(f"<html><body><h1>Why nap?</h1>{text}<p>All agree.</p></body></html>", "a.html")
    assert (titles(article), cited(article)) == (["Paper 1 on naps", "Paper 2 on naps"], [[1], [2], []])


def test_affiliations_above_the_text_are_no_references() -> None:
    names = "<p>Doe A<sup>1</sup>, Roe B<sup>2</sup></p><p><sup>1</sup> An Institute</p><p><sup>2</sup> A Hospital</p>"
    article = read(f"<html><body><h1>Why nap?</h1>{names}<p>Naps help.</p></body></html>", "a.html")
    assert article.references == ()


def test_authors_with_labels_and_their_affiliations_are_furniture_also_in_a_plain_copy() -> None:
    text = (
        "Why nap?\n\nJane Doe1, Bo van Roe1,2; Cy Poe2.\n\n1 Example University\n\n2 Invented Hospital, Nowhere\n\n"
        "Naps help.1 They last.2\n\nReferences\n\n"
        + "\n".join(f"{n}. {paper}" for n, paper in enumerate(PAPERS[:2], start=1))
    )
    article = read(text)
    assert [(s.text, [m.number for m in s.markers]) for s in article.sentences] == [
        ("Naps help.", [1]),
        ("They last.", [2]),
    ]
    assert "1 Example University" in article.furniture


@pytest.mark.parametrize(
    "line", ["Vitamin B12, vitamin D3 and calcium", "Aspirin 75, Aspirin 100", "Factor V, factor 8"]
)
def test_lines_of_the_text_are_no_author_lines(line: str) -> None:
    assert line not in read(f"Why nap?\n\nNaps help.\n\n{line}\n\nThey last.").furniture


@pytest.mark.parametrize(
    "line",
    [
        "Received wisdom holds that naps are bad.",
        "Like in adults, the dose is halved.",
        "Published in 2019, the trial showed that naps help.",
        "Skip to step 3 if the patient sleeps.",
        "Accepted practice is a nap of 20 minutes.",
    ],
)
def test_a_sentence_that_begins_like_a_button_is_no_furniture(line: str) -> None:
    article = read(f"<html><body><h1>Why nap?</h1><p>Naps help.</p><p>{line}</p></body></html>", "a.html")
    assert line in [sentence.text for sentence in article.sentences]


def test_a_teaser_in_the_middle_hides_no_text_behind_it() -> None:
    box = "<p>Sign up for our newsletter</p><div>Related</div><p>Five beds we like</p>"
    article = page(f"<p>Naps help.</p>{box}<p>They last 20 minutes [1].</p>", f"<ol><li>{PAPERS[0]}</li></ol>")
    assert [sentence.text for sentence in article.sentences] == ["Naps help.", "They last 20 minutes."]
    assert "Five beds we like" in article.furniture


def test_a_plain_copy_of_a_wiki_is_read_by_its_edit_links_and_carets() -> None:
    text = (
        "Nap\nFrom Example Wiki, the free encyclopedia\n\nContents\n1 Effects\n2 References\n\n"
        "A nap is a short sleep.[1]\n\n"
        "Effects[edit]\nNaps sharpen attention.[2]\n\n"
        f"References[edit]\n^ {PAPERS[0]}\n^ a b {PAPERS[1]}\n\nExternal links[edit]\nA site about naps\n"
    )
    article = read(text)
    assert [(section.heading, [s.text for s in section.sentences]) for section in article.sections] == [
        ("", ["A nap is a short sleep."]),
        ("Effects", ["Naps sharpen attention."]),
        ("External links", ["A site about naps"]),
    ]
    assert titles(article) == ["Paper 1 on naps", "Paper 2 on naps"]
    assert {"Contents", "1 Effects", "2 References"} < set(article.furniture)


def test_a_list_in_a_tab_beside_the_article_is_found_and_a_menu_of_that_name_is_none() -> None:
    main = "<article><h1>Why nap?</h1><p>" + "Naps help those who take them. " * 9 + "</p></article>"
    tab = f"<div class=tab><div>Sources</div><ul><li>{PAPERS[0]}</li><li>{PAPERS[1]}</li></ul></div>"
    menu = "<div><div>Publications</div><ul><li>Our other sites for you to read</li></ul></div>"
    article = read(f"<html><body>{main}{tab}{menu}</body></html>", "a.html")
    assert (titles(article), len(article.sentences)) == (["Paper 1 on naps", "Paper 2 on naps"], 9)
    assert "Our other sites for you to read" in article.furniture


@pytest.mark.parametrize(
    ("line", "day"),
    [
        ("By Dr Jane Doe, MD. Last reviewed: 3 March 2024", "2024-03-03"),
        ("Published 1 Jan 2020; last updated 3 Mar 2024 by Jane Doe", "2024-03-03"),
        ("Written by Jane Doe on 3 March 2024 · Last medically reviewed on March 4, 2024", "2024-03-04"),
        ("Jane Doe – Date of last update: 2024-03-03", "2024-03-03"),
        ("Dr. med. Anna Beispiel. Stand: 3. März 2024", "2024-03-03"),
        ("Rédigé par Dr Anne Exemple. Dernière mise à jour : 3 mars 2024", "2024-03-03"),
        ("Revisado por la Dra. Ana Ejemplo. Última actualización: 3 de marzo de 2024", "2024-03-03"),
    ],
)
def test_a_date_of_update_behind_a_byline_is_the_pages_and_the_line_is_no_sentence(line: str, day: str) -> None:
    article = read(f"<h1>Why nap?</h1><p>{line}</p><h2>Use</h2><p>Naps help.</p>", "a.html")
    assert as_json(article)["last_updated"] == day
    assert [sentence.text for sentence in article.sentences] == ["Naps help."]
    assert line in article.furniture


def test_the_date_of_a_cited_page_is_not_the_articles() -> None:
    article = page("<p>Naps help [1].</p>", f"<ol><li>{PAPERS[0]} Updated 3 March 2021.</li></ol>")
    assert article.last_updated is None


def test_a_month_without_day_is_told_as_no_day() -> None:
    article = read("<h1>Why nap?</h1><p>Content last reviewed March 2024</p><p>Naps help.</p>", "a.html")
    assert article.last_updated is None
    assert "date-unreadable" in codes(article)


def test_a_day_below_the_title_is_no_heading() -> None:
    article = read("<h1>Why nap?</h1><span>March 1, 2024</span><div><p>Naps help [1].</p></div>", "a.html")
    assert [(section.heading, len(section.sentences)) for section in article.sections] == [("", 1)]


def test_a_list_that_a_page_shows_only_at_a_press_is_read() -> None:
    entries = "".join(f"<li>{paper}</li>" for paper in PAPERS[:3])
    hidden = f"<button>Show references</button><div hidden><h2>References</h2><ol>{entries}</ol></div>"
    text = "<h1>Why nap?</h1><p>Naps help [1-3].</p>"
    assert numbers(read(text + hidden, "a.html")) == [1, 2, 3]
    shown = f"<h2>References</h2><ol>{entries}</ol>"
    twice = read(f'<div style="display:none">{text}{shown}</div>{text}{shown}', "a.html")
    assert (numbers(twice), len(twice.sentences)) == ([1, 2, 3], 1)


def test_a_leaflet_beside_a_numbered_list_leaves_its_numbers_certain() -> None:
    entries = "".join(f"<li>{paper}</li>" for paper in PAPERS[:3])
    leaflet = "<h2>Further reading</h2><ul><li>A leaflet on naps</li></ul>"
    listed = f"<details><summary>References</summary><ol>{entries}</ol></details>"
    article = read(f"<h1>Why nap?</h1><p>Naps help [1-3].</p>{leaflet}{listed}", "a.html")
    assert (numbers(article), article.references_numbered) == ([None, 1, 2, 3], True)


def test_a_page_that_only_links_to_papers_says_that_they_are_not_watched() -> None:
    text = '<h1>Why nap?</h1><p>Naps <a href="https://doi.org/10.5555/naps.1">help</a>. <a href="/about">About</a>.</p>'
    article = read(text, "a.html")
    assert [doubt.message for doubt in article.uncertain if doubt.code == "links-without-list"] == [
        "The text links to 1 paper, and the page has no reference list: what is only linked is not watched."
    ]
    assert "links-without-list" not in codes(page("<p>Naps help [1].</p>", f"<ol><li>{PAPERS[0]}</li></ol>"))
