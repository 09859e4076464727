"""Who gets what: editors their errands in a mail of their own, members what is clinical."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

from litwatch.decisions.reason import Reason, ReasonCode
from litwatch.decisions.responsible_person import ResponsiblePerson
from litwatch.decisions.verdict import Fired, Rule, Status
from litwatch.digest import digest_mail
from litwatch.digest.errands import errands_letter, find_errands, is_due, marks_of, marks_to_keep, rests
from litwatch.digest.mail.letter import compose
from litwatch.digest.schedule import marks_of as marks_of_list
from litwatch.digest.subject_line import subject
from litwatch.model.identifiers import Pmid
from litwatch.model.message import ListLook
from litwatch.model.reference import MatchState
from litwatch.report.contents import FailedTopic, Report
from tests.factories import (
    DAY,
    make_digest,
    make_match,
    make_report,
    make_retraction,
    make_topic,
    make_verdict,
)
from tests.shown import text_of

MORNING = datetime.combine(DAY, time(6), UTC)
EDITOR = "editor@example.org"
UNCONFIRMED = Fired(Rule.CITATIONS, Status.REVIEW_NEEDED, (), (Reason(ReasonCode.UNCONFIRMED, (2,)),))
RETRACTED = Fired(Rule.RETRACTED, Status.REVIEW_NOW, (Pmid(99000101),), (Reason(ReasonCode.RETRACTED),))


def unsure(*fired: Fired, editors: tuple[str, ...] = (EDITOR,), slug: str = "sleep") -> Report:
    """A report with a reference that no record is confirmed for."""
    status = fired[0].status
    return make_report(
        status,
        *([make_retraction()] if RETRACTED in fired else []),
        topic=make_topic(slug, editors=editors, title=f"What does {slug} do?"),
        verdict=make_verdict(status, fired=fired),
        matches=(make_match(2, None, state=MatchState.NOT_FOUND),),
    )


def letter_of(*reports: Report, last: ListLook | None = None, failed: tuple[FailedTopic, ...] = ()) -> str:
    errands = find_errands(reports, failed)
    mail = compose(
        errands_letter(EDITOR, DAY, errands, last or ListLook(), links={}), sender="litwatch@example.org", at=MORNING
    )
    return f"{mail['Subject']}\n{mail.get_content()}"


def test_an_article_that_needs_an_editor_alone_asks_nothing_of_its_board_and_is_no_all_clear() -> None:
    digest = make_digest(unsure(UNCONFIRMED))
    assert subject(digest) == "No review needed: 1 article searched, with an editor"
    text, page = digest_mail.digest_parts(digest)
    for shown in (text, text_of(page)):
        assert "needs review" not in shown
        assert "reference" not in shown.lower()
        assert "No signal" not in shown
        assert "until then notices or new papers may be missed" in " ".join(shown.split())


def test_without_named_editors_the_board_reads_the_errand_below_what_it_is_asked() -> None:
    digest = make_digest(unsure(RETRACTED, UNCONFIRMED, editors=()))
    text = " ".join(digest_mail.digest_parts(digest)[0].split())
    assert text.index("Read the retraction notice") < text.index("For an editor: no PubMed record is confirmed")
    named = " ".join(digest_mail.digest_parts(make_digest(unsure(RETRACTED, UNCONFIRMED)))[0].split())
    assert "Read the retraction notice" in named
    assert "For an editor" not in named


def test_a_new_errand_is_no_reason_to_mail_the_board_where_editors_are_named() -> None:
    before, after = (make_digest(unsure(*fired)) for fired in ((RETRACTED,), (RETRACTED, UNCONFIRMED)))
    assert marks_of_list(after) == marks_of_list(before)
    told = [make_digest(unsure(*fired, editors=())) for fired in ((RETRACTED,), (RETRACTED, UNCONFIRMED))]
    assert marks_of_list(told[1]) > marks_of_list(told[0])


def test_the_editors_mail_says_why_and_what_to_do_within_72_columns_and_nothing_clinical() -> None:
    mail = letter_of(unsure(RETRACTED, UNCONFIRMED), failed=(FailedTopic("gout", "a bracket is missing"),))
    assert mail.startswith("For the editor: 2 articles need your hand; new: 2\n")
    assert "No PubMed record is confirmed for reference 2" in mail
    assert "Pin the PubMed record of reference list entry 2" in mail
    assert "a bracket is missing" in mail
    assert "retract" not in mail
    assert max(map(len, mail.splitlines())) <= 72


def test_errands_come_when_one_is_new_and_once_a_week_while_any_is_open() -> None:
    errands = find_errands([unsure(UNCONFIRMED)])
    told = ListLook(sent_on=DAY, marks=marks_of(errands))
    assert is_due(errands, ListLook(), DAY)
    assert not is_due(errands, told, DAY + timedelta(days=6))
    assert is_due(errands, told, DAY + timedelta(days=7))
    assert is_due(find_errands([unsure(UNCONFIRMED), unsure(UNCONFIRMED, slug="gout")]), told, DAY + timedelta(days=1))
    assert not is_due((), told, DAY + timedelta(days=30))
    assert [rests(told, DAY + timedelta(days=days)) for days in (6, 7)] == [True, False]
    assert "Nothing is new since your last list of 22 November 2026." in " ".join(
        letter_of(unsure(UNCONFIRMED), last=told).split()
    )


def test_an_errand_is_not_new_again_after_a_night_that_did_not_see_its_article() -> None:
    errands = find_errands([unsure(UNCONFIRMED)])
    told = ListLook(sent_on=DAY, marks=marks_of(errands))
    failure = find_errands((), [FailedTopic("sleep", "a bracket is missing")])
    assert is_due(failure, told, DAY + timedelta(days=1))
    after = ListLook(sent_on=DAY + timedelta(days=1), marks=marks_to_keep(failure, told, {"sleep"}))
    assert not is_due(errands, after, DAY + timedelta(days=2))
    mended = ListLook(sent_on=after.sent_on, marks=marks_to_keep((), after, ()))
    assert is_due(errands, mended, DAY + timedelta(days=4)), "what was settled and comes back is new"


def test_what_no_editor_can_mend_is_no_errand() -> None:
    lost = FailedTopic("sleep", "its shard was not surveyed: the disk is full", for_editor=False)
    assert find_errands((), [lost]) == ()


def test_an_article_in_order_has_no_errand() -> None:
    assert find_errands([make_report(matches=(make_match(1), make_match(2)))]) == ()


def test_a_responsible_editor_reads_it_in_the_errands_once_when_named_and_once_when_late() -> None:
    def errands(days: int, *, on_list: bool = True) -> tuple[str, ...]:
        due = DAY + timedelta(days=days)
        person = ResponsiblePerson(EDITOR, "chair@example.org", DAY, due, is_on_list=on_list)
        report = replace(unsure(RETRACTED), matches=(), responsible=person)
        return tuple(said for each in find_errands([report]) for said in each.todo)

    (named,), (late,), (gone,) = errands(1), errands(-1), errands(1, on_list=False)
    assert named.startswith("editor@example.org is to see to the article by ")
    assert late.startswith("editor@example.org was to see to the article by ")
    assert late.endswith(", and that day has passed.")
    assert gone.startswith(
        "Nobody is responsible for the article any more: editor@example.org is no longer on its list."
    )
