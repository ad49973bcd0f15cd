"""What the scores of one list carry through the graph."""

from __future__ import annotations

import numpy as np
import pytest

from kgrec_core.explanation.user_flow import on_graph, user_flow
from kgrec_core.recommender.contract import (
    Contribution,
    EvidenceUnit,
    PairExplanation,
    PathContribution,
)


def pair(
    item: int, bias: float, *paths: PathContribution, text: float | None = None
) -> PairExplanation:
    """A score made of its bias, one graph cell with these paths and perhaps a text cell."""
    unit = EvidenceUnit("item", 0)
    total = sum(path.value for path in paths)
    cells = [Contribution("graph", unit, total, 1.0, 1.0, total, paths)]
    if text is not None:
        cells.append(Contribution("text", unit, text, 1.0, 1.0, text))
    return PairExplanation(item, bias + sum(c.value for c in cells), bias, tuple(cells))


# Items 0 to 2, entities 7 and 8.
FLOW = user_flow(
    [
        pair(1, 0.1, PathContribution((0, 7, 1), (10, 11), 0.5), text=0.2),
        pair(
            2,
            0.1,
            PathContribution((0, 7, 2), (10, 12), -0.3),
            PathContribution((0, 8, 2), (13, 14), 0.05),
        ),
    ]
)


def test_score_is_bias_plus_all_modalities() -> None:
    assert FLOW.score == pytest.approx(0.65)  # 0.2 + 0.5 + 0.2 - 0.3 + 0.05
    assert FLOW.bias == pytest.approx(0.2)
    assert FLOW.by_modality == pytest.approx({"graph": 0.25, "text": 0.2})
    assert FLOW.score == pytest.approx(FLOW.bias + sum(FLOW.by_modality.values()))


def test_all_paths_add_up_to_the_graph_part() -> None:
    assert FLOW.path_total == pytest.approx(FLOW.by_modality["graph"])
    ends = sum(FLOW.entities[item].value for item in FLOW.item_indices)
    assert ends == pytest.approx(FLOW.path_total)


def test_an_entity_counts_each_path_through_it() -> None:
    carried = FLOW.entities[7]
    assert carried.value == pytest.approx(0.2)
    assert carried.strength == pytest.approx(0.8)
    assert (carried.n_paths, carried.item_indices) == (2, (1, 2))


def test_a_triple_counts_each_path_along_it() -> None:
    assert FLOW.triples[10].value == pytest.approx(0.2)
    assert FLOW.triples[10].n_paths == 2
    assert FLOW.triples[12].value == pytest.approx(-0.3)


def test_paths_are_kept_by_size_and_starts_are_known() -> None:
    assert [path.value for _, path in FLOW.paths] == [0.5, -0.3, 0.05]
    assert FLOW.starts == {0}


def test_a_path_that_comes_by_the_same_entity_twice_counts_there_once() -> None:
    flow = user_flow([pair(1, 0.0, PathContribution((0, 7, 0, 1), (10, 10, 15), 0.4))])
    assert flow.entities[0].n_paths == 1
    assert flow.triples[10].value == pytest.approx(0.4)


def test_a_list_without_paths_carries_nothing() -> None:
    flow = user_flow([pair(1, 0.5)])
    assert (flow.entities, flow.triples, flow.path_total) == ({}, {}, 0)
    assert user_flow([]).score == 0


def test_a_flow_can_be_read_on_another_graph_of_the_same_entities() -> None:
    flow = user_flow([pair(1, 0.1, PathContribution((0, 5, 1), (2, 0), 0.3))])
    moved = on_graph(flow, np.array([10, 11, 12]))
    assert set(moved.triples) == {10, 12}
    assert moved.triples[12] == flow.triples[2]
    assert [path.triple_indices for _, path in moved.paths] == [(12, 10)]
    assert moved.entities == flow.entities
