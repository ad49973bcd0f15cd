from __future__ import annotations

import dataclasses

import numpy as np
import pytest
import scipy.sparse as sp
from hypothesis import given
from hypothesis import strategies as st

from kgrec_core.graph.user_side import UserSide
from kgrec_core.report.groups import activity_edges, user_groups
from tests.report.findings_samples import result


def counts(*values: int) -> np.ndarray:
    return np.array(values, dtype=np.int64)


def test_quarters_of_activity_by_hand() -> None:
    assert activity_edges(counts(1, 2, 3, 4, 5, 6, 7, 8)) == ((1, 2), (3, 4), (5, 6), (7, 8))


def test_users_with_equal_activity_stay_together() -> None:
    assert activity_edges(counts(3, 3, 3, 3, 9)) == ((3, 3), (4, 9))
    assert activity_edges(counts(5, 5, 5)) == ((5, 5),)


@given(st.lists(st.integers(0, 500), min_size=1, max_size=60))
def test_every_user_is_in_exactly_one_quarter(values: list[int]) -> None:
    edges = activity_edges(counts(*values))
    assert 1 <= len(edges) <= 4
    for value in values:
        assert sum(low <= value <= high for low, high in edges) == 1


def uneven(n: int = 40):
    """The first half of the users gets 0.1 or 0.2, the second half 0.7 or 0.8."""
    values = np.array([0.1, 0.2] * (n // 4) + [0.7, 0.8] * (n // 4), dtype=np.float32)
    whole = result(0.45)
    per_user = {**whole.per_user, "ndcg@20": values}
    return dataclasses.replace(whole, per_user=per_user)


def test_means_and_shares_of_a_group_are_those_of_its_users() -> None:
    known = counts(*([2] * 20 + [9] * 20))
    found = user_groups(uneven(), known, None, "ndcg@20")
    few, many = found.groups
    assert (few.label, few.n_users, many.label, many.n_users) == (
        "2 known choices", 20, "3 to 9 known choices", 20,
    )  # fmt: skip
    assert few.mean == pytest.approx(0.15)
    assert many.mean == pytest.approx(0.75)
    assert few.low <= few.mean <= few.high
    assert few.share_without_hit == 0.25
    assert (found.n_without_hit, found.share_without_hit) == (10, 0.25)


def test_a_group_that_is_served_worse_is_called_so() -> None:
    found = user_groups(uneven(), counts(*([2] * 20 + [9] * 20)), None, "ndcg@20")
    assert [group.verdict for group in found.groups] == ["worse", "better"]


def test_equal_groups_are_not_told_apart() -> None:
    known = counts(*([2, 9] * 20))  # both groups have the same values
    found = user_groups(uneven(), known, None, "ndcg@20")
    assert [group.verdict for group in found.groups] == ["unclear", "unclear"]


def test_small_attribute_groups_are_counted_and_not_shown() -> None:
    rows = np.array([u % 2 if u < 30 else 2 for u in range(40)])
    table = sp.csr_array((np.ones(40, dtype=np.float32), (np.arange(40), rows)), shape=(40, 3))
    labels = ("age: young", "age: old", "age: unknown")
    side = UserSide(sp.csr_array((40, 40), dtype=np.float32), table, labels)
    found = user_groups(uneven(), counts(*range(40)), side, "ndcg@20")
    shown = [group.label for group in found.groups if group.kind == "attribute"]
    assert shown == []
    assert found.n_small == 3
    many = np.array([u % 2 for u in range(40)])
    table = sp.csr_array((np.ones(40, dtype=np.float32), (np.arange(40), many)), shape=(40, 2))
    halves = UserSide(side.friends, table, ("age: young", "age: old"))
    found = user_groups(uneven(), counts(*range(40)), halves, "ndcg@20")
    assert [g.label for g in found.groups if g.kind == "attribute"] == ["age: old", "age: young"]
    bigger = UserSide(side.friends, sp.csr_array(np.ones((40, 1), dtype=np.float32)), ("a: b",))
    found = user_groups(uneven(), counts(*range(40)), bigger, "ndcg@20")
    assert [g.n_users for g in found.groups if g.kind == "attribute"] == [40]
