"""``litwatch init DIR``: a site that works, whose files programs of others read, and that nothing overwrites."""

from __future__ import annotations

import shutil
import stat
import subprocess
from pathlib import Path

import pytest
import yaml

from litwatch.config.settings import Settings, read_settings
from litwatch.config.site_files import FOR_SCHEDULE, make_site
from litwatch.config.topic_files import read_topics
from tests.command_line import Run
from tests.nights import open_made_store


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("with blank") / "a 100% site"
    make_site(folder, {"email": "you@example.org"})
    return folder


def test_a_site_is_made_whole_and_says_the_next_step(tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    status, out, err = run("init", "site", "--email", "you@example.org")
    assert (status, err) == (0, "")
    assert "cd site" in out
    assert "litwatch add ARTICLE --to" in out
    settings = read_settings({"LITWATCH_HOME": "site"})
    assert (settings.email, settings.store.exists(), settings.reports.is_dir()) == ("you@example.org", True, True)
    assert [topic.slug for topic in read_topics(settings.queries)] == ["insulin-resistance"]
    monkeypatch.chdir("site")
    assert run("topics", "check")[0] == 0
    secret = Path("secrets/desk_secret")
    settings = read_settings({"LITWATCH_DESK_URL": "http://127.0.0.1:8765/", "LITWATCH_DESK_SECRET_FILE": str(secret)})
    assert settings.desk_secret is not None
    for private in (secret, Path("litwatch.toml"), Path(".env")):
        assert stat.S_IMODE(private.stat().st_mode) == 0o600


def test_what_is_there_is_left_and_named(tmp_path: Path, run: Run) -> None:
    (tmp_path / "queries").mkdir()
    (tmp_path / "queries" / "mine.yaml").write_text("article: page.md\nstrategy: sleep[tiab]\n")
    (tmp_path / "litwatch.toml").write_text('tool = "mine"\n')
    (tmp_path / "compose.yaml").symlink_to("elsewhere.yaml")
    open_made_store(Settings(store=tmp_path / "var" / "litwatch.duckdb"))
    status, out, err = run("init", tmp_path, "--email", "you@example.org")
    assert status == 0
    assert f"there   {tmp_path / 'litwatch.toml'}" in out
    assert f"there   {tmp_path / 'compose.yaml'}" in out
    assert "set email = 'you@example.org' there yourself" in err
    assert (tmp_path / "litwatch.toml").read_text() == 'tool = "mine"\n'
    assert not (tmp_path / "elsewhere.yaml").exists()
    assert sorted(path.name for path in (tmp_path / "queries").iterdir()) == ["mine.yaml"]
    before = {
        path: path.stat().st_mtime_ns for path in tmp_path.rglob("*") if path.is_file() and "var" not in path.parts
    }
    assert run("init", tmp_path)[0] == 0
    assert {path: path.stat().st_mtime_ns for path in before} == before


@pytest.mark.parametrize(
    ("arguments", "said"),
    [(["--email", "you@example.org"], "name its DIR"), (["site", "--email", "you"], "--email"), (["f"], "is a file")],
)
def test_wrong_usage_makes_nothing(
    tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch, arguments: list[str], said: str
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("f").touch()
    status, _, err = run("init", *arguments)
    assert (status, said in err) == (2, True), err
    assert list(tmp_path.iterdir()) == [tmp_path / "f"]


def test_no_template_keeps_a_mark_and_each_is_about_this_site(site: Path) -> None:
    for name in FOR_SCHEDULE:
        text = (site / name).read_text()
        assert not any(f"@{mark}@" in text for mark in ("SITE", "BIN", "USER", "UID", "GID", "VERSION", "PYTHON"))
    assert str(site) in (site / "deploy.sh").read_text() or "dirname" in (site / "deploy.sh").read_text()
    assert "survey-shard" in (site / "prefect.shards.yaml").read_text(), "several machines deploy it from the site"
    assert "a 100%% site" in (site / "systemd" / "litwatch-nightly.service").read_text()


def test_the_units_are_ones_that_systemd_accepts(site: Path) -> None:
    if shutil.which("systemd-analyze") is None:
        pytest.skip("systemd-analyze is not on this machine")
    units = sorted((site / "systemd").iterdir())
    done = subprocess.run(["systemd-analyze", "verify", *units], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout + done.stderr) == (0, "")


def test_the_containers_need_no_registrys_name_and_docker_accepts_them(site: Path) -> None:
    services = yaml.safe_load((site / "compose.yaml").read_text())["services"]
    assert set(services) == {"postgres", "prefect", "worker", "desk"}
    assert not [image for service in services.values() if "/" in (image := service["image"])]
    docker = ["docker", "compose"]
    if (
        shutil.which("docker") is None
        or subprocess.run([*docker, "version"], capture_output=True, check=False).returncode
    ):
        pytest.skip("docker compose is not on this machine: compose.yaml was not checked by it")
    subprocess.run([*docker, "config", "--quiet"], cwd=site, check=True)
