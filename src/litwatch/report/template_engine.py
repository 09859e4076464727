"""The template engine: how values become HTML, Markdown or plain text. The only module that imports jinja2.

Escaping is the engine's default and not the templates' care: whatever a template prints is first rid of control
characters, then escaped for its format; only links that ``safe_text`` builds from a Pmid or a Doi pass as they are.
Reports, digests and the desk's pages bring their templates, and share the filters here.
"""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from litwatch.decisions.triage import Priority
from litwatch.model.change import ChangeKind
from litwatch.model.identifiers import is_pmid
from litwatch.model.text import phrases, safe_text, spelled_dates
from litwatch.report import contents, coverage, passages, wording
from litwatch.report.contents import ReportedSignal
from litwatch.report.edit_sentences import say_edit
from litwatch.report.match_sentences import say_match
from litwatch.report.reason_sentences import say_overturned, say_reason
from litwatch.report.view import anchor, headed, notice_label, notices_of, reasons, told_when

__all__ = ["Environment", "make_engine"]


class _Link(str):
    """Text in a target format already, made by this module: the engines let it pass."""

    __slots__ = ()


def _as_text(value: Any) -> Any:
    if type(value) is str:  # nearly always
        return safe_text.visible(value)
    passes = not isinstance(value, str) or isinstance(value, (_Link, Markup))
    return value if passes else safe_text.visible(value)


def _as_markdown(value: Any) -> Any:
    return _escape(value) if isinstance(value, str) and not isinstance(value, _Link) else value


def _escape(text: str, mark: str = "") -> str:
    """The text escaped and between marks; a blank at its edge, as of the template's own ", ", stays outside them."""
    text = safe_text.visible(text)
    core = safe_text.escape_markdown(text)
    return f"{' ' * text[:1].isspace()}{mark}{core}{mark}{' ' * text[-1:].isspace()}" if core else " " * bool(text)


def _bold(stretches: Iterable[passages.Stretch]) -> _Link:
    """Stretches in Markdown, marked ones bold."""
    return _Link("".join(_escape(stretch.text, "**" * stretch.marked) for stretch in stretches))


def _fold(text: str, bullet: str = "") -> str:
    folded = textwrap.fill(
        safe_text.visible(text),
        width=72,
        initial_indent=bullet,
        subsequent_indent=" " * len(bullet),
        break_long_words=False,
        break_on_hyphens=False,
    )
    return _Link(folded)


def _tone(reported: ReportedSignal) -> str:
    """The colour of the status that the verdict's rules give for such a notice."""
    retracted = reported.signal.change.kind in {ChangeKind.CITED_RETRACTED, ChangeKind.CITED_RETRACTED_REPUBLISHED}
    return "review-now" if retracted and reported.signal.priority is Priority.HIGH else "review-needed"


def _gravest(told: tuple[ReportedSignal, ...]) -> ReportedSignal:
    return min(told, key=lambda reported: (_tone(reported) != "review-now", reported.signal.priority))


_FILTERS: dict[str, Callable[..., Any]] = {
    "abstract": passages.abstract,
    "anchor": anchor,
    "by_age": wording.by_age,
    "reassessment": wording.reassessment,
    "byline": wording.byline,
    "capitalise": str.capitalize,
    "clip": safe_text.clip,
    "count": phrases.count,
    "coverage": coverage.say,
    "decision_label": wording.DECISION_LABEL.__getitem__,
    "due": wording.due,
    "edit_lines": say_edit,
    "ended": safe_text.end_sentence,
    "gravest": _gravest,
    "headed": headed,
    "key": wording.STATUS_KEY.__getitem__,
    "label": wording.STATUS_LABEL.__getitem__,
    "level": wording.level_label,
    "listed_above": wording.listed_above,
    "match_reason": say_match,
    "moment": spelled_dates.long_time,
    "notice_label": notice_label,
    "notices_of": notices_of,
    "number": "{:,}".format,
    "numbers": phrases.numbers,
    "overturned_by": say_overturned,
    "reason": say_reason,
    "responsible": contents.responsible,
    "report_link": safe_text.relative_link,
    "stated": passages.stated,
    "told_together": wording.told_together,
    "sweeps_told": contents.sweeps_told,
    "tone": _tone,
    "embedded": wording.say_embedded,
    "unwatched": wording.say_unwatched,
    "weblink": safe_text.web_link,
    "words": wording.words,
}


def make_engine(form: str, dates: str = "en", *, besides: str | None = None) -> Environment:
    """The template engine for ``html``, ``md`` or ``txt``, with dates written as the key of DATE_FORMS says.

    ``besides`` is a package with templates of its own, which come before the reports'. An unknown name in a template is
    an error, not a blank.
    """
    packages = ("litwatch.report",) if besides is None else (besides, "litwatch.report")
    loader = ChoiceLoader([PackageLoader(package) for package in packages])
    shared: dict[str, Any] = {
        "loader": loader,
        "undefined": StrictUndefined,
        "trim_blocks": True,
        "lstrip_blocks": True,
        "keep_trailing_newline": True,
        "auto_reload": False,  # else each use of a template asks the file system whether it has changed
    }
    filters = _FILTERS | {
        "dated": partial(spelled_dates.dated, form=dates),
        "reasons": lambda reported: tuple(spelled_dates.dated(said, form=dates) for said in reasons(reported)),
        "day": partial(spelled_dates.long_date, form=dates),
        "sources": partial(wording.say_sources, form=dates),
        "history": partial(wording.say_history, form=dates),
        "decide_by": partial(wording.decide_by, form=dates),
        "gap": partial(wording.say_gap, form=dates),
        "told_when": partial(told_when, form=dates),
    }
    if form == "html":
        engine = Environment(autoescape=True, finalize=_as_text, **shared)
        filters |= {
            "pubmed": safe_text.pubmed_link,
            "doi": safe_text.doi_link,
            "pubmed_search": safe_text.pubmed_search,
        }
    elif form == "md":
        engine = Environment(autoescape=False, finalize=_as_markdown, **shared)  # noqa: S701 - escapes for Markdown
        filters |= {
            "pubmed": lambda pmid: _Link(f"[{int(pmid)}]({safe_text.pubmed_link(pmid)})"),
            "doi": lambda doi: _Link(f"[{safe_text.escape_markdown(doi)}](<{safe_text.doi_link(doi)}>)"),
            "raw": _Link,
            "stretches": _bold,
        }
    else:
        engine = Environment(autoescape=False, finalize=_as_text, **shared)  # noqa: S701 - plain text has no markup
        filters |= {"pubmed": safe_text.pubmed_link, "doi": safe_text.doi_link, "fold": _fold, "raw": _Link}
    engine.filters.update(filters)
    engine.tests["in_pubmed"] = lambda paper: is_pmid(paper.pmid)  # else it is a cited work with a DOI alone
    engine.globals["not_watched"] = wording.NOT_WATCHED
    return engine
