"""What a reader finds in a report and on the index page, in each of the three forms."""

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

from litwatch import render, reports
from litwatch.articles.model import BlockKind, Marker, Section, Sentence, Uncertainty
from litwatch.citations import Pmid, Reference
from litwatch.diff import ChangeKind
from litwatch.digests import Digest
from litwatch.report_view import SHOWN_IN_FULL, arrange, marker_position, quote_all
from litwatch.reports import FailedTopic, PastReport, Report
from litwatch.sweeps import SearchPart, SweepKind, SweepState
from litwatch.topics import Pin
from litwatch.triage import TAKEN_BACK, Level, Priority
from litwatch.verdict import Fired, Status
from tests.browser import samples
from tests.factories import (
    DAY,
    FIRST_PMID,
    make_article,
    make_finding,
    make_match,
    make_record,
    make_reference,
    make_report,
    make_retraction,
    make_search,
    make_sentence,
    make_signal,
    make_sweep,
    make_topic,
    make_verdict,
)

TEMPLATES = Path(render.__file__).parent / "templates"


def text_of(page: str) -> str:
    """What a browser shows of a page, blanks made one."""
    body = html.fromstring(page).find("body")
    return " ".join(body.text_content().split())


def markdown_text(source: str) -> str:
    return " ".join(html.fromstring(MarkdownIt("commonmark").render(source)).text_content().split())


def both_forms(report: Report) -> tuple[str, str]:
    return text_of(render.report_html(report)), markdown_text(render.report_markdown(report))


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
        "//script | //link | //img | //iframe | //object | //form | //*[@src] | //@*[starts-with(name(), 'on')]"
    )
    assert not re.search(r"@import|url\(", source)
    assert "default-src 'none'" in page.xpath("//meta[@http-equiv='Content-Security-Policy']/@content")[0]
    outside = {link for link in page.xpath("//a/@href") if not link.startswith("#")}
    assert all(link.startswith(("https://pubmed.ncbi.nlm.nih.gov/", "https://doi.org/")) for link in outside)


@pytest.mark.parametrize("make", SAMPLES)
def test_no_record_is_hidden_in_any_form(make: Callable[[], Report]) -> None:
    report = make()
    page, markdown = render.report_html(report), render.report_markdown(report)
    data = json.loads(render.report_json(report))
    assert [each["pmid"] for each in data["notices"] + data["new_evidence"]] == [
        each.signal.change.pmid for each in reports.order_signals(report.signals)
    ]
    for reported in report.signals:
        link = f"https://pubmed.ncbi.nlm.nih.gov/{reported.signal.change.pmid}/"
        assert link in page
        assert link in markdown


@pytest.mark.parametrize("make", SAMPLES)
def test_html_and_markdown_say_the_same_about_verdict_dates_actions_and_references(make: Callable[[], Report]) -> None:
    report = make()
    said = [
        reports.headline(report),
        *reports.failures(report),
        *(action.text for action in reports.actions(report)),
        *(fired.overturned_by for fired in report.verdict.fired),
        *(match.reason for match in report.matches),
        *(finding.message for finding in report.findings),
        *(reason for each in report.signals[:SHOWN_IN_FULL] for reason in each.signal.reasons),
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


def test_no_form_tells_who_gets_the_digest() -> None:
    report = make_report(topic=make_topic(recipients=("secret.member@example.org",)))
    for form in (render.report_html(report), render.report_markdown(report), render.report_json(report).decode()):
        assert "secret.member" not in form


def test_a_report_is_the_same_bytes_each_time() -> None:
    first, again = samples.urgent_report(), samples.urgent_report()
    assert render.report_html(first) == render.report_html(again)
    assert render.report_json(first) == render.report_json(again)


def test_the_verdict_comes_before_the_dates_the_dates_before_the_actions_and_notices_before_new_evidence() -> None:
    shown = text_of(render.report_html(samples.urgent_report()))
    wanted = [
        "has been retracted",
        "Last updated",
        "What to do now",
        "Notices about cited papers The",
        "New evidence 5 open",
    ]
    places = [shown.index(each) for each in wanted]
    assert places == sorted(places)


def test_a_failed_sweep_stands_on_top_as_failure_and_never_reads_as_nothing_new() -> None:
    for shown in both_forms(samples.failed_report()):
        assert shown.index("NCBI answered 502") < shown.index("Last updated")
        assert "It is no all-clear" in shown
        assert "does not mean that there is none" in shown
        assert "No new record on the topic is open." not in shown


def test_a_complete_sweep_without_hits_says_that_nothing_is_open() -> None:
    for shown in both_forms(make_report()):
        assert "No new record on the topic is open." in shown
        assert "no all-clear" not in shown


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
    assert len(page.xpath("//article[@class='item']")) == SHOWN_IN_FULL
    assert len(page.xpath("//ol[@class='compact']/li")) == 7
    assert "7 further records" in page.text_content()
    assert f"{SHOWN_IN_FULL + 7} open records" in page.text_content()


def test_a_record_stands_once_under_the_sentence_that_it_concerns_most() -> None:
    signal = make_signal(sentences=(2, 1))
    page = html.fromstring(render.report_html(make_report(Status.REVIEW_NEEDED, signal)))
    (group,) = page.xpath("//div[@class='group']")
    assert "sentence 2" in group.findtext(".//h3/a")
    assert group.xpath(".//p[@class='links']//a[@href='#s1']")


def test_a_signal_for_a_sentence_that_the_article_has_lost_is_still_shown() -> None:
    page = render.report_html(make_report(Status.REVIEW_NEEDED, make_signal(sentences=())))
    assert "no single sentence" in page


def test_touched_sentences_are_marked_with_words_and_not_by_colour_alone() -> None:
    page = html.fromstring(render.report_html(samples.urgent_report()))
    marks = page.xpath("//mark")
    assert {mark.get("id") for mark in marks} == {"s1", "s2", "s3", "s4", "s5", "s6", "s7", "s8"}
    for mark in marks:
        assert mark.getparent().xpath(".//span[contains(@class, 'touch')]")
    assert page.xpath("//span[@id='s9']")


def test_a_retraction_shows_the_sentences_that_rest_on_the_paper() -> None:
    page = html.fromstring(render.report_html(samples.urgent_report()))
    (first, *_) = page.xpath("//article[contains(@class, 'notice')]")
    assert "Short sleep: one trial found" in first.text_content()
    assert first.xpath(".//a[@href='#ref-2']")


def test_a_notice_that_pubmed_gives_no_pmid_for_shows_its_citation_line() -> None:
    told = make_signal(ChangeKind.CITED_RETRACTED, FIRST_PMID, detail="J Inv. 2026;1:2", sentences=())
    for shown in both_forms(make_report(Status.REVIEW_NOW, told)):
        assert "J Inv. 2026;1:2" in shown
        assert "is not certain" in shown


def test_a_level_is_not_said_twice() -> None:
    level = Level(2, "Systematic review or meta-analysis", provisional=False)
    signal = make_signal(
        level=level, reasons=("Systematic review or meta-analysis (level 2 of 7).", "It cites 1 paper.")
    )
    for shown in both_forms(make_report(Status.REVIEW_NEEDED, signal)):
        assert shown.count("Systematic review or meta-analysis") == 1
        assert "It cites 1 paper." in shown


def test_markers_lead_to_the_numbered_entry() -> None:
    page = html.fromstring(render.report_html(make_report()))
    assert page.xpath("//sup/a/@href") == ["#ref-1", "#ref-1", "#ref-2"]


def unnumbered(position: int) -> Reference:
    return make_reference(position, number=None)


def test_a_marker_into_an_unnumbered_list_is_never_guessed() -> None:
    article = make_article(references=(unnumbered(1), unnumbered(2)), references_numbered=False)
    page = html.fromstring(render.report_html(make_report(article=article)))
    assert set(page.xpath("//sup/a/@href")) == {"#references"}
    assert "prints no numbers" in page.text_content()
    assert marker_position(1, article, ()) is None


def test_a_pin_says_which_entry_a_marker_means() -> None:
    article = make_article(references=(unnumbered(1), unnumbered(2)), references_numbered=False)
    pins = (Pin(1, 2, None, None), Pin(2, None, None, None, not_in_pubmed=True))
    assert (marker_position(1, article, pins), marker_position(2, article, pins)) == (2, None)
    page = html.fromstring(render.report_html(make_report(article=article, topic=make_topic(pins=pins))))
    assert page.xpath("//li[@id='ref-2']/span/text()") == ["[1]"]


def test_what_pins_have_settled_is_no_longer_called_uncertain() -> None:
    doubt = Uncertainty("mapping-uncertain", "Which marker means which is not certain.")
    other = Uncertainty("no-question", "No question was found.")
    article = make_article(references=(unnumbered(1), unnumbered(2)), references_numbered=False)
    article = replace(article, uncertain=(doubt, other))
    by_place = tuple(Pin(number, None, FIRST_PMID, None) for number in article.markers)
    for pins, told in ((by_place[1:], True), (by_place, False)):
        for shown in both_forms(make_report(article=article, topic=make_topic(pins=pins))):
            assert (doubt.message in shown) is told
            assert other.message in shown


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
        fired=tuple(Fired(rule, Status.REVIEW_NOW, "A reason.", (Pmid(pmid),), "Something.") for rule in ("V1", "V3")),
    )
    report = make_report(Status.REVIEW_NOW, make_retraction(pmid), concern, verdict=verdict)
    assert [[ground.first_seen for ground in own] for own in arrange(report).grounds] == [[DAY], [early]]
    erratum = make_signal(ChangeKind.CITED_ERRATUM, pmid)
    both = arrange(replace(report, signals=(*report.signals, erratum)))
    assert [ground.first_seen for ground in both.grounds[1]] == [None], "two days, and V3 does not say which"


def test_a_notice_that_was_taken_back_is_called_so_in_every_form() -> None:
    reasons = ("The article cites this paper.", TAKEN_BACK)
    report = make_report(Status.REVIEW_NEEDED, make_retraction(priority=Priority.MEDIUM, reasons=reasons))
    text, page = render.digest_parts(Digest("board@example.org", DAY, (report,), (), demonstration=False))
    for shown in (*both_forms(report), text, text_of(page)):
        plain = " ".join(shown.split())
        assert "Retracted, since taken back" in plain
        assert "Read the retraction notice" not in plain
        assert "since been taken back. Say what that means" in plain
    for shown in both_forms(report):
        said = shown.lower().count("retracted, since taken back")
        assert said == 3, "with the notice, with the sentence, in the reference list"


def test_a_marker_without_an_entry_leads_to_the_list_with_a_question_mark() -> None:
    sentence = replace(make_article().sentences[0], markers=(Marker(9, "9", sure=True),))
    section = replace(make_article().sections[0], sentences=(sentence,))
    page = html.fromstring(render.report_html(make_report(article=make_article(sections=(section,)))))
    assert page.xpath("//sup/a/text()") == ["9?"]


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
        said = [search.term, search.translation, "9,003 hits", "2 PMIDs received", "Phrase ignored: foo", parts[0].term]
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


def test_the_index_is_in_order_of_urgency_with_dates_counts_and_history() -> None:
    page = html.fromstring(render.index_html(samples.index_entries(), samples.FAILED, on=DAY))
    assert page.xpath("//ol[@class='queue']/li/@id") == [
        "insulin-resistance",
        "sleep-apnoea",
        "iron-deficiency",
        "vitamin-b12",
    ]
    shown = " ".join(page.text_content().split())
    assert "gout-diet: queries/gout-diet.yaml" in shown
    assert "2 notices about cited papers · 5 new records" in shown
    assert "Search not complete" in shown
    assert "Demonstration data" in shown
    assert page.xpath("//details//a/@href")[0] == "insulin-resistance/2026-11-21.html"


def test_the_index_counts_every_status() -> None:
    page = html.fromstring(render.index_html(samples.index_entries(), (), on=DAY))
    assert [" ".join(li.text_content().split()) for li in page.xpath("//ul[@class='tally']/li")] == [
        "1Review now",
        "0Review needed",
        "1Not surveyed",
        "2No signal",
    ]


def test_an_index_of_nothing_says_what_to_do() -> None:
    assert "queries/" in text_of(render.index_html((), (), on=DAY))
    assert "Demonstration" not in text_of(render.index_html((), (), on=DAY))


def test_the_index_links_to_plain_relative_names_only() -> None:
    past = PastReport(date(2026, 11, 1), Status.NO_SIGNAL, "../../etc/passwd")
    entry = reports.index_entry(make_report(), link="a/2026-11-22.html", history=(past,))
    with pytest.raises(ValueError, match="relative link"):
        render.index_html((entry,), (FailedTopic("a", "b"),), on=DAY)


def test_every_sentence_shows_its_number_which_no_screen_reader_reads_into_the_text() -> None:
    report = samples.urgent_report()
    page = html.fromstring(render.report_html(report))
    places = page.xpath("//*[@class='place']")
    assert [each.text for each in places] == [f"({sentence.number})" for sentence in report.article.sentences]
    assert all(each.get("aria-hidden") == "true" for each in places)
    for each in places:
        assert each.tail == "\u00a0", "no line may end between a number and its sentence"
        assert each.getnext().get("id") == f"s{each.text.strip('()')}"


def listed(*sentences: Sentence, heading: str = "Associated conditions") -> dict[int, str]:
    article = make_article(sections=(Section(heading, 2, sentences),))
    return {number: quote.lead for number, quote in quote_all(article).items()}


def item(number: int, text: str = "Type 2 diabetes", depth: int = 0) -> Sentence:
    return make_sentence(number, text, kind=BlockKind.BULLET, depth=depth)


def test_an_item_of_a_list_has_the_sentence_that_opens_the_list_as_its_lead() -> None:
    opening = make_sentence(1, "It goes with:")
    assert listed(opening, item(2), item(3)) == {1: "", 2: "It goes with", 3: "It goes with"}


def test_an_item_of_a_list_without_such_a_sentence_has_the_heading_as_its_lead() -> None:
    assert listed(item(1), item(2)) == {1: "Associated conditions", 2: "Associated conditions"}
    assert listed(make_sentence(1, "Opens:"), make_sentence(2, "Ends."), item(3))[3] == "Associated conditions"
    assert listed(item(1), heading="") == {1: ""}


def test_an_inner_item_has_the_nearest_outer_item_that_opens_it_as_its_lead() -> None:
    leads = listed(make_sentence(1, "Outer:"), item(2, "Inner:"), item(3, depth=1), item(4, depth=1), item(5))
    assert leads == {1: "", 2: "Outer", 3: "Inner", 4: "Inner", 5: "Outer"}
    assert listed(make_sentence(1, "Outer:"), item(2, "No colon"), item(3, depth=1))[3] == "Outer"
    other = (item(2, "Another:"), item(3, "No colon"), item(4, depth=1))
    assert listed(make_sentence(1, "Outer:"), *other)[4] == "Outer"


def test_a_quoted_item_of_a_list_stands_behind_its_lead() -> None:
    opening = make_sentence(1, "It goes with:")
    article = make_article(sections=(Section("Conditions", 2, (opening, item(2))),))
    told = (make_retraction(sentences=(2,)), make_signal(sentences=(2,)))
    for shown in both_forms(make_report(Status.REVIEW_NOW, *told, article=article)):
        assert shown.count("It goes with › Type 2 diabetes") == 2


@pytest.mark.parametrize("provisional", [True, False])
def test_a_design_that_is_not_stated_is_said_once_and_without_a_source(provisional: bool) -> None:
    level = Level(6, "Design not stated", provisional)
    for shown in both_forms(make_report(Status.NO_SIGNAL, make_signal(level=level, reasons=()))):
        assert "Level 6: design not stated" in shown
        assert "by its title" not in shown


def test_a_retraction_notice_that_is_listed_is_not_listed_again_and_stays_in_the_json() -> None:
    announced = make_signal(pmid=FIRST_PMID + 900, record=make_record(FIRST_PMID + 900, title="Retraction: a trial."))
    for others in ((), (make_signal(),)):
        report = make_report(Status.REVIEW_NOW, make_retraction(), announced, *others)
        for shown in both_forms(report):
            assert "Retraction: a trial." not in shown
            assert "1 notice among the new records is listed above." in shown
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


@pytest.mark.parametrize(
    ("due", "said"),
    [
        (date(2011, 1, 5), "overdue since 5 January 2011"),
        (DAY, "22 November 2026"),
        (date(2027, 2, 16), "16 February 2027"),
        (None, "not set"),
    ],
)
def test_the_index_says_since_when_a_re_assessment_is_overdue(due: date | None, said: str) -> None:
    report = make_report(verdict=make_verdict(reassess_on=due))
    page = html.fromstring(render.index_html((reports.index_entry(report, link="a/x.html"),), (), on=DAY))
    (shown,) = page.xpath("//dt[text()='Re-assess on']/following-sibling::dd")
    assert shown.text == said
    assert bool(shown.get("class")) is said.startswith("overdue")


def test_findings_name_their_place() -> None:
    report = make_report(findings=(make_finding(sentence=2, position=1),))
    page = html.fromstring(render.report_html(report))
    assert page.xpath("//ul[@class='findings']//a/@href") == ["#s2", "#ref-1"]


def test_a_retracted_reference_stays_marked_after_a_person_has_closed_its_notice() -> None:
    retracted = make_retraction().record
    closed = make_report(cited=(retracted,), matches=(make_match(1, retracted.pmid),))
    for source in (render.report_html(closed), render.report_markdown(closed)):
        assert "closed by a person: no notice about it is open" in " ".join(source.split())
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
