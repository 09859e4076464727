"""An article with many open records at the desk: a light page, and every record with its form one link away."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, time

import pytest
from lxml import html

from litwatch.config.settings import Settings
from litwatch.desk.pagination import LISTED, turn_to
from litwatch.report.view import SHOWN_IN_FULL
from tests.browser.night_scenes import FIRST, NIGHT, SLUG, run_scene
from tests.desk.desk_scenes import Desk, forms_about, served
from tests.factories import FIRST_PMID, make_record, make_report, make_signal

COUNT = 60


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    folder = tmp_path_factory.mktemp("many")
    scene = run_scene(folder, COUNT)
    assert scene.summary.ok
    settings = Settings(
        queries=folder / "queries",
        reports=folder / "reports",
        store=folder / "var" / "litwatch.duckdb",
        email="tests@example.org",
        rehearsal=True,
    )
    with served(settings, now=datetime.combine(NIGHT, time(9), UTC)) as opened:
        yield opened


def shown(page: html.HtmlElement) -> list[int]:
    """The new records that have a form on the page."""
    return [int(each.get("id").removeprefix("new-")) for each in page.xpath("//article[starts-with(@id, 'new-')]")]


def test_every_open_record_has_its_form_on_one_of_the_pages_that_plain_links_reach(desk: Desk) -> None:
    path, seen, pages = desk.link(topic=SLUG), [], 0
    following: str | None = path
    while following is not None:
        page = desk.page(following)
        assert len(forms_about(page, "change")) <= SHOWN_IN_FULL
        seen += shown(page)
        links = page.xpath("//nav[@class='leaves']/a[starts-with(., 'Show the next')]/@href")
        following, pages = (links[0] if links else None), pages + 1
    assert pages == 3
    assert sorted(seen) == list(range(FIRST, FIRST + COUNT))


def test_what_follows_is_listed_with_a_link_to_its_form(desk: Desk) -> None:
    path = desk.link(topic=SLUG)
    page = desk.page(path)
    listed = page.xpath("//section[@id='evidence']//details/ol/li")
    assert len(listed) == COUNT - SHOWN_IN_FULL
    target = listed[-1].xpath("./a/@href")[0]
    assert int(target.rpartition("#new-")[2]) in shown(desk.page(target))


def test_an_answer_on_a_later_page_leads_back_to_it(desk: Desk) -> None:
    path = desk.link(topic=SLUG)
    page = desk.page(f"{path}?from={SHOWN_IN_FULL}")
    form = forms_about(page, "change")[0]
    answer = desk.send(path, form, answer="keep")
    assert answer.headers["location"] == f"/{path}?from={SHOWN_IN_FULL}#new-{shown(page)[0]}"


@pytest.mark.parametrize("asked", ["", "-1", "99999999", "٣", "1e3", "25#x", "<b>"])
def test_an_address_that_names_no_place_shows_the_first_page(asked: str, desk: Desk) -> None:
    first = shown(desk.page(desk.link(topic=SLUG)))
    assert shown(desk.page(f"{desk.link(topic=SLUG)}?from={asked.replace('#', '%23')}")) == first


def test_a_page_does_not_grow_with_the_number_of_open_records() -> None:
    many = [make_signal(pmid=FIRST_PMID + n, record=make_record(FIRST_PMID + n)) for n in range(3000)]
    leaf = turn_to(make_report(signals=tuple(many)), "1500")
    assert (leaf.first, leaf.before, leaf.after, leaf.next_size) == (1500, 1475, 1525, SHOWN_IN_FULL)
    assert sum(len(group.items) for group in leaf.groups) == SHOWN_IN_FULL
    assert (len(leaf.listed), leaf.unlisted) == (LISTED, 3000 - 1525 - LISTED)
