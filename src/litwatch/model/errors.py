"""Every error that litwatch raises on purpose, as one small tree sorted by who must act.

LitwatchError
├── EditorError            an editor mends a file
│   ├── ArticleUnreadable    the article's text cannot be read
│   ├── TopicErrors          one or more mistakes in topic files, all reported at once
│   ├── UnknownTopic         a topic was named that has no file
│   ├── StrategyError        the PubMed search strategy cannot be read
│   └── BenchmarkUnreadable  a benchmark folder is not of the expected form
├── OperatorError          the operator mends the machine or its settings
│   ├── SettingsError        a setting is missing or wrong
│   ├── StoreBusy            another process holds the store
│   ├── StoreUnusable        the store cannot be opened, is damaged, or is newer than this litwatch
│   ├── OutputFailed         a file could not be written (disk full, no permission)
│   ├── QueryFailed          an SQL query cannot be read, is no SELECT, or takes too long
│   └── DeliveryError        mail could not be handed over; permanent or not
├── SourceError            an outside source did not do its part; the next run tries again
│   ├── SourceRefused        it understood and said no (bad key, bad query): a person must act
│   ├── SourceUnavailable    no usable answer within the retries
│   ├── AnswerUnreadable     an answer came that is not what was asked for, or was cut off
│   └── SweepIncomplete      answers came, but fewer records than were announced
└── RecordUnreadable       one PubMed record is not what NLM documents; names the PMID, spares its neighbours

A message says what happened, to which article, file or PMID, and what to do next. Messages never hold a secret.
"""

from __future__ import annotations


class LitwatchError(Exception):
    """Base of every error that litwatch raises on purpose."""


class EditorError(LitwatchError):
    """An editor mends a file."""


class ArticleUnreadable(EditorError):
    """The article's text cannot be read as an article."""


class TopicErrors(EditorError):
    """Mistakes in topic files, all at once; ``problems`` holds one line per mistake (file: key path: what)."""

    def __init__(self, problems: tuple[str, ...]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


class UnknownTopic(EditorError):
    """A topic was named that has no file."""


class StrategyError(EditorError):
    """The PubMed search strategy cannot be read."""


class BenchmarkUnreadable(EditorError):
    """A benchmark folder is not of the expected form."""


class OperatorError(LitwatchError):
    """The operator mends the machine or its settings."""


class SettingsError(OperatorError):
    """A setting is missing or wrong."""


class NightUnderWay(OperatorError):
    """Another night is at work, and a second one would take from it what it needs.

    That is no failure of the night that is refused, unless the other should have ended long ago (``overdue``).
    """

    def __init__(self, message: str, *, overdue: bool) -> None:
        super().__init__(message)
        self.overdue = overdue


class StoreBusy(OperatorError):
    """Another process holds the store and did not let go within the wait."""


class StoreUnusable(OperatorError):
    """The store cannot be opened, is damaged, or was written by a newer litwatch."""


class OutputFailed(OperatorError):
    """A file could not be written."""


class QueryFailed(OperatorError):
    """An SQL query cannot be read, is no SELECT, fails, or takes too much time or memory."""


class DeliveryError(OperatorError):
    """A message could not be handed to the mail server; ``permanent`` says that trying again is useless."""

    def __init__(self, message: str, *, permanent: bool) -> None:
        super().__init__(message)
        self.permanent = permanent


class SourceError(LitwatchError):
    """An outside source (NCBI, a feed) did not do its part."""


class SourceRefused(SourceError):
    """A person must act: the source said no (a wrong key, a query it cannot run), or what it sends cannot be right."""


class SourceUnavailable(SourceError):
    """No usable answer came within the retries."""


class AnswerUnreadable(SourceError):
    """An answer came, but it is not the kind of document that was asked for, or it was cut off."""


class SweepIncomplete(SourceError):
    """Fewer records came than the source itself announced; the watermark must not move."""


class RecordUnreadable(LitwatchError):
    """One PubMed record is not what NLM documents; ``pmid`` is None when even that could not be read."""

    def __init__(self, message: str, *, pmid: int | None) -> None:
        super().__init__(message)
        self.pmid = pmid
