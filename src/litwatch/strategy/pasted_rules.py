"""Lint rules on syntax of other databases, which PubMed searches as words without complaint."""

from __future__ import annotations

from collections.abc import Iterator

from litwatch.model.severity import Severity
from litwatch.strategy.foreign_wildcards import pubmed_spellings, words_with_foreign_wildcards
from litwatch.strategy.other_databases import find_foreign_forms
from litwatch.strategy.problems import Reading, StrategyProblem

_ERROR = Severity.ERROR
_QUESTION = 4
"""From so many words on, a question mark at the end is taken for that of a title."""

_HINTS = {
    "field": "Write the tag behind each term, for example insulin[tiab].",
    "near": 'Write "first second"[tiab:~2]; the number is how many other words may stand between.',
    "line": "Write the searches of those lines out in parentheses.",
    "limit": "Leave it out, or write it as a term, for example english[la].",
    "braces": "Put a phrase into quotation marks and a tag into square brackets.",
}


def other_database(reading: Reading) -> Iterator[StrategyProblem]:
    """A piece of Ovid's, Embase's or another database's syntax; PubMed searches its letters as words.

    Source: the help pages of Ovid, Embase, the Cochrane Library, CINAHL, ProQuest, Scopus and Web of Science on search
    syntax; PubMed User Guide, which has none of it.
    """
    for form in find_foreign_forms(reading.text):
        hint = _HINTS.get(form.kind, f"Write {form.instead}.")
        if form.kind == "heading" and form.database.startswith("Embase"):
            hint += " Emtree's headings are not MeSH's: check it in the MeSH browser."
        yield reading.problem(
            ("S32-other-database", _ERROR),
            form.start,
            form.end,
            f"This is {form.database} syntax; PubMed does not know it and searches it as words.",
            hint,
        )


def foreign_wildcard(reading: Reading) -> Iterator[StrategyProblem]:
    """``?``, ``#``, ``$`` and ``%`` stand for nothing: ``wom?n[tiab]`` is searched as the words ``wom n``.

    Source: PubMed User Guide, "Wildcards and truncation" (the asterisk alone).
    """
    for term in reading.terms:
        for word in words_with_foreign_wildcards(term.text):
            at_end = word.rstrip("?#") != word and "?" not in word.rstrip("?#") and "#" not in word.rstrip("?#")
            question = term.quoted or len(term.text.split()) >= _QUESTION or len(word.rstrip("?#")) < _QUESTION
            if (at_end and question) or word.partition("$")[0] == "US":
                continue
            tag = f"[{term.tag.written}]" if term.tag else ""
            spellings = pubmed_spellings(word)
            proposal = " OR ".join(f"{one}{tag}" for one in spellings)
            yield reading.problem(
                ("S31-foreign-wildcard", _ERROR),
                term.start,
                term.end,
                f'PubMed has no wildcard but "*"; in {word} it reads the sign as the end of a word.',
                f"Write {f'({proposal})' if len(spellings) > 1 else proposal}, or the spellings that you mean.",
            )


RULES = (other_database, foreign_wildcard)
