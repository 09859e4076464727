"""Reports, the index page and the minutes as HTML, Markdown and JSON.

A page carries its style sheet and a policy that forbids the browser to fetch anything and to run any script but the
index page's own, which it names by its hash; everything can be read without it.
"""

from __future__ import annotations

import base64
import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date
from functools import cache, cached_property
from importlib.resources import files
from typing import Any

from markupsafe import Markup

from litwatch.decisions.verdict import Status
from litwatch.report import wording
from litwatch.report.article_line import IndexEntry, order_entries
from litwatch.report.contents import FailedTopic, Report
from litwatch.report.first_screen import lay_first_screen
from litwatch.report.minutes_view import COUNTED, MinutesView
from litwatch.report.report_json import digest_of_data, dump_data, report_data, report_json
from litwatch.report.template_engine import make_engine
from litwatch.report.view import SHOWN_IN_FULL, arrange

__all__ = [
    "Rendering",
    "index_html",
    "index_line",
    "index_page",
    "minutes_html",
    "report_html",
    "report_json",
    "report_markdown",
]

_engine = cache(make_engine)


class Rendering:
    """One report in all its forms, arranged once for them.

    ``desk_url``: where the site's desk is, for a link by which an editor answers; it ends with a slash.
    """

    def __init__(self, report: Report, desk_url: str | None = None) -> None:
        self._report, self._view = report, arrange(report)
        self._answer = f"{desk_url}article/{report.topic.slug}" if desk_url else None

    @cached_property
    def _data(self) -> dict[str, Any]:
        return report_data(self._report, self._view)

    @property
    def digest(self) -> str:
        """What tells whether two reports of the article tell the same (``digest_of_data``)."""
        return digest_of_data(self._report, self._data)

    @property
    def html(self) -> str:
        """As ``report_html``."""
        return self._render("html", "report.html.j2")

    @property
    def markdown(self) -> str:
        """As ``report_markdown``."""
        return self._render("md", "report.md.j2")

    @property
    def json(self) -> bytes:
        """As ``report_json``."""
        return dump_data(self._data)

    def _render(self, form: str, template: str) -> str:
        view = self._view
        return (
            _engine(form)
            .get_template(template)
            .render(
                report=self._report,
                view=view,
                first=lay_first_screen(self._report, view),
                answer=self._answer,
                demonstration=wording.DEMONSTRATION,
                evidence_count=sum(len(group.items) for group in view.groups) + len(view.further),
                shown_in_full=SHOWN_IN_FULL,
                placed=any(reported.signal.bearings for group in view.groups for reported in group.items),
            )
        )


def report_html(report: Report) -> str:
    """The report as one HTML file that works from a folder, on a phone, printed, in the light and in the dark."""
    return Rendering(report).html


def report_markdown(report: Report) -> str:
    """The report in Markdown, with the same content as the HTML."""
    return Rendering(report).markdown


def index_html(entries: Iterable[IndexEntry], failed: Iterable[FailedTopic], *, on: date) -> str:
    """The page of all watched articles, most urgent first; topics that could not be read stand on top by name."""
    queue = order_entries(entries)
    return index_page(
        [index_line(entry, on=on) for entry in queue],
        failed,
        on=on,
        counted=Counter(entry.status for entry in queue),
        demonstration=any(entry.demonstration for entry in queue),
    )


def index_line(entry: IndexEntry, *, on: date) -> str:
    """One article on the page of all."""
    return _engine("html").get_template("index_line.html.j2").render(entry=entry, written_on=on)


def index_page(
    lines: Iterable[str],
    failed: Iterable[FailedTopic],
    *,
    on: date,
    counted: Mapping[Status, int],
    demonstration: bool,
) -> str:
    """The page of lines that ``index_line`` has made, in their order; ``counted``: how many of them have which status.

    ``demonstration``: whether any of them is about invented records.
    """
    script, hashed = _index_script()
    return (
        _engine("html")
        .get_template("index.html.j2")
        .render(
            lines=[Markup(line) for line in lines],  # noqa: S704 - made by our own template
            failed=tuple(sorted(failed, key=lambda topic: topic.slug)),
            tally=[(status, counted.get(status, 0)) for status in wording.STATUS_LABEL],
            written_on=on,
            script=script,
            script_policy=f"script-src 'sha256-{hashed}'; ",
            demonstration=wording.DEMONSTRATION if demonstration else "",
            source_notices=wording.nlm_notices(on),
        )
    )


def minutes_html(view: MinutesView) -> str:
    """The minutes as one HTML file that works from a folder, on a phone and on paper."""
    return _engine("html").get_template("minutes.html.j2").render(view=view, counted=COUNTED, article_base="")


@cache
def _index_script() -> tuple[Markup, str]:
    """The index page's own script, which only narrows the queue, and its hash, by which the policy lets it run."""
    source = files("litwatch.report").joinpath("templates", "index.js").read_text(encoding="utf-8")
    return Markup(source), base64.b64encode(hashlib.sha256(source.encode()).digest()).decode()  # noqa: S704 - our own
