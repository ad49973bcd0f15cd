"""Overlap of reasons over seeds, and what chance gives."""

from __future__ import annotations

import itertools

import pytest

from kgrec_core.explanation.quality.stability import chance_jaccard, jaccard, mean_jaccard


def test_jaccard_is_common_over_all() -> None:
    assert jaccard(frozenset("abc"), frozenset("bcd")) == pytest.approx(2 / 4)
    assert jaccard(frozenset(), frozenset()) is None


def test_all_pairs_of_seeds_count() -> None:
    # {1, 2} and {1, 3}: 1/3; {1, 2} and {2, 1}: 1; {1, 3} and {2, 1}: 1/3.
    assert mean_jaccard([[1, 2, 3], [1, 3, 2], [2, 1, 3]], 2) == pytest.approx(5 / 9)


def test_only_the_first_reasons_count() -> None:
    assert mean_jaccard([[1, 2], [1, 3]], 1) == 1


def test_one_seed_has_no_overlap() -> None:
    assert mean_jaccard([[1, 2]], 2) is None


@pytest.mark.parametrize(("n_units", "k"), [(4, 1), (5, 2), (6, 3), (3, 3), (2, 5)])
def test_chance_is_the_mean_over_all_pairs_of_sets(n_units: int, k: int) -> None:
    sets = [frozenset(s) for s in itertools.combinations(range(n_units), min(k, n_units))]
    values = [jaccard(first, second) or 0.0 for first in sets for second in sets]
    assert chance_jaccard(n_units, k) == pytest.approx(sum(values) / len(values))
