"""Eleven small questions to the E-utilities, one a verb and more: is NCBI still what the code and the stand-in assume?

Each has an expected answer, written down from recordings and NLM's documentation (NBK25499). What differs is shown as
expected and seen, for an operator to send back. They cost some fifteen requests, paced like all others.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

from lxml import etree

from litwatch.decisions.known_item import known_item_term
from litwatch.model.canary_record import CANARY, CANARY_TITLE
from litwatch.model.errors import SourceError
from litwatch.model.identifiers import parse_pmid
from litwatch.model.search import Window
from litwatch.model.text.safe_text import clip, visible
from litwatch.sources.entrez import efetch, elink, esearch
from litwatch.sources.entrez.control_records import ControlRecords
from litwatch.sources.entrez.replies import check_xml_text, read_lines, read_xml
from litwatch.sources.entrez.retries import Asker, Timepiece
from litwatch.sources.entrez.settings import EntrezSettings
from litwatch.sources.entrez.transport import Unusable

_FIELDS = ("UID", "TITL", "TIAB", "MESH", "MAJR", "PTYP", "LANG", "EDAT", "CRDT", "MHDA", "MDAT", "PDAT", "LID", "FILT")
"""What the windows and the strategies' linter name."""
_LONGEST = 500


@dataclass(frozen=True, slots=True)
class LiveCheck:
    """One question: what was expected, and what NCBI answered."""

    name: str
    expected: str
    seen: str

    @property
    def is_same(self) -> bool:
        """Whether NCBI is as the code assumes."""
        return self.seen == self.expected


def check_live(settings: EntrezSettings, *, timepiece: Timepiece | None = None) -> Iterator[LiveCheck]:
    """Ask one question after the other; a failing one has its error as what was seen."""
    asker = Asker(settings, timepiece or Timepiece())
    for name, (expected, ask) in _QUESTIONS.items():
        try:
            seen = ask(asker)
        except SourceError as error:
            seen = f"error: {error}"
        yield LiveCheck(name, expected, clip(visible(settings.mask(seen)), _LONGEST))


def _einfo(asker: Asker) -> str:
    document = asker.ask("einfo", partial(read_xml, root="eInfoResult"), db="pubmed", retmode="xml")
    there = {found.text for found in document.iterfind("DbInfo/FieldList/Field/Name")}
    missing = [name for name in _FIELDS if name not in there]
    return f"missing: {', '.join(missing)}" if missing else "all there"


def _esearch(asker: Asker) -> str:
    hits = esearch.ask(asker, f"{CANARY}[uid]")
    return f"{hits.count} found: {_numbers(hits.pmids)}; warnings: {len(hits.warnings)}"


def _efetch(asker: Asker) -> str:
    fetched = efetch.fetch(asker, [CANARY], ControlRecords(asker))
    if not fetched.records:
        return f"no record; missing {_numbers(fetched.missing)}; {fetched.error or 'no error'}"
    (record,) = fetched.records
    journal = record.journal.abbreviation or record.journal.title
    return f"{record.pmid}; {record.title}; {journal}; doi {record.doi}; {len(record.authors)} authors"


def _esummary(asker: Asker) -> str:
    document = asker.ask("esummary", partial(read_xml, root="eSummaryResult"), db="pubmed", id=str(CANARY))
    items = {found.get("Name"): found.text for found in document.iterfind("DocSum/Item")}
    return f"{document.findtext('DocSum/Id')}; {items.get('Title')}; {items.get('PubDate')}"


def _elink(asker: Asker) -> str:
    linked = elink.link(asker, [CANARY], "pubmed_pubmed")[CANARY]
    scores = [score for _, score in linked]
    first = "the seed first" if linked and linked[0][0] == CANARY else f"first {linked[0][0] if linked else 'nothing'}"
    order = (
        "scores fall" if len(scores) > 1 and scores == sorted(scores, reverse=True) and scores[-1] > 0 else "no order"
    )
    return f"{first}, {order}"


def _ecitmatch(asker: Asker) -> str:
    line = "diab vasc dis res|2007|4|13|kashyap sr|litwatch1|"
    return "; ".join(asker.ask("ecitmatch", read_lines, db="pubmed", retmode="xml", bdata=line))


def _espell(asker: Asker) -> str:
    def read(body: bytes) -> str:
        check_xml_text(body, "eSpellResult")  # which has an empty ERROR where all is well
        parser = etree.XMLParser(resolve_entities=False, load_dtd=False, no_network=True)
        try:
            return etree.fromstring(body, parser).findtext("CorrectedQuery") or "no correction"
        except etree.XMLSyntaxError as error:
            raise Unusable(f"the answer is not well-formed XML ({error})") from None

    return asker.ask("espell", read, db="pubmed", term="insulinn resistanse")


def _canary(asker: Asker) -> str:
    hits = esearch.ask(asker, known_item_term(CANARY, CANARY_TITLE))
    return f"{hits.count} found: {_numbers(hits.pmids)}"


def _window(asker: Asker) -> str:
    """A record that entered in 2020, searched in the days around its entry and in the year before it."""
    some = esearch.ask(asker, "2020/01/01:2020/12/31[edat]", 1).pmids
    if not some:
        return "no record entered in 2020"
    records = efetch.fetch(asker, some, ControlRecords(asker)).records
    entered = records[0].entered if records else None
    if entered is None:
        return f"PMID {some[0]} tells no day of entry"
    term, day = f"{some[0]}[uid]", timedelta(days=1)
    inside = esearch.search(asker, term, Window(entered - day, entered + day)).count
    before = esearch.search(asker, term, Window(entered - 400 * day, entered - 30 * day)).count
    year = "in 2020" if entered.year == 2020 else f"on {entered}"
    return f"entered {year}; found {inside} time around that day and {before} times before it"


def _echo(asker: Asker) -> str:
    return esearch.ask(asker, '"insulin resistance"[mh] AND 2020/01/01:2020/01/31[edat]', 0).translation


def _warning(asker: Asker) -> str:
    hits = esearch.ask(asker, '"qzxj vwkf litwatch"[ti]', 0)
    kinds = sorted({re.split(r":", warning)[0] for warning in hits.warnings})
    return f"{hits.count} found; {', '.join(kinds) or 'no warning'}"


def _numbers(pmids: object) -> str:
    shown = [str(parse_pmid(each)) for each in pmids] if isinstance(pmids, tuple | frozenset) else []
    return ", ".join(shown[:5]) or "none"


_QUESTIONS: dict[str, tuple[str, Callable[[Asker], str]]] = {
    "einfo: the fields that litwatch names": ("all there", _einfo),
    "esearch: a PMID": (f"1 found: {CANARY}; warnings: 0", _esearch),
    "efetch: a whole record": (
        f"{CANARY}; {CANARY_TITLE}; Diab Vasc Dis Res; doi 10.3132/dvdr.2007.001; 2 authors",
        _efetch,
    ),
    "esummary: a summary": (f"{CANARY}; {CANARY_TITLE}; 2007 Mar", _esummary),
    "elink: similar papers": ("the seed first, scores fall", _elink),
    "ecitmatch: a citation": (f"diab vasc dis res|2007|4|13|kashyap sr|litwatch1|{CANARY}", _ecitmatch),
    "espell: a misspelt term": ("insulin resistance", _espell),
    "canary: PMID and words of its title": (f"1 found: {CANARY}", _canary),
    "window: around a day of entry": (
        "entered in 2020; found 1 time around that day and 0 times before it",
        _window,
    ),
    "echo: the form of the query's translation": (
        '"insulin resistance"[MeSH Terms] AND 2020/01/01:2020/01/31[Date - Entry]',
        _echo,
    ),
    "warning: a phrase that PubMed does not know": ("0 found; QuotedPhraseNotFound", _warning),
}
