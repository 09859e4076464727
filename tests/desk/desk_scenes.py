"""A served desk for tests: a house after its first night, copied for each test, behind a real uvicorn on loopback."""

from __future__ import annotations

import asyncio
import os
import socket
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from urllib.parse import urljoin

import httpx
from lxml import html

from litwatch.config.settings import Settings
from litwatch.desk import make_app, make_server
from litwatch.desk.handlers import Limits
from litwatch.digest.signed_links import Grant, Purpose, sign
from litwatch.standin.demonstration import DEMONSTRATION_TODAY
from tests.nights import ARTICLE, open_house

SECRET = "a secret of this test, long enough to be one"
MEMBER = "board@example.org"
EDITOR = "editor@example.org"
MORNING = datetime.combine(DEMONSTRATION_TODAY, time(9), UTC)


@dataclass
class Desk:
    """A desk that listens, and a client at it."""

    settings: Settings
    client: httpx.Client
    now: datetime = MORNING

    def link(self, purpose: Purpose = Purpose.ANSWER, member: str = MEMBER, topic: str = "sleep", *,
             secret: str = SECRET, at: datetime | None = None) -> str:  # fmt: skip
        """The path of a signed link."""
        page = {Purpose.ANSWER: "answer", Purpose.SIGN_IN: "sign-in", Purpose.UNSUBSCRIBE: "unsubscribe"}[purpose]
        grant = Grant(purpose, member, topic if purpose is Purpose.ANSWER else "")
        return f"{page}/{sign(grant, secret, at or self.now - timedelta(minutes=1))}"

    def page(self, path: str) -> html.HtmlElement:
        """A page that must be there."""
        answer = self.client.get(path)
        assert answer.status_code == 200, (path.partition("/")[0], answer.status_code, answer.text)
        return html.fromstring(answer.text)

    def send(self, path: str, form: html.HtmlElement, **changes: str) -> httpx.Response:
        """Send a page's form as a browser does."""
        fields = {name: value or "" for name, value in form.fields.items()}
        address = urljoin(str(self.client.base_url), form.action or path)
        return self.client.post(address, data={**fields, **changes}, headers={"sec-fetch-site": "same-origin"})

    def sign_in(self, member: str = EDITOR) -> None:
        """Begin an editor's session."""
        path = self.link(Purpose.SIGN_IN, member)
        answer = self.send(path, self.page(path).forms[0])
        assert (answer.status_code, answer.headers["location"]) == (303, "/queue")


def forms_about(page: html.HtmlElement, about: str) -> list[html.HtmlElement]:
    """The page's forms that answer about a change, the article or a reference."""
    return [form for form in page.forms if form.fields.get("about") == about]


@contextmanager
def served(settings: Settings, *, limits: Limits | None = None, environment: Mapping[str, str] | None = None,
           now: datetime = MORNING, path: str = "/") -> Iterator[Desk]:  # fmt: skip
    """Serve the desk of an installation on a free port; its clock stands still at ``Desk.now``."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()  # so that who comes before the server is ready waits instead of being refused
        port = listener.getsockname()[1]
        url = f"http://127.0.0.1:{port}{path}"
        given = settings.model_dump() | {"desk_url": url, "desk_secret": SECRET}
        desk = Desk(Settings(**given), httpx.Client(base_url=url, timeout=30))
        desk.now = now
        app = make_app(desk.settings, environment or os.environ, clock=lambda: desk.now, limits=limits)
        server = make_server(app)
        thread = threading.Thread(target=lambda: asyncio.run(server.serve(sockets=[listener])))
        thread.start()
        try:
            with desk.client:
                yield desk
        finally:
            server.should_exit = True
            thread.join(30)


def editors_pages(desk: Desk) -> dict[str, str]:
    """A strategy that is held beside the present one, and what was read of a new text."""
    path = "article/sleep/strategy"
    (form,) = [each for each in desk.page(path).forms if (each.action or "").endswith("/strategy")]
    typed = 'insulin resistance[tiab]\nAND (sleep[tiab] OR exercise[tiab] OR "physical activity"[tiab])'
    strategy = desk.send(path, form, strategy=typed, reason="Too many records a month").text
    path = "article/sleep/text"
    (form,) = [each for each in desk.page(path).forms if (each.action or "").endswith("/text")]
    text = ARTICLE.replace("Short sleep lowers insulin sensitivity [1].", "Whether sleep matters is open [1]. Food is.")
    sent = desk.client.post(
        form.action, data={"csrf": form.fields["csrf"]}, files={"article": ("insulin-2026.md", text.encode())}
    )
    return {"desk-strategy": strategy, "desk-upload": desk.client.get(sent.headers["location"]).text}


def still_pages(folder: Path) -> dict[str, str]:
    """Pages of a desk on which something was said, each whole in itself, to be looked at without a server."""
    with open_house(folder) as house:
        house.night(DEMONSTRATION_TODAY, settings=DESK_SETTINGS)
        with served(house.settings()) as desk:
            style = f"<style>{desk.client.get('style.css').text}</style>"
            member = desk.link()
            told, *_, new = forms_about(desk.page(member), "change")
            desk.send(member, told, answer="keep", reason="The first sentence rests on this trial alone.")
            desk.send(member, new, answer="later")
            desk.sign_in()
            paths = {"desk": member, "desk-queue": "queue", "desk-paper": "paper?paper=99000004"}
            pages = {name: desk.client.get(path).text for name, path in paths.items()} | editors_pages(desk)
            return {
                name: text.replace('<link rel="stylesheet" href="/style.css">', style) for name, text in pages.items()
            }


DESK_SETTINGS = {"desk_url": "http://127.0.0.1:1/", "desk_secret": SECRET}
"""For nights whose mails shall hold links, and which publish a snapshot."""
