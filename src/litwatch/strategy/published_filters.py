"""Published search filters, in PubMed's syntax, by name; each with its paper and its measured performance.

Broad means sensitive, narrow means specific. litwatch marks records with them and never excludes by them: a
restrictive filter kept 62 of 69 key references (Martínez García 2015). The texts are pinned by a checksum in the
tests, because altered copies are in circulation.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class PublishedFilter:
    """One filter; percentages are None where no published figure was found or only an unconfirmed one."""

    name: str
    text: str
    source: str
    sensitivity: float | None = None
    """Per cent of the wanted papers that it finds, in the development set."""
    specificity: float | None = None
    """Per cent of the unwanted papers that it leaves out, in the development set."""


_HAYNES_2005 = "Haynes et al. 2005, BMJ 330:1179"
_DIAGNOSIS_2004 = "Haynes & Wilczynski 2004, BMJ 328:1040"
_ETIOLOGY_2003 = "Wilczynski & Haynes 2003, AMIA Annu Symp Proc"
_PROGNOSIS_2004 = "Wilczynski & Haynes 2004, BMC Med 2:23 (PMC441418)"
_PREDICTION = "NLM Clinical Queries, as listed by the InterTASC search filter resource"

_ALL = (
    PublishedFilter(
        "therapy/broad",
        "((clinical[tiab] AND trial[tiab]) OR clinical trials as topic[MeSH Terms] OR clinical trial[Publication Type]"
        " OR random*[tiab] OR random allocation[MeSH Terms] OR therapeutic use[MeSH Subheading])",
        _HAYNES_2005,
        99.3,
        70.4,
    ),
    PublishedFilter(
        "therapy/narrow",
        "(randomized controlled trial[Publication Type] OR (randomized[Title/Abstract] AND controlled[Title/Abstract]"
        " AND trial[Title/Abstract]))",
        _HAYNES_2005,
        93.1,
        97.4,
    ),
    PublishedFilter(
        "diagnosis/broad",
        "(sensitiv*[Title/Abstract] OR sensitivity and specificity[MeSH Terms] OR diagnose[Title/Abstract]"
        " OR diagnosed[Title/Abstract] OR diagnoses[Title/Abstract] OR diagnosing[Title/Abstract]"
        " OR diagnosis[Title/Abstract] OR diagnostic[Title/Abstract] OR diagnosis[MeSH:noexp]"
        " OR diagnostic * [MeSH:noexp] OR diagnosis,differential[MeSH:noexp] OR diagnosis[Subheading:noexp])",
        _DIAGNOSIS_2004,
        98.6,
        74.3,
    ),
    PublishedFilter("diagnosis/narrow", "(specificity[Title/Abstract])", _DIAGNOSIS_2004, None, 98.4),
    PublishedFilter(
        "etiology/broad",
        "(risk*[Title/Abstract] OR risk*[MeSH:noexp] OR risk *[MeSH:noexp] OR cohort studies[MeSH Terms]"
        " OR group[Text Word] OR groups[Text Word] OR grouped [Text Word])",
        _ETIOLOGY_2003,
    ),
    PublishedFilter(
        "etiology/narrow",
        "((relative[Title/Abstract] AND risk*[Title/Abstract]) OR (relative risk[Text Word]) OR risks[Text Word]"
        " OR cohort studies[MeSH:noexp] OR (cohort[Title/Abstract] AND study[Title/Abstract])"
        " OR (cohort[Title/Abstract] AND studies[Title/Abstract]))",
        _ETIOLOGY_2003,
    ),
    PublishedFilter(
        "prognosis/broad",
        "(incidence[MeSH:noexp] OR mortality[MeSH Terms] OR follow up studies[MeSH:noexp] OR prognos*[Text Word]"
        " OR predict*[Text Word] OR course*[Text Word])",
        _PROGNOSIS_2004,
        90.1,
        79.7,
    ),
    PublishedFilter(
        "prognosis/narrow",
        "(prognos*[Title/Abstract] OR (first[Title/Abstract] AND episode[Title/Abstract]) OR cohort[Title/Abstract])",
        _PROGNOSIS_2004,
        52.3,
        94.1,
    ),
    PublishedFilter(
        "prediction/broad",
        "(predict*[tiab] OR predictive value of tests[mh] OR score[tiab] OR scores[tiab] OR scoring system[tiab]"
        " OR scoring systems[tiab] OR observ*[tiab] OR observer variation[mh])",
        _PREDICTION,
        96.0,
    ),
    PublishedFilter("prediction/narrow", "(validation[tiab] OR validate[tiab])", _PREDICTION),
    PublishedFilter(
        "rct/cochrane",
        "(randomized controlled trial[pt] OR controlled clinical trial[pt] OR randomized[tiab] OR placebo[tiab]"
        " OR drug therapy[sh] OR randomly[tiab] OR trial[tiab] OR groups[tiab]) NOT (animals[mh] NOT humans[mh])",
        "Cochrane Handbook, sensitivity-maximising version for PubMed",
    ),
    PublishedFilter(
        "systematic",
        "(((systematic review[ti] OR systematic literature review[ti] OR systematic scoping review[ti]"
        " OR systematic narrative review[ti] OR systematic qualitative review[ti] OR systematic evidence review[ti]"
        " OR systematic quantitative review[ti] OR systematic meta-review[ti] OR systematic critical review[ti]"
        " OR systematic mixed studies review[ti] OR systematic mapping review[ti] OR systematic cochrane review[ti]"
        " OR systematic search and review[ti] OR systematic integrative review[ti]) NOT comment[pt]"
        " NOT (protocol[ti] OR protocols[ti])) NOT MEDLINE [subset])"
        " OR (Cochrane Database Syst Rev[ta] AND review[pt]) OR systematic review[pt]",
        "NLM, strategy behind systematic[sb], December 2018",
    ),
)

FILTERS: Mapping[str, PublishedFilter] = MappingProxyType({one.name: one for one in _ALL})
"""Every filter with its source and figures."""

PUBLISHED: Mapping[str, str] = MappingProxyType({one.name: one.text for one in _ALL})
"""Name → PubMed text, names such as ``etiology/broad``."""

_SIDEBAR = {
    "humans": "humans[mh]",
    "animals": "animals[mh:noexp]",
    "otheranimals": "animals[mh] NOT humans[mh]",
    "male": "male[mh]",
    "female": "female[mh]",
    "english": "english[la]",
    "review": "review[pt]",
    "systematicreview": "systematic[sb]",
    "meta-analysis": "meta-analysis[pt]",
    "guideline": "guideline[pt]",
    "practiceguideline": "practice guideline[pt]",
    "clinicaltrial": "clinical trial[pt]",
    "randomizedcontrolledtrial": "randomized controlled trial[pt]",
    "observationalstudy": "observational study[pt]",
    **{f"clinicaltrialphase{number}": f"clinical trial, phase {number}[pt]" for number in ("i", "ii", "iii", "iv")},
    "controlledclinicaltrial": "controlled clinical trial[pt]",
    "pragmaticclinicaltrial": "pragmatic clinical trial[pt]",
    "adaptiveclinicaltrial": "adaptive clinical trial[pt]",
    "equivalencetrial": "equivalence trial[pt]",
    "clinicaltrialprotocol": "clinical trial protocol[pt]",
    "clinicalstudy": "clinical study[pt]",
    "comparativestudy": "comparative study[pt]",
    "multicenterstudy": "multicenter study[pt]",
    "evaluationstudy": "evaluation study[pt]",
    "validationstudy": "validation study[pt]",
    "twinstudy": "twin study[pt]",
    "casereports": "case reports[pt]",
    "consensusdevelopmentconference": "consensus development conference[pt]",
    "comment": "comment[pt]",
    "editorial": "editorial[pt]",
    "letter": "letter[pt]",
    "news": "news[pt]",
    "journalarticle": "journal article[pt]",
    "publishederratum": "published erratum[pt]",
    "retractedpublication": "retracted publication[pt]",
    "retractionnotice": "retraction notice[pt]",
    "newborn": "infant, newborn[mh]",
    "allinfant": "infant[mh]",
    "infant": "infant[mh:noexp]",
    "preschoolchild": "child, preschool[mh]",
    "child": "child[mh:noexp]",
    "allchild": "infant[mh] OR child[mh] OR adolescent[mh]",
    "adolescent": "adolescent[mh]",
    "alladult": "adult[mh]",
    "adult": "adult[mh:noexp]",
    "youngadult": "young adult[mh]",
    "middleaged": "middle aged[mh]",
    "middleagedaged": "middle aged[mh] OR aged[mh]",
    "aged": "aged[mh]",
    "80andover": "aged, 80 and over[mh]",
    "clinical prediction guides/broad": PUBLISHED["prediction/broad"],
    "clinical prediction guides/narrow": PUBLISHED["prediction/narrow"],
}

BEHIND_FILTER_TAG: Mapping[str, str] = MappingProxyType(
    {**{name: text for name, text in PUBLISHED.items() if name != "rct/cochrane"}, **_SIDEBAR}
)
"""What ``name[filter]`` and ``name[sb]`` stand for, lower-case name → PubMed text (User Guide, "Filters")."""
