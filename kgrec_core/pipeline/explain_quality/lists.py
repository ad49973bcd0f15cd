"""Measures of the explanations of one user's list that need no further scoring."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from kgrec_core.contracts import IndexArray
from kgrec_core.explanation.quality.attention_tests import attention_change
from kgrec_core.explanation.quality.estimates import Observations
from kgrec_core.explanation.quality.exactness import Float64, largest_path_gap
from kgrec_core.explanation.quality.path_measures import (
    PathScales,
    concentration,
    coverage,
    diversity,
    entity_popularity,
    interaction_recency,
    mean_popularity,
    mean_recency,
)
from kgrec_core.explanation.quality.paths import ShownPath, all_paths, path_fault, shown_path
from kgrec_core.explanation.quality.words import is_supported
from kgrec_core.explanation.reasons import Sentence, sentences
from kgrec_core.pipeline.loaded_run import LoadedRun
from kgrec_core.recommender.contract import UNKNOWN_USER, PairExplanation, UserEvidence
from kgrec_core.recommender.explaining import explain_items

__all__ = ["ExplainedList", "ListMeasures", "ListTypes", "add_diversity", "list_cutoffs"]

CUTOFFS = (1, 3, 5, 10, 20)


@dataclass(frozen=True)
class ExplainedList:
    """The explained items of one user, best first.

    Attributes:
        user_index: the user.
        user: what is known about them.
        explanations: one per item.
        told: the sentences of each.
        seconds: that explaining and wording took, by the clock.
        processor_seconds: the same without waiting for other programs.
    """

    user_index: int
    user: UserEvidence
    explanations: tuple[PairExplanation, ...]
    told: tuple[list[Sentence], ...]
    seconds: float
    processor_seconds: float


@dataclass(frozen=True)
class ListTypes:
    """Path types of one list.

    Attributes:
        told: of all told paths, each once.
        shown: of the shown path of each item, best first; None where an item has none.
    """

    told: tuple[str, ...]
    shown: tuple[str | None, ...]


def list_cutoffs(k: int) -> tuple[int, ...]:
    """Lengths at which lists are measured, up to k and with it."""
    return tuple(sorted({*(cutoff for cutoff in CUTOFFS if cutoff < k), k}))


@dataclass
class ListMeasures:
    """Explains lists and measures what needs no further scoring.

    Attributes:
        run: measured run.
    """

    run: LoadedRun

    def warm_up(self, user: UserEvidence) -> None:
        """Explain once, so that libraries and tables are loaded: that is no part of the times."""
        items = self.run.recommend(user, 1).item_indices
        self.explained(UNKNOWN_USER, user, items)

    def explained(self, user_index: int, user: UserEvidence, items: IndexArray) -> ExplainedList:
        """Terms and sentences of each item, with the time that they take."""
        start, worked = time.perf_counter(), time.process_time()
        told = explain_items(self.run.recommender, user, items.tolist())
        words = [sentences(explanation, self.run.names) for explanation in told]
        seconds, processor = time.perf_counter() - start, time.process_time() - worked
        return ExplainedList(user_index, user, tuple(told), tuple(words), seconds, processor)

    def add(self, found: ExplainedList, kept: Observations, k: int) -> ListTypes:
        """Keep exactness, words and paths of one list; returns the types of its paths.

        Args:
            found: the list.
            kept: where the values go.
            k: how long the list should be; it is shorter where the catalog ends.
        """
        names, user = self.run.names, found.user_index
        kept.saw(user)
        shown: list[ShownPath | None] = []
        told: list[ShownPath] = []
        for explanation, words in zip(found.explanations, found.told, strict=True):
            kept.add(user, "residual", explanation.residual)
            kept.add(user, "path_gap", largest_path_gap(explanation))
            passed = [is_supported(sentence, explanation, names) for sentence in words]
            kept.add(user, "words", float(np.mean(passed)))
            told += all_paths(explanation, names)
            shown.append(shown_path(explanation, names))
        kept.add(user, "attention_change", attention_change(found.explanations))
        kept.add(user, "path_validity", self._validity(found, told))
        self._add_paths(found, shown, kept, k)
        types = tuple(dict.fromkeys(path.type for path in told))
        return ListTypes(types, tuple(path.type if path else None for path in shown))

    def _validity(self, found: ExplainedList, told: list[ShownPath]) -> float | None:
        """Share of the told paths of a list that are without fault; None without a path."""
        held_out = self._held_out.get(found.user_index, frozenset())
        faults = [path_fault(path, self.run.graph, found.user, held_out) for path in told]
        return faults.count(None) / len(faults) if faults else None

    def _add_paths(
        self, found: ExplainedList, shown: list[ShownPath | None], kept: Observations, k: int
    ) -> None:
        scales = PathScales(interaction_recency(found.user), self._popularity)
        for cutoff in list_cutoffs(k):
            kept.add_all(
                found.user_index,
                {
                    f"coverage@{cutoff}": coverage(shown, cutoff),
                    f"lir@{cutoff}": mean_recency(shown, cutoff, scales),
                    f"sep@{cutoff}": mean_popularity(shown, cutoff, scales),
                    f"ptc@{cutoff}": concentration(shown, cutoff),
                },
            )

    @cached_property
    def _held_out(self) -> dict[int, frozenset[int]]:
        relevant = self.run.split.relevant_by_user()
        return {user: frozenset(items.tolist()) for user, items in relevant.items()}

    @cached_property
    def _popularity(self) -> Float64:
        return entity_popularity(self.run.graph)


def add_diversity(
    kept: Observations, user: int, shown: Sequence[str | None], k: int, n_types: int
) -> None:
    """Keep ETD of one list: how many path types there are is known only after all lists."""
    for cutoff in list_cutoffs(k):
        kept.add(user, f"etd@{cutoff}", diversity(shown, cutoff, n_types))


def residuals_of_all_items(
    run: LoadedRun, users: Sequence[int], most_items: int, rng: np.random.Generator
) -> list[float]:
    """Residuals of some users with all items of the catalog, or with many drawn at random."""
    n_items = run.recommender.n_items
    found = []
    for user in users:
        evidence = run.evidence_of(user)
        items = np.arange(n_items)
        if n_items > most_items:
            items = rng.choice(items, most_items, replace=False)
        told = explain_items(run.recommender, evidence, items.tolist())
        found += [explanation.residual for explanation in told]
    return found
