"""Recency, popularity, diversity and concentration: a list of five, by hand."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kgrec_core.data.interactions import NO_TIME
from kgrec_core.explanation.quality.path_measures import (
    PathScales,
    concentration,
    coverage,
    diversity,
    entity_popularity,
    interaction_recency,
    mean_popularity,
    mean_recency,
    smoothed,
)
from kgrec_core.explanation.quality.paths import ShownPath
from kgrec_core.recommender.contract import EvidenceUnit, PathContribution
from tests.explanation.additive import history
from tests.recommender.problems import graph_of


def shown(source: int, entity: int, type_: str) -> ShownPath:
    path = PathContribution((source, entity, 9), (0, 1), 1.0)
    return ShownPath(9, EvidenceUnit("item", source), path, "shared", type_)


# Types: genre, genre, director, genre, actor; the third item has no path in the second list.
FIVE = [
    shown(0, 20, "genre"),
    shown(1, 21, "genre"),
    shown(2, 22, "director"),
    shown(0, 20, "genre"),
    shown(1, 23, "actor"),
]
GAP = [FIVE[0], FIVE[1], None, FIVE[3], FIVE[4]]
POPULARITY = np.full(30, np.nan)
POPULARITY[[20, 21, 22]] = (0.2, 0.4, 0.9)
SCALES = PathScales({0: 0.1, 1: 0.5, 2: 1.0}, POPULARITY)
TYPES = [path.type for path in FIVE]


@pytest.mark.parametrize(
    ("k", "expected"), [(1, 0.1), (2, 0.3), (3, 1.6 / 3), (4, 1.7 / 4), (5, 2.2 / 5)]
)
def test_recency_changes_with_the_length_of_the_list(k: int, expected: float) -> None:
    assert mean_recency(FIVE, k, SCALES) == pytest.approx(expected)


@pytest.mark.parametrize(("k", "expected"), [(1, 0.2), (2, 0.3), (3, 0.5), (5, 1.7 / 4)])
def test_popularity_leaves_out_entities_without_a_scale(k: int, expected: float) -> None:
    assert mean_popularity(FIVE, k, SCALES) == pytest.approx(expected)


@pytest.mark.parametrize(("k", "expected"), [(1, 1.0), (2, 0.5), (3, 2 / 3), (4, 0.5), (5, 0.75)])
def test_diversity_is_over_the_types_that_fit(k: int, expected: float) -> None:
    assert diversity(TYPES, k, 4) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("k", "expected"),
    [(2, 0.0), (3, 1 - 2 / 6), (4, 1 - 6 / 12), (5, 1 - 6 / 20)],
)
def test_concentration_counts_pairs_of_one_type(k: int, expected: float) -> None:
    assert concentration(FIVE, k) == pytest.approx(expected)


def test_one_path_has_no_concentration() -> None:
    assert concentration(FIVE, 1) is None


@pytest.mark.parametrize(("k", "expected"), [(1, 1.0), (3, 2 / 3), (5, 0.8), (10, 0.4)])
def test_coverage_divides_by_k_and_not_by_what_there_is(k: int, expected: float) -> None:
    assert coverage(GAP, k) == pytest.approx(expected)


def test_items_without_a_path_are_left_out_of_the_means() -> None:
    assert mean_recency(GAP, 3, SCALES) == pytest.approx(0.3)
    assert mean_recency([None, None], 2, SCALES) is None
    assert diversity([None], 1, 4) is None


def test_smoothing_by_hand() -> None:
    # L = 10; 0.7 * 10 + 0.3 * 20 = 13; 0.7 * 13 + 0.3 * 40 = 21.1; scaled by 11.1.
    found = smoothed(np.array([40.0, 10.0, 20.0, 20.0]))
    assert found is not None
    assert found == pytest.approx([1.0, 0.0, 3 / 11.1, 3 / 11.1])


def test_a_single_interaction_has_no_recency() -> None:
    assert interaction_recency(history([3], times=[50])) == {}


def test_interactions_of_one_moment_have_none_either() -> None:
    assert interaction_recency(history([3, 4], times=[50, 50])) == {}


def test_interactions_without_a_time_are_left_out() -> None:
    found = interaction_recency(history([3, 4, 5], times=[50, NO_TIME, 90]))
    assert found == {3: 0.0, 5: 1.0}


def test_popularity_is_within_the_type_of_an_entity() -> None:
    entities = [("genre:a", "genre"), ("genre:b", "genre"), ("person:c", "person")]
    links = [(0, "has_genre", 3), (1, "has_genre", 3), (2, "has_genre", 4), (0, "by", 5)]
    found = entity_popularity(graph_of(3, entities, links))
    assert found[[3, 4]].tolist() == [1.0, 0.0]
    assert np.isnan(found[5])  # the only person: nothing to compare with


@given(st.lists(st.integers(0, 10**9), min_size=2, max_size=30))
def test_smoothing_keeps_the_order_and_fills_the_scale(values: list[int]) -> None:
    found = smoothed(np.array(values, dtype=np.float64))
    if len(set(values)) < 2:
        assert found is None
        return
    assert found is not None
    assert (found.min(), found.max()) == (0.0, pytest.approx(1.0))
    order = np.argsort(values, kind="stable")
    assert (np.diff(found[order]) >= -1e-12).all()
