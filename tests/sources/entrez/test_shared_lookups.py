"""References of many articles looked up together: each gets what it gets alone, for a fraction of the requests."""

from __future__ import annotations

import random
import re
import threading
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

import pytest

from litwatch.model.errors import OutputFailed, SourceError, SourceRefused, SourceUnavailable
from litwatch.model.identifiers import Doi, Pmid
from litwatch.model.record import Author, Journal, Record
from litwatch.model.reference import Match, MatchState, Reference, ReferenceKind
from litwatch.model.search import Fetched, Search
from litwatch.model.topic import Pin
from litwatch.references.matching.volume_page import read_place
from litwatch.sources.entrez import reference_lookup, resolve
from litwatch.sources.entrez.ecitmatch import Outcome, Proposal
from litwatch.sources.entrez.reference_lookup import resolve_many
from litwatch.sources.protocol import ReferenceAsk
from tests.factories import make_record

NOW = datetime(2026, 11, 22, tzinfo=UTC)
WORDS = "sleep loss insulin porters night work bees winter stores tyrol vitamin thyroid stroke".split()
POISON = "refused"
"""What PubMed refuses wherever it stands in a request."""


@dataclass
class Library:
    """PubMed in memory. Searches for identifiers bring others as well."""

    papers: dict[Pmid, Record]
    unreadable: frozenset[Pmid] = frozenset()
    is_down: bool = False
    leaves_out: bool = False
    """Whether ECitMatch leaves lines out."""
    asked: Counter[str] = field(default_factory=Counter)
    fetched: list[Pmid] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def note(self, utility: str, text: str) -> None:
        with self.lock:
            self.asked[utility] += 1
        if self.is_down:
            raise SourceUnavailable("PubMed is down")
        if POISON in text:
            raise SourceRefused("NCBI refused it")

    def fetch(self, pmids: Iterable[Pmid], *, on_progress: Callable[[int, int], None] | None = None) -> Fetched:
        self.note("efetch", "")
        wanted = list(pmids)
        self.fetched += wanted
        here = tuple(self.papers[p] for p in wanted if p in self.papers and p not in self.unreadable)
        broken = tuple((pmid, "garbled") for pmid in wanted if pmid in self.unreadable)
        return Fetched(here, frozenset(wanted) - self.papers.keys(), broken)

    def search_identifiers(self, dois: Iterable[Doi] = (), pmcids: Iterable[str] = ()) -> tuple[Search, ...]:
        wanted = {*dois, *pmcids}
        self.note("esearch", " ".join(wanted))
        found = tuple(
            pmid
            for pmid, paper in reversed(self.papers.items())
            if not wanted.isdisjoint({paper.doi, *paper.other_dois, paper.pmcid}) or pmid % 7 == 0
        )
        return (Search("x", None, len(found), found, "x", (), NOW),)

    def find(self, term: str, *, limit: int = 20) -> tuple[Pmid, ...]:
        self.note("esearch", term)
        places = re.findall(r"(\w+)\[vi\] AND (\w+)\[pg\]", term)
        words = set(re.findall(r"(\w+)\[ti\]", term))
        found = []
        for pmid, paper in self.papers.items():
            titled = words & set(paper.title.lower().rstrip(".").split())
            place = (paper.journal.volume, (paper.journal.pages or "").partition("-")[0])
            if place in places or (words and len(titled) * (2 if " OR " in term else 1) >= len(words)):
                found.append((-len(titled), pmid))
        return tuple(pmid for _, pmid in sorted(found))[:limit]

    def match_citations(self, references: Iterable[Reference]) -> tuple[Proposal, ...]:
        references = tuple(references)
        self.note("ecitmatch", " ".join(one.source for one in references))
        proposals = []
        for reference in references:
            place = read_place(reference.text)
            fits = [
                pmid
                for pmid, paper in self.papers.items()
                if (paper.journal.volume, paper.journal.pages) == (place.volume, f"{place.first_page}-99")
            ]
            outcome = Outcome.FOUND if fits else Outcome.NOT_FOUND
            if self.leaves_out and len(reference.text) % 5 == 0:
                outcome, fits = Outcome.UNANSWERED, []
            proposals.append(Proposal(reference.position, outcome, tuple(fits[:2])))
        return tuple(proposals)


def make_library(chance: random.Random) -> Library:
    papers = {}
    for number in range(12):
        pmid = Pmid(99_000_001 + number)
        title = " ".join(chance.sample(WORDS, 5)).capitalize() + "."
        journal = Journal(
            "Journal of invented medicine", "J Invent Med", None, None, str(chance.randint(1, 3)), None,
            f"{chance.randint(1, 3)}-99", None,
        )  # fmt: skip
        papers[pmid] = make_record(
            pmid, title=title, journal=journal, authors=(Author(chance.choice(["Varga", "Okoro"]), "I", "I"),),
            doi=Doi(f"10.5555/{chance.randint(1, 9)}"), pmcid=f"PMC755000{chance.randint(1, 9)}",
        )  # fmt: skip
    broken = frozenset(chance.sample(list(papers), 1)) if chance.random() < 0.3 else frozenset()
    return Library(papers, broken, leaves_out=True)


def print_reference(chance: random.Random, position: int, library: Library, *, poison: bool) -> Reference:
    """A reference to one of the papers, or to none, with some of what can be printed, and with mistakes."""
    paper = chance.choice(list(library.papers.values()))
    if chance.random() < 0.3:
        paper = make_record(98_000_001, title=" ".join(chance.sample(WORDS, 4)), doi=Doi("10.5555/none"))
    bad = poison and chance.random() < 0.2
    author = paper.authors[0].last_name or ""
    place = f" {paper.journal.volume}:{(paper.journal.pages or '').partition('-')[0]}." if chance.random() < 0.5 else ""
    title = paper.title if chance.random() < 0.7 else paper.title + " " + chance.choice([*WORDS, POISON if bad else ""])
    return Reference(
        position,
        position,
        ReferenceKind.RESEARCH,
        title,
        "J Invent Med" if not bad or chance.random() < 0.5 else POISON,
        2026,
        authors=(f"{author} I",) if chance.random() < 0.8 else (),
        pmid=chance.choice([None, None, paper.pmid, Pmid(99_000_001 + chance.randint(0, 14))]),
        doi=chance.choice([None, Doi(paper.doi or ""), Doi(f"10.5555/{POISON}" if bad else "10.5555/8")]),
        url=chance.choice([None, f"https://pmc.ncbi.nlm.nih.gov/articles/{paper.pmcid}/"]),
        text=f"{author} I. {title} J Invent Med. 2026;{place}",
    )


def make_asks(chance: random.Random, library: Library, *, poison: bool = False) -> list[ReferenceAsk]:
    asks = []
    for _ in range(chance.randint(2, 5)):
        references = [print_reference(chance, n, library, poison=poison) for n in range(1, chance.randint(1, 5))]
        known = dict(chance.sample(sorted(library.papers.items()), 3))
        if chance.random() < 0.3:
            known = {pmid: replace(record, title="What it said once.") for pmid, record in known.items()}
        before = {}
        if chance.random() < 0.5:
            younger = Library(dict(list(library.papers.items())[:6]))
            harmless = [one for one in references if POISON not in str(one)]
            before = {match.position: match for match in resolve(harmless, (), {}, {}, younger)}
        pins = []
        if references and chance.random() < 0.3:
            pins = [Pin(marker=None, position=1, pmid=chance.choice([None, Pmid(99_000_003)]), doi=Doi("10.5555/5"))]
        resting = frozenset(n for n in before if chance.random() < 0.3)
        asks.append(ReferenceAsk(references, tuple(pins), before, known, resting))
    return asks


def shown(answer: tuple[Match, ...] | Exception) -> object:
    return repr(answer) if isinstance(answer, Exception) else answer


def test_each_article_gets_what_it_gets_alone() -> None:
    seen: Counter[str] = Counter()
    for seed in range(50):
        chance = random.Random(seed)
        library = make_library(chance)
        asks = make_asks(chance, library, poison=seed % 2 == 0)
        together = resolve_many(asks, library).answers
        alone = [resolve_many([ask], library).answers[0] for ask in asks]
        assert [shown(answer) for answer in together] == [shown(answer) for answer in alone], f"seed {seed}"
        for answer in together:
            if isinstance(answer, Exception):
                seen[type(answer).__name__] += 1
            else:
                seen.update(f"{match.state.value} {match.method}" for match in answer)
    # Otherwise the law would hold for want of anything to differ in.
    assert {"SourceRefused", "not_found place", "not_found pinned"} <= seen.keys()
    for method in ("pinned", "pmid", "store", "doi", "pmcid", "ecitmatch", "title"):
        assert seen[f"confirmed {method}"], f"none found by {method}: {seen}"


def typical(article: int, library: Library) -> ReferenceAsk:
    """Ten references, as articles have them: six print a PMID, two a DOI, two neither and are found by ECitMatch."""
    references = []
    for number in range(1, 11):
        pmid = Pmid(90_000_000 + article * 100 + number)
        title = f"Study {number} of ward {article} and {WORDS[number]} in {WORDS[article % 10]}"
        doi = Doi(f"10.5555/{article}.{number}")
        journal = Journal(
            "Journal of invented medicine", "J Invent Med", None, None, str(article), None, f"{number}-99", None
        )
        library.papers[pmid] = make_record(pmid, title=title, doi=doi, journal=journal)
        reference = Reference(
            number, number, ReferenceKind.RESEARCH, title, "J Invent Med", 2026, authors=("Varga I",),
            text=f"Varga I. {title}. J Invent Med. 2026;{article}:{number}-99.",
        )  # fmt: skip
        references.append(replace(reference, pmid=pmid if number <= 6 else None, doi=doi if 6 < number <= 8 else None))
    return ReferenceAsk(references)


def test_a_hundred_articles_share_their_requests_and_hand_on_what_they_fetched() -> None:
    library = Library({})
    asks = [typical(article, library) for article in range(1, 101)]
    matched = resolve_many(asks, library)
    states = Counter(m.state for answer in matched.answers if not isinstance(answer, Exception) for m in answer)
    assert states == {MatchState.CONFIRMED: 1000}
    print(f"\n100 articles, 1,000 references: {dict(library.asked)}")
    assert library.asked["efetch"] <= 4
    assert library.asked["ecitmatch"] <= 4
    assert library.asked["esearch"] <= 5
    assert matched.records.keys() == library.papers.keys()
    assert len(library.fetched) == len(set(library.fetched))


def test_references_that_nobody_knows_share_the_search_for_their_places() -> None:
    library = Library({})
    asks = [replace(ask, references=ask.references[8:]) for ask in (typical(n, library) for n in range(1, 31))]
    library.papers.clear()
    resolve_many(asks, library)
    print(f"\n30 articles, 60 references that PubMed does not have: {dict(library.asked)}")
    assert library.asked["esearch"] <= 2 * 60 + 2


def test_what_nobody_answers_is_the_error_of_all_that_needed_it_and_of_no_others() -> None:
    library = Library({}, is_down=True)
    label = Reference(1, 1, ReferenceKind.DRUG_LABEL, "A label", "", None)
    asking, nothing = typical(1, library), ReferenceAsk([label])
    answers = resolve_many([asking, nothing, asking], library).answers
    assert [type(answer) for answer in answers] == [SourceUnavailable, tuple, SourceUnavailable]
    with pytest.raises(SourceError, match="PubMed is down"):
        resolve(asking.references, (), {}, {}, library)


def test_what_goes_wrong_within_litwatch_is_one_articles_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    library = Library({})
    good, bad = typical(1, library), typical(2, library)

    def judge(reference: Reference, *rest: object) -> Match:
        if reference in bad.references:
            raise ZeroDivisionError
        return judged(reference, *rest)  # type: ignore[arg-type]

    judged = reference_lookup.judge_proposed
    monkeypatch.setattr(reference_lookup, "judge_proposed", judge)
    first, second = resolve_many([bad, good], library).answers
    assert isinstance(first, ZeroDivisionError)
    assert isinstance(second, tuple)


def test_what_the_operator_must_mend_ends_all() -> None:
    class Unpaced(Library):
        def fetch(self, pmids: Iterable[Pmid], *, on_progress: Callable[[int, int], None] | None = None) -> Fetched:
            raise OutputFailed("the pace file cannot be written")

    library = Unpaced({})
    with pytest.raises(OutputFailed):
        resolve_many([typical(1, library), typical(2, library)], library)


def resting(ask: ReferenceAsk, before: Sequence[Match]) -> ReferenceAsk:
    positions = [match.position for match in before]
    return replace(ask, before={match.position: match for match in before}, resting=positions)


def test_a_reference_at_rest_keeps_what_is_said_of_it_without_a_request() -> None:
    library = Library({})
    ask = replace(typical(1, library), references=typical(1, library).references[5:])
    library.papers.clear()
    unknown = resolve(ask.references, (), {}, {}, library)
    assert {match.state for match in unknown} == {MatchState.NOT_FOUND}
    assert any(match.reason and match.reason.unknown_pmid for match in unknown)
    library.asked.clear()
    assert resolve_many([resting(ask, unknown)], library).answers == (unknown,)
    assert not library.asked


def test_a_reference_at_rest_is_found_when_the_store_has_come_to_know_it() -> None:
    library = Library({})
    ask = replace(typical(1, library), references=typical(1, library).references[8:])
    known = dict(library.papers)
    library.papers.clear()
    unknown = resolve(ask.references, (), {}, {}, library)
    library.asked.clear()
    (matches,) = resolve_many([replace(resting(ask, unknown), known=known)], library).answers
    assert isinstance(matches, tuple)
    assert {(match.state, match.method) for match in matches} == {(MatchState.CONFIRMED, "store")}
    assert not library.asked


def test_only_what_was_not_found_can_rest() -> None:
    library = Library({})
    ask = typical(1, library)
    confirmed = resolve(ask.references, (), {}, {}, library)
    library.papers.clear()
    (matches,) = resolve_many([resting(ask, confirmed)], library).answers
    assert isinstance(matches, tuple)
    assert {match.state for match in matches} == {MatchState.NOT_FOUND}
