"""A `Dataset` as a folder of Parquet tables, and back."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from kgrec_core.contracts import IndexArray
from kgrec_core.data.dataset import Dataset, EntityColumn
from kgrec_core.data.interactions import Interactions
from kgrec_core.data.mapping import LinkColumn
from kgrec_core.data.report import Problem
from kgrec_core.data.vocabulary import Vocabulary
from kgrec_core.errors import ArtifactError, DataError
from kgrec_core.saved_settings import read_settings, stamped
from kgrec_core.storage.artifacts import SCHEMA_VERSION, read_json, read_manifest, write_json
from kgrec_core.storage.fingerprint import fingerprint_of, table_parts

__all__ = [
    "PROBLEMS_NAME",
    "dataset_fingerprint",
    "dataset_manifest",
    "read_dataset_folder",
    "read_problems",
    "read_table_file",
    "write_dataset_files",
    "write_problems",
]

PROBLEMS_NAME = "problems.json"


def dataset_fingerprint(dataset: Dataset) -> str:
    """Hash of all that was read and how it was mapped; the name does not count."""
    interactions = dataset.interactions
    parts: list[Any] = ["dataset", SCHEMA_VERSION, dataset.users.ids, dataset.items.ids]
    parts += [interactions.user_indices, interactions.item_indices]
    parts += [interactions.weights, interactions.times, dataset.given_parts, dataset.social]
    for table in (dataset.user_table, dataset.item_table, dataset.tags, dataset.triples):
        parts += table_parts(table)
    for column in dataset.columns:
        parts += [column.owner, column.link.model_dump(), column.file]
        parts += [column.owner_indices, column.rows, column.values]
    parts += [sorted(dataset.entity_labels.items()), sorted(dataset.item_entities.items())]
    return fingerprint_of(parts)


def dataset_manifest(dataset: Dataset) -> dict[str, Any]:
    """What the manifest of the folder says beside the list of files."""
    columns = [
        {"owner": column.owner, "link": stamped(column.link.model_dump()), "file": column.file}
        for column in dataset.columns
    ]
    return {
        "name": dataset.name,
        "fingerprint": dataset.fingerprint,
        "counts": dataset.counts(),
        "vocabularies": {"users": dataset.users.name, "items": dataset.items.name},
        "columns": columns,
        "has_given_parts": dataset.given_parts is not None,
    }


def write_dataset_files(dataset: Dataset, folder: Path) -> None:
    """Fill an empty folder with the tables.

    Raises:
        DataError: the ids of a table and of its vocabulary differ.
    """
    for table, column, vocabulary in (
        (dataset.user_table, "user_id", dataset.users),
        (dataset.item_table, "item_id", dataset.items),
    ):
        if tuple(table[column].to_list()) != vocabulary.ids:
            raise DataError(f"The column '{column}' must hold the ids in index order in 'Dataset'.")
    labels, linked = dataset.entity_labels, dataset.item_entities
    tables = {
        "interactions": _interaction_table(dataset),
        "users": dataset.user_table,
        "items": dataset.item_table,
        "social": pl.DataFrame(
            {"user_index": dataset.social[:, 0], "friend_index": dataset.social[:, 1]}
        ),
        "tags": dataset.tags,
        "triples": dataset.triples,
        "columns": _column_table(dataset.columns),
        "entity_labels": pl.DataFrame(
            {"entity_id": list(labels), "label": list(labels.values())},
            schema={"entity_id": pl.String, "label": pl.String},
        ),
        "item_entities": pl.DataFrame(
            {"item_index": list(linked), "entity_id": list(linked.values())},
            schema={"item_index": pl.Int64, "entity_id": pl.String},
        ),
    }
    for name, table in tables.items():
        table.write_parquet(folder / f"{name}.parquet")


def read_dataset_folder(folder: Path) -> Dataset:
    """The data set of a folder, with the name and fingerprint of its manifest.

    Raises:
        ArtifactError: the folder is not ours, incomplete or damaged.
    """
    manifest = read_manifest(folder, kind="dataset")
    try:
        return _dataset_of(folder, manifest)
    except (KeyError, TypeError, ValueError, pl.exceptions.PolarsError) as error:
        # The files can be read, but do not hold what a data set is made of.
        raise ArtifactError(
            f"{folder} is damaged: it does not hold a whole data set "
            f"({type(error).__name__}: {str(error)[:80]}). Import again."
        ) from error


def _dataset_of(folder: Path, manifest: dict[str, Any]) -> Dataset:
    names = ("interactions", "users", "items", "social", "tags", "triples", "columns")
    tables = {name: read_table_file(folder / f"{name}.parquet") for name in names}
    labels = read_table_file(folder / "entity_labels.parquet")
    linked = read_table_file(folder / "item_entities.parquet")
    vocabularies = manifest["vocabularies"]
    users = Vocabulary(tables["users"]["user_id"].to_list(), name=vocabularies["users"])
    items = Vocabulary(tables["items"]["item_id"].to_list(), name=vocabularies["items"])
    records = tables["interactions"]
    return Dataset(
        name=manifest["name"],
        users=users,
        items=items,
        interactions=Interactions(
            _indices(records["user_index"]),
            _indices(records["item_index"]),
            records["weight"].to_numpy().astype(np.float32),
            _indices(records["time"]),
            len(users),
            len(items),
        ),
        user_table=tables["users"],
        item_table=tables["items"],
        social=np.stack([_indices(series) for series in tables["social"]], axis=1),
        tags=tables["tags"],
        columns=_columns_of(manifest["columns"], tables["columns"], folder),
        triples=tables["triples"],
        entity_labels=dict(zip(labels["entity_id"], labels["label"], strict=True)),
        item_entities=dict(zip(linked["item_index"], linked["entity_id"], strict=True)),
        given_parts=records["part"].to_numpy() if manifest["has_given_parts"] else None,
        fingerprint=manifest["fingerprint"],
    )


def read_table_file(path: Path) -> pl.DataFrame:
    """One Parquet file of ours.

    Raises:
        ArtifactError: the file is damaged.
    """
    try:
        return pl.read_parquet(path)
    except (pl.exceptions.PolarsError, OSError) as error:
        reason = str(error).split("\n")[0]
        raise ArtifactError(f"{path} is damaged: {reason}. Import or train again.") from None


def write_problems(problems: list[Problem], folder: Path) -> None:
    """Keep the problem report beside the data."""
    write_json(folder / PROBLEMS_NAME, [dataclasses.asdict(problem) for problem in problems])


def read_problems(folder: Path) -> list[Problem]:
    """The problem report of the latest import; empty when there is none."""
    path = folder / PROBLEMS_NAME
    if not path.exists():
        return []
    return [Problem(**{**fields, "lines": tuple(fields["lines"])}) for fields in read_json(path)]


def _interaction_table(dataset: Dataset) -> pl.DataFrame:
    interactions = dataset.interactions
    table = pl.DataFrame(
        {
            "user_index": interactions.user_indices,
            "item_index": interactions.item_indices,
            "weight": interactions.weights,
            "time": interactions.times,
        }
    )
    if dataset.given_parts is None:
        return table
    return table.with_columns(pl.Series("part", dataset.given_parts))


def _column_table(columns: tuple[EntityColumn, ...]) -> pl.DataFrame:
    schema = {"column": pl.Int64, "owner_index": pl.Int64, "row": pl.Int64, "value": pl.String}
    tables = [
        pl.DataFrame(
            {
                "column": np.full(len(column.values), position, dtype=np.int64),
                "owner_index": column.owner_indices,
                "row": column.rows,
                "value": list(column.values),
            },
            schema=schema,
        )
        for position, column in enumerate(columns)
    ]
    return pl.concat([pl.DataFrame(schema=schema), *tables])


def _columns_of(
    heads: list[dict[str, Any]], cells: pl.DataFrame, folder: Path
) -> tuple[EntityColumn, ...]:
    columns = []
    owner = f"a column of the data set in {folder}"
    for position, head in enumerate(heads):
        own = cells.filter(pl.col("column") == position)
        columns.append(
            EntityColumn(
                owner=head["owner"],
                link=read_settings(LinkColumn, "link column", head["link"], owner),
                file=head["file"],
                owner_indices=_indices(own["owner_index"]),
                rows=_indices(own["row"]),
                values=tuple(own["value"].to_list()),
            )
        )
    return tuple(columns)


def _indices(series: pl.Series) -> IndexArray:
    return series.to_numpy().astype(np.int64)
