"""How many were examined in a study and who they were, as its abstract states it.

The number is that of those who were taken in, not of those who were screened, died or were lost; of a review it is that
of the studies that were left at the end. The population is the phrase that names the people, such as "adults with
severe asthma".
"""

from __future__ import annotations

import re

from litwatch.decisions.abstract_sentences import AbstractSentence, Part
from litwatch.decisions.quoted_fact import StatedFact, StatedFactKind, own_sentences, quote
from litwatch.decisions.result_passage import is_aim, tells_what_was_done
from litwatch.decisions.sentence_cues import cue, words

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
_NUMBER_TAKEN_IN = (
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
)
_NUMBER_ALONE = (
    cue(
        rf"^{_COUNTED}\s+(?:[^.;:]{{0,80}}?\s)?(?:with|without|who|aged|undergoing|underwent|receiving|were"
        r"|completed)\b"
    ),
    cue(rf"^{_COUNTED}(?:\s\([^)]{{1,80}}\))?\.?$"),
    cue(rf"\bthere were {_COUNTED}(?= (?:who|included|enrolled|in (?:this|the) study))", needs="there were "),
    cue(rf"\b(?i:in|of|on|among|from|with)\s{_COUNTED}"),
)
"""Little is said of the sentence around these numbers, so that other cues must tell that it is about the study."""
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


def find_number(sentences: tuple[AbstractSentence, ...]) -> StatedFact | None:
    """How many were examined: of those who were screened, or of the studies that were found, those taken in."""
    own = [each for each in own_sentences(sentences) if each.part is not Part.AIM]
    for each in own:
        if found := _AFTER_SCREENING.search(each.text) or _AFTER_SEARCH.search(each.text):
            return quote(StatedFactKind.NUMBER, each, found)
    told = [each for each in own if _has_a_count(each.text)]
    return _find_count(told, sentences, of_screened=False) or _find_count(told, sentences, of_screened=True)


def _find_count(
    told: list[AbstractSentence], sentences: tuple[AbstractSentence, ...], *, of_screened: bool
) -> StatedFact | None:
    """The first number by the surest pattern; that of those who were only screened where no other is given."""

    def counts(found: re.Match[str], sentence: AbstractSentence) -> bool:
        screened = bool(_SCREENED.match(sentence.folded, found.end("quote")))
        return screened <= of_screened and _is_the_number(found, sentence)

    forms = (*_NUMBER_TAKEN_IN, *_NUMBER_ALONE)
    for form in forms:
        for each in told:
            if form in _NUMBER_ALONE and not _tells_of_the_study(each):
                continue
            if any(counts(found, each) for found in form.find_all(each.text)):
                every = [found for other in forms for found in other.find_all(each.text) if counts(found, each)]
                return _last_count(min(every, key=lambda found: found.start("quote")), each, sentences)
    return None


def _has_a_count(text: str) -> bool:
    """Whether anything is counted in a text; every pattern of a number holds that, and takes longer to look for."""
    return _UNIT_HINT.is_in(text) and bool(_COUNT_HINT.search(text))


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


def _last_count(
    found: re.Match[str], sentence: AbstractSentence, sentences: tuple[AbstractSentence, ...]
) -> StatedFact:
    """Of the studies that a review counts on its way, those that are left at the end."""
    fact = quote(StatedFactKind.NUMBER, sentence, found)
    if not _STUDIES.search(found["quote"]):
        return fact
    for each in own_sentences(sentences):
        if each.start > sentence.start:
            for later in _LATER.finditer(each.text):
                if not _NOT_THE_NUMBER.search(later["quote"]):
                    return quote(StatedFactKind.NUMBER, each, later)
    return fact


def find_population(sentences: tuple[AbstractSentence, ...], number: StatedFact | None) -> StatedFact | None:
    """Of a sure form where it is one person of an age, or a phrase of the aim that tells more than one word of whom."""
    for each in sentences:
        if each.part not in {Part.BACKGROUND, Part.OTHER} and (found := _ONE.search(each.folded)):
            return quote(StatedFactKind.POPULATION, each, found)
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


def _find_counted_people(sentences: tuple[AbstractSentence, ...], number: StatedFact) -> StatedFact | None:
    """The people that the number counts: "patients with asthma" after 120, "hypertensive subjects" after 11."""
    each = next(each for each in sentences if each.start <= number.start < each.end)
    at = number.start - each.start
    found = _WHO.search(each.folded, at)
    people = re.search(rf"\b{_PEOPLE}$", each.text[: number.end - each.start], re.IGNORECASE)
    if people is None:
        return None
    if found and found.start("quote") == people.start() and not _TRIVIAL.search(found["quote"]):
        if " and " in each.text[at : people.start()]:
            return quote(StatedFactKind.POPULATION, each, found, of_sure_form=False)
        return _with_their_words(each, *found.span("quote"), of_sure_form=False)
    counted = re.match(_COUNT, each.text[at:])
    if counted is None or " and " in each.text[at : people.start()] or at + counted.end() + 1 >= people.start():
        return None
    start = at + counted.end() + 1
    named = re.sub(
        r"^(?:consecutive|randomly selected|eligible|evaluable|additional|further|included|of the|of) ",
        "",
        each.text[start : people.end()],
    )
    start = people.end() - len(named)
    if " " not in named:
        return None
    return StatedFact(StatedFactKind.POPULATION, each.start + start, each.start + people.end(), of_sure_form=False)


def _with_their_words(sentence: AbstractSentence, start: int, end: int, *, of_sure_form: bool) -> StatedFact:
    """A fact about people with up to three words before them that belong to them."""
    before = _MORE.search(sentence.text[max(0, start - 80) : start])
    for word in reversed(before[0].split() if before else []):
        if _NOT_WHO.search(word):
            break
        start = sentence.text.rindex(word, 0, start)
    end = start + len(_HANGING.sub("", sentence.text[start:end]))
    return StatedFact(StatedFactKind.POPULATION, sentence.start + start, sentence.start + end, of_sure_form)


def without_people(text: str) -> str:
    """A sentence without the phrases that say in whom: what is left is what it says of them.

    >>> without_people("The drug lowered glucose in elderly patients with type 2 diabetes.")
    'The drug lowered glucose .'
    """
    return _IN_A_DISEASE.sub("", _OF_PEOPLE.sub("", text))
