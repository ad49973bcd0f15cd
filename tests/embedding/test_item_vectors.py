from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from kgrec_core.contracts import Progress
from kgrec_core.embedding.graph_network import message_edges, speaking_entities
from kgrec_core.embedding.item_vector_model import ItemVectorModel
from kgrec_core.embedding.item_vector_training import fit_item_vectors
from kgrec_core.embedding.item_vectors import ItemVectors, ItemVectorSettings
from kgrec_core.errors import ArtifactError, ConfigError, DataError
from kgrec_core.rng import make_rng
from tests.recommender.problems import checkerboard, graph_of, interactions_of

SMALL = {"embedding_dim": 8, "epochs": 30, "batch_size": 8}
N_EXTRA = 4


@cache
def fitted(seed: int = 0, **changes: object) -> ItemVectors:
    data = checkerboard(n_extra=N_EXTRA)
    settings = ItemVectorSettings.model_validate({**SMALL, **changes})
    return fit_item_vectors(
        data.train, data.graph, data.text_vectors, rng=make_rng(seed), settings=settings
    )


def share_of_right_parity(vectors: ItemVectors, items: range) -> float:
    """How often a user's score is higher for an item of his own parity than for the next one."""
    scores = vectors.scores(checkerboard(n_extra=N_EXTRA).train)
    users = np.arange(scores.shape[0])
    wins = []
    for item in items[::2]:
        even, odd = scores[:, item], scores[:, item + 1]
        wins.append(np.where(users % 2 == 0, even > odd, odd > even))
    return float(np.mean(wins))


@pytest.mark.parametrize(
    "changes",
    [
        {"use_graph": False, "use_text": False},
        {"use_free": False, "use_text": False},
        {"use_free": False, "use_graph": False},
        {"is_shared": False},
        {"aggregation": "mean"},
        {"n_layers": 2},
        {"has_common_source": False},
    ],
)
def test_warm_items_of_the_own_kind_are_preferred(changes: dict[str, object]) -> None:
    assert share_of_right_parity(fitted(**changes), range(24)) > 0.95


@pytest.mark.parametrize(
    "changes", [{}, {"use_text": False}, {"use_graph": False}, {"n_layers": 2}]
)
def test_items_nobody_has_met_are_ranked_by_their_links_and_texts(
    changes: dict[str, object],
) -> None:
    assert share_of_right_parity(fitted(**changes), range(24, 24 + N_EXTRA)) > 0.95


def test_without_links_and_texts_an_item_nobody_has_met_has_a_zero_vector() -> None:
    vectors = fitted(use_graph=False, use_text=False)
    assert not vectors.target[24:].any()
    assert not vectors.source[24:].any()


def test_the_score_is_the_sum_that_the_docstring_promises() -> None:
    vectors, train = fitted(is_shared=False), checkerboard(n_extra=N_EXTRA).train
    user, item = 3, 10
    history = train.of_user(user).item_indices
    total = np.zeros(8)
    for j in history:
        total += np.exp(vectors.log_attention[j]) * vectors.source[j]
    expected = total @ vectors.target[item] / np.linalg.norm(total)
    assert vectors.scores(train)[user, item] == pytest.approx(expected, abs=1e-5)


def test_all_choices_share_a_source_that_items_nobody_has_met_lack() -> None:
    data = checkerboard(n_extra=N_EXTRA)
    settings = ItemVectorSettings.model_validate(SMALL)
    model = ItemVectorModel(data.train, data.graph, data.text_vectors, settings, make_rng(0))
    (before, targets), _ = model.items(is_training=False), model.common_source.fill_(2.0)
    after, same_targets = model.items(is_training=False)
    is_met = data.train.item_counts() > 0
    expected = np.repeat(np.where(is_met, 2.0, 0.0)[:, None], SMALL["embedding_dim"], axis=1)
    np.testing.assert_allclose((after - before).numpy(), expected, atol=1e-6)
    np.testing.assert_array_equal(same_targets.numpy(), targets.numpy())


def test_targets_are_unit_vectors() -> None:
    assert np.linalg.norm(fitted().target, axis=1) == pytest.approx(1.0, abs=1e-5)


def test_the_same_seed_gives_the_same_vectors_and_another_one_others() -> None:
    data = checkerboard(n_extra=N_EXTRA)
    again = fit_item_vectors(
        data.train,
        data.graph,
        data.text_vectors,
        rng=make_rng(0),
        settings=ItemVectorSettings.model_validate(SMALL),
    )
    np.testing.assert_array_equal(again.source, fitted().source)
    assert not np.allclose(fitted(seed=1).source, fitted().source)


def test_the_fit_ends_at_the_best_check_and_tells_its_epochs() -> None:
    data = checkerboard()
    reports: list[Progress] = []
    settings = ItemVectorSettings(embedding_dim=8, epochs=12, patience=2, validation_k=5)
    vectors = fit_item_vectors(
        data.train,
        data.graph,
        None,
        validation=data.validation,
        rng=make_rng(0),
        settings=settings,
        on_progress=reports.append,
    )
    checks = {r.done: r.metrics["ndcg@5"] for r in reports if "ndcg@5" in r.metrics}
    assert vectors.metrics == {"ndcg@5": max(checks.values())}
    assert checks[vectors.n_epochs] == max(checks.values())


def test_a_refit_takes_exactly_the_epochs_it_is_told() -> None:
    assert fitted(epochs=3).n_epochs == 3


def test_arrays_bring_the_vectors_back() -> None:
    vectors = fitted()
    back = ItemVectors.from_arrays(vectors.to_arrays())
    np.testing.assert_array_equal(back.target, vectors.target)
    np.testing.assert_array_equal(back.log_attention, vectors.log_attention)
    assert back.n_epochs == vectors.n_epochs


def test_incomplete_arrays_are_refused() -> None:
    arrays = fitted().to_arrays()
    del arrays["target"]
    with pytest.raises(ArtifactError, match="'target'"):
        ItemVectors.from_arrays(arrays)


def test_users_with_one_interaction_teach_nothing() -> None:
    single = interactions_of([(0, 0), (1, 1)], 2, 3)
    with pytest.raises(DataError, match="no user has two interactions"):
        fit_item_vectors(single, None, None, rng=make_rng(0))


def test_vectors_have_to_be_made_of_something() -> None:
    pairs = interactions_of([(0, 0), (0, 1)], 1, 3)
    with pytest.raises(ConfigError, match="'use_free' must be true"):
        fit_item_vectors(
            pairs, None, None, rng=make_rng(0), settings=ItemVectorSettings(use_free=False)
        )


def test_a_graph_about_other_items_is_refused() -> None:
    pairs = interactions_of([(0, 0), (0, 1)], 1, 3)
    graph = graph_of(2, [("genre:a", "genre")], [(0, "has_genre", 2)])
    with pytest.raises(ConfigError, match="'graph' must have 3 items"):
        fit_item_vectors(pairs, graph, None, rng=make_rng(0))


def test_each_triple_is_heard_at_both_ends() -> None:
    graph = graph_of(2, [("genre:a", "genre")], [(0, "has_genre", 2), (1, "sequel_of", 0)])
    assert message_edges(graph).tolist() == [[0, 0, 2], [1, 1, 0], [2, 2, 0], [0, 3, 1]]


def test_only_items_and_well_linked_entities_speak() -> None:
    entities = [("genre:a", "genre"), ("genre:b", "genre")]
    graph = graph_of(3, entities, [(0, "has", 3), (1, "has", 3), (0, "has", 4)])
    edges = message_edges(graph)
    speaks = speaking_entities(edges, n_entities=5, n_items=3, min_links=2)
    # Entity 4 is heard by one item; entity 3 by two. Items always speak.
    assert speaks.tolist() == [True, True, True, True, False]
