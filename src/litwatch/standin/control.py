"""The stand-in's own addresses under /standin/: another process sets the clock and the faults, and reads the journal.

They answer only to a caller on loopback that names a loopback host, and change things only for JSON bodies, so that a
web page open in a browser beside it cannot. The API key is never shown.
"""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from litwatch.model.errors import SettingsError
from litwatch.model.text.loopback import is_loopback
from litwatch.standin.faults import faults_as_json
from litwatch.standin.web import Answer, Request, json_answer
from litwatch.standin.wire import asked_host

if TYPE_CHECKING:
    from litwatch.standin.server import StandIn


def answer(standin: StandIn, request: Request) -> Answer:
    """The controls' answer, which a browser shows to no page of another origin.

    GET: /standin/, /standin/journal, /standin/faults. POST: /standin/today, /standin/faults, /standin/reset.
    """
    return replace(_answered(standin, request), private=True)


def _answered(standin: StandIn, request: Request) -> Answer:
    if not (is_loopback(request.address) and is_loopback(asked_host(request.headers))):
        return json_answer({"error": "the controls answer to loopback only"}, status=403)
    what = request.path.rstrip("/").removeprefix("/standin").lstrip("/")
    if request.method == "GET":
        return _shown(standin, what, request)
    if request.method != "POST":
        return json_answer({"error": "GET or POST"}, status=405)
    if not request.headers.get("content-type", "").startswith("application/json"):
        return json_answer({"error": "send application/json"}, status=415)
    try:
        body = json.loads(request.body or b"{}")
        return _changed(standin, what, body if isinstance(body, dict) else {})
    except (ValueError, TypeError, KeyError, OverflowError, SettingsError) as error:
        return json_answer({"error": f"{type(error).__name__}: {error}"}, status=400)


def _shown(standin: StandIn, what: str, request: Request) -> Answer:
    if what == "":
        view = standin.corpus.at(standin.today)
        return json_answer(
            {
                "today": standin.today.isoformat(),
                "now": standin.now.isoformat(),
                "records": len(view),
                "requests": len(standin.journal),
                "faults": standin.faults.described(),
            }
        )
    if what == "journal":
        wanted = request.get("utility")
        entries = standin.journal.as_json()
        return json_answer([entry for entry in entries if not wanted or entry["utility"] == wanted])
    if what == "faults":
        return json_answer(faults_as_json())
    return json_answer({"error": "Not found"}, status=404)


def _changed(standin: StandIn, what: str, body: dict[str, Any]) -> Answer:
    if what == "today":
        if "today" in body:
            standin.today = date.fromisoformat(body["today"])
        if "advance_hours" in body:
            standin.advance(timedelta(hours=float(body["advance_hours"])))
    elif what == "faults":
        standin.faults.set(str(specification) for specification in body["faults"])
    elif what == "reset":
        standin.reset()
    else:
        return json_answer({"error": "Not found"}, status=404)
    return _shown(standin, "", Request("GET", "/standin/", {}, {}, "127.0.0.1"))
