"""What each address of the desk shows and does: who may, what is read, which event is kept.

Each handler takes a request and its body and gives a response; it runs in a thread of its own. GET and HEAD change
nothing: whoever opens every link of a mail, a virus scanner for one, does no harm. Handlers write nothing but events
into the inbox (and an editor's files, see ``editing``), and never log an address: it may hold a link's key.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from litwatch.config.settings import Settings
from litwatch.config.topic_files import SLUG, slug_of
from litwatch.desk.access import Access, Limiter, Role, Visitor
from litwatch.desk.answers import AnswerRefused, change_id, dispute_id, is_said_twice, last_answers, read_form
from litwatch.desk.checks import Checks
from litwatch.desk.guard import POLICY
from litwatch.desk.others_answers import everything_said, find_disputes, find_hidden, is_own, weigh_all
from litwatch.desk.pages import article_script, desk_page, style_sheet
from litwatch.desk.pagination import turn_to
from litwatch.desk.readings import ArticleReading, Readings
from litwatch.digest.signed_links import LinkRefused
from litwatch.model.errors import LitwatchError, OutputFailed, SettingsError
from litwatch.model.judgement import Decision, Judgement
from litwatch.model.month import Month
from litwatch.model.text.mail_address import mailbox_key
from litwatch.night.doors import open_inbox
from litwatch.night.published_reports import report_address
from litwatch.report.contents import ReportedSignal, board_summary, editors_part, errands
from litwatch.report.first_screen import lay_first_screen
from litwatch.report.minutes_view import COUNTED, MinutesView, minutes_csv

COOKIE = "litwatch-desk"
LARGEST_COUNT = 80
"""Fields of one form, at most: a page offers 25 records to be answered together, each ticked and shown."""
ONE_CLICK = b"List-Unsubscribe=One-Click"

_log = logging.getLogger("litwatch.desk")


class Refusal(Exception):
    """A request that is answered with a page that says why not."""

    def __init__(self, status: int, title: str, message: str, *, back: tuple[str, str] | None = None) -> None:
        super().__init__(message)
        self.status, self.title, self.message = status, title, message
        self.back = back
        """The address and the name of the page to go on from."""
        self.typed = ""
        """What the person had written, where their own form was not taken."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How often, and how slowly; each window is sliding."""

    requests: int = 300
    """From one network address in a minute."""
    bad_links: int = 30
    """Refused links from one network address in ten minutes; then every link from there waits."""
    answers: int = 60
    """Of one person in a minute."""
    answers_a_day: int = 1000
    form_seconds: float = 30.0
    """In which a form must have arrived: nobody holds a place by sending slowly."""
    upload_seconds: float = 45.0
    """In which a form with a file must have arrived; a connection lasts a minute."""


class Desk:
    """The desk of one installation. Raises SettingsError where its address and secret are not set."""

    def __init__(
        self, settings: Settings, environment: Mapping[str, str], clock: Callable[[], datetime], limits: Limits
    ) -> None:
        if settings.desk_secret is None or settings.desk_url is None:
            raise SettingsError(
                "The desk needs LITWATCH_DESK_URL, the address under which members reach it, and LITWATCH_DESK_SECRET,"
                " 32 characters or more that its links are signed with"
            )
        self.limits = limits
        self._settings = settings
        self._clock = clock
        self._base = urlsplit(settings.desk_url).path.rstrip("/") + "/"
        self._origin = "{0.scheme}://{0.netloc}".format(urlsplit(settings.desk_url))
        self._secure = settings.desk_url.startswith("https:")
        self._inbox = open_inbox(settings)
        self._readings = Readings(settings, clock)
        self._checks = Checks(settings.store, environment)
        secret = settings.desk_secret.get_secret_value()
        self._access = Access(secret, clock, self._readings.recipients, self._readings.revoked)
        self._bad_links = Limiter(limits.bad_links, 600)
        self._answers = Limiter(limits.answers, 60)
        self._answers_a_day = Limiter(limits.answers_a_day, 86_400)

    # --- a member's pages -------------------------------------------------------------------------------------

    def show_answer(self, request: Request, _: bytes) -> Response:
        """What is open about the article of a member's link, with a form for each answer."""
        visitor = self._open(request, self._access.open_answer)
        return self._article_page(request, visitor, visitor.topic, f"{self._base}answer/{visitor.token}")

    def take_answer(self, request: Request, body: bytes) -> Response:
        """Keep a member's answer."""
        visitor = self._open(request, self._access.open_answer)
        return self._keep_answer(request, body, visitor, visitor.topic, f"{self._base}answer/{visitor.token}")

    def show_unsubscribe(self, request: Request, _: bytes) -> Response:
        """Ask whether the digest should stop, or start again."""
        grant = self._open(request, self._access.open_unsubscribe)
        return self._unsubscribe_page(request, grant.member)

    def unsubscribe(self, request: Request, body: bytes) -> Response:
        """Stop or resume a member's digest: by the page's form, or by the one click that a mail program makes.

        RFC 8058 3.1: the one-click POST carries no cookie and no form of ours; the link itself is the permission.
        """
        grant = self._open(request, self._access.open_unsubscribe)
        one_click = ONE_CLICK in body or (b'name="List-Unsubscribe"' in body and b"One-Click" in body)
        token = request.path_params["token"]
        fields = {} if one_click else self._own_form(request, body, token)
        stop = one_click or fields.get("digest") == "stop"
        if stop is not self._readings.is_stopped(grant.member):
            decision = Decision.DIGEST_STOPPED if stop else Decision.DIGEST_RESUMED
            self._put(Judgement("", decision, grant.member, self._clock(), member=grant.member), grant.member)
        return self._unsubscribe_page(request, grant.member)

    # --- an editor's pages ------------------------------------------------------------------------------------

    def show_sign_in(self, request: Request, _: bytes) -> Response:
        """Ask an editor to begin a session; opening the link alone begins none."""
        token = request.path_params["token"]
        grant = self._open(request, self._access.open_sign_in)
        return self._page("sign_in", member=grant.member, csrf=self._access.seal(token))

    def sign_in(self, request: Request, body: bytes) -> Response:
        """Begin an editor's session."""
        grant = self._open(request, self._access.open_sign_in)
        self._own_form(request, body, request.path_params["token"])
        answer = RedirectResponse(f"{self._base}queue", 303)
        answer.set_cookie(
            COOKIE,
            self._access.begin_session(grant),
            path=self._base,
            httponly=True,
            secure=self._secure,
            samesite="lax",
        )
        return answer

    def sign_out(self, request: Request, body: bytes) -> Response:
        """Forget the session."""
        editor = self._editor(request)
        self._own_form(request, body, editor.token)
        answer = RedirectResponse(self._base, 303)
        answer.delete_cookie(COOKIE, path=self._base)
        return answer

    def show_queue(self, request: Request, _: bytes) -> Response:
        """All articles, most urgent first."""
        editor, asked = self._editor(request), request.query_params.get("ended", "")
        return self._page(
            "queue",
            editor,
            lines=self._readings.queue(),
            ended=asked if self._has_ended(asked) else "",
            broken=[(line, slug_of(line)) for line in self._readings.broken_files()],
            check=self._checks.running(),
        )

    def _has_ended(self, slug: str) -> bool:
        """Whether an article's watch has ended since the last run: it has no file, and the word of it waits."""
        if not SLUG.fullmatch(slug) or (self._settings.queries / f"{slug}.yaml").exists():
            return False
        return any(event.decision is Decision.ARTICLE_RETIRED for event in self._readings.waiting(slug))

    def show_paper(self, request: Request, _: bytes) -> Response:
        """Which articles rest on a paper."""
        editor = self._editor(request)
        asked = request.query_params.get("paper", "").strip()[:300]
        found, problem = None, ""
        if asked:
            try:
                found = self._readings.impact(asked)
            except ValueError:
                problem = "That is neither a PMID (1 to 9 digits) nor a DOI (10.1000/xyz)."
        return self._page("paper", editor, asked=asked, found=found, problem=problem)

    def show_nights(self, request: Request, _: bytes) -> Response:
        """The last runs, and what the last check printed."""
        editor = self._editor(request)
        return self._page(
            "nights",
            editor,
            runs=self._readings.runs(),
            check=self._checks.running(),
            printed=self._checks.last_words(),
        )

    def show_minutes(self, request: Request, _: bytes) -> Response:
        """The minutes of the board's work in a month, by default the last whole one."""
        editor, view = self._editor(request), self._minutes(request)
        month, first = view.minutes.month, self._readings.first_month()
        return self._page(
            "minutes",
            editor,
            view=view,
            counted=COUNTED,
            article_base=f"{self._base}article/",
            earlier=month.before if first is not None and month > first else None,
            later=month.next if month < Month.of(self._clock()) else None,
        )

    def send_minutes(self, request: Request, _: bytes) -> Response:
        """The same as a table with a row for each article."""
        self._editor(request)
        minutes = self._minutes(request).minutes
        name = f'attachment; filename="minutes-{minutes.month}.csv"'
        return Response(
            minutes_csv(minutes), media_type="text/csv; charset=utf-8", headers={"content-disposition": name}
        )

    def show_article(self, request: Request, _: bytes) -> Response:
        """An article with its history; the editor may answer, too."""
        slug = request.path_params["slug"]
        return self._article_page(request, self._editor(request), slug, f"{self._base}article/{slug}")

    def take_editors_answer(self, request: Request, body: bytes) -> Response:
        """Keep an editor's answer."""
        slug = request.path_params["slug"]
        return self._keep_answer(request, body, self._editor(request), slug, f"{self._base}article/{slug}")

    def start_check(self, request: Request, body: bytes) -> Response:
        """Start a check of the article, unless one is under way."""
        editor, slug = self._editor(request), request.path_params["slug"]
        self._own_form(request, body, editor.token)
        if self._readings.topic(slug) is None:
            raise Refusal(404, "No such article", "No watched article has that name.")
        busy = Refusal(409, "A check is under way", "One check runs at a time. Try again when it has ended.")
        if self._checks.running() is not None:
            raise busy
        self._put(Judgement(slug, Decision.CHECK_ASKED, editor.member, self._clock()), editor.member)
        if not self._checks.start(slug, self._clock()):
            raise busy
        return RedirectResponse(f"{self._base}nights", 303)

    # --- what several pages share -----------------------------------------------------------------------------

    def show_front(self, _request: Request, _: bytes) -> Response:
        """What this place is; nothing else."""
        return self._page("front")

    def send_style(self, _request: Request, _: bytes) -> Response:
        """The style sheet."""
        return Response(style_sheet(), media_type="text/css", headers={"cache-control": "public, max-age=3600"})

    def _article_page(self, request: Request, visitor: Visitor, slug: str, action: str) -> Response:
        reading = self._read(slug)
        if reading is None:
            known = self._readings.topic(slug) is not None
            queue = (f"{self._base}queue#{slug}", "Go to the queue") if visitor.role is Role.EDITOR else None
            if not known:
                raise Refusal(404, "Nothing to show", "No watched article has that name.", back=queue)
            why = "It has not been surveyed yet. "
            why += "The queue has a button to check it now." if queue else "The next night does it."
            raise Refusal(404, "Nothing to show yet", why, back=queue)
        waiting = self._waiting(reading, slug)
        leaf = turn_to(reading.report, request.query_params.get("from", ""))
        now = self._clock()
        said: dict[str, list[Judgement]] = {}
        comments: dict[str, list[Judgement]] = {}
        for judgement in everything_said(reading, waiting):
            if judgement.change is not None:
                listed = comments if judgement.decision is Decision.COMMENT else said
                listed.setdefault(change_id(judgement.change), []).append(judgement)
        counted = weigh_all(reading, waiting, now.date())
        script, hashed = article_script()
        page = self._page(
            "article",
            visitor,
            script=script,
            first=lay_first_screen(reading.report, reading.view),
            summary=board_summary(reading.report),
            errands=editors_part(reading.report) if visitor.role is Role.EDITOR else errands(reading.report),
            undo=last_answers(waiting, visitor.member, now),
            slug=slug,
            address=action,
            action=leaf.address(action),
            leaf=leaf,
            report_link=report_address(reading.report, self._settings),
            reading=reading,
            report=reading.report,
            view=reading.view,
            waiting=waiting,
            edits=_find_edits(reading, self._not_taken_in(reading, slug)),
            waiting_events={event.event for event in waiting},
            said=said,
            comments=comments,
            disputes=find_disputes(counted),
            unpaired={name: [answer.by for answer in word.unpaired] for name, word in counted.items() if word.unpaired},
            is_hidden=find_hidden(reading, counted, visitor.member),
            is_own=partial(is_own, visitor.member),
            change_id=change_id,
            record_events=_events_told_with,
            dispute_id=dispute_id,
            tomorrow=now.date() + timedelta(days=1),
            in_a_month=now.date() + timedelta(days=30),
            check=self._checks.running() if visitor.role is Role.EDITOR else None,
        )
        page.headers["content-security-policy"] = f"{POLICY}; script-src 'sha256-{hashed}'"
        return page

    def _keep_answer(self, request: Request, body: bytes, visitor: Visitor, slug: str, action: str) -> Response:
        fields = self._own_form(request, body, visitor.token)
        try:
            return self._take_answer(request, fields, visitor, slug, action)
        except Refusal as refusal:
            refusal.typed = (fields.get("comment") or fields.get("reason", "")).strip()
            raise

    def _take_answer(
        self, request: Request, fields: Mapping[str, str], visitor: Visitor, slug: str, action: str
    ) -> Response:
        reading = self._read(slug)
        if reading is None:
            raise Refusal(404, "Nothing to answer", "This article is no longer watched.")
        if fields.get("about") == "undo":
            self._take_back(fields, self._waiting(reading, slug), visitor)
            return RedirectResponse(turn_to(reading.report, request.query_params.get("from", "")).address(action), 303)
        back = turn_to(reading.report, request.query_params.get("from", "")).address(action)
        if (place := fields.get("place", "")).replace("-", "").isalnum():
            back = f"{back}#{place}"
        try:
            now = self._clock()
            waiting = self._waiting(reading, slug)
            disputes = find_disputes(weigh_all(reading, waiting, now.date()))
            events = read_form(
                fields,
                reading.report,
                reading.candidates,
                reading.answered,
                disputes,
                by=visitor.member,
                now=now,
                is_editor=visitor.role is Role.EDITOR,
            )
        except AnswerRefused as refused:
            what = "comment" if fields.get("about") == "comment" else "answer"
            raise Refusal(422, f"The {what} was not kept", str(refused), back=(back, "Back to the form")) from None
        if not is_said_twice(events[0], waiting):
            self.keep_answers(events, visitor.member)
        return RedirectResponse(back, 303)

    def _take_back(self, fields: Mapping[str, str], waiting: Sequence[Judgement], visitor: Visitor) -> None:
        """Take back what the visitor said last. Raises Refusal where that is no longer possible."""
        last = last_answers(waiting, visitor.member, self._clock())
        late = "An answer can be taken back for a minute, until a run takes it in. To change it, answer again."
        if not last or fields.get("given") != last[0].at.isoformat():
            raise Refusal(409, "The answer stands", late)
        try:
            if not self._inbox.withdraw(last):
                raise Refusal(409, "The answer stands", late)
        except OutputFailed as error:
            _log.error("an answer could not be taken back: %s", error)
            raise Refusal(503, "The answer stands", "It could not be taken back. Please tell the operator.") from None

    def _unsubscribe_page(self, request: Request, member: str) -> Response:
        token = request.path_params["token"]
        stopped = self._readings.is_stopped(member)
        return self._page("unsubscribe", member=member, stopped=stopped, csrf=self._access.seal(token))

    def _minutes(self, request: Request) -> MinutesView:
        try:
            return self._readings.minutes(request.query_params.get("month"))
        except ValueError as error:
            raise Refusal(404, "There are no such minutes", f"{str(error)[:1].upper()}{str(error)[1:]}.") from None

    def _read(self, slug: str) -> ArticleReading | None:
        return self._readings.article(slug)

    def _waiting(self, reading: ArticleReading, slug: str) -> tuple[Judgement, ...]:
        """The answers that no run has taken in yet; changes of files have happened already."""
        return tuple(event for event in self._not_taken_in(reading, slug) if event.edit is None)

    def _not_taken_in(self, reading: ArticleReading, slug: str) -> tuple[Judgement, ...]:
        taken = {each.judgement.event for each in reading.said}
        return tuple(event for event in self._readings.waiting(slug) if event.event not in taken)

    def _open(self, request: Request, open_link: Callable[[str], Any]) -> Any:
        client = request.client.host if request.client else ""
        if self._bad_links.is_full(client):
            raise Refusal(429, "Too many attempts", "Please try again in ten minutes.")
        try:
            return open_link(request.path_params["token"])
        except LinkRefused as refused:
            self._bad_links.admit(client)
            raise Refusal(403, "This link is no longer valid", str(refused)) from None

    def _editor(self, request: Request) -> Visitor:
        try:
            return self._access.open_session(request.cookies.get(COOKIE, ""))
        except LinkRefused:
            said = "Open the sign-in link you were given; a session lasts twelve hours."
            raise Refusal(403, "Editors sign in first", said) from None

    def _own_form(self, request: Request, body: bytes, token: str) -> Mapping[str, str]:
        """The fields of a form that the desk itself made for this link or session. Raises Refusal."""
        # A page without referrer sends "null" as its origin, so the seal is what counts; the rest is a second lock.
        foreign = request.headers.get("sec-fetch-site", "same-origin") not in {"same-origin", "none"}
        if foreign or request.headers.get("origin", "null") not in {"null", self._origin}:
            raise Refusal(403, "The form was not accepted", "It came from another web site.")
        try:
            fields = dict(parse_qsl(body.decode("utf-8"), keep_blank_values=True, max_num_fields=LARGEST_COUNT))
        except ValueError:
            raise Refusal(400, "The form was not accepted", "It could not be read.") from None
        if not self._access.is_own_form(fields.get("csrf", ""), token):
            raise Refusal(403, "The form was not accepted", "Open the page again, and send the form from there.")
        return fields

    def _put(self, event: Judgement, member: str) -> None:
        self.keep_answers([event], member)

    def keep_answers(self, events: Sequence[Judgement], member: str) -> None:
        """Keep the events of one form, which counts as one answer in a minute, and as so many in a day."""
        key = mailbox_key(member)
        if not (self._answers.admit(key) and all(self._answers_a_day.admit(key) for _ in events)):
            raise Refusal(429, "Too many answers at once", "The last one was not kept. Please wait a minute.")
        kept: list[Judgement] = []
        try:
            for event in events:
                kept.append(self._inbox.put(event))  # noqa: PERF401 - what was put before an error must be known
        except OutputFailed as error:
            _log.error("an answer could not be kept: %s", error)
            with suppress(OutputFailed):  # an answer is kept whole or not at all
                self._inbox.withdraw(kept)
            said = "It could not be saved. Please try again later, and tell the operator."
            raise Refusal(503, "The answer was not kept", said) from None

    def _page(self, name: str, visitor: Visitor | None = None, *, status: int = 200, **values: Any) -> Response:
        shared = {
            "base": self._base,
            "visitor": visitor,
            "is_editor": visitor is not None and visitor.role is Role.EDITOR,
            "csrf": self._access.seal(visitor.token) if visitor else "",
            "published_at": self._readings.published_at,
            "now": self._clock(),
        }
        return HTMLResponse(desk_page(name, shared | values), status)

    def refuse(self, refusal: Refusal, request: Request, *, wrote: bool = False) -> Response:
        """The page that says why not; ``wrote``: a form was sent, so that what was written may be got back.

        An editor's has the way to the other pages.
        """
        editor = None
        with suppress(LinkRefused, LitwatchError):
            editor = self._access.open_session(request.cookies.get(COOKIE, ""))
        answer = self._page("refusal", editor, status=refusal.status, refusal=refusal, wrote=wrote)
        if refusal.status == 429:
            answer.headers["retry-after"] = "600"
        return answer


def _events_told_with(reported: ReportedSignal) -> list[ReportedSignal]:
    """What befell a new record since it was told: it is answered with the record."""
    return [each for each in reported.events if each.signal.change != reported.signal.change]


def _find_edits(reading: ArticleReading, waiting: Sequence[Judgement]) -> tuple[Judgement, ...]:
    """How the article's files were changed, newest first."""
    told = (*reversed(waiting), *(each.judgement for each in reading.said))
    return tuple(judgement for judgement in told if judgement.edit is not None)
