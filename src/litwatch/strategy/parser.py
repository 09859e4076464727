"""Text → ``Expression``, reading what PubMed reads and refusing only what PubMed refuses.

Everything that PubMed passes over in silence (an unknown tag, a dangling operator, an unmatched quotation mark) is
parsed, because a search strategy that runs must also be explained; complaining is the work of ``problems``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from itertools import takewhile

from litwatch.model.errors import StrategyError
from litwatch.model.frozen import quickly_made
from litwatch.strategy.date_ranges import date_at_end
from litwatch.strategy.expression import Chain, Expression, Group, HistoryReference, Link, Operator, Term
from litwatch.strategy.fields import FieldKind, Tag, read_tag


class NothingToSearch(StrategyError):
    """The text holds no term: it is empty, or nothing but operators, tags and punctuation."""


LONGEST_STRATEGY = 100_000
"""Characters; a POST of 6,304 is known to work, and no published strategy comes near this."""
DEEPEST_NESTING = 100


class TokenKind(StrEnum):
    """What a piece of the text is."""

    WORD = "word"
    QUOTED = "quoted"
    TAG = "tag"
    OPEN = "("
    CLOSE = ")"
    OPERATOR = "operator"
    COLON = ":"
    HISTORY = "history"
    STRAY = "stray"
    """An unmatched quotation mark or bracket, which PubMed ignores."""


@quickly_made
@dataclass(frozen=True, slots=True)
class Token:
    """One piece of the text; ``text`` is without quotes and brackets."""

    kind: TokenKind
    text: str
    start: int
    end: int


_CURLY = str.maketrans("\u201c\u201d\u201e\u201f\u00ab\u00bb\u2033\uff02", '""""""""')
_HISTORY = re.compile(r"#(\d{1,6})")
_NUMBER = re.compile(r"[0-9:,]+")
_NOT_BLANK = re.compile(r"\S")
_WORD = re.compile(r'[^\s()"\[\]]+')


def scan(text: str) -> tuple[Token, ...]:
    """Cut a strategy into tokens; typographic quotation marks count as plain ones, as in PubMed."""
    plain = text.translate(_CURLY)
    tokens: list[Token] = []
    before: TokenKind | None = None
    word = _NOT_BLANK.search(plain)
    while word is not None:
        token = _next_token(plain, word.start(), before)
        tokens.append(token)
        before = token.kind
        word = _NOT_BLANK.search(plain, token.end)
    return tuple(tokens)


def _next_token(plain: str, start: int, before: TokenKind | None) -> Token:
    char = plain[start]
    if char in "()":
        return Token(TokenKind.OPEN if char == "(" else TokenKind.CLOSE, char, start, start + 1)
    if char in '"[':
        close = plain.find('"' if char == '"' else "]", start + 1)
        if close > 0 and (char == '"' or "[" not in plain[start + 1 : close]):
            kind = TokenKind.QUOTED if char == '"' else TokenKind.TAG
            return Token(kind, plain[start + 1 : close], start, close + 1)
        return Token(TokenKind.STRAY, char, start, start + 1)
    if char == ":" and before in {TokenKind.QUOTED, TokenKind.TAG}:
        return Token(TokenKind.COLON, char, start, start + 1)
    found = _WORD.match(plain, start)
    if found is None:
        return Token(TokenKind.STRAY, char, start, start + 1)
    word = found[0]
    if word in {"AND", "OR", "NOT"}:
        return Token(TokenKind.OPERATOR, word, start, found.end())
    return Token(TokenKind.HISTORY if _HISTORY.fullmatch(word) else TokenKind.WORD, word, start, found.end())


def parse(text: str) -> Expression:
    """Read a search strategy.

    Raises NothingToSearch for a text without a term, and StrategyError, naming the position (1-based, in characters),
    for parentheses that do not pair, which PubMed cannot run ("Search Backend failed"), for texts over 100,000
    characters and for nesting more than 100 deep.
    """
    if len(text) > LONGEST_STRATEGY:
        raise StrategyError(f"The strategy has {len(text)} characters; at most {LONGEST_STRATEGY} are read. Split it.")
    expression = _Parser(scan(text)).read()
    if expression is None:
        raise NothingToSearch("The strategy is empty (position 1): PubMed has nothing to search for. Write a term.")
    return expression


class _Parser:
    def __init__(self, tokens: tuple[Token, ...]) -> None:
        self._tokens = tuple(token for token in tokens if token.kind is not TokenKind.STRAY)
        self._place = 0

    def read(self) -> Expression | None:
        expression = self._chain(depth=0)
        left = self._peek()
        if left is not None:
            raise StrategyError(
                f'The closing parenthesis at position {left.start + 1} has no opening one: PubMed answers "Search '
                'Backend failed". Remove it or add "(".'
            )
        return expression

    def _peek(self, ahead: int = 0) -> Token | None:
        place = self._place + ahead
        return self._tokens[place] if place < len(self._tokens) else None

    def _take(self, *kinds: TokenKind) -> Token | None:
        token = self._peek()
        if token is None or token.kind not in kinds:
            return None
        self._place += 1
        return token

    def _chain(self, *, depth: int) -> Expression | None:
        first: Expression | None = None
        links: list[Link] = []
        operator: Token | None = None
        while (token := self._peek()) is not None and token.kind is not TokenKind.CLOSE:
            if taken := self._take(TokenKind.OPERATOR):
                operator = operator or taken
                continue
            operand = self._operand(depth=depth)
            if operand is None:
                continue
            if first is None:
                first = operand
            else:
                written = Operator(operator.text) if operator else Operator.AND
                start = operator.start if operator else operand.start
                links.append(Link(written, operand, implicit=operator is None, start=start))
            operator = None
        if first is None or not links:
            return first
        return Chain(first, tuple(links), first.start, links[-1].operand.end)

    def _operand(self, *, depth: int) -> Expression | None:
        if opening := self._take(TokenKind.OPEN):
            return self._group(opening, depth=depth + 1)
        if reference := self._take(TokenKind.HISTORY):
            return HistoryReference(int(reference.text[1:]), reference.start, reference.end)
        if quoted := self._take(TokenKind.QUOTED):
            return self._term(" ".join(quoted.text.split()), quoted.start, quoted.end, quoted=True)
        words = []
        while word := self._take(TokenKind.WORD):
            words.append(word)
        if words:
            words = self._without_date(words)
            return self._term(" ".join(word.text for word in words), words[0].start, words[-1].end, quoted=False)
        self._place += 1  # a tag or colon with nothing before it: PubMed ignores it
        return None

    def _without_date(self, words: list[Token]) -> list[Token]:
        """The words that come before a date or PMIDs with a tag of their own; all of them when there is no such tag.

        PubMed gives a date's tag to the date alone and joins the words before it by AND (recorded in May 2023:
        ``long covid 2023/04/23:2023/04/30[crdt]``). What is held back is read as the next operand.
        """
        behind = self._peek()
        field = read_tag(behind.text, behind.start).field if behind and behind.kind is TokenKind.TAG else None
        if field is None:
            return words
        if field.kind is FieldKind.DAYS:
            own = len(date_at_end(" ".join(word.text for word in words)).split())
        elif field.kind is FieldKind.NUMBER:
            own = sum(1 for _ in takewhile(lambda word: _NUMBER.fullmatch(word.text), reversed(words)))
        else:
            return words
        if not 0 < own < len(words):
            return words
        self._place -= own
        return words[:-own]

    def _group(self, opening: Token, *, depth: int) -> Group | None:
        if depth > DEEPEST_NESTING:
            raise StrategyError(f"Parentheses nest more than {DEEPEST_NESTING} deep at position {opening.start + 1}.")
        inner = self._chain(depth=depth)
        closing = self._take(TokenKind.CLOSE)
        if closing is None:
            raise StrategyError(
                f'The parenthesis at position {opening.start + 1} is never closed: PubMed answers "Search Backend '
                'failed". Add ")".'
            )
        tag = self._tag()
        if inner is None:
            return None
        return Group(inner, tag, opening.start, tag.end if tag else closing.end)

    def _tag(self) -> Tag | None:
        token = self._take(TokenKind.TAG)
        return read_tag(token.text, token.start) if token else None

    def _term(self, text: str, start: int, end: int, *, quoted: bool) -> Expression | None:
        tag = self._tag()
        if self._take(TokenKind.COLON):
            return self._range(text, tag, start, end, quoted=quoted)
        if not quoted and tag and tag.field and tag.field.kind in {FieldKind.DAYS, FieldKind.NUMBER}:
            lower, colon, upper = (part.strip() for part in text.partition(":"))
            if colon and lower and upper:
                return Term(lower, quoted, tag, start, tag.end, until=upper)
        if not text.strip(' :;,."'):
            return None
        return Term(text, quoted, tag, start, tag.end if tag else end)

    def _range(self, lower: str, tag: Tag | None, start: int, end: int, *, quoted: bool) -> Expression | None:
        upper = self._take(TokenKind.QUOTED, TokenKind.WORD)
        upper_tag = self._tag() if upper else None
        tag = upper_tag or tag
        last = upper_tag.end if upper_tag else upper.end if upper else tag.end if tag else end
        return Term(lower, quoted, tag, start, last, until=upper.text.strip() if upper else None)
