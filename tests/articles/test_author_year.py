"""Citations by author and year, and the entries that they name."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from litwatch.articles.model import Article
from litwatch.references.lint import lint
from tests.articles.article_pages import codes, read

LIST = """
## References

- Doe A, Roe B, Poe C. Naps in bakers. J Inv. 2019;1:1-2.
- Müller J, Schmidt K. Naps in porters. J Inv. 2019;2:3-4.
- van den Berg J. Naps in butchers. J Inv. 2020;3:5-6.
- World Nap Organization. Naps for all. J Inv. 2021;4:7-8.
- Sample A, Loe B. Naps and wages. J Inv. 2022a;5:9-10.
- Sample A, Loe B. Naps and prices. J Inv. 2022b;5:11-12.
"""


def cited(sentence: str, entries: str = LIST) -> Article:
    """The article of one sentence behind one that cites the first entry."""
    return read(f"# Why nap?\n\nBakers nap (Doe et al., 2019). {sentence}\n{entries}", "page.md")


def markers(article: Article) -> Sequence[int]:
    return [marker.number for marker in article.sentences[-1].markers]


@pytest.mark.parametrize(
    ("sentence", "numbers"),
    [
        ("So do porters (Müller & Schmidt, 2019).", [2]),
        ("So do porters (Mueller and Schmidt 2019).", [2]),
        ("So do porters (Muller et al 2019; Van den Berg, 2020).", [2, 3]),
        ("So does everybody [World Nap Organization, 2021].", [4]),
        ("So does everybody (WNO, 2021: 7).", [4]),
        ("So they earn (e.g., Sample & Loe, 2022a, 2022b).", [5, 6]),
        ("So they earn (Sample and Loe 2022a,b).", [5, 6]),
        ("In Müller’s (2019) view they do.", [2]),
        ("However, van den Berg (2020, p. 5) found none.", [3]),
        ("Wie Müller und Schmidt 2019 zeigen, schläft man kurz.", [2]),
        ("Das gilt auch hier (vgl. Müller u. a. 2019, S. 3).", [2]),
        ("C’est vrai aussi (voir Müller et Schmidt, 2019).", [2]),
        ("Es verdad también (véase Müller y Schmidt, 2019).", [2]),
        ("So does everybody (World Nap Organization [WNO], 2021).", [4]),
        ("The World Nap Organization (WNO) (2021) says so.", [4]),
        ("Müller et al., (2019) say so.", [2]),
        ("So do porters (Müller J et al., 2019).", [2]),
        ("Es verdad también (Müller y otros, 2019).", [2]),
        ("In 2019 Nobody asked them (n = 30, 2019).", []),
        ("Nobody slept in March 2020 (Table 2019).", []),
    ],
)
def test_a_citation_by_author_and_year_names_its_entry_and_stays_in_the_text(
    sentence: str, numbers: Sequence[int]
) -> None:
    article = cited(sentence)
    assert (markers(article), article.sentences[-1].text) == (numbers, sentence)
    assert all(marker.sure for marker in article.sentences[-1].markers)
    assert article.cites_by_name
    assert article.references_numbered


def test_years_after_a_semicolon_are_the_same_authors() -> None:
    later = LIST + "- Doe A, Roe B, Poe C. Naps again. J Inv. 2021;6:1-2.\n"
    assert markers(cited("So they do (Doe et al., 2019; 2021).", later)) == [1, 7]


def test_a_citation_that_fits_two_entries_names_both_and_is_said_to_be_unsure() -> None:
    article = cited("They earn more (Sample & Loe, 2022).")
    assert [(m.number, m.sure) for m in article.sentences[-1].markers] == [(5, False), (6, False)]
    assert "author-year-ambiguous" in codes(article)
    [found] = [finding for finding in lint(article) if finding.code == "L21-author-year-ambiguous"]
    assert "“Sample & Loe 2022” may mean entry 5 or 6" in found.message


def test_another_second_author_than_the_entry_has_is_said() -> None:
    article = cited("So do porters (Müller & Nobody, 2019).")
    assert [(m.number, m.sure) for m in article.sentences[-1].markers] == [(2, False)]
    assert "author-year-ambiguous" in codes(article)


@pytest.mark.parametrize("citation", ["(Nobody et al., 2019)", "(Doe et al., 2018)", "(see Nobody & Doe, 2019, p. 3)"])
def test_a_citation_without_its_entry_is_a_finding_like_a_marker_without_one(citation: str) -> None:
    article = cited(f"So it is {citation}.")
    assert markers(article) == []
    assert [finding.sentence for finding in lint(article) if finding.code == "L01-marker-without-reference"] == [2]


def test_an_article_that_cites_by_name_is_not_told_to_count() -> None:
    article = cited("So does everybody (World Nap Organization, 2021). So do porters (Müller & Schmidt, 2019).")
    found = {finding.code for finding in lint(article)}
    assert not found & {"L03-gap-in-numbering", "L05-markers-out-of-order", "L06-mapping-uncertain", "L11-no-markers"}
    unused = [finding.position for finding in lint(article) if finding.code == "L02-reference-never-cited"]
    assert unused == [3, 5, 6]


def test_names_in_an_article_that_cites_by_numbers_stay_words() -> None:
    article = read(
        "# Why nap?\n\nBakers nap [1]. Porters nap [2], as Doe et al. (2019) say.\n\n## References\n\n"
        "1. Roe B. Naps in porters. J Inv. 2018;1:1-2.\n2. Doe A, Poe C. Naps in bakers. J Inv. 2019;1:1-2.\n",
        "page.md",
    )
    assert article.markers == (1, 2)
    assert not article.cites_by_name
    assert "author-year" in codes(article)


def test_a_list_of_numbers_is_cited_by_its_own_numbers() -> None:
    article = read(
        "# Why nap?\n\nPorters nap (Roe, 2018).\n\n## References\n\n"
        "2. Doe A, Poe C. Naps in bakers. J Inv. 2019;1:1-2.\n3. Roe B. Naps in porters. J Inv. 2018;1:1-2.\n",
        "page.md",
    )
    assert article.markers == (3,)


def test_hostile_names_are_read_in_time_that_grows_with_their_length() -> None:
    hostile = "(" + "A-Ab, Van den De La " * 400 + ") " + "Ab & Cd " * 500 + "((((" * 500
    assert read(f"# Why?\n\n{hostile} 2019a, b, c.\n{LIST}", "page.md").sentences
