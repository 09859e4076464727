"""A question's concepts: its noun phrases, without the words that ask."""

from __future__ import annotations

import pytest

from litwatch.strategy.question_concepts import LONGEST_QUESTION, MOST_CONCEPTS, read_question


@pytest.mark.parametrize(
    ("question", "concepts"),
    [
        ("What are the causes of insulin resistance?", ["insulin resistance"]),
        ("Do statins help beyond cholesterol?", ["statins", "cholesterol"]),
        ("Management of type 1 diabetes in children and adolescents", ["type 1 diabetes", "children or adolescents"]),
        ("Which drugs help in overactive bladder and urge incontinence?", ["overactive bladder or urge incontinence"]),
        ("What is the link between sleep and obesity?", ["sleep", "obesity"]),
        ("Diagnosis, causes and treatment of gout", ["gout"]),
        ("What is the first-line antibiotic for cystitis in a 65-year-old man?", ["antibiotic", "cystitis"]),
        ("How is H. pylori eradicated?", ["h pylori"]),
        ("Does Crohn’s disease cause arthritis?", ["crohn disease", "arthritis"]),
        ("How effective is cognitive behavioural therapy for insomnia?", ["cognitive behavioural therapy", "insomnia"]),
        ("Low back pain: red flags", ["low back pain", "red flags"]),
        ("A high risk of stroke", ["stroke"]),
        ("Biosimilars after transitioning to the biosimilar", ["biosimilars", "transitioning"]),
        ("Quelles sont les causes de l’insulinorésistance ?", ["insulinoresistance"]),
        ("What are the causes?", []),
        ("", []),
    ],
)
def test_a_question_has_the_concepts_that_a_librarian_would_join(question: str, concepts: list[str]) -> None:
    assert [each.name for each in read_question(question).concepts] == concepts


def test_a_hostile_question_is_read_only_so_far() -> None:
    read = read_question("sleep of " * 10_000 + "gout")
    assert [each.name for each in read.concepts] == ["sleep"]
    assert len(read_question(" in ".join(f"{letter}{letter}x" for letter in "abcdefgh")).concepts) == MOST_CONCEPTS
    assert len("sleep of " * 10_000) > LONGEST_QUESTION
