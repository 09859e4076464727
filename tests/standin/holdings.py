"""Gives a stand-in just the records of one recorded answer: its own, or invented ones under its PMIDs."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import date, timedelta
from functools import cache
from typing import Any

from tests.standin.rebuilt import medline_records, rebuild
from tests.standin.recordings import Recording

from litwatch.model.record import Author, MeshHeading, PublicationType
from litwatch.standin import Corpus, Revision
from litwatch.standin.citation_xml import Citation, Cited, Periodical, write_article
from litwatch.standin.corpus_files import cut_records


def library_of(recordings: list[Recording]) -> dict[int, bytes]:
    """Every record that some recording holds in XML."""
    return {
        pmid: xml
        for recording in recordings
        if recording.utility == "efetch"
        for pmid, _, xml in cut_records(recording.body)
        if xml is not None
    }


def hold(recording: Recording, library: dict[int, bytes]) -> tuple[Corpus, str]:
    """Just the records of one recording, and a remark where they are not its own."""
    own = [(pmid, xml) for pmid, _, xml in cut_records(recording.body) if xml is not None]
    asked = [int(each) for value in recording.parameters.get("id", ()) for each in value.split(",") if each.isdigit()]
    if recording.utility == "esummary":
        own = [(pmid, library[pmid]) for pmid in asked if pmid in library]
    if recording.utility == "efetch" and not own:
        own = [(pmid, library[pmid]) for pmid in asked if pmid in library]
        if not own and recording.body.lstrip().startswith(b"PMID-"):
            text = recording.body.decode()
            own = [(pmid, rebuild(each)) for pmid, each in zip(asked, medline_records(text), strict=True)]
            return _holding(own), "its record rebuilt from its own text: form, order and line breaks"
        return _holding(own), ""
    if own:
        return _holding(own), ""
    return _holding(_invented(recording)), ""


def _holding(records: list[tuple[int, bytes]]) -> Corpus:
    return Corpus(Revision(date.min, pmid, xml) for pmid, xml in records)


def _invented(recording: Recording) -> list[tuple[int, bytes]]:
    """Invented records with the recorded PMIDs, made so that the request finds them."""
    text = recording.body.decode()
    if recording.utility == "ecitmatch":
        return [_citation(line) for line in text.splitlines() if line.rsplit("|", 1)[1].isdigit()]
    if recording.utility == "espell":
        right = re.search(r"<CorrectedQuery>(.*?)</", text) or re.search(r"<Query>(.*?)</", text)
        return [paper(1, (right[1] if right else "").capitalize())]
    if recording.utility in ("elink", "esummary", "epost"):
        pmids = list(dict.fromkeys(map(int, re.findall(r"<Id[^>]*>(\d{5,8})<", text))))
        return _related(pmids or [11237011])
    term = recording.parameters.get("term", [""])[0]
    listed = re.search(r'"idlist":\s*\[(.*?)\]', text, re.DOTALL)
    found = re.findall(r"<Id>(\d+)</Id>", text) or re.findall(r"\d+", listed[1] if listed else "")
    count = re.search(r'<Count>(\d+)<|"count":\s*"(\d+)"', text)
    wanted = int(next(filter(None, count.groups()), "0")) if count else 0
    pmids = [int(pmid) for pmid in found] or ([90000001] if wanted else [])
    start = int(recording.parameters.get("retstart", ["0"])[0])
    unknown = re.findall(r"<(?:QuotedPhrase|Phrase)NotFound>(.*?)<", text) or _unknown_in_json(text)
    known = term
    for phrase in unknown:
        known = re.sub(rf"(?<!\w){re.escape(phrase)}(?!\w)", " ", known)
    title = _words(known)
    days = re.findall(r"\d{4}[/-]\d\d[/-]\d\d", term + recording.parameters.get("maxdate", [""])[0])
    born = date.fromisoformat(days[-1].replace("/", "-")) if days else recording.day - timedelta(days=1)
    papers = [paper(pmid, title, term=known, born=born) for pmid in pmids]
    papers += [paper(80_000_000 - each, title, term=known, born=born) for each in range(start if start < 9_990 else 0)]
    if start >= 9_990:
        papers += _many(title)
    # What a search without hits does know: an older record with its words.
    return [*papers, paper(70_000_000, title, term=known, born=date(2000, 1, 1))]


@cache
def _many(title: str) -> list[tuple[int, bytes]]:
    """More records than PubMed's window."""
    _, xml = paper(81_000_000, title)
    return [(81_000_000 + n, xml.replace(b"81000000", b"%d" % (81_000_000 + n))) for n in range(10_050)]


def _unknown_in_json(text: str) -> list[str]:
    lists = re.findall(r'"(?:quotedphrasesnotfound|phrasesnotfound)":\s*(\[.*?\])[,}]', text)
    return [phrase for each in lists for phrase in json.loads(each)]


def _words(term: str) -> str:
    """The words that a title must have for the term to find it."""
    bare = re.sub(r"(?<!\")\[[^\]]*\]|\b(?:AND|OR|NOT)\b|[\d/]+:[\d/]+|\"last \d+ days\"|[()\"*]|\b1810\b", " ", term)
    return " ".join(bare.split())


def paper(pmid: int, title: str, *, term: str = "", born: date = date(2025, 11, 1), **given: Any) -> tuple[int, bytes]:
    """An invented record with this title as its affiliation, too, and what the term asks of author and headings."""
    names = re.findall(r"\(?\b([A-Z][a-z]+) ([A-Z]\w*)\[au", term, re.IGNORECASE)
    headings = tuple(
        MeshHeading(f"D{number:06}", name.strip(), major=False)
        for number, name in enumerate(re.findall(r'([A-Z][a-z]\w*(?: [A-Z]\w*)*)"?\[(?i:mesh|mh)', term))
    )
    last, first = names[0] if names else ("Example", "Ann")
    author = Author(last.title(), first.upper(), first[:2].upper(), affiliations=(title,))
    citation = Citation(
        pmid=pmid, title=f"{title or 'Untitled'}.", published=f"{born:%Y %b} {born.day}", created=born,
        periodical=Periodical("Proceedings of the National Academy of Sciences of the United States of America",
                              "Proc Natl Acad Sci U S A", issn="0027-8424", nlm_id="7505876", country="United States"),
        types=(PublicationType("D016428", "Journal Article"),), mesh=headings, authors=(author,),
        volume="97", issue="1", pages="1-9", **given,
    )  # fmt: skip
    return pmid, write_article(citation)


def _citation(line: str) -> tuple[int, bytes]:
    journal, year, volume, page, author, _, pmid = line.split("|")
    last, _, initials = author.partition(" ")
    citation = Citation(
        pmid=int(pmid), title="A paper.", periodical=Periodical(journal, journal), published=year, created=None,
        types=(), authors=(Author(last.title(), initials, initials.upper()),), volume=volume, pages=page,
    )  # fmt: skip
    return int(pmid), write_article(citation)


def _related(pmids: list[int]) -> list[tuple[int, bytes]]:
    """Records that are alike, of which the first cites one and is cited by one, and one is a review."""
    review = PublicationType("D016454", "Review")
    seed, *others = (*pmids, 90000011, 90000012)[:12]
    papers = [
        paper(seed, "Sleep in nurses", references=(Cited("x", pmid=others[0]),), doi="10.5555/x", status="MEDLINE")
    ]
    papers += [
        paper(pmid, f"Sleep in nurses {number}", references=(Cited("x", pmid=seed),), doi="10.5555/y", status="MEDLINE")
        for number, pmid in enumerate(others[:-1])
    ]
    alike = replace(Citation(others[-1], "Sleep in nurses: a review.", Periodical("J", "J"), "2020", None, (review,)),
                    status="MEDLINE")  # fmt: skip
    return [*papers, (alike.pmid, write_article(alike))]
