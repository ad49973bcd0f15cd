"""How long answers about one recommendation take, beside one plain scoring of the same user.

    .venv/bin/python benchmarks/explaining.py [--choices 200] [--users 8] [--k 10] [--pairs-only]

The fusion model is fitted on MovieLens 100K without texts. For users with about so many choices,
each kind of question is asked about the first, the middle and the last item of their list; a plain
scoring of the user is timed in turns with it, so that a busy machine slows both. Every explanation
and comparison is checked to add up, every counterfactual to hold when it is played back.
"""

from __future__ import annotations

import argparse
import os
import statistics
import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

import numpy as np
from real_inputs import real_inputs

from kgrec_core.config import SplitSettings
from kgrec_core.evaluation.ranking import top_k
from kgrec_core.explanation.counterfactual import (
    Counterfactual,
    Mode,
    NoCounterfactual,
    counterfactual,
)
from kgrec_core.explanation.names import Names
from kgrec_core.explanation.reasons import sentences
from kgrec_core.explanation.what_if import Change, item_effect, what_if
from kgrec_core.explanation.why_not import why_not
from kgrec_core.pipeline.measuring import library_versions
from kgrec_core.recommender.contract import EvidenceUnit, UserEvidence
from kgrec_core.recommender.evidence import Histories
from kgrec_core.recommender.explaining import explain_items
from kgrec_core.recommender.fusion import FusionRecommender
from kgrec_core.recommender.fusion_settings import FusionSettings
from kgrec_core.recommender.muting import Muted
from kgrec_core.rng import make_rng

Answer = TypeVar("Answer")
MODES: tuple[Mode, ...] = ("interactions", "links")


@dataclass
class Watch:
    """Seconds per kind of question, and of a plain scoring beside each."""

    plain: Callable[[], object]
    own: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    beside: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))

    def timed(self, name: str, ask: Callable[[], Answer]) -> Answer:
        """Ask once; a scoring goes first."""
        start = time.perf_counter()
        self.plain()
        middle = time.perf_counter()
        answer = ask()
        self.beside[name].append(middle - start)
        self.own[name].append(time.perf_counter() - middle)
        return answer

    def row(self, name: str) -> str:
        """A row of the table."""
        own, beside = self.own[name], self.beside[name]
        ratio = statistics.median(a / b for a, b in zip(own, beside, strict=True))
        middle, worst = statistics.median(own) * 1000, max(own) * 1000
        return f"| {name} | {len(own)} | {middle:.0f} | {worst:.0f} | {ratio:.1f} |"


@dataclass
class Questions:
    """Asks everything about items of one list.

    Attributes:
        recommender: fitted.
        names: for comparisons.
        watch: takes the times.
        k: length of the list.
        residuals: of everything that has to add up.
        counts: answers by kind.
    """

    recommender: FusionRecommender
    names: Names
    watch: Watch
    k: int
    residuals: list[float] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=lambda: defaultdict(int))

    def ask(self, user: UserEvidence) -> None:
        """Everything about the first, the middle and the last item."""
        self.watch.plain = lambda: self.recommender.score([user])
        scores = self.recommender.score([user])
        ranked = top_k(scores, [user.item_indices], self.k)[0].tolist()
        relation = next(iter(self.recommender.links_by_relation()))
        dropped = EvidenceUnit("item", int(user.item_indices[0]))
        drop, mute = (
            Change(dropped=(dropped,)),
            Change(muted=Muted(relations=frozenset({relation}))),
        )
        for item in (ranked[0], ranked[self.k // 2], ranked[-1]):
            self._sums(user, item, ranked)
            for name, change in (
                ("what if a choice is dropped", drop),
                ("what if a relation is muted", mute),
            ):
                answer = self.watch.timed(
                    name, lambda asked=change: what_if(self.recommender, user, asked, self.k)
                )
                self.watch.timed(
                    "direct and total effect",
                    lambda found=answer, about=item: item_effect(self.recommender, found, about),
                )
            for mode in MODES:
                self._counterfactual(user, item, mode)

    def _sums(self, user: UserEvidence, item: int, ranked: list[int]) -> None:
        told = self.watch.timed("explain", lambda: self.recommender.explain(user, item))
        other = ranked[0] if item != ranked[0] else ranked[1]
        compared = self.watch.timed(
            "why not", lambda: why_not(self.recommender, user, item, other, self.names)
        )
        self.residuals += [told.residual, compared.residual]

    def _counterfactual(self, user: UserEvidence, item: int, mode: Mode) -> None:
        name = f"counterfactual, {mode}"
        found = self.watch.timed(
            name, lambda: counterfactual(self.recommender, user, item, self.k, mode=mode)
        )
        if isinstance(found, NoCounterfactual):
            self.counts[f"{name}: {found.reason}"] += 1
            return
        self._play_back(user, found)
        self.counts[f"{name}: found"] += 1
        self.counts[f"{name}: proved smallest"] += found.is_smallest_proved
        self.counts[f"{name}: removed in all"] += found.size
        self.counts[f"{name}: scorings in all"] += found.n_scorings

    def _play_back(self, user: UserEvidence, found: Counterfactual) -> None:
        played = what_if(self.recommender, user, found.change, self.k)
        if found.item_index in played.after.item_indices:
            raise SystemExit(f"A counterfactual of item {found.item_index} does not hold.")


def hundred_pairs(
    recommender: FusionRecommender, names: Names, people: list[UserEvidence], k: int
) -> list[tuple[float, float]]:
    """Seconds by the clock and of the processor for 100 pairs, terms and sentences; five rounds.

    Lists are made before, and the first explanation, which loads libraries, counts as loading.
    """
    scores = recommender.score(people)
    lists = top_k(scores, [user.item_indices for user in people], k).tolist()
    recommender.explain(people[0], lists[0][0])
    found = []
    for _ in range(5):
        start, worked = time.perf_counter(), time.process_time()
        for user, items in zip(people, lists, strict=True):
            for told in explain_items(recommender, user, items):
                sentences(told, names)
        per_100 = 100 / (len(people) * k)
        clock, processor = time.perf_counter() - start, time.process_time() - worked
        found.append((clock * per_100, processor * per_100))
    return found


def main() -> None:
    """Fit once, then ask."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--choices", type=int, default=200)
    parser.add_argument("--users", type=int, default=8)
    parser.add_argument("--k", type=int, default=10)
    parser.add_argument("--pairs-only", action="store_true", help="Only the time of 100 pairs.")
    arguments = parser.parse_args()
    inputs = real_inputs("ml-100k", SplitSettings())
    if inputs is None:
        return
    recommender = FusionRecommender(FusionSettings())
    recommender.fit(inputs.data, rng=make_rng(0))
    known = inputs.split.fitting()
    names = Names(inputs.graph, inputs.dataset.items.ids, inputs.dataset.users.ids)
    histories = Histories(known, inputs.data.side)
    print(f"load: {os.getloadavg()[0]:.1f}; versions: {library_versions()}")
    print(f"{recommender.n_items} items, {inputs.graph.n_triples:,} triples", flush=True)
    anybody = make_rng(0).choice(np.unique(known.user_indices), 10, replace=False)
    people = [histories.evidence(int(user)) for user in anybody]
    rounds = hundred_pairs(recommender, names, people, arguments.k)
    told = "; ".join(f"{clock:.2f} ({processor:.2f})" for clock, processor in rounds)
    print(f"100 pairs of random users, s by the clock (processor s), five rounds: {told}")
    if arguments.pairs_only:
        return
    counts = known.user_counts()
    users = np.argsort(np.abs(counts - arguments.choices), kind="stable")[: arguments.users]
    print(f"{users.size} users with {counts[users].min()} to {counts[users].max()} choices\n")
    questions = Questions(recommender, names, Watch(lambda: None), arguments.k)
    ask_all(questions, [histories.evidence(int(user)) for user in users])


def ask_all(questions: Questions, people: list[UserEvidence]) -> None:
    """Ask everything about each user's list and print the tables."""
    questions.ask(people[0])  # what is computed once and kept
    questions.watch = Watch(lambda: None)
    questions.counts.clear()
    for user in people:
        questions.ask(user)
    print("| question | asked | median, ms | slowest, ms | times one scoring |")
    print("|---|---|---|---|---|")
    for name in questions.watch.own:
        print(questions.watch.row(name))
    print()
    for name, count in questions.counts.items():
        print(f"{name}: {count}")
    print(f"largest residual: {max(questions.residuals):.1e}")


if __name__ == "__main__":
    main()
