"""The desk as a web application: its addresses, and how a request reaches a handler and an error a page.

    /answer/<link>        a member reads and answers about one article
    /sign-in/<link>       an editor begins a session; then /queue, /article/<slug>, /paper, /nights,
                          /minutes and /minutes.csv (?month=2026-10)
    /unsubscribe/<link>   a member stops the digest, by hand or by a mail program's one click (RFC 8058)

Addresses are never logged, because they may hold a link's key.
"""

from __future__ import annotations

import asyncio
import logging
import tempfile
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

import uvicorn
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Mount, Route, Router

from litwatch.config.settings import Settings
from litwatch.desk.access import Limiter
from litwatch.desk.article_uploads import LARGEST_UPLOAD, UploadDesk
from litwatch.desk.connections import LIMIT, BoundedConnection
from litwatch.desk.guard import Guard
from litwatch.desk.handlers import Desk, Limits, Refusal
from litwatch.model.errors import EditorError, LitwatchError

LARGEST_FORM = 250_000
"""Bytes. The review of an article names every open episode by 16 digits: room for some 14,000 of them."""

_log = logging.getLogger("litwatch.desk")

Handler = Callable[[Request, bytes], Response]


def make_app(
    settings: Settings,
    environment: Mapping[str, str],
    *,
    clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    limits: Limits | None = None,
) -> Starlette:
    """The desk of an installation; ``environment`` is what a check is started with.

    Raises SettingsError where the desk's address and secret are not set.
    """
    desk = UploadDesk(settings, environment, clock, limits or Limits())
    address = urlsplit(settings.desk_url or "")

    def page(handler: Handler) -> Callable[[Request], Awaitable[Response]]:
        return partial(_answer, desk, handler)

    upload = partial(_take_upload, desk)
    pages = [
        Route("/", page(desk.show_front)),
        Route("/style.css", page(desk.send_style)),
        Route("/answer/{token}", page(desk.show_answer)),
        Route("/answer/{token}", page(desk.take_answer), methods=["POST"]),
        Route("/unsubscribe/{token}", page(desk.show_unsubscribe)),
        Route("/unsubscribe/{token}", page(desk.unsubscribe), methods=["POST"]),
        Route("/sign-in/{token}", page(desk.show_sign_in)),
        Route("/sign-in/{token}", page(desk.sign_in), methods=["POST"]),
        Route("/sign-out", page(desk.sign_out), methods=["POST"]),
        Route("/queue", page(desk.show_queue)),
        Route("/paper", page(desk.show_paper)),
        Route("/nights", page(desk.show_nights)),
        Route("/minutes", page(desk.show_minutes)),
        Route("/minutes.csv", page(desk.send_minutes)),
        Route("/article/{slug}", page(desk.show_article)),
        Route("/article/{slug}", page(desk.take_editors_answer), methods=["POST"]),
        Route("/article/{slug}/check", page(desk.start_check), methods=["POST"]),
        Route("/article/{slug}/strategy", page(desk.show_strategy)),
        Route("/article/{slug}/strategy", page(desk.take_strategy), methods=["POST"]),
        Route("/article/{slug}/settings", page(desk.show_settings)),
        Route("/article/{slug}/settings", page(desk.take_settings), methods=["POST"]),
        Route("/article/{slug}/file", page(desk.show_file)),
        Route("/article/{slug}/file", page(desk.take_file), methods=["POST"]),
        Route("/article/{slug}/text", page(desk.show_text)),
        Route("/article/{slug}/text", upload, methods=["POST"]),
        Route("/article/{slug}/retire", page(desk.show_retire)),
        Route("/article/{slug}/retire", page(desk.retire), methods=["POST"]),
        Route("/add", page(desk.show_add)),
        Route("/add", upload, methods=["POST"]),
        Route("/upload/{upload}", page(desk.show_upload)),
        Route("/upload/{upload}", page(desk.decide_upload), methods=["POST"]),
    ]
    prefix = address.path.rstrip("/")
    # A redirect to the address with or without its last slash would repeat the request's Host and scheme, and so send
    # a link's key over http, or elsewhere.
    exact = Router(pages, redirect_slashes=False)
    app = Starlette(
        routes=[Route(prefix, page(desk.show_front)), Mount(prefix, app=exact)] if prefix else pages,
        middleware=[Middleware(Guard, requests=Limiter(desk.limits.requests, 60), secure=address.scheme == "https")],
        exception_handlers={HTTPException: partial(_explain, desk), Exception: partial(_apologise, desk)},
    )
    app.router.redirect_slashes = False
    return app


def make_server(app: Starlette, host: str = "127.0.0.1", port: int = 8765) -> uvicorn.Server:
    """A web server for the desk that logs no address, names no version, and waits for nobody long."""
    config = uvicorn.Config(
        app,
        host=host,
        port=port,
        access_log=False,
        server_header=False,
        log_level="warning",
        lifespan="off",
        http=BoundedConnection,
        limit_concurrency=LIMIT,
        timeout_keep_alive=10,
        timeout_graceful_shutdown=10,
    )
    return uvicorn.Server(config)


async def _answer(desk: Desk, handler: Handler, request: Request) -> Response:
    """Read the body with a limit, let the handler work in a thread, and give every refusal a page."""
    try:
        body = await _read_body(request, desk.limits.form_seconds)
        return await run_in_threadpool(handler, request, body)
    except (Refusal, LitwatchError) as error:
        return _refuse(desk, error, request, wrote=request.method == "POST")


async def _take_upload(desk: UploadDesk, request: Request) -> Response:
    """Let an editor's file come to the disk, with limits, and let the desk take it from there."""
    try:
        await run_in_threadpool(desk.admit_upload, request)
        with tempfile.TemporaryDirectory(prefix="litwatch-upload-") as folder:
            body = Path(folder) / "body"
            await _spool(request, body, desk.limits.upload_seconds)
            return await run_in_threadpool(desk.take_upload, request, body)
    except (Refusal, LitwatchError) as error:
        return _refuse(desk, error, request, wrote=True)


def _refuse(desk: Desk, error: Exception, request: Request, *, wrote: bool) -> Response:
    """The page that says why a request was not answered."""
    if isinstance(error, Refusal):
        return desk.refuse(error, request, wrote=wrote)
    if isinstance(error, EditorError):
        _log.warning("%s: %s", type(error).__name__, error)
        said = "An editor has to correct its files. Nothing is lost."
        return desk.refuse(Refusal(503, "The article cannot be read", said), request, wrote=wrote)
    _log.error("%s: %s", type(error).__name__, error)
    kept = "Nothing was kept" if wrote else "Nothing is lost"
    said = f"{kept}. Please try again, and tell the operator if it happens again."
    return desk.refuse(Refusal(503, "That did not work", said), request, wrote=wrote)


async def _explain(desk: Desk, request: Request, error: Exception) -> Response:
    """A page for what Starlette refuses: no such address, no such method."""
    status = error.status_code if isinstance(error, HTTPException) else 400
    return desk.refuse(Refusal(status, "There is nothing here", "The address may be incomplete."), request)


async def _apologise(desk: Desk, request: Request, _error: Exception) -> Response:
    """A page for an error of litwatch itself; the log has the details."""
    said = "This is an error in litwatch. Please tell the operator."
    return desk.refuse(Refusal(500, "That did not work", said), request)


async def _read_body(request: Request, seconds: float) -> bytes:
    """The body, at most ``LARGEST_FORM`` bytes of it. Raises Refusal for a longer one."""
    if request.method not in {"POST", "PUT", "PATCH"}:
        return b""
    body = bytearray()
    try:
        async with asyncio.timeout(seconds):
            async for chunk in request.stream():
                body += chunk
                if len(body) > LARGEST_FORM:
                    raise Refusal(413, "The form was not accepted", "It is too long.")
    except TimeoutError:
        raise Refusal(408, "The form was not accepted", "It did not arrive in time.") from None
    except ClientDisconnect:
        raise Refusal(400, "The form was not accepted", "It did not arrive complete.") from None
    return bytes(body)


async def _spool(request: Request, body: Path, seconds: float) -> None:
    """Write the body to a file, at most ``LARGEST_UPLOAD`` bytes of it. Raises Refusal."""
    size, title = 0, "The file was not taken"
    try:
        async with asyncio.timeout(seconds):
            with body.open("xb") as stream:
                async for chunk in request.stream():
                    size += len(chunk)
                    if size > LARGEST_UPLOAD:
                        raise Refusal(413, title, f"It is larger than {LARGEST_UPLOAD:,} bytes. Save its text alone.")
                    stream.write(chunk)
    except TimeoutError:
        raise Refusal(408, title, f"It did not arrive within {seconds:g} seconds. Save its text alone.") from None
    except ClientDisconnect:
        raise Refusal(400, title, "It did not arrive complete. Please send it again.") from None
    except OSError as error:
        _log.error("an upload could not be written: %s", error)
        raise Refusal(503, title, "There is no room for it. Please tell the operator.") from None
