"""Settings from the environment, read once at the edge; every problem is reported at once.

Every name starts with ``LITWATCH_``. Secrets are kept in ``SecretStr`` and print as asterisks.
"""

from __future__ import annotations

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

from litwatch.digest.signed_links import SHORTEST_SECRET
from litwatch.model.errors import SettingsError
from litwatch.model.identifiers import Pmid
from litwatch.model.smtp_security import SmtpSecurity
from litwatch.model.text.hidden_secrets import SHORTEST
from litwatch.model.text.mail_address import check_mail_address
from litwatch.model.topic import TopicSource

PREFIX = "LITWATCH_"
CANARY = Pmid(17469039)
"""A review of 2007 in MEDLINE ("The insulin resistance syndrome: physiological considerations", Diab Vasc Dis Res):
PubMed has long had it, and the stand-in's demonstration has it, too."""
CROSSREF = "https://api.crossref.org/"
"""Crossref's REST API."""


def _check_web_address(value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ValueError("it should be an http or https address")
    return value.rstrip("/") + "/"


def _check_canary(value: str) -> str:
    said = value.strip().casefold()
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


MailAddress = Annotated[str, AfterValidator(check_mail_address)]


class MailRoute(BaseModel):
    """How a mail leaves the house, and who is told of failures: all that is needed where nothing else works."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    sender: MailAddress = Field("litwatch@localhost.localdomain", description="From address of the digests")
    mail_folder: Path = Field(Path("var/mail"), description="where digests are written while no SMTP host is set")
    smtp_host: str | None = Field(None, description="mail server; without it mails are written as files")
    smtp_port: int = Field(587, ge=1, le=65535, description="its port")
    smtp_security: SmtpSecurity = Field(SmtpSecurity.STARTTLS, description="starttls, tls or none")
    smtp_user: str | None = Field(None, description="login, if the server wants one")
    smtp_password: SecretStr | None = Field(None, min_length=SHORTEST, description="password of that login")
    smtp_certificates: Path | None = Field(
        None, description="PEM file of a private authority, to trust for the mail server instead of the system's"
    )
    operator: MailAddress | None = Field(None, description="who is told by mail when a night was not whole")

    @model_validator(mode="after")
    def _check_login(self) -> Self:
        if (self.smtp_user is None) != (self.smtp_password is None):
            raise ValueError("SMTP_USER and SMTP_PASSWORD belong together; set both or neither")
        return self


class ReceiptPlaces(BaseModel):
    """Where every end of a run is told besides the store and the mail."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    ping_url: Annotated[SecretStr, AfterValidator(_check_secret_address)] | None = Field(
        None, description="address of a dead man's switch that every night pings (Healthchecks' protocol)"
    )
    metrics_file: Path | None = Field(
        None, description="file for Prometheus' textfile collector, renewed at every night's end"
    )
    log_folder: Path | None = Field(None, description="folder for the log, as JSON lines in a file a day")


class Settings(MailRoute, ReceiptPlaces):
    """What one installation of litwatch needs to know; see docs/operating.md for each name."""

    queries: Path = Field(Path("queries"), description="folder of the editors' topic files")
    reports: Path = Field(Path("reports"), description="folder that reports are written to")
    reports_url: Annotated[str, AfterValidator(_check_web_address)] | None = Field(
        None, description="address under which members can open the reports folder; digests then link to it"
    )
    store: Path = Field(Path("var/litwatch.duckdb"), description="the DuckDB file")
    store_wait: float = Field(30.0, ge=0, le=3600, description="seconds to wait for a store that is in use")
    email: MailAddress | None = Field(None, description="your address, which NCBI requires with every request")
    tool: str = Field("litwatch", pattern=r"^[A-Za-z0-9_.-]{1,50}$", description="the name told to NCBI")
    api_key: SecretStr | None = Field(
        None, min_length=SHORTEST, description="NCBI API key: 10 requests a second instead of 3"
    )
    eutils: Annotated[str, AfterValidator(_check_web_address)] = Field(
        "https://eutils.ncbi.nlm.nih.gov/entrez/eutils/", description="address of the E-utilities"
    )
    canary: Annotated[str, AfterValidator(_check_canary)] = Field(
        "auto", description="PMID that every night searches and fetches to prove that both find; auto or off"
    )
    retraction_watch: str | None = Field(
        None, description="address or file of the Retraction Watch table, read every night as the second source"
    )
    crossref: Annotated[str | None, BeforeValidator(_read_crossref)] = Field(
        None, description="true, or the address of a server of Crossref's form: asked for notices about cited works"
    )
    shards: str | None = Field(
        None,
        description="folder, or address such as s3://bucket/litwatch, that all machines of a cluster reach: the night"
        " is then done in shards",
    )
    shard_size: int = Field(250, ge=1, le=100_000, description="articles of one shard")
    machines: int = Field(
        1,
        ge=1,
        le=10,
        description="machines that ask NCBI at the same time under one address or key, and share its rate",
    )
    bulk_files: str | None = Field(
        None, description="folder or http(s) address of NLM's update files, read every night for topics of source bulk"
    )
    source: TopicSource = Field(
        TopicSource.ENTREZ,
        description="how new records are found where a topic file says nothing: entrez, bulk or both",
    )
    rehearsal: bool = Field(
        False, description="whether a night may be kept as of another day; only for a store of its own"
    )
    private_feeds: bool = Field(False, description="whether feeds may come from private network addresses")
    desk_url: Annotated[str, AfterValidator(_check_web_address)] | None = Field(
        None, description="address under which members reach the desk; digests then link to it"
    )
    desk_secret: SecretStr | None = Field(
        None, min_length=SHORTEST_SECRET, description="what the desk's links are signed with"
    )

    @model_validator(mode="after")
    def _check_desk(self) -> Self:
        if (self.desk_url is None) != (self.desk_secret is None):
            raise ValueError("DESK_URL and DESK_SECRET belong together; set both or neither")
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
                " export LITWATCH_EMAIL=you@example.org"
            )
        return self.email


def read_settings(environment: Mapping[str, str]) -> Settings:
    """Settings from ``LITWATCH_…`` variables; an empty value counts as not set.

    Raises SettingsError with one line for every wrong or unknown variable; values of secrets are never shown.
    """
    try:
        return Settings.model_validate(_given(environment))
    except ValidationError as error:
        lines = [_describe(problem["loc"], problem["msg"]) for problem in error.errors()]
        raise SettingsError("\n".join(lines)) from None


def read_mail_route(environment: Mapping[str, str]) -> MailRoute:
    """The mail settings alone, whatever is wrong with the others. Raises SettingsError as ``read_settings`` does."""
    given = {name: value for name, value in _given(environment).items() if name in MailRoute.model_fields}
    try:
        return MailRoute.model_validate(given)
    except ValidationError as error:
        raise SettingsError("\n".join(_describe(one["loc"], one["msg"]) for one in error.errors())) from None


def read_receipt_places(environment: Mapping[str, str]) -> ReceiptPlaces:
    """Where receipts go, whatever is wrong with the other settings: a place that is wrong counts as not set."""
    found = ReceiptPlaces.model_validate({})
    for name, value in _given(environment).items():
        if name in ReceiptPlaces.model_fields:
            with suppress(ValidationError):
                found = found.model_copy(update={name: getattr(ReceiptPlaces.model_validate({name: value}), name)})
    return found


def read_store_path(environment: Mapping[str, str]) -> Path:
    """Where the store is or should be, whatever is wrong with the other settings."""
    return Path(_given(environment).get("store", Settings.model_fields["store"].default))


def secrets_in(environment: Mapping[str, str]) -> tuple[str, ...]:
    """The values that no message may show, whether or not the settings are good."""
    given = _given(environment)
    found = [given[name] for name in ("api_key", "smtp_password", "desk_secret") if name in given]
    # The host of the dead man's switch is no secret; what stands behind it is.
    return (*found, *([urlsplit(given["ping_url"]).path] if "ping_url" in given else []))


def _given(environment: Mapping[str, str]) -> dict[str, str]:
    return {
        name.removeprefix(PREFIX).lower(): value
        for name, value in environment.items()
        if name.startswith(PREFIX)
        and (value or name == f"{PREFIX}CANARY")  # an empty one is none, which is not the usual one
        and name.removeprefix(PREFIX).lower() not in _NOT_OURS
    }


_NOT_OURS = {"home", "shared"}
"""LITWATCH_HOME belongs to prefect.yaml, LITWATCH_SHARED to the tests."""


def _describe(location: tuple[int | str, ...], message: str) -> str:
    name = PREFIX + str(location[0]).upper() if location else PREFIX + "…"
    if message == "Extra inputs are not permitted":
        known = ", ".join(PREFIX + field.upper() for field in Settings.model_fields)
        return f"{name}: there is no such setting; the settings are {known}"
    message = message.replace("items after validation", "characters")
    return f"{name}: {message.removeprefix('Value error, ')}"
