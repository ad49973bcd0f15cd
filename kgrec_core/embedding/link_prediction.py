"""How well learned vectors know links that they were not shown: filtered ranks and a curve."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from kgrec_core.contracts import (
    BoolArray,
    FloatArray,
    IndexArray,
    OnProgress,
    Progress,
    no_progress,
)
from kgrec_core.errors import ConfigError, DataError
from kgrec_core.evaluation.link_ranks import (
    PrecisionRecall,
    precision_recall,
    rank_metrics,
    realistic_ranks,
)
from kgrec_core.graph.knowledge_graph import KnowledgeGraph

__all__ = ["LinkQuality", "LinkScorer", "corrupted", "evaluate_links", "hold_out_triples"]

TRIPLES_PER_BATCH = 256
MAX_TRIES = 50
CURVE_POINTS = 200
STAGE = "Ranking held-out links"


class LinkScorer(Protocol):
    """Says how plausible links are; larger is more plausible."""

    def tail_scores(self, heads: IndexArray, relations: IndexArray) -> FloatArray:
        """Scores of every entity as the tail, float32 (b, n_entities)."""
        ...

    def head_scores(self, tails: IndexArray, relations: IndexArray) -> FloatArray:
        """Scores of every entity as the head, float32 (b, n_entities)."""
        ...

    def scores(self, triples: IndexArray) -> FloatArray:
        """Scores of triples int64 (n, 3), float32 (n,)."""
        ...


@dataclass(frozen=True)
class LinkQuality:
    """What a scorer reaches on held-out triples.

    Attributes:
        n_triples: held-out triples; each is asked for its head and for its tail.
        both: "mrr", "mean_rank", "hits@1", "hits@3", "hits@10" over both questions.
        head: the same when the head is asked for.
        tail: the same when the tail is asked for.
        by_relation: relation id to the means over both questions, and "n_triples".
        curve: true against corrupted triples, one corruption each; 0.5 is chance.
    """

    n_triples: int
    both: dict[str, float]
    head: dict[str, float]
    tail: dict[str, float]
    by_relation: dict[str, dict[str, float]]
    curve: PrecisionRecall

    def to_json(self) -> dict[str, Any]:
        """Plain values; of the curve at most `CURVE_POINTS` points."""
        n = self.curve.thresholds.size
        points = np.unique(np.linspace(0, n - 1, min(n, CURVE_POINTS)).astype(np.int64))
        return {
            "n_triples": self.n_triples,
            "both": self.both,
            "head": self.head,
            "tail": self.tail,
            "by_relation": self.by_relation,
            "average_precision": self.curve.average_precision,
            "curve": {
                "thresholds": self.curve.thresholds[points].tolist(),
                "precision": self.curve.precision[points].tolist(),
                "recall": self.curve.recall[points].tolist(),
            },
        }


def hold_out_triples(graph: KnowledgeGraph, share: float, rng: np.random.Generator) -> BoolArray:
    """Which triples are held out, bool (n_triples,).

    A random `share` at most: a triple stays when its head, tail or relation would otherwise not
    occur in any other one that stays.

    Raises:
        ConfigError: `share` is not between 0 and 1.
    """
    if not 0 < share < 1:
        raise ConfigError(f"'share' must lie between 0 and 1 in 'hold_out_triples' (got {share}).")
    n_wanted = int(np.floor(graph.n_triples * share + 0.5))
    held = np.zeros(graph.n_triples, dtype=np.bool_)
    ends, kinds = graph.degrees.copy(), np.bincount(graph.triples[:, 1])
    n_held = 0
    for position in rng.permutation(graph.n_triples):
        if n_held >= n_wanted:
            break
        head, relation, tail = graph.triples[position].tolist()
        n_own = 2 if head == tail else 1
        if ends[head] > n_own and ends[tail] > n_own and kinds[relation] > 1:
            held[position] = True
            ends[head] -= 1
            ends[tail] -= 1
            kinds[relation] -= 1
            n_held += 1
    return held


def evaluate_links(
    scorer: LinkScorer,
    graph: KnowledgeGraph,
    held_out: BoolArray,
    *,
    rng: np.random.Generator,
    on_progress: OnProgress = no_progress,
) -> LinkQuality:
    """Ask for the head and the tail of each held-out triple among all entities.

    Filtered setting (Bordes et al. 2013): other answers that are true anywhere in the graph do
    not compete. Ties are averaged.

    Args:
        scorer: knows nothing of the held-out triples.
        graph: all triples, held out or not.
        held_out: bool (n_triples,).
        rng: draws the corruptions of the curve.
        on_progress: hears about each batch.

    Raises:
        DataError: nothing is held out, or a score is not finite.
    """
    asked = graph.triples[held_out]
    if asked.shape[0] == 0:
        raise DataError(
            "No triple could be held out without losing an entity or a relation, so the quality "
            "of the vectors cannot be measured. Use a larger graph or a larger share."
        )
    tail_answers = _Answers(graph, known=0, asked=2)
    head_answers = _Answers(graph, known=2, asked=0)
    ranks = np.empty((asked.shape[0], 2))  # of head and tail
    for first in range(0, asked.shape[0], TRIPLES_PER_BATCH):
        batch = asked[first : first + TRIPLES_PER_BATCH]
        heads, relations, tails = batch.T
        chosen = slice(first, first + batch.shape[0])
        scores = scorer.head_scores(tails, relations)
        ranks[chosen, 0] = realistic_ranks(scores, heads, head_answers.of(batch))
        scores = scorer.tail_scores(heads, relations)
        ranks[chosen, 1] = realistic_ranks(scores, tails, tail_answers.of(batch))
        on_progress(Progress(STAGE, first + batch.shape[0], asked.shape[0], {}))
    false = corrupted(asked, graph, rng)
    scores = np.concatenate([scorer.scores(asked), scorer.scores(false)])
    return LinkQuality(
        n_triples=asked.shape[0],
        both=rank_metrics(ranks.ravel()),
        head=rank_metrics(ranks[:, 0]),
        tail=rank_metrics(ranks[:, 1]),
        by_relation=_by_relation(graph, asked[:, 1], ranks),
        curve=precision_recall(scores, np.arange(scores.size) < asked.shape[0]),
    )


def corrupted(triples: IndexArray, graph: KnowledgeGraph, rng: np.random.Generator) -> IndexArray:
    """One triple per given one with another head or tail that is not in the graph, int64 (m, 3).

    m is smaller than n where no such triple was found in `MAX_TRIES` draws.
    """
    known = {tuple(triple) for triple in graph.triples.tolist()}
    found = triples.copy()
    is_open = np.ones(triples.shape[0], dtype=np.bool_)
    for _ in range(MAX_TRIES):
        rows = np.flatnonzero(is_open)
        if rows.size == 0:
            break
        ends = rng.choice([0, 2], size=rows.size)
        found[rows] = triples[rows]
        found[rows, ends] = rng.integers(graph.n_entities, size=rows.size)
        is_open[rows] = [tuple(triple) in known for triple in found[rows].tolist()]
    return found[~is_open]


class _Answers:
    """All true answers to (known end, relation), by binary search."""

    def __init__(self, graph: KnowledgeGraph, *, known: int, asked: int) -> None:
        self._known, self._n_relations = known, max(graph.n_relations, 1)
        keys = self._keys(graph.triples)
        order = np.argsort(keys, kind="stable")
        self._sorted, self._answers = keys[order], graph.triples[order, asked]

    def _keys(self, triples: IndexArray) -> IndexArray:
        keys: IndexArray = triples[:, self._known] * self._n_relations + triples[:, 1]
        return keys

    def of(self, triples: IndexArray) -> list[IndexArray]:
        """One array of entity indices per triple."""
        keys = self._keys(triples)
        starts = np.searchsorted(self._sorted, keys, side="left")
        ends = np.searchsorted(self._sorted, keys, side="right")
        return [self._answers[a:b] for a, b in zip(starts, ends, strict=True)]


def _by_relation(
    graph: KnowledgeGraph, relations: IndexArray, ranks: npt.NDArray[np.float64]
) -> dict[str, dict[str, float]]:
    found = {}
    for relation in np.unique(relations).tolist():
        own = ranks[relations == relation]
        metrics = rank_metrics(own.ravel()) | {"n_triples": float(own.shape[0])}
        found[graph.relations.id_of(relation)] = metrics
    return found
