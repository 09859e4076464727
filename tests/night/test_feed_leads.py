"""Entries of feeds that name no paper: kept with the sweep, shown nearest first, closed by a person, never a record."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import pytest
from lxml import html

from litwatch.cli import main
from litwatch.decisions.verdict import Status
from litwatch.digest import digest_mail
from litwatch.model.change import ChangeKind
from litwatch.model.identifiers import Doi, Pmid
from litwatch.model.judgement import Decision
from litwatch.model.lead import Lead, LeadsOfBrokenFeed
from litwatch.model.sweep import SweepKind, SweepState
from litwatch.model.topic import Feed
from litwatch.night.doors import open_store
from litwatch.night.feed_leads import Followed
from litwatch.night.fetch import Delivery
from litwatch.night.night_outcome import NightSummary
from litwatch.night.sweeps import close_feed
from litwatch.night.whole_night import run_night
from litwatch.report import render
from litwatch.report.contents import Report
from litwatch.report.nearest_leads import nearest_first, without_record
from litwatch.standin import Corpus
from litwatch.standin.demonstration import DEMONSTRATION_TODAY
from litwatch.standin.scenario import read_scenario
from tests.desk.desk_scenes import DESK_SETTINGS, forms_about, served
from tests.factories import make_article, make_digest, make_record, make_report, make_signal, make_sweep
from tests.nights import TOPIC, House, open_house
from tests.store.store_scenes import made_store, make_night, save_night

ALERT = Lead("Safety alert: an insulin pump", None, None, "https://agency.example.org/alert")
NEWS = Lead("Office closed on Monday", None, None, "https://agency.example.org/closed")
UNKNOWN = Lead("A guideline on insulin resistance", None, Doi("10.5555/not.in.pubmed"), None)
FEED = make_sweep(SweepKind.FEED, searches=(), leads=(NEWS, ALERT, UNKNOWN))


def report() -> Report:
    plain = make_report()
    return make_report(sweeps=(*plain.sweeps, FEED))


def test_a_lead_with_a_pmid_or_with_a_doi_that_a_record_carries_is_no_lead_any_more() -> None:
    known = make_record(doi="10.5555/Known")
    found = Lead("found", None, Doi("10.5555/known"), None)
    assert without_record([Lead("a", Pmid(99000001), None, None), found, UNKNOWN, NEWS], [known]) == (UNKNOWN, NEWS)


def test_leads_that_share_words_with_the_article_come_first() -> None:
    assert [lead for lead, _ in nearest_first([NEWS, ALERT, UNKNOWN, NEWS], make_article())] == [UNKNOWN, ALERT, NEWS]


def test_the_page_shows_leads_as_leads_and_folds_the_far_ones() -> None:
    page = html.fromstring(render.report_html(report()))
    (section,) = page.xpath("//section[@id='leads']")
    assert [each.text_content().strip() for each in section.xpath("./details/div/ul/li")] == [
        "A guideline on insulin resistance DOI 10.5555/not.in.pubmed",
        "Safety alert: an insulin pump",
    ]
    assert section.xpath("./details/div/details//a/@href") == ["https://agency.example.org/closed"]
    assert "1 lead that shares no word" in section.text_content()


def test_markdown_and_json_have_the_same_leads() -> None:
    source = render.report_markdown(report())
    told = json.loads(render.report_json(report()))
    for lead in FEED.leads:
        assert lead.title in source
    assert [each["title"] for each in told["sweeps"][-1]["leads"]] == [lead.title for lead in FEED.leads]


@pytest.mark.parametrize("link", ["javascript:alert(1)", "https://user:secret@example.org/", "file:///etc/passwd"])
def test_a_leads_link_is_a_plain_web_address_or_none(link: str) -> None:
    bad = Lead('<script>alert(1)</script>"', None, None, link)
    source = render.report_html(make_report(sweeps=(make_sweep(SweepKind.FEED, searches=(), leads=(bad,)),)))
    assert link not in source
    assert "<script>alert" not in source


def test_leads_are_kept_with_their_sweep(tmp_path: Path) -> None:
    store = made_store(tmp_path)
    night = make_night(1)
    save_night(store, replace(night, sweeps=(*night.sweeps, FEED)))
    assert FEED in store.latest_sweeps(night.topic)


def test_the_digest_counts_leads_in_both_parts_whether_the_article_is_clear_or_not() -> None:
    urgent = make_report(Status.REVIEW_NEEDED, make_signal(), sweeps=report().sweeps)
    for part in digest_mail.digest_parts(make_digest(urgent)):
        assert "2 leads from feeds without a PubMed record: see the report." in " ".join(part.split())
    for part in digest_mail.digest_parts(make_digest(report())):
        assert "(searched to 21 November 2026; 2 leads from feeds)" in " ".join(part.split())


@pytest.mark.parametrize(
    ("lost", "told"), [(0, "all entries could be read"), (1, "1 entry could be read in part only or not at all")]
)
def test_what_is_wrong_with_a_feed_is_told_beside_a_complete_sweep(lost: int, told: str) -> None:
    leads = LeadsOfBrokenFeed(FEED.leads, flaw="line 3: a bare &", lost=lost)
    followed = Followed(Feed("The journal", "https://journal.example.org/rss"), len(leads), (), (), None, leads)
    sweep = close_feed(followed, (), Delivery())
    assert (sweep.state, sweep.error, sweep.leads) == (SweepState.COMPLETE, None, FEED.leads)
    assert sweep.notes == (
        f"The journal sends a feed that is not well-formed XML (line 3: a bare &); {told}. Its publisher must mend it.",
    )
    page = render.report_html(make_report(sweeps=(*make_report().sweeps, sweep)))
    assert f"(line 3: a bare &amp;); {told}" in page
    assert replace(followed, leads=FEED.leads).remark is None
    assert replace(followed, error="did not answer").remark is None


def night_with_leads(house: House, later: int = 0) -> NightSummary:
    """A night whose feed has three entries without a paper."""
    at = datetime.combine(DEMONSTRATION_TODAY, time(5, 30), UTC) + timedelta(days=later)
    return run_night(replace(house.doors(at, **DESK_SETTINGS), read_leads=lambda _: FEED.leads))


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    with open_house(tmp_path) as opened:
        opened.write_topic("sleep", topic=TOPIC + "feeds: [{name: agency, url: https://agency.example.org/rss}]\n")
        night_with_leads(opened)
        opened.show_commands(monkeypatch)
        yield opened


LATE_PAPER = """
title: A publisher's feed is ahead of PubMed
records:
  - pmid: 99500010
    title: "Demonstration data: naps in night nurses"
    published: 2026 Mar
    doi: 10.5555/late.paper
    life:
      - {day: 2026-03-09, becomes: ahead of print}
"""


def test_a_doi_that_a_feed_named_before_pubmed_had_it_is_looked_up_although_the_feed_forgot(tmp_path: Path) -> None:
    named = (Lead("Naps in night nurses", None, Doi("10.5555/late.paper"), None), UNKNOWN)
    with open_house(tmp_path, Corpus(read_scenario(LATE_PAPER)), today=date(2026, 3, 1)) as house:
        house.write_topic("sleep", topic=TOPIC + "feeds: [{name: journal, url: https://journal.example.org/rss}]\n")

        def night(day: int, *leads: Lead) -> set[Pmid]:
            house.pubmed.today = date(2026, 3, day)
            at = datetime(2026, 3, day, 5, 30, tzinfo=UTC)
            (outcome,) = run_night(replace(house.doors(at), read_leads=lambda _: leads)).outcomes
            assert outcome.saved is not None
            return {change.pmid for change in outcome.saved.opened if change.kind is ChangeKind.NEW_RECORD}

        assert night(2, *named) == set()
        assert night(3) == set()
        assert night(10) == {Pmid(99500010)}
        store = open_store(house.settings())
        assert store.unfound_dois("sleep", date(2026, 2, 8)) == (UNKNOWN.doi,), "one that came is asked for no more"
        assert store.unfound_dois("sleep", date(2026, 3, 3)) == ()


def shown(summary: NightSummary) -> set[str]:
    """The titles of the leads in the night's report as people read it."""
    page = next(Path(file) for file in summary.outcomes[0].files if file.endswith(".html"))
    return {lead.title for lead in FEED.leads if lead.title in page.read_text(encoding="utf-8")}


def run(*arguments: str) -> int:
    with pytest.raises(SystemExit) as ended:
        main(["leads", *arguments])
    return int(ended.value.code or 0)


def test_a_lead_that_an_editor_closed_is_shown_no_more_and_stays_in_the_chain(
    house: House, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("list", "sleep") == 0
    assert f"{ALERT.name}  {ALERT.title}\n  {ALERT.link}" in capsys.readouterr().out
    assert run("close", "sleep", ALERT.name, NEWS.name, "--by", "Dr Example", "--reason", "no advice") == 0
    later = night_with_leads(house, 1)
    assert shown(later) == {UNKNOWN.title}
    told = json.loads(Path(next(file for file in later.outcomes[0].files if file.endswith(".json"))).read_text())
    assert [each["closed"] for sweep in told["sweeps"] for each in sweep["leads"]] == [True, True, False]
    store = open_store(house.settings())
    assert [each.judgement.lead for each in store.audit_trail()] == [NEWS, ALERT]
    assert store.verify_chain().problems == ()


def test_a_closed_lead_can_be_opened_again_and_a_changed_entry_is_another(
    house: House, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("close", "sleep", ALERT.name, "--by", "Dr Example") == 0
    assert run("close", "sleep", ALERT.name, "--by", "Dr Example") == 2, "it is closed already"
    assert run("close", "sleep", ALERT.name, "--reopen", "--by", "Dr Example") == 0
    assert shown(night_with_leads(house, 1)) == {lead.title for lead in FEED.leads}
    assert len({lead.name for lead in (ALERT, replace(ALERT, title="Safety alert, widened"), NEWS)}) == 3
    assert run("close", "sleep", "0123456789", "--by", "Dr Example") == 2
    capsys.readouterr()
    assert run("close", "slep", ALERT.name, "--by", "Dr Example") == 2
    assert "no article named slep" in capsys.readouterr().err
    assert run("list", "sleep", "--json") == 0
    listed = capsys.readouterr().out
    assert {each["closed"] for each in json.loads(listed[listed.index("[") :])} == {False}


def test_a_lead_is_closed_at_the_desk_and_an_old_page_says_that_it_was(house: House) -> None:
    with served(house.settings()) as desk:
        path = desk.link()
        (form,) = forms_about(desk.page(path), "lead")
        assert not form.xpath(".//input[@type!='hidden' or not(@type)]"), "the Enter key must press no button"
        assert desk.send(path, form, lead=ALERT.name).status_code == 303
        assert "lead closed" in desk.page(path).text_content().lower()
    night_with_leads(house, 1)
    assert [each.judgement.decision for each in open_store(house.settings()).audit_trail()] == [Decision.LEAD_CLOSED]
    with served(house.settings()) as desk:
        refused = desk.send(desk.link(), form, lead=ALERT.name)
        assert (refused.status_code, "has been closed" in refused.text) == (422, True)
        assert ALERT.title not in desk.page(desk.link()).xpath("//section[@id='leads']")[0].text_content()
