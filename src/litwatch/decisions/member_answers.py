"""What the answers of several members to one change come to: open, closed, or a disagreement.

Two people differ where one keeps a change and another closes it, or where they name different effects of a paper on the
article. Then it stays open, and the more serious answer counts, until they agree or somebody settles it: says so,
with a reason, of the answers that stood before them. Any other answer is one more opinion, whatever its reason.

A topic may ask two readers. Then an answer counts only once another member has given the same, each without knowing
what the other said, as reviewers screen in duplicate (Cochrane Handbook, chapter 4.6.4: at least two people,
independently); any two answers that are not the same differ, and only a third person settles it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date

from litwatch.decisions.reason import Reason, ReasonCode
from litwatch.model.judgement import ABOUT_A_CHANGE, SCREENED, STILL_TO_DO, Decision, Effect, Judgement
from litwatch.model.text.mail_address import mailbox_key

_GRAVITY = {Effect.CONTRADICTS: 3, Effect.CLARIFIES: 2, None: 2, Effect.REINFORCES: 1}
"""How serious it is that a member keeps a record with this effect; one without an effect asks for a review (R-03)."""


@dataclass(frozen=True, slots=True)
class Closing:
    """What a judgement does to each episode that it is about; the store keeps it beside the judgement."""

    closes: bool | None
    """None where it neither closes nor keeps, so that what was said of the episode before still counts."""
    open_again_on: date | None = None
    """The day on which an episode that was put off asks for an answer again; None where it does not by itself."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What one person said of an episode, or of its whole article in a review that closed it."""

    by: str
    day: date
    decision: Decision
    until: date | None = None
    effect: Effect | None = None
    reason: str = ""
    settles: tuple[str, ...] = ()
    """Whose differing answers it is meant to settle."""

    @property
    def keeps(self) -> bool:
        """Whether it keeps the change open."""
        return self.decision is Decision.RELEVANT


def answer_of(judgement: Judgement) -> Answer:
    """What a judgement says of each episode that it names."""
    day = judgement.at.astimezone(UTC).date()
    return Answer(
        judgement.by,
        day,
        judgement.decision,
        judgement.until,
        judgement.effect,
        judgement.reason,
        judgement.settles or (),
    )


def weigh_judgements(episode: str, said: Iterable[Judgement], on: date, *, readers: int = 1) -> LastWord | None:
    """What counts on a day of everything that was said of an episode, oldest first; the same as ``weigh``."""
    about = [
        answer_of(each)
        for each in said
        if each.decision not in STILL_TO_DO and each.episodes is not None and episode in each.episodes
    ]
    return weigh(about, on, readers=readers)


@dataclass(frozen=True, slots=True)
class Settlement:
    """That somebody has settled a disagreement."""

    answer: Answer
    """The answer that counts since."""
    settled: tuple[Answer, ...]
    """Those that differed until then."""


@dataclass(frozen=True, slots=True)
class LastWord:
    """What counts of everything that was said of an episode."""

    decision: Decision
    until: date | None = None
    effect: Effect | None = None
    differing: tuple[Answer, ...] = ()
    """The answers of those who disagree, in the order in which they were given; empty where nobody does."""
    settlement: Settlement | None = None
    """How the last disagreement was settled, unless people disagree again."""
    unpaired: tuple[Answer, ...] = ()
    """Where two readers are asked: the answers that do not count yet, mostly that of the only one so far."""
    kept_by: tuple[str, ...] = ()
    """Those who keep it open as relevant, where that counts and nobody differs."""

    @property
    def closing(self) -> Closing:
        """What it does to the episode."""
        return Closing(False) if self.differing or self.unpaired else closing_of(self.decision, self.until)


def closing_of(decision: Decision, until: date | None = None) -> Closing:
    """What a judgement by itself does to the episodes that it names.

    "Relevant" keeps them open, "later" closes them until its day, to update or to withdraw the article does neither
    (``board_decision``), and every other word closes them.
    """
    if decision is Decision.LATER:
        return Closing(True, until)
    if decision in STILL_TO_DO:
        return Closing(None)
    return Closing(decision is not Decision.RELEVANT)


def weigh(said: Iterable[Answer], on: date | None = None, *, readers: int = 1) -> LastWord | None:
    """What counts of the answers to one episode, oldest first; None where nobody has said anything.

    Each person's last answer counts. One that settles a disagreement ends the answers that it names; those that its
    author did not see differ from it as before. What an earlier review's screening said counts until a member answers.
    A review of the article, or an editor's word on which article it is, ends what was said before it. Of several
    answers that close, the last in the chain counts; of several that keep, the gravest. ``on`` is the day on which it
    is asked: a "later" whose day has come differs from nobody any more.

    ``readers``: 2 where two members must give the same answer before it counts. One who settles a disagreement is then
    a third person; an earlier review's screening, a review of the article and an editor's word count as they do for
    one.
    """
    standing: dict[str, Answer] = {}
    review: Answer | None = None
    settlement: Settlement | None = None
    for answer in said:
        if answer.decision not in ABOUT_A_CHANGE:
            standing, review, settlement = {}, answer, None
            continue
        is_third = readers == 1 or _person(answer.by) not in standing
        if answer.settles and is_third and _differ(standing.values(), readers):
            settled = tuple(standing.pop(key) for key in map(_person, answer.settles) if key in standing)
            settlement = Settlement(answer, settled)
        standing.pop(_person(answer.by), None)
        standing[_person(answer.by)] = answer
    answers = tuple(standing.values())
    answers = tuple(answer for answer in answers if answer.decision not in SCREENED) or answers
    if any(answer.keeps for answer in answers):
        answers = tuple(a for a in answers if on is None or a.until is None or a.until > on)
    if not answers:
        return LastWord(review.decision, review.until) if review else None
    if readers > 1 and answers[0].decision not in SCREENED:
        return _weigh_two(answers, settlement, on)
    differ = _differ(answers)
    kept = [answer for answer in answers if answer.keeps]
    last = max(kept, key=lambda answer: _GRAVITY[answer.effect]) if kept else answers[-1]
    if differ:
        return LastWord(last.decision, last.until, last.effect, answers)
    return LastWord(last.decision, last.until, last.effect, (), settlement, kept_by=_names(kept))


def _weigh_two(answers: Sequence[Answer], settlement: Settlement | None, on: date | None) -> LastWord:
    """What counts of members' last answers where two readers are asked: what two have given alike, or a third settled.

    Of several days to ask again the first counts; whose day has come is asked again, and waited for.
    """
    lasting = [each for each in answers if on is None or each.until is None or each.until > on]
    if not lasting:
        return LastWord(answers[-1].decision, answers[-1].until)  # put off, and its day has come
    kept = [answer for answer in lasting if answer.keeps]
    last = max(kept, key=lambda answer: _GRAVITY[answer.effect]) if kept else lasting[-1]
    if _differ(lasting, readers=2):
        return LastWord(last.decision, last.until, last.effect, tuple(lasting))
    settled = settlement is not None and any(settlement.answer is answer for answer in lasting)
    until = min((answer.until for answer in lasting if answer.until is not None), default=None)
    waits = len(lasting) < len(answers) or (len(lasting) == 1 and not settled)
    return LastWord(
        last.decision,
        until,
        last.effect,
        (),
        settlement if settled else None,
        tuple(lasting) if waits else (),
        () if waits else _names(kept),
    )


def _names(answers: Iterable[Answer]) -> tuple[str, ...]:
    return tuple(answer.by for answer in answers)


def _person(name: str) -> str:
    return mailbox_key(" ".join(name.split()))


def _differ(answers: Iterable[Answer], readers: int = 1) -> bool:
    told = list(answers)
    effects = {answer.effect for answer in told if answer.effect is not None}
    kinds = {answer.keeps if readers == 1 else answer.decision for answer in told}
    return len(kinds) > 1 or len(effects) > 1


def tell_disagreement(answers: Sequence[Answer]) -> tuple[Reason, ...]:
    """That members disagree, and who said what when, as reasons of a signal; empty where nobody does."""
    if not answers:
        return ()
    return (Reason(ReasonCode.DISAGREEMENT), *(_tell(ReasonCode.ANSWERED, each) for each in answers))


def tell_unpaired(answers: Sequence[Answer]) -> tuple[Reason, ...]:
    """That one reader has answered and a second is asked, as reasons of a signal; never what the first one said."""
    return tuple(Reason(ReasonCode.SECOND_READER, day=each.day, words=(each.by,)) for each in answers)


def tell_settlement(settlement: Settlement | None) -> tuple[Reason, ...]:
    """Who has settled a disagreement, how and why, and who had said what, as reasons of a signal."""
    if settlement is None:
        return ()
    settled = replace(_tell(ReasonCode.SETTLED, settlement.answer), text=settlement.answer.reason)
    return (settled, *(_tell(ReasonCode.ANSWERED, each) for each in settlement.settled))


def _tell(code: ReasonCode, answer: Answer) -> Reason:
    return Reason(code, day=answer.day, words=(answer.by, (answer.effect or answer.decision).value))
