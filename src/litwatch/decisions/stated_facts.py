"""What an abstract says of its study, each fact quoted from it with its place: nothing is inferred, nothing completed.

Design, how many were examined, who they were, what was compared, the primary outcome, and the effect with its interval.
A fact that the abstract does not state in one of the usual forms is left out: it may still be there.

Every pattern is bounded in length and is run on single sentences, so that hostile text costs no more than long text.
How often the facts are right is printed by ``make bench-findings``.
"""

from __future__ import annotations

import re
from functools import lru_cache

from litwatch.decisions.abstract_sentences import AbstractSentence, Part, read_short_sentences
from litwatch.decisions.other_studies import is_of_another_study, is_set_against, is_still_to_come
from litwatch.decisions.quoted_fact import StatedFact, StatedFactKind, own_sentences, quote
from litwatch.decisions.result_passage import ResultPassage, is_aim, is_narrative, tells_no_own_result
from litwatch.decisions.sentence_cues import cue
from litwatch.decisions.studied_people import find_number, find_population
from litwatch.model.record import AbstractPart, Record

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
_DESIGN_HINT = cue(
    r"stud(?:y|ies)|trial|review|meta-analys|design|survey|analys[ei]s|cohort|randomi|randomly|case|model"
    r"|guideline|statement"
    r"|retrospective|investigation|evaluation|evidence gap|literature search|assigned|allocated|divided"
)
"""Cheap to look for, and in every sentence that names a design."""
_REVIEW = re.compile(r"review|guideline|statement", re.IGNORECASE)
"""The designs of a text that tells of other people's studies."""

_GROUP = (
    r"(?:groups?|arm|controls?|patients|subjects|individuals|women|men|children|adults|participants|people"
    r"|rats|mice|therapy|treatment|diet|care|cells|survivors|delivery|intervention|surgery|drug|form"
    r"|exercise|smokers|births)"
)
_PLACEBO = cue(
    r"\b(?P<quote>(?:matched |subconjunctival |oral |matching |inactive )?placebo)\b(?!-| effect| run"
    r"| period| phase|,? single)",
    needs="placebo",
)
_ONE_OR_OTHER = cue(
    r"\b(?:randomi[sz]ed|assigned|allocated)\b[^.;]{0,80}?\b(?P<quote>(?:either [^.;]{2,120}?"
    r"|(?<=receive )[^.;]{2,120}?) or (?:to |with )?[\w/-]+(?: [\w/-]+){0,4}?)(?=\s*(?:[.,;(]|\bfor\b"
    r"|\bdaily\b|\bat\b|\bonce\b|\btwice\b|\bin\b|\bafter\b|\bbefore\b|\btreatment\b|\d|$))",
    needs=" or ",
)
_CONTROL = cue(
    r"\b(?=[a-z])(?<!lack of )(?<!lack of a )(?<!without a )(?<!without )(?<!no )(?<!ly )(?P<quote>usual care"
    r"|standard (?:of )?care|standard treatment|no treatment|no intervention|sham (?:procedure|acupuncture"
    r"|stimulation|surgery|treatment|control)|wait(?:ing)?[- ]list(?: control)?|control (?:group|arm"
    r"|condition|subjects|participants)|healthy (?:controls?|subjects|individuals|volunteers"
    r"|comparison subjects|participants)|(?:nondiabetic|non-diabetic|normal) (?:controls?|subjects"
    r"|pregnant (?:women|controls))|(?:matched|age-matched|cancer-free|untreated|non-exposed"
    r"|unexposed) (?:[\w-]+ ){0,2}?(?:controls?|individuals|women|subjects|patients|group|participants))\b"
)
_SET_AGAINST = cue(
    r"\b(?:compared (?:with|to)|as compared (?:with|to)|in comparison (?:with|to)|relative to|versus"
    r"|than (?:in|among|for)|than those (?:in|of|with))\s(?:that of |those of |that in |those in |the "
    r"|a )?"
    rf"(?P<quote>(?:[\w’'%/+-]+\s){{0,5}}?{_GROUP}\b(?: (?:with|without|who|whose|not|receiving"
    rf"|treated with|of) [^.,;:()\[]{{2,80}})?)(?=\s*(?:[.,;:()\[]|\b(?:in|for|on|at|by|after|and|were|was"
    r"|with|to|over|during|when|as)\b|$))",
    needs="compar|relative to|versus|than ",
)
_COMPARISON = (_PLACEBO, _ONE_OR_OTHER, _CONTROL, _SET_AGAINST)
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
_EFFECT_WITH_INTERVAL = (
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
)
"""A measure with its interval; a value with its interval."""
_RATIO_ALONE = (
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
"""A ratio without an interval; two of one measure."""
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
_RATIO_HINT = cue(r"ratio|relative risk", needs="ratio|relative risk")
_RATIO_BY_LETTERS = cue(r"[HOR]R|[SW]MD", needs="HR|OR|RR|MD")
_REST_OF_A_BRACKET = 60
"""Characters in which a bracket that the effect opens must end: a P value, or how far the studies differ."""


def find_facts(record: Record, result: ResultPassage | None = None) -> tuple[StatedFact, ...]:
    """The facts that the main abstract states, at most one of each kind, in the order of ``StatedFactKind``.

    ``result`` is the record's result: an effect in it goes before one elsewhere. Linear in the abstract's length.
    """
    return _find_facts(record.abstract, result)


@lru_cache(maxsize=1024)  # report, desk and mail print the same records
def _find_facts(abstract: tuple[AbstractPart, ...], result: ResultPassage | None) -> tuple[StatedFact, ...]:
    sentences = read_short_sentences(abstract)
    if is_narrative(abstract):
        design = _find_design(sentences)
        return (design,) if design is not None and _tells_a_review(design, sentences) else ()
    number = find_number(sentences)
    found = (
        _find_design(sentences),
        number,
        find_population(sentences, number),
        _find_comparison(sentences),
        _find_outcome(sentences),
        _find_effect(sentences, result),
    )
    return tuple(fact for fact in found if fact is not None)


def _tells_a_review(design: StatedFact, sentences: tuple[AbstractSentence, ...]) -> bool:
    each = next(each for each in sentences if each.start <= design.start < each.end)
    return bool(_REVIEW.search(each.text[design.start - each.start : design.end - each.start]))


def _find_design(sentences: tuple[AbstractSentence, ...]) -> StatedFact | None:
    told = [
        each
        for each in own_sentences(sentences)
        if each.says(_DESIGN_HINT)
        and not each.says(_OTHERS_DESIGN)
        and (each.part is Part.METHODS or is_aim(each) or each.says(_DONE_HERE))
    ]
    for pattern in _DESIGN:
        for each in told:
            for found in pattern.finditer(each.folded):
                start, end = found.span("quote")
                if not (is_set_against(each.folded, start) or is_still_to_come(each.folded, end)):
                    return quote(StatedFactKind.DESIGN, each, found)
    return None


def _find_comparison(sentences: tuple[AbstractSentence, ...]) -> StatedFact | None:
    """Of a sure form where it is not by the word placebo, which may be of a run-in period or of another trial."""
    for pattern in _COMPARISON:
        for each in sentences:
            if each.part in {Part.BACKGROUND, Part.OTHER, Part.CONCLUSIONS} and not is_aim(each):
                continue
            if pattern is _CONTROL and (is_aim(each) or not (each.part is Part.METHODS or each.says(_COMPARES))):
                continue
            found = pattern.search(each.folded)
            if found and found["quote"] == "placebo" and _RUN_IN.search(each.text):
                continue
            if found and not _NOT_COMPARED.search(found["quote"]) and not _BARE.search(found["quote"]):
                return quote(StatedFactKind.COMPARISON, each, found, of_sure_form=pattern is not _PLACEBO)
    return None


def _find_outcome(sentences: tuple[AbstractSentence, ...]) -> StatedFact | None:
    for each in sentences:
        if each.part is Part.OUTCOMES:
            return StatedFact(StatedFactKind.OUTCOME, each.start, each.start + len(each.text.rstrip(".")))
    for each in sentences:
        found = _OUTCOME.search(each.folded) or _OUTCOME_BEFORE.search(each.folded)
        if found:
            return quote(StatedFactKind.OUTCOME, each, found)
    return None


def _find_effect(sentences: tuple[AbstractSentence, ...], result: ResultPassage | None) -> StatedFact | None:
    told = [each for each in sentences if each.part not in {Part.BACKGROUND, Part.AIM, Part.METHODS, Part.OTHER}]
    if result is not None:
        told.sort(key=lambda each: not (each.start <= result.start < each.end))
    told = [each for each in told if _EFFECT_HINT.search(each.text) and not tells_no_own_result(each)]
    ratios = [each for each in told if each.says(_RATIO_HINT) or _RATIO_BY_LETTERS.is_in(each.text)]
    for pattern in (*_EFFECT_WITH_INTERVAL, *_RATIO_ALONE):
        for each in ratios if pattern in _RATIO_ALONE else told:
            for found in pattern.find_all(each.text):
                start = found.start("quote")
                if not (is_of_another_study(each.text, start) or _OF_ONE_GROUP.search(each.text, 0, start)):
                    return _whole(quote(StatedFactKind.EFFECT, each, found), each)
    return None


def _whole(fact: StatedFact, sentence: AbstractSentence) -> StatedFact:
    """The fact with the end of a bracket that it opens, and without that of one that it does not."""
    start, end = fact.start - sentence.start, fact.end - sentence.start
    text = sentence.text[start:end].rstrip()
    for opening, closing in ("()", "[]"):
        while text.endswith(closing) and text.count(closing) > text.count(opening):
            text = text[:-1].rstrip()
        at = sentence.text.find(closing, start + len(text), start + len(text) + _REST_OF_A_BRACKET)
        if text.count(opening) > text.count(closing) and at >= 0:
            text = sentence.text[start : at + 1]
    return StatedFact(fact.kind, fact.start, fact.start + len(text))
