"""Rows of the database for finished folders; unlisted ones are taken up when a workspace opens.

A process may be killed between renaming a folder into place and listing it, and a team may copy
folders without the database; neither may lose finished work.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from kgrec_core.errors import ArtifactError
from kgrec_core.saved_settings import present_where_possible
from kgrec_core.storage.artifacts import is_complete, read_manifest
from kgrec_core.storage.database import Database
from kgrec_core.storage.records import DatasetRecord, GraphRecord, RunRecord
from kgrec_core.storage.tables import DatasetRow, GraphRow, RunRow

__all__ = ["list_folder", "record_of", "take_up_unlisted"]

Row = DatasetRow | GraphRow | RunRow
Record = TypeVar("Record", DatasetRecord, GraphRecord, RunRecord)


def record_of(record_type: type[Record], row: Row, **more: Any) -> Record:
    """A row as the record that callers get; `more` are fields that the table does not hold."""
    fields = {key: getattr(row, key) for key in row.__table__.columns.keys()}  # noqa: SIM118 - not a dict
    if isinstance(row, RunRow):
        fields["settings"] = present_where_possible("train", row.settings)
    return record_type(**fields, **more)


def list_folder(database: Database, row: Row) -> None:
    """Insert or replace the row of a folder that is in place."""
    try:
        with database.writing() as session:
            session.merge(row)
    except IntegrityError:
        # Another process listed the same folder at the same moment, or the data set it
        # belongs to is not in this workspace: in both cases there is nothing to add.
        return


def take_up_unlisted(root: Path, database: Database) -> None:
    """List every complete folder of the workspace `root` that has no row."""
    kinds: tuple[tuple[str, Any, Callable[[dict[str, Any], str], Row]], ...] = (
        ("dataset", DatasetRow.fingerprint, _dataset_row),
        ("graph", GraphRow.fingerprint, _graph_row),
        ("run", RunRow.run_id, _run_row),
    )
    for kind, key, row_of in kinds:
        with database.reading() as session:
            listed = set(session.scalars(select(key)))
        for folder in _folders(root / f"{kind}s"):
            if folder.name not in listed and is_complete(folder):
                row = _row_of(folder, kind, row_of)
                if row is not None:
                    list_folder(database, row)


def _row_of(folder: Path, kind: str, row_of: Callable[[dict[str, Any], str], Row]) -> Row | None:
    """The row of a folder; None when it is of another version, so that it stays as it is."""
    try:
        return row_of(read_manifest(folder, kind=kind), folder.name)
    except (ArtifactError, KeyError, TypeError):
        return None


def _folders(parent: Path) -> Iterator[Path]:
    return (p for p in sorted(parent.iterdir()) if p.is_dir() and not p.name.startswith("."))


def _dataset_row(manifest: dict[str, Any], name: str) -> DatasetRow:
    return DatasetRow(
        fingerprint=name,
        name=manifest["name"],
        created_at=manifest["created_at"],
        counts=manifest["counts"],
        n_problems=manifest["n_problems"],
    )


def _graph_row(manifest: dict[str, Any], name: str) -> GraphRow:
    return GraphRow(
        fingerprint=name,
        dataset_fingerprint=manifest["dataset_fingerprint"],
        created_at=manifest["created_at"],
        counts=manifest["counts"],
    )


def _run_row(manifest: dict[str, Any], name: str) -> RunRow:
    return RunRow(**{**manifest["record"], "run_id": name})
