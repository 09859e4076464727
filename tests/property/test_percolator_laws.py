"""The law of the percolator: it finds what the evaluator finds record by record, whatever strategies share a batch."""

from __future__ import annotations

from contextlib import suppress
from datetime import date

from hypothesis import example, given, settings
from hypothesis import strategies as st

from litwatch.model.errors import StrategyError
from litwatch.model.record import Author, MeshHeading, MeshQualifier, Notice, PublicationType, Record, RefType
from litwatch.strategy import parse, translate
from litwatch.strategy.characters import words_of_texts
from litwatch.strategy.percolator import Percolator
from litwatch.strategy.percolator.term_classes import TermClasses
from litwatch.strategy.percolator.word_table import WordTable
from litwatch.strategy.plan import Near, Plan, Words, holds
from tests.property.test_strategy_laws import HEADINGS, QUALIFIERS, TYPES
from tests.property.test_strategy_laws import strategies as plain_strategies
from tests.strategy.strategy_records import TODAY, paper

PIECES = ("insulin", "Insulin", "resistance", "sleep", "sleeping", "sleepless", "the", "of", "Ménière's", "menière",
          "β-blocker", "[18F]FDG", "a|b", "x\x01y", "ﬁbre", "insulin-resistance", "Straße", "½", "...",
          "risk", "risk")  # fmt: skip
runs = st.lists(st.sampled_from(PIECES), max_size=8).map(" ".join)
days = st.dates(date(2024, 1, 1), date(2024, 3, 1))


@st.composite
def headings(draw: st.DrawFn) -> MeshHeading:
    chosen = draw(st.lists(st.sampled_from(QUALIFIERS), max_size=2, unique=True))
    qualifiers = tuple(MeshQualifier(one, name, draw(st.booleans())) for one, name in chosen)
    return MeshHeading(*draw(st.sampled_from(HEADINGS)), draw(st.booleans()), qualifiers)


@st.composite
def batches(draw: st.DrawFn) -> tuple[Record, ...]:
    return tuple(
        paper(
            number,
            draw(runs),
            draw(runs),
            keywords=tuple(draw(st.lists(runs, max_size=2))),
            mesh=tuple(draw(st.lists(headings(), max_size=2))),
            publication_types=tuple(
                PublicationType(*one) for one in draw(st.lists(st.sampled_from(TYPES), max_size=2))
            ),
            entered=draw(st.none() | days),
            electronic=draw(st.none() | days),
            substances=tuple(draw(st.lists(runs, max_size=1))),
            authors=draw(st.sampled_from(((), (Author("Smith", "J", "JA"), Author("Müller", "Ärne", None))))),
            notices=draw(st.sampled_from(((), (Notice(RefType.RETRACTION_IN, "s", None),)))),
        )
        for number in range(draw(st.integers(0, 9)))
    )


PATTERNS = ("slee*", "slee*ng", "insu*n", "meni*", "strass*", "fibr*", "resis*ta*e", "*", "absent")
words = st.lists(st.sampled_from((*PIECES, *PATTERNS)), min_size=1, max_size=4).map(" ".join)
TERMS = st.one_of(
    words,
    words.map(lambda text: f'"{text}"'),
    st.tuples(words, st.sampled_from(("ti", "ab", "tiab", "tw", "all", "ot", "nm", "ta", "au", "mh"))).map(
        '"{0[0]}"[{0[1]}]'.format
    ),
    st.tuples(words, st.sampled_from(("tiab:~0", "ti:~1", "tiab:~3", "ti:~9"))).map('"{0[0]}"[{0[1]}]'.format),
    st.sampled_from(("2024/01:2024/02/10[edat]", "2024/02[dp]", '"last 3 years"[edat]', "99000001:99000003[uid]",
                     "99000002 99000004", "smith[au]", "muller a[au]", "smit*[au]", "insul*[mh]", "insulin *[mh]",
                     "animals[mh] NOT humans[mh]", "clinical trial[pt]", "all[filter]", "hasabstract",
                     "therapy/narrow[filter]", "english[la]", "no such thing[mh]")),
)  # fmt: skip


@st.composite
def strategies(draw: st.DrawFn, depth: int = 2) -> str:
    parts = [draw(TERMS)]
    for _ in range(draw(st.integers(0, 3))):
        operator = draw(st.sampled_from((" AND ", " OR ", " NOT ")))
        inner = f"({draw(strategies(depth=depth - 1))})" if depth and draw(st.booleans()) else draw(TERMS)
        parts.append(operator + inner)
    return "".join(parts)


def read(text: str) -> Plan | None:
    """None where nothing is left to search for, as of "..."."""
    with suppress(StrategyError):
        return translate(parse(text), today=TODAY).plan
    return None


@settings(max_examples=60, deadline=None)
@given(batches(), batches(), st.lists(strategies() | plain_strategies(), max_size=6))
@example((paper(0, "risk of risk"),), (), ['"risk risk"[ti:~0]', '"risk risk"[ti:~1]', '"risk *"[ti]', '"risk * risk"'])
@example((paper(0, "sleep", "apnea"), paper(1, "sleep apnea")), (), ['"sleep apnea"[tiab]', '"sleep apnea"[tiab:~5]'])
@example((paper(0, ""), paper(1, "...")), (), ['"insulin *"', "* risk", "sleep NOT sleep"])
def test_a_percolator_finds_what_each_strategy_finds_record_by_record(
    first: tuple[Record, ...], second: tuple[Record, ...], texts: list[str]
) -> None:
    plans = [plan for text in texts if (plan := read(text)) is not None]
    percolator = Percolator(plans)
    for batch in (first, second):  # the second finds what the first has left in memory
        matched = percolator.match(batch)
        expected = [tuple(place for place, one in enumerate(batch) if holds(plan, one)) for plan in plans]
        assert [matched.places(number) for number in range(len(plans))] == expected
        assert dict(matched.touched()) == {number: found for number, found in enumerate(expected) if found}
        assert matched.anywhere == {place for found in expected for place in found}


lettered = st.lists(st.sampled_from("abcd|"), max_size=30)


@settings(max_examples=80, deadline=None)
@given(
    st.lists(lettered, min_size=1, max_size=4),
    st.lists(st.sampled_from("abcd"), min_size=1, max_size=4),
    st.integers(0, 4),
)
def test_words_near_each_other_are_found_as_one_by_one(
    titles: list[list[str]], wanted: list[str], distance: int
) -> None:
    batch = [paper(number, " ".join(title), "b a") for number, title in enumerate(titles)]
    plans = [
        Near(("ti", "ab"), tuple(wanted), distance),
        Near(("ti",), tuple(wanted), distance),
        Words(("ti",), " ".join(wanted)),
    ]
    matched = Percolator(plans).match(batch)
    assert [matched.places(number) for number in range(3)] == [
        tuple(place for place, one in enumerate(batch) if holds(plan, one)) for plan in plans
    ]


LENGTHS = tuple("abcdefghijklmnopqrst"[:size] for size in (1, 7, 8, 9, 15, 16, 17, 20))
odd_words = st.sampled_from((*LENGTHS, "abcdefgh" * 2, "abcdefghi", "hgfedcbaabcdefgh", "é", "βββββ", "βββββββββ"))


@settings(deadline=None)
@given(st.lists(st.lists(odd_words, max_size=12).map(" ".join), max_size=5), st.sampled_from((1, 3, 19)))
def test_words_of_every_length_have_the_class_that_each_has_alone(texts: list[str], bits: int) -> None:
    terms = {word: (number,) for number, word in enumerate((*LENGTHS, "βββββ", "abcde*"))}
    together, alone = TermClasses(terms), TermClasses(terms)
    table = WordTable(together, bits=bits)
    for _ in range(2):  # once as strangers, once as words that are known
        for text in texts:
            words = words_of_texts([text])
            found = [together.members().of(number.reshape(1))[0].tolist() for number in table.classes_of(words)]
            assert found == [list(alone._members[alone[word]]) for word in words.split()]
