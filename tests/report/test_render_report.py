"""What a reader finds in a report, in each of the three forms."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator
from lxml import html
from markdown_it import MarkdownIt

from litwatch.decisions.evidence_level import Design
from litwatch.decisions.reason import Reason, ReasonCode
from litwatch.decisions.triage import Level, Priority
from litwatch.decisions.verdict import Rule, Status
from litwatch.digest import digest_mail
from litwatch.digest.digest import Digest
from litwatch.model.change import ChangeKind
from litwatch.model.search import SearchPart
from litwatch.model.sweep import SweepKind, SweepState
from litwatch.model.text import spelled_dates
from litwatch.report import contents, render
from litwatch.report.actions import list_actions
from litwatch.report.contents import Report
from litwatch.report.match_sentences import say_match
from litwatch.report.reason_sentences import say_overturned, say_signal
from litwatch.report.view import SHOWN_IN_FULL, arrange
from tests.browser import samples
from tests.factories import (
    DAY,
    FIRST_PMID,
    make_article,
    make_finding,
    make_fired,
    make_match,
    make_record,
    make_report,
    make_retraction,
    make_search,
    make_signal,
    make_sweep,
    make_topic,
    make_verdict,
)
from tests.shown import both_forms, text_of

TEMPLATES = Path(render.__file__).parent / "templates"


SAMPLES = [samples.urgent_report, samples.failed_report, samples.clear_report, samples.crowded_report]


@pytest.mark.parametrize("make", SAMPLES)
def test_every_link_within_a_report_leads_somewhere_and_no_name_is_used_twice(make: Callable[[], Report]) -> None:
    page = html.fromstring(render.report_html(make()))
    names = page.xpath("//@id")
    assert len(names) == len(set(names))
    assert {link[1:] for link in page.xpath("//a/@href") if link.startswith("#")} <= set(names)


@pytest.mark.parametrize("make", SAMPLES)
def test_a_report_holds_no_script_and_nothing_that_a_browser_would_fetch(make: Callable[[], Report]) -> None:
    source = render.report_html(make())
    page = html.fromstring(source)
    assert not page.xpath(
        "//script | //link[not(@rel='alternate')] | //img | //iframe | //object | //form"
        " | //*[@src] | //@*[starts-with(name(), 'on')]"
    )
    assert not re.search(r"@import|url\(", source)
    assert "default-src 'none'" in page.xpath("//meta[@http-equiv='Content-Security-Policy']/@content")[0]
    outside = {link for link in page.xpath("//a/@href") if not link.startswith(("#", "../index.html#", "changes.atom"))}
    assert all(link.startswith(("https://pubmed.ncbi.nlm.nih.gov/", "https://doi.org/")) for link in outside)


@pytest.mark.parametrize("make", SAMPLES)
def test_no_record_is_hidden_in_any_form(make: Callable[[], Report]) -> None:
    report = make()
    page, markdown = render.report_html(report), render.report_markdown(report)
    data = json.loads(render.report_json(report))
    assert [each["pmid"] for each in data["notices"] + data["new_evidence"]] == [
        each.signal.change.pmid for each in contents.order_signals(report.signals)
    ]
    for reported in report.signals:
        link = f"https://pubmed.ncbi.nlm.nih.gov/{reported.signal.change.pmid}/"
        assert link in page
        assert link in markdown


@pytest.mark.parametrize("make", SAMPLES)
def test_html_and_markdown_say_the_same_about_verdict_dates_actions_and_references(make: Callable[[], Report]) -> None:
    report = make()
    said = [
        spelled_dates.dated(contents.headline(report)),
        *map(spelled_dates.dated, contents.failures(report)),
        *(action.text for action in list_actions(report)),
        *(say_overturned(fired) for fired in report.verdict.fired),
        *map(say_match, report.matches),
        *(finding.message for finding in report.findings),
        *(reason for each in report.signals[:SHOWN_IN_FULL] for reason in say_signal(each.signal)),
        report.topic.strategy,
        "16 February 2025",
        "1 September 2025",
    ]
    for shown in both_forms(report):
        assert [each for each in said if " ".join(each.split()) not in shown] == []


@pytest.mark.parametrize("make", SAMPLES)
def test_in_markdown_each_reason_is_a_line_of_its_own_and_the_dates_are_a_table(make: Callable[[], Report]) -> None:
    report = make()
    source = render.report_markdown(report)
    page = html.fromstring(MarkdownIt("commonmark").enable("table").render(source))
    reasons = page.xpath("//h2[.='Why']/following-sibling::*[1]/self::ul/li")
    assert len(reasons) == len(report.verdict.fired)
    assert "Evidence searched to" in page.xpath("//h2[.='Why']/following-sibling::table[1]//th/text()")
    assert ",[" not in source, "a list of PMIDs keeps its blanks"


@pytest.mark.parametrize("make", SAMPLES)
def test_the_json_keeps_to_its_published_schema(make: Callable[[], Report]) -> None:
    schema = json.loads((TEMPLATES / "report.schema.json").read_text())
    Draft202012Validator.check_schema(schema)
    Draft202012Validator(schema).validate(json.loads(render.report_json(make())))


def test_the_json_schema_knows_every_kind_of_change() -> None:
    schema = json.loads((TEMPLATES / "report.schema.json").read_text())
    assert schema["$defs"]["signal"]["properties"]["kind"]["enum"] == [kind.value for kind in ChangeKind]


def test_a_report_tells_the_same_whenever_the_second_sources_were_read() -> None:
    """Else every article has a new page every night, because the Retraction Watch table was read again."""

    def digest(kind: SweepKind, note: str) -> str:
        return render.Rendering(make_report(sweeps=(make_sweep(), make_sweep(kind, notes=(note,))))).digest

    for kind, is_told in ((SweepKind.WATCH, False), (SweepKind.UPDATES, False), (SweepKind.FEED, True)):
        assert (digest(kind, "read on 3 March 2026") != digest(kind, "read on 4 March 2026")) is is_told


def test_no_form_tells_who_gets_the_digest() -> None:
    report = make_report(topic=make_topic(recipients=("secret.member@example.org",)))
    for form in (render.report_html(report), render.report_markdown(report), render.report_json(report).decode()):
        assert "secret.member" not in form


def test_a_report_is_the_same_bytes_each_time() -> None:
    first, again = samples.urgent_report(), samples.urgent_report()
    assert render.report_html(first) == render.report_html(again)
    assert render.report_json(first) == render.report_json(again)


def test_the_paper_and_the_sentence_come_before_the_dates_then_what_else_to_do_the_cards_and_what_is_folded() -> None:
    shown = text_of(render.report_html(samples.urgent_report()))
    wanted = [
        "has been retracted",
        "Five nights of short sleep and insulin sensitivity: a randomised trial.",
        "Short sleep: one trial found a fall in insulin sensitivity after five nights.",
        "Read the retraction notice",
        "Also open:",
        "Last updated",
        "What else to do",
        "Also open Erratum",
        "5 new records all of them above",
        "Why this verdict",
        "The article, with marked sentences",
    ]
    places = [shown.index(each) for each in wanted]
    assert places == sorted(places)


def test_a_failed_sweep_stands_on_top_as_failure_and_never_reads_as_nothing_new() -> None:
    for shown in both_forms(samples.failed_report()):
        assert shown.index("NCBI answered 502") < shown.index("Last updated")
        assert "absence of findings is not an all-clear" in shown
        assert "so there may be some" in shown
        assert "No new record on the topic is open." not in shown


def test_a_complete_sweep_without_hits_says_that_nothing_is_open() -> None:
    for shown in both_forms(make_report()):
        assert "No new record on the topic is open." in shown
        assert "all-clear" not in shown


def test_an_incomplete_search_is_told_beside_a_worse_verdict() -> None:
    sweeps = (make_sweep(state=SweepState.FAILED, error="NCBI was down."), make_sweep(SweepKind.CITATION))
    for shown in both_forms(make_report(Status.REVIEW_NOW, make_retraction(), sweeps=sweeps)):
        assert shown.index("NCBI was down.") < shown.index("Review now")


def test_the_demonstration_banner_stands_on_demonstration_reports_only() -> None:
    for shown in both_forms(make_report(demonstration=True)):
        assert "Demonstration data" in shown
    for shown in both_forms(make_report()):
        assert "Demonstration data" not in shown


def test_the_three_dates_say_what_is_not_known() -> None:
    verdict = replace(make_report().verdict, searched_to=None)
    report = make_report(article=make_article(last_updated=None), last_reviewed=None, verdict=verdict)
    for shown in both_forms(report):
        assert [each for each in ("not stated", "not recorded", "not yet searched") if each not in shown] == []


def test_nlms_required_notices_stand_in_every_form() -> None:
    report = make_report()
    for shown in (*both_forms(report), render.report_json(report).decode()):
        assert "courtesy of the U.S. National Library of Medicine" in shown
        assert "NLM does not endorse" in shown
        assert "protected by copyright" in shown
        assert "as received on 22 November 2026" in shown


def test_beyond_the_first_records_a_list_follows_and_the_count_is_told() -> None:
    signals = [make_signal(pmid=FIRST_PMID + n) for n in range(SHOWN_IN_FULL + 7)]
    page = html.fromstring(render.report_html(make_report(Status.REVIEW_NEEDED, *signals)))
    assert (
        len(page.xpath("//article[starts-with(@class, 'item') or starts-with(@class, 'lead item')]")) == SHOWN_IN_FULL
    )
    assert len(page.xpath("//ol[@class='compact']/li")) == 7
    assert "7 further records" in page.text_content()
    assert f"{SHOWN_IN_FULL + 7} open records" in page.text_content()


def test_a_retraction_shows_the_sentences_that_rest_on_the_paper() -> None:
    page = html.fromstring(render.report_html(samples.urgent_report()))
    (first, *_) = page.xpath("//article[contains(@class, 'notice')]")
    assert "Short sleep: one trial found" in first.text_content()
    assert first.xpath(".//a[@href='#ref-2']")


def test_a_notice_that_pubmed_gives_no_pmid_for_shows_its_citation_line() -> None:
    told = make_signal(ChangeKind.CITED_RETRACTED, FIRST_PMID, detail="J Inv. 2026;1:2", sentences=())
    for shown in both_forms(make_report(Status.REVIEW_NOW, told)):
        assert "J Inv. 2026;1:2" in shown
        assert "is uncertain" in shown


def test_a_level_is_not_said_twice() -> None:
    level = Level(2, Design.SYSTEMATIC_REVIEW, provisional=False)
    signal = make_signal(level=level, reasons=(Reason(ReasonCode.LEVEL), Reason(ReasonCode.SHARES_REFERENCES, (1,))))
    for shown in both_forms(make_report(Status.REVIEW_NEEDED, signal)):
        assert shown.count("Systematic review or meta-analysis") == 1
        assert "It cites 1 paper that the article also cites." in shown


@pytest.mark.parametrize("make", SAMPLES)
def test_in_markdown_each_rule_that_fired_is_an_item_of_its_own(make: Callable[[], Report]) -> None:
    report = make()
    page = html.fromstring(MarkdownIt("commonmark").enable("table").render(render.report_markdown(report)))
    items = page.xpath("//h2[text()='Why']/following-sibling::*[1][self::ul]/li")
    assert len(items) == len(report.verdict.fired)
    dates = page.xpath("//h2[text()='Why']/following-sibling::table[1]//th/text()")
    assert dates[0] == "Last updated"


def test_markdown_keeps_the_blanks_between_what_it_lists() -> None:
    report = samples.urgent_report()
    shown = render.report_markdown(report)
    assert re.search(r"\d\]?\)?,\[\d", shown) is None
    assert "othernew" not in render.report_markdown(replace(report, signals=report.signals[:1]))


def test_each_rule_tells_the_day_on_which_its_own_notice_was_seen() -> None:
    early, pmid = date(2026, 3, 10), FIRST_PMID + 100
    concern = make_signal(ChangeKind.CITED_CONCERN, pmid, first_seen=early)
    verdict = replace(
        make_verdict(Status.REVIEW_NOW),
        fired=tuple(make_fired(rule, pmids=(pmid,)) for rule in (Rule.RETRACTED, Rule.OTHER_NOTICE)),
    )
    report = make_report(Status.REVIEW_NOW, make_retraction(pmid), concern, verdict=verdict)
    assert [[ground.first_seen for ground in own] for own in arrange(report).grounds] == [[DAY], [early]]
    erratum = make_signal(ChangeKind.CITED_ERRATUM, pmid)
    both = arrange(replace(report, signals=(*report.signals, erratum)))
    assert [ground.first_seen for ground in both.grounds[1]] == [None], "two days, and V3 does not say which"


def test_a_notice_that_was_taken_back_is_called_so_in_every_form() -> None:
    report = make_report(Status.REVIEW_NEEDED, make_retraction(priority=Priority.MEDIUM, taken_back=True))
    text, page = digest_mail.digest_parts(Digest("board@example.org", DAY, (report,), (), demonstration=False))
    for shown in (*both_forms(report), text, text_of(page)):
        plain = " ".join(shown.split())
        assert "Retracted, since taken back" in plain
        assert "Read the retraction notice" not in plain
        assert "since been taken back. Decide what that means" in plain
    for shown in both_forms(report):
        said = shown.lower().count("retracted, since taken back")
        assert said == 3, "with the notice, with the sentence, in the reference list"


def test_every_reference_says_how_it_stands_to_pubmed() -> None:
    report = make_report(matches=(make_match(1),))
    for shown in both_forms(report):
        assert "Confirmed" in shown
        assert "Not looked up" in shown


def test_the_search_is_told_as_sent_with_window_translation_counts_and_warnings() -> None:
    parts = (SearchPart("insulin AND 2026/01[edat]", 9001), SearchPart("insulin AND 2026/02[edat]", 2))
    search = make_search(warnings=("Phrase ignored: foo",), count=9003, parts=parts)
    sweep = make_sweep(searches=(search,), missing=(FIRST_PMID,))
    for shown in both_forms(make_report(sweeps=(sweep, make_sweep(SweepKind.CITATION)))):
        said = [
            search.term,
            search.translation,
            "9,003 records",
            "2 PMIDs received",
            "Phrase ignored: foo",
            parts[0].term,
        ]
        said += ["14 November 2026 to 21 November 2026", f"did not deliver: PMID {FIRST_PMID}", "02:15 UTC"]
        assert [each for each in said if each not in shown] == []


def test_an_article_without_text_or_references_still_gives_a_report() -> None:
    article = make_article(sections=(), references=(), question=None)
    for shown in both_forms(make_report(article=article, matches=(), sweeps=())):
        assert "insulin-resistance" in shown
        assert "has no reference list" in shown


def test_a_record_of_which_pubmed_gives_almost_nothing_still_shows_a_link() -> None:
    bare = make_record(title="", authors=(), abstract=(), published=None, electronic=None, doi=None)
    for shown in both_forms(make_report(Status.REVIEW_NEEDED, make_signal(record=bare, level=None))):
        assert "(no title)" in shown
        assert "Level not known" in shown


@pytest.mark.parametrize("provisional", [True, False])
def test_a_design_that_is_not_stated_is_said_once_and_without_a_source(provisional: bool) -> None:
    level = Level(6, Design.NOT_STATED, provisional)
    for shown in both_forms(make_report(Status.NO_SIGNAL, make_signal(level=level, reasons=()))):
        assert "Level 6: design not stated" in shown
        assert "by its title" not in shown


def test_a_retraction_notice_that_is_listed_is_not_listed_again_and_stays_in_the_json() -> None:
    announced = make_signal(pmid=FIRST_PMID + 900, record=make_record(FIRST_PMID + 900, title="Retraction: a trial."))
    for others in ((), (make_signal(),)):
        report = make_report(Status.REVIEW_NOW, make_retraction(), announced, *others)
        for shown in both_forms(report):
            assert "Retraction: a trial." not in shown
            assert "The PubMed record of a notice shown above is not repeated among the new records." in shown
        said = "1 open record." if others else "No other new record on the topic is open."
        assert said in text_of(render.report_html(report))
        kept = {each["pmid"] for each in json.loads(render.report_json(report))["new_evidence"]}
        assert FIRST_PMID + 900 in kept


def test_a_newer_version_that_is_a_new_record_is_a_notice_and_evidence() -> None:
    told = make_signal(ChangeKind.CITED_UPDATED, FIRST_PMID + 100, notice_pmid=FIRST_PMID + 8)
    newer = make_signal(pmid=FIRST_PMID + 8, record=make_record(FIRST_PMID + 8, title="Guideline, second edition."))
    for shown in both_forms(make_report(Status.REVIEW_NEEDED, told, newer)):
        assert "Guideline, second edition." in shown
        assert "listed above" not in shown


TONES = [
    (ChangeKind.CITED_RETRACTED, Priority.HIGH, "review-now"),
    (ChangeKind.CITED_RETRACTED_REPUBLISHED, Priority.HIGH, "review-now"),
    (ChangeKind.CITED_RETRACTED, Priority.MEDIUM, "review-needed"),
    (ChangeKind.CITED_UPDATED, Priority.HIGH, "review-needed"),
    (ChangeKind.CITED_CONCERN, Priority.HIGH, "review-needed"),
    (ChangeKind.CITED_ERRATUM, Priority.MEDIUM, "review-needed"),
]


@pytest.mark.parametrize(("kind", "priority", "tone"), TONES)
def test_a_notice_has_the_colour_of_the_status_that_it_gives(kind: ChangeKind, priority: Priority, tone: str) -> None:
    told = make_signal(kind, FIRST_PMID + 100, priority=priority)
    page = html.fromstring(render.report_html(make_report(Status.REVIEW_NEEDED, told)))
    for place in (
        "//article[contains(@class, 'notice')]",
        "//mark",
        "//ol[@class='references']//span[@class!='number']",
    ):
        assert tone in page.xpath(place)[0].get("class").split()


def test_two_notices_about_one_paper_have_each_their_own_colour() -> None:
    told = [make_signal(kind, FIRST_PMID + 100) for kind in (ChangeKind.CITED_RETRACTED, ChangeKind.CITED_UPDATED)]
    page = html.fromstring(render.report_html(make_report(Status.REVIEW_NOW, *told)))
    assert page.xpath("//span[contains(@class, 'touch')]/a/@class") == ["review-now", "review-needed"]
    assert page.xpath("//li[@id='ref-1']//span[contains(@class, 'review-')]/@class") == [
        "state review-now",
        "state review-needed",
    ]


def test_findings_name_their_place() -> None:
    report = make_report(findings=(make_finding(sentence=2, position=1),))
    page = html.fromstring(render.report_html(report))
    assert page.xpath("//ul[@class='findings']//a/@href") == ["#s2", "#ref-1"]


def test_a_retracted_reference_stays_marked_after_a_person_has_closed_its_notice() -> None:
    retracted = make_retraction().record
    closed = make_report(cited=(retracted,), matches=(make_match(1, retracted.pmid),))
    for source in (render.report_html(closed), render.report_markdown(closed)):
        assert "closed by a person; no notice about it is open" in " ".join(source.split())
    open_one = make_report(
        Status.REVIEW_NOW, make_retraction(), cited=(retracted,), matches=(make_match(1, retracted.pmid),)
    )
    assert "closed by a person" not in render.report_html(open_one)


def test_a_rule_tells_its_papers_with_their_reference_and_the_day_they_were_seen() -> None:
    report = samples.urgent_report()
    page, markdown = both_forms(report)
    pmid = report.verdict.fired[0].pmids[0]
    assert re.search(rf"Rule V1 · PubMed {pmid} \(reference \[\d\]\) · seen \d", page)
    assert re.search(rf"{pmid}.{{0,60}} \(reference \[\d\]\), seen \d", markdown)
    assert "Re-assess on" in page
    assert "Re-assess on" in markdown
