"""Files, their first rows, and the analyst's choices turned into a mapping."""

from __future__ import annotations

import gzip
from collections.abc import Mapping as MappingLike
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd
import polars as pl

from kgrec_core.config import checked
from kgrec_core.data.decoding import decode_bytes
from kgrec_core.data.guess import table_paths
from kgrec_core.data.mapping import (
    OPTIONAL_COLUMNS,
    REQUIRED_COLUMNS,
    LinkColumn,
    Mapping,
    Role,
    TableMapping,
)
from kgrec_core.data.records import read_records, sniff_separator, text_lines
from kgrec_core.data.report import ProblemReport
from kgrec_core.data.tables import table_of
from kgrec_core.errors import DataError
from kgrec_ui.theme import format_bytes

__all__ = [
    "FORMAT_NAMES",
    "PART_LABELS",
    "ROLE_LABELS",
    "TableChoice",
    "TablePreview",
    "build_mapping",
    "default_column",
    "links_frame",
    "links_of",
    "preview_of",
    "previews_of",
]

HEAD_BYTES = 262_144
PREVIEW_ROWS = 5

ROLE_LABELS: dict[Role, str] = {
    "interactions": "Interactions: who chose what",
    "items": "Items: what is known about each",
    "users": "Users: what is known about each",
    "tags": "Tags that were given to items",
    "social": "Links between users (friends, trust)",
    "triples": "Knowledge graph: head, relation, tail",
    "entities": "Names of knowledge graph entities",
    "item_links": "Which graph entity an item is",
}
PART_LABELS: dict[str, str] = {
    "user": "User id",
    "item": "Item id",
    "weight": "Rating or count",
    "time": "Time",
    "label": "Name to show",
    "text": "Description to read",
    "friend": "Id of the other user",
    "tag": "Tag",
    "head": "Head (from)",
    "relation": "Relation",
    "tail": "Tail (to)",
    "entity": "Entity id",
}
FORMAT_NAMES: dict[str, str] = {
    "csv": "tables with a header line",
    "recbole": "RecBole atomic files",
    "kgat": "KGAT text files",
    "movielens": "MovieLens files",
    "hetrec": "HetRec 2011 files",
}
LINK_COLUMNS = ("Column", "Relation", "Entity type", "Separator", "Bin width")


@dataclass(frozen=True)
class TablePreview:
    """The first rows of one file.

    Attributes:
        file: file name.
        size: size on disk, in words.
        header: column names; empty when the file cannot be read as a table.
        rows: the first rows as text.
        fault: why it cannot be read, "" when it can.
    """

    file: str
    size: str
    header: tuple[str, ...]
    rows: pd.DataFrame
    fault: str = ""


@dataclass(frozen=True)
class TableChoice:
    """What the analyst chose for one file; role None leaves the file out."""

    file: str
    role: Role | None
    columns: MappingLike[str, str | None] = field(default_factory=dict)
    links: tuple[LinkColumn, ...] = ()
    min_weight: float | None = None


def previews_of(folder: Path) -> list[TablePreview]:
    """One preview per file of `folder` that looks like a table, by name.

    Raises:
        DataError: there is no such folder, or no table in it.
    """
    if not folder.is_dir():
        raise DataError(
            f"There is no folder {folder}. Check the path; it must exist on the machine that "
            "runs kgrec."
        )
    files = table_paths(folder)
    if not files:
        names = sorted(path.name for path in folder.iterdir() if path.is_file())[:5]
        raise DataError(
            f"There is no table here (there are: {', '.join(names) or 'no files'}). Expected are "
            "CSV, TSV or Parquet files, plain or packed with gzip."
        )
    return [preview_of(path) for path in files]


def preview_of(path: Path) -> TablePreview:
    """The first rows of one file, reading no more than its beginning."""
    size = format_bytes(path.stat().st_size)
    try:
        header, rows = _head(path)
    except DataError as error:
        return TablePreview(path.name, size, (), pd.DataFrame(), str(error))
    return TablePreview(path.name, size, header, pd.DataFrame(rows, columns=list(header)))


def default_column(part: str, header: Sequence[str], guess: TableMapping | None) -> str | None:
    """The column offered for a part: the guessed one, else one that bears its name."""
    if guess is not None and guess.columns.get(part) in header:
        return guess.columns[part]
    for name in header:
        if name.casefold().replace(" ", "_") in (part, f"{part}_id", f"{part}id"):
            return name
    return None


def links_frame(links: Sequence[LinkColumn]) -> pd.DataFrame:
    """Link columns as an editable table."""
    rows = [
        (link.column, link.relation, link.entity_type, link.separator, link.bin) for link in links
    ]
    frame = pd.DataFrame(rows, columns=list(LINK_COLUMNS))
    texts = {name: "object" for name in LINK_COLUMNS[:4]}
    return frame.astype({**texts, "Bin width": "float64"})


def links_of(frame: pd.DataFrame) -> tuple[LinkColumn, ...]:
    """The edited table back as link columns; rows without a column are left out.

    Raises:
        ConfigError: a bin width is not above 0.
    """
    links = []
    for row in frame.to_dict("records"):
        column = _text(row["Column"])
        if not column:
            continue
        links.append(
            checked(
                LinkColumn,
                {
                    "column": column,
                    "relation": _text(row["Relation"]) or f"has_{_slug(column)}",
                    "entity_type": _text(row["Entity type"]) or _slug(column),
                    "separator": _text(row["Separator"]) or None,
                    "bin": None if pd.isna(row["Bin width"]) else float(row["Bin width"]),
                },
            )
        )
    return tuple(links)


def build_mapping(name: str, choices: Sequence[TableChoice]) -> Mapping:
    """The mapping that the choices mean.

    Raises:
        DataError: no interactions, or a needed column is not chosen; says which.
    """
    used = [(choice, choice.role) for choice in choices if choice.role is not None]
    if not any(role == "interactions" for _, role in used):
        raise DataError(
            "No file is marked as interactions. Choose that role for the file that tells who "
            "chose, bought, watched or rated what."
        )
    tables: list[dict[str, Any]] = []
    for choice, role in used:
        columns = {part: column for part, column in choice.columns.items() if column}
        missing = [PART_LABELS[part] for part in REQUIRED_COLUMNS[role] if part not in columns]
        if missing:
            raise DataError(f"{choice.file}: choose a column for {' and '.join(missing)}.")
        allowed = REQUIRED_COLUMNS[role] + OPTIONAL_COLUMNS[role]
        tables.append(
            {
                "file": choice.file,
                "role": role,
                "columns": {part: columns[part] for part in allowed if part in columns},
                "links": choice.links if role in ("items", "users") else (),
                "min_weight": choice.min_weight if role == "interactions" else None,
            }
        )
    return checked(Mapping, {"name": name, "tables": tables})


def _head(path: Path) -> tuple[tuple[str, ...], list[list[str]]]:
    with path.open("rb") as stream:
        start = stream.read(HEAD_BYTES)
    if start.startswith(b"PAR1"):
        return _parquet_head(path)
    if start.startswith(b"\x1f\x8b"):
        start = _unpacked_head(path)
    if len(start) >= HEAD_BYTES and b"\n" in start:
        start = start[: start.rindex(b"\n") + 1]
    report = ProblemReport()
    lines = text_lines(decode_bytes(start, file=path.name, report=report))
    separator = sniff_separator(lines)
    if separator is None:
        raise DataError(f"{path.name} has only one column. A table needs at least two.")
    head = lines[: PREVIEW_ROWS * 4]
    table = table_of(
        read_records(head, separator, file=path.name, report=report), file=path.name, report=report
    )
    columns = [table.columns[name][:PREVIEW_ROWS] for name in table.header]
    return table.header, [list(row) for row in zip(*columns, strict=True)]


def _parquet_head(path: Path) -> tuple[tuple[str, ...], list[list[str]]]:
    try:
        frame = pl.scan_parquet(path).head(PREVIEW_ROWS).collect()
    except (pl.exceptions.PolarsError, OSError):
        raise DataError(f"{path.name} is a damaged Parquet file. Write it again.") from None
    rows = [["" if cell is None else str(cell) for cell in row] for row in frame.rows()]
    return tuple(frame.columns), rows


def _unpacked_head(path: Path) -> bytes:
    try:
        with gzip.open(path) as stream:
            return stream.read(HEAD_BYTES)
    except (OSError, EOFError):
        raise DataError(f"{path.name} is a damaged gzip file. Pack it again.") from None


def _text(value: object) -> str:
    return value.strip() if isinstance(value, str) else ""


def _slug(text: str) -> str:
    return "_".join(text.casefold().split())
