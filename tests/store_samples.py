"""Small data sets with a known content, for the tests of storage, pipeline, jobs and cli."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import polars as pl

from kgrec_core.data.dataset import TAG_COLUMNS, TRIPLE_COLUMNS, Dataset, EntityColumn
from kgrec_core.data.interactions import NO_TIME, Interactions
from kgrec_core.data.mapping import LinkColumn
from kgrec_core.data.vocabulary import Vocabulary

GENRES = ("Drama", "Comedy", "Horror", "Western")


def small_dataset(*, name: str = "small", extra_weight: float = 1.0) -> Dataset:
    """Three users, four items, one link column, one tag, one triple, one friend link."""
    users, items = ("u1", "u2", "u3"), ("a", "b", "c", "d")
    interactions = Interactions(
        np.array([0, 0, 1, 2], dtype=np.int64),
        np.array([0, 1, 1, 3], dtype=np.int64),
        np.array([1.0, 5.0, 3.5, extra_weight], dtype=np.float32),
        np.array([10, 20, NO_TIME, 30], dtype=np.int64),
        3,
        4,
    )
    column = EntityColumn(
        owner="item",
        link=LinkColumn(column="genre", relation="has_genre", entity_type="genre", separator="|"),
        file="items.csv",
        owner_indices=np.array([0, 1, 3], dtype=np.int64),
        rows=np.array([2, 3, 5], dtype=np.int64),
        values=("Drama|Comedy", "Drama", "Größe"),
    )
    return Dataset(
        name=name,
        users=Vocabulary(users, name="user"),
        items=Vocabulary(items, name="item"),
        interactions=interactions,
        user_table=pl.DataFrame({"user_id": users, "user_label": users}),
        item_table=pl.DataFrame(
            {
                "item_id": items,
                "item_label": ("A", "B", "C", "D"),
                "text": ("a lonely house", "two friends", "", "a song"),
                "year": (1999.0, None, 2001.0, 2002.0),
            }
        ),
        social=np.array([[0, 1]], dtype=np.int64),
        tags=pl.DataFrame(
            {"user_index": [0], "item_index": [1], "tag": ["Funny"], "time": [NO_TIME]},
            schema=TAG_COLUMNS,
        ),
        columns=(column,),
        triples=pl.DataFrame(
            {
                "head_id": ["a"],
                "relation_id": ["follows"],
                "tail_id": ["b"],
                "file": ["kg.csv"],
                "row": [2],
            },
            schema=TRIPLE_COLUMNS,
        ),
        entity_labels={"x": "The X"},
        item_entities={2: "x"},
        given_parts=np.array([0, 0, 1, 2], dtype=np.uint8),
    )


def write_tables(folder: Path, *, n_users: int = 60, n_items: int = 40, seed: int = 0) -> Path:
    """CSV tables in which each user mostly likes one of four genres; readable by `import`."""
    folder.mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng(seed)
    items = ["item_id,title,genre,description"]
    for i in range(n_items):
        genre = GENRES[i % len(GENRES)]
        items.append(f"i{i},Title {i},{genre},A {genre.lower()} story with number {i}")
    rows = ["user_id,item_id,rating,timestamp"]
    for u in range(n_users):
        liked = [i for i in range(n_items) if i % len(GENRES) == u % len(GENRES)]
        other = [i for i in range(n_items) if i % len(GENRES) != u % len(GENRES)]
        chosen = [*rng.choice(liked, 7, replace=False), *rng.choice(other, 2, replace=False)]
        for position, i in enumerate(chosen):
            rows.append(f"u{u},i{i},{rng.integers(3, 6)},{1_000_000 + 1000 * u + position}")
    (folder / "items.csv").write_text("\n".join(items) + "\n", "utf-8")
    (folder / "interactions.csv").write_text("\n".join(rows) + "\n", "utf-8")
    return folder


def bare_dataset() -> Dataset:
    """The small data set without texts, link columns, tags and triples."""
    full = small_dataset()
    return dataclasses.replace(
        full,
        item_table=full.item_table.with_columns(pl.lit("").alias("text")),
        columns=(),
        item_entities={},
        tags=full.tags.clear(),
        triples=full.triples.clear(),
    )
