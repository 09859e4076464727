"""What an abstract says of its study, each fact quoted from it with its place: nothing is inferred, nothing completed.

Design, how many were examined, who they were, what was compared, the primary outcome, and the effect with its interval.
A fact that the abstract does not state in one of the usual forms is left out: it may still be there.

Every pattern is bounded in length and is run on single sentences, so that hostile text costs no more than long text.
How often the facts are right is printed by ``make bench-findings``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from litwatch.decisions.abstract_sentences import AbstractSentence, Part, read_short_sentences
from litwatch.decisions.other_studies import is_of_another_study, is_set_against, is_still_to_come
from litwatch.decisions.result_passage import (
    ResultPassage,
    is_aim,
    is_narrative,
    tells_no_own_result,
    tells_what_was_done,
)
from litwatch.decisions.sentence_cues import cue, words
from litwatch.model.record import AbstractPart, Record


class FactKind(StrEnum):
    """What a fact is about, in the order of telling."""

    DESIGN = "design"
    NUMBER = "number"
    POPULATION = "population"
    COMPARISON = "comparison"
    OUTCOME = "primary_outcome"
    EFFECT = "effect"


@dataclass(frozen=True, slots=True)
class Fact:
    """A phrase of the abstract that states a fact."""

    kind: FactKind
    start: int
    end: int
    """In ``Record.abstract_text``, in characters; the end is not included."""
    of_sure_form: bool = True
    """Whether at least 95 in 100 phrases of its form were right on labelled abstracts (docs/results.md)."""


_UNITS = (
    r"(?:patients?|participants|subjects|women|men|children|adults|adolescents|infants|neonates|newborns"
    r"|individuals|people|persons"
    r"|volunteers|pregnancies|families|students|residents|workers|nurses|physicians|veterans|survivors"
    r"|recipients|respondents|couples"
    r"|girls|boys|males|females|youths|smokers|employees|donors|athletes|players|dyads|pairs|births"
    r"|studies|trials|RCTs|articles|papers|reports|cohorts"
    r"|mice|rats|rabbits|dogs|cats|horses|mares|calves|pigs|sheep|animals|birds|eyes|joints|procedures"
    r"|knees|hips|teeth|implants|samples|clones|isolates|cases|controls)"
)
_PEOPLE = (
    r"(?:patients|participants|subjects|women|men|children|adults|adolescents|infants|neonates|newborns"
    r"|individuals|people|persons"
    r"|volunteers|students|residents|workers|veterans|survivors|recipients|youths|smokers|girls|boys|mothers|rats|mice)"
)
_SPELLED = (
    r"(?:(?:one|two|three|four|five|six|seven|eight|nine|ten)[ -](?:hundred"
    r"|thousand)(?:[ -](?:and[ -])?[a-z]{3,9}(?:[ -][a-z]{3,6})?)?"
    r"|(?:twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety)(?:-(?:one|two|three|four|five|six|seven|eight|nine))?"
    r"|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|nineteen|two|three|four|five|six"
    r"|seven|eight|nine|ten)\b"
)
_COUNT = (
    r"(?<![\w.,/=-])(?<!least )(?<!than )(?<!\d to )(?<!any of the )"
    r"(?<![Oo]f those, )(?<![Oo]f these, )(?<![Oo]f them, )"
    rf"(?:\d{{1,3}}(?:[,\u2009\u202f\u00a0 ]\d{{3}})+"
    rf"|\d+|(?i:{_SPELLED}))(?![.,]\d|\s?%|-)"
)
_COUNTED = rf"(?P<quote>(?:{_COUNT}\s(?:[\w-]+\s)?(?:and|plus)\s)?{_COUNT}\s+(?:[\w’'/()-]+\s+){{0,6}}?{_UNITS})\b"
_TAKEN_IN = (
    r"\s(?i:(?:were|was|participated|completed|met|underwent|received"
    r"|responded|took)\b(?:\s+\w+){0,2}?\s*(?:included|enrolled|recruited|randomi[sz]ed|randomly"
    r"|assigned|eligible|analy[sz]ed|identified|studied|tested|examined|evaluated|assessed|surveyed"
    r"|selected|retained|treated|invited|screened|reviewed|in (?:this|the|our)|(?:the )?(?:inclusion"
    r"|selection|eligibility|study)|our (?:selection|inclusion)|part))"
)
_NUMBER = (
    cue(
        r"(?i:\b(?:a total of|in total,?|overall,?|altogether,?|totally,?|totalling|comprising|comprised"
        rf"|comprises))\s+{_COUNTED}"
        rf"(?=[^;]{{0,120}}\b(?i:were|was|will be|participated|completed|met|underwent|including|enrolled"
        r"|randomi[sz]ed|who|from|with)\b)"
    ),
    cue(
        r"(?i:\b(?:randomly (?:assigned|allocated|divided)|randomi[sz]ed|enrolled|recruited|included"
        r"|involv(?:ed|ing)|includ(?:ed|ing)|studied|examined|surveyed|reviewed|interviewed|consist(?:ed"
        r"|ing) of|cohort of|group of|sample of|series of|population of|data (?:from|of|on)|study (?:in|of"
        r"|among|with|on|including|involving)|conducted (?:in|on|with|among)|performed (?:in|on)|done (?:in|on"
        r"|among)|(?:meta-)?(?:analysis|regression) of|(?:assessed|measured|investigated|studied|due to pain"
        rf"|evaluated|polymorphism \w+|treatment) in))\s+{_COUNTED}"
    ),
    cue(rf"{_COUNTED}(?:[^;:]{{0,200}}?)?{_TAKEN_IN}", hint=_TAKEN_IN),
    cue(
        rf"^{_COUNTED}\s+(?:[^.;:]{{0,80}}?\s)?(?:with|without|who|aged|undergoing|underwent|receiving|were"
        r"|completed)\b"
    ),
    cue(rf"^{_COUNTED}(?:\s\([^)]{{1,80}}\))?\.?$"),
    cue(rf"\bthere were {_COUNTED}(?= (?:who|included|enrolled|in (?:this|the) study))", needs="there were "),
    cue(rf"\b(?i:in|of|on|among|from|with)\s{_COUNTED}"),
)
_NOT_THE_NUMBER = re.compile(
    r"\bof (?:the )?\d|\b(?:of|in) (?:them|these|whom|a|an|the)\b|(?<!-)\b(?:years?|months?|weeks?|days?"
    r"|hours?|mg|strateg(?:y|ies)|sets?|replica(?:tes?|tions?)|centers|centres|groups?|weekly|times|excluded|died|dropped|withdrew|lost|developed"
    r"|experienced|positive|negative|responded|relapsed)\b",
    re.IGNORECASE,
)
_ACROSS = re.compile(r"\s(?:on|with|for|by|per|to|experiments?|sessions?|pilot)\s", re.IGNORECASE)
"""The number counts something else than the people named after it."""
_PART_OF_THEM = re.compile(
    r"\s(?:were|was) (?:younger|older|male|female|men|women|aged|in (?:the )?group|positive|negative)\b|\sin group\b"
)
_KEPT = re.compile(
    r"[^.;]{0,40}?\b(?:were (?:finally |ultimately |then )?(?:included|eligible|retained|analy[sz]ed"
    r"|selected)|met|fulfilled)\b"
)
_STUDIES = re.compile(r"(?:studies|trials|RCTs|articles|papers|reports)$", re.IGNORECASE)
_LATER = re.compile(
    rf"(?P<quote>{_COUNT}\s+(?:[\w-]+\s){{0,3}}?(?:studies|trials|RCTs|articles|papers"
    rf"|reports))\b(?=[^.;]{{0,120}}\b(?:ultimately|finally|final)\b)"
)
_SEARCHED = cue(
    r"\b(?:from \d+ (?:\w+ )?studies|\d+ (?:articles|studies|papers|records) (?:were )?found|databases?"
    r"|search(?:es)?|titles?|citations|abstracts) \w+|initially|potential(?:ly)? relevant|duplicates?"
    r"|excluded"
)

_MODIFIER = (
    r"(?:prospective(?:ly)?|retrospective(?:ly)?|multi-?cent(?:er|re|ric)|single-?cent(?:er|re)"
    r"|population-based|community-based|hospital-based|facility[- ]based|nationwide|national"
    r"|registry-based|matched|nested"
    r"|open-label|double[- ]blind(?:ed)?|single[- ]blind(?:ed)?|triple-blind(?:ed)?|blinded|non-blinded"
    r"|placebo[- ]controlled|active[- ]controlled|controlled|parallel(?:[- ]group)?|cross-?over|factorial"
    r"|2x2|cluster|pragmatic|phase (?:[1-4]|i{1,3}v?|iv)|pilot|randomi[sz]ed|non-?randomi[sz]ed|two-arm"
    r"|three-arm|two-phase|sham-controlled"
    r"|observational|longitudinal|cross-sectional|case[- ]control|cohort|qualitative|quantitative"
    r"|mixed[- ]methods?|interventional|quasi-experimental|birth(?=\s+cohort)|single-arm|feasibility"
    r"|ecological|non-?inferiority|superiority)"
)
_BESIDE = (
    r"(?:experimental|clinical|comparative|descriptive|analytical|explorative|exploratory|explanatory"
    r"|long-term|epidemiologic(?:al)?|equivalence|pilot|2x2)"
)
"""Words that name no design alone: an experimental study may be any."""
_NOUN = r"(?:trial|study|design|survey|analysis|cohort|case series|investigation|evaluation|chart review)"
_JOIN = r"(?:[\s,]+(?:and\s+)?)"
_DESIGN = tuple(
    re.compile(pattern)
    for pattern in (
        r"\b(?P<quote>(?:updated |umbrella |network )?(?:systematic (?:literature )?reviews?(?! of (?:history"
        r"|charts?|records|medical|patients?|cases))(?: (?:and|with) (?:network )?meta-analys[ei]s)?"
        r"|(?:systematic review,? )?(?:network |dose-response |pooled "
        r"|individual patient data )?(?<!after )(?<!in )(?<!for )(?<!of )(?<!the )"
        r"meta-analys[ei]s(?: and meta-regression)?"
        r"|scoping review|systematic literature search|evidence gap map))\b",
        rf"\b(?P<quote>(?:{_BESIDE}{_JOIN}){{0,2}}{_MODIFIER}{_JOIN}(?:(?:{_MODIFIER}"
        rf"|{_BESIDE}){_JOIN}){{0,7}}{_NOUN})\b(?!\w|s\b|-| studies| trials)",
        r"\b(?P<quote>(?:clinical )?practice guideline|consensus statement|position statement)\b(?!s|-)",
        r"\b(?P<quote>(?:were|was|we|and) (?:then )?(?:randomly (?:assigned|allocated|divided)|randomi[sz]ed))\b",
        r"\b(?P<quote>randomly (?:assigned|allocated|divided|assigned to)|were divided randomly)\b",
        r"\b(?P<quote>(?:report|present|describe)(?: here)?(?: a| an| the| our)?(?: rare| unusual| unique"
        r"| first)? case)\b",
        r"\b(?P<quote>retrospective(?:ly)? (?:(?:chart |case )?review(?:ed)?|analy[sz]ed|evaluated|collected"
        r"|investigated|studied))\b",
        r"\b(?P<quote>(?:stochastic|mathematical|simulation|markov|decision[- ]analytic|discrete event) model)\b",
        r"\b(?:this|our|present|current) (?P<quote>(?:[a-z]+ )?review)\b(?! board| process| of (?:charts?"
        r"|records|patients|medical))",
        r"\b(?P<quote>(?:literature|narrative|integrative|critical|comprehensive"
        r"|meticulous) review(?: of the literature)?)\b(?!s|, expert)",
    )
)
_OTHERS_DESIGN = cue(
    r"\b(?:an?|one|another|large|several) (?:[\w-]+ ){0,4}(?:trial|study|studies|analysis) (?:has "
    r"|have )?(?:show|demonstrat|found|suggest|reveal)|\b(?:future|further|needed|warranted|required"
    r"|previous|earlier|prior|recent|guidance for|no|few|lack of|paucity of"
    r"|inform (?:the development of )?a|hypotheses for a|selection criteria|inclusion criteria"
    r"|were included|eligible|should|recommend|(?:has|have) (?:not|never) (?:yet )?been)\b"
)
"""A sentence that speaks of designs of other studies."""

_DONE_HERE = cue(
    r"\b(?:we|this|our|(?:the )?(?:present|current) \w+|was|were|are|is conducted|conducted|performed"
    r"|enrolled|in an? |using an?|to perform|will)\b|^\W*(?:a|an|systematic|randomi[sz]ed|prospective"
    r"|retrospective|cross)"
)

_NAMED_PEOPLE = re.compile(
    rf"\b(?:in|among|of|for|between)\s(?:[\w’'-]+\s){{0,4}}?(?P<quote>{_PEOPLE}|rats|mice|dogs|cats|pigs"
    r"|rabbits|horses|zebrafish)\b(?!\s(?:with|and)\b)"
)
_ANIMALS = re.compile(r"^(?:rats|mice|dogs|cats|pigs|rabbits|horses|zebrafish)$", re.IGNORECASE)
_HANGING = re.compile(
    r"(?:\s(?:who|and|or|with|of|the|a|an|that|which|either|aged|aged between|between))+$", re.IGNORECASE
)
_TRIVIAL = re.compile(
    r"^\w+ (?:\([^)]*\) )?(?:with (?:the|an?) (?:mean|median|average) age|aged(?<=patients aged)"
    r"|who (?:underwent|completed|participated|visited|attended|came|presented|had undergone|were|agreed"
    r"|responded|gave))\b",
    re.IGNORECASE,
)
"""What is true of the subjects of many studies, and tells nothing of who they were."""
_MORE = re.compile(r"(?:[\w’'≥≤<>+/-]+\s){1,3}$")
_NOT_WHO = re.compile(
    r"^(?:since|because|only|in|of|for|the|a|an|on|with|and|or|among|that|by|to|from|all|these|those|as"
    r"|are|is|was|were|be|not|than|both|between|who|whether|we|our|two|three|each|other|most|many|some"
    r"|eligible|consecutive|evaluable|remaining"
    r"|include[sd]?|including|involv\w+|recruit\w*|enroll?\w*|studied|assess\w*|evaluat\w*|examin\w*"
    r"|survey\w*|investigat\w*|compar\w*|treat\w*|help\w*|affect\w*|select\w*|identif\w*|number|group"
    r"|groups|sample|total|healthy and|randomly|divided|assigned|analy[sz]ed|retrospectively|prospectively"
    r"|data|about|during|when|if|while|at|\d.*"
    rf"|{_SPELLED}.*)$",
    re.IGNORECASE,
)
"""A word that does not belong to the people named after it."""
_ELIGIBLE = cue(
    r"\b(?:eligible|included|enrolled|recruited|participants?|randomi[sz]ed|assigned|attending|underwent"
    r"|sample|cohort|consecutive)\b"
)

_WHO = re.compile(
    rf"\b(?P<quote>(?:{_PEOPLE} (?:and|or) )?{_PEOPLE}(?:\s\([^)]{{1,60}}\))?\s"
    r"(?:with|who|undergoing|aged|receiving|having|diagnosed|suffering|presenting|attending|admitted"
    r"|treated|hospitali[sz]ed|referred|living|residing|at high risk|in (?:preterm|early|late) )"
    r"(?:between \d+ and \d+ \w+|(?:[^.;:]|\.\d){2,160}?))(?=\s*(?:[.;:]|,(?=\s(?:and|who|which|with|were"
    r"|was|to|but|or|while|the|an?|we|from|in|at|of|using|by|after|aged|as|\d))|\(|\bwere\b|\bwas\b|\bhad\b"
    r"|\bis\b|\bare\b|\bto receive\b|\bto either\b|\bversus\b|\bvs\b|\bfrom\b|\bbetween\b|\bby\b"
    r"|\bin (?:the|a|an|our|this)\b|\bat (?:the|a|our)\b|\bwhen\b|\busing\b|\bcompared\b|\band (?:healthy"
    r"|\d)|\bthat\b|\bbefore\b|\bfor (?:up to|\d)|\bwhile\b|\bduring\b|\bon\b|\bparticipated\b|\benrolled\b"
    r"|\bshowed\b|\bas\b|\bsince\b|\bbecause\b|\band (?:to|whether)\b|\bwhether\b|\bthrough\b"
    r"|\bto (?:assess|determine|inform|evaluate|examine|investigate|compare)\b|$))"
)
_ONE = cue(
    r"\b(?P<quote>(?:\d{1,3}|[a-z]{3,7}(?:-[a-z]{3,5})?)-(?:year|month|week"
    r"|day)s?-old,? (?:[\w.,-]+ ){0,4}?(?:man|woman|boy|girl|male|female|patient|child|infant|dog"
    r"|cat)(?: dog| cat| patient)?)\b",
    needs="-old",
)

_GROUP = (
    r"(?:groups?|arm|controls?|patients|subjects|individuals|women|men|children|adults|participants|people"
    r"|rats|mice|therapy|treatment|diet|care|cells|survivors|delivery|intervention|surgery|drug|form"
    r"|exercise|smokers|births)"
)
_COMPARISON = (
    cue(
        r"\b(?P<quote>(?:matched |subconjunctival |oral |matching |inactive )?placebo)\b(?!-| effect| run"
        r"| period| phase|,? single)",
        needs="placebo",
    ),
    cue(
        r"\b(?:randomi[sz]ed|assigned|allocated)\b[^.;]{0,80}?\b(?P<quote>(?:either [^.;]{2,120}?"
        r"|(?<=receive )[^.;]{2,120}?) or (?:to |with )?[\w/-]+(?: [\w/-]+){0,4}?)(?=\s*(?:[.,;(]|\bfor\b"
        r"|\bdaily\b|\bat\b|\bonce\b|\btwice\b|\bin\b|\bafter\b|\bbefore\b|\btreatment\b|\d|$))",
        needs=" or ",
    ),
    cue(
        r"\b(?=[a-z])(?<!lack of )(?<!lack of a )(?<!without a )(?<!without )(?<!no )(?<!ly )(?P<quote>usual care"
        r"|standard (?:of )?care|standard treatment|no treatment|no intervention|sham (?:procedure|acupuncture"
        r"|stimulation|surgery|treatment|control)|wait(?:ing)?[- ]list(?: control)?|control (?:group|arm"
        r"|condition|subjects|participants)|healthy (?:controls?|subjects|individuals|volunteers"
        r"|comparison subjects|participants)|(?:nondiabetic|non-diabetic|normal) (?:controls?|subjects"
        r"|pregnant (?:women|controls))|(?:matched|age-matched|cancer-free|untreated|non-exposed"
        r"|unexposed) (?:[\w-]+ ){0,2}?(?:controls?|individuals|women|subjects|patients|group|participants))\b"
    ),
    cue(
        r"\b(?:compared (?:with|to)|as compared (?:with|to)|in comparison (?:with|to)|relative to|versus"
        r"|than (?:in|among|for)|than those (?:in|of|with))\s(?:that of |those of |that in |those in |the "
        r"|a )?"
        rf"(?P<quote>(?:[\w’'%/+-]+\s){{0,5}}?{_GROUP}\b(?: (?:with|without|who|whose|not|receiving"
        rf"|treated with|of) [^.,;:()\[]{{2,80}})?)(?=\s*(?:[.,;:()\[]|\b(?:in|for|on|at|by|after|and|were|was"
        r"|with|to|over|during|when|as)\b|$))",
        needs="compar|relative to|versus|than ",
    ),
)
_COMPARES = cue(
    r"\b(?:than|compar\w+|versus|vs|between|relative to|assigned|randomi[sz]ed|divided|allocated|included"
    r"|including|groups?:|and)\b(?!.{0,40}comparator)"
)
_BARE = re.compile(rf"^(?:the )?{_GROUP}$", re.IGNORECASE)
_RUN_IN = re.compile(r"run-in|placebo period|(?:on|of) placebo,", re.IGNORECASE)
_NOT_COMPARED = re.compile(
    r"other transmission|baseline|other (?:groups?|studies|treatments)|two groups|both groups"
    r"|general population of|previous",
    re.IGNORECASE,
)

_OUTCOME = cue(
    r"\b(?:(?:co-)?primary|main) (?:(?:efficacy|clinical|safety|study|composite) )?(?:outcomes?"
    r"|end-?\s?points?)(?: measures?| variables?)?(?: of (?:the|this) (?:study|trial))?"
    r"\s(?:was|were|is|are|will be|included|comprised)(?: defined as| to (?:assess"
    r"|evaluate))?(?: the)?\s(?P<quote>[^.;:]{3,220}?)(?=\s*(?:[.;:]|,? (?:assessed|measured|defined|using"
    r"|with a|as measured|at \d|evaluated|and secondary|while|whereas)\b|$))",
    needs="primary|main",
)
_OUTCOME_BEFORE = cue(
    r"(?<![\w’'-])(?P<quote>[\w’'-]+(?:\s[\w’'-]+){0,4}) was the primary (?:outcome|end-?\s?point)\b",
    needs=" was the primary ",
)

_VALUE = (
    r"(?<![\d.·])[-−–+]?(?:\d{1,3}(?:,\d{3})+(?:[.·]\d{1,4})?|\d{1,4}[.·]\d{1,4}|\d{1,4}(?!,\d(?!\d\s?%)))"
    r"(?!\d|[.·]\d)"
)
"""A whole number, never a part of one; "2,95" may be a decimal as well as two numbers and is neither here."""
_MEASURE = (
    r"(?:(?:adjusted|pooled|crude|unadjusted|multivariable|multivariate|summary|relative|absolute"
    r"|standardi[sz]ed|weighted|overall|combined)\s){0,2}"
    r"(?:(?i:hazards?|odds|risk|rate|incidence rate|prevalence|likelihood|diagnostic odds|mortality"
    r"|proportional)\s(?i:ratios?)|(?i:relative risks?|risk difference|(?:standardi[sz]ed "
    r"|weighted )?mean difference|effect size|area under (?:the )?(?:[\w-]+\s){0,4}?curve|(?<!nsulin )sensitivity"
    r"|specificity|AUC|regression coefficient)"
    r"|(?<![A-Za-z])(?:[aAcmsSpPd]|adj)?(?:HRs?|ORs?|RRs?|IRRs?|SMDs?|WMDs?|MDs?|PRs?|AUCs?|AHR|AOR|DOR|RD)\b|β|(?i:beta))"
)
_RATIO = (
    r"(?:(?:adjusted|pooled|crude|unadjusted|multivariable|relative)\s){0,2}(?:(?i:hazards?|odds|risk|rate"
    r"|incidence rate)\s(?i:ratios?)|(?i:relative risks?)|(?<![A-Za-z])(?:[aAcmsSpPd]|adj)?(?:HR|OR|RR|IRR|SMD|WMD)\b)"
)
_CI = r"(?:\d{2}\s?%\s?)?(?:(?i:confiden\w{2,4} intervals?)|(?i:credible intervals?)|CIs?|CrI)"
_CI_VALUES = rf"{_VALUE}\s?%?\s?(?:-|–|−|to|,|;|—|and)\s?{_VALUE}\s?%?"
_BARE_VALUES = (
    rf"(?:[\[(]\s?{_CI_VALUES}|{_VALUE}\s?%?\s?(?:-|–|−|to|—)\s?{_VALUE}\s?%?)(?=\s?[\])]|\s?[,;]\s{{0,2}}[pP]\b)"
)
"""An interval that no word calls one, as in "RR 0.85 (0.7, 0.9)": only a bracket's end or a P value may follow."""
_P = r"(?:[,;]?\s{0,2}[pP][\s-]?(?:value)?\s?[=<>≤]?\s?0?\.\d{1,6})?"
_TWO_VALUES = r"\d\s?%?\s?(?:-|–|−|to|,|;|—|and)\s?[-−–+]?\d"
"""In every interval."""
_EFFECT = (
    cue(
        rf"(?P<quote>{_MEASURE}(?:\s?[\[(][A-Za-z]{{1,6}}[\])])?(?:\s?\((?:95|90|99)\s?% CIs?\))?(?:\s(?:of|was"
        r"|were|is|are|for|with|in|this model|model"
        rf"|[a-z]{{1,14}})){{0,5}}?\s?[=:,;(\[]?\s?{_VALUE}\s?(?:[%a-zA-Z·]{{0,8}}(?:\s?L-1)?)?\s?[,;:]?\s?"
        rf"(?:[\[(]?\s?[,;:]?\s?{_CI}\s?(?:\[CI\]|\((?:95\s?% )?CI\))?\s?[:=,]?\s?(?:of |was |from )?[\[(]?\s?"
        rf"{_CI_VALUES}|{_BARE_VALUES})"
        rf"\s?[\])]?{_P}[\])]?)",
        hint=_TWO_VALUES,
    ),
    cue(
        rf"(?<!\d,)(?P<quote>{_VALUE}\s?%?\s?[,;]?\s?[\[(]\s?{_CI}\s?(?:\[CI\]"
        rf"|\((?:95\s?% )?CI\))?\s?[:=,]?\s?{_CI_VALUES}{_P}\s?[\])]?)",
        hint=_TWO_VALUES,
    ),
    cue(
        rf"(?P<quote>{_RATIO}(?:\s?[\[(][A-Za-z]{{1,6}}[\])])?\s?(?:was|were|of|=|:"
        rf"|,)\s?{_VALUE}(?!\s?(?:%\s)?(?:confid|CI)){_P})"
    ),
    cue(
        r"(?P<quote>(?i:hazard|odds|risk|rate)\s(?i:ratios)(?:\s?\([A-Za-z]{1,6}\))?(?:\s[a-z]{1,14}){0,5}?"
        r"\s\d{1,3}[.·]\d{1,4} and \d{1,3}[.·]\d{1,4})(?!\d|[.·]\d|\s?(?:%|years|months))",
        needs=" and ",
    ),
)
"""A measure with its interval; a value with its interval; a measure alone; two of one measure."""


def find_facts(record: Record, result: ResultPassage | None = None) -> tuple[Fact, ...]:
    """The facts that the main abstract states, at most one of each kind, in the order of ``FactKind``.

    ``result`` is the record's result: an effect in it goes before one elsewhere. Linear in the abstract's length.
    """
    return _find_facts(record.abstract, result)


@lru_cache(maxsize=1024)  # report, desk and mail print the same records
def _find_facts(abstract: tuple[AbstractPart, ...], result: ResultPassage | None) -> tuple[Fact, ...]:
    sentences = read_short_sentences(abstract)
    if is_narrative(abstract):
        design = _find_design(sentences)
        return (design,) if design is not None and _tells_a_review(design, sentences) else ()
    number = _find_number(sentences)
    found = (
        _find_design(sentences),
        number,
        _find_population(sentences, number),
        _find_comparison(sentences),
        _find_outcome(sentences),
        _find_effect(sentences, result),
    )
    return tuple(fact for fact in found if fact is not None)


_OF_PEOPLE = re.compile(
    rf"\b(?:in|among|of|for|with)\s(?:[\w’'-]+\s){{0,6}}?{_PEOPLE}\b(?:\s(?:with|who|undergoing|aged"
    rf"|receiving)\s[^.,;:(]{{2,100}})?",
    re.IGNORECASE,
)


_IN_A_DISEASE = re.compile(
    r"\bin (?:[\w-]+ ){0,4}(?:diabetes|hypertension|obesity|disease|syndrome|disorder|cancer|failure"
    r"|infection)(?: mellitus)?\b",
    re.IGNORECASE,
)


def without_people(text: str) -> str:
    """A sentence without the phrases that say in whom: what is left is what it says of them.

    >>> without_people("The drug lowered glucose in elderly patients with type 2 diabetes.")
    'The drug lowered glucose .'
    """
    return _IN_A_DISEASE.sub("", _OF_PEOPLE.sub("", text))


_REVIEW = re.compile(r"review|guideline|statement", re.IGNORECASE)
"""The designs of a text that tells of other people's studies."""


def _tells_a_review(design: Fact, sentences: tuple[AbstractSentence, ...]) -> bool:
    each = next(each for each in sentences if each.start <= design.start < each.end)
    return bool(_REVIEW.search(each.text[design.start - each.start : design.end - each.start]))


def _fact(kind: FactKind, sentence: AbstractSentence, found: re.Match[str], *, of_sure_form: bool = True) -> Fact:
    start, end = found.span("quote")
    return Fact(kind, sentence.start + start, sentence.start + end, of_sure_form)


def _own(sentences: Iterable[AbstractSentence]) -> Iterator[AbstractSentence]:
    """The sentences that may tell how this study was done."""
    return (
        each
        for each in sentences
        if each.part not in {Part.BACKGROUND, Part.CONCLUSIONS, Part.OTHER}
        or (each.part is Part.BACKGROUND and is_aim(each))
    )


def _find_design(sentences: tuple[AbstractSentence, ...]) -> Fact | None:
    told = [
        each
        for each in _own(sentences)
        if each.says(_DESIGN_HINT)
        and not each.says(_OTHERS_DESIGN)
        and (each.part is Part.METHODS or is_aim(each) or each.says(_DONE_HERE))
    ]
    for pattern in _DESIGN:
        for each in told:
            for found in pattern.finditer(each.folded):
                start, end = found.span("quote")
                if not (is_set_against(each.folded, start) or is_still_to_come(each.folded, end)):
                    return _fact(FactKind.DESIGN, each, found)
    return None


_DESIGN_HINT = cue(
    r"stud(?:y|ies)|trial|review|meta-analys|design|survey|analys[ei]s|cohort|randomi|randomly|case|model"
    r"|guideline|statement"
    r"|retrospective|investigation|evaluation|evidence gap|literature search|assigned|allocated|divided"
)
"""Cheap to look for, and in every sentence that names a design."""


def _find_number(sentences: tuple[AbstractSentence, ...]) -> Fact | None:
    own = [each for each in _own(sentences) if each.part is not Part.AIM]
    for each in own:
        if found := _AFTER_SCREENING.search(each.text) or _AFTER_SEARCH.search(each.text):
            return _fact(FactKind.NUMBER, each, found)
    told = [each for each in own if _has_a_count(each.text)]
    return _find_count(told, sentences, of_screened=False) or _find_count(told, sentences, of_screened=True)


def _find_count(
    told: list[AbstractSentence], sentences: tuple[AbstractSentence, ...], *, of_screened: bool
) -> Fact | None:
    """The first number by the surest pattern; that of those who were only screened where no other is given."""

    def counts(found: re.Match[str], sentence: AbstractSentence) -> bool:
        screened = bool(_SCREENED.match(sentence.folded, found.end("quote")))
        return screened <= of_screened and _is_the_number(found, sentence)

    for place, pattern in enumerate(_NUMBER):
        for each in told:
            if place >= _LOOSE and not _tells_of_the_study(each):
                continue
            if any(counts(found, each) for found in pattern.find_all(each.text)):
                every = [found for form in _NUMBER for found in form.find_all(each.text) if counts(found, each)]
                return _last_count(min(every, key=lambda found: found.start("quote")), each, sentences)
    return None


_SCREENED = re.compile(
    r"\s(?:\([^)]{1,40}\)\s)?(?:who |that )?(?:(?:were|was|had been|could be) )?(?:initially |first |then )?"
    r"(?:screened|considered|approached|contacted|invited"
    r"|(?:assessed|evaluated) for (?:eligibility|inclusion|enrol\w+))\b"
)
_TAKEN = (
    r"(?:randomi[sz]ed|randomly|enrolled|included|recruited|assigned|allocated|analy[sz]ed|entered|participated"
    r"|met (?:our|the|all) (?:[\w-]+ ){0,2}criteria)"
)
_AFTER_SCREENING = re.compile(
    rf"\b(?i:of) (?:the |these |a total of )?{_COUNT}\s[^.;,]{{0,100}}?(?:screened|considered|approached|contacted"
    rf"|invited|assessed for|eligible)[^.;,]{{0,60}}, (?:a total of |only )?"
    rf"(?P<quote>{_COUNT}(?:\s\([^)]{{1,20}}\))?(?:\s(?!were|was)[\w-]+){{0,3}}\s(?:(?:were|was) )?(?:finally )?"
    rf"{_TAKEN})\b"
)
"""Of those who were screened, those who were taken in: "of 1,200 screened, 400 were randomised"."""

_AFTER_SEARCH = re.compile(
    rf"{_COUNT}\s(?:[\w-]+\s){{0,4}}?(?:studies|trials|RCTs|articles|papers|reports|records|citations)\s(?:were|was)\s"
    r"(?:\w+\s)?(?:identified|found|retrieved|located)\b[^.;,]{0,60}(?:,\s|\s)(?:and|of which|of these,?|of whom)\s"
    rf"(?P<quote>{_COUNT}(?:\s(?!were|was)[\w-]+){{0,3}}\s(?:(?:were|was)\s)?(?:finally\s|ultimately\s)?{_TAKEN})\b"
)
"""Of the studies that a search found, those taken in: "1,163 studies were identified, and 16 were included"."""

_UNIT_HINT = words(rf"{_UNITS}\b")
_COUNT_HINT = re.compile(_COUNTED)


def _has_a_count(text: str) -> bool:
    """Whether anything is counted in a text; every pattern of ``_NUMBER`` holds that, and takes longer to look for."""
    return _UNIT_HINT.is_in(text) and bool(_COUNT_HINT.search(text))


_LOOSE = 3
"""From this place on the patterns of ``_NUMBER`` say little of the sentence around the number."""


def _tells_of_the_study(sentence: AbstractSentence) -> bool:
    return sentence.part is Part.METHODS or tells_what_was_done(sentence)


def _is_the_number(found: re.Match[str], sentence: AbstractSentence) -> bool:
    if (
        sentence.folded.endswith(("phase ", "phases ", "grade ", "stage "), 0, found.start("quote"))
        or _NOT_THE_NUMBER.search(found["quote"])
        or _ACROSS.search(found["quote"])
        or _PART_OF_THEM.match(sentence.folded, found.end("quote"))
    ):
        return False
    return not sentence.says(_SEARCHED) or bool(_KEPT.match(sentence.folded, found.end("quote")))


def _last_count(found: re.Match[str], sentence: AbstractSentence, sentences: tuple[AbstractSentence, ...]) -> Fact:
    """Of the studies that a review counts on its way, those that are left at the end."""
    fact = _fact(FactKind.NUMBER, sentence, found)
    if not _STUDIES.search(found["quote"]):
        return fact
    for each in _own(sentences):
        if each.start > sentence.start:
            for later in _LATER.finditer(each.text):
                if not _NOT_THE_NUMBER.search(later["quote"]):
                    return _fact(FactKind.NUMBER, each, later)
    return fact


def _find_population(sentences: tuple[AbstractSentence, ...], number: Fact | None) -> Fact | None:
    """Of a sure form where it is one person of an age, or a phrase of the aim that tells more than one word of whom."""
    for each in sentences:
        if each.part not in {Part.BACKGROUND, Part.OTHER} and (found := _ONE.search(each.folded)):
            return _fact(FactKind.POPULATION, each, found)
    if number is not None and (counted := _find_counted_people(sentences, number)) is not None:
        return counted
    under_aim = [each for each in sentences if each.part is Part.AIM]
    aims = [each for each in sentences if is_aim(each)] or (under_aim if len(under_aim) == 1 else [])
    methods = [each for each in sentences if each.part is Part.METHODS and each.says(_ELIGIBLE)]
    for place, each in enumerate((*aims, *methods)):
        if found := _WHO.search(each.folded):
            return _with_their_words(each, *found.span("quote"), of_sure_form=place < len(aims))
    for each in aims:
        if found := _NAMED_PEOPLE.search(each.folded):
            told = _with_their_words(each, *found.span("quote"), of_sure_form=False)
            if " " in each.text[told.start - each.start : told.end - each.start] or _ANIMALS.search(found["quote"]):
                return told
    return None


def _find_counted_people(sentences: tuple[AbstractSentence, ...], number: Fact) -> Fact | None:
    """The people that the number counts: "patients with asthma" after 120, "hypertensive subjects" after 11."""
    each = next(each for each in sentences if each.start <= number.start < each.end)
    at = number.start - each.start
    found = _WHO.search(each.folded, at)
    people = re.search(rf"\b{_PEOPLE}$", each.text[: number.end - each.start], re.IGNORECASE)
    if people is None:
        return None
    if found and found.start("quote") == people.start() and not _TRIVIAL.search(found["quote"]):
        if " and " in each.text[at : people.start()]:
            return _fact(FactKind.POPULATION, each, found, of_sure_form=False)
        return _with_their_words(each, *found.span("quote"), of_sure_form=False)
    counted = re.match(_COUNT, each.text[at:])
    if counted is None or " and " in each.text[at : people.start()] or at + counted.end() + 1 >= people.start():
        return None
    start = at + counted.end() + 1
    quote = re.sub(
        r"^(?:consecutive|randomly selected|eligible|evaluable|additional|further|included|of the|of) ",
        "",
        each.text[start : people.end()],
    )
    start = people.end() - len(quote)
    if " " not in quote:
        return None
    return Fact(FactKind.POPULATION, each.start + start, each.start + people.end(), of_sure_form=False)


def _with_their_words(sentence: AbstractSentence, start: int, end: int, *, of_sure_form: bool) -> Fact:
    """A fact about people with up to three words before them that belong to them."""
    before = _MORE.search(sentence.text[max(0, start - 80) : start])
    for word in reversed(before[0].split() if before else []):
        if _NOT_WHO.search(word):
            break
        start = sentence.text.rindex(word, 0, start)
    end = start + len(_HANGING.sub("", sentence.text[start:end]))
    return Fact(FactKind.POPULATION, sentence.start + start, sentence.start + end, of_sure_form)


def _find_comparison(sentences: tuple[AbstractSentence, ...]) -> Fact | None:
    """Of a sure form where it is not by the word placebo, which may be of a run-in period or of another trial."""
    for pattern in _COMPARISON:
        placebo = pattern is _COMPARISON[0]
        named = pattern is _COMPARISON[2]  # a group by its name: only where the sentence compares
        for each in sentences:
            if each.part in {Part.BACKGROUND, Part.OTHER, Part.CONCLUSIONS} and not is_aim(each):
                continue
            if named and (is_aim(each) or not (each.part is Part.METHODS or each.says(_COMPARES))):
                continue
            found = pattern.search(each.folded)
            if found and found["quote"] == "placebo" and _RUN_IN.search(each.text):
                continue
            if found and not _NOT_COMPARED.search(found["quote"]) and not _BARE.search(found["quote"]):
                return _fact(FactKind.COMPARISON, each, found, of_sure_form=not placebo)
    return None


def _find_outcome(sentences: tuple[AbstractSentence, ...]) -> Fact | None:
    for each in sentences:
        if each.part is Part.OUTCOMES:
            return Fact(FactKind.OUTCOME, each.start, each.start + len(each.text.rstrip(".")))
    for each in sentences:
        found = _OUTCOME.search(each.folded) or _OUTCOME_BEFORE.search(each.folded)
        if found:
            return _fact(FactKind.OUTCOME, each, found)
    return None


def _find_effect(sentences: tuple[AbstractSentence, ...], result: ResultPassage | None) -> Fact | None:
    told = [each for each in sentences if each.part not in {Part.BACKGROUND, Part.AIM, Part.METHODS, Part.OTHER}]
    if result is not None:
        told.sort(key=lambda each: not (each.start <= result.start < each.end))
    told = [each for each in told if _EFFECT_HINT.search(each.text) and not tells_no_own_result(each)]
    ratios = [each for each in told if each.says(_RATIO_HINT) or _RATIO_BY_LETTERS.is_in(each.text)]
    for place, pattern in enumerate(_EFFECT):
        for each in told if place < _RATIOS else ratios:
            for found in pattern.find_all(each.text):
                start = found.start("quote")
                if not (is_of_another_study(each.text, start) or _OF_ONE_GROUP.search(each.text, 0, start)):
                    return _whole(_fact(FactKind.EFFECT, each, found), each)
    return None


_OF_ONE_GROUP = re.compile(
    r"±\s?$|\b(?:[Mm]ean|[Mm]edian|[Aa]verage) "
    r"(?!(?:\w+ )?(?:differen|change|reduc|increas|decreas|improve|gain|loss|fall|rise))"
    r"[^.;,()]{0,60}$"
)
"""Before a value with its interval that is the mean of one group, which compares nothing."""
_EFFECT_HINT = re.compile(
    r"CI|CrI|interval|ratio|risk|curve|difference|effect size|sensitivity|specificity|β|[A-Z]{2}s?\b"
)
"""Cheap to look for, and in every sentence that gives an effect."""
_RATIOS = 2
"""From this place on the patterns of ``_EFFECT`` need a ratio."""
_RATIO_HINT = cue(r"ratio|relative risk", needs="ratio|relative risk")
_RATIO_BY_LETTERS = cue(r"[HOR]R|[SW]MD", needs="HR|OR|RR|MD")


def _whole(fact: Fact, sentence: AbstractSentence) -> Fact:
    """The fact with the end of a bracket that it opens, and without that of one that it does not."""
    start, end = fact.start - sentence.start, fact.end - sentence.start
    text = sentence.text[start:end].rstrip()
    for opening, closing in ("()", "[]"):
        while text.endswith(closing) and text.count(closing) > text.count(opening):
            text = text[:-1].rstrip()
        at = sentence.text.find(closing, start + len(text), start + len(text) + _REST_OF_A_BRACKET)
        if text.count(opening) > text.count(closing) and at >= 0:
            text = sentence.text[start : at + 1]
    return Fact(fact.kind, fact.start, fact.start + len(text))


_REST_OF_A_BRACKET = 60
"""Characters in which a bracket that the effect opens must end: a P value, or how far the studies differ."""
