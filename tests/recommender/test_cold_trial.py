"""Hidden items are told as if nobody had touched them."""

from __future__ import annotations

import dataclasses

import numpy as np

from kgrec_core.recommender.cold_trial import told_by_content
from kgrec_core.recommender.contract import UserEvidence
from kgrec_core.recommender.fusion import FusionRecommender
from kgrec_core.recommender.fusion_settings import FusionSettings
from kgrec_core.rng import make_rng
from tests.recommender.problems import random_problem

HIDDEN = 3


def test_a_hidden_item_is_told_as_if_nobody_had_touched_it() -> None:
    data = random_problem(5, n_users=30, n_items=12)
    recommender = FusionRecommender(FusionSettings())
    recommender.fit(data, rng=make_rng(0))
    parameters = recommender.model.attention.parameters.model_copy(
        update={"cold_exponent": 0.4, "item_exponent": 0.5}
    )
    scale = np.maximum(data.train.item_counts(), 1).astype(np.float32) ** np.float32(-0.5)
    attention = dataclasses.replace(
        recommender.model.attention, parameters=parameters, item_scale=scale
    )
    model = dataclasses.replace(recommender.model, attention=attention)
    users = [_without_hidden(UserEvidence.of_user(data.train, user)) for user in range(30)]
    # The same model in a world in which the item is new: scale 1, cold, content alone.
    as_new = scale.copy()
    as_new[HIDDEN] = 1.0
    new = dataclasses.replace(
        model,
        attention=dataclasses.replace(attention, item_scale=as_new),
        correction=None,
        channels=(),
        bias=np.zeros_like(model.bias),
        is_cold=np.arange(12) == HIDDEN,
        cold_gate=1.0,
    )
    expected = new.score(users)[:, HIDDEN]
    assert expected.any()
    np.testing.assert_allclose(told_by_content(model, users)[:, HIDDEN], expected, rtol=1e-5)


def _without_hidden(user: UserEvidence) -> UserEvidence:
    kept = user.item_indices != HIDDEN
    return dataclasses.replace(
        user,
        item_indices=user.item_indices[kept],
        item_weights=user.item_weights[kept],
        item_times=user.item_times[kept],
    )
