"""Every fault by name, and the plan that says which request suffers which.

Like Let's Encrypt's Pebble, the stand-in misbehaves a little unless told not to: five of a hundred requests suffer one
of the passing faults, which a careful client survives by asking again. With the same seed and the same requests in the
same order, the same faults come.
"""

from __future__ import annotations

import difflib
import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from random import Random
from types import MappingProxyType
from typing import Final

from litwatch.model.errors import SettingsError
from litwatch.standin import faults_body, faults_meaning, faults_wire
from litwatch.standin.fault import Fault

DEFAULT_SHARE: Final = 0.05

FAULTS: Final[Mapping[str, Fault]] = MappingProxyType(
    {fault.name: fault for fault in (*faults_wire.FAULTS, *faults_body.FAULTS, *faults_meaning.FAULTS)}
)
"""Every fault by name."""


@dataclass(slots=True)
class _Rule:
    fault: Fault
    utility: str | None
    nth: int | None
    times: int | None
    probability: float | None
    seen: int = 0
    struck: int = 0

    def strikes(self, utility: str, random: Random) -> bool:
        if utility not in self.fault.utilities or (self.utility is not None and utility != self.utility):
            return False
        self.seen += 1
        if self.times is not None and self.struck >= self.times:
            return False
        if self.nth is not None and self.seen < self.nth:
            return False
        if self.probability is not None and random.random() >= self.probability:
            return False
        self.struck += 1
        return True


@dataclass(slots=True)
class Plan:
    """Which request suffers what; safe to share between threads."""

    seed: int = 0
    share: float = DEFAULT_SHARE
    """Part of the requests that suffer a passing fault when no rule of their own strikes; 0 turns that off."""
    _rules: list[_Rule] = field(default_factory=list)
    _random: Random = field(init=False)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        self._random = Random(self.seed)  # noqa: S311 - repeatability is the purpose

    def on(
        self,
        name: str,
        *,
        utility: str | None = None,
        nth: int | None = None,
        times: int | None = None,
        probability: float | None = None,
    ) -> None:
        """Switch a fault on, for every request of ``utility`` (or of all that can suffer it) unless limited.

        ``nth`` counts from 1, from now on, and alone means that request only; with ``times`` that many from the nth on.
        ``probability`` is 0 to 1. Raises SettingsError for an unknown fault or utility, or one that cannot suffer it.
        """
        fault = named(name)
        if utility is not None and utility not in fault.utilities:
            raise SettingsError(f"fault {name} can strike {', '.join(fault.utilities)}, not {utility!r}")
        if nth is not None and times is None:
            times = 1
        with self._lock:
            self._rules.append(_Rule(fault, utility, nth, times, probability))

    def off(self, name: str) -> None:
        """Switch every rule for one fault off."""
        with self._lock:
            self._rules = [rule for rule in self._rules if rule.fault.name != name]

    def clear(self) -> None:
        """Switch every fault off, the default share too."""
        with self._lock:
            self._rules.clear()
            self.share = 0.0

    def set(self, specifications: Iterable[str]) -> None:
        """Replace the plan: ``none``, ``default``, or ``NAME[:UTILITY][:NTH or PERCENT%]`` each.

        ``omitted-ids:efetch:2`` strikes the second EFetch, ``rate-limit::10%`` one request in ten, ``future-dtd`` all.
        Raises SettingsError for what it cannot read; the plan is then as it was.
        """
        share, rules = 0.0, []
        for specification in specifications:
            if specification == "default":
                share = DEFAULT_SHARE
            elif specification != "none":
                rules.append(_read(specification))
        fresh = Plan(self.seed)
        for name, utility, nth, probability in rules:
            fresh.on(name, utility=utility, nth=nth, probability=probability)
        with self._lock:
            self.share, self._rules, self._random = share, fresh._rules, fresh._random

    def strike(self, utility: str) -> tuple[Fault | None, Random]:
        """The fault that this request suffers, if any, and the random numbers it may use."""
        with self._lock:
            struck = [rule.fault for rule in self._rules if rule.strikes(utility, self._random)]
            if struck:
                return struck[0], Random(self._random.getrandbits(64))  # noqa: S311
            if self.share and self._random.random() < self.share:
                passing = [fault for fault in FAULTS.values() if fault.passing and utility in fault.utilities]
                return self._random.choice(passing), Random(self._random.getrandbits(64))  # noqa: S311
            return None, self._random

    def described(self) -> dict[str, object]:
        """The plan in plain values."""
        with self._lock:
            return {
                "share": self.share,
                "rules": [
                    {
                        "fault": rule.fault.name,
                        "utility": rule.utility,
                        "nth": rule.nth,
                        "times": rule.times,
                        "probability": rule.probability,
                        "struck": rule.struck,
                    }
                    for rule in self._rules
                ],
            }


def named(name: str) -> Fault:
    """The fault of that name. Raises SettingsError, with the nearest names, for an unknown one."""
    fault = FAULTS.get(name)
    if fault is None:
        near = ", ".join(difflib.get_close_matches(name, FAULTS, n=3))
        hint = f"near: {near}" if near else "`litwatch standin faults` lists them"
        raise SettingsError(f"no fault is called {name!r}; {hint}")
    return fault


def _read(specification: str) -> tuple[str, str | None, int | None, float | None]:
    name, _, rest = specification.partition(":")
    utility, _, when = rest.partition(":")
    if when.endswith("%") and when[:-1].replace(".", "", 1).isdigit():
        return name, utility or None, None, float(when[:-1]) / 100
    if when.isascii() and when.isdigit() and int(when):
        return name, utility or None, int(when), None
    if when:
        raise SettingsError(
            f"{specification!r}: after the second colon comes a number (the nth request) or a percentage"
        )
    return name, utility or None, None, None


def faults_as_json() -> list[dict[str, object]]:
    """Every fault for a script: name, kind, what it does, the utilities that it can strike, whether by default."""
    return [
        {"name": f.name, "kind": f.kind, "says": f.says, "utilities": f.utilities, "default": f.passing}
        for f in FAULTS.values()
    ]
