"""The text of a PDF: what its print tells, what it is known to break, and that no PDF hangs or swells litwatch."""

from __future__ import annotations

import io
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from pypdf import PdfReader, PdfWriter

from litwatch.articles.article_reader import read_pdf_article
from litwatch.articles.forms.pdf_lines import Fragment, PdfText
from litwatch.articles.model import Article, FileForm
from litwatch.config.article_file import read_article_file
from litwatch.config.pdf_process import ADDRESS_SPACE, MOST_PAGES
from litwatch.config.pdf_text import LARGEST_PDF, take_pdf_text
from litwatch.model.errors import ArticleUnreadable
from tests.articles.article_pages import codes
from tests.articles.pdf_files import Run, column, pdf_file
from tests.command_line import Run as Command

LIST = (
    "",
    "# References",
    "",
    "1. Doe A, Roe B. Naps in bakers. J Inv. 2019;1:1-2.",
    "2. Poe C. Naps in porters. J Inv.",
    "> 2020;2:3-4.",
)
"""A list of two, the second over two lines."""


def read(*pages: list[Run], title: str = "") -> Article:
    """The article in pages of runs, without the detour of a file."""
    printed = tuple(
        tuple(Fragment(x, y, size, text.startswith("*"), text.strip("*")) for x, y, size, text in page)
        for page in pages
    )
    return read_pdf_article(PdfText(title, printed), name="page.pdf")


def body(*lines: str) -> list[str]:
    """The sentences of one column of lines above a list of two references."""
    article = read(column("# Why nap?", "", *lines, *LIST))
    assert [reference.title for reference in article.references] == ["Naps in bakers", "Naps in porters"]
    return [sentence.text for sentence in article.sentences]


def test_a_pdf_is_read_with_raised_digits_as_markers_and_its_limits_said(tmp_path: Path, run: Command) -> None:
    file = tmp_path / "naps.pdf"
    lines = (
        "# Why nap?",
        "",
        "Short nights harm bakers as one week of restricted sleep",
        "shows.^1,2^ Naps help.^2^",
        *LIST,
    )
    file.write_bytes(pdf_file(column(*lines), title="Microsoft Word - naps.docx"))
    article = read_article_file(file)
    assert (article.question, article.form) == ("Why nap?", FileForm.PDF)
    assert [(s.text, [m.number for m in s.markers]) for s in article.sentences] == [
        ("Short nights harm bakers as one week of restricted sleep shows.", [1, 2]),
        ("Naps help.", [2]),
    ]
    assert [(r.number, r.title, r.year) for r in article.references] == [
        (1, "Naps in bakers", 2019),
        (2, "Naps in porters", 2020),
    ]
    shown = run("articles", "show", str(file))[1]
    assert shown.startswith("read as       PDF text (headings, paragraphs and columns are told from the print; compare")
    assert "The article is the text of a PDF." in shown
    assert codes(article).count("pdf-text") == 1


@pytest.mark.parametrize(
    ("lines", "sentence"),
    [
        (("Naps were inves-", "tigated in bakers."), "Naps were investigated in bakers."),
        (("A randomised cross-", "over trial was made."), "A randomised cross-over trial was made."),
        (("A crossover was made in a cross-", "over way."), "A crossover was made in a crossover way."),
        (("Naps are self-", "reported here."), "Naps are self-reported here."),
        (("The Mac-", "Invented scale was used."), "The Mac-Invented scale was used."),
        (("Bakers of 20-", "30 years nap."), "Bakers of 20-30 years nap."),
        (("It is at https://example.org/naps/", "all.html now."), "It is at https://example.org/naps/all.html now."),
        (("The e\ufb03cacy of naps.",), "The efficacy of naps."),
        (("The e\x1ecacy of naps.",), "The efficacy of naps."),
    ],
)  # fmt: skip
def test_what_a_lines_end_or_a_ligature_breaks_is_put_together(lines: tuple[str, ...], sentence: str) -> None:
    assert body(*lines) == [sentence]


def test_paragraphs_part_at_a_gap_an_indent_or_a_short_line_and_a_bullet_is_an_item() -> None:
    assert body(
        "The first paragraph runs on over the end of its line because it is",
        "long enough to do so and ends here in the middle of",
        "the third line",
        "",
        "The second paragraph runs on over the end of its line as well, since",
        "it is long enough to do so, and it ends here very near the line's end.",
        "> The third paragraph is told from the second by its indent alone,",
        "and by nothing else at all that a reader or a program could see here.",
        "• A point of a list.",
        "• Another point.",
    ) == [
        "The first paragraph runs on over the end of its line because it is long enough to do so and ends here in the"
        " middle of the third line",
        "The second paragraph runs on over the end of its line as well, since it is long enough to do so, and it ends"
        " here very near the line's end.",
        "The third paragraph is told from the second by its indent alone, and by nothing else at all that a reader or a"
        " program could see here.",
        "A point of a list.",
        "Another point.",
    ]


def test_running_heads_and_page_numbers_are_furniture_and_a_sentence_goes_on_over_the_page() -> None:
    def page(number: int, *lines: str) -> list[Run]:
        return [(72, 760, 8, f"Journal of Invented Results 2024;{number}"), *column(*lines), (300, 40, 8, str(number))]

    article = read(
        page(41, "# Why nap?", "", "Naps help the bakers of Demonstration when they"),
        page(42, "are short [1]."),
        page(43, *LIST),
    )
    assert [sentence.text for sentence in article.sentences] == [
        "Naps help the bakers of Demonstration when they are short."
    ]
    assert {"Journal of Invented Results 2024;42", "42"} <= set(article.furniture)
    assert len(article.references) == 2


LEFT = tuple(f"Left line {n} speaks of naps and of" for n in range(1, 9))
RIGHT = tuple(f"right line {n} speaks of beds and of" for n in range(1, 9))


@pytest.mark.parametrize("by_row", [False, True], ids=["column after column", "line by line across both"])
def test_two_columns_are_read_one_after_the_other(by_row: bool) -> None:
    left, right = column(*LEFT, top=650), column(*RIGHT, x=320, top=650)
    both = [run for row in zip(left, right, strict=True) for run in row] if by_row else [*left, *right]
    article = read([(72, 720, 16, "Why nap?"), *both], column(*LIST))
    said = " ".join(sentence.text for sentence in article.sentences)
    assert said == " ".join((*LEFT, *RIGHT))


@pytest.mark.parametrize(
    "entries",
    [
        ("[1] Doe A, Roe B. Naps in bakers. J Inv. 2019;1:1-2.", "[2] Poe C. Naps in porters. J Inv.", "2020;2:3-4."),
        ("^1^ Doe A, Roe B. Naps in bakers. J Inv. 2019;1:1-2.", "^2^ Poe C. Naps in porters. J Inv.", "2020;2:3-4."),
        ("1 Doe A, Roe B. Naps in bakers. J Inv. 2019;1:1-2.", "2 Poe C. Naps in porters. J Inv.", "2020;2:3-4."),
        ("1", "Doe A, Roe B. Naps in bakers. J Inv. 2019;1:1-2.", "2", "Poe C. Naps in porters. J Inv.", "2020;2:3-4."),
        ("1. Doe A, Roe B. Naps in bakers. J Inv. 2019;", "1:1-2.", "2. Poe C. Naps in porters. J Inv.", "2020;2:3-4."),
        (
            "1. Doe A, Roe B. Naps in bakers. J Inv. 2019;",
            "19. 1-2.",
            "2. Poe C. Naps in porters. J Inv.",
            "2020;2:3-4.",
        ),
    ],
)
def test_numbered_entries_keep_their_numbers_however_they_are_printed_and_broken(entries: tuple[str, ...]) -> None:
    article = read(column("# Why nap?", "", "Naps help [1, 2].", "", "# References", "", *entries))
    assert [(ref.number, ref.title, ref.year) for ref in article.references] == [
        (1, "Naps in bakers", 2019),
        (2, "Naps in porters", 2020),
    ]


BY_DOE, BY_POE = "Doe, A., & Roe, B. (2019). Naps in bakers. J Inv", "Poe, C. (2020). Naps in porters. J Inv"


@pytest.mark.parametrize(
    "entries",
    [
        (f"{BY_DOE},", "> 1(1), 1-2.", f"{BY_POE},", "> 2(2), 3-4."),
        (f"{BY_DOE}, 1(1), 1-2.", f"{BY_POE}, 2(2),", "3-4."),
    ],
    ids=["hanging", "flush"],
)  # fmt: skip
def test_entries_without_numbers_are_told_apart_by_their_indent_or_their_authors(entries: tuple[str, ...]) -> None:
    article = read(column("# Why nap?", "", "Naps help (Doe & Roe, 2019).", "", "# References", "", *entries))
    assert [(ref.title, ref.year) for ref in article.references] == [
        ("Naps in bakers", 2019),
        ("Naps in porters", 2020),
    ]


def test_an_entry_that_breaks_over_the_page_is_one_entry() -> None:
    article = read(
        column("# Why nap?", "", "Naps help [1, 2].", *LIST[:-1]),
        column("2020;2:3-4.", "3. Soe D. More naps. J Inv. 2021;3:5-6."),
    )
    assert [(ref.number, ref.year) for ref in article.references] == [(1, 2019), (2, 2020), (3, 2021)]


def encrypted(password: str) -> bytes:
    writer = PdfWriter(PdfReader(io.BytesIO(pdf_file(column("Why nap?", "", "It helps.")))))
    writer.encrypt(user_password=password, owner_password="owner", algorithm="RC4-128")
    held = io.BytesIO()
    writer.write(held)
    return held.getvalue()


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (lambda: encrypted("secret"), "protected by a password; save it without one"),
        (lambda: pdf_file([]), "pictures of its pages and no text.*ocrmypdf"),
        (lambda: pdf_file(*[[]] * (MOST_PAGES + 1)), f"more than {MOST_PAGES} pages; save the article's own pages"),
        (lambda: b"%PDF-1.7\n\x00\x01", "damaged"),
        (lambda: pdf_file(column("It helps."))[:300], "damaged|no text"),
        (lambda: b"%PDF-1.4" + b" " * LARGEST_PDF, "bytes are more than the 20,000,000 that a PDF may have"),
        (lambda: pdf_file(content=b" " * 100_000_000), "too much memory"),
    ],
    ids=["password", "scan", "pages", "broken", "cut off", "bytes", "swells"],
)
def test_a_pdf_without_readable_text_is_refused_with_what_to_do(data: Callable[[], bytes], words: str) -> None:
    with pytest.raises(ArticleUnreadable, match=rf"(?s)^a\.pdf: .*(?:{words}).*take the article's web page"):
        take_pdf_text(data(), "a.pdf")


def test_a_pdf_that_would_take_for_ever_is_stopped() -> None:
    endless = pdf_file(content=b"BT /R 9 Tf (x) Tj " * 1_500_000)
    with pytest.raises(ArticleUnreadable, match=r"takes more than 20 seconds|more than 600,000 characters"):
        take_pdf_text(endless, "a.pdf", seconds=1)


@pytest.mark.skipif(sys.platform != "linux", reason="other systems bound memory otherwise or not at all")
@pytest.mark.parametrize(
    ("work", "ends"), [("while True: pass", "killed"), (f"bytearray({2 * ADDRESS_SPACE})", "MemoryError")]
)
def test_the_process_that_takes_a_pdfs_text_has_bounded_time_and_memory(work: str, ends: str) -> None:
    program = f"from litwatch.config.pdf_process import limit\nlimit(1)\n{work}"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=False)
    assert ("killed" if done.returncode < 0 else done.stderr.strip().rpartition("\n")[2]) == ends


def test_a_pdf_that_may_be_read_without_a_password_is_read() -> None:
    [page] = take_pdf_text(encrypted(""), "a.pdf").pages
    assert [fragment.text.strip() for fragment in page] == ["Why nap?", "It helps."]


def test_hostile_text_in_a_pdf_costs_time_in_proportion_to_its_length() -> None:
    lines = [
        (72.0, 700.0 - 0.01 * n, 10.0, sign * 40) for n, sign in enumerate(("a-", "1 ", "10.1000/", "[1", "A. ") * 80)
    ]
    article = read([*column("Why nap?", "", "It helps [1]."), *lines])
    assert article.sentences
