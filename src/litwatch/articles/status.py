"""The review status of a page: the steps that it shows and the state that it claims.

Showing the step "Approved" is not being approved: only the page's own statement, a ticked step or front matter
says where the article stands, and the most cautious of several wins.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from litwatch.articles.languages import alternatives, folded, languages
from litwatch.articles.model import ReviewState, ReviewStatus, Uncertainty

STEPS = ("Submitted", "Under Review", "Approved")
_STEP_OF = {
    folded(words): step
    for language in languages()
    for step, said in zip(STEPS, language.steps, strict=True)
    for words in said
}
_PENDING_WORDS = tuple(folded(words) for language in languages() for words in language.pending)
_STATE_OF_STEP = {
    "Submitted": ReviewState.SUBMITTED,
    "Under Review": ReviewState.UNDER_REVIEW,
    "Approved": ReviewState.APPROVED,
}
_CAUTION = (ReviewState.PENDING, ReviewState.SUBMITTED, ReviewState.UNDER_REVIEW, ReviewState.APPROVED)

_TICK = re.compile(r"[\[(]?([xX✓✔☑✅●])[\])]?\s+|(?=[^\s])(?:\[ \]|☐|○|◯)\s+")
_TICK_AFTER = re.compile(r"(?<!\s)\s+(?:[✓✔☑✅]|\((?:current|done|complete|completed|current step)\))$", re.IGNORECASE)
_NAMES = alternatives(("state", *(words for language in languages() for words in language.status)))
_LABEL = re.compile(rf"(?:article\s+)?(?:review\s+)?(?:{_NAMES})(\s*[:|]\s*|\s+[–—]\s+)(\S.*)", re.IGNORECASE)
_PENDING = re.compile(
    r"\b(?:content|article|page|text|answer) (?:is|are) (?:still |currently )?(?:pending|awaiting|not yet)\b"
    r"|\bpending (?:human |medical |editorial |expert )?review\b"
    r"|\bawaiting (?:human |medical |editorial |expert )?review\b"
    r"|\bnot (?:yet )?(?:been )?(?:reviewed|approved)\b",
    re.IGNORECASE,
)
_UNDER = re.compile(r"\b(?:is|currently|now|status:?) under (?:\w+ )?review\b|^under review\b", re.IGNORECASE)
_APPROVED = re.compile(
    r"\b(?:has been|was|is) (?:reviewed and )?approved\b"
    r"|^(?:reviewed and )?approved(?=\s*(?:$|[.,;:(–—-]|\d)|\s+(?:by|on|in|since)\b)",
    re.IGNORECASE,
)
_SUBMITTED = re.compile(r"\b(?:has been|was|is) submitted\b|^submitted\b", re.IGNORECASE)


def step_of(line: str) -> tuple[str, bool] | None:
    """The review step that a line of the status box names, and whether the line ticks it."""
    ticked = (found := _TICK.match(line)) is not None and found[1] is not None
    bare = line[found.end() :] if found else line
    after = _TICK_AFTER.sub("", bare)
    step = _STEP_OF.get(folded(after.strip(" -•")))
    return (step, ticked or after != bare) if step else None


def state_of(statement: str) -> ReviewState | None:
    """The state that a statement of the page claims, None where it claims none.

    >>> state_of("Exercise caution as content is pending human review")
    <ReviewState.PENDING: 'pending_human_review'>
    """
    text = statement.strip()[:500]
    for pattern, state in (
        (_PENDING, ReviewState.PENDING),
        (_UNDER, ReviewState.UNDER_REVIEW),
        (_APPROVED, ReviewState.APPROVED),
        (_SUBMITTED, ReviewState.SUBMITTED),
    ):
        if pattern.search(text):
            return state
    said = folded(text).rstrip(".! ")
    if said.startswith(_PENDING_WORDS):
        return ReviewState.PENDING
    if said in _STEP_OF:
        return _STATE_OF_STEP[_STEP_OF[said]]
    return ReviewState.PENDING if text.casefold() in ("pending", "draft", "in review queue") else None


def labelled_status(line: str) -> str | None:
    """What stands after ``Status:`` in a line of its own; after a dash or in the next cell only a state counts."""
    found = _LABEL.fullmatch(line.replace("**", "").strip(" *_>"))
    if found is None or (":" not in found[1] and state_of(found[2]) is None):
        return None
    return found[2]


def read_status(
    steps: Sequence[tuple[str, bool]], statements: Sequence[str], matter: Mapping[str, object]
) -> tuple[ReviewStatus, tuple[Uncertainty, ...]]:
    """The status from the steps shown (with their ticks), the page's statements and its front matter."""
    shown = tuple(dict.fromkeys(step for step, _ in steps))
    claims = [(state_of(text) or ReviewState.UNKNOWN, text) for text in statements]
    entry = next((matter[key] for key in ("status", "review_status", "state", "review_state") if matter.get(key)), None)
    if isinstance(entry, Mapping):
        listed = entry.get("steps")
        if isinstance(listed, Sequence) and not isinstance(listed, str):
            shown = tuple(dict.fromkeys((*shown, *(str(step)[:80] for step in listed))))
        entry = entry.get("state") or entry.get("statement")
    if isinstance(entry, str):
        state = state_of(entry)
        if state is not None:
            claims.append((state, entry))
        elif not claims:
            claims.append((ReviewState.UNKNOWN, entry))
    ticked = [step for step, tick in steps if tick]
    if ticked:
        last = max(ticked, key=STEPS.index)
        claims.append((_STATE_OF_STEP[last], last))
    if not claims:
        message = "The page does not say whether it has been reviewed"
        message += f"; showing the steps {', '.join(shown)} does not say it." if shown else "."
        return ReviewStatus(shown, ReviewState.UNKNOWN, None), (Uncertainty("no-status", message),)
    known = [claim for claim in claims if claim[0] is not ReviewState.UNKNOWN]
    if not known:
        words = claims[0][1]
        note = Uncertainty("status-unclear", f"The status {words[:80]!r} is none that litwatch knows.")
        return ReviewStatus(shown, ReviewState.UNKNOWN, words), (note,)
    state, words = min(known, key=lambda claim: _CAUTION.index(claim[0]))
    status = ReviewStatus(shown, state, words)
    if len({claim[0] for claim in known}) > 1:
        others = ", ".join(sorted({claim[0].value.replace("_", " ") for claim in known}))
        return status, (
            Uncertainty("status-conflict", f"The page claims several states ({others}); the most cautious is kept."),
        )
    return status, ()
