"""The one sentence of an abstract that states what was found: with direction, size and uncertainty where it has them.

Never the aim, the background or the methods, and no sentence rather than a wrong one. What was found in earlier work,
who took part, and what ought to be done or studied next is not a result. A guideline's recommendation is its result.

Weights and cues were chosen on abstracts labelled by hand; how often the sentence is right on others, labelled before
it was first looked for there, is printed by ``make bench-findings``.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property, lru_cache
from itertools import islice

from litwatch.decisions.abstract_sentences import AbstractSentence, Part, read_sentences, read_short_sentences
from litwatch.decisions.sentence_cues import cue, fold, words
from litwatch.model.record import AbstractPart, Record


class NoResult(StrEnum):
    """Why no sentence is quoted."""

    NO_ABSTRACT = "no_abstract"
    NONE_STATED = "none_stated"
    """The abstract tells of a study to come."""
    NONE_RECOGNISED = "none_recognised"
    """It may state one in words that are not recognised."""


@dataclass(frozen=True, slots=True)
class ResultPassage:
    """Where an abstract states its result."""

    start: int
    end: int
    """In ``Record.abstract_text``, in characters; the end is not included."""
    part: Part
    abstract_part: int
    """The AbstractText element that it stands in, counted from 0."""


_DIRECTION = words(
    r"increas|decreas|rais(?:es|ed)|reduc|improv|worsen|elevat|lower|higher|greater|larger|smaller|longer"
    r"|shorter|fewer|more \w+ than"
    r"|less \w+ than|more (?:often|frequent|common|likely|effective|efficacious|abundant)|less (?:often"
    r"|frequent|common|likely|effective)"
    r"|superior|inferior|better|worse|associat(?:ed|ions?) (?:with|between)|(?:was|were|is"
    r"|are) (?:[\w-]+ ){0,3}associated|predict(?:s|ed|or)|correlat"
    r"|relat(?:ed to|ionship)|independent(?:ly)? risk|risk factor|protect(?:s|ed|ive)|prevent(?:s|ed)"
    r"|attenuat|inhibit|suppress|promot"
    r"|induc(?:es|ed)|enhanc|ameliorat|alleviat|exacerbat|impair|accelerat|delay|prolong|diminish|declin"
    r"|rose|fell|doubled|caus(?:es|ed)"
    r"|contribut(?:es|ed) to|(?:up|down)-?regulat|abolish|revers|eliminat|resolv|regress|differ(?:s|ed"
    r"|ences?|ent)\b|similar(?:ly)?\b(?= (?:to|in|between|among|for|across|with|results|rates|effects?"
    r"|associations?|distribution|efficacy|outcomes?|\w+ (?:in|between|to|was|were|of)))|comparable (?:to"
    r"|with|between|in|among|for|efficacy|results|rates|outcomes|effects?|\w+ effect)|(?:was|were|are"
    r"|is) (?:\w+ly )?(?:similar|comparable)"
    r"|equivalent|non-?inferior|effective|efficacious|ineffective|unchanged|unaffected"
    r"|no (?:\w+ ){0,4}(?:difference|change|effect|association|benefit|evidence|relation|correlation"
    r"|recurrence|improvement)"
    r"|(?:did|does|do|was|were|is|are|had|has) (?:not|no)\b|neither|none of|fail(?:s|ed) to"
    r"|well[- ]tolerated|safe\b|achiev"
    r"|linked (?:to|with)|goes? along with|went along with|unlikely to|most (?:common|frequent|often)"
    r"|the majority|majority of|determin(?:es|ed) the|evidence (?:supports"
    r"|exists|of improved)"
)
_MEASURED = words(
    r"sensitivity|specificity|accuracy|area under|auc|prevalence|incidence|survival|mortality|yield|rates?\b"
    r"|odds|risk|score"
    r"|were found|was found|was detected|were detected|was observed|were observed|was present|were positive"
)
"""What says something only beside a number."""
_NUMBERS = cue(
    r"\d\s?%|\bp\s?[<=>≤]\s?0?\.\d|±|\+/-|\bvs\.?\s|\bversus\b|\(\d+/\d+\)|\bn\s?=\s?\d",
    needs="%|<|=|>|≤|±|+/-|vs|versus|/",
)
_UNCERTAINTY = cue(r"confiden\w+ interval|credible interval|(?:hazard|odds|risk|rate) ratio", needs=" interval| ratio")
_UNCERTAINTY_BY_LETTERS = cue(
    r"\bCIs?\b|\b(?:HR|OR|RR|aOR|aHR|AOR|SMD|WMD|MD)\b\)?\s?[=:,(]?\s?[-−]?\d", needs="CI|HR|OR|RR|MD"
)
"""In capitals, so not in a folded text."""
_OWN = cue(
    r"\b(?:we|our (?:\w+ )?(?:results?|data|findings?|stud(?:y|ies)|analys[ie]s|work|review|observations?)"
    r"|(?:the|these|this|present|current) (?:[\w-]+ ){0,2}?(?:results?|data|findings?|stud(?:y|ies)"
    r"|analys[ie]s|review|meta-analysis|trial|evidence|work|case)"
    r"|results(?: of [\w\s-]{1,60}?)?|it (?:is|was)|analys[ie]s(?: of [\w\s-]{1,40}?)?)\s(?:[\w-]+ ){0,3}?"
    r"(?:found|finds?|show(?:s|ed|n)?|demonstrat\w+|reveal\w*|indicat\w+|suggest\w*|confirm\w*|observed"
    r"|identif\w+|conclude[sd]?|provides? evidence"
    r"|support(?:s|ed)?|report here that|detected|noticed)\b"
)
_CONCLUDES = cue(
    r"^\W*(?:in (?:conclusion|summary|this study)|(?:we|it is|it was) conclude|to conclude|conclusively"
    r"|taken together|collectively"
    r"|overall|thus|therefore|(?:these|our|the present|the current) (?:results|findings|data|observations))\b"
)
_AIM = (
    cue(
        r"^\W*(?:to (?:\w+ly )?(?:assess|determine|investigate|examine|evaluate|study|compare|describe"
        r"|identify|explore|establish|test|review|analy[sz]e|estimate|develop|provide|report|perform|consider"
        r"|measure|clarify|characteri[sz]e|understand|synthesi[sz]e)\b"
        r"|(?:here(?:in)?|therefore|thus|hence|so),? we (?:\w+ly )?(?:assess|determin|investigat|examin"
        r"|evaluat|stud|compar|describ|explor|aim|sought|hypothes|test|review|address)"
        r"|we (?:\w+ly )?(?:aimed|aim|sought|hypothesi[sz]ed|set out|wanted|asked whether|intend))"
    ),
    words(
        r"(?:aims?|objectives?|purposes?|goals?|focus|hypothesis) (?:of|was|were|is|are|in|for)\b|(?:aims"
        r"|aimed|sought|designed|undertaken|conducted|performed|attempted) to\b"
        r"|(?:study|trial|survey|experiment)s? (?:was |were )?to (?:identify|assess|determine|investigate"
        r"|examine|evaluate|test|compare|explore)\b"
        r"|this (?:study|paper|trial|review|article|report|work|research) (?:\w+ly )?(?:aim|investigat"
        r"|examin|assess|evaluat|explor|describ|present|compar|discuss|review|summari|address|focus|analy[sz]"
        r"|propos|report|outlin|test|introduc|consider|studie)"
    ),
)
_NEXT = words(
    r"further (?:\w+ ){0,4}(?:stud|research|investigat|work|trial|evaluat|explor|analys|experiment)"
    r"|future (?:\w+ ){0,3}(?:stud|research|work|trial|investigat|direction|therap)"
    r"|(?:is|are|be) (?:\w+ )?(?:needed|warranted|required|necessary|mandatory|advocated|encouraged"
    r"|discussed|described|presented|outlined|summari[sz]ed)"
    r"|more (?:\w+ ){0,3}(?:research|studies|trials|work)|remains? (?:to be|unclear|unknown|controversial"
    r"|insufficient|poorly|an issue)|additional (?:\w+ )?(?:stud|research)"
    r"|(?:there is|there remains|highlight\w* the|the|an?(?: \w+)?) needs? (?:to|for) (?!open|surg|mechan"
    r"|dial|trans)|needs? (?:to be|further|more)\b|warrants?\b|merits?\b|(?:we|i) (?:hope|believe|propose"
    r"|recommend|suggest that (?:\w+ ){0,4}(?:should|be\b)|describe|discuss|review|outline|summari|provide"
    r"|present|advocate|anticipate)"
)
_OUGHT = words(
    r"should|must|recommend|ought|imperative|it is (?:important|essential|crucial|vital|necessary)"
    r"|be considered|important to"
)
_HOPE = words(
    r"will\b|(?:may|might|could|can) (?:\w+ly )?(?:improve|evaluate|serve|support|promote|allow"
    r"|increase the|contribute|be (?:\w+ly )?(?:evaluated|used|considered|applied|implemented|performed"
    r"|assessed|recommended))|holds? promise|proposes?\b|serves? as (?:a|an)|represents? one of|(?:could"
    r"|may|might) have (?:been|done)"
    r"|policy-?makers|practitioners|stakeholders|decision[- ]makers|clinicians (?:may|can|to|in)"
    r"|by attending to|(?:may|might|could|can|will) (?:\w+ly )?(?:be (?:a |an )?(?:\w+ ){0,3}(?:useful"
    r"|helpful|valuable|used|target|tool|option|strategy|important|potential|novel|candidate|interest)"
    r"|help|provide|represent|offer|facilitate|lead to|inform|assist|enable|pave|bridge"
    r"|contribute to (?:the |a )?(?:better |further )?understanding|explain)"
    r"|(?:new|novel|valuable|important|better) (?:\w+ )?(?:insights?|perspective|approach|avenue|direction"
    r"|understanding|strategy|way|idea|window|method)|promising|highlights? (?:the |an? )?(?:\w+ )?(?:need"
    r"|importance|potential|role|value)"
    r"|provides? (?:a |an |the )?(?:\w+ )?(?:basis|foundation|insight|information|overview|framework"
    r"|perspective)|theoretical basis|opens? (?:up|new|avenue|possib|the door|a )|paves?\b|contribut(?:es"
    r"|e|ed) to (?:the |a )?(?:better|further|our|understanding|knowledge)"
    r"|potential(?:ly)? (?:\w+ )?(?:target|biomarker|tool|application|use|therap|strateg|value)|useful"
    r"|(?:strengthens?|adds? to|extends?) the (?:\w+ )?(?:literature|body of)"
)
_EARLIER = words(
    r"(?:has|have) (?:\w+ ){0,3}(?:been|shown|reported|demonstrated|emerged|suggested|led|become|revealed"
    r"|indicated|evolved|documented)|previous(?:ly)?|earlier (?:stud|work|report)|prior (?:stud|work"
    r"|research)"
    r"|recently|several (?:\w+ )?stud|most research|is (?:well )?known|are (?:well )?known|is (?:a|an"
    r"|one of|the) (?:\w+ ){0,4}(?:common|leading|major|main|rare|chronic|important|most|frequent|severe"
    r"|key|global|prevalent|serious)"
    r"|little is known|few studies|despite|although (?:\w+ ){0,6}(?:known|evidence)|commonly|usually"
    r"|is thought|are thought|worldwide|in recent years|in the (?:last|past)"
)
_METHOD = words(
    r"(?:was|were) (?:[\w-]+ ){0,3}(?:measured|assessed|evaluated|determined|performed|collected"
    r"|analy[sz]ed|obtained|calculated|used|tested|divided|categori[sz]ed|assigned|allocated|randomi[sz]ed"
    r"|compared by|examined"
    r"|carried out|conducted|administered|applied|employed|recruited|enrolled|included|screened|selected"
    r"|searched|investigated|recorded|reviewed|treated with|classified|followed|estimated|studied|asked"
    r"|invited|interviewed|extracted|identified (?:from|through|by|in)|genotyped|matched|eligible|excluded"
    r"|retrieved|received|sampled|defined|taught|trained|placed|explored|considered|stratified|cultured"
    r"|implemented)"
    r"|we (?:\w+ly )?(?:measured|investigated|examined|assessed|used|analy[sz]ed|performed|conducted"
    r"|tested|evaluated|compared|estimated|collected|searched|included|surveyed|enrolled|recruited"
    r"|reviewed|studied|applied|developed|calculated|screened|randomly|designed|employed|retrospectively"
    r"|prospectively|describe|defined|selected|linked|constructed|adapted|interviewed|sought)"
    r"|were (?:the )?(?:primary|main|secondary) |(?:primary|secondary|main) (?:outcomes?|end ?points?)"
    r"|was set at|data (?:were|was)|using (?:the|a|an) (?:\w+ ){0,4}(?:model|test|method|scale"
    r"|questionnaire|software|assay|technique)"
    r"|statistical(?:ly)? (?:analys|significance was)|inclusion criteria|eligibility|(?:participants"
    r"|patients|subjects|group \d|groups?) (?:underwent|received|completed)|randomly"
)
_STATISTICS = (
    words(r"(?:spss|sas|stata|software|r version)\b", needs="spss|sas|stata|software|r version"),
    words(
        r"(?:tests?|ratios?|regressions?|analys[ei]s|models?"
        r"|intervals?|anova|p\s?[<≤]\s?0?\.\d+)\b.{0,120}?\b(?:was|were) (?:\w+ )?"
        r"(?:calculated|computed|considered|used|performed|applied|fitted|employed|set|estimated to)\b",
        needs=" was | were ",
    ),
)
"""How it was reckoned, whatever measures the sentence names."""
_FOUND = (
    r"(?:found|finds?|report(?:s|ed)|show(?:s|n|ed)|demonstrat(?:es?|ed)|suggest(?:s|ed)?|observed|revealed|indicated)"
)
_OTHERS = (
    cue(
        r"^\W*(?:(?:in|however|although|while|but|whereas),? )?(?:(?:an?|the|one|two|three|several|some|many|most"
        r"|numerous|large) ){0,2}(?:previous|prior|earlier|previously published|published|recent) (?:[\w-]+ ){0,4}?"
        r"(?:stud(?:y|ies)|trials?|(?:[\w-]*-)?analys[ei]s|reviews?|reports?|work|research|evidence|investigators|authors"
        rf"|cohorts?|data) (?:[\w-]+ ){{0,3}}?{_FOUND}\b"
    ),
    cue(
        r"^\W*(?:in|from|by) (?:(?:an?|the|one|two|three|several) )?(?:previous|prior|earlier|previously published"
        r"|preceding) (?:[\w-]+ ){0,4}?(?:stud(?:y|ies)|trials?|(?:[\w-]*-)?analys[ei]s|reports?|cohorts?)\b"
        r"(?!.*\b(?:this|present|current) (?:trial|study|analysis|cohort)\b)",
        needs="previous|prior|earlier|preceding",
    ),
    cue(rf"^.{{0,60}}?\bet al\b\W(?:.{{0,20}}\W)?{_FOUND}\b", needs="et al"),
    cue(rf"\bha(?:s|ve|d) (?:previously|earlier) (?:been )?{_FOUND}\b", needs=" previously | earlier "),
)
"""What others found."""
_WE = cue(r"\b(?:we|our)\b")
_POWER = words(
    r"assuming (?:an?|the) .{0,60}?(?:ratio|difference|reduction|risk|effect)|sample size (?:was|of|calculation)"
    r"|(?:powered|calculated|needed|required|power) to detect|\d{2}\s?% power"
    r"|power calculation|(?:is|are|was|were) expected to|expected (?:hr|rr|or|hazard|odds|risk|relative|effect)"
    r"|(?:trial|study|review|we) will|according to (?:our|the|a) simulation"
)
"""What was assumed when the study was planned, or is still to come."""
_INCLUDED = (
    r"(?:were|was|met|participated|completed|underwent|responded)(?: (?:then|finally|all))? ?(?:included|enrolled"
    r"|recruited|randomi[sz]ed|screened|identified|eligible|analy[sz]ed|assessed|inclusion|the (?:inclusion|study"
    r"|selection|eligibility)|our (?:inclusion|selection)|in the|this study|selected|reviewed|studied"
    r"|retained|evaluated|tested|involved|deemed|received)"
)
_FLOW = (
    cue(
        r"\b(?:a total of |in total,? |overall,? )?(?<![\w,-])[\w,-]+ (?:[\w/-]+ ){0,6}" + _INCLUDED,
        hint=f" {_INCLUDED}",
    ),
    words(
        r"median (?:follow-?up|age|time|dose)|mean (?:age|follow-?up)|the (?:mean|median|average) age|aged \d"
        r"|response rate|responses were|baseline (?:characteristics|demographic)|follow-?up (?:was|of)"
        r"|interviews? .{0,30}lasted"
        r"|(?:participants|patients|subjects|respondents|cases|children|women|men) (?:\([^)]{1,30}\) )?(?:were"
        r"|had) (?:age|\d|male|female|predominantly|mostly|between)|(?:prior to|before|at) baseline\b"
        r"|(?:studies|trials|articles|reports) (?:\w+ ){0,3}(?:met|were included|were identified)"
        r"|included \d+ (?:studies|trials|articles)|were matched|matched for"
    ),
)
_NARRATIVE = words(
    r"(?:this|the|our|present|current) (?:\w+ ){0,2}(?:review|article|paper|commentary|chapter|editorial"
    r"|perspective|essay|overview|guideline) (?:\w+ ){0,2}(?:describ|discuss|summari|outlin|present|focus"
    r"|highlight|provid|aim|give|address|explor|examin|cover|review|offer|draws)"
    r"|we (?:\w+ )?(?:review|summari[sz]e|discuss|outline|highlight)\b|in this (?:review|commentary"
    r"|article|paper|perspective|chapter|guideline),|are (?:\w+ )?(?:discussed|reviewed|summari[sz]ed"
    r"|outlined)|the authors review"
)
_SYSTEMATIC = words(
    r"systematic|meta-analy|databases? (?:were|was)|literature search|pubmed|medline|random[- ]effects"
    r"|we searched|studies were included"
)
_SECONDARY = words(
    r"subgroup|secondary|sensitivity analys|post[- ]hoc|in addition|additionally|also\b|moreover|furthermore"
)
_PLANNED = words(
    r"will be|will (?:\w+ )?(?:enrol|recruit|receive|assess|evaluate|compare|provide|help|develop|inform"
    r"|highlight|conduct|aim|measure)|is being conducted|are being|protocol"
)
_RECOMMENDS = words(
    r"(?:recommends?|recommended)\b|should|is (?:the )?(?:preferred|advised|suitable|indicated|encouraged)"
    r"|suggest(?:ed)? |is suggested|are advised|preferred"
)
_GUIDELINE = words(
    r"guidelines?\b|consensus (?:statement|report|conference|recommendation)|position (?:statement|paper)"
    r"|recommendations (?:for|on|are)|practice parameter"
)
_PAST = words(
    r"(?:was|were|did|had|led|rose|fell|(?:show|increas|decreas|reduc|improv|worsen|elevat|predict"
    r"|correlat|prevent|attenuat|inhibit|suppress|promot|induc|enhanc"
    r"|ameliorat|alleviat|impair|accelerat|delay|prolong|declin|caus|contribut|differ|fail|achiev|lower"
    r"|rais|protect|abolish|revers|resolv|experienc|report|respond|develop)ed)\b"
)
LONGEST_RESULT = 700
"""A longer sentence is a list of results, not one; it is quoted only where no other is."""


def find_result(record: Record) -> ResultPassage | NoResult:
    """The sentence that states the record's result, or why there is none. Linear in the abstract's length.

    The title only tells whether it is a guideline.
    """
    return _find_result(record.title, record.abstract)


@lru_cache(maxsize=1024)  # report, desk and mail print the same records
def _find_result(title: str, parts: tuple[AbstractPart, ...]) -> ResultPassage | NoResult:
    if not read_sentences(parts):
        return NoResult.NO_ABSTRACT
    abstract = _Abstract(title, parts)
    best, found = 0.0, None
    for place, sentence in enumerate(abstract.sentences):
        worth = abstract.weigh(place, best)
        if worth >= _ENOUGH and worth > best:
            best, found = worth, sentence
    if found is None:
        return abstract.nothing
    return ResultPassage(found.start, found.end, found.part, found.abstract_part)


def findings_of(record: Record) -> tuple[AbstractSentence, ...]:
    """The sentences of the abstract that may tell what was found; more of them than ``find_result`` would quote."""
    abstract = _Abstract(record.title, record.abstract)
    return tuple(
        each
        for place, each in enumerate(abstract.sentences)
        if each.part not in _NEVER
        and not each.says(*_AIM)
        and not each.says(_NEXT)
        and not tells_no_own_result(each)
        and (
            each.part is not Part.NONE or (place >= abstract.begins and _may_tell(each, place, len(abstract.sentences)))
        )
    )


def _may_tell(sentence: AbstractSentence, place: int, whole: int) -> bool:
    """Whether the sentence at a place in an abstract without labels may tell a finding."""
    if sentence.says(_OWN):
        return True
    told = place > _OPENING * whole or whole <= _SHORT
    return told and (sentence.says(_DIRECTION) or sentence.says(_MEASURED))


_OPENING = 0.3
"""In an abstract without labels, so much of it is background, and sentences there must say that they are results."""
_SHORT = 3
"""Sentences; so short an abstract has no background."""


def tells_a_direction(text: str) -> bool:
    """Whether a sentence says that something rises, falls, differs, causes or goes with something else."""
    return _DIRECTION.is_in(fold(text))


def is_aim(sentence: AbstractSentence) -> bool:
    """Whether a sentence says what the study was for: "We aimed to compare two drugs."."""
    return sentence.says(*_AIM)


def tells_what_was_done(sentence: AbstractSentence) -> bool:
    """Whether a sentence says how the study was made, or who took part in it."""
    return sentence.says(*_AIM) or sentence.says(_METHOD) or sentence.says(*_FLOW)


def tells_no_own_result(sentence: AbstractSentence) -> bool:
    """Whether a sentence tells what others found ("A previous trial found a lower risk."), what was assumed in
    planning, or how it was reckoned.
    """
    if sentence.says(_POWER) or (sentence.says(*_OTHERS) and not sentence.says(_WE)):
        return True
    return sentence.says(*_STATISTICS) and not sentence.says(_OWN)


@lru_cache(maxsize=256)  # the result and the facts of an abstract are read one after the other
def is_narrative(parts: tuple[AbstractPart, ...]) -> bool:
    """Whether an abstract without labels tells of other people's work: a review that is not systematic, a comment."""
    sentences = read_short_sentences(parts)
    if any(each.part in {Part.RESULTS, Part.CONCLUSIONS} for each in sentences):
        return False
    whole = " ".join(each.folded for each in sentences)
    return _NARRATIVE.is_in(whole) and not _SYSTEMATIC.is_in(whole)


_ENOUGH = 3.0
_SHORTEST = 25
"""Characters; what is shorter is a heading."""


class _Abstract:
    """An abstract as a whole: what kind of text it is, and where in it the own results can begin."""

    def __init__(self, title: str, parts: tuple[AbstractPart, ...]) -> None:
        self._title, self._parts = title, parts
        self.sentences = read_short_sentences(parts)
        self._labelled = any(each.part in {Part.RESULTS, Part.CONCLUSIONS} for each in self.sentences)

    @property
    def nothing(self) -> NoResult:
        """What to say of it where no sentence is quoted."""
        return NoResult.NONE_STATED if self._planned else NoResult.NONE_RECOGNISED

    @cached_property
    def begins(self) -> int:
        """The first sentence that can tell the own results."""
        return 0 if self._labelled or not self._aims else self._aims[0]

    @cached_property
    def _guideline(self) -> bool:
        return _GUIDELINE.is_in(fold(self._title))

    @cached_property
    def _planned(self) -> bool:
        return sum(each.says(_PLANNED) for each in self.sentences) > 1  # once is an outlook

    @cached_property
    def _aims(self) -> list[int]:
        return [place for place, each in enumerate(self.sentences) if each.says(*_AIM) or each.says(_NARRATIVE)]

    @cached_property
    def _study(self) -> int:
        """The first sentence about what was done here; what is told in the past tense after it was found here."""
        done = (place for place, each in enumerate(self.sentences) if each.says(_METHOD) or each.says(*_FLOW))
        return min([*self._aims[:1], *islice(done, 1)], default=len(self.sentences))

    def weigh(self, place: int, least: float = 0.0) -> float:
        """How surely a sentence states the result, in points; what is below ``_ENOUGH`` is not shown.

        0 for one that can have no more points than ``least``: what speaks against a sentence is looked for in those
        alone that would win without it.
        """
        sentence = self.sentences[place]
        text, part = sentence.text, sentence.part
        if part in _NEVER or len(text) < _SHORTEST or (self._labelled and part is Part.NONE):
            return 0.0
        uncertain = sentence.says(_UNCERTAINTY) or _UNCERTAINTY_BY_LETTERS.is_in(text)
        if self._planned and not uncertain:
            return 0.0
        if self._guideline and place > 0 and sentence.says(_RECOMMENDS) and not sentence.says(*_AIM):
            return 5.0
        number, own = sentence.says(_NUMBERS), sentence.says(_OWN)
        direction = sentence.says(_DIRECTION) or (number and sentence.says(_MEASURED))
        if place < self.begins or not (direction or uncertain or (number and part is Part.RESULTS)):
            return 0.0
        worth = 2.0 * direction + 1.0 * number + 2.0 * (uncertain and number) + 1.0 * own
        most = worth + (_MOST_IN_RESULTS if part is Part.RESULTS else _MOST_ELSEWHERE)
        if most < _ENOUGH or most <= least:
            return 0.0
        if tells_no_own_result(sentence) or sentence.says(*_AIM) or sentence.says(_NEXT) or sentence.says(_OUGHT):
            return 0.0
        if sentence.says(*_FLOW) and not uncertain and not (direction and number and own):
            return 0.0
        worth -= 2.5 * sentence.says(_HOPE) + 1.0 * (len(text) > LONGEST_RESULT) + 0.5 * sentence.says(_SECONDARY)
        return worth + self._weigh_place(sentence, place, number=number, uncertain=uncertain, own=own)

    def _weigh_place(
        self, sentence: AbstractSentence, place: int, *, number: bool, uncertain: bool, own: bool
    ) -> float:
        """What the part that a sentence stands in adds: at most ``_MOST_IN_RESULTS`` or ``_MOST_ELSEWHERE``."""
        if sentence.part is Part.RESULTS:
            return 1.5 - 2.0 * (not number and sentence.says(_METHOD)) - 1.0 * sentence.says(_EARLIER)
        if sentence.part is Part.CONCLUSIONS:
            return 3.0 - 1.0 * sentence.says(_EARLIER)
        told_after = (
            self._study < place and sentence.says(_PAST) and not (sentence.says(_EARLIER) or sentence.says(_METHOD))
        )
        return self._weigh_unlabelled(
            sentence, place / len(self.sentences), number=number or uncertain, own=own or told_after
        )

    def _weigh_unlabelled(self, sentence: AbstractSentence, place: float, *, number: bool, own: bool) -> float:
        """What the place and the words add where no label tells the part; ``place`` from 0 to 1."""
        concludes = place > 0.5 and sentence.says(_CONCLUDES)  # the second half
        worth = 2.0 * concludes + 1.0 * (place > 0.6)
        worth -= 2.0 * sentence.says(_EARLIER) + 2.5 * (not own and sentence.says(_METHOD))
        worth -= 3.0 * (place < 0.3 and not own)
        worth -= 1.5 * (not (own or number or concludes))
        return worth - 3.0 * is_narrative(self._parts)


_MOST_IN_RESULTS, _MOST_ELSEWHERE = 1.5, 3.0
"""What the place of a sentence adds at most."""
_NEVER = {Part.BACKGROUND, Part.AIM, Part.METHODS, Part.OUTCOMES, Part.OTHER}
