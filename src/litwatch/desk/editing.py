"""What an editor changes at the desk: an article's search strategy, its settings, its topic file; and a watch's end.

Each form carries the digest of the topic file as the page showed it; where somebody has changed the file meanwhile,
nothing is written, and the page shows both texts. What was typed stays on the page whatever is wrong with it. The
files are written by ``night.topic_edits``, and by nothing else of the desk.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from litwatch.config.article_file import open_article
from litwatch.config.settings import Settings
from litwatch.config.strict_yaml import parse_mapping
from litwatch.config.topic_files import MEMBERS, SLUG, parse_topic
from litwatch.config.topic_keys import set_keys
from litwatch.desk.access import Limiter, Visitor
from litwatch.desk.answers import LONGEST_REASON
from litwatch.desk.handlers import Desk, Limits, Refusal
from litwatch.desk.topic_fields import filled_in, sort_mistakes, topic_fields, typed_values
from litwatch.model.errors import ArticleUnreadable, OutputFailed, StoreUnusable, TopicErrors
from litwatch.model.judgement import Decision, Judgement
from litwatch.model.text.mail_address import mailbox_key
from litwatch.model.topic import Topic
from litwatch.night.doors import open_snapshot, open_topic_edits
from litwatch.night.topic_edits import Author, ChangedSince, TopicText, read_topic_text, refuse_changed
from litwatch.reading.strategy_look import StrategyGrounds, read_strategy_grounds
from litwatch.references.lint import Severity
from litwatch.strategy import explain

EDITS_A_MINUTE = 30
"""Of one editor."""

_log = logging.getLogger("litwatch.desk")


@dataclass(frozen=True, slots=True)
class Trouble:
    """Why something was not saved; with ``there``, what stands in the file that somebody else has changed."""

    message: str = ""
    there: str | None = None
    mistakes: Mapping[str, list[str]] = field(default_factory=dict)
    """What is wrong, by the name of the field."""
    status: int = 422


class EditorsDesk(Desk):
    """The desk with the pages on which editors change the articles' files."""

    def __init__(
        self, settings: Settings, environment: Mapping[str, str], clock: Callable[[], datetime], limits: Limits
    ) -> None:
        super().__init__(settings, environment, clock, limits)
        self._edits = open_topic_edits(settings)
        self._edits_a_minute = Limiter(EDITS_A_MINUTE, 60)

    # --- the search strategy ----------------------------------------------------------------------------------

    def show_strategy(self, request: Request, _: bytes) -> Response:
        """The strategy as it stands: its check, which known papers it finds, its load."""
        editor, slug = self._editor(request), self._slug(request)
        found, topic = self._read_topic(slug)
        return self._strategy_page(editor, slug, found, topic, strategy_text(found, topic), saved=saved_in(request))

    def take_strategy(self, request: Request, body: bytes) -> Response:
        """Hold another strategy beside the present one, or save it."""
        editor, slug = self._editor(request), self._slug(request)
        fields = self._own_form(request, body, editor.token)
        found, topic = self._read_topic(slug)
        typed = fields.get("strategy", "")
        reason = self._reason(fields)
        trouble = Trouble() if typed.strip() else Trouble("The strategy is empty. Write one, in PubMed’s syntax.")
        try:
            # Before a check, too: else the page would go on with a file that its author has not seen.
            if typed.split() != topic.strategy.split():
                refuse_changed(found, fields.get("opened", ""))
            text = set_keys(found.text, {"strategy": typed}, found.file)
            parse_topic(text.removeprefix("\ufeff"), found.file)
        except ChangedSince as changed:
            trouble = Trouble(str(changed), changed.text, status=409)
        except TopicErrors as errors:
            trouble = trouble if trouble.message else Trouble(" ".join(bare_problems(errors)))
        if not trouble.message and fields.get("do") == "save" and (misread := find_misread(typed)):
            trouble = Trouble(misread)
        if not trouble.message and fields.get("do") == "save":
            author, opened = self._author(editor, reason), fields.get("opened", "")
            refused = self._try_to_save(
                editor, lambda: self._edits.set_keys(slug, {"strategy": typed}, author, opened=opened)
            )
            if refused is None:
                return self._saved(slug, "strategy", fields)
            trouble = refused
        return self._strategy_page(editor, slug, found, topic, typed, trouble=trouble, reason=reason)

    def _strategy_page(
        self,
        editor: Visitor,
        slug: str,
        found: TopicText,
        topic: Topic,
        typed: str,
        *,
        trouble: Trouble | None = None,
        reason: str = "",
        saved: str = "",
    ) -> Response:
        grounds = self._grounds(topic)
        told = trouble or Trouble()
        other = typed if typed.split() != topic.strategy.split() else ""
        before = grounds.look(topic.strategy)
        return self._page(
            "edit_strategy",
            editor,
            status=told.status if told.message else 200,
            slug=slug,
            title=topic.called(grounds.article.question),
            topic=topic,
            typed=typed,
            looks=(before, grounds.look(" ".join(other.split()))) if other else (before,),
            grounds=grounds,
            opened=found.digest,
            trouble=told,
            reason=reason,
            saved=saved,
            closed=self._closed(),
        )

    def _grounds(self, topic: Topic) -> StrategyGrounds:
        try:
            article = open_article(topic)
        except ArticleUnreadable as error:
            raise Refusal(503, "The article cannot be read", str(error)) from None
        store = open_snapshot(self._settings) if self._readings.published_at is not None else None
        today = self._clock().date()
        try:
            return read_strategy_grounds(topic, article, store, today)
        except StoreUnusable:
            return read_strategy_grounds(topic, article, None, today)

    # --- the other keys ---------------------------------------------------------------------------------------

    def show_settings(self, request: Request, _: bytes) -> Response:
        """Recipients, thresholds and what else is simple, each with its meaning and default."""
        editor, slug = self._editor(request), self._slug(request)
        found = self._read_text(slug)
        given = self._given(found)
        shown = filled_in(given, topic_fields(given))
        return self._settings_page(editor, slug, found, shown, saved=saved_in(request))

    def take_settings(self, request: Request, body: bytes) -> Response:
        """Save what was typed, or show it with what is wrong beside each field."""
        editor, slug = self._editor(request), self._slug(request)
        typed = self._own_form(request, body, editor.token)
        found = self._read_text(slug)
        given = self._given(found)
        fields = topic_fields(given)
        wanted = typed_values(typed, given, fields)
        reason = self._reason(typed)
        author, opened = self._author(editor, reason), typed.get("opened", "")

        def say(errors: TopicErrors) -> Trouble:
            mistakes, others = sort_mistakes(errors.problems, fields, wanted)
            return Trouble(" ".join(others) or "Nothing was saved. Correct what is said below.", mistakes=mistakes)

        trouble = self._try_to_save(editor, lambda: self._edits.set_keys(slug, wanted, author, opened=opened), say)
        if trouble is None:
            return self._saved(slug, "settings", typed)
        shown = {**filled_in(given, fields), **typed}
        return self._settings_page(editor, slug, found, shown, trouble=trouble, reason=reason)

    def _settings_page(
        self,
        editor: Visitor,
        slug: str,
        found: TopicText,
        shown: Mapping[str, str],
        *,
        trouble: Trouble | None = None,
        reason: str = "",
        saved: str = "",
    ) -> Response:
        told = trouble or Trouble()
        return self._page(
            "edit_settings",
            editor,
            status=told.status if told.message else 200,
            slug=slug,
            fields=topic_fields(self._given(found)),
            warned=self._warn_of_readers(slug),
            shown=shown,
            opened=found.digest,
            trouble=told,
            reason=reason,
            saved=saved,
            closed=self._closed(),
        )

    def _warn_of_readers(self, slug: str) -> str:
        topic = self._readings.topic(slug)
        if topic is None or topic.readers < 2 or not topic.lacks_second_reader:
            return ""
        alone = "Two must agree on each answer, and the article’s list has fewer than two people"
        return f"{alone}: only a review closes anything."

    # --- the file as a whole ----------------------------------------------------------------------------------

    def show_file(self, request: Request, _: bytes) -> Response:
        """The topic file's text, for keys that no form has, and for a file with mistakes."""
        editor, slug = self._editor(request), self._slug(request)
        found = self._read_text(slug)
        trouble = Trouble()
        try:
            parse_topic(found.text.removeprefix("\ufeff"), found.file)
        except TopicErrors as errors:
            trouble = Trouble(" ".join(bare_problems(errors)), status=200)
        return self._file_page(editor, slug, found, found.text, trouble, saved=saved_in(request))

    def take_file(self, request: Request, body: bytes) -> Response:
        """Save the whole text, or show it with what is wrong."""
        editor, slug = self._editor(request), self._slug(request)
        fields = self._own_form(request, body, editor.token)
        found = self._read_text(slug)
        typed, reason = fields.get("text", ""), self._reason(fields)
        # A browser sends every line end as CR LF (HTML, form submission); the file keeps its own.
        text = typed.replace("\r\n", "\n").replace("\n", "\r\n" if b"\r\n" in found.data else "\n")
        if typed.splitlines() == found.text.splitlines():  # mixed line ends, or none after the last line
            text = found.text
        author, opened = self._author(editor, reason), fields.get("opened", "")
        trouble = self._try_to_save(
            editor,
            lambda: self._edits.write(slug, text, author, opened=opened),
            lambda errors: Trouble(f"Nothing was saved. {' '.join(bare_problems(errors))}"),
        )
        if trouble is None:
            return self._saved(slug, "file", fields)
        return self._file_page(editor, slug, found, typed, trouble, reason=reason)

    def _file_page(
        self,
        editor: Visitor,
        slug: str,
        found: TopicText,
        typed: str,
        trouble: Trouble,
        *,
        reason: str = "",
        saved: str = "",
    ) -> Response:
        return self._page(
            "edit_file",
            editor,
            status=trouble.status if trouble.message else 200,
            slug=slug,
            typed=typed,
            opened=found.digest,
            trouble=trouble,
            reason=reason,
            saved=saved,
            closed=self._closed(),
        )

    # --- the end of a watch -----------------------------------------------------------------------------------

    def show_retire(self, request: Request, _: bytes) -> Response:
        """Ask whether an article is no longer to be watched, and why."""
        editor, slug = self._editor(request), self._slug(request)
        return self._retire_page(editor, slug, self._read_text(slug), Trouble(), "")

    def retire(self, request: Request, body: bytes) -> Response:
        """Take the topic file away, and say that the watch has ended."""
        editor = self._editor(request)
        fields = self._own_form(request, body, editor.token)
        if self._has_ended(asked := str(request.path_params["slug"])):  # the button was pressed twice
            return RedirectResponse(f"{self._base}queue?ended={asked}", 303)
        slug = self._slug(request)
        found, reason = self._read_text(slug), self._reason(fields)
        trouble = Trouble() if reason else Trouble("Say why: it ends the watch, and is kept in the history.")
        if reason:
            self._count(editor)
            author = self._author(editor, reason)
            # The word first: an article whose file is missing without it is a failure of every night.
            said = self._inbox.put(Judgement(slug, Decision.ARTICLE_RETIRED, author.by, author.at, reason))
            try:
                self._edits.put(slug, {found.file: None}, author, expected={found.file: fields.get("opened", "")})
                return RedirectResponse(f"{self._base}queue?ended={slug}", 303)
            except ChangedSince:
                trouble = Trouble("The topic file was changed since you opened the page. Open it again.", status=409)
            except OutputFailed as error:
                trouble = self._not_written(error)
            with suppress(OutputFailed):
                self._inbox.withdraw([said])
        return self._retire_page(editor, slug, found, trouble, reason)

    def _retire_page(self, editor: Visitor, slug: str, found: TopicText, trouble: Trouble, reason: str) -> Response:
        others = [each for each in self._settings.queries.glob("*.yaml") if each.name not in {MEMBERS, f"{slug}.yaml"}]
        return self._page(
            "retire",
            editor,
            status=trouble.status if trouble.message else 200,
            slug=slug,
            opened=found.digest,
            trouble=trouble,
            reason=reason,
            is_last=not others,
            closed=self._closed(),
        )

    # --- what several pages share -----------------------------------------------------------------------------

    def _slug(self, request: Request) -> str:
        """The article of the address: one that has a topic file. Raises Refusal."""
        slug = str(request.path_params["slug"])
        if not SLUG.fullmatch(slug) or f"{slug}.yaml" == MEMBERS or not self._file(slug).is_file():
            raise Refusal(404, "No such article", "No watched article has that name.")
        return slug

    def _file(self, slug: str) -> Path:
        return self._settings.queries / f"{slug}.yaml"

    def _read_text(self, slug: str) -> TopicText:
        try:
            found = read_topic_text(self._file(slug))
            _ = found.text
        except TopicErrors as errors:
            raise Refusal(503, "The topic file cannot be read", str(errors)) from None
        return found

    def _read_topic(self, slug: str) -> tuple[TopicText, Topic]:
        """The file and what it says; one with mistakes is mended as a whole. Raises Refusal."""
        found = self._read_text(slug)
        try:
            return found, parse_topic(found.text.removeprefix("\ufeff"), found.file)
        except TopicErrors as errors:
            said = f"{' '.join(bare_problems(errors))} Mend the topic file first, under “The whole file”."
            raise Refusal(503, "The topic file has mistakes", said) from None

    def _given(self, found: TopicText) -> Mapping[object, object]:
        try:
            return parse_mapping(found.text.removeprefix("\ufeff"), found.file)
        except TopicErrors as errors:
            said = f"{' '.join(bare_problems(errors))} Mend the topic file first, under “The whole file”."
            raise Refusal(503, "The topic file has mistakes", said) from None

    def _saved(self, slug: str, page: str, fields: Mapping[str, str]) -> Response:
        """To the page again, which says whether the file is another than its form was opened with."""
        same = self._read_text(slug).digest == fields.get("opened")
        return RedirectResponse(f"{self._base}article/{slug}/{page}?{'same' if same else 'saved'}", 303)

    def _reason(self, fields: Mapping[str, str]) -> str:
        return " ".join(fields.get("reason", "").split())[:LONGEST_REASON]

    def _author(self, editor: Visitor, reason: str) -> Author:
        return Author(editor.member, self._clock(), reason)

    def _count(self, editor: Visitor) -> None:
        """One change more of this editor. Raises Refusal."""
        closed = self._closed()
        if closed:
            raise Refusal(403, "Nothing can be changed here", closed)
        if not self._edits_a_minute.admit(mailbox_key(editor.member)):
            raise Refusal(429, "Too many edits at once", "The last one was not saved. Please wait a minute.")

    def _closed(self) -> str:
        """Why nothing can be changed at this desk, and what to do; empty where it can."""
        if not self._settings.desk_editing:
            return "Files are not changed at this desk: the operator has set desk_editing = false. Ask them."
        folder = self._settings.queries
        if not os.access(folder, os.W_OK):
            return (
                f"The desk may read the folder {folder} and not write to it. The operator can allow it to the account"
                " that the desk runs under (docs/editing.md), or sets desk_editing = false."
            )
        return ""

    def _try_to_save(
        self,
        editor: Visitor,
        save: Callable[[], object],
        say: Callable[[TopicErrors], Trouble] = lambda errors: Trouble(" ".join(bare_problems(errors))),
    ) -> Trouble | None:
        """Save one edit; what is wrong, for the page on which the typed text stays, or None where it is saved."""
        try:
            self._count(editor)
            save()
        except Refusal as refusal:
            return Trouble(refusal.message, status=refusal.status)
        except ChangedSince as changed:
            return Trouble(str(changed), changed.text, status=409)
        except TopicErrors as errors:
            return say(errors)
        except OutputFailed as error:
            return self._not_written(error)
        return None

    def _not_written(self, error: OutputFailed) -> Trouble:
        _log.error("an article's files could not be changed: %s", error)
        return Trouble(f"{error}. Please try again, and tell the operator if it happens again.", status=503)


def saved_in(request: Request) -> str:
    """What a page that follows a form says of it: ``saved``, ``same`` where nothing was changed, or nothing."""
    return next((each for each in ("saved", "same") if each in request.query_params), "")


def strategy_text(found: TopicText, topic: Topic) -> str:
    """The strategy with the lines that it has in the file, where it stands below its key; else on one line."""
    lines = found.text.splitlines()
    for number, line in enumerate(lines):
        if line.startswith("strategy:") and line.partition(":")[2].strip()[:1] in {">", "|"}:
            own: list[str] = []
            for each in lines[number + 1 :]:
                if each.strip() and not each.startswith((" ", "\t")):
                    break
                own.append(each.strip())
            text = "\n".join(own).strip()
            if text.split() == topic.strategy.split():
                return text
    return topic.strategy


def find_misread(strategy: str) -> str:
    """What of a strategy PubMed would misread, in one line; empty where nothing is."""
    wrong = [one.message for one in explain(strategy).problems if one.severity is Severity.ERROR]
    return f"PubMed would misread it: {' '.join(wrong[:5])} Correct it, then save." if wrong else ""


def bare_problems(errors: TopicErrors) -> list[str]:
    """What is wrong, without the file's path; a full stop ends each."""
    return [f"{(line.partition('.yaml: ')[2] or line).rstrip('.')}." for line in errors.problems]
