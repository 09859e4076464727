"""ESearch: a term in, counts, identifiers and PubMed's understanding of the term out.

Element order and blanks as in the recorded answers; the 9,999 window as measured in 2026.
"""

from __future__ import annotations

from dataclasses import dataclass

from litwatch.model.errors import StrategyError
from litwatch.standin import search
from litwatch.standin.occasion import TOO_FAR, WINDOW, Occasion, header, prolog, refuse, text, wrong_database
from litwatch.standin.search import Hits, QueryForgotten
from litwatch.standin.web import XML, Answer, json_answer
from litwatch.strategy.parser import NothingToSearch

_ROOT = "eSearchResult"
_DEFAULT_PAGE = 20


@dataclass(frozen=True, slots=True)
class Page:
    """What one ESearch answer shows of a result."""

    count: int
    start: int
    size: int
    """RetMax: how many identifiers are said to be on the page."""
    pmids: tuple[int, ...]
    query_key: int | None = None
    web_env: str | None = None


def esearch(occasion: Occasion) -> Answer:
    """Answer one ESearch request."""
    request = occasion.request
    if (refusal := wrong_database(occasion, _ROOT)) is not None:
        return refusal
    term = search.in_field(request.get("term"), request.get("field"))
    key = request.get("query_key")
    if not term and not key:
        return refuse(occasion, _ROOT, "Empty term and query_key - nothing todo")
    if key:
        term = f"#{key} AND ({term})" if term else f"#{key}"
    term = search.dated(term, request, today=occasion.today)
    try:
        hits = search.run(term, occasion.view, today=occasion.today, recall=occasion.recall)
    except QueryForgotten as forgotten:
        return refuse(occasion, _ROOT, f"Unable to obtain query #{forgotten}")
    except NothingToSearch:
        hits = Hits((), term)  # recorded for ``[pdat]``: no error, count 0 and "No items found."
    except StrategyError:
        return refuse(occasion, _ROOT, "Search Backend failed: query syntax error")
    hits = occasion.bend("hits", hits)
    if request.get("rettype").lower() == "count":
        return _count(occasion, hits)
    return _answer(occasion, hits)


def _answer(occasion: Occasion, hits: Hits) -> Answer:
    request = occasion.request
    start, size = request.number("retstart", 0), request.number("retmax", _DEFAULT_PAGE)
    count = len(hits.pmids)
    messages: list[str] = []
    if (word := search.unknown_sort(request.get("sort"))) is not None:
        messages.append(f"Unknown sort schema '{word}' ignored")
    if count > WINDOW:
        if start >= WINDOW:
            return refuse(occasion, _ROOT, TOO_FAR)
        if start + size > WINDOW:
            size = WINDOW - start
            messages.append(f"Restrictions achieved. start and count adjusted to {start}, {size}")
    if not count:
        messages.append("No items found.")
    pmids = search.ordered(hits.pmids, occasion.view, request.get("sort"))
    shown = pmids[start : start + size]
    page = Page(count, start, len(shown), shown)
    if request.get("usehistory").lower() == "y":
        web_env, key = occasion.history.keep(request.web_env, pmids, hits.translation, now=occasion.now)
        page = Page(count, start, len(shown), shown, key, web_env)
    page = occasion.bend("page", page)
    return _as_json(page, hits, messages) if request.wants_json else _as_xml(page, hits, messages)


def _count(occasion: Occasion, hits: Hits) -> Answer:
    """Only the number: ``rettype=count`` loses the translation and every warning (measured in 2026)."""
    if occasion.request.wants_json:
        return json_answer({"header": header("esearch"), "esearchresult": {"count": str(len(hits.pmids))}})
    body = f"{prolog(_ROOT)}\n<{_ROOT}>\n\t<Count>{len(hits.pmids)}</Count>\n</{_ROOT}>\n"
    return Answer(body.encode(), XML)


def _as_xml(page: Page, hits: Hits, messages: list[str]) -> Answer:
    history = f"<QueryKey>{page.query_key}</QueryKey><WebEnv>{page.web_env}</WebEnv>" if page.web_env else ""
    ids = (
        "\n".join(("<IdList>", *(f"<Id>{pmid}</Id>" for pmid in page.pmids), "</IdList>"))
        if page.pmids
        else "<IdList/>"
    )
    mapped = "".join(
        f"<Translation>     <From>{text(written)}</From>     <To>{text(meant)}</To>    </Translation>"
        for written, meant in hits.translation_set
    )
    mappings = f"<TranslationSet>{mapped}</TranslationSet>" if mapped else "<TranslationSet/>"
    errors = _elements("PhraseNotFound", hits.phrases_not_found) + _elements("FieldNotFound", hits.unknown_tags)
    warnings = (
        _elements("PhraseIgnored", hits.phrases_ignored)
        + _elements("QuotedPhraseNotFound", hits.quoted_phrases_not_found)
        + _elements("OutputMessage", messages)
    )
    body = (
        f"{prolog(_ROOT)}\n<{_ROOT}><Count>{page.count}</Count><RetMax>{page.size}</RetMax><RetStart>{page.start}</RetStart>"
        f"{history}{ids}{mappings}<QueryTranslation>{text(hits.translation)}</QueryTranslation>"
        + (f"<ErrorList>{errors}</ErrorList>" if errors else "")
        + (f"<WarningList>{warnings}</WarningList>" if warnings else "")
        + f"</{_ROOT}>\n"
    )
    return Answer(body.encode("utf-8", "replace"), XML)


def _as_json(page: Page, hits: Hits, messages: list[str]) -> Answer:
    result: dict[str, object] = {"count": str(page.count), "retmax": str(page.size), "retstart": str(page.start)}
    if page.web_env:
        result |= {"querykey": str(page.query_key), "webenv": page.web_env}
    result |= {
        "idlist": [str(pmid) for pmid in page.pmids],
        "translationset": [{"from": written, "to": meant} for written, meant in hits.translation_set],
        "querytranslation": hits.translation,
    }
    if hits.phrases_not_found or hits.unknown_tags or hits.group_tagged:
        # XML names an unknown tag; JSON only shows that there is a list (``asthma[foo]``, recorded in 2026).
        result["errorlist"] = {"phrasesnotfound": list(hits.phrases_not_found), "fieldsnotfound": []}
    if hits.phrases_ignored or hits.quoted_phrases_not_found or messages:
        # NCBI escapes these for XML even in JSON: a query with &amp; comes back as &amp;amp;.
        result["warninglist"] = {
            "phrasesignored": [text(phrase) for phrase in hits.phrases_ignored],
            "quotedphrasesnotfound": list(hits.quoted_phrases_not_found),  # escaped already
            "outputmessages": messages,
        }
    return json_answer({"header": header("esearch"), "esearchresult": result})


def _elements(name: str, values: tuple[str, ...] | list[str]) -> str:
    return "".join(f"<{name}>{text(value)}</{name}>" for value in values)
