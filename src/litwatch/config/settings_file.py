"""Where each setting is given: a ``LITWATCH_…`` variable, ``litwatch.toml``, a secret's own file, or the keyring.

A variable comes before the file. Nothing is judged here but the form of the file; ``settings`` does that.
"""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from litwatch.model.errors import SettingsError

PREFIX = "LITWATCH_"
FILE = "litwatch.toml"
SECRETS = ("api_key", "smtp_password", "desk_secret", "ping_url", "webhook_url")
"""Settings that may stand in a file of their own (``api_key_file``) or in the system's keyring (``keyring``)."""

_NOT_SETTINGS = {"home", "shared", "settings"}
"""LITWATCH_HOME is the site's folder, LITWATCH_SETTINGS its settings file, LITWATCH_SHARED belongs to the tests."""
_EMPTY_COUNTS = "canary"
"""The one setting whose empty value is no default: no canary."""
_NO_FILE = "none"
_LARGEST = 1_000_000


@dataclass(slots=True)
class Given:
    """What was given for each setting, by its name in ``litwatch.toml``."""

    values: dict[str, object] = field(default_factory=dict)
    origins: dict[str, str] = field(default_factory=dict)
    """How a message names the place: ``LITWATCH_EMAIL``, or ``litwatch.toml: email``."""
    folder: Path = field(default_factory=Path)
    """The settings file's folder, from which its relative paths start; the working directory where there is none."""
    from_file: set[str] = field(default_factory=set)
    problems: dict[str, str] = field(default_factory=dict)
    """By setting, why its secret could not be had, with its place; "" is the file itself."""


def find_given(environment: Mapping[str, str]) -> Given:
    """All that is given. An empty value counts as not given. Trouble is kept in ``problems`` and raises nothing."""
    found = Given()
    file = settings_file(environment)
    if file is not None:
        _take(found, _from_file(file, found), {}, str(file))
        found.folder = file.parent
        found.from_file = set(found.values)
    variables = {
        name.removeprefix(PREFIX).lower(): value for name, value in environment.items() if name.startswith(PREFIX)
    }
    given = {name: value for name, value in variables.items() if name not in _NOT_SETTINGS}
    _take(found, given, {name: PREFIX + name.upper() for name in given}, "")
    if found.values.get("keyring"):
        _ask_keyring(found, str(found.values["keyring"]))
    return found


def settings_file(environment: Mapping[str, str]) -> Path | None:
    """The settings file: LITWATCH_SETTINGS, else ``litwatch.toml`` in LITWATCH_HOME or here, if it is there."""
    named = environment.get("LITWATCH_SETTINGS", "")
    if named:
        return None if named == _NO_FILE else Path(named)
    file = Path(environment.get("LITWATCH_HOME", "")) / FILE
    return file if file.is_file() else None


def suggest_name(name: str, known: Collection[str]) -> str:
    """ "did you mean email? " for a name that is nearly one of the known, else nothing."""
    near = difflib.get_close_matches(name, known, n=1)
    return f"did you mean {near[0]}? " if near else ""


def _from_file(file: Path, found: Given) -> dict[str, object]:
    try:
        return tomllib.loads(_read_text(file))
    except OSError as error:
        found.problems[""] = f"{file}: {error.strerror}; LITWATCH_SETTINGS names the settings file, or is not set"
    except ValueError as error:
        if str(error).startswith("Cannot overwrite"):
            place = str(error).partition("(")[2].partition(",")[0] or "a line"
            found.problems[""] = f"{file}: a setting is given twice, again {place}; delete one of the two"
            return {}
        found.problems[""] = f'{file}: {error}; each line is a name, "=" and a value, with texts in quotes'
    return {}


def _take(found: Given, given: Mapping[str, object], origins: Mapping[str, str], file: str) -> None:
    """Add what one place gives, over what was there."""
    for secret in SECRETS:
        if given.get(secret) or given.get(f"{secret}_file"):
            found.problems.pop(secret, None)
    for name, value in given.items():
        if value == "" and name != _EMPTY_COUNTS:
            continue
        secret = name.removesuffix("_file")
        found.origins[name] = origins.get(name) or f"{file}: {name}"
        if name == secret or secret not in SECRETS:
            found.values[name] = value
            continue
        if given.get(secret):
            found.problems[secret] = f"{found.origins[name]}: {secret} is given as well; keep one of the two"
            continue
        found.origins[secret] = found.origins[name]
        try:
            found.values[secret] = _read_secret(Path(file).parent / str(value))
        except (OSError, ValueError) as error:
            why = error.strerror if isinstance(error, OSError) else str(error)
            found.problems[secret] = f"{found.origins[name]}: {value}: {why}; it should be a file with the secret alone"


def _read_secret(file: Path) -> str:
    secret = _read_text(file).strip()
    if not secret or "\n" in secret:
        raise ValueError("it has more than one line" if secret else "it is empty")
    return secret


def _read_text(file: Path) -> str:
    """Raises OSError, or ValueError with what is wrong with the file."""
    data = file.read_bytes()
    if len(data) > _LARGEST:
        raise ValueError(f"it is larger than {_LARGEST:,} bytes")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise ValueError("it is not UTF-8; save it as UTF-8") from None


def _ask_keyring(found: Given, service: str) -> None:
    """Add the secrets that are given nowhere else and that the system's keyring has under the service's name."""
    place = found.origins["keyring"]
    wanted = [name for name in SECRETS if name not in found.values and name not in found.problems]
    try:
        import keyring  # noqa: PLC0415  # an extra, and slow to import
    except ImportError:
        found.problems["keyring"] = f"{place}: Python's keyring is not installed: pip install 'litwatch[keyring]'"
        return
    for name in wanted:
        try:
            secret = keyring.get_password(service, name)
        except Exception as error:  # noqa: BLE001 - each backend raises what it likes
            found.problems[name] = f"{place}: the system's keyring cannot be asked for {name}: {error}"
            return
        if secret:
            found.values[name] = secret
            found.origins[name] = f"{place} ({service}, {name})"


def refuse_problems(found: Given, names: Collection[str]) -> None:
    """Raise SettingsError for what is wrong with the file itself or with one of the named settings' secrets."""
    told = [said for name, said in found.problems.items() if not name or name in names]
    if told:
        raise SettingsError("\n".join(told))
