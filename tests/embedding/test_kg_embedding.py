from __future__ import annotations

import warnings
from functools import cache
from typing import Any

import numpy as np
import pytest

from kgrec_core.embedding.kg_embedding import (
    KGE_MODELS,
    KgEmbedding,
    KgeModelName,
    KgeSettings,
    fit_kg_embedding,
)
from kgrec_core.embedding.link_frequency import count_links
from kgrec_core.embedding.link_prediction import corrupted, evaluate_links, hold_out_triples
from kgrec_core.errors import ArtifactError, ConfigError, DataError
from kgrec_core.graph.knowledge_graph import KnowledgeGraph
from kgrec_core.rng import make_rng
from tests.recommender.problems import checkerboard, graph_of, random_problem

SETTINGS: dict[str, Any] = {"embedding_dim": 8, "epochs": 60, "batch_size": 16}


def graph() -> KnowledgeGraph:
    """24 items with a parity and a color: every link follows from a rule."""
    return checkerboard().graph


@cache
def fitted(model: KgeModelName, seed: int = 0) -> KgEmbedding:
    settings = KgeSettings(model=model, **SETTINGS)
    return fit_kg_embedding(graph(), rng=make_rng(seed), settings=settings)


def library_scores(embedding: KgEmbedding, triples: np.ndarray[Any, Any]) -> Any:
    """The same vectors in the library's own model."""
    import torch

    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", r".*torch\.jit\.", DeprecationWarning)
        from torch_geometric.nn import kge
    name = embedding.model
    maker = {"transe": "TransE", "distmult": "DistMult", "complex": "ComplEx", "rotate": "RotatE"}
    dim = embedding.entities.shape[1] // (2 if name in ("complex", "rotate") else 1)
    extra = {"p_norm": 2.0} if name == "transe" else {}
    sizes = embedding.entities.shape[0], embedding.relations.shape[0], dim
    network = getattr(kge, maker[name])(*sizes, **extra)
    entities, relations = map(torch.from_numpy, (embedding.entities, embedding.relations))
    with torch.no_grad():
        network.node_emb.weight.copy_(entities[:, :dim])
        network.rel_emb.weight.copy_(relations[:, :dim])
        if name in ("complex", "rotate"):
            network.node_emb_im.weight.copy_(entities[:, dim:])
        if name == "complex":
            network.rel_emb_im.weight.copy_(relations[:, dim:])
        found = network(*torch.from_numpy(triples.T.copy())).numpy()
    return found - (network.margin if name == "rotate" else 0.0)


@pytest.mark.parametrize("model", KGE_MODELS)
def test_all_three_ways_of_scoring_agree_with_the_library(model: KgeModelName) -> None:
    embedding, triples = fitted(model), graph().triples
    heads, relations, tails = triples.T
    expected = library_scores(embedding, triples)
    rows = np.arange(triples.shape[0])
    np.testing.assert_allclose(embedding.scores(triples), expected, atol=1e-4)
    as_tails = embedding.tail_scores(heads, relations)
    np.testing.assert_allclose(as_tails[rows, tails], expected, atol=2e-3)
    as_heads = embedding.head_scores(tails, relations)
    np.testing.assert_allclose(as_heads[rows, heads], expected, atol=2e-3)


@pytest.mark.parametrize("model", KGE_MODELS)
def test_learned_vectors_know_true_links_from_corrupted_ones(model: KgeModelName) -> None:
    embedding, known = fitted(model), graph()
    false = corrupted(known.triples, known, make_rng(1))
    assert np.median(embedding.scores(known.triples)) > np.quantile(embedding.scores(false), 0.8)


def test_the_same_seed_gives_the_same_vectors_and_another_one_others() -> None:
    again = fit_kg_embedding(
        graph(), rng=make_rng(0), settings=KgeSettings(model="rotate", **SETTINGS)
    )
    np.testing.assert_array_equal(again.entities, fitted("rotate").entities)
    assert not np.allclose(fitted("rotate", seed=1).entities, again.entities)


def test_the_global_generator_of_torch_is_left_alone() -> None:
    import torch

    before = torch.random.get_rng_state()
    fit_kg_embedding(graph(), rng=make_rng(0), settings=KgeSettings(epochs=1))
    assert torch.equal(before, torch.random.get_rng_state())


@pytest.mark.parametrize("model", KGE_MODELS)
def test_arrays_bring_the_vectors_back(model: KgeModelName) -> None:
    embedding = fitted(model)
    back = KgEmbedding.from_arrays(embedding.to_arrays())
    assert back.model == model
    np.testing.assert_array_equal(back.entities, embedding.entities)
    np.testing.assert_array_equal(back.relations, embedding.relations)


def test_incomplete_arrays_are_refused() -> None:
    with pytest.raises(ArtifactError, match="entities"):
        KgEmbedding.from_arrays({"model": np.array([0])})


def test_a_graph_without_triples_is_refused() -> None:
    with pytest.raises(DataError, match="at least one triple"):
        fit_kg_embedding(graph_of(3, [], []), rng=make_rng(0))


def test_a_graph_of_one_entity_is_refused() -> None:
    with pytest.raises(DataError, match="two entities"):
        fit_kg_embedding(graph_of(1, [], [(0, "sequel_of", 0)]), rng=make_rng(0))


def test_entities_and_relations_of_hidden_triples_remain_in_the_others() -> None:
    known = random_problem(3, n_users=3, n_items=30).graph
    held = hold_out_triples(known, 0.5, make_rng(0))
    hidden, shown = known.triples[held], known.triples[~held]
    assert 0 < held.sum() <= 0.5 * known.n_triples + 0.5
    assert set(hidden[:, [0, 2]].ravel()) <= set(shown[:, [0, 2]].ravel())
    assert set(hidden[:, 1]) <= set(shown[:, 1])


def test_a_chain_that_would_fall_apart_is_not_held_out() -> None:
    chain = graph_of(3, [], [(0, "sequel_of", 1), (1, "prequel_of", 2)])
    assert not hold_out_triples(chain, 0.5, make_rng(0)).any()


def test_a_share_outside_of_its_range_is_refused() -> None:
    with pytest.raises(ConfigError, match="'share'"):
        hold_out_triples(graph(), 1.0, make_rng(0))


def test_quality_agrees_with_a_naive_loop() -> None:
    known = random_problem(4, n_users=3, n_items=12).graph
    held = hold_out_triples(known, 0.2, make_rng(0))
    embedding = fit_kg_embedding(known, rng=make_rng(0), settings=KgeSettings(epochs=2))
    quality = evaluate_links(embedding, known, held, rng=make_rng(0))
    true = {tuple(triple) for triple in known.triples.tolist()}
    head_ranks, tail_ranks = [], []
    for h, r, t in known.triples[held].tolist():
        tails = embedding.tail_scores(np.array([h]), np.array([r]))[0]
        heads = embedding.head_scores(np.array([t]), np.array([r]))[0]
        rivals = [e for e in range(known.n_entities) if (h, r, e) not in true]
        tail_ranks.append(
            1
            + sum(tails[e] > tails[t] for e in rivals)
            + sum(tails[e] == tails[t] for e in rivals) / 2
        )
        rivals = [e for e in range(known.n_entities) if (e, r, t) not in true]
        head_ranks.append(
            1
            + sum(heads[e] > heads[h] for e in rivals)
            + sum(heads[e] == heads[h] for e in rivals) / 2
        )
    assert quality.head["mean_rank"] == pytest.approx(np.mean(head_ranks), abs=0.02)
    assert quality.tail["mean_rank"] == pytest.approx(np.mean(tail_ranks), abs=0.02)
    assert quality.n_triples == held.sum()


def test_quality_is_told_per_relation() -> None:
    known = random_problem(4, n_users=3, n_items=30).graph
    held = hold_out_triples(known, 0.3, make_rng(0))
    embedding = fit_kg_embedding(known, rng=make_rng(0), settings=KgeSettings(epochs=1))
    by_relation = evaluate_links(embedding, known, held, rng=make_rng(0)).by_relation
    names = {known.relations.id_of(r) for r in np.unique(known.triples[held, 1]).tolist()}
    assert set(by_relation) == names
    assert sum(found["n_triples"] for found in by_relation.values()) == held.sum()


def test_a_model_without_any_knowledge_is_in_the_middle() -> None:
    known = random_problem(4, n_users=3, n_items=30).graph
    held = hold_out_triples(known, 0.3, make_rng(0))
    zeros = KgEmbedding(
        "distmult",
        np.zeros((known.n_entities, 2), dtype=np.float32),
        np.zeros((known.n_relations, 2), dtype=np.float32),
    )
    quality = evaluate_links(zeros, known, held, rng=make_rng(0))
    assert quality.both["hits@1"] == 0.0
    assert quality.both["mean_rank"] > known.n_entities / 4
    assert quality.curve.average_precision == pytest.approx(0.5, abs=0.01)


def test_a_nan_in_the_vectors_is_refused() -> None:
    known = graph()
    held = hold_out_triples(known, 0.2, make_rng(0))
    good = fitted("distmult")
    entities = good.entities.copy()
    entities[3] = np.nan
    broken = KgEmbedding("distmult", entities, good.relations)
    with pytest.raises(DataError, match="not finite"):
        evaluate_links(broken, known, held, rng=make_rng(0))


def test_nothing_held_out_is_a_clear_error() -> None:
    none = np.zeros(graph().n_triples, dtype=np.bool_)
    with pytest.raises(DataError, match="No triple could be held out"):
        evaluate_links(fitted("transe"), graph(), none, rng=make_rng(0))


def test_corruptions_are_not_in_the_graph_and_change_one_end() -> None:
    known = graph()
    false = corrupted(known.triples, known, make_rng(0))
    assert not {tuple(t) for t in false.tolist()} & {tuple(t) for t in known.triples.tolist()}
    assert (((false != known.triples).sum(axis=1)) == 1).all()


def test_frequencies_count_both_ends_of_each_relation() -> None:
    triples = np.array([[0, 0, 2], [1, 0, 2], [1, 0, 3], [3, 1, 0]])
    counts = count_links(triples, n_entities=4, n_relations=2)
    asked = np.array([0, 3])
    relations = np.array([0, 1])
    np.testing.assert_array_equal(
        counts.tail_scores(asked, relations), [[0, 0, 2, 1], [1, 0, 0, 0]]
    )
    np.testing.assert_array_equal(
        counts.head_scores(asked, relations), [[1, 2, 0, 0], [0, 0, 0, 1]]
    )
    np.testing.assert_array_equal(counts.scores(triples), [2, 4, 2, 1])


def test_frequencies_can_be_asked_for_hidden_links() -> None:
    known = graph()
    held_out = hold_out_triples(known, 0.2, make_rng(0))
    counts = count_links(known.triples[~held_out], known.n_entities, known.n_relations)
    found = evaluate_links(counts, known, held_out, rng=make_rng(0))
    assert found.n_triples == held_out.sum()
    assert 0 < found.both["mrr"] < 1
