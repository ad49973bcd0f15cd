from __future__ import annotations

import numpy as np
import pytest

from kgrec_core.data.interactions import Interactions
from kgrec_core.errors import MissingStepError
from kgrec_core.recommender.cold_gate import GATES, choose_cold_gate
from kgrec_core.recommender.contract import TrainingData, UserEvidence
from kgrec_core.recommender.fusion import FusionRecommender
from kgrec_core.recommender.fusion_model import FusionModel
from kgrec_core.recommender.fusion_settings import FusionSettings
from kgrec_core.rng import make_rng
from tests.recommender.problems import N, checkerboard, random_problem


def fitted(data: TrainingData, **settings: bool) -> FusionRecommender:
    recommender = FusionRecommender(FusionSettings(**settings))
    recommender.fit(data, rng=make_rng(0))
    return recommender


def modalities(recommender: FusionRecommender, user: UserEvidence, item: int) -> set[str]:
    return {term.modality for term in recommender.explain(user, item).contributions}


def test_paths_of_a_cell_add_up_to_its_contribution() -> None:
    data = random_problem(1, n_users=12, n_items=16)
    recommender = fitted(data)
    n_paths = 0
    for user_index in range(12):
        user = UserEvidence.of_user(data.known(), user_index)
        for term in recommender.explain(user, 5).contributions:
            if term.modality == "graph":
                assert sum(path.value for path in term.paths) == pytest.approx(term.value)
                n_paths += len(term.paths)
    assert n_paths > 0


def test_every_hop_of_every_path_is_a_triple_of_the_graph() -> None:
    data = random_problem(2, n_users=10, n_items=16)
    recommender = fitted(data)
    for user_index in range(10):
        user = UserEvidence.of_user(data.known(), user_index)
        for item in range(16):
            for term in recommender.explain(user, item).contributions:
                for path in term.paths:
                    ends = zip(path.entity_indices, path.entity_indices[1:], strict=False)
                    for (start, stop), triple in zip(ends, path.triple_indices, strict=True):
                        head, _, tail = data.graph.triples[triple]
                        assert {start, stop} == {int(head), int(tail)}


def test_one_triple_of_each_pair_is_enough_for_the_direct_kernel() -> None:
    data = random_problem(2, n_users=10, n_items=16)
    recommender = fitted(data, use_collaborative=False, use_text=False)
    told = recommender.explain(UserEvidence.of_likes(np.array([0])), 1)
    direct = [
        path for term in told.contributions for path in term.paths if len(path.entity_indices) == 2
    ]
    assert [path.entity_indices for path in direct] == [(0, 1)]


def test_a_modality_that_is_off_contributes_nothing() -> None:
    data = random_problem(3, n_users=12, n_items=16)
    user = UserEvidence.of_user(data.known(), 0)
    for off in ("collaborative", "graph", "text"):
        recommender = fitted(data, **{f"use_{off}": False})
        found = set().union(*(modalities(recommender, user, item) for item in range(16)))
        assert found == {"collaborative", "graph", "text"} - {off}


def test_dropping_evidence_changes_the_score_by_its_contributions_when_attention_is_held() -> None:
    data = random_problem(4, n_users=12, n_items=16)
    recommender = fitted(data)
    model = recommender.model
    user = UserEvidence.of_user(data.known(), 1)
    attention, scale = model.attention.of_user(user)
    item = next(i for i in range(16) if i not in user.item_indices)
    told = recommender.explain(user, item)
    for position, evidence in enumerate(user.item_indices):
        own = sum(t.value for t in told.contributions if t.evidence.index == evidence)
        row = np.zeros((1, 16), dtype=np.float32)
        row[0, evidence] = attention[position] * scale
        alone = model.content_of_items(row) * model.content_gate
        expected = float(alone[0, item])
        assert model.correction is not None
        cell = model.correction.cells(np.array([evidence]), item)[0]
        expected += float(cell) * float(row[0, evidence])
        assert own == pytest.approx(expected * float(model.target_scale[item]), abs=1e-6)


def test_a_newcomer_who_names_an_entity_gets_its_items() -> None:
    data = checkerboard()
    recommender = fitted(data)
    odd = data.graph.entities.index_of("parity:odd")
    user = UserEvidence(entity_indices=np.array([odd]))
    ranked = np.argsort(-recommender.score([user])[0])
    assert set(ranked[: N // 2].tolist()) == set(range(1, N, 2))
    told = recommender.explain(user, 1)
    assert told.residual <= 1e-5
    assert [term.evidence.kind for term in told.contributions] == ["entity"]
    assert told.contributions[0].paths[0].entity_indices == (odd, 1)


def test_a_newcomer_who_writes_words_gets_items_with_such_texts() -> None:
    data = checkerboard()
    recommender = fitted(data)
    vectors = data.text_vectors[[1]]
    user = UserEvidence(text_vectors=vectors, texts=("something odd",))
    ranked = np.argsort(-recommender.score([user])[0])
    assert set(ranked[: N // 2].tolist()) == set(range(1, N, 2))
    told = recommender.explain(user, 3)
    assert told.residual <= 1e-5
    assert told.contributions[0].evidence.text == "something odd"


def test_nobody_known_gets_the_popular_items() -> None:
    data = random_problem(5, n_users=30, n_items=12)
    scores = fitted(data).score([UserEvidence()])[0]
    counts = data.known().item_counts()
    assert counts[np.argmax(scores)] == counts.max()
    assert counts[np.argmin(scores)] == counts.min()


def test_behavior_says_nothing_about_items_without_behavior() -> None:
    data = checkerboard(n_extra=2)
    recommender = fitted(data)
    user = UserEvidence.of_user(data.known(), 0)
    assert "collaborative" not in modalities(recommender, user, N)
    assert modalities(recommender, user, N) == {"graph", "text"}


def test_cold_items_are_ranked_by_what_they_share_with_the_history() -> None:
    data = checkerboard(n_extra=2)
    scores = fitted(data).score([UserEvidence.of_user(data.known(), 0)])[0]
    assert scores[N] > scores[N + 1]


def test_search_never_makes_the_validation_list_worse_than_the_defaults() -> None:
    data = random_problem(6, n_users=40, n_items=20)
    found: list[float] = []
    recommender = FusionRecommender(FusionSettings())
    recommender.fit(
        data,
        rng=make_rng(0),
        on_progress=lambda p: found.extend(p.metrics.values()),
    )
    assert found[-1] >= found[0]


def test_without_a_validation_part_the_defaults_are_used() -> None:
    data = checkerboard()
    nothing = data.validation.select(np.zeros(0, dtype=np.int64))
    recommender = FusionRecommender(FusionSettings())
    metrics = recommender.fit(
        TrainingData(data.known(), nothing, data.graph, data.text_vectors), rng=make_rng(0)
    )
    assert metrics == {}
    weights = recommender.model.attention.parameters.relation_weights
    assert set(weights) == {"has_parity", "has_color", "(text)"}
    assert set(weights.values()) == {1 / 3}


def test_an_unfitted_model_says_what_is_missing() -> None:
    with pytest.raises(MissingStepError, match="has to be fitted"):
        FusionRecommender(FusionSettings()).score([UserEvidence()])


def test_cold_items_may_cost_the_lists_of_known_items_only_a_little() -> None:
    data = random_problem(11, n_users=60, n_items=30)
    losses = []

    def fit(known: Interactions) -> FusionModel:
        nothing = known.select(np.zeros(0, dtype=np.int64))
        recommender = FusionRecommender(FusionSettings())
        recommender.fit(
            TrainingData(known, nothing, data.graph, data.text_vectors), rng=make_rng(0)
        )
        losses.append(known)
        return recommender.model

    gate = choose_cold_gate(data, fit, k=5, accepted_loss=0.02, rng=make_rng(0))
    assert gate in GATES
    (trial,) = losses
    hidden = set(data.train.item_indices.tolist()) - set(trial.item_indices.tolist())
    assert len(hidden) == 1  # no item is cold here, so the smallest share, at least one, is hidden


def test_a_larger_accepted_cost_makes_cold_items_louder() -> None:
    data = random_problem(11, n_users=60, n_items=30)
    gates = []
    for cost in (0.0, 0.05, 0.5):
        recommender = FusionRecommender(FusionSettings(cold_item_cost=cost))
        recommender.fit(data, rng=make_rng(0))
        gates.append(recommender.model.cold_gate)
    assert gates == sorted(gates)
    assert gates[0] < gates[-1]
