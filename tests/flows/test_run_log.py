"""What litwatch logs stands in the flow run's log, receipts too, and none of the secrets does: Prefect keeps it."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest

from litwatch_flows import survey_shard, visible_steps
from litwatch_flows.visible_steps import log_in_run

SECRET = "5c2f6e1a-very-secret"


class Lines:
    """The log of a run, as a list."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def log(self, _level: int, form: str, *given: object) -> None:
        self.lines.append(form % given)

    def info(self, form: str, *given: object) -> None:
        self.log(logging.INFO, form, *given)


def test_a_runs_log_has_receipts_and_no_secrets(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("LITWATCH_SMTP_PASSWORD", SECRET)
    litwatch, run = logging.getLogger("litwatch"), Lines()
    level = litwatch.level
    with log_in_run(run):
        logging.getLogger("litwatch.receipt").info("found 12")
        try:
            Path(f"/nowhere/{SECRET}").read_text(encoding="utf-8")
        except OSError:
            logging.getLogger("litwatch.mail").exception("asked with %s", SECRET)
    assert (litwatch.level, litwatch.propagate) == (level, True)
    assert caplog.text == "", "nothing reaches the screen past the run's own log"
    receipt, error = run.lines
    assert receipt == "found 12"
    assert "test_run_log.py" in error
    assert error.startswith("asked with ***\n")
    assert "FileNotFoundError(2, 'No such file or directory')" in error
    assert SECRET not in error


def test_what_a_shard_logs_stands_in_its_run(monkeypatch: pytest.MonkeyPatch) -> None:
    run = Lines()
    for module in (survey_shard, visible_steps):
        monkeypatch.setattr(module, "get_run_logger", lambda: run)

    def survey(*_: object) -> None:
        logging.getLogger("litwatch.entrez").warning("NCBI asks to wait")

    monkeypatch.setattr(survey_shard, "survey", survey)
    monkeypatch.setenv("LITWATCH_EMAIL", "you@example.org")
    survey_shard.survey_shard.fn(folder="/mnt/litwatch", night="nightly-1", number=1, of=2, articles=3, attempt="try")
    assert run.lines == ["3 articles of nightly-1", "NCBI asks to wait"]
