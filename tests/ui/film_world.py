"""A graph of four films, small enough to know by heart, and one score taken apart by hand."""

from __future__ import annotations

import numpy as np
import polars as pl

from kgrec_core.data.vocabulary import Vocabulary
from kgrec_core.explanation.names import Names
from kgrec_core.graph.knowledge_graph import KnowledgeGraph
from kgrec_core.recommender.contract import (
    Contribution,
    EvidenceUnit,
    PairExplanation,
    PathContribution,
)

HEAT, INSIDER, ALIEN, BLADE, MANN, SCOTT, DRAMA = range(7)
ITEM_IDS = ("f1", "f2", "f3", "f4")
LABELS = ("Heat", "The Insider", "Alien", "Blade Runner", "Michael Mann", "Ridley Scott", "Drama")
TYPES = ("item",) * 4 + ("person", "person", "genre")
# head, relation, tail: 0 directed_by, 1 in_genre; the last triple points at an item.
TRIPLES = (
    (HEAT, 0, MANN),
    (INSIDER, 0, MANN),
    (ALIEN, 0, SCOTT),
    (BLADE, 0, SCOTT),
    (HEAT, 1, DRAMA),
    (INSIDER, 1, DRAMA),
    (MANN, 2, INSIDER),
)


def film_graph(item_labels=LABELS[:4]) -> KnowledgeGraph:
    ids = [f"item:{id_}" for id_ in ITEM_IDS] + ["person:mann", "person:scott", "genre:drama"]
    return KnowledgeGraph(
        entities=Vocabulary(ids, name="entity"),
        entity_labels=(*item_labels, *LABELS[4:]),
        entity_types=TYPES,
        n_items=4,
        relations=Vocabulary(["directed_by", "in_genre", "known_for"], name="relation"),
        triples=np.array(TRIPLES, dtype=np.int64),
        provenance=pl.DataFrame(
            {
                "file": ["films.csv"] * 6 + ["people.csv"],
                "row": [2, 3, 4, 5, 2, 3, 0],
                "column": ["director"] * 4 + ["genre"] * 2 + [""],
                "n_sources": [1, 1, 1, 1, 1, 3, 1],
            }
        ),
    )


def film_names() -> Names:
    return Names(film_graph(), ITEM_IDS)


def cell(modality, index, attention, gate, kernel, *, kind="item", text="", paths=()):
    value = attention * gate * kernel
    return Contribution(
        modality, EvidenceUnit(kind, index, text), value, attention, gate, kernel, paths
    )


MANN_PATH = PathContribution((HEAT, MANN, INSIDER), (0, 1), 0.09)
DRAMA_PATH = PathContribution((HEAT, DRAMA, INSIDER), (4, 5), 0.03)


def insider_explanation() -> PairExplanation:
    """Why The Insider: Heat by behavior +0.30, graph +0.12, text -0.05; Alien +0.02; bias 0.10."""
    cells = (
        cell("collaborative", HEAT, 0.75, 0.5, 0.8),
        cell("collaborative", ALIEN, 0.25, 0.5, 0.16),
        cell("graph", HEAT, 0.6, 0.4, 0.5, paths=(MANN_PATH, DRAMA_PATH)),
        cell("text", HEAT, 1.0, 0.1, -0.5),
    )
    score = 0.10 + sum(part.value for part in cells)
    return PairExplanation(INSIDER, score, 0.10, cells)
