"""What an installation is set to, read once at the edge; every problem is reported at once.

Each field is a key of ``litwatch.toml`` and, behind ``LITWATCH_``, an environment variable, which comes before the file
(``settings_file``). Secrets are kept in ``SecretStr`` and print as asterisks. ``settings_reference`` writes the
settings' table in docs/settings.md and the commented file of a new site from the fields' descriptions.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Annotated, Self
from urllib.parse import urlsplit

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    SecretStr,
    ValidationError,
    model_validator,
)

from litwatch.config.mistake_words import say_value
from litwatch.config.settings_file import PREFIX, SECRETS, Given, find_given, refuse_problems, suggest_name
from litwatch.digest.signed_links import SHORTEST_SECRET
from litwatch.model.canary_record import CANARY
from litwatch.model.errors import SettingsError
from litwatch.model.identifiers import Pmid
from litwatch.model.smtp_security import SmtpSecurity
from litwatch.model.text.hidden_secrets import SHORTEST, secrets_of_address
from litwatch.model.text.loopback import is_loopback
from litwatch.model.text.mail_address import check_mail_address
from litwatch.model.topic import TopicSource
from litwatch.model.webhook_form import WebhookForm

CROSSREF = "https://api.crossref.org/"
"""Crossref's REST API."""


def _check_web_address(value: str) -> str:
    try:
        parts = urlsplit(value)
        _ = parts.port
    except ValueError:
        raise ValueError("it should be an http or https address, whose port, if it has one, is at most 65535") from None
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ValueError("it should be an http or https address")
    return value.rstrip("/") + "/"


def _check_canary(value: object) -> str:
    said = str(value).strip().casefold()
    if said in {"auto", "off"}:
        return said
    if said in {"", "0", "false", "no", "none"}:
        return "off"
    if said.isascii() and said.isdigit() and int(said) < 1_000_000_000:
        return str(int(said))
    raise ValueError("it should be a PMID, auto or off")


def _check_secret_address(value: SecretStr) -> SecretStr:
    _check_web_address(value.get_secret_value())
    return value


def _check_webhook(value: SecretStr) -> SecretStr:
    address = value.get_secret_value()
    _check_web_address(address)
    parts = urlsplit(address)
    if parts.scheme != "https" and not is_loopback(parts.hostname):
        raise ValueError("it should be an https address: whoever reads it on the way can post to the channel")
    if not (address.isascii() and address.isprintable() and " " not in address):
        raise ValueError("it should be an address without blanks or letters beyond ASCII")
    return value


def _read_crossref(value: object) -> str | None:
    """An address, or Crossref's own for "true"; None for "false"."""
    said = str(value or "").strip()
    if said.casefold() in {"", "0", "false", "no", "off"}:
        return None
    if said.casefold() in {"1", "true", "yes", "on"}:
        return CROSSREF
    try:
        return _check_web_address(said).removesuffix("works/")
    except ValueError:
        raise ValueError("it should be true, false, or an http or https address") from None


def _no_truth_value(value: object) -> object:
    """``true`` in a settings file is no number, although Python would count it as 1."""
    if isinstance(value, bool):
        raise ValueError("it should be a number, not true or false")  # noqa: TRY004 - pydantic reports ValueErrors
    return value


def _check_file(path: Path) -> Path:
    if not path.name:
        raise ValueError("it should name a file, not a folder")
    return path


Whole = Annotated[int, BeforeValidator(_no_truth_value)]
Days = Annotated[Annotated[int, Field(ge=1, le=36_500)] | None, BeforeValidator(_no_truth_value)]
"""A length of time; None for ever."""
MailAddress = Annotated[str, AfterValidator(check_mail_address)]


class MailRoute(BaseModel):
    """How a mail leaves the house, and who is told of failures: all that is needed where nothing else works."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    sender: MailAddress = Field("litwatch@localhost.localdomain", description="From address of the digests")
    mail_folder: Path = Field(
        Path("var/mail"), description="folder where digests are written as files while no mail server is set"
    )
    smtp_host: str | None = Field(None, description="mail server", examples=["smtp.example.org"])
    smtp_port: Whole = Field(587, ge=1, le=65535, description="its port")
    smtp_security: SmtpSecurity = Field(
        SmtpSecurity.STARTTLS, description="how the connection is protected: starttls, tls or none"
    )
    smtp_user: str | None = Field(
        None,
        description="login, if the server wants one; never sent over an unprotected connection",
        examples=["litwatch"],
    )
    smtp_password: SecretStr | None = Field(None, min_length=SHORTEST, description="password of that login")
    smtp_certificates: Path | None = Field(
        None,
        description="PEM file of a private authority, to trust for the mail server instead of the system's",
        examples=["authority.pem"],
    )
    operator: MailAddress | None = Field(
        None,
        description="who gets a mail on each day on which an article, a file or a mail failed, and about every run that"
        " ended before its work was done; set it",
        examples=["operator@example.org"],
    )

    @model_validator(mode="after")
    def _check_login(self) -> Self:
        if (self.smtp_user is None) != (self.smtp_password is None):
            raise ValueError("SMTP_USER and SMTP_PASSWORD belong together; set both or neither")
        return self


class ReceiptPlaces(BaseModel):
    """Where every end of a run is told besides the store and the mail."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    ping_url: Annotated[SecretStr, AfterValidator(_check_secret_address)] | None = Field(
        None,
        description="address of a dead man's switch that every night pings (Healthchecks' protocol); whoever knows it"
        " can keep the alarm silent, so no message shows it",
    )
    metrics_file: Path | None = Field(
        None,
        description="file for Prometheus' textfile collector, renewed at every night's end",
        examples=["/var/lib/node_exporter/litwatch.prom"],
    )
    log_folder: Path | None = Field(
        None, description="folder for the log, as JSON lines in a file for each day", examples=["var/log"]
    )
    rehearsal: bool = Field(
        False,
        description="whether a night may be kept as of another day; only for a store of its own. Such nights neither"
        " ping `ping_url` nor write `metrics_file`",
    )


class Settings(MailRoute, ReceiptPlaces):
    """What one installation of litwatch needs to know; see docs/settings.md for each name."""

    queries: Path = Field(Path("queries"), description="folder of the editors' topic files")
    reports: Path = Field(Path("reports"), description="folder that reports are written to")
    reports_url: Annotated[str, AfterValidator(_check_web_address)] | None = Field(
        None,
        description="web address under which members can open that folder; digests then link to the reports",
        examples=["https://example.org/reports/"],
    )
    store: Annotated[Path, AfterValidator(_check_file)] = Field(
        Path("var/litwatch.duckdb"), description="the DuckDB file with everything observed, decided and sent"
    )
    store_wait: Annotated[float, BeforeValidator(_no_truth_value)] = Field(
        30.0, ge=0, le=3600, description="seconds to wait for a store that another process uses"
    )
    email: MailAddress | None = Field(
        None,
        description="your mail address, which NCBI requires with every request. Register it with NCBI together with the"
        " tool name",
        examples=["you@example.org"],
    )
    tool: str = Field("litwatch", pattern=r"^[A-Za-z0-9_.-]{1,50}$", description="the name told to NCBI")
    api_key: SecretStr | None = Field(
        None, min_length=SHORTEST, description="NCBI API key: 10 requests a second instead of 3"
    )
    eutils: Annotated[str, AfterValidator(_check_web_address)] = Field(
        "https://eutils.ncbi.nlm.nih.gov/entrez/eutils/",
        description="address of the E-utilities: NCBI's, or a stand-in's",
    )
    canary: Annotated[str, BeforeValidator(_check_canary)] = Field(
        "auto",
        description="PMID of the record that every night searches and fetches, to prove that both find."
        " auto: 17469039 at NCBI's own address, none at another; off, or empty: none",
    )
    retraction_watch: str | None = Field(
        None,
        description="address or file of the Retraction Watch table, the second source on retractions"
        " (docs/integrity.md)",
        examples=["retraction_watch.csv"],
    )
    crossref: Annotated[str | None, BeforeValidator(_read_crossref)] = Field(
        None,
        description="true, or the address of a server of Crossref's form: asked for notices about cited works, those"
        " without a PMID first (docs/integrity.md); needs `email`",
        examples=[True],
    )
    shards: str | None = Field(
        None,
        description="folder, or address such as s3://bucket/litwatch, that all machines of a cluster reach: the night"
        " is then done in shards (docs/cluster.md)",
        examples=["s3://bucket/litwatch"],
    )
    shard_size: Whole = Field(250, ge=1, le=100_000, description="articles of one shard")
    machines: Whole = Field(
        1,
        ge=1,
        le=10,
        description="machines that ask NCBI at the same time under one address or key (1 to 10): each takes its share"
        " of NCBI's rate, so that together they never exceed it; at most 3 without a key",
    )
    bulk_files: str | None = Field(
        None,
        description="folder or http(s) address of NLM's update files, read by every night for topics of `source: bulk`"
        " or `both` (docs/bulk.md)",
        examples=["updatefiles"],
    )
    source: TopicSource = Field(
        TopicSource.ENTREZ,
        description="how new records are found where a topic file has no `source`: entrez, bulk or both",
    )
    keep_reports: Days = Field(
        None, examples=[730], description="days for which old reports are kept; an article's newest always is"
    )
    keep_mails: Days = Field(
        None, examples=[365], description="days for which the text of mails that were sent is kept"
    )
    keep_logs: Days = Field(None, examples=[90], description="days for which the files in `log_folder` are kept")
    keep_artifacts: Days = Field(
        None, examples=[90], description="days for which Prefect keeps litwatch's runs and their artifacts"
    )
    private_feeds: bool = Field(False, description="whether a topic's feeds may come from private network addresses")
    desk_url: Annotated[str, AfterValidator(_check_web_address)] | None = Field(
        None,
        description="web address of the desk, on which members answer; digests then link to it. Needs `desk_secret`",
        examples=["https://example.org/desk/"],
    )
    desk_secret: SecretStr | None = Field(
        None,
        min_length=SHORTEST_SECRET,
        description="the secret (32 characters or more) that the desk's links are signed with. Another secret voids"
        " every link",
    )
    desk_editing: bool = Field(
        True,
        description="whether editors may change topic files and articles at the desk. Whoever holds an editor's link"
        " then decides who gets mail and what is searched",
    )
    webhook_url: Annotated[SecretStr, AfterValidator(_check_webhook)] | None = Field(
        None,
        description="https address of a webhook to which retractions of cited papers are posted at once"
        " (docs/operating.md); whoever knows it can post to the channel, so no message shows it. Needs `webhook_form`",
    )
    webhook_form: WebhookForm | None = Field(
        None, description="whose webhook it is: slack or teams", examples=["slack"]
    )
    keyring: str | None = Field(
        None,
        description="name of a service in the system's keyring, where the secrets that are given nowhere else are"
        " looked up (pip install 'litwatch[keyring]'; `keyring set litwatch api_key`)",
        examples=["litwatch"],
    )

    @model_validator(mode="after")
    def _check_desk(self) -> Self:
        if (self.desk_url is None) != (self.desk_secret is None):
            lacking, there = ("DESK_SECRET", "DESK_URL") if self.desk_url else ("DESK_URL", "DESK_SECRET")
            raise ValueError(
                f"{there} is set without {lacking}: set {lacking}, too"
                f" ({'32 characters or more' if lacking == 'DESK_SECRET' else 'the address of the desk'}), or remove"
                f" {there}"
            )
        if (self.webhook_url is None) != (self.webhook_form is None):
            lacking, there = ("WEBHOOK_FORM", "WEBHOOK_URL") if self.webhook_url else ("WEBHOOK_URL", "WEBHOOK_FORM")
            what = "slack or teams" if self.webhook_url else "the address that Slack or Teams has given you"
            raise ValueError(f"{there} is set without {lacking}: set {lacking}, too ({what}), or remove {there}")
        if self.crossref is not None and self.email is None:
            raise ValueError("CROSSREF needs EMAIL: Crossref asks for an address with every request")
        return self

    def find_canary(self) -> Pmid | None:
        """The record that a night must find; None for none. ``auto``: ``CANARY`` at NCBI, none at another address."""
        if self.canary == "auto":
            host = urlsplit(self.eutils).hostname or ""
            return CANARY if host.endswith(".ncbi.nlm.nih.gov") else None
        return None if self.canary == "off" else Pmid(int(self.canary))

    def require_email(self) -> str:
        """The address that NCBI requires with every request (NBK25497). Raises SettingsError where there is none."""
        if self.email is None:
            raise SettingsError(
                "LITWATCH_EMAIL is not set; NCBI requires your mail address with every request:"
                " export LITWATCH_EMAIL=you@example.org, or set email in litwatch.toml"
            )
        return self.email


def read_settings(environment: Mapping[str, str]) -> Settings:
    """Settings from ``LITWATCH_…`` variables and the settings file; an empty value counts as not set.

    Relative paths of the file, and the defaults beside it, start from the file's folder, those of variables from the
    working directory. Raises SettingsError with one line for every wrong or unknown setting, which names its place;
    values of secrets are never shown.
    """
    found = find_given(environment)
    problems = list(found.problems.values())
    if "" in found.problems:
        raise SettingsError("\n".join(problems))
    try:
        settings = Settings.model_validate(_from_folder(found))
    except ValidationError as error:
        problems += [_describe(one["loc"], say_value(one, Settings), found) for one in error.errors()]
        raise SettingsError("\n".join(problems)) from None
    if problems:
        raise SettingsError("\n".join(problems))
    return settings


def read_mail_route(environment: Mapping[str, str]) -> MailRoute:
    """The mail settings alone, whatever is wrong with the others. Raises SettingsError as ``read_settings`` does.

    A settings file that cannot be read is no hindrance where the variables name the operator.
    """
    found = find_given(environment)
    if "operator" in found.values:
        found.problems.pop("", None)
    refuse_problems(found, MailRoute.model_fields)
    given = {name: value for name, value in _from_folder(found).items() if name in MailRoute.model_fields}
    try:
        return MailRoute.model_validate(given)
    except ValidationError as error:
        told = (_describe(one["loc"], say_value(one, MailRoute), found) for one in error.errors())
        raise SettingsError("\n".join(told)) from None


def read_receipt_places(environment: Mapping[str, str]) -> ReceiptPlaces:
    """Where receipts go, whatever is wrong with the other settings: a place that is wrong counts as not set."""
    found = ReceiptPlaces.model_validate({})
    for name, value in _from_folder(find_given(environment)).items():
        if name in ReceiptPlaces.model_fields:
            with suppress(ValidationError):
                found = found.model_copy(update={name: getattr(ReceiptPlaces.model_validate({name: value}), name)})
    return found


def read_store_path(environment: Mapping[str, str]) -> Path:
    """Where the store is or should be, whatever is wrong with the other settings."""
    return Path(str(_from_folder(find_given(environment)).get("store", Settings.model_fields["store"].default)))


def secrets_in(environment: Mapping[str, str]) -> tuple[str, ...]:
    """The values that no message may show, whether or not the settings are good."""
    found = find_given(environment)
    given = {name: str(found.values[name]) for name in SECRETS if name in found.values}
    return tuple(
        secret
        for name, value in given.items()
        for secret in (secrets_of_address(value) if name in _SECRET_ADDRESSES else (value,))
    )


_SECRET_ADDRESSES = ("ping_url", "webhook_url")
"""Secrets of which the host may be told."""
_PATHS = ("queries", "reports", "store", "mail_folder")
"""Settings whose default is a path."""
_PERHAPS_PATHS = (
    "smtp_certificates", "retraction_watch", "bulk_files", "shards", "metrics_file", "log_folder",
)  # fmt: skip
"""Settings without a default that are a path or an address."""


def _from_folder(found: Given) -> dict[str, object]:
    """What is given, with the paths that start from the settings file's folder."""
    values = dict(found.values)
    if found.folder == Path():
        return values
    for name in _PATHS:
        if name not in values:
            values[name] = found.folder / Settings.model_fields[name].default
    for name in {*_PATHS, *_PERHAPS_PATHS} & found.from_file:
        told = values[name]
        if isinstance(told, str) and not found.origins[name].startswith(PREFIX) and "://" not in told:
            values[name] = str(found.folder / told)
    return values


_CAPITALS = re.compile(r"\b[A-Z]+(?:_[A-Z]+)*\b")


def _name_whole(found: re.Match[str]) -> str:
    return PREFIX + found[0] if found[0].lower() in Settings.model_fields else found[0]


def _describe(location: tuple[int | str, ...], message: str, found: Given) -> str:
    if not location:  # about several settings, which it names in capitals
        return _CAPITALS.sub(_name_whole, message.removeprefix("Value error, "))
    name = str(location[0])
    place = found.origins.get(name, PREFIX + name.upper())
    if message == "Extra inputs are not permitted":
        of_file = not place.startswith(PREFIX)
        known = [field if of_file else PREFIX + field.upper() for field in Settings.model_fields]
        near = suggest_name(name if of_file else place, known)
        return f"{place}: there is no such setting; {near}the settings are {', '.join(known)}"
    message = message.replace("items after validation", "characters")
    return f"{place}: {message.removeprefix('Value error, ')}"
