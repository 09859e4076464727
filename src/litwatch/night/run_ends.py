"""Every end of a run is told: a row with its reason, and a mail to the operator, whatever it was that ended it.

A run that ends before its work is done may have lost just what it would tell that with: bad settings, a store that is
busy, damaged or missing, a full disk. So this asks for nothing but the environment: the row goes into a file beside the
store where the store cannot take it, and the mail goes to the server at once, past the outbox.
"""

from __future__ import annotations

import hashlib
import logging
import re
import signal
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from types import FrameType
from typing import Any

from litwatch.config.settings import (
    read_mail_route,
    read_receipt_places,
    read_settings,
    read_store_path,
    secrets_in,
)
from litwatch.digest.mail.letter import compose
from litwatch.digest.mail.smtp import Unknown, send, write_eml
from litwatch.digest.operator_notice import Trouble, operator_letter
from litwatch.model.errors import LitwatchError, NightUnderWay, SettingsError, StoreUnusable, UnknownTopic
from litwatch.model.receipt import Receipt
from litwatch.night.doors import open_ends
from litwatch.night.early_end import Stopped, describe_end
from litwatch.night.log_lines import keeping_log
from litwatch.night.mail_delivery import mail_settings
from litwatch.night.receipts import announce_start, leave_receipt, measure
from litwatch.store import RunEnd, Store
from litwatch.store.processes import name_process

_log = logging.getLogger(__name__)

_STOPPING = ("SIGTERM", "SIGHUP", "SIGINT")
"""Signals that ask a process to end; the first two do so without a word unless it listens."""
_NUMBER = re.compile(r"\d+")


@contextmanager
def tell_early_end(
    kind: str,
    environment: Mapping[str, str],
    *,
    keep: bool = True,
    clock: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> Iterator[None]:
    """Whatever ends the block before its end leaves a row, a receipt and a mail to the operator, and goes on upwards.

    ``kind`` is the run's (``nightly``, ``check``, ``digest``). With ``keep`` false, as on a dry run, nothing is left.
    A name that no article has is wrong usage and no failure; nor is a second night that is refused while one is at
    work, unless that one is overdue. SIGTERM and SIGHUP come as Stopped meanwhile. The dead
    man's switch hears of a night's start, and what is logged meanwhile is kept where the settings say so.
    """
    places = read_receipt_places(environment)
    with keeping_log(places.log_folder if keep else None, secrets_in(environment)):
        if keep and kind == "nightly":
            announce_start(places)
        with _telling(kind, environment, keep=keep, clock=clock):
            yield


@contextmanager
def _telling(kind: str, environment: Mapping[str, str], *, keep: bool, clock: Callable[[], datetime]) -> Iterator[None]:
    started = clock()
    heard: list[str] = []
    try:
        with _listening(heard):
            yield
    except (UnknownTopic, GeneratorExit):
        raise
    except BaseException as error:
        # DuckDB and others turn what a signal raises in them into an error of their own.
        ended = Stopped(heard[0]) if heard else error
        if keep and not (isinstance(error, NightUnderWay) and not error.overdue):
            said = describe_end(ended, secrets_in(environment))
            with suppress(Exception):  # what ended the run is the one to raise
                _tell(kind, said, environment, started, clock())
        if ended is error:
            raise
        raise ended from error


def _tell(kind: str, said: str, environment: Mapping[str, str], started: datetime, now: datetime) -> None:
    store = read_store_path(environment)
    receipt = Receipt(None, kind, "failed", measure(store, started, now), said)
    leave_receipt(receipt, read_receipt_places(environment))
    mailed = _mail(kind, said, environment, store, now)
    end = RunEnd(kind, name_process() or "", started, now, said, mailed=mailed, summary=receipt.as_row())
    try:
        settings = read_settings(environment)
        if not settings.store.exists():
            raise StoreUnusable("there is none")  # noqa: TRY301 - kept beside it like any other that cannot be used
        Store(settings.store, wait_seconds=min(settings.store_wait, 5.0)).settle_end(end)
    except Exception as error:  # noqa: BLE001 - whatever is wrong with the store or the settings
        try:
            if not store.parent.is_dir():
                return  # nothing of litwatch is there, and nobody looks for a row
            open_ends(store).put(end)
        except LitwatchError:
            _log.error("How this run ended could not be kept (%s).", error)


def _mail(kind: str, said: str, environment: Mapping[str, str], store: Path, now: datetime) -> bool:
    """Mail the operator, at most once a day for each trouble; whether they know."""
    try:
        route = read_mail_route(environment)
    except SettingsError as error:
        _log.error("Nobody could be told by mail, because the mail settings are wrong: %s", error)
        return False
    if route.operator is None:
        return False
    ends = open_ends(store)
    trouble = hashlib.sha256(f"{kind}\0{route.operator}\0{_NUMBER.sub('#', said)}".encode()).hexdigest()
    with suppress(LitwatchError):
        if ends.was_told(trouble, now.date()):
            return True
    letter = operator_letter(Trouble((), (), (), (), ended=[f"{kind}: {said}"]), route.operator, now.date())
    mail = compose(letter, sender=route.sender, at=now).as_bytes()
    try:
        if route.smtp_host is None:
            write_eml(route.mail_folder, mail)
        elif isinstance(outcome := send(mail, route.operator, mail_settings(route, route.smtp_host)), Unknown):
            _log.error("It is unknown whether %s got the mail about this: %s", route.operator, outcome.reason)
            return False
    except LitwatchError as error:
        _log.error("%s could not be told by mail: %s", route.operator, error)
        return False
    with suppress(LitwatchError):
        if store.parent.is_dir():
            ends.note_told(trouble, now.date())
    return True


@contextmanager
def _listening(heard: list[str]) -> Iterator[None]:
    """Have the signals that end a process raise Stopped, where nobody else listens for them; ``heard`` names them."""

    def stop(number: int, _frame: FrameType | None) -> Any:
        name = signal.Signals(number).name
        heard.append(name)
        signal.signal(number, before[number])  # whoever asks twice is not kept waiting
        raise Stopped(name)

    if threading.current_thread() is not threading.main_thread():
        yield
        return
    numbers = [signal.Signals[name] for name in _STOPPING if hasattr(signal, name)]
    usual = {signal.SIG_DFL, signal.default_int_handler}
    before = {int(number): was for number in numbers if (was := signal.getsignal(number)) in usual}
    for number in before:
        signal.signal(number, stop)
    try:
        yield
    finally:
        for number, was in before.items():
            signal.signal(number, was)
