"""Settings: a file, variables before it, secrets from files or the keyring; every mistake names its place."""

from __future__ import annotations

import os
import sys
import tomllib
from pathlib import Path
from types import SimpleNamespace

import pytest

from litwatch.config.settings import Settings, read_mail_route, read_settings, read_store_path, secrets_in
from litwatch.config.settings_file import SECRETS
from litwatch.config.settings_reference import PARTS, commented_settings
from litwatch.model.errors import SettingsError
from tests.command_line import Run

KEY = "0123456789abcdef"


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def write(text: str, folder: Path = Path()) -> None:
    (folder / "litwatch.toml").write_text(text, encoding="utf-8")


def refused(environment: dict[str, str] | None = None) -> list[str]:
    with pytest.raises(SettingsError) as error:
        read_settings(environment or {})
    return str(error.value).splitlines()


def test_the_file_is_read_and_a_variable_comes_before_it(site: Path) -> None:
    write('email = "file@example.org"\nsmtp_port = 25\nrehearsal = true\ntool = ""\ncrossref = true\n')
    settings = read_settings({"LITWATCH_SMTP_PORT": "26", "LITWATCH_STORE": ""})
    assert (settings.email, settings.smtp_port, settings.rehearsal) == ("file@example.org", 26, True)
    assert (settings.tool, settings.store) == ("litwatch", Path("var/litwatch.duckdb"))
    assert settings.crossref == "https://api.crossref.org/"
    assert read_settings({"LITWATCH_SETTINGS": "none"}).email is None


def test_paths_of_the_file_and_defaults_start_from_its_folder_and_those_of_variables_from_here(site: Path) -> None:
    home = site / "home"
    home.mkdir()
    write('reports = "out"\nbulk_files = "updates"\nshards = "s3://bucket/x"\nsmtp_certificates = "ca.pem"\n', home)
    environment = {"LITWATCH_HOME": str(home), "LITWATCH_QUERIES": "mine"}
    settings = read_settings(environment)
    assert (settings.reports, settings.queries) == (home / "out", Path("mine"))
    assert settings.store == read_store_path(environment) == home / "var" / "litwatch.duckdb"
    assert (settings.bulk_files, settings.shards) == (str(home / "updates"), "s3://bucket/x")
    assert settings.smtp_certificates == home / "ca.pem"
    assert read_mail_route(environment).mail_folder == home / "var" / "mail"
    assert read_settings({"LITWATCH_SETTINGS": str(home / "litwatch.toml")}).reports == home / "out"


def test_each_mistake_names_its_file_and_key_or_its_variable_and_all_are_told_at_once(site: Path) -> None:
    write('emial = "you@example.org"\nsmtp_port = "many"\nstore_wait = -1\n[smtp]\nhost = "x"\n')
    told = refused({"LITWATCH_TOOOL": "x", "LITWATCH_SMTP_SECURITY": "some"})
    assert len(told) == 6
    assert any(line.startswith("litwatch.toml: emial: there is no such setting; did you mean email? ") for line in told)
    assert any(line.startswith("litwatch.toml: smtp_port: ") for line in told)
    assert any(line.startswith("litwatch.toml: store_wait: ") for line in told)
    assert any(line.startswith("litwatch.toml: smtp: there is no such setting") for line in told)
    assert any(line.startswith("LITWATCH_SMTP_SECURITY: ") for line in told)
    assert any(
        line.startswith("LITWATCH_TOOOL: there is no such setting; did you mean LITWATCH_TOOL? ") for line in told
    )


@pytest.mark.parametrize(
    ("content", "said"),
    [(b"email = you@example.org\n", "line 1"), (b"tool = '\xff'\n", "UTF-8"), (b"x" * 1_000_001, "1,000,000 bytes")],
)
def test_a_file_that_is_no_toml_is_refused_with_where_and_nobody_guesses_the_store(
    site: Path, content: bytes, said: str
) -> None:
    (site / "litwatch.toml").write_bytes(content)
    (told,) = refused()
    assert told.startswith("litwatch.toml: ")
    assert said in told
    with pytest.raises(SettingsError):
        read_mail_route({})
    assert read_mail_route({"LITWATCH_OPERATOR": "me@example.org"}).operator == "me@example.org"
    assert read_store_path({"LITWATCH_STORE": "a.duckdb"}) == Path("a.duckdb")


def test_a_named_file_that_is_missing_is_a_mistake(site: Path) -> None:
    assert refused({"LITWATCH_SETTINGS": "no.toml"})[0].startswith("no.toml: No such file")


def test_a_secret_is_read_from_its_file_and_known_as_one_that_no_message_shows(site: Path) -> None:
    (site / "key").write_text(f"{KEY}\n")
    (site / "other").write_text("f" * 20)
    write('api_key_file = "key"\n')
    assert read_settings({}).api_key.get_secret_value() == KEY  # type: ignore[union-attr]
    assert secrets_in({}) == (KEY,)
    assert secrets_in({"LITWATCH_API_KEY_FILE": "other"}) == ("f" * 20,)
    assert secrets_in({"LITWATCH_API_KEY": "e" * 20}) == ("e" * 20,)


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("missing", None, "No such file"),
        ("empty", "\n", "it is empty"),
        ("long", "a\nb\n", "it has more than"),
    ],
)
def test_a_secrets_file_that_cannot_serve_is_named_with_its_setting(
    site: Path, name: str, content: str | None, said: str
) -> None:
    if content is not None:
        (site / name).write_text(content)
    write(f'smtp_user = "u"\nsmtp_password_file = "{name}"\n')
    told = refused()
    assert told[0].startswith(f"litwatch.toml: smtp_password_file: {name}: {said}")
    with pytest.raises(SettingsError, match="smtp_password_file"):
        read_mail_route({})
    given = {"LITWATCH_SMTP_PASSWORD": "a" * 20}
    assert read_settings(given).smtp_password, "a variable comes before the file's"
    both = refused({**given, "LITWATCH_SMTP_PASSWORD_FILE": name})
    assert both[0].startswith("LITWATCH_SMTP_PASSWORD_FILE: smtp_password is given as well")


def test_the_keyring_is_asked_for_what_is_given_nowhere_else(site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = {("mine", "api_key"): KEY, ("mine", "desk_secret"): "d" * 40}
    monkeypatch.setitem(sys.modules, "keyring", SimpleNamespace(get_password=lambda *asked: kept.get(asked)))
    write('keyring = "mine"\ndesk_url = "https://desk.example.org/"\n')
    settings = read_settings({"LITWATCH_API_KEY": "f" * 20})
    assert settings.desk_secret is not None
    assert secrets_in({"LITWATCH_API_KEY": "f" * 20}) == ("f" * 20, "d" * 40)
    monkeypatch.setitem(sys.modules, "keyring", None)
    assert refused()[0].startswith("litwatch.toml: keyring: Python's keyring is not installed: pip install")


def test_the_commented_file_names_every_setting_and_each_example_is_a_good_value(site: Path) -> None:
    template = commented_settings()
    assert tomllib.loads(template) == {}
    assert {name for names in PARTS.values() for name in names} <= set(Settings.model_fields)
    lines = [line.removeprefix("# ") for line in template.splitlines() if line.startswith("# ") and " = " in line]
    keys = {line.partition(" = ")[0]: line for line in lines if line.partition(" = ")[0].islower()}
    secrets = {f"{name}_file": name for name in SECRETS}
    assert {secrets.get(key, key) for key in keys} == set(Settings.model_fields)
    left_out = {"keyring", "desk_url", "webhook_form", *secrets}
    write("\n".join([*(line for key, line in keys.items() if key not in left_out), f'smtp_password = "{KEY}"']))
    read_settings({})
    assert 'email = "me@example.org"\n' in commented_settings({"email": "me@example.org"})


def test_the_settings_command_says_where_each_is_given_and_shows_no_secret(
    site: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in [name for name in os.environ if name.startswith("LITWATCH_")]:
        monkeypatch.delenv(name)
    write(f'email = "you@example.org"\napi_key = "{KEY}"\n')
    monkeypatch.setenv("LITWATCH_TOOL", "mine")
    status, out, _ = run("settings")
    assert status == 0
    assert "you@example.org   (litwatch.toml: email)" in out
    assert "mine   (LITWATCH_TOOL)" in out
    assert KEY not in out
    assert run("settings", "--template")[1] == commented_settings()
    write("emial = 1\n")
    status, _, err = run("settings")
    assert (status, "litwatch.toml: emial" in err) == (1, True)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("smtp_port = true\n", "smtp_port: it should be a number, not true or false"),
        ('smtp_port = "x"\n', "smtp_port: it should be a whole number from 1 to 65,535"),
        ('webhook_form = "discord"\n', "webhook_form: it should be slack or teams"),
        ("keep_reports = false\n", "keep_reports: it should be a number, not true or false"),
        ('eutils = "http://127.0.0.1:70000/"\n', "whose port, if it has one, is at most 65535"),
        (
            'desk_secret = "0123456789012345678901234567890123456789"\n',
            "LITWATCH_DESK_SECRET is set without LITWATCH_DESK_URL",
        ),
        (
            'desk_url = "https://desk.example.org/"\n',
            "LITWATCH_DESK_URL is set without LITWATCH_DESK_SECRET: set LITWATCH_DESK_SECRET, too",
        ),
        ('email = "a@example.org"\ntool = "x"\ntool = "y"\n', "again at line 3; delete one of the two"),
    ],
)
def test_a_value_that_would_be_taken_for_another_is_refused_with_what_to_do(site: Path, text: str, said: str) -> None:
    write(text)
    (told,) = refused()
    assert said in told
