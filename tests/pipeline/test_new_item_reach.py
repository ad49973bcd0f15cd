from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kgrec_core.errors import ConfigError
from kgrec_core.pipeline.loaded_run import LoadedRun, NewItemForm
from kgrec_core.pipeline.new_item_reach import can_be_louder, louder, places_kept, reach_of
from kgrec_core.pipeline.short_history import fit_rival

K = 3


@pytest.fixture(scope="module")
def form(fusion_run: LoadedRun) -> NewItemForm:
    """An item with the links of the best linked entity."""
    graph = fusion_run.graph
    tails = graph.triples[:, 2]
    best = int(np.bincount(tails[tails >= graph.n_items]).argmax())
    return NewItemForm("Brand new", "", (graph.entities.id_of(best),))


def all_users(run: LoadedRun) -> np.ndarray:
    return np.flatnonzero(run.split.fitting().user_counts()).astype(np.int64)


def test_louder_scores_are_sums_and_scores_of_known_items_stay(
    fusion_run: LoadedRun, form: NewItemForm
) -> None:
    plain, loud = fusion_run.with_new_items([form]), louder(fusion_run, 4.0).with_new_items([form])
    users = [plain.evidence_of(int(user)) for user in all_users(plain)]
    before, after = plain.recommender.score(users), loud.recommender.score(users)
    known = np.flatnonzero(fusion_run.split.fitting().item_counts() > 0)
    np.testing.assert_array_equal(after[:, known], before[:, known])
    np.testing.assert_allclose(after[:, -1], 4.0 * before[:, -1], rtol=1e-4, atol=1e-6)
    assert np.abs(before[:, -1]).max() > 0
    told = loud.explain(users[0], loud.dataset.n_items - 1)
    assert told.residual < 1e-5


def test_the_reach_of_each_loudness_is_what_a_run_of_that_loudness_recommends(
    fusion_run: LoadedRun, form: NewItemForm
) -> None:
    users, test = all_users(fusion_run), fusion_run.split.test
    found = reach_of(fusion_run, [form], users, K, (1.0, 3.0, 50.0))

    def hits(run: LoadedRun, user: int) -> set[int]:
        listed = run.recommend(run.evidence_of(user), K).item_indices.tolist()
        return set(listed) & set(test.item_indices[test.user_indices == user].tolist())

    n_before = sum(len(hits(fusion_run, int(user))) for user in users)
    for reach in found:
        loud = louder(fusion_run, reach.loudness).with_new_items([form])
        new = loud.dataset.n_items - 1
        lists = [loud.recommend(loud.evidence_of(int(user)), K).item_indices for user in users]
        assert reach.n_users == sum(new in listed for listed in lists)
        assert reach.n_found == sum(len(hits(loud, int(user))) for user in users)
        assert reach.n_lost == n_before - reach.n_found
    assert found[-1].n_users > 0


@pytest.mark.parametrize("factor", [0.0, -1.0, float("nan")])
def test_a_loudness_that_is_not_positive_is_refused(fusion_run: LoadedRun, factor: float) -> None:
    with pytest.raises(ConfigError, match="'factor' must be above 0"):
        louder(fusion_run, factor)


def test_new_items_come_after_the_loudness(fusion_run: LoadedRun, form: NewItemForm) -> None:
    with pytest.raises(ConfigError, match="afterwards"):
        louder(fusion_run.with_new_items([form]), 2.0)


def test_a_model_without_such_gates_cannot_be_louder(fusion_run: LoadedRun) -> None:
    popular = dataclasses.replace(fusion_run, recommender=fit_rival(fusion_run, "popularity"))
    assert not can_be_louder(popular)
    with pytest.raises(ConfigError, match="does not choose how loud"):
        louder(popular, 2.0)


def test_kept_places_go_to_the_best_new_items_that_have_none() -> None:
    """Ranks among known items 2, 1 and 9; with the other new items before them 3, 1 and 11."""
    ranks = np.array([[2, 1, 9]])
    scores = np.array([[0.5, 0.9, 0.1]], dtype=np.float32)
    assert places_kept(ranks, scores, 3, 0).tolist() == [[True, True, False]]
    assert places_kept(ranks, scores, 3, 1).tolist() == [[True, True, False]]
    assert places_kept(ranks, scores, 3, 2).tolist() == [[True, True, True]]
    assert places_kept(ranks, scores, 1, 1).tolist() == [[False, True, False]]


@given(st.integers(0, 2**32 - 1), st.integers(1, 6), st.data())
def test_kept_places_equal_a_list_that_is_filled_place_by_place(
    seed: int, k: int, data: st.DataObject
) -> None:
    rng = np.random.default_rng(seed)
    known, new = rng.permutation(40)[:8].astype(np.float32), rng.permutation(40)[:4] + 0.5
    n_kept = data.draw(st.integers(0, k))
    ranked = sorted([(-score, ("old", i)) for i, score in enumerate(known)])
    ranked = sorted(ranked + [(-score, ("new", i)) for i, score in enumerate(new)])
    listed = [name for _, name in ranked][: k - n_kept]
    waiting = [name for _, name in ranked if name[0] == "new" and name not in listed]
    listed += waiting[:n_kept]
    ranks = np.array([[1 + (known > score).sum() for score in new]])
    shown = places_kept(ranks, new[None, :].astype(np.float32), k, n_kept)[0]
    assert [("new", i) in listed for i in range(4)] == shown.tolist()


@pytest.mark.parametrize("n_kept", [-1, 4])
def test_more_kept_places_than_places_are_refused(n_kept: int) -> None:
    with pytest.raises(ConfigError, match="'n_kept' must be from 0 to 3"):
        places_kept(np.array([[1]]), np.array([[1.0]], dtype=np.float32), 3, n_kept)
