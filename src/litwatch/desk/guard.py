"""Security headers for every page of the desk, and a limit on requests.

Links are keys, so no page tells another site where it was (no-referrer), none is stored on the way, and none can be
shown inside another. The policy allows the desk's own style sheet and forms, and nothing else; an article's page adds
its one script to it, by the script's hash.
"""

from __future__ import annotations

from starlette.datastructures import MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from litwatch.desk.access import Limiter

POLICY = "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
HEADERS = {
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "x-robots-tag": "noindex, nofollow",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
}


class Guard:
    """ASGI middleware. ``secure``: the desk is reached by https, and browsers are told to stay there."""

    def __init__(self, app: ASGIApp, *, requests: Limiter, secure: bool) -> None:
        self._app, self._requests = app, requests
        self._headers = HEADERS | ({"strict-transport-security": "max-age=31536000"} if secure else {})

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, unless its sender has asked too often."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.setdefault("cache-control", "no-store")
                headers.setdefault("content-security-policy", POLICY)
                for name, value in self._headers.items():
                    headers[name] = value
            await send(message)

        client = scope["client"][0] if scope.get("client") else ""
        if self._requests.admit(client):
            await self._app(scope, receive, send_guarded)
        else:
            refusal = PlainTextResponse("Too many requests. Please wait a minute.\n", 429, {"retry-after": "60"})
            await refusal(scope, receive, send_guarded)
