"""Measures of the explanations of one user's list that need no further scoring."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from kgrec_core.contracts import IndexArray
from kgrec_core.explanation.quality.attention_tests import attention_change
from kgrec_core.explanation.quality.estimates import Observations
from kgrec_core.explanation.quality.exactness import largest_path_gap
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
from kgrec_core.recommender.contract import PairExplanation, UserEvidence
from kgrec_core.recommender.explaining import explain_items

__all__ = ["ExplainedList", "ListMeasures", "list_cutoffs"]

CUTOFFS = (1, 3, 5, 10, 20)


@dataclass(frozen=True)
class ExplainedList:
    """The explained items of one user, best first."""

    user_index: int
    user: UserEvidence
    explanations: tuple[PairExplanation, ...]
    told: tuple[list[Sentence], ...]


def list_cutoffs(k: int) -> tuple[int, ...]:
    """Lengths at which lists are measured, up to k and with it."""
    return tuple(sorted({*(cutoff for cutoff in CUTOFFS if cutoff < k), k}))


@dataclass
class ListMeasures:
    """Explains lists and keeps what can be said about them.

    Attributes:
        run: measured run.
        k: length of the lists.
        seconds: spent on explaining and wording so far, by the clock.
        processor_seconds: the same without waiting for other programs.
        n_pairs: explained pairs so far.
        n_paths: told paths that were checked so far.
        faults: what was wrong with a path, each once.
    """

    run: LoadedRun
    k: int
    seconds: float = 0.0
    processor_seconds: float = 0.0
    n_pairs: int = 0
    n_paths: int = 0
    faults: list[str] = field(default_factory=list)
    _types: set[str] = field(default_factory=set)
    _shown: list[tuple[Observations, ExplainedList, list[ShownPath | None]]] = field(
        default_factory=list
    )

    def explained(self, user_index: int, user: UserEvidence, items: IndexArray) -> ExplainedList:
        """Terms and sentences of each item, with the time that they take."""
        start, worked = time.perf_counter(), time.process_time()
        told = explain_items(self.run.recommender, user, items.tolist())
        words = [sentences(explanation, self.run.names) for explanation in told]
        self.seconds += time.perf_counter() - start
        self.processor_seconds += time.process_time() - worked
        self.n_pairs += len(told)
        return ExplainedList(user_index, user, tuple(told), tuple(words))

    def add(self, found: ExplainedList, kept: Observations) -> None:
        """Keep exactness, words and paths of one list."""
        names, user = self.run.names, found.user_index
        kept.saw(user)
        shown: list[ShownPath | None] = []
        for explanation, words in zip(found.explanations, found.told, strict=True):
            kept.add(user, "residual", explanation.residual)
            kept.add(user, "path_gap", largest_path_gap(explanation))
            passed = [is_supported(sentence, explanation, names) for sentence in words]
            kept.add(user, "words", float(np.mean(passed)))
            self._add_paths(found, explanation, kept)
            shown.append(shown_path(explanation, names))
        kept.add(user, "attention_change", attention_change(found.explanations))
        self._shown.append((kept, found, shown))

    def _add_paths(
        self, found: ExplainedList, explanation: PairExplanation, kept: Observations
    ) -> None:
        held_out = self._held_out.get(found.user_index, frozenset())
        for path in all_paths(explanation, self.run.names):
            fault = path_fault(path, self.run.graph, found.user, held_out)
            kept.add(found.user_index, "path_validity", float(fault is None))
            self._types.add(path.type)
            self.n_paths += 1
            if fault is not None and fault not in self.faults:
                self.faults.append(fault)

    def finish(self) -> None:
        """Keep what depends on all lists: the number of path types is known only now."""
        popularity = entity_popularity(self.run.graph)
        for kept, found, shown in self._shown:
            recency = interaction_recency(found.user)
            scales = PathScales(recency, popularity, max(1, len(self._types)))
            for k in list_cutoffs(self.k):
                kept.add_all(
                    found.user_index,
                    {
                        f"coverage@{k}": coverage(shown, k),
                        f"lir@{k}": mean_recency(shown, k, scales),
                        f"sep@{k}": mean_popularity(shown, k, scales),
                        f"etd@{k}": diversity(shown, k, scales),
                        f"ptc@{k}": concentration(shown, k),
                    },
                )
        self._shown.clear()

    @cached_property
    def _held_out(self) -> dict[int, frozenset[int]]:
        relevant = self.run.split.relevant_by_user()
        return {user: frozenset(items.tolist()) for user, items in relevant.items()}


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
