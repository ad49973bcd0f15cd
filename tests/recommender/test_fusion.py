from __future__ import annotations

import dataclasses

import numpy as np
import pytest
import scipy.sparse as sp

from kgrec_core.contracts import no_progress
from kgrec_core.embedding.item_vector_training import fit_item_vectors
from kgrec_core.embedding.item_vectors import ItemVectorSettings
from kgrec_core.errors import MissingStepError
from kgrec_core.evaluation.ranking import top_k
from kgrec_core.recommender import fusion_channels
from kgrec_core.recommender.contract import TrainingData, UserEvidence
from kgrec_core.recommender.evidence import Histories
from kgrec_core.recommender.explaining import explain_items
from kgrec_core.recommender.fusion import FusionRecommender
from kgrec_core.recommender.fusion_channels import fit_channels
from kgrec_core.recommender.fusion_settings import (
    FitParameters,
    FusionSettings,
)
from kgrec_core.rng import make_rng
from tests.recommender.problems import N, checkerboard, loud, random_problem, with_people


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
        expected = float(model.spread(sp.csr_array(row))[0, item]) * float(model.target_scale[item])
        for part in model.channels:
            voices = part.channel.listener.voices(user)
            row = np.zeros((1, part.channel.n_sources), dtype=np.float32)
            row[0, evidence] = voices.strengths[position] * part.loudness(voices.indices.size)
            expected += float(part.channel.kernel.spread(sp.csr_array(row))[0, item])
        assert own == pytest.approx(expected, abs=1e-6)


def test_all_channels_and_cold_items_are_explained_exactly() -> None:
    data = with_people(7)
    recommender = loud(fitted(data), data)
    names = {part.channel.name for part in recommender.model.channels}
    of_behavior = {"neighbors", "order", "few shots", "vectors"}
    assert names == of_behavior | {"friends", "attributes", "kg vectors"}
    users = Histories(data.known(), data.side).all_of(range(24))
    stated = dataclasses.replace(
        users[0], entity_indices=np.array([17]), text_vectors=data.text_vectors[:1], texts=("w",)
    )
    for user in (*users, stated, UserEvidence()):
        scores = recommender.score([user])[0]
        for item in range(16):
            told = recommender.explain(user, item)
            total = told.bias + sum(term.value for term in told.contributions)
            assert total == pytest.approx(float(scores[item]), abs=2e-5)
            assert told.residual <= 1e-5


def test_friends_and_attributes_are_evidence_of_their_own() -> None:
    data = with_people(7)
    recommender = loud(fitted(data), data)
    user = Histories(data.known(), data.side).evidence(0)
    terms = [t for item in range(15) for t in recommender.explain(user, item).contributions]
    kinds = {(term.modality, term.evidence.kind) for term in terms}
    assert kinds >= {("social", "friend"), ("attributes", "attribute")}


def test_attention_sums_to_one_over_the_evidence_of_a_modality() -> None:
    data = with_people(8)
    recommender = loud(fitted(data), data)
    user = Histories(data.known(), data.side).evidence(1)
    told = recommender.explain(user, int(np.setdiff1d(np.arange(15), user.item_indices)[0]))
    shares = [term.attention for term in told.contributions if term.modality == "collaborative"]
    assert len(shares) == user.item_indices.size
    assert sum(shares) == pytest.approx(1.0, abs=1e-5)


def test_paths_to_a_cold_item_are_real_triples_and_add_up() -> None:
    data = with_people(7)
    recommender = loud(fitted(data), data)
    user = Histories(data.known(), data.side).evidence(0)
    terms = [t for t in recommender.explain(user, 15).contributions if t.modality == "graph"]
    assert any(term.evidence.kind == "friend" for term in terms)
    for term in terms:
        assert sum(path.value for path in term.paths) == pytest.approx(term.value, abs=1e-6)
        for path in term.paths:
            ends = zip(path.entity_indices, path.entity_indices[1:], strict=False)
            for (start, stop), triple in zip(ends, path.triple_indices, strict=True):
                head, _, tail = data.graph.triples[triple]
                assert {start, stop} == {int(head), int(tail)}


def test_a_saved_model_with_everything_scores_alike() -> None:
    data = with_people(9)
    recommender = loud(fitted(data), data)
    restored = FusionRecommender.from_state(recommender.state(), data)
    users = Histories(data.known(), data.side).all_of(range(24))
    np.testing.assert_allclose(restored.score(users), recommender.score(users), atol=1e-6)


def test_holding_popular_items_back_brings_rare_ones_up() -> None:
    data = random_problem(12, n_users=60, n_items=30)
    counts = data.known().item_counts()
    users = Histories(data.known()).all_of(range(60))
    popularities = []
    for strength in (0.0, 0.5, 1.0):
        recommender = FusionRecommender(FusionSettings(long_tail=strength))
        recommender.fit(data, rng=make_rng(0))
        ranked = top_k(recommender.score(users), [user.item_indices for user in users], 5)
        popularities.append(counts[ranked].mean())
    assert popularities[0] > popularities[1] > popularities[2]


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


def test_without_a_validation_part_a_tenth_of_the_histories_serves_as_one() -> None:
    data = checkerboard()
    nothing = data.validation.select(np.zeros(0, dtype=np.int64))
    recommender = FusionRecommender(FusionSettings())
    metrics = recommender.fit(
        TrainingData(data.known(), nothing, data.graph, data.text_vectors), rng=make_rng(0)
    )
    assert metrics["validation ndcg"] > 0
    assert recommender.model.is_cold.sum() == 0


def test_with_too_little_to_hold_out_the_defaults_are_used() -> None:
    data = checkerboard()
    nothing = data.validation.select(np.zeros(0, dtype=np.int64))
    few = data.known().select(np.unique(data.known().user_indices, return_index=True)[1])
    recommender = FusionRecommender(FusionSettings())
    metrics = recommender.fit(
        TrainingData(few, nothing, data.graph, data.text_vectors), rng=make_rng(0)
    )
    assert metrics == {}
    weights = recommender.model.attention.parameters.relation_weights
    assert set(weights) == {"has_parity", "has_color", "(text)"}
    assert set(weights.values()) == {1 / 3}


def test_an_unfitted_model_says_what_is_missing() -> None:
    with pytest.raises(MissingStepError, match="has to be fitted"):
        FusionRecommender(FusionSettings()).score([UserEvidence()])


def test_a_larger_accepted_cost_makes_cold_items_louder() -> None:
    data = random_problem(11, n_users=60, n_items=30)
    loudness = []
    for cost in (0.0, 0.05, 0.5):
        recommender = FusionRecommender(FusionSettings(cold_item_cost=cost))
        recommender.fit(data, rng=make_rng(0))
        found = recommender.model.attention.parameters
        loudness.append(found.cold_gate + found.carried_gate)
    assert loudness == sorted(loudness)
    assert loudness[0] < loudness[-1]


def test_without_attention_all_choices_count_the_same() -> None:
    data = random_problem(13, n_users=30, n_items=16)
    # The channel for short histories has no attention: its closed form weighs choices.
    recommender = fitted(data, use_attention=False, use_few_shots=False)
    for user_index in range(30):
        user = UserEvidence.of_user(data.known(), user_index)
        found = recommender.explain(user, int(user.item_indices[0])).contributions
        shares = [term.attention for term in found if term.modality == "collaborative"]
        assert shares == pytest.approx([1 / user.item_indices.size] * len(shares))


def learned_targets(**settings: bool) -> np.ndarray:
    data = random_problem(14, n_users=30, n_items=16)
    parameters = FitParameters(vector_epochs=3)
    channels, _ = fit_channels(
        data, data.known(), FusionSettings(**settings), parameters, make_rng(0), no_progress
    )
    (found,) = (channel for channel in channels if channel.name == "vectors")
    return found.kernel.arrays()["target"]


def test_a_graph_network_shapes_the_vectors_unless_it_is_switched_off() -> None:
    plain, shaped = learned_targets(graph_vectors=False), learned_targets()
    assert np.isfinite(shaped).all()
    assert not np.allclose(plain, shaped)


def test_a_graph_with_too_many_links_does_not_shape_the_vectors(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    n_links = random_problem(14, n_users=30, n_items=16).graph.n_triples
    shaped = learned_targets(use_text=False)
    monkeypatch.setattr(fusion_channels, "MOST_SHAPING_LINKS", n_links)
    np.testing.assert_array_equal(learned_targets(use_text=False), shaped)
    monkeypatch.setattr(fusion_channels, "MOST_SHAPING_LINKS", n_links - 1)
    plain = learned_targets(graph_vectors=False, use_text=False)
    np.testing.assert_array_equal(learned_targets(use_text=False), plain)


def test_long_histories_speak_for_themselves(monkeypatch: pytest.MonkeyPatch) -> None:
    known = random_problem(14, n_users=30, n_items=16).known()
    mean = len(known) / np.count_nonzero(known.user_counts())
    shaped = learned_targets()
    monkeypatch.setattr(fusion_channels, "MOST_SHAPED_CHOICES", mean)
    np.testing.assert_array_equal(learned_targets(), shaped)
    monkeypatch.setattr(fusion_channels, "MOST_SHAPED_CHOICES", mean - 0.01)
    alone = fit_item_vectors(
        known,
        None,
        None,
        rng=make_rng(0),
        settings=ItemVectorSettings(
            use_graph=False, use_text=False, has_common_source=False, epochs=3
        ),
    )
    touched = known.item_counts() > 0
    np.testing.assert_array_equal(learned_targets()[touched], alone.target[touched])


def test_several_items_at_once_are_explained_as_one_by_one() -> None:
    data = random_problem(1, n_users=12, n_items=16)
    recommender = fitted(data)
    user = UserEvidence.of_user(data.known(), 4)
    assert explain_items(recommender, user, [3, 0, 9]) == [
        recommender.explain(user, item) for item in (3, 0, 9)
    ]
