"""A split of eight interactions and a graph of two triples, for the tests of the peers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import polars as pl

from benchmarks.peers.export_split import Problem
from benchmarks.peers.records import CHOOSING, Record
from kgrec_core.config import SplitSettings
from kgrec_core.data.splitting import make_split
from kgrec_core.data.vocabulary import Vocabulary
from kgrec_core.graph.knowledge_graph import KnowledgeGraph
from tests.data_samples import dataset_of

PAIRS = [(0, 0), (0, 1), (0, 2), (0, 3), (1, 0), (1, 2), (1, 4), (1, 1)]
PARTS = [0, 0, 1, 2, 0, 1, 2, 2]
TEST_LISTS = {"u0": ["i3", "i4"], "u1": ["i3", "i4"]}
"""For u0 the one test item comes first; for u1 one of two comes second."""


def small_problem() -> Problem:
    """Users u0 and u1, items i0 to i4; i0 and i1 share the entity "studio"."""
    dataset = dataset_of(PAIRS, parts=PARTS)
    items = [f"item:{id_}" for id_ in dataset.items.ids]
    graph = KnowledgeGraph(
        entities=Vocabulary([*items, "studio"], name="entity"),
        entity_labels=(*items, "Studio"),
        entity_types=(*(["item"] * 5), "studio"),
        n_items=5,
        relations=Vocabulary(["made_by"], name="relation"),
        triples=np.array([[0, 0, 5], [1, 0, 5]], dtype=np.int64),
        provenance=pl.DataFrame(
            {"file": ["", ""], "row": [0, 0], "column": ["", ""], "n_sources": [1, 1]}
        ),
    )
    return Problem(dataset, make_split(dataset, SplitSettings(name="given")), graph)


def record_of(
    lists: dict[str, list[str]] | None = None,
    *,
    split: str = "",
    model: str = "BPR",
    fitted_on: str = CHOOSING,
    trial: int = 0,
    validation: float | None = 0.5,
    capped: bool = False,
    own: Sequence[tuple[str, float]] = (),
) -> Record:
    """A record with the given lists; the other values are of no importance."""
    record = Record(
        library="recbole 1.2.1",
        model=model,
        split=split,
        fitted_on=fitted_on,
        trial=trial,
        settings={"learning_rate": 0.001},
        seed=7,
        validation=validation,
        epochs=3,
        best_epoch=2,
        capped=capped,
        fit_seconds=2.0,
        cpu_seconds=1.5,
        peak_memory_mb=100.0,
        own_metrics={"recall@20": 0.75, "ndcg@20": 0.5},
        lists=TEST_LISTS if lists is None else lists,
    )
    return replace(record, own_metrics=record.own_metrics | dict(own))
