"""A file that is replaced by another article: its notices are told again, and an editor is asked which one it is."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from email import message_from_bytes, policy
from pathlib import Path

import pytest

from litwatch.cli import main
from litwatch.model.change import ChangeKind
from litwatch.model.judgement import Decision, Judgement
from litwatch.night.doors import open_store
from litwatch.night.night_outcome import NightSummary
from litwatch.report.reason_sentences import say_reason
from litwatch.report.view import arrange
from tests.night.test_episode_nights import PAPER, paper, told
from tests.night.test_paper_state_nights import ARTICLE
from tests.nights import TOPIC, House, open_house

DAY = date(2026, 9, 3)
OTHER = ARTICLE.replace("What causes insulin resistance?", "How is migraine treated in pregnancy?") + "".join(
    f"{number}. Example AB. {title}. Demonstration Journal of Invented Results. 2023.\n"
    for number, title in enumerate(("Headache days under magnesium", "Aura and contraception", "Rest in the dark"), 2)
)
REWORDED = ARTICLE.replace("What causes insulin resistance?", "Why do people become resistant to insulin?")
CITES_OTHERS = "\n".join(line for line in OTHER.splitlines() if str(PAPER) not in line)
Run = Callable[..., str]


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    corpus = paper()
    with open_house(tmp_path, corpus, today=DAY) as opened:
        opened.write_topic("sleep", topic=TOPIC, article=ARTICLE)
        opened.show_commands(monkeypatch)
        yield opened


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    def call(*arguments: str, fails: bool = False) -> str:
        with pytest.raises(SystemExit) as ended:
            main([*arguments, "--by", "Dr Example", "--reason", "read"])
        out = capsys.readouterr()
        assert bool(ended.value.code) is fails, out.err
        return out.out + out.err

    return call


def asks(summary: NightSummary) -> list[str]:
    fired = summary.outcomes[0].report.verdict.fired
    return [say_reason(each) for each in fired if each.rule == "V12"]


def nth(days: int) -> date:
    return DAY + timedelta(days=days)


def replace_article(house: House, run: Run) -> NightSummary:
    """A night, a review that closes what it told, a quiet night, and the night on which another article is there."""
    assert told(house.night(DAY), ChangeKind.CITED_RETRACTED)
    run("review", "sleep", "unchanged")
    assert not told(house.night(nth(1)), ChangeKind.CITED_RETRACTED)
    assert open_store(house.settings()).last_reviewed("sleep")
    house.write_topic("sleep", topic=TOPIC, article=OTHER)
    return house.night(nth(2))


def test_a_new_article_under_an_old_name_is_told_its_retraction_although_the_old_one_was_reviewed(
    house: House, run: Run
) -> None:
    night = replace_article(house, run)
    (again,) = told(night, ChangeKind.CITED_RETRACTED)
    assert again.first_seen == nth(2)
    (question,) = asks(night)
    assert "Is it the same article as before, or a new one?" in question
    report = night.outcomes[0].report
    assert report.last_reviewed is None
    assert "litwatch articles same" in str(arrange(report).actions)
    page = max((house.folder / "reports" / "sleep").glob("*.md")).read_text("utf-8")
    assert "a new one?" in page
    mail = message_from_bytes(house.mails()[-1].read_bytes(), policy=policy.default)
    assert "retracted" in mail["Subject"]
    body = mail.get_body(("plain",))
    assert body is not None
    assert "a new one?" in " ".join(body.get_content().split())

    assert asks(house.night(nth(3))), "until it is answered"
    run("articles", "new", "sleep")
    night = house.night(nth(4))
    assert told(night, ChangeKind.CITED_RETRACTED)
    assert (asks(night), night.outcomes[0].report.last_reviewed) == ([], None)
    assert "nothing is asked about sleep" in run("articles", "same", "sleep", fails=True)
    store = open_store(house.settings())
    assert (store.check().problems, store.verify_chain().problems) == ((), ())


def test_the_same_article_closes_again_what_was_closed_and_loses_nothing(house: House, run: Run) -> None:
    replace_article(house, run)
    assert "2 changes closed again" in run("articles", "same", "sleep")
    night = house.night(nth(3))
    assert (told(night, ChangeKind.CITED_RETRACTED), asks(night)) == ([], [])
    assert night.outcomes[0].report.last_reviewed is not None
    assert open_store(house.settings()).check().problems == ()


def test_what_nobody_answered_stays_open_while_asked_and_a_new_article_drops_what_it_does_not_cite(
    house: House, run: Run
) -> None:
    house.night(DAY)
    house.write_topic("sleep", topic=TOPIC, article=CITES_OTHERS)
    (still,) = told(house.night(nth(1)), ChangeKind.CITED_RETRACTED)
    assert still.first_seen == DAY
    comment = Judgement("sleep", Decision.COMMENT, "Dr A", datetime.now(UTC), "Of the article that was here.")
    open_store(house.settings()).record_judgement(comment)
    run("articles", "new", "sleep")
    night = house.night(nth(2))
    assert not told(night, ChangeKind.CITED_RETRACTED)
    assert night.outcomes[0].report.comments == ()
    feed = (house.folder / "reports" / "sleep" / "changes.atom").read_text("utf-8")
    assert "Retracted: " not in feed


def test_an_ordinary_edit_asks_nothing_and_keeps_what_was_closed_closed(house: House, run: Run) -> None:
    house.night(DAY)
    run("review", "sleep", "unchanged")
    house.write_topic("sleep", topic=TOPIC, article=REWORDED)
    night = house.night(nth(1))
    assert (told(night, ChangeKind.CITED_RETRACTED), asks(night)) == ([], [])
    assert house.rows("article_change") == []
