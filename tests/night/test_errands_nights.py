"""Nights that mail editors their errands: at once, then once a week, and never what is clinical."""

from __future__ import annotations

from datetime import timedelta
from email import message_from_bytes, policy
from pathlib import Path

from litwatch.standin.demonstration import DEMONSTRATION_TODAY
from tests.nights import ARTICLE, TOPIC, House, open_house

EDITORS = TOPIC + "editors: [editor@example.org]\n"
UNKNOWN = ARTICLE + "3. Nobody N. A paper that no index has ever seen. Journal of Nothing. 1999.\n"


def errands(house: House) -> list[str]:
    """The texts of the mails to the editor, oldest first."""
    mails = [message_from_bytes(path.read_bytes(), policy=policy.default) for path in house.mails()]
    return [str(mail.get_body(("plain",)).get_content()) for mail in mails if mail["To"] == "editor@example.org"]  # type: ignore[attr-defined]


def test_an_editor_is_told_on_the_first_night_and_again_after_a_week_and_the_board_is_not(tmp_path: Path) -> None:
    with open_house(tmp_path) as house:
        house.write_topic("sleep", topic=EDITORS, article=UNKNOWN.replace("raises it [2]", "raises it [2, 3]"))
        for days in (0, 7):
            assert house.night(DEMONSTRATION_TODAY + timedelta(days=days)).ok
            told = errands(house)
            assert len(told) == (1 if not days else 2)
        assert "new: 1" in told[0]
        assert "reference list entry 3" in " ".join(told[0].split())
        assert "Nothing is new since your last list" in told[1]
        assert not any("retract" in text for text in told)
        to = {str(message_from_bytes(path.read_bytes(), policy=policy.default)["To"]) for path in house.mails()}
        assert to == {"board@example.org", "editor@example.org"}
        boards = [p.read_text() for p in house.mails() if b"To: board@" in p.read_bytes()]
        assert not any("For an editor" in text for text in boards)
