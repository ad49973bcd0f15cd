"""Entity vectors as a channel: near items speak, unlinked ones are silent."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from kgrec_core.recommender.channels.builders import channel_from_arrays
from kgrec_core.recommender.channels.channel import SparseKernel
from kgrec_core.recommender.channels.link_builder import embedding_channel, item_vectors_of
from kgrec_core.recommender.contract import UserEvidence
from kgrec_core.recommender.fusion import FusionRecommender
from kgrec_core.recommender.fusion_settings import FusionSettings
from kgrec_core.rng import make_rng
from tests.recommender.problems import checkerboard, graph_of

ENTITIES = [("person:a", "person"), ("person:b", "person")]
LINKS = [(0, "by", 4), (1, "by", 4), (2, "by", 5)]
GRAPH = graph_of(4, ENTITIES, LINKS)  # item 3 has no link


def test_item_vectors_have_length_one_and_items_without_links_have_none() -> None:
    entities = np.array([[3, 4], [0, 2], [1, 0], [5, 5], [1, 1], [2, 2]], dtype=np.float32)
    assert item_vectors_of(entities, GRAPH).tolist() == pytest.approx(
        np.array([[0.6, 0.8], [0, 1], [1, 0], [0, 0]])
    )


@pytest.mark.parametrize("model", ["transe", "distmult", "complex", "rotate"])
def test_an_item_without_links_neither_speaks_nor_listens(model) -> None:
    channel = embedding_channel(GRAPH, model, make_rng(0))
    assert channel is not None
    assert isinstance(channel.kernel, SparseKernel)
    entries = channel.kernel.entries.toarray()
    assert not entries[3].any()
    assert not entries[:, 3].any()
    assert (entries >= 0).all()
    sums = entries.sum(axis=0)
    assert all(total == pytest.approx(1) or total == 0 for total in sums)


def test_equal_seeds_give_equal_kernels() -> None:
    first, again, other = (embedding_channel(GRAPH, "transe", make_rng(s)) for s in (1, 1, 2))
    assert first is not None
    assert again is not None
    assert other is not None
    data = [channel.kernel.arrays()["data"] for channel in (first, again, other)]
    np.testing.assert_array_equal(data[0], data[1])
    assert data[0].shape != data[2].shape or not np.allclose(data[0], data[2])


def test_a_graph_without_links_gives_no_channel() -> None:
    assert embedding_channel(graph_of(4, [], []), "rotate", make_rng(0)) is None


def test_the_channel_comes_back_from_its_arrays() -> None:
    channel = embedding_channel(GRAPH, "transe", make_rng(0))
    assert channel is not None
    again = channel_from_arrays(channel.name, channel.modality, channel.n_sources, channel.arrays())
    user = UserEvidence.of_likes(np.array([0, 2]))
    np.testing.assert_array_equal(channel.scores([user]), again.scores([user]))


def test_switched_on_it_is_weighed_and_a_saved_model_scores_the_same() -> None:
    data = checkerboard()
    recommender = FusionRecommender(FusionSettings(use_embedding=True, n_rounds=0))
    recommender.fit(data, rng=make_rng(0))
    assert "kg vectors" in recommender.model.attention.parameters.gates
    again = FusionRecommender.from_state(recommender.state(), data)
    users = [UserEvidence.of_user(data.known(), user) for user in range(4)]
    np.testing.assert_allclose(again.score(users), recommender.score(users), atol=1e-6)


def test_its_terms_name_the_evidence_and_no_path() -> None:
    data = checkerboard()
    settings = FusionSettings(use_embedding=True, use_collaborative=False, n_rounds=0)
    recommender = FusionRecommender(settings)
    recommender.fit(data, rng=make_rng(0))
    (part,) = recommender.model.channels or (None,)
    assert part is not None
    loud = dataclasses.replace(part, gate=part.gate.model_copy(update={"weight": 2.0}))
    recommender._model = dataclasses.replace(recommender.model, channels=(loud,))
    told = recommender.explain(UserEvidence.of_likes(np.array([0])), 2)
    own = [term for term in told.contributions if term.modality == "embedding"]
    assert [term.evidence.index for term in own] == [0]
    assert own[0].paths == ()
    assert told.residual <= 1e-5
