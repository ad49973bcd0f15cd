"""Small problems with a known answer, shared by the recommender and explanation tests."""

from __future__ import annotations

import dataclasses

import numpy as np
import polars as pl
import scipy.sparse as sp

from kgrec_core.contracts import no_progress
from kgrec_core.data.interactions import NO_TIME, Interactions
from kgrec_core.data.vocabulary import Vocabulary
from kgrec_core.graph.knowledge_graph import KnowledgeGraph
from kgrec_core.graph.user_side import UserSide
from kgrec_core.recommender.channels.link_builder import embedding_channel
from kgrec_core.recommender.cold_gate import with_cold_items
from kgrec_core.recommender.contract import TrainingData
from kgrec_core.recommender.fusion import FusionRecommender
from kgrec_core.recommender.fusion_channels import fit_channels
from kgrec_core.recommender.fusion_fitting import gated
from kgrec_core.recommender.fusion_settings import GateParameters
from kgrec_core.rng import make_rng

N = 24


def interactions_of(pairs: list[tuple[int, int]], n_users: int, n_items: int) -> Interactions:
    users, items = np.array(pairs, dtype=np.int64).reshape(-1, 2).T
    ones = np.ones(users.size, dtype=np.float32)
    times = np.full(users.size, NO_TIME, dtype=np.int64)
    return Interactions(users.copy(), items.copy(), ones, times, n_users, n_items)


def graph_of(
    n_items: int, entities: list[tuple[str, str]], links: list[tuple[int, str, int]]
) -> KnowledgeGraph:
    """Items 0..n_items-1, then (id, type) entities; links are (head, relation, tail) indices."""
    ids = [f"item:{i}" for i in range(n_items)] + [id_ for id_, _ in entities]
    labels = [f"Item {i}" for i in range(n_items)] + [id_.split(":")[-1] for id_, _ in entities]
    types = ["item"] * n_items + [type_ for _, type_ in entities]
    relations = Vocabulary(dict.fromkeys(relation for _, relation, _ in links), name="relation")
    triples = np.array(
        [(head, relations.index_of(relation), tail) for head, relation, tail in links],
        dtype=np.int64,
    ).reshape(-1, 3)
    provenance = pl.DataFrame(
        {
            "file": ["films.csv"] * len(links),
            "row": list(range(2, len(links) + 2)),
            "column": ["links"] * len(links),
            "n_sources": [1] * len(links),
        },
        schema={"file": pl.String, "row": pl.Int64, "column": pl.String, "n_sources": pl.Int64},
    )
    return KnowledgeGraph(
        Vocabulary(ids, name="entity"),
        tuple(labels),
        tuple(types),
        n_items,
        relations,
        triples,
        provenance,
    )


def checkerboard(*, n_extra: int = 0) -> TrainingData:
    """Even users like even items; the diagonal is held out, so user i should get item i.

    Items are linked to their parity and to one of three colors; texts point along the parity.
    `n_extra` cold items follow at the end, linked and described like the others.
    """
    n_items = N + n_extra
    parity, color = n_items, n_items + 2
    entities = [("parity:even", "parity"), ("parity:odd", "parity")]
    entities += [(f"color:{name}", "color") for name in ("red", "green", "blue")]
    links = [(item, "has_parity", parity + item % 2) for item in range(n_items)]
    links += [(item, "has_color", color + item % 3) for item in range(n_items)]
    pairs = [(u, i) for u in range(N) for i in range(N) if u % 2 == i % 2 and u != i]
    held = [(u, (u + 4) % N) for u in range(N)]
    train = [pair for pair in pairs if pair not in held]
    vectors = np.zeros((n_items, 3), dtype=np.float32)
    for item in range(n_items):
        vectors[item] = (1.0, 0.4, 0.1 * (item % 3)) if item % 2 else (0.4, 1.0, 0.1 * (item % 3))
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    return TrainingData(
        interactions_of(train, N, n_items),
        interactions_of(held, N, n_items),
        graph_of(n_items, entities, links),
        vectors,
    )


def random_problem(seed: int, *, n_users: int, n_items: int) -> TrainingData:
    """Random interactions, links (shared and direct) and texts, with weights and times."""
    rng = np.random.default_rng(seed)
    pairs = [(u, i) for u in range(n_users) for i in range(n_items) if rng.random() < 0.3]
    picked = interactions_of(pairs, n_users, n_items)
    known = Interactions(
        picked.user_indices,
        picked.item_indices,
        rng.uniform(0.5, 5.0, len(picked)).astype(np.float32),
        rng.integers(0, 10**8, len(picked)).astype(np.int64),
        n_users,
        n_items,
    )
    is_validation = rng.random(len(known)) < 0.2
    entities = [(f"person:{number}", "person") for number in range(5)]
    links = [(i, "directed_by", n_items + int(rng.integers(5))) for i in range(n_items)]
    links += [(i, "starring", n_items + int(rng.integers(5))) for i in range(0, n_items, 2)]
    links += [(i, "sequel_of", i + 1) for i in range(0, n_items - 1, 4)]
    vectors = rng.normal(size=(n_items, 8)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    vectors[-1] = 0.0
    return TrainingData(
        known.select(~is_validation),
        known.select(is_validation),
        graph_of(n_items, entities, list(dict.fromkeys(links))),
        vectors,
    )


def with_people(seed: int) -> TrainingData:
    """A random problem in which users have friends and attributes, and the last item is cold."""
    data = random_problem(seed, n_users=24, n_items=16)
    rng = np.random.default_rng(seed)
    friends = np.triu(rng.random((24, 24)) < 0.2, 1).astype(np.float32)
    attributes = (rng.random((24, 4)) < 0.4).astype(np.float32)
    side = UserSide(
        sp.csr_array(friends + friends.T), sp.csr_array(attributes), ("a", "b", "c", "d")
    )
    warm = data.train.item_indices != 15
    held = data.validation.item_indices != 15
    return dataclasses.replace(
        data, train=data.train.select(warm), validation=data.validation.select(held), side=side
    )


def loud(recommender: FusionRecommender, data: TrainingData) -> FusionRecommender:
    """The same model with all channels and both cold gates switched on."""
    parameters = recommender.model.attention.parameters
    linked = embedding_channel(data.graph, "transe", make_rng(2))
    assert linked is not None
    channels, parameters = fit_channels(
        data,
        data.known(),
        recommender.settings,
        parameters,
        make_rng(1),
        no_progress,
        further=(linked,),
    )
    gates = {channel.name: GateParameters(weight=0.3, half=5.0) for channel in channels}
    chosen = parameters.model_copy(
        update={"gates": gates, "cold_gate": 0.7, "carried_gate": 0.9, "cold_evenness": 0.5}
        | {"cold_exponent": 0.4}
    )
    model = dataclasses.replace(recommender.model, channels=gated(channels, chosen))
    loud_one = FusionRecommender(recommender.settings)
    loud_one._model = with_cold_items(model, data.known().item_counts(), chosen)
    loud_one._graph = data.graph
    return loud_one
