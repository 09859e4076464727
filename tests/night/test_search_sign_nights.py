"""Nights on which the search strategy needs an editor: asked at once and everywhere, until a review closes it."""

from __future__ import annotations

from email import message_from_bytes, policy
from pathlib import Path

from litwatch.decisions.verdict import Status
from litwatch.model.judgement import Decision, Judgement
from litwatch.night.doors import open_store
from litwatch.night.night_outcome import NightSummary
from litwatch.report.reason_sentences import say_reason
from tests.night.retrieval_scenes import ARTICLE, START, UPDATED, Scene, moment, open_scene, records, report_of
from tests.shown import text_of

SOME = records(12, UPDATED, START)
TOPIC = "article: SLUG.md\nquestion_kind: etiology\nstrategy: {}\nrecipients: [RECIPIENT]\n"
UNKNOWN = """'"insulin resistance"[tiab] AND ("siesta therapie"[tiab] OR "Siesta Therapie"[mh])'"""


def edit(scene: Scene, strategy: str) -> None:
    scene.house.write_topic("sleep", topic=TOPIC.format(strategy), article=ARTICLE)


def asked(summary: NightSummary) -> list[str]:
    """What the night asks about the strategy."""
    return [say_reason(fired) for fired in report_of(summary).verdict.fired if fired.rule == "V10"]


def subject_of(mail: Path) -> str:
    return str(message_from_bytes(mail.read_bytes(), policy=policy.default)["Subject"])


def review(scene: Scene, decision: Decision = Decision.REVIEWED_UNCHANGED) -> None:
    """Review what the last night's report shows, by a clock that says something else."""
    store = open_store(scene.house.settings())
    seen = store.last_surveyed("sleep")
    store.record_judgement(
        Judgement("sleep", decision, "An editor", moment(START), "As meant.", seen=seen, episodes=())
    )


def test_a_required_clause_that_pubmed_does_not_know_is_asked_about_until_a_review_and_then_no_more(
    tmp_path: Path,
) -> None:
    with open_scene(tmp_path, SOME) as scene:
        edit(scene, UNKNOWN)
        summary = scene.night(send_mail=True)
        (said,) = asked(summary)
        assert said.startswith("For an editor: ")
        assert 'does not find "siesta therapie"[tiab] and "Siesta Therapie"[mh], so no paper can match' in said
        assert report_of(summary).verdict.status is Status.REVIEW_NEEDED
        (mail,) = scene.house.mails()
        part = message_from_bytes(mail.read_bytes(), policy=policy.default).get_body(("plain",))
        assert part
        told = " ".join(part.get_content().split())
        assert "All clear" not in told
        assert said in told
        assert said in text_of((tmp_path / "reports" / "index.html").read_text(encoding="utf-8"))
        assert "1 article needs review: the search strategy needs an editor" in subject_of(mail)
        review(scene, Decision.REVIEWED_UPDATE)
        assert asked(scene.night(send_mail=True)) == [said], "it stands: an update that is to come closes nothing"
        assert "1 article still needs review" in subject_of(scene.house.mails()[-1])
        review(scene)
        after = scene.night(send_mail=True)
        assert asked(after) == [], "the days that PubMed repeats are no other meaning"
        assert report_of(after).verdict.status is Status.NO_SIGNAL
        mail = scene.house.mails()[-1]
        assert subject_of(mail) == "No review needed: 1 article searched, and the search of 1 article finds nothing"
        assert "the search finds nothing" in " ".join(mail.read_text().replace("=\n", "").split())
        noted = "Reviewed; the search finds nothing, so that it would show no new paper."
        assert noted in text_of((tmp_path / "reports" / "index.html").read_text(encoding="utf-8"))
        edit(scene, UNKNOWN.replace("therapie", "therapia"))
        assert "siesta therapia" in asked(scene.night())[0], "another text is asked about anew"


def test_an_edit_after_which_the_strategy_finds_nothing_is_asked_about_until_a_review(tmp_path: Path) -> None:
    with open_scene(tmp_path, SOME) as scene:
        edit(scene, "'\"insulin resistance\"[tiab]'")
        assert asked(scene.night()) == []
        edit(scene, "'\"insulin resistance\"[tiab] NOT survey[ti]'")
        said = "since it was edited, it finds 0 of 12 papers that it found before"
        assert said in asked(scene.night())[0]
        scene.pubmed.faults.on("unavailable", utility="esearch", times=99)
        assert said in asked(scene.night())[0], "a night without an answer takes nothing back"
        scene.pubmed.faults.clear()
        later = scene.night(150)
        assert later.ok
        assert said in asked(later)[0], "nor does a window that has moved on"
        review(scene)
        after = scene.night()
        assert asked(after) == []
        assert [fired.rule for fired in report_of(after).verdict.fired] == ["V15"], "it is never all clear"


def test_an_error_of_the_strategy_and_too_few_cited_papers_are_asked_about_on_the_first_night(tmp_path: Path) -> None:
    cited = records(5, UPDATED, pmid=99_200_001, phrase="short sleep")
    listed = "".join(f"{n}. On short sleep. 2026. PMID: {each.pmid}\n" for n, each in enumerate(cited, 1))
    markers = " ".join(f"[{n}]" for n in range(1, 6))
    article = ARTICLE.replace("sensitivity.", f"sensitivity {markers}.") + f"\n## References\n\n{listed}"
    with open_scene(tmp_path, [*SOME, *cited]) as scene:
        topic = TOPIC.format("'(insulin OR glucose)[tiab]'") + "pins:\n"
        topic += "".join(f"  - {{marker: {n}, position: {n}, pmid: {each.pmid}}}\n" for n, each in enumerate(cited, 1))
        scene.house.write_topic("sleep", topic=topic, article=article)
        (said,) = asked(scene.night())
        assert "it has an error: tag on group (S03) at [tiab]; it finds 0 of 5 papers" in said
        assert "0 of 5 papers that the article cites; it misses PMID 99200001, " in said
        review(scene)
        assert asked(scene.night()) == []
