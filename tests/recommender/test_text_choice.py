from __future__ import annotations

import dataclasses
from functools import cache

import numpy as np
import pytest

from kgrec_core.contracts import no_progress
from kgrec_core.recommender.contract import TrainingData, UserEvidence
from kgrec_core.recommender.fusion import FusionRecommender
from kgrec_core.recommender.fusion_fitting import ContentKernels, content_kernels
from kgrec_core.recommender.fusion_settings import FusionSettings
from kgrec_core.recommender.text_choice import choose_texts, refit_texts
from kgrec_core.rng import make_rng
from tests.recommender.problems import graph_of, interactions_of

N_USERS, N_ITEMS, DIM = 60, 80, 12
ALONE = {"use_vectors": False, "use_graph": False, "use_collaborative": False, "n_rounds": 1}
SETTINGS = FusionSettings(adapt_text=True, **ALONE)


@cache
def problem() -> TrainingData:
    """Users keep to items of one parity, of which the texts bear a weak trace amid noise."""
    rng = make_rng(6)
    texts = rng.normal(size=(N_ITEMS, DIM)).astype(np.float32)
    texts[:, 0] = np.where(np.arange(N_ITEMS) % 2 == 0, 0.6, -0.6)
    texts /= np.linalg.norm(texts, axis=1, keepdims=True)
    train, held = [], []
    for user in range(N_USERS):
        drawn = rng.choice(np.arange(user % 2, N_ITEMS, 2), 14, replace=False).tolist()
        train += [(user, item) for item in drawn[:10]]
        held += [(user, item) for item in drawn[10:]]
    return TrainingData(
        interactions_of(train, N_USERS, N_ITEMS),
        interactions_of(held, N_USERS, N_ITEMS),
        graph_of(N_ITEMS, [], []),
        texts,
    )


def chosen(settings: FusionSettings, data: TrainingData) -> ContentKernels:
    return choose_texts(data, content_kernels(data, settings), settings, make_rng(0), no_progress)


@cache
def fitted() -> FusionRecommender:
    recommender = FusionRecommender(SETTINGS)
    recommender.fit(problem(), rng=make_rng(0))
    return recommender


def test_texts_are_adapted_where_histories_show_which_go_together() -> None:
    adapter = fitted().model.adapter
    assert adapter is not None
    assert adapter.share > 0


def test_texts_stay_as_they_are_unless_adapting_is_wanted() -> None:
    assert chosen(FusionSettings(**ALONE), problem()).adapter is None
    unsearched = SETTINGS.model_copy(update={"n_rounds": 0})
    assert chosen(unsearched, problem()).adapter is None


def test_texts_stay_as_they_are_where_nobody_met_two_of_them() -> None:
    data = problem()
    first = np.unique(data.train.user_indices, return_index=True)[1]
    few = dataclasses.replace(data, train=data.train.select(first))
    assert chosen(SETTINGS, few).adapter is None


def test_the_adapter_learns_from_all_choices_in_the_end() -> None:
    data = problem()
    kernels = chosen(SETTINGS, data)
    again = refit_texts(data, data.known(), kernels, SETTINGS, make_rng(0))
    assert kernels.adapter is not None
    assert again.adapter is not None
    assert again.adapter.share == kernels.adapter.share
    assert not np.allclose(again.adapter.directions, kernels.adapter.directions)


@pytest.mark.parametrize("words", [0, 1])
def test_words_are_heard_through_the_adapter_and_explained_exactly(words: int) -> None:
    texts = problem().text_vectors
    user = UserEvidence(text_vectors=texts[[words]], texts=("a few words",))
    scores = fitted().score([user])[0]
    scores[words] = -np.inf
    best = np.argsort(-scores)[:10]
    frozen = texts @ texts[words]
    frozen[words] = -np.inf
    assert (best % 2 == words).mean() > (np.argsort(-frozen)[:10] % 2 == words).mean()
    for item in best.tolist():
        assert fitted().explain(user, item).residual <= 1e-5


def test_histories_are_explained_exactly() -> None:
    user = UserEvidence.of_user(problem().known(), 3)
    for item in range(N_ITEMS):
        assert fitted().explain(user, item).residual <= 1e-5


def test_a_saved_model_hears_the_same_words_also_about_new_items() -> None:
    data = problem()
    user = UserEvidence(text_vectors=data.text_vectors[[4]], texts=("a few words",))
    longer = TrainingData(
        dataclasses.replace(data.train, n_items=N_ITEMS + 1),
        dataclasses.replace(data.validation, n_items=N_ITEMS + 1),
        graph_of(N_ITEMS + 1, [], []),
        np.concatenate([data.text_vectors, data.text_vectors[[4]]]),
    )
    state = fitted().state()
    same, more = (FusionRecommender.from_state(state, found) for found in (data, longer))
    np.testing.assert_allclose(same.score([user]), fitted().score([user]), atol=1e-6)
    assert more.score([user])[0].argmax() == N_ITEMS
    assert more.explain(user, N_ITEMS).residual <= 1e-5
