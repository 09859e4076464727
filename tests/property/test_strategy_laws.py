"""Laws of the strategy evaluators, on generated strategies and small invented corpora."""

from __future__ import annotations

from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st

from litwatch.model.errors import StrategyError
from litwatch.model.record import Author, MeshHeading, MeshQualifier, Notice, PublicationType, Record, RefType
from litwatch.strategy import as_written, explain, lint_strategy, matches, parse, translate, why_not
from litwatch.strategy.characters import normalise, normalise_pattern
from litwatch.strategy.plan import holds
from litwatch.strategy.record_index import RecordIndex
from tests.strategy.strategy_records import TODAY, paper

WORDS = ("insulin", "resistance", "sleep", "sleeping", "the", "of", "asthma", "x1")
HEADINGS = (("D007333", "Insulin Resistance"), ("D024821", "Metabolic Syndrome"), ("D006801", "Humans"),
            ("D000818", "Animals"), ("D999999", "Invented Disorder"))  # fmt: skip
QUALIFIERS = (("Q000235", "genetics"), ("Q000188", "drug therapy"))
TYPES = (("D016449", "Randomized Controlled Trial"), ("D016428", "Journal Article"), ("D016440", "Retraction Notice"))
few_words = st.lists(st.sampled_from(WORDS), min_size=0, max_size=6).map(" ".join)
days = st.dates(date(2024, 1, 1), date(2024, 3, 1))


@st.composite
def headings(draw: st.DrawFn) -> MeshHeading:
    ui, label = draw(st.sampled_from(HEADINGS))
    chosen = draw(st.lists(st.sampled_from(QUALIFIERS), max_size=2, unique=True))
    qualifiers = tuple(MeshQualifier(one, name, draw(st.booleans())) for one, name in chosen)
    return MeshHeading(ui, label, draw(st.booleans()), qualifiers)


@st.composite
def corpora(draw: st.DrawFn) -> tuple[Record, ...]:
    count = draw(st.integers(0, 6))
    return tuple(
        paper(
            number,
            draw(few_words),
            draw(few_words),
            keywords=tuple(draw(st.lists(few_words, max_size=2))),
            mesh=tuple(draw(st.lists(headings(), max_size=2))),
            publication_types=tuple(
                PublicationType(*one) for one in draw(st.lists(st.sampled_from(TYPES), max_size=2))
            ),
            entered=draw(st.none() | days),
            authors=tuple(
                draw(st.lists(st.sampled_from((Author("Smith", "J", "JA"), Author("Sleep", "X", "X"))), max_size=2))
            ),
            notices=draw(st.sampled_from(((), (Notice(RefType.RETRACTION_IN, "s", None),)))),
        )
        for number in range(count)
    )


some_words = st.lists(st.sampled_from((*WORDS, "slee*", "resist*nce", "absent", "or")), min_size=1, max_size=4).map(
    " ".join
)
TERMS = st.one_of(
    some_words,
    some_words.map(lambda words: f'"{words}"'),
    st.tuples(some_words, st.sampled_from(("ti", "ab", "tiab", "tw", "all", "ot", "foo"))).map("{0[0]}[{0[1]}]".format),
    st.tuples(some_words, st.sampled_from(("tiab", "ti:~1", "tiab:~3", "mh:~3"))).map('"{0[0]}"[{0[1]}]'.format),
    st.tuples(
        st.sampled_from((*dict(HEADINGS).values(), "insulin sensitivity", "insul* resistance", "no such thing")),
        st.sampled_from(("", "/genetics", "/th")),
        st.sampled_from(("mh", "mh:noexp", "majr")),
    ).map("{0[0]}{0[1]}[{0[2]}]".format),
    st.sampled_from(("clinical trial[pt]", "retraction notice[pt]", "therapy[sh]", "genetics[sh:noexp]", "smith[au]",
                     "smith j[1au]", '"sleep x"[au]', "hasretractionin", "medline[sb]", "therapy/narrow[filter]",
                     "eng[la]", "2024/01:2024/02/10[edat]", "2024/02[edat]", '"last 3 years"[edat]',
                     "99000001:99000003[uid]", "99000002[uid]")),
)  # fmt: skip


@st.composite
def strategies(draw: st.DrawFn, depth: int = 2) -> str:
    parts = [draw(TERMS)]
    for _ in range(draw(st.integers(0, 3))):
        operator = draw(st.sampled_from((" AND ", " OR ", " NOT ")))
        inner = f"({draw(strategies(depth=depth - 1))})" if depth and draw(st.booleans()) else draw(TERMS)
        parts.append(operator + inner)
    return "".join(parts)


many = settings(max_examples=60, deadline=None)


@many
@given(corpora(), strategies())
def test_the_index_finds_exactly_the_records_that_match_one_by_one(corpus: tuple[Record, ...], text: str) -> None:
    index = RecordIndex(corpus)
    expression = parse(text)
    found = set(index.search(expression, today=TODAY).pmids)
    assert found == {one.pmid for one in corpus if matches(expression, one, today=TODAY, lexicon=index)}


@many
@given(corpora(), strategies())
def test_a_corpus_changes_the_meaning_only_by_what_it_reports(corpus: tuple[Record, ...], text: str) -> None:
    index = RecordIndex(corpus)
    expression = parse(text)
    here = index.translate(expression, today=TODAY)
    if here.text != translate(expression, today=TODAY).text:
        return
    for record in corpus:
        assert holds(here.plan, record) is matches(expression, record, today=TODAY)


@many
@given(corpora(), corpora(), strategies())
def test_an_index_that_grew_and_shrank_answers_like_a_fresh_one(
    first: tuple[Record, ...], second: tuple[Record, ...], text: str
) -> None:
    grown = RecordIndex(first)
    expression = parse(text)
    grown.search(expression, today=TODAY)
    grown.add(second)
    grown.remove([record.pmid for record in second[:2]])
    remaining = {record.pmid: record for record in (*first, *second)}
    for record in second[:2]:
        del remaining[record.pmid]
    fresh = RecordIndex(remaining.values())
    assert grown.search(expression, today=TODAY) == fresh.search(expression, today=TODAY)


@many
@given(strategies())
def test_writing_a_strategy_out_and_reading_it_again_changes_nothing(text: str) -> None:
    once = parse(text)
    again = parse(as_written(once))
    assert as_written(again) == as_written(once)
    assert translate(again, today=TODAY) == translate(once, today=TODAY)


@many
@given(corpora(), strategies())
def test_obstacles_are_named_exactly_for_records_that_are_not_found(corpus: tuple[Record, ...], text: str) -> None:
    expression = parse(text)
    for record in corpus:
        obstacles = why_not(expression, record, today=TODAY)
        assert bool(obstacles) is not matches(expression, record, today=TODAY)
        assert all(0 <= one.start < one.end <= len(text) for one in obstacles)


@many
@given(st.text(alphabet='abAND OR NOT"()[]*:~#/\u2217\u201c mhti0123', max_size=60))
def test_any_text_is_either_read_or_refused_and_always_linted(text: str) -> None:
    assert isinstance(lint_strategy(text), tuple)
    assert isinstance(explain(text).text, str)
    try:
        expression = parse(text)
    except StrategyError:
        return
    translate(expression, today=TODAY, history=lambda _number: ())


@many
@given(st.text(max_size=40))
def test_words_are_normal_after_one_pass(text: str) -> None:
    assert normalise(normalise(text)) == normalise(text)
    assert normalise_pattern(normalise_pattern(text)) == normalise_pattern(text)
    assert normalise_pattern(text.replace("*", "")) == normalise(text.replace("*", ""))
