"""The Last.fm layout of HetRec 2011: listening counts, friends, dated tags, perhaps a graph."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from kgrec_core.contracts import IndexArray
from kgrec_core.data.from_mapping import add_table
from kgrec_core.data.interactions import NO_TIME
from kgrec_core.data.mapping import TableMapping
from kgrec_core.data.pieces import Pieces, TagRows
from kgrec_core.data.records import text_lines
from kgrec_core.data.report import ProblemReport
from kgrec_core.data.tables import RawTable, read_text, table_of
from kgrec_core.data.times import seconds_of_date

__all__ = ["is_hetrec", "read_hetrec"]

_FIRST_YEAR = 2000
"""Tagging on Last.fm began in 2005; earlier years are slips of the site's clock."""

_TAG_COLUMNS = ("userID", "artistID", "tagID", "day", "month", "year")


def is_hetrec(folder: Path) -> bool:
    """True when `folder` holds artists.dat and user_artists.dat."""
    return (folder / "artists.dat").is_file() and (folder / "user_artists.dat").is_file()


def read_hetrec(folder: Path, report: ProblemReport) -> Pieces:
    """Read a folder in the HetRec Last.fm layout; the weights are listening counts.

    Besides the .dat files, kg.txt and item_index2entity_id.txt of a folder kg_freebase (in the
    folder or beside it) are read as triples and links.

    Raises:
        DataError: a file is no text or lacks a column.
    """
    pieces = Pieces()
    artists = _dat_table(folder / "artists.dat", report)
    _add(artists, "items", {"item": "id", "label": "name"}, pieces, report)
    plays = _dat_table(folder / "user_artists.dat", report)
    columns = {"user": "userID", "item": "artistID", "weight": "weight"}
    _add(plays, "interactions", columns, pieces, report)
    if (folder / "user_friends.dat").is_file():
        friends = _dat_table(folder / "user_friends.dat", report)
        _add(friends, "social", {"user": "userID", "friend": "friendID"}, pieces, report)
    _add_tags(folder, pieces, report)
    _add_graph(folder, pieces, report)
    return pieces


def _add(
    table: RawTable, role: str, columns: dict[str, str], pieces: Pieces, report: ProblemReport
) -> None:
    mapping = TableMapping.model_validate({"file": table.file, "role": role, "columns": columns})
    add_table(table, mapping, pieces, report)


def _dat_table(path: Path, report: ProblemReport, header: tuple[str, ...] = ()) -> RawTable:
    """A tab separated table whose quotation marks are plain characters."""
    lines = text_lines(read_text(path, report=report))
    cut = ((number, line.rstrip("\r\n")) for number, line in enumerate(lines, start=1))
    records = ((number, line.split("\t") if line else []) for number, line in cut)
    return table_of(records, file=path.name, report=report, header=header or None)


def _add_tags(folder: Path, pieces: Pieces, report: ProblemReport) -> None:
    paths = sorted(folder.glob("user_taggedartists*.dat"))
    paths = [path for path in paths if "timestamps" not in path.name]
    if not paths or not (folder / "tags.dat").is_file():
        return
    table = _dat_table(folder / "tags.dat", report)
    names = dict(zip(table.column("tagID"), table.column("tagValue"), strict=True))
    for path in paths:
        pieces.tags.append(_tag_rows(_dat_table(path, report), names, report))


def _tag_rows(table: RawTable, names: dict[str, str], report: ProblemReport) -> TagRows:
    users, items, numbers = (table.column(name) for name in _TAG_COLUMNS[:3])
    times = _times(table, report)
    kept = []
    for at, number in enumerate(numbers):
        if users[at] and items[at] and names.get(number):
            kept.append(at)
            continue
        reason = "no user, no artist or a tag without a name in tags.dat: row left out"
        value = f"{users[at]}, {items[at]}, {number}"
        report.add(table.file, line=table.lines[at], reason=reason, value=value)
    return TagRows(
        file=table.file,
        user_ids=[users[at] for at in kept],
        item_ids=[items[at] for at in kept],
        tags=[names[numbers[at]] for at in kept],
        times=times[kept],
        lines=[table.lines[at] for at in kept],
    )


def _times(table: RawTable, report: ProblemReport) -> IndexArray:
    dates = list(zip(*(table.column(name) for name in ("year", "month", "day")), strict=True))
    known = {date: _seconds(date) for date in set(dates)}
    times = np.array([known[date] for date in dates], dtype=np.int64)
    for at in np.flatnonzero(times == NO_TIME).tolist():
        year = dates[at][0]
        what = f"a year before {_FIRST_YEAR}" if year.isdigit() else "no date"
        if year.isdigit() and int(year) >= _FIRST_YEAR:
            what = "no such day"
        reason = f"{what}: the tag was kept without a time"
        value = "-".join(dates[at])
        report.add(table.file, line=table.lines[at], column="year", reason=reason, value=value)
    return times


def _seconds(date: tuple[str, str, str]) -> int:
    if not all(part.isdigit() and len(part) <= 4 for part in date):
        return int(NO_TIME)
    year, month, day = (int(part) for part in date)
    return seconds_of_date(year, month, day) if year >= _FIRST_YEAR else int(NO_TIME)


def _add_graph(folder: Path, pieces: Pieces, report: ProblemReport) -> None:
    for place in (folder, folder / "kg_freebase", folder.parent / "kg_freebase"):
        triples, links = place / "kg.txt", place / "item_index2entity_id.txt"
        if triples.is_file() and links.is_file():
            table = _dat_table(triples, report, header=("head", "relation", "tail"))
            columns = {"head": "head", "relation": "relation", "tail": "tail"}
            _add(table, "triples", columns, pieces, report)
            table = _dat_table(links, report, header=("item", "entity"))
            _add(table, "item_links", {"item": "item", "entity": "entity"}, pieces, report)
            return
