"""What a board member gets by mail: both parts, the caps and what they never cap, the headers, the size."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest
from lxml import html

from litwatch.articles.model import absent_article
from litwatch.decisions.reason import Reason, ReasonCode
from litwatch.decisions.responsible_person import ResponsiblePerson
from litwatch.decisions.verdict import Fired, Rule, Status
from litwatch.digest import digest_mail, view
from litwatch.digest.digest import Digest
from litwatch.digest.schedule import compare, marks_of
from litwatch.digest.subject_line import subject
from litwatch.model.change import ChangeKind
from litwatch.model.errors import DeliveryError, SettingsError
from litwatch.model.identifiers import Pmid
from litwatch.model.message import ListLook
from litwatch.model.text import spelled_dates
from litwatch.model.topic import Thresholds
from litwatch.report import contents
from litwatch.report.contents import Comment, FailedTopic
from tests.browser import samples
from tests.factories import (
    DAY,
    FIRST_PMID,
    MOMENT,
    make_digest,
    make_fired,
    make_record,
    make_report,
    make_retraction,
    make_signal,
    make_topic,
    make_verdict,
)

SENDER = "litwatch <watch@example.org>"


def parts_of(digest: Digest, **links: str) -> tuple[str, str]:
    """Both parts as a reader sees them, blanks made one."""
    text, page = digest_mail.digest_parts(digest, links)
    return " ".join(text.split()), " ".join(html.fromstring(page).find("body").text_content().split())


def mail_of(digest: Digest, *, sender: str = SENDER, at: datetime = MOMENT) -> EmailMessage:
    return digest_mail.digest_message(digest, sender=sender, at=at)


def words_of_text(text: str) -> list[str]:
    """Every word, number and address in order; rules, bullets and capitals are only form."""
    return [each.casefold() for each in re.findall(r"https?://\S+|[^\W_]+", text)]


def words_of_html(source: str) -> list[str]:
    """The same of a page as it is read aloud, each link's address behind its words.

    A title that is a link says no more than "Open the full report" below it, and so counts without address.
    """
    said: list[str] = []

    def read(element: html.HtmlElement) -> None:
        said.append(element.text or "")
        for child in element:
            if isinstance(child, html.HtmlComment):  # what only Outlook for Windows reads
                said.append(child.tail or "")
            else:
                read(child)
        if element.tag == "a" and element.getparent().tag != "h2":
            said.append(f" {element.get('href')} ")
        if element.tag not in {"b", "span", "bdi", "a"}:
            said.append("\n")
        said.append(element.tail or "")

    read(html.fromstring(source).find("body"))
    return words_of_text("".join(said))


def clear_reports(number: int) -> list[contents.Report]:
    return [make_report(topic=make_topic(f"clear-{n}", title=f"Clear question {n}?")) for n in range(number)]


def told_of(*signals: contents.ReportedSignal) -> frozenset[str]:
    """The member knows of these from an earlier mail."""
    return frozenset(episode for each in signals for episode in each.episodes)


LINKS = {slug: f"https://board.example.org/{slug}/2026-11-22.html" for slug in ("insulin-resistance", "clear-1")}
ANSWERS = {"insulin-resistance": "https://desk.example.org/answer/abc.def"}
DIGESTS: dict[str, Callable[[], Digest]] = {
    "a real night": samples.digest,
    "all clear": lambda: make_digest(make_report()),
    "crowded": lambda: make_digest(samples.crowded_report()),
    "more clear ones than are named": lambda: make_digest(*clear_reports(45)),
    "everything at once": lambda: replace(
        make_digest(
            samples.urgent_report(),
            samples.failed_report(),
            samples.crowded_report(),
            *clear_reports(3),
            failed=(FailedTopic("gout-diet", "a bracket is missing"), FailedTopic("b", "first\nsecond")),
            demonstration=True,
        ),
        items=7,
        dates="de",
        told=told_of(*samples.urgent_report().signals[::2], *samples.crowded_report().signals[::3]),
        known=frozenset({"insulin-resistance"}),
    ),
    "capped, with an estimate": lambda: make_digest(
        make_report(
            Status.REVIEW_NEEDED,
            *(make_signal(pmid=FIRST_PMID + n, chance=0.5) for n in range(30)),
            answers=(1.0,) * 5 + (0.0,) * 7,
        )
    ),
    "urgent": lambda: replace(make_digest(samples.urgent_report()), urgent=True),
    "too long for reasons": lambda: make_digest(
        make_report(
            Status.REVIEW_NOW,
            *(make_retraction(p, record=make_record(p, title="Long title " * 30)) for p in range(99000200, 99000290)),
            *(make_signal(pmid=FIRST_PMID + n) for n in range(30)),
        )
    ),
    "nothing": make_digest,
}


@pytest.mark.parametrize("addresses", [True, False], ids=["with addresses", "without"])
@pytest.mark.parametrize("name", DIGESTS)
def test_text_and_html_say_the_same_words_numbers_and_addresses_in_the_same_order(name: str, addresses: bool) -> None:
    given = (LINKS, ANSWERS, "https://desk.example.org/unsubscribe/x.y") if addresses else (None, None, None)
    text, page = digest_mail.digest_parts(DIGESTS[name](), *given)
    assert words_of_html(page) == words_of_text(text)
    assert len(page.encode()) < digest_mail.MAIL_BYTES


@pytest.mark.parametrize("make", DIGESTS.values(), ids=DIGESTS)
def test_both_parts_tell_the_papers_dates_and_failures_of_the_reports(make: Callable[[], Digest]) -> None:
    digest = make()
    said = [subject(digest), spelled_dates.long_date(digest.day, form=digest.dates)]
    said += [f"{failed.slug}: {failed.reason.splitlines()[0]}" for failed in digest.failed]
    urgent = [report for report in digest.reports if contents.notices(report)]
    for report in urgent:
        said += [contents.title_of(report), *contents.failures(report)]
        said += [str(each.record.pmid) for each in contents.notices(report)]
    for shown in parts_of(digest):
        assert [each for each in said if " ".join(each.split()) not in shown] == []


def details(text: str) -> int:
    """How many new records the text part has with details, and not in a line."""
    return len(re.findall(r"^  \* Level", text, re.M))


def lines_of_records(text: str) -> int:
    return len(re.findall(r"^  - Level", text, re.M))


def test_at_most_the_topics_number_of_new_records_has_details_and_every_other_one_a_line() -> None:
    signals = [make_signal(pmid=FIRST_PMID + n) for n in range(12)]
    topic = make_topic(thresholds=Thresholds(digest_items=5))
    digest = make_digest(make_report(Status.REVIEW_NEEDED, *signals, topic=topic))
    text, page = digest_mail.digest_parts(digest)
    assert (details(text), lines_of_records(text)) == (5, 7)
    for n in range(12):
        assert f"/{FIRST_PMID + n}/" in text
        assert f"/{FIRST_PMID + n}/" in page


def test_a_member_gets_at_most_so_many_details_whatever_the_number_of_articles_and_every_title() -> None:
    """What was told before takes no place from news."""
    old = [make_signal(pmid=FIRST_PMID + n, rank=1) for n in range(4)]
    new = [make_signal(pmid=FIRST_PMID + 50 + n, rank=2) for n in range(4)]
    digest = make_digest(
        make_report(Status.REVIEW_NEEDED, *old, topic=make_topic("old", title="Old?")),
        make_report(Status.REVIEW_NEEDED, *new, topic=make_topic("new", title="New?")),
        told=told_of(*old),
        known=frozenset({"old", "new"}),
    )
    text, _ = digest_mail.digest_parts(replace(digest, items=3))
    assert (details(text), text.count("* Level 2"), text.count("- Level 2"), text.count("- Level 1")) == (3, 3, 1, 3)
    assert "1 more record: see the report" in text
    text, _ = digest_mail.digest_parts(replace(digest, items=0))
    assert (details(text), text.count("- Level 2"), text.count("- Level 1")) == (0, 4, 0)
    assert "4 records: see the report" in text


@pytest.mark.parametrize("items", [0, 20])
@pytest.mark.parametrize("digest_items", [0, 3, 50])
@pytest.mark.parametrize("status", [Status.NO_SIGNAL, Status.REVIEW_NEEDED])
def test_every_new_record_is_named_in_one_mail_and_what_is_beyond_the_bound_in_the_next(
    status: Status, digest_items: int, items: int
) -> None:
    """Two articles, one with more than a mail names: mail after mail until nothing is left untold."""
    known = frozenset({"a", "b"})
    topics = [make_topic(slug, thresholds=Thresholds(digest_items=digest_items)) for slug in sorted(known)]
    many = [make_signal(pmid=FIRST_PMID + n, rank=1 + n % 7) for n in range(150)]
    few = [make_signal(pmid=FIRST_PMID + 1000 + n, rank=7) for n in range(3)]
    first = make_digest(
        make_report(status, *many, topic=topics[0]),
        make_report(status, *few, topic=topics[1]),
        known=known,
        items=items,
    )
    told: frozenset[str] = frozenset()
    named: list[int] = []
    for number in (view.NAMED, 53, 0):
        digest = replace(first, told=told, new_marks=())
        text, page = digest_mail.digest_parts(digest)
        news = frozenset(episode for _, episode in view.news_told(digest))
        pmids = [int(episode.split("-")[1]) for episode in news]
        assert len(news) == number
        for pmid in pmids:
            assert f"/{pmid}/" in text
            assert f"/{pmid}/" in page
        assert ("One mail names 100 at most; the next one goes on." in " ".join(text.split())) is (number == view.NAMED)
        told |= news
        named += pmids
    assert sorted(named) == sorted(each.signal.change.pmid for each in (*many, *few))
    assert "nothing new" in text or "All clear" in text


def test_the_first_mail_about_an_article_tells_the_best_of_what_had_gathered_and_counts_the_rest_for_good() -> None:
    many = [make_signal(pmid=FIRST_PMID + n, rank=1 + n % 7) for n in range(300)]
    digest = make_digest(make_report(Status.REVIEW_NEEDED, *many))
    text, _ = digest_mail.digest_parts(digest)
    assert details(text) + lines_of_records(text) == view.NAMED
    assert "200 more new records: see the report" in " ".join(text.split())
    assert "goes on" not in text
    assert len(view.news_told(digest)) == 300


def test_a_mail_without_news_has_a_line_for_each_thing_and_is_short() -> None:
    report = samples.urgent_report()
    news = make_digest(report)
    again = replace(news, told=told_of(*report.signals), known=frozenset({report.topic.slug}), new_marks=())
    (long, _), (short, _) = digest_mail.digest_parts(news), digest_mail.digest_parts(again)
    assert "nothing new" in subject(again)
    assert "TOLD BEFORE, STILL OPEN" in short
    assert "NOTICES ABOUT CITED PAPERS" not in short
    assert "NEW EVIDENCE" not in short
    for each in contents.notices(report):
        assert f"/{each.record.pmid}/" in short
    assert len(short.split()) < len(long.split()) / 2


def test_a_notice_that_begins_again_is_news_although_its_first_time_was_told() -> None:
    notice = make_retraction()
    back = replace(notice, episodes=("first", "second"))
    digest = make_digest(make_report(Status.REVIEW_NOW, back), told=frozenset({"first"}))
    assert "  * Retracted: A retracted invented trial." in digest_mail.digest_parts(digest)[0]
    assert view.news_told(digest) == (("insulin-resistance", "second"),)


def test_a_clear_article_names_what_came_all_the_same_once_and_is_no_all_clear_then() -> None:
    came = make_signal(rank=6)
    digest = make_digest(make_report(Status.NO_SIGNAL, came))
    for shown in parts_of(digest):
        assert shown.startswith("No review needed: 1 article searched; new: 1 record")
        assert str(came.record.title) in shown
        assert f"PubMed {came.record.pmid}" in shown
    for shown in parts_of(replace(digest, told=told_of(came), known=frozenset({"insulin-resistance"}))):
        assert shown.startswith("All clear: 1 article searched, no signal")
        assert str(came.record.title) not in shown
        assert "1 new record of lower level" in shown


def test_no_clear_article_with_news_is_left_out_however_many_there_are() -> None:
    clear = [
        make_report(Status.NO_SIGNAL, make_signal(pmid=FIRST_PMID + n, rank=6), topic=make_topic(f"clear-{n}"))
        for n in range(45)
    ]
    text, _ = digest_mail.digest_parts(make_digest(*clear, *clear_reports(3)))
    assert all(f"/{FIRST_PMID + n}/" in text for n in range(45))


def test_news_that_concerns_two_articles_counts_once_in_the_subject() -> None:
    both = [make_report(Status.REVIEW_NEEDED, make_signal(), topic=make_topic(slug)) for slug in ("a", "b")]
    assert subject(make_digest(*both)).endswith("; new: 1 record")


def test_the_subject_tells_of_every_topic_that_asks_and_not_only_of_the_gravest() -> None:
    def ask(slug: str, rule: Rule, *pmids: int) -> contents.Report:
        fired = Fired(rule, Status.REVIEW_NEEDED, tuple(map(Pmid, pmids)))
        verdict = make_verdict(Status.REVIEW_NEEDED, fired=(fired,))
        return make_report(topic=make_topic(slug), article=absent_article("Does sleep help?"), verdict=verdict)

    digest = make_digest(ask("naps", Rule.FOUND, 1), ask("sleep", Rule.UNREAD, 2, 3), ask("rest", Rule.UNREAD, 3, 4))
    assert subject(digest).startswith(
        "[Demonstration] " * digest.demonstration
        + "1 topic: 1 record that a member kept was retracted, questioned or lost; 3 records to read on 2 topics"
    )


def test_a_weekly_reader_is_told_what_is_new_since_the_last_digest() -> None:
    signal = make_signal(first_seen=DAY.replace(day=18))
    weekly = make_digest(make_report(Status.REVIEW_NEEDED, signal))
    daily = replace(weekly, told=told_of(signal), new_marks=())
    assert subject(daily).startswith("1 article still needs review")
    assert subject(daily).endswith("; nothing new")
    assert subject(weekly).startswith("1 article needs review")
    assert subject(weekly).endswith("; new: 1 record")
    for shown in parts_of(weekly):
        assert "New since 18 November 2026." in shown
    for shown in parts_of(daily):
        assert "Told before, still open" in shown or "TOLD BEFORE, STILL OPEN" in shown


@pytest.mark.parametrize(
    ("form", "written"),
    [
        ("en-us", "November 21, 2026"), ("de", "21. November 2026"), ("fr", "21 novembre 2026"),
        ("es", "21 de noviembre de 2026"), ("it", "21 novembre 2026"), ("nl", "21 november 2026"),
        ("pt", "21 de novembro de 2026"), ("iso", "2026-11-21"),
    ],
)  # fmt: skip
def test_dates_are_written_in_the_members_language(form: str, written: str) -> None:
    for report in (make_report(), samples.urgent_report()):
        for shown in parts_of(replace(make_digest(report), dates=form)):
            assert written in shown
            assert "21 November 2026" not in shown


@pytest.mark.parametrize(("form", "written"), [("en", "1 March 2026"), ("de", "1. März 2026"), ("iso", "2026-03-01")])
def test_a_verdicts_own_sentence_has_its_dates_as_the_reader_does(form: str, written: str) -> None:
    reason = Reason(ReasonCode.LONG_SINCE_UPDATE, (300, 200), date(2026, 3, 1))
    fired = Fired(Rule.AGE, Status.REVIEW_NEEDED, (), (reason,))
    told = replace(make_report(Status.REVIEW_NEEDED), verdict=make_verdict(Status.REVIEW_NEEDED, fired=(fired,)))
    for shown in parts_of(replace(make_digest(told), dates=form)):
        assert f"last updated on {written}, 300" in " ".join(shown.split())


def test_only_a_date_in_a_sentence_is_rewritten() -> None:
    assert spelled_dates.dated("On 2026-03-01 and (2026-12-31).") == "On 1 March 2026 and (31 December 2026)."
    for kept in ("https://example.org/2026-03-01/x?from=2026-03-01", "2026-13-01", "2026-03-01T02:00", "a-2026-03-01"):
        assert spelled_dates.dated(kept) == kept


def test_notices_are_never_capped() -> None:
    told = [make_retraction(FIRST_PMID + 100 + n, FIRST_PMID + 500 + n) for n in range(30)]
    topic = make_topic(thresholds=Thresholds(digest_items=1))
    text, page = digest_mail.digest_parts(make_digest(make_report(Status.REVIEW_NOW, *told, topic=topic)))
    for n in range(30):
        assert str(FIRST_PMID + 100 + n) in text
        assert str(FIRST_PMID + 100 + n) in page


@pytest.mark.parametrize("number", [1, 40, 110])
def test_the_html_stays_below_gmails_limit_and_still_names_every_notice(number: int) -> None:
    long = "A very long invented title about sleep and insulin " * 40
    told = [
        make_retraction(FIRST_PMID + 100 + n, record=make_record(FIRST_PMID + 100 + n, title=long))
        for n in range(number)
    ]
    new = [make_signal(pmid=FIRST_PMID + 2000 + n, record=make_record(title=long)) for n in range(300)]
    _, page = digest_mail.digest_parts(make_digest(make_report(Status.REVIEW_NOW, *told, *new)))
    assert len(page.encode()) < digest_mail.MAIL_BYTES
    assert {f"/{FIRST_PMID + 100 + n}/" for n in range(number)} <= set(re.findall(r"/\d+/", page))


def test_a_digest_that_must_be_short_names_every_new_record_and_counts_what_was_told_before() -> None:
    long = "A very long invented title about sleep and insulin " * 4
    cited = [make_retraction(p, record=make_record(p, title=long)) for p in range(FIRST_PMID + 100, FIRST_PMID + 240)]
    new = [make_signal(pmid=FIRST_PMID + 2000 + n) for n in range(8)]
    old = [make_signal(pmid=FIRST_PMID + 3000 + n) for n in range(5)]
    report = make_report(Status.REVIEW_NOW, *cited, *new, *old)
    for shown in parts_of(make_digest(report, told=told_of(*old))):
        assert "5 records: see the report that the editor has." in shown
        assert all(f"PubMed {FIRST_PMID + 2000 + n}" in shown for n in range(8))


def test_an_all_clear_is_one_line_per_article() -> None:
    text, _ = digest_mail.digest_parts(make_digest(make_report(topic=make_topic(title="Short question?"))))
    assert "  - Short question? (searched to 21 November 2026)\n" in text
    assert text.startswith("All clear: 1 article searched, no signal\n")


def test_a_clear_article_with_lesser_new_records_counts_them() -> None:
    for shown in parts_of(make_digest(make_report(Status.NO_SIGNAL, make_signal(rank=6)))):
        assert "1 new record of lower level" in shown


def test_an_article_with_an_open_notice_is_never_among_the_clear_ones() -> None:
    told = make_signal(ChangeKind.CITED_ERRATUM)
    for shown in parts_of(make_digest(make_report(Status.NO_SIGNAL, told))):
        assert "Erratum:" in shown


def test_an_article_whose_search_failed_is_never_among_the_clear_ones() -> None:
    for shown in parts_of(make_digest(make_report(sweeps=()))):
        assert "Not complete: No topic sweep was made." in shown


def test_failed_articles_are_named_with_the_reason_before_anything_else() -> None:
    digest = make_digest(samples.urgent_report(), failed=(FailedTopic("gout-diet", "a bracket is missing"),))
    for shown in parts_of(digest):
        assert shown.index("gout-diet: a bracket is missing") < shown.index("What are the causes")


def test_the_report_is_linked_where_an_address_is_given_and_only_a_web_address() -> None:
    digest = make_digest(samples.urgent_report())
    good = {"insulin-resistance": "https://board.example.org/insulin-resistance/2026-11-22.html"}
    text, page = digest_mail.digest_parts(digest, good)
    assert good["insulin-resistance"] in text
    assert html.fromstring(page).xpath(f"//a[@href='{good['insulin-resistance']}']")
    text, page = digest_mail.digest_parts(digest, {"insulin-resistance": "javascript:alert(1)"})
    assert "javascript" not in text + page
    assert "Open the full report" not in text + page, "no line for an address that is refused"


def test_where_an_address_is_given_titles_and_the_counted_rest_are_links_in_both_parts() -> None:
    signals = [make_signal(pmid=FIRST_PMID + n) for n in range(view.NAMED + 2)]
    urgent = make_report(Status.REVIEW_NEEDED, *signals, topic=make_topic("urgent", title="Urgent question?"))
    clear = make_report(topic=make_topic("clear", title="Clear question?"))
    links = {slug: f"https://board.example.org/{slug}/2026-11-22.html" for slug in ("urgent", "clear")}
    text, source = digest_mail.digest_parts(make_digest(urgent, clear), links)
    page = html.fromstring(source)
    said = {slug: page.xpath(f"//a[@href='{link}']") for slug, link in links.items()}
    assert [each.text_content() for each in said["urgent"]] == [
        "Urgent question?",
        "Open the full report",
        "2 more new records: see the report.",
    ]
    assert [each.text_content() for each in said["clear"]] == ["Clear question? (searched to 21 November 2026)"]
    assert f"  - 2 more new records: see the report.\n    {links['urgent']}\n" in text
    assert f"(searched to 21 November 2026)\n    {links['clear']}\n" in text
    assert set(re.findall(r"https://\S+", text)) == set(page.xpath("//a/@href"))


def test_a_failed_article_tells_the_first_line_of_its_reason_in_at_most_200_characters() -> None:
    failed = (
        FailedTopic("a", "queries/a.yaml: two problems:\n- thresholds are wrong\n- no strategy"),
        FailedTopic("b", "word " * 100),
        FailedTopic("c", " \n"),
    )
    for shown in parts_of(make_digest(failed=failed)):
        assert "a: queries/a.yaml: two problems: …" in shown
        assert "thresholds are wrong" not in shown
        assert 150 < shown.count("word") * 5 <= 200
        assert "c: No reason was recorded." in shown


def test_a_quoted_item_of_a_list_says_what_it_is_an_item_of() -> None:
    for shown in parts_of(samples.digest()):
        assert "(3) Contributing factors › Short sleep: one trial found" in shown


def test_a_retraction_notice_that_is_listed_is_no_new_evidence_in_the_digest() -> None:
    announced = make_signal(pmid=FIRST_PMID + 900, record=make_record(FIRST_PMID + 900, title="Retraction: a trial."))
    for shown in parts_of(make_digest(make_report(Status.REVIEW_NOW, make_retraction(), announced))):
        assert "Retraction: a trial." not in shown
        assert "The PubMed record of a notice shown above is not repeated among the new records." in shown


def test_the_mail_has_both_parts_the_text_first_and_says_that_a_program_sent_it() -> None:
    mail = mail_of(samples.digest())
    assert [part.get_content_type() for part in mail.iter_parts()] == ["text/plain", "text/html"]
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["From"] == SENDER
    assert mail["To"] == "board@example.org"
    assert mail["Subject"] == subject(samples.digest())
    assert mail["Date"].datetime == MOMENT
    assert (
        mail.get_body(("plain",)).get_content().replace("\r\n", "\n") == digest_mail.digest_parts(samples.digest())[0]
    )


def test_the_same_digest_at_the_same_time_is_the_same_bytes() -> None:
    assert mail_of(samples.digest()).as_bytes() == mail_of(samples.digest()).as_bytes()


def test_one_click_stops_the_digest_where_the_desk_is_reached_by_https() -> None:
    link = "https://desk.example.org/unsubscribe/x.y"
    mail = digest_mail.digest_message(samples.digest(), sender=SENDER, at=MOMENT, unsubscribe=link)
    assert mail["List-Unsubscribe"] == f"<{link}>"
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    plain = digest_mail.digest_message(
        samples.digest(), sender=SENDER, at=MOMENT, unsubscribe=link.replace("https", "http")
    )
    assert "List-Unsubscribe-Post" not in plain
    written = mail_of(samples.digest())
    assert written["List-Unsubscribe"] == "<mailto:watch@example.org?subject=stop%20the%20digest>"
    assert "List-Unsubscribe-Post" not in written


def test_mails_about_one_article_are_one_conversation() -> None:
    first = mail_of(make_digest(samples.urgent_report(), *clear_reports(2)))
    later = mail_of(make_digest(make_report(Status.REVIEW_NEEDED, make_signal()), day=DAY.replace(day=23)))
    assert first["References"] == first["In-Reply-To"] == "<article.insulin-resistance@example.org>"
    assert later["References"] == first["References"]
    several = mail_of(make_digest(samples.urgent_report(), samples.failed_report(), *clear_reports(2)))
    clear = mail_of(make_digest(*clear_reports(2)))
    assert several["References"] == clear["References"] != first["References"]


def test_the_message_id_follows_the_content_and_not_the_time() -> None:
    later = MOMENT.replace(hour=9)
    assert mail_of(samples.digest())["Message-ID"] == mail_of(samples.digest(), at=later)["Message-ID"]
    for other in (
        replace(samples.digest(), recipient="other@example.org"),
        replace(samples.digest(), day=DAY.replace(day=23)),
        replace(samples.digest(), failed=()),
    ):
        assert mail_of(other)["Message-ID"] != mail_of(samples.digest())["Message-ID"]
        assert digest_mail.digest_hash(other) != digest_mail.digest_hash(samples.digest())


def test_a_new_time_of_survey_alone_is_no_new_digest() -> None:
    report = make_report()
    later = replace(report, surveyed_at=MOMENT.replace(hour=9))
    assert digest_mail.digest_hash(make_digest(report)) == digest_mail.digest_hash(make_digest(later))


def test_a_time_without_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        mail_of(samples.digest(), at=MOMENT.replace(tzinfo=None))


@pytest.mark.parametrize(
    "address", ["a@b\r\nBcc: c@d", "no address", "", "a@", "@b", "a@b, c@d", "group: a@b;", "a\x00@b"]
)
def test_no_address_can_bring_in_a_header_or_a_second_recipient(address: str) -> None:
    with pytest.raises(DeliveryError) as refused:
        mail_of(make_digest(make_report(), recipient=address))
    assert refused.value.permanent
    with pytest.raises(SettingsError):
        mail_of(make_digest(make_report()), sender=address)


def test_a_long_sender_domain_does_not_break_the_message_id() -> None:
    sender = f"watch@{'very-long-label.' * 10}example.org"
    raw = mail_of(make_digest(make_report()), sender=sender).as_bytes()
    (line,) = [line for line in raw.split(b"\r\n") if line.startswith(b"Message-ID:")]
    assert line.endswith(b"@" + sender.partition("@")[2].encode() + b">")


def test_no_header_is_folded() -> None:
    raw = mail_of(samples.digest(), sender=f'"{"a long name " * 12}" <watch@example.org>').as_bytes()
    assert b"\r\n " not in raw.split(b"\r\n\r\n", 1)[0]


def test_body_lines_keep_to_quoted_printables_76_and_headers_to_998() -> None:
    raw = mail_of(make_digest(samples.urgent_report(), samples.crowded_report())).as_bytes()
    body = raw.split(b"\r\n\r\n", 1)[1]
    assert max(map(len, body.split(b"\r\n"))) <= 76
    assert b"\n" not in raw.replace(b"\r\n", b"")


def test_a_recipient_beyond_ascii_survives_the_wire() -> None:
    mail = mail_of(make_digest(make_report(), recipient="jürgen@example.org"))
    assert "jürgen@example.org".encode() in mail.as_bytes()


def test_the_mail_reads_back_as_it_was_written() -> None:
    again = message_from_bytes(mail_of(samples.digest()).as_bytes(), policy=policy.SMTP)
    page = again.get_body(("html",)).get_content()
    assert page.replace("\r\n", "\n").strip() == digest_mail.digest_parts(samples.digest())[1].strip()


def test_styles_stand_on_the_elements_and_nothing_is_fetched() -> None:
    page = html.fromstring(digest_mail.digest_parts(samples.digest())[1])
    assert page.xpath("//td[contains(@style, 'border-left')]")
    assert not page.xpath("//link | //img | //script | //*[@src]")
    assert all(table.get("role") == "presentation" for table in page.iter("table"))
    assert "prefers-color-scheme: dark" in page.findtext(".//style")


def test_what_members_disagree_about_has_its_line_although_it_was_told_before_and_is_beyond_the_limit() -> None:
    many = [make_signal(pmid=FIRST_PMID + n, rank=1) for n in range(12)]
    disputed = make_signal(pmid=FIRST_PMID + 50, rank=7, reasons=(Reason(ReasonCode.DISAGREEMENT),))
    notice = make_retraction(reasons=(Reason(ReasonCode.DISAGREEMENT),))
    report = make_report(Status.REVIEW_NOW, *many, disputed, notice)
    for shown in parts_of(make_digest(report, told=frozenset(report.episodes))):
        assert f"PubMed {FIRST_PMID + 50}" in shown
        assert shown.count(view.asked(disputed)[0]) == 2


@pytest.mark.parametrize("disputed", [False, True])
@pytest.mark.parametrize("kind", [ChangeKind.CITED_RETRACTED, ChangeKind.CITED_ERRATUM])
def test_a_mail_sent_for_another_reason_shows_paper_and_sentence_again_before_the_answer(
    kind: ChangeKind, disputed: bool
) -> None:
    before = samples.urgent_report()
    told = {"told": frozenset(before.episodes), "known": frozenset({before.topic.slug})}
    last = ListLook(sent_on=DAY, marks=marks_of(make_digest(before, **told)))
    lee = ResponsiblePerson("board@example.org", "chair@example.org", DAY, DAY + timedelta(days=9))
    about = next(each for each in before.signals if each.signal.change.kind is kind)
    said = replace(about, signal=replace(about.signal, reasons=(Reason(ReasonCode.DISAGREEMENT),)))
    signals = tuple(said if disputed and each is about else each for each in before.signals)
    digest = compare(make_digest(replace(before, responsible=lee, signals=signals), **told), last)
    (section,) = view.arrange_digest(digest, view.DETAILS[0]).sections
    assert section.lead is not None
    shown = section.lead.reported
    assert shown.signal.change.kind is (kind if disputed else ChangeKind.CITED_RETRACTED)
    answers = {before.topic.slug: "https://desk.example.org/x"}
    for part in (parts_of(digest)[1], " ".join(digest_mail.digest_parts(digest, {}, answers)[0].split())):
        first, _, rest = part.partition("Board")
        assert "You are to see to it by 1 December 2026." in first
        assert str(shown.record.title) in first
        assert section.quotes[shown.signal.sentences[0]].text in first
        assert ("Members disagree: " in first) is disputed
        assert str(shown.record.title) not in rest
    weekly = compare(digest, ListLook(sent_on=DAY, marks=marks_of(digest)))
    assert view.arrange_digest(weekly, view.DETAILS[0]).sections[0].lead is None, "a list of lines"


def test_what_leads_again_is_counted_once() -> None:
    disputed = make_signal(pmid=FIRST_PMID + 50, rank=7, reasons=(Reason(ReasonCode.DISAGREEMENT),))
    report = make_report(Status.REVIEW_NEEDED, *(make_signal(pmid=FIRST_PMID + n) for n in range(3)), disputed)
    digest = compare(make_digest(report, told=frozenset(report.episodes), items=1), ListLook())
    (section,) = view.arrange_digest(digest, view.DETAILS[2]).sections
    assert section.lead is not None
    assert section.lead.reported.signal.change == disputed.signal.change
    assert section.rest == 3


def test_a_persons_own_day_is_told_apart_from_the_boards() -> None:
    due = DAY + timedelta(days=22)
    notice = replace(make_retraction(), deadline=due)
    for own, said in ((DAY + timedelta(days=9), "That is your own day; the board’s is 14 December 2026."), (due, "")):
        person = ResponsiblePerson("board@example.org", "chair@example.org", DAY, own)
        verdict = make_verdict(Status.REVIEW_NOW, fired=(make_fired(pmids=(notice.signal.change.pmid,)),))
        report = make_report(Status.REVIEW_NOW, notice, verdict=verdict, responsible=person)
        for part in parts_of(make_digest(report)):
            assert "decide by 14 December 2026" in part
            assert ("your own day" in part) is bool(said)
            assert said in part


@pytest.mark.parametrize(
    ("title", "shown"),
    [("Sleep: a randomized trial", "Sleep: a randomized trial."), ("Sleep and waist?", "Sleep and waist?")],
)
def test_a_title_without_full_stop_is_told_apart_from_what_follows_it(title: str, shown: str) -> None:
    retraction = make_retraction(record=make_record(FIRST_PMID + 100, title=title), first_seen=date(2026, 11, 3))
    digest = make_digest(make_report(Status.REVIEW_NOW, retraction), told=told_of(retraction))
    for said in parts_of(digest):
        assert f"{shown} Open since 3 November" in said


def test_the_articles_for_which_the_member_is_responsible_come_first_and_say_so_in_both_parts() -> None:
    lee = ResponsiblePerson("Lee@example.org", "chair@example.org", DAY, DAY + timedelta(days=9))
    graver = make_report(Status.REVIEW_NOW, make_retraction(), topic=make_topic("apnoea"))
    own = make_report(Status.REVIEW_NEEDED, topic=make_topic("zinc"), responsible=lee)
    for recipient, order, who in (
        ("lee@example.org", ["zinc", "apnoea"], "You are"),
        ("board@example.org", ["apnoea", "zinc"], "Lee@example.org is"),
    ):
        digest = make_digest(graver, own, recipient=recipient)
        sections = view.arrange_digest(digest, view.DETAILS[0]).sections
        assert [each.report.topic.slug for each in sections] == order
        for part in parts_of(digest):
            assert f"{who} to see to it by {spelled_dates.long_date(lee.due)}." in part


def test_both_parts_count_comments_and_link_to_them() -> None:
    said = tuple(
        Comment(by, MOMENT, "<b>not in the mail</b>", None)
        for by in ("lee@example.org", "lee@example.org", "board@example.org")
    )
    report = make_report(Status.REVIEW_NOW, make_retraction(), topic=make_topic("sleep"), comments=said)
    for heard, told in (({}, "2 comments since"), ({"sleep": 1}, "1 comment since"), ({"sleep": 2}, ""), (None, "")):
        first, _ = digest_mail.digest_parts(make_digest(report, heard=heard, is_first=True))
        assert "since your last list" not in first
        assert told.removesuffix(" since") in first
        digest = make_digest(report, heard=heard)
        text, page = digest_mail.digest_parts(digest, {}, {"sleep": "https://desk.example.org/answer/x"})
        for part in (text, page):
            assert ("since your last list" in part) is bool(told)
            assert told in part
            assert ("https://desk.example.org/answer/x#said" in part) is bool(told)
            assert "not in the mail" not in part


def test_sentences_that_a_notice_has_no_room_for_are_counted() -> None:
    """Four rest on the paper of the erratum: three are quoted."""
    for part in parts_of(samples.digest()):
        assert part.count("and 1 more sentence") == 1
