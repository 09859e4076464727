"""Invented reports that look like a real night: for the pictures and for looking at pages in a browser.

Texts, papers and journals are made up. Not for tests of logic: those use ``tests.factories`` directly.
"""

from __future__ import annotations

from datetime import date

from litwatch.articles.model import Article, BlockKind, Section, Uncertainty
from litwatch.decisions.evidence_level import Design
from litwatch.decisions.newer_versions import Successor
from litwatch.decisions.reason import SHARED_WORDS, Reason, ReasonCode
from litwatch.decisions.related_papers import Supplement, SupplementKind
from litwatch.decisions.triage import Level, Priority
from litwatch.decisions.verdict import Fired, Rule, Status
from litwatch.digest.digest import Digest
from litwatch.model.change import ChangeKind
from litwatch.model.identifiers import Pmid
from litwatch.model.record import AbstractPart, Author, DatePrecision, Journal, Notice, PartialDate, Record, RefType
from litwatch.model.reference import Feature, MatchCode, MatchReason, MatchState, ReferenceKind
from litwatch.model.sweep import SweepKind, SweepState
from litwatch.model.topic import QuestionKind, Thresholds
from litwatch.references.lint import Severity
from litwatch.report.article_line import IndexEntry, PastReport, index_entry, line_of
from litwatch.report.basis import Basis, ReportedSupplement
from litwatch.report.contents import FailedTopic, Report, ReportedSignal
from litwatch.report.profile import Profile, YearCount
from litwatch.strategy.known_items import KnownItems, Missed, ProposedChange, Why
from tests.factories import (
    DAY,
    FIRST_PMID,
    PUBLICATION_TYPES,
    make_article,
    make_digest,
    make_finding,
    make_match,
    make_record,
    make_reference,
    make_report,
    make_search,
    make_sentence,
    make_signal,
    make_sweep,
    make_topic,
    make_verdict,
)

TRIAL, REVIEW, COHORT, GUIDELINE = (FIRST_PMID + n for n in (101, 102, 103, 104))
RETRACTION, ERRATUM = FIRST_PMID + 900, FIRST_PMID + 901


def _paper(  # noqa: PLR0917 - a table's columns
    pmid: int, title: str, author: str, journal: str, day: date, kind: str, **changes: object
) -> Record:
    raw = f"{day.year} {day:%b} {day.day}"
    return make_record(
        pmid,
        title=title,
        authors=(Author(author, "A", "A"), Author("Okoro", "Chidi", "C"), Author("Lindqvist", "Maja", "M")),
        journal=Journal(journal, journal, None, None, "12", "4", "211-24", None),
        published=PartialDate(raw, day, day, DatePrecision.DAY),
        publication_types=(PUBLICATION_TYPES[kind],),
        **changes,
    )


def _article() -> Article:
    bullet = BlockKind.BULLET
    guideline = Section(
        "From the Guidelines",
        1,
        (
            make_sentence(
                1,
                "Insulin resistance arises mainly from visceral fat, inactivity and inherited susceptibility.",
                (1,),
            ),
            make_sentence(2, "Screening is advised for adults who carry weight around the waist.", (1,)),
            make_sentence(9, "Fasting insulin alone does not make the diagnosis.", (1,)),
        ),
    )
    factors = Section(
        "Contributing factors",
        2,
        (
            make_sentence(
                3, "Short sleep: one trial found a fall in insulin sensitivity after five nights.", (2,), kind=bullet
            ),
            make_sentence(
                4,
                "Sleep apnoea: intermittent hypoxia raises hepatic glucose output, independent of weight.",
                (2, 3),
                kind=bullet,
            ),
            make_sentence(5, "Glucocorticoids and some antipsychotics, from the first weeks on.", (4,), kind=bullet),
            make_sentence(
                6, "Pregnancy, through placental hormones; it ends with delivery.", (3,), kind=bullet, depth=1
            ),
        ),
    )
    mechanism = Section(
        "Mechanisms",
        2,
        (
            make_sentence(
                7, "Fatty acids released from visceral fat impair the insulin receptor’s signal in muscle.", (3,)
            ),
            make_sentence(
                8,
                "Inflammation of adipose tissue keeps the impairment going, and weight loss partly reverses it.",
                (3, 6),
            ),
        ),
    )
    references = (
        make_reference(
            1,
            kind=ReferenceKind.GUIDELINE,
            title="Invented consensus on insulin resistance",
            source="Inv Endocr Soc, 2021",
            year=2021,
        ),
        make_reference(
            2,
            title="Five nights of short sleep and insulin sensitivity: a randomised trial",
            source="Inv Sleep J, 2019",
            year=2019,
        ),
        make_reference(
            3, title="Visceral fat and insulin action: a systematic review", source="Inv Rev Metab, 2022", year=2022
        ),
        make_reference(
            4, title="Drug-induced insulin resistance in a national cohort", source="J Inv Pharmacol, 2018", year=2018
        ),
    )
    return make_article(
        sections=(guideline, factors, mechanism),
        references=references,
        uncertain=(Uncertainty("bare-number", "“5” in sentence 5 may be a dose, not a marker.", 5),),
    )


def _signals() -> tuple[ReportedSignal, ...]:
    trial = _paper(
        TRIAL,
        "Five nights of short sleep and insulin sensitivity: a randomised trial.",
        "Varga",
        "Inv Sleep J",
        date(2019, 5, 2),
        "trial",
        notices=(Notice(RefType.RETRACTION_IN, "Inv Sleep J. 2026 Nov 12;19(11):801", Pmid(RETRACTION)),),
    )
    review = _paper(
        REVIEW,
        "Visceral fat and insulin action: a systematic review.",
        "Haddad",
        "Inv Rev Metab",
        date(2022, 3, 9),
        "review",
        notices=(Notice(RefType.ERRATUM_IN, "Inv Rev Metab. 2026 Oct 30;31(5):e12", Pmid(ERRATUM)),),
    )
    abstracts: tuple[tuple[AbstractPart, ...], ...] = (
        (
            AbstractPart(
                "BACKGROUND", None, "Sleep apnoea and insulin resistance go together; treatment trials disagree."
            ),
            AbstractPart("METHODS", None, "We searched three databases and pooled 31 invented trials (4,212 adults)."),
            AbstractPart("RESULTS", None, "Positive airway pressure lowered fasting insulin by 0.8 mU/L (0.2 to 1.4)."),
            AbstractPart("CONCLUSIONS", None, "The effect is small and depends on hours of use."),
        ),
        (AbstractPart(None, None, "We recommend asking every adult with insulin resistance how long they sleep."),),
        (
            AbstractPart("METHODS", None, "Forty adults who slept less than six hours took part."),
            AbstractPart(
                "RESULTS", None, "One more hour a night raised insulin sensitivity by 11% (95% CI 3% to 19%)."
            ),
        ),
    )
    papers = [
        ("Positive airway pressure and insulin resistance in sleep apnoea: systematic review and meta-analysis of "
         "individual data from 31 randomised trials.", "Nakagawa", "Ann Inv Med", date(2026, 11, 3), "review", 2,
         Design.SYSTEMATIC_REVIEW, (4, 3), False, 2),
        ("Insulin resistance in adults: a clinical practice guideline of the Invented Endocrine Society.", "Osei",
         "Inv Endocr Soc J", date(2026, 10, 28), "guideline", 1, Design.GUIDELINE, (1, 2), False, 1),
        ("Sleep extension in short sleepers and insulin sensitivity: a randomised crossover trial.", "Moreau",
         "Inv Sleep J", date(2026, 11, 14), "trial", 3, Design.RANDOMISED, (3,), True, 0),
        ("Antipsychotic exposure and new insulin resistance among 84,000 adolescents.", "Petrov", "J Inv Pharmacol",
         date(2026, 9, 30), "article", 5, Design.OBSERVATIONAL, (5,), False, 0),
        ("Gut microbiota in insulin resistance: what we know.", "Silva", "Inv Rev Metab", date(2026, 10, 2), "article",
         6, Design.REVIEW, (), False, 0),
    ]  # fmt: skip
    new = []
    for n, (title, author, journal, day, kind, rank, design, near, provisional, cites) in enumerate(papers):
        record = _paper(FIRST_PMID + n, title, author, journal, day, kind, abstract=abstracts[n] if n < 3 else ())
        shares = (Reason(ReasonCode.SHARES_REFERENCES, (cites,)),) if cites else ()
        closest = (Reason(ReasonCode.CLOSEST_TO, near, words=(SHARED_WORDS,)),) if near else ()
        new.append(
            make_signal(
                pmid=FIRST_PMID + n,
                record=record,
                level=Level(rank, design, provisional),
                sentences=near,
                reasons=shares + closest,
                priority=Priority.MEDIUM if rank <= 2 else Priority.LOW,
                relevance=0.8 - n / 10,
                first_seen=DAY if n in {0, 2} else date(2026, 11, 9),
            )
        )
    return (
        make_signal(
            ChangeKind.CITED_RETRACTED,
            TRIAL,
            record=trial,
            notice_pmid=RETRACTION,
            detail=str(RETRACTION),
            sentences=(3, 4),
            reasons=(Reason(ReasonCode.CITES), Reason(ReasonCode.SENTENCES_DEPEND, (3, 4))),
        ),
        make_signal(
            ChangeKind.CITED_ERRATUM,
            REVIEW,
            record=review,
            notice_pmid=ERRATUM,
            detail=str(ERRATUM),
            priority=Priority.MEDIUM,
            sentences=(4, 6, 7, 8),
            reasons=(Reason(ReasonCode.CITES), Reason(ReasonCode.SENTENCES_DEPEND, (4, 6, 7, 8))),
            first_seen=date(2026, 11, 2),
        ),
        *new,
    )


def make_basis() -> Basis:
    """What a long article might rest on: twenty references, one of them missed, a newer guideline."""
    old = _paper(GUIDELINE, "Standards of sleep in shift workers-2019.", "Sato", "Invented Guidelines",
                 date(2019, 1, 1), "guideline")  # fmt: skip
    new = _paper(FIRST_PMID + 5, "Standards of sleep in shift workers-2026.", "Sato", "Invented Guidelines",
                 date(2026, 1, 1), "guideline")  # fmt: skip
    counts = {2008: (1, 0), 2012: (2, 0), 2015: (2, 1), 2018: (4, 0), 2019: (3, 1), 2021: (2, 0), 2023: (3, 1)}
    profile = Profile(
        references=20,
        in_pubmed=17,
        years=tuple(YearCount(year, *pair) for year, pair in counts.items()),
        undated=0,
        median_age=7.5,
        levels=(("Guideline", 2), ("Systematic review or meta-analysis", 3), ("Randomised trial", 6),
                ("Observational study", 4), ("Review", 1), ("Design not stated", 1)),
        newest_guideline=old,
        newest_review=_paper(REVIEW, "Sleep and insulin: a review.", "Sato", "Reviews of Invention", date(2021, 3, 1),
                             "review"),
    )  # fmt: skip
    change = ProposedChange("add OR glucocorticoid*[tiab] to cause*[tiab] OR risk factor*[tiab]", "(…)", "(…) NOT (…)")
    missed = Missed(3, Pmid(REVIEW), "Glucocorticoids and insulin action in night workers.", Why.EXCLUDED,
                    ("cause*[tiab] OR risk factor*[tiab]: None of these alternatives matches the record.",), change,
                    14.2)  # fmt: skip
    unsure = Missed(1, None, "Invented guideline of a society", Why.UNRESOLVED,
                    ("No PubMed record is confirmed for it, so it cannot be held against the strategy.",))  # fmt: skip
    seeds = (Pmid(TRIAL), Pmid(REVIEW))
    return Basis(
        profile=profile,
        known_items=KnownItems((Pmid(TRIAL), Pmid(COHORT)), (missed, unsure)),
        newer=(Successor(Pmid(GUIDELINE), new, ("the same title except for its year or edition",
                                                "the same journal (Invented Guidelines)", "2026 after 2019")),),
        supplements=(
            ReportedSupplement(Supplement(SupplementKind.SIMILAR, seeds, (Pmid(COHORT), new.pmid), 2, (Pmid(COHORT),)),
                               (new,)),
            ReportedSupplement(Supplement(SupplementKind.CITING, seeds, (), 0, (), "NCBI gave no usable answer."), ()),
        ),
        looked_on=DAY,
        errors=("The citing articles could not be asked for: NCBI gave no usable answer.",),
    )  # fmt: skip


def urgent_report() -> Report:
    """A cited trial was retracted, and a guideline and a review appeared."""
    fired = (
        Fired(Rule.RETRACTED, Status.REVIEW_NOW, (Pmid(TRIAL),), (Reason(ReasonCode.RETRACTED),)),
        Fired(Rule.OTHER_NOTICE, Status.REVIEW_NEEDED, (Pmid(REVIEW),), (Reason(ReasonCode.OTHER_NOTICE),)),
        Fired(Rule.NEW_EVIDENCE, Status.REVIEW_NEEDED, (Pmid(FIRST_PMID), Pmid(FIRST_PMID + 1)),
              (Reason(ReasonCode.NEW_EVIDENCE, (2,)),)),
    )  # fmt: skip
    strategy = (
        '("insulin resistance"[mh] OR "insulin resistan*"[tiab] OR "insulin sensitivity"[tiab]) AND (etiology[sh] OR '
        "cause*[tiab] OR risk factor*[tiab]) NOT (animals[mh] NOT humans[mh])"
    )
    window = "2026/10/23:2026/11/22"
    search = make_search(
        term=f"({strategy}) AND ({window}[edat] OR {window}[crdt] OR {window}[mhda] OR {window}[lr])",
        count=5,
        pmids=tuple(Pmid(FIRST_PMID + n) for n in range(5)),
        translation='("insulin resistance"[MeSH Terms] OR "insulin resistan*"[Title/Abstract] OR …',
        warnings=("The phrase was not found in PubMed: insulin resistan* AND placental.",),
    )
    unsure = MatchReason(MatchCode.COMPARED, (), (Feature.TITLE, Feature.YEAR), 1, is_unsure=True)
    return make_report(
        Status.REVIEW_NOW,
        *_signals(),
        topic=make_topic(
            strategy=strategy,
            filters=("etiology/broad", "systematic-review"),
            question_kind=QuestionKind.ETIOLOGY,
            thresholds=Thresholds(digest_items=3),
        ),
        article=_article(),
        verdict=make_verdict(Status.REVIEW_NOW, fired=fired),
        matches=(
            make_match(1, None, reason=MatchReason(MatchCode.NOTHING_FOUND), method="title"),
            make_match(2, TRIAL, reason=MatchReason(MatchCode.COMPARED, (Feature.DOI,)), method="doi", confidence=1.0),
            make_match(3, REVIEW),
            make_match(4, COHORT, state=MatchState.CANDIDATE, confidence=0.71,
                       reason=unsure, others=(Pmid(GUIDELINE),)),
        ),
        cited=(),
        findings=(
            make_finding(message="Marker 6 points to no reference: the list has 4.", sentence=8),
            make_finding(code="L05-year-missing", severity=Severity.WARNING, message="Reference 4 prints no volume.",
                         hint="Complete the entry.", sentence=None, position=4),
        ),
        sweeps=(
            make_sweep(searches=(search,), found=5, delivered=5),
            make_sweep(SweepKind.CITATION, found=3, delivered=3),
        ),
        demonstration=True,
        basis=make_basis(),
    )  # fmt: skip


def failed_report() -> Report:
    """PubMed gave no usable answer."""
    error = "NCBI answered 502 four times in 90 seconds (ESearch); nothing was lost, the next run asks again."
    reason = Reason(ReasonCode.TOPIC_SWEEP_FAILED, text=error)
    fired = Fired(Rule.NOT_SEARCHED, Status.NOT_SURVEYED, (), (reason,))
    return make_report(
        Status.NOT_SURVEYED,
        topic=make_topic("sleep-apnoea", title="How is obstructive sleep apnoea diagnosed in adults?"),
        verdict=make_verdict(Status.NOT_SURVEYED, fired=(fired,), searched_to=date(2026, 11, 20)),
        sweeps=(
            make_sweep(state=SweepState.FAILED, error=error, searches=(), found=0, delivered=0),
            make_sweep(SweepKind.CITATION),
        ),
        matches=(make_match(1), make_match(2, REVIEW)),
        demonstration=True,
    )


def clear_report(slug: str = "iron-deficiency", title: str = "Which tests confirm iron deficiency?") -> Report:
    """Searched to the end, nothing found."""
    fired = Fired(Rule.CLEAR, Status.NO_SIGNAL, (), (Reason(ReasonCode.CLEAR, day=date(2026, 11, 22)),))
    return make_report(
        topic=make_topic(slug, title=title),
        verdict=make_verdict(fired=(fired,), searched_to=date(2026, 11, 22)),
        matches=(make_match(1), make_match(2, REVIEW)),
        demonstration=True,
    )


def crowded_report() -> Report:
    """More records than are shown in full, one with a title that no layout expects."""
    titles = {
        0: "Pneumonoultramicroscopicsilicovolcanoconiosis" * 4,
        1: "عنوان مخترع عن مقاومة الأنسولين",
        2: "x " * 700,
    }
    signals = [
        make_signal(
            pmid=FIRST_PMID + n,
            record=make_record(FIRST_PMID + n, **({"title": titles[n]} if n in titles else {})),
            sentences=(n % 2 + 1,),
            relevance=1 - n / 100,
        )
        for n in range(60)
    ]
    return make_report(Status.REVIEW_NEEDED, *signals, demonstration=True)


def index_entries() -> tuple[IndexEntry, ...]:
    """The queue of a small site."""
    past = tuple(
        PastReport(date(2026, 11, day), Status.NO_SIGNAL, f"insulin-resistance/2026-11-{day}.html")
        for day in (21, 20, 19)
    )
    reports = (
        urgent_report(),
        failed_report(),
        clear_report(),
        clear_report("vitamin-b12", "When should vitamin B12 be measured in older adults?"),
    )
    return tuple(
        index_entry(
            line_of(report), on=DAY, link=f"{report.topic.slug}/2026-11-22.html", history=past if n == 0 else ()
        )
        for n, report in enumerate(reports)
    )


FAILED = (FailedTopic("gout-diet", "queries/gout-diet.yaml: strategy: a closing bracket is missing at character 84."),)


def digest() -> Digest:
    """A member's mail with everything in it."""
    return make_digest(
        urgent_report(),
        failed_report(),
        clear_report(),
        clear_report("vitamin-b12", "When should vitamin B12 be measured in older adults?"),
        failed=FAILED,
        demonstration=True,
    )
