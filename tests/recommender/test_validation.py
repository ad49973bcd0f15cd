from __future__ import annotations

import numpy as np
import pytest
import scipy.sparse as sp
from hypothesis import given, settings
from hypothesis import strategies as st

from kgrec_core.recommender.validation import LOWEST, Candidates, mean_ndcg


def naive_ndcg(scores: np.ndarray, relevant: np.ndarray, k: int) -> float:
    """Rank by counting, gains by a loop; ties share their mean rank."""
    values = []
    for cutoff in (k, 5 * k):
        per_user = []
        for row, wanted in zip(scores, relevant, strict=True):
            gain = 0.0
            for item in np.flatnonzero(wanted):
                better = sum(other > row[item] for other in row)
                equal = sum(other == row[item] for other in row) - 1
                rank = 1 + better + equal / 2
                gain += 1 / np.log2(rank + 1) if rank <= cutoff else 0.0
            ideal = sum(1 / np.log2(r + 1) for r in range(1, min(cutoff, wanted.sum()) + 1))
            per_user.append(gain / ideal)
        values.append(np.mean(per_user))
    return float(np.mean(values))


@settings(max_examples=40)
@given(st.integers(0, 10_000), st.integers(1, 4))
def test_ndcg_by_ranks_equals_a_naive_loop(seed: int, k: int) -> None:
    rng = np.random.default_rng(seed)
    scores = rng.integers(0, 6, (4, 9)).astype(np.float32)
    relevant = rng.random((4, 9)) < 0.3
    relevant[:, 0] = True
    assert mean_ndcg(scores, relevant, k) == pytest.approx(naive_ndcg(scores, relevant, k))


def test_candidates_hold_all_that_is_held_out_and_nothing_that_is_seen() -> None:
    rng = np.random.default_rng(0)
    seen = sp.csr_array((rng.random((6, 30)) < 0.2).astype(np.float32))
    held = sp.csr_array(((rng.random((6, 30)) < 0.2) & (seen.toarray() == 0)).astype(np.float32))
    users = np.flatnonzero(held.sum(axis=1)).astype(np.int64)
    scores = rng.random((users.size, 30)).astype(np.float32)
    found = Candidates.of((scores,), users, seen, held, n_candidates=5)
    for row, user in enumerate(users):
        items = set(found.items[row].tolist())
        assert items.isdisjoint(seen[[user]].indices.tolist())
        assert items >= set(held[[user]].indices.tolist())
    relevant = found.items[found.owners, found.places]
    assert relevant.tolist() == held[users].indices.tolist()


def test_the_best_candidates_give_the_same_ndcg_as_all_items() -> None:
    rng = np.random.default_rng(1)
    seen = sp.csr_array((rng.random((5, 40)) < 0.2).astype(np.float32))
    held = (rng.random((5, 40)) < 0.2) & (seen.toarray() == 0)
    held[:, 7] = True
    scores = rng.random((5, 40)).astype(np.float32)
    users = np.arange(5)
    open_seen = seen.toarray() * ~held
    found = Candidates.of(
        (scores,), users, sp.csr_array(open_seen), sp.csr_array(held.astype(np.float32)), 10
    )
    whole = np.where(open_seen > 0, LOWEST, scores)
    short = found.ndcg(found.of_scores(scores), 2)
    assert short == pytest.approx(mean_ndcg(whole, held, 2))
