"""What a reader sees of a page or a Markdown file: its words, without its markup."""

from __future__ import annotations

from lxml import html
from markdown_it import MarkdownIt

from litwatch.report import render
from litwatch.report.contents import Report


def text_of(page: str) -> str:
    """What a browser shows of a page, blanks made one."""
    body = html.fromstring(page).find("body")
    return " ".join(body.text_content().split())


def markdown_text(source: str) -> str:
    return " ".join(html.fromstring(MarkdownIt("commonmark").render(source)).text_content().split())


def both_forms(report: Report) -> tuple[str, str]:
    return text_of(render.report_html(report)), markdown_text(render.report_markdown(report))
