"""Every fault of the stand-in, at the search, at the fetch and at the resolution of references, for good or once."""

from __future__ import annotations

import re
import socket
import ssl
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import partial
from random import Random
from threading import Thread
from typing import Any

import pytest
import trustme

from litwatch.standin import FAULTS
from litwatch.standin.fault import Fault, FaultKind
from litwatch.standin.faults import Plan
from litwatch.standin.web import HTML, TEXT, Answer
from tests.faults.conftest import Note, Prove
from tests.faults.contract import Lie, Outcome, keep_secrets
from tests.faults.reference import Reference, State, look
from tests.faults.ward import ARTICLE, EVE, MORNING, NIGHT, Ward

WHERE = {"search": "esearch", "fetch": "efetch", "resolution": "ecitmatch"}

HARMLESS = {
    "keep-alive-broken", "byte-order-mark", "future-dtd", "entity-bomb", "external-entity", "duplicate-records",
    "shuffled-records", "history-lost", "lines-reordered", "lines-missing", "wrong-pmid",
}  # fmt: skip
"""Faults that an answer may suffer and still be the right one, so that even for good they are survived."""

ODD = {"phrase-dropped", "phrase-ignored", "translation-changes"}
"""The right papers, understood otherwise: the article's report tells its editor."""

LIES = {
    "result-shifts": Lie.ABSENCE,
    "future-date": Lie.WORDS, "version-2": Lie.WORDS, "hostile-title": Lie.WORDS, "notice-without-pmid": Lie.WORDS,
}  # fmt: skip
"""Well-formed answers that say something false; nothing in them, nor in any other answer of that night, shows it."""

COLLAPSES = {"false-zero", "count-shrinks"}
"""Well-formed answers that contradict those of the night before, so that they are not believed even once."""

REFUSALS = {"key-invalid", "address-too-long"}
"""Answers after which asking again is no use."""


ONE_OF_MANY = {"malformed-article", "article-without-pmid", "deleted-record", "omitted-ids"}
"""Faults of one record in an answer (a tenth, at least one), which must not take its neighbours along."""


@dataclass(frozen=True)
class Case:
    fault: str
    where: str
    once: bool

    @property
    def name(self) -> str:
        return f"{self.fault}-{self.where}-{'once' if self.once else 'always'}"

    @property
    def expected(self) -> Outcome:
        """What must come of it. A reference that ECitMatch does not know is looked up by its title."""
        if self.fault in HARMLESS:
            return Outcome.SURVIVED
        if self.fault in ODD:
            return Outcome.TOLD
        if self.fault in LIES:
            return Outcome.BELIEVED
        if self.fault in COLLAPSES | REFUSALS or (self.fault, self.where) == ("mixed-up", "search"):
            return Outcome.LOUD
        if self.fault.startswith("redirect-") and self.where != "resolution":
            return Outcome.LOUD  # never followed, and not asked again
        return Outcome.SURVIVED if self.once or self.where == "resolution" else Outcome.LOUD


CASES = [
    Case(fault.name, where, once)
    for fault in FAULTS.values()
    for where, utility in WHERE.items()
    if utility in fault.utilities
    for once in (False, True)
]


class Witness(Plan):
    """Notes which faults changed an answer: one that left it as it was would prove nothing."""

    def __init__(self) -> None:
        super().__init__()
        self.share = 0.0
        self.bent: set[str] = set()

    def strike(self, utility: str) -> tuple[Fault | None, Random]:
        fault, chance = super().strike(utility)
        if fault is None:
            return None, chance

        def seen(make: Callable[..., Any]) -> Callable[..., Any]:
            def change(value: Any, *rest: Any) -> Any:
                made = make(value, *rest)
                if made != value:
                    self.bent.add(fault.name)
                return made

            return change

        bends = {kind: seen(bend) for kind, bend in fault.bends.items()}
        return replace(fault, change=fault.change and seen(fault.change), bends=bends), chance


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_nothing_is_lost_after(case: Case, request: pytest.FixtureRequest, reference: Reference, proven: Prove) -> None:
    at_first = case.where == "resolution"
    ward: Ward = request.getfixturevalue("new_ward" if at_first else "ward")
    if case.fault.startswith("lines-"):  # two lines, so that there is one to leave out and an order
        ward.write_topic(article=ARTICLE.replace("Diet. 2022.", "Diet. 2022;14:401-409."))
    utility, witness, seen = WHERE[case.where], Witness(), list[State]()
    ward.pubmed.faults = witness
    witness.on(case.fault, utility=utility, nth=1 if case.once else None)
    proof = proven(
        ward,
        case.fault,
        f"{case.where}, {'once' if case.once else 'always'}",
        day=EVE if at_first else NIGHT,
        mend=lambda: (witness.clear(), seen.append(look(ward))),
        lie=LIES.get(case.fault),
        remark="nothing is kept on NCBI's history server" if case.fault == "history-lost" else "",
    )
    assert proof.surveyed == ("sleep",), "a source that fails ends no night"
    assert proof.outcome is case.expected
    if case.fault in ONE_OF_MANY:  # one of the cited papers' answer and one of the others'
        assert len({pmid for _, pmid, _ in reference.after[NIGHT].sightings - seen[0].sightings}) <= 2
    if proof.outcome is Outcome.LOUD and case.where == "search" and FAULTS[case.fault].kind is not FaultKind.MEANING:
        assert "NCBI" in proof.said, "no answer, not a zero that something else gave away"
    assert any(entry.fault == case.fault for entry in ward.pubmed.journal.entries(utility))
    if case.fault == "history-lost":
        assert not any({"usehistory", "WebEnv", "query_key"} & entry.parameters.keys() for entry in ward.pubmed.journal)
    else:
        assert case.fault in witness.bent


def test_every_fault_of_the_stand_in_has_a_case() -> None:
    assert {case.fault for case in CASES} == set(FAULTS)


@pytest.mark.parametrize(
    "fault", ["unavailable", "rate-limit-as-200", "reset-mid-body", "empty-body", "prolog-only", "json-instead-of-xml"]
)
def test_a_look_beside_the_searches_that_fails_is_told_and_touches_nothing_else(
    fault: str, new_ward: Ward, reference: Reference, note: Note
) -> None:
    """Links to similar and to citing papers are a hint of their own: no sweep, change or verdict rests on them."""
    new_ward.pubmed.faults.on(fault, utility="elink")
    assert new_ward.night(EVE).ok
    assert look(new_ward) == reference.after[EVE]
    failure = re.compile(r"The [^<>.]+ could not be asked for: NCBI [^<>]+")
    said = failure.search(new_ward.reports("sleep")[0].read_text("utf-8"))
    assert said
    new_ward.pubmed.faults.clear()
    assert new_ward.night(NIGHT).ok
    assert look(new_ward) == reference.after[NIGHT]
    assert not failure.search(new_ward.reports("sleep")[1].read_text("utf-8"))
    note(fault, "links", Outcome.TOLD.value, said[0])


@pytest.mark.parametrize("name", ["no TLS at all", "certificate of nobody known"])
def test_a_connection_that_cannot_be_trusted_is_no_answer(name: str, ward: Ward, proven: Prove) -> None:
    """The key would travel with the first byte; so nothing is sent, and certainly nothing is asked in the clear."""
    with ExitStack() as stack:
        port = int(ward.pubmed.url.rpartition(":")[2].strip("/"))
        if name != "no TLS at all":
            port = stack.enter_context(strange_server())
        asked = len(ward.pubmed.journal)
        elsewhere = {"eutils": f"https://127.0.0.1:{port}/entrez/eutils/"}
        seen: list[int] = []
        proof = proven(
            ward, f"TLS: {name}", "every request", settings=elsewhere,
            mend=lambda: seen.append(len(ward.pubmed.journal)),
        )  # fmt: skip
    assert proof.outcome is Outcome.LOUD
    assert seen == [asked]


@contextmanager
def strange_server() -> Iterator[int]:
    """A port on which a server shows a certificate that no trusted authority has signed."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trustme.CA().issue_cert("127.0.0.1").configure_cert(context)
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            while True:
                try:
                    connection, _ = listener.accept()
                except OSError:
                    return
                with suppress(OSError):
                    context.wrap_socket(connection, server_side=True).close()
                connection.close()

        Thread(target=serve, daemon=True).start()
        yield listener.getsockname()[1]
        with suppress(OSError):
            listener.shutdown(socket.SHUT_RDWR)


class Echo(Plan):
    """Every answer repeats the key that came with the request, in places that errors like to quote."""

    def strike(self, utility: str) -> tuple[Fault | None, Random]:
        del utility
        bodies = {
            "page": lambda key: Answer(f"<html><title>Who is {key}?</title></html>".encode(), HTML, 500),
            "text": lambda key: Answer(f"no such caller: {key}".encode(), TEXT, 403),
            "error": lambda key: Answer(f"<eSearchResult><ERROR>odd key {key}</ERROR></eSearchResult>".encode(), TEXT),
            "comment": lambda key: Answer(f'{{"error":"unexpected value {key} in api_key"}}'.encode(), TEXT),
        }  # fmt: skip
        make = bodies[sorted(bodies)[self.seed]]
        return Fault(
            "echo", FaultKind.BODY, "says the key", lambda _, occasion, __: make(occasion.request.get("api_key"))
        ), Random(0)


@pytest.mark.parametrize("form", range(4))
def test_a_key_that_an_answer_repeats_is_never_repeated_by_us(
    form: int, ward: Ward, note: Note, heard: Callable[[], str]
) -> None:
    ward.pubmed.faults = Echo(form)
    summary = ward.night(NIGHT)
    assert not summary.ok
    keep_secrets(ward, heard())
    note("key echoed in an error", f"every request, form {form + 1} of 4", Outcome.LOUD.value, summary.failure or "")


@pytest.mark.parametrize("fault", ["rate-limit", "rate-limit-as-200", "captive-portal", "error-in-comment"])
def test_no_answer_to_the_very_first_search_is_a_failure_and_no_zero(fault: str, new_ward: Ward, proven: Prove) -> None:
    """No earlier night can tell; one that took it for a zero would begin with a quiet gap."""

    def mend() -> None:
        new_ward.pubmed.faults.clear()
        assert look(new_ward).watermarks == {}

    inject = partial(new_ward.pubmed.faults.on, fault, utility="esearch")
    proof = proven(new_ward, fault, "the very first search", day=EVE, inject=inject, mend=mend)
    assert proof.outcome is Outcome.LOUD


def test_ten_nights_of_false_zeros_lose_nothing(ward: Ward, reference: Reference, note: Note) -> None:
    """A zero where papers were found the night before is not believed, and the watermark waits."""
    ward.pubmed.faults.on("false-zero", utility="esearch")
    last: date = NIGHT
    for days in range(10):
        last = NIGHT + timedelta(days=days)
        summary = ward.night(last)
        assert "no longer finds" in (summary.failure or "")
    assert look(ward).watermarks == {"sleep": EVE}
    ward.pubmed.faults.clear()
    assert ward.night(last + timedelta(days=1)).ok
    assert look(ward).sees_as_much_as(reference.after[MORNING])
    note("false-zero", "search, ten nights in a row", Outcome.LOUD.value, (summary.failure or "").splitlines()[0])


def test_a_false_zero_in_the_very_first_search_loses_nothing(new_ward: Ward, reference: Reference, note: Note) -> None:
    """That search covers months, far more than the overlap; so a long window is searched on two nights."""
    third = 3  # the first two look references up
    new_ward.pubmed.faults.on("false-zero", utility="esearch", nth=third)
    assert new_ward.night(EVE).ok
    assert [e.fault for e in new_ward.pubmed.journal.entries("esearch")][:3] == [None, None, "false-zero"]
    for day in (NIGHT, MORNING):
        assert new_ward.night(day).ok
    assert look(new_ward).sees_as_much_as(reference.after[MORNING])
    windows = new_ward.rows("SELECT window_first FROM sweep WHERE kind = 'topic' ORDER BY night")
    assert windows[0] == windows[1] < windows[2], "on two nights, and not for ever"
    note("false-zero", "the very first search", Outcome.BELIEVED.value, "")
