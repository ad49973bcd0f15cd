"""Why not this item: the difference of two sums, term by term."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from kgrec_core.errors import ConfigError
from kgrec_core.explanation.names import Names
from kgrec_core.explanation.ranks import rank_of, require_item
from kgrec_core.explanation.reasons import GraphKind, graph_kind
from kgrec_core.recommender.contract import (
    EvidenceUnit,
    Modality,
    PairExplanation,
    Recommender,
    UserEvidence,
)

__all__ = ["Difference", "TermKey", "WhyNot", "compare", "why_not"]


@dataclass(frozen=True)
class TermKey:
    """What two items can be compared by.

    Attributes:
        modality: which view speaks; "bias" for what is there before anything is known.
        evidence: the unit of evidence; None for the bias and for the graph.
        kind: for the graph, how the paths reach the item; None elsewhere.
        relation_id: for the graph, the relation of the last link; "" elsewhere.
        entity_index: for the graph, the entity before the item: the one that is shared, or the
            evidence itself for a direct link; -1 elsewhere.
    """

    modality: Modality | Literal["bias"]
    evidence: EvidenceUnit | None = None
    kind: GraphKind | None = None
    relation_id: str = ""
    entity_index: int = -1


@dataclass(frozen=True)
class Difference:
    """One row: what the same thing says about two items.

    Attributes:
        key: what it is.
        value_item: its part of the score of the item that was asked about.
        value_against: its part of the score of the other one.
        evidence: the units behind it, strongest first; none for the bias.
    """

    key: TermKey
    value_item: float
    value_against: float
    evidence: tuple[EvidenceUnit, ...] = ()

    @property
    def value(self) -> float:
        """Item minus other; below zero where the item falls behind."""
        return self.value_item - self.value_against


@dataclass(frozen=True)
class WhyNot:
    """Two items for one user; the differences add up to the gap.

    Attributes:
        user: whose evidence it is.
        item_index: the item that was asked about.
        against_index: the item that it is compared with.
        rank_item: from 1; None when the user knows it, so that it is not ranked.
        rank_against: the same for the other one.
        n_ranked: items that are ranked.
        item: its score, taken apart.
        against: the score of the other one, taken apart.
        differences: largest first, either sign.
    """

    user: UserEvidence
    item_index: int
    against_index: int
    rank_item: int | None
    rank_against: int | None
    n_ranked: int
    item: PairExplanation
    against: PairExplanation
    differences: tuple[Difference, ...]

    @property
    def gap(self) -> float:
        """Score of the item minus score of the other one."""
        return self.item.score - self.against.score

    @property
    def residual(self) -> float:
        """|gap - sum of differences| / max(1, |scores|); below 2e-5, as two scores may err."""
        total = sum(difference.value for difference in self.differences)
        return abs(self.gap - total) / max(1.0, abs(self.item.score), abs(self.against.score))

    @property
    def lacking(self) -> tuple[Difference, ...]:
        """Rows in which the item falls behind, largest first."""
        return tuple(row for row in self.differences if row.value < 0)

    @property
    def leading(self) -> tuple[Difference, ...]:
        """Rows in which it is ahead, largest first."""
        return tuple(row for row in self.differences if row.value > 0)


def why_not(
    recommender: Recommender,
    user: UserEvidence,
    item_index: int,
    against_index: int,
    names: Names,
) -> WhyNot:
    """Ranks of two items, and what tells their scores apart.

    Args:
        recommender: fitted.
        user: whose evidence it is.
        item_index: the item that is asked about ("why not this one?").
        against_index: the item to compare with, such as one of the list.
        names: knows the relations of the graph.

    Raises:
        ConfigError: both are the same item.
        UnknownIdError: there is no such item.
    """
    for index in (item_index, against_index):
        require_item(recommender, index)
    if item_index == against_index:
        raise ConfigError("'against' must be another item than 'item': there is no difference.")
    scores, known = recommender.score([user])[0], user.item_indices
    item, against = (recommender.explain(user, index) for index in (item_index, against_index))
    return WhyNot(
        user,
        item_index,
        against_index,
        rank_of(scores, known, item_index),
        rank_of(scores, known, against_index),
        scores.size - known.size,
        item,
        against,
        compare(item, against, names),
    )


def compare(
    item: PairExplanation, against: PairExplanation, names: Names
) -> tuple[Difference, ...]:
    """Two sums term by term, largest difference first; the values add up to that of the scores.

    Graph paths are grouped by the last link and the entity before it, whatever evidence they start
    from; all other terms by modality and evidence.
    """
    values: dict[TermKey, list[float]] = defaultdict(lambda: [0.0, 0.0])
    shares: dict[TermKey, dict[EvidenceUnit, float]] = defaultdict(lambda: defaultdict(float))
    for side, explanation in enumerate((item, against)):
        values[TermKey("bias")][side] += explanation.bias
        for key, unit, value in _keyed(explanation, names):
            values[key][side] += value
            shares[key][unit] += abs(value)
    rows = []
    for key, (value_item, value_against) in values.items():
        strongest = sorted(shares[key].items(), key=lambda pair: -pair[1])
        units = tuple(unit for unit, _ in strongest)
        rows.append(Difference(key, value_item, value_against, units))
    told = [row for row in rows if row.value]
    return tuple(sorted(told, key=lambda row: -abs(row.value)))


def _keyed(
    explanation: PairExplanation, names: Names
) -> Iterator[tuple[TermKey, EvidenceUnit, float]]:
    """Keys, units and values of all terms, the graph's path by path."""
    for term in explanation.contributions:
        if term.modality != "graph":
            yield TermKey(term.modality, term.evidence), term.evidence, term.value
        for path in term.paths:
            relation_id, entity = names.hops(path)[-1].relation_id, path.entity_indices[-2]
            key = TermKey("graph", None, graph_kind(term, path), relation_id, entity)
            yield key, term.evidence, path.value
