"""``python -m tests.spec.document``: print the tables as ``docs/how-litwatch-decides.md``, for a board to sign.

Every status, rule and sentence on the page comes from running the program on the row's situation.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import timedelta
from pathlib import Path

from litwatch.decisions.ageing import expected_outdated
from litwatch.decisions.evidence_level import ORDER, Design
from litwatch.decisions.verdict import RULES
from litwatch.model.text.spelled_dates import dated
from litwatch.model.topic import QuestionKind, Thresholds
from litwatch.references.matching.proposals import LookUp
from litwatch.report.reason_sentences import say_overturned, say_reason
from litwatch.report.wording import name_design, words
from tests.spec.cases import TODAY
from tests.spec.decisions import CHAPTERS, Case
from tests.spec.limits import BESIDE, SEARCH, Limit
from tests.spec.tables import BY_ABSTRACT, BY_MESH, BY_TITLE, BY_TYPE, MARKED
from tests.spec.two_readers import CASES

PAGE = Path(__file__).resolve().parents[2] / "docs" / "how-litwatch-decides.md"

SOURCES = (
    ("R-01", "57 of 100 reviews met a signal for updating, half within 5.5 years", "Shojania 2007"),
    ("R-03", "which findings change an answer: opposing, harm, superior treatment, caveats", "Ahmadzai 2013"),
    ("R-05", "neither age nor the number of new studies tracked the need to update", "Newberry 2013, Ahmadzai 2013"),
    ("R-06", "is the question current, is there new information, would it change the answer?", "Garner 2016"),
    ("R-07", "six situations that call for an update; re-assess a guideline by three years", "Shekelle 2001"),
    ("R-08", "92, 86, 81 and 78 % of recommendations still valid at one to four years", "Martínez García 2014"),
    ("R-10", "does new evidence contradict, reinforce or clarify?", "NICE PMG20, chapter 13"),
    ("R-13", "the unit of update is the single recommendation", "Akl 2017"),
    ("R-14", "date of last review, author and source are shown", "URAC standard"),
    ("R-15", "a design is no grade of the evidence", "GRADE"),
    ("R-16", "1,330 retracted trials touched 847 reviews; removing them changed 16 % in significance", "Xu 2025"),
    ("R-17", "after a retraction 5 % of reviews were corrected: repeat until someone closes it", "Kataoka 2022"),
    ("R-18", "a quarter of papers with an expression of concern were later retracted", "Vaught 2017"),
    ("R-19", "NLM lists partial retractions as errata and does not judge how serious one is", "NLM policy"),
    ("R-20", "four sources agreed on 3 % of 49,924 retracted papers: ask more than one, show where they differ",
     "Schneider 2023"),
    ("R-21", "notices come late, the last after nine months: look every night", "BMC Res Notes 2014;7:395"),
    ("R-22", "records change their headings and dates after they appear", "Hadfield 2020, NLM"),
    ("R-23", "articles similar to the 3 newest and 3 largest studies: 69 of 72; a median of 71 records to read",
     "Sampson 2008, 2009"),
    ("R-24", "similar and citing articles missed some trials: they supplement a search", "Gates 2021"),
    ("R-25", "a restrictive filter lost 7 of 69 key references: filters never exclude", "Martínez García 2015"),
    ("R-33", "each search is logged so that it can be repeated", "EMA GVP VI"),
)  # fmt: skip


LOOK_UPS = (
    (LookUp.PRINTED_PMID, "the printed PMID", "its record; it may be mistyped, so it is judged like any other"),
    (LookUp.STORE, "the store", "records in hand with a printed identifier or, where none is printed, the title"),
    (LookUp.DOI, "PubMed by DOI", "the record that bears the printed DOI"),
    (LookUp.PMCID, "PubMed by PMCID", "the record that bears the printed PMCID"),
    (LookUp.CITATION, "ECitMatch", "what it finds by journal, year, volume, page and author"),
    (LookUp.TITLE, "PubMed by title", "the nearest titles: by all words, then by every other word"),
    (
        LookUp.PLACE,
        "PubMed by place",
        "what stands at the printed volume and first page, by the first author or in the journal",
    ),
)


def compose() -> str:
    """The page."""
    parts = (
        _opening(),
        _rules(),
        _situations(),
        _two_readers(),
        _thresholds(),
        _limits(),
        _levels(),
        _age(),
        _closing(),
    )
    return "\n".join(line for part in parts for line in part) + "\n"


def _table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> list[str]:
    lines = [f"| {' | '.join(head)} |", f"|{'---|' * len(head)}"]
    lines += ["| " + " | ".join(str(cell).replace("|", "\\|") for cell in row) + " |" for row in rows]
    return [*lines, ""]


def _opening() -> list[str]:
    return [
        "# How litwatch decides",
        "",
        "<!-- Printed by `python -m tests.spec.document` from the tables in tests/spec; a test holds it to them. -->",
        "",
        "This page is for the board to read, to change, and to sign. The tests hold the program to every row of every",
        "table: where the page and the program differ, the program does not pass.",
        "",
        "litwatch says of each article, each night, one of four things:",
        "",
        "- **review now**: a paper the article relies on has been retracted or contradicted",
        "- **review needed**: a person has something to read, to correct or to decide",
        "- **not surveyed**: the search did not complete, and nothing worse is known; it is never an all-clear",
        "- **no signal**: everything was searched up to the day that is named, and nothing asks for a review",
        "",
        "It does not say that an article is right, it gives no GRADE level (R-15), it counts no studies (R-05), and it",
        "leaves nothing out: levels, filters and ranks only order what is shown (R-25). Whether a paper contradicts,",
        "reinforces or clarifies a sentence is for a member to decide (R-10).",
        "",
        "[The life of a change](life-of-a-change.md) says when a change is told, told again, and closed.",
        "",
    ]


def _rules() -> list[str]:
    return [
        "## The questions, in their order",
        "",
        "The first yes decides the status. Every question answered yes is reported, with its PMIDs and what",
        "would change the answer, and with the day up to which the evidence was searched.",
        "",
        *_table(
            ("rule", "question", "status", "source"),
            ((rule.rule, rule.asks, words(rule.status), rule.source) for rule in RULES),
        ),
    ]


def _situations() -> list[str]:
    lines = ["## What follows from what", ""]
    for title, cases in CHAPTERS:
        lines += [f"### {title}", "", *_table(("if", "then", "rules", "litwatch says"), map(_situation, cases))]
    return lines


def _situation(case: Case) -> tuple[str, ...]:
    decided = case.decide()
    first = decided.fired[0]
    return (
        case.situation,
        f"**{words(decided.status)}**",
        ", ".join(fired.rule for fired in decided.fired),
        f"{dated(say_reason(first))} *What would change it:* {say_overturned(first)}",
    )


def _two_readers() -> list[str]:
    return [
        "## When two readers are asked",
        "",
        "Where a topic file says `readers: 2`, an answer counts only once another member has given the same, each",
        "without knowing what the other said. That one person alone does not exclude a record is how systematic",
        "reviews screen (Cochrane Handbook, chapter 4.6.4). A review of the whole article stays one person’s record.",
        "",
        *_table(("answers", "the change is"), ((case.situation, case.outcome()) for case in CASES)),
    ]


def _thresholds() -> list[str]:
    usual = Thresholds()
    return [
        "## What the board can set",
        "",
        "Each article's topic file may set its own. `litwatch policy diff` shows which verdicts a change would alter",
        "before it takes effect.",
        "",
        *_table(
            ("threshold", "unless set", "means", "source"),
            (
                (
                    "`reassess_after_days`",
                    usual.reassess_after_days,
                    "days after the last review, or else the last update, until a re-assessment is due",
                    "R-07, R-08",
                ),
                (
                    "`guideline_reassess_after_days`",
                    usual.guideline_reassess_after_days,
                    "the latest day for an article that cites a guideline",
                    "R-07",
                ),
                (
                    "`review_level`",
                    usual.review_level,
                    "a new record of this level or better asks for a review",
                    "R-03",
                ),
                (
                    "`hazard_ratio`",
                    usual.hazard_ratio,
                    "how fast the field ages; 2.7 for cardiovascular medicine",
                    "R-01",
                ),
                (
                    "`carry_out_within_days`",
                    usual.carry_out_within_days,
                    "days until a decision to update or to withdraw the article is due, where the board names no date",
                    "R-17",
                ),
                (
                    "`escalate_after_days`",
                    usual.escalate_after_days,
                    "days that a notice may stay open before `escalate_to` is told as well",
                    "R-17",
                ),
                (
                    "`known_item_recall`",
                    usual.known_item_recall,
                    "share of the cited papers, 0 to 1, below which a strategy is asked about",
                    "R-22",
                ),
                (
                    "`digest_items`",
                    usual.digest_items,
                    "new records with details in a mail; the others have a line each",
                    "R-05",
                ),
            ),
        ),
    ]


def _limits() -> list[str]:
    def rows(limits: Iterable[Limit]) -> list[str]:
        head = ("figure", "is", "decides", "because")
        return _table(head, ((f"`{each.name}`", each.shown, each.means, each.why) for each in limits))

    return [
        "## Windows and limits",
        "",
        "These are the same for every article, and no topic file can set them. A change of one is a change of the",
        "program, and is signed here.",
        "",
        "How far each night searches, and when an answer is not believed:",
        "",
        *rows(SEARCH),
        "What is asked once a week beside the searches. None of it bounds the notices about a cited paper, of which",
        "every one is shown:",
        "",
        *rows(BESIDE),
        "How the record of a reference is looked up. The first way that proposes a record which the printed entry",
        "confirms ends the search; an editor's pin comes before all of them and is never overruled:",
        "",
        *_table(("", "look-up", "proposes"), ((place, how, what) for place, (_, how, what) in enumerate(LOOK_UPS, 1))),
    ]


def _levels() -> list[str]:
    kinds = tuple(QuestionKind)
    designs = sorted(Design, key=lambda design: (ORDER[QuestionKind.THERAPY][design], list(Design).index(design)))
    return [
        "## Evidence levels",
        "",
        "A level names the design that a record reports, 1 to 7. It depends on the question: where trials can seldom",
        "answer, the design that does stands beside them. A preprint is never better than level 4.",
        "",
        *_table(
            ("design", *(kind.value for kind in kinds)),
            ((name_design(design), *(ORDER[kind][design] for kind in kinds)) for design in designs),
        ),
        "NLM's publication types decide:",
        "",
        *_table(("publication types", "design"), ((" + ".join(row.types), name_design(row.design)) for row in BY_TYPE)),
        "Where none names a design, NLM's MeSH headings do:",
        "",
        *_table(("MeSH heading", "design"), ((label, name_design(design)) for label, _, design in BY_MESH)),
        "Where NLM has said nothing yet, the title does, and then what the abstract says of its own study. The level",
        "is then marked as read from the record's own words.",
        "",
        *_table(("title", "design"), ((title, name_design(design)) for title, design in BY_TITLE)),
        *_table(("sentence of the abstract", "design"), ((said, name_design(design)) for said, design in BY_ABSTRACT)),
        "What one must know first is marked. What is retracted, a protocol or on animals only asks for no review.",
        "",
        *_table(("record", "mark"), ((case.situation, ", ".join(map(words, case.marks)) or "none") for case in MARKED)),
    ]


def _age() -> list[str]:
    def share(years: float, ratio: float) -> str:
        found = expected_outdated(TODAY - timedelta(days=round(years * 365.25)), TODAY, ratio)
        return f"{round((found or 0.0) * 100)} in 100"

    return [
        "## Age orders the work",
        "",
        "Among articles of one status, those stand first of whose age most texts are out of date (R-01). Age makes a",
        "verdict only on the re-assessment day (V7).",
        "",
        *_table(
            ("last looked at", "average field", "cardiovascular medicine (2.7)"),
            (
                (f"{years:g} year{'' if years == 1 else 's'} ago", share(years, 1.0), share(years, 2.7))
                for years in (0, 1, 2, 3, 5.5, 8)
            ),
        ),
    ]


def _closing() -> list[str]:
    return [
        "## Sources",
        "",
        *_table(("id", "finding", "source"), SOURCES),
        "## Signed",
        "",
        *_table(("for the board", "date", "remarks"), ((" ", " ", " "), (" ", " ", " "))),
    ][:-1]


if __name__ == "__main__":
    PAGE.write_text(compose(), encoding="utf-8")
    print(PAGE)
