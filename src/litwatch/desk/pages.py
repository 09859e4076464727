"""The desk's pages as HTML, and their style sheet."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from markupsafe import Markup

from litwatch.report.template_engine import make_engine

_engine = cache(make_engine)


def desk_page(name: str, values: Mapping[str, object]) -> str:
    """One of the desk's pages; ``name`` is that of its template."""
    return _engine("html", besides="litwatch.desk").get_template(f"{name}.html.j2").render(values)


def style_sheet() -> str:
    """The reports' style sheet and the desk's own."""
    report, desk = (files(package) / "templates" for package in ("litwatch.report", "litwatch.desk"))
    return (report / "page.css").read_text("utf-8") + (desk / "desk.css").read_text("utf-8")


@cache
def article_script() -> tuple[Markup, str]:
    """The script of an article's page, for the keyboard alone, and its hash, by which the policy lets it run."""
    source = (files("litwatch.desk") / "templates" / "article.js").read_text("utf-8")
    return Markup(source), base64.b64encode(hashlib.sha256(source.encode()).digest()).decode()  # noqa: S704 - our own
