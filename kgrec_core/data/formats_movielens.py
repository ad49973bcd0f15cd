"""MovieLens as GroupLens hands it out: the ml-latest, ml-100k and ml-1m layouts."""

from __future__ import annotations

import re
from pathlib import Path

from kgrec_core.data.extras import Extras, read_extras
from kgrec_core.data.from_mapping import add_table
from kgrec_core.data.mapping import LinkColumn, TableMapping
from kgrec_core.data.pieces import Pieces
from kgrec_core.data.report import ProblemReport
from kgrec_core.data.role_rows import link_rows, owner_rows
from kgrec_core.data.tables import RawTable, read_table, read_text

__all__ = ["is_movielens", "read_movielens"]

_LAYOUTS = (("movies.csv", "ratings.csv"), ("u.data", "u.item"), ("ratings.dat", "movies.dat"))
_NO_GENRES = "(no genres listed)"
_YEAR = re.compile(r"\((\d{4})(?:[-–]\d{0,4})?\)\s*$")
_RATING_COLUMNS = ("user_id", "item_id", "rating", "timestamp")
_GENRE_FLAGS_FROM = 5

_GENRES = LinkColumn(column="genres", relation="has_genre", entity_type="genre", separator="|")
_DECADE = LinkColumn(column="year", relation="from_decade", entity_type="decade", bin=10)
_USER_LINKS = (
    LinkColumn(column="gender", relation="has_gender", entity_type="gender"),
    LinkColumn(column="occupation", relation="has_occupation", entity_type="occupation"),
    LinkColumn(column="age", relation="has_age", entity_type="age", bin=10),
)


def is_movielens(folder: Path) -> bool:
    """True when the folder holds the tables of one of the layouts."""
    if not any(all((folder / name).is_file() for name in layout) for layout in _LAYOUTS):
        return False
    if not (folder / "movies.csv").is_file() or (folder / "u.data").is_file():
        return True
    with (folder / "movies.csv").open("rb") as stream:
        return b"movieId" in stream.readline()


def read_movielens(folder: Path, report: ProblemReport) -> Pieces:
    """Read MovieLens; genres become links, years from titles decades, tags tags.

    An items.tsv or item_text.tsv (texts, people) and a kg.tsv (item, relation, "type:name") in the
    folder, in a folder "derived" of it or beside it are taken too; genres then come from kg.tsv.

    Raises:
        DataError: a file is no text or lacks a column.
    """
    extras = read_extras(folder, report)
    if (folder / "u.data").is_file():
        return _read_100k(folder, extras, report)
    if (folder / "ratings.dat").is_file():
        return _read_1m(folder, extras, report)
    return _read_latest(folder, extras, report)


def _read_latest(folder: Path, extras: Extras, report: ProblemReport) -> Pieces:
    pieces = Pieces()
    movies = read_table(folder / "movies.csv", report=report)
    _add_movies(movies, "movieId", "title", extras, pieces, report)
    if (folder / "links.csv").is_file():
        links = read_table(folder / "links.csv", report=report)
        owner_rows(links, {}, "movieId", pieces.items, report)
    columns = {"user": "userId", "item": "movieId", "weight": "rating", "time": "timestamp"}
    _add(read_table(folder / "ratings.csv", report=report), "interactions", columns, pieces, report)
    if (folder / "tags.csv").is_file():
        columns = {"user": "userId", "item": "movieId", "tag": "tag", "time": "timestamp"}
        _add(read_table(folder / "tags.csv", report=report), "tags", columns, pieces, report)
    return pieces


def _read_100k(folder: Path, extras: Extras, report: ProblemReport) -> Pieces:
    pieces = Pieces()
    names = [line.split("|")[0] for line in read_text(folder / "u.genre", report=report).split()]
    names = [name.replace("_", " ") for name in names]
    header = ("item_id", "title", "released", "video_released", "imdb", *names)
    movies = read_table(folder / "u.item", report=report, separator="|", header=header)
    flags = zip(*(movies.columns[name] for name in names), strict=True)
    genres = [
        "|".join(name for name, flag in zip(names, row, strict=True) if flag == "1")
        for row in flags
    ]
    kept = {name: movies.columns[name] for name in header[:_GENRE_FLAGS_FROM]}
    kept["genres"] = ["" if cell == "unknown" else cell for cell in genres]
    movies = RawTable(movies.file, tuple(kept), kept, movies.lines)
    _add_movies(movies, "item_id", "title", extras, pieces, report)
    _add_users(folder / "u.user", ("user_id", "age", "gender", "occupation", "zip"), pieces, report)
    _add_ratings(folder / "u.data", "\t", pieces, report)
    return pieces


def _read_1m(folder: Path, extras: Extras, report: ProblemReport) -> Pieces:
    pieces = Pieces()
    header = ("item_id", "title", "genres")
    movies = read_table(folder / "movies.dat", report=report, separator="::", header=header)
    _add_movies(movies, "item_id", "title", extras, pieces, report)
    names = ("user_id", "gender", "age", "occupation", "zip")
    _add_users(folder / "users.dat", names, pieces, report, separator="::")
    _add_ratings(folder / "ratings.dat", "::", pieces, report)
    return pieces


def _add(
    table: RawTable, role: str, columns: dict[str, str], pieces: Pieces, report: ProblemReport
) -> None:
    mapping = TableMapping.model_validate({"file": table.file, "role": role, "columns": columns})
    add_table(table, mapping, pieces, report)


def _add_ratings(path: Path, separator: str, pieces: Pieces, report: ProblemReport) -> None:
    table = read_table(path, report=report, separator=separator, header=_RATING_COLUMNS)
    parts = dict(zip(("user", "item", "weight", "time"), _RATING_COLUMNS, strict=True))
    _add(table, "interactions", parts, pieces, report)


def _add_users(
    path: Path,
    header: tuple[str, ...],
    pieces: Pieces,
    report: ProblemReport,
    *,
    separator: str = "|",
) -> None:
    if not path.is_file():
        return
    table = read_table(path, report=report, separator=separator, header=header)
    keep = owner_rows(table, {}, "user_id", pieces.users, report)
    pieces.links.extend(link_rows(table, _USER_LINKS, "user_id", "user", keep, report))


def _add_movies(
    table: RawTable,
    id_column: str,
    title_column: str,
    extras: Extras,
    pieces: Pieces,
    report: ProblemReport,
) -> None:
    """Items with genres and year; links only where no graph file states them already."""
    years = [found[1] if (found := _YEAR.search(t)) else "" for t in table.column(title_column)]
    genres = ["" if cell == _NO_GENRES else cell for cell in table.column("genres")]
    columns = table.columns | {"genres": genres, "year": years}
    table = RawTable(table.file, tuple(columns), columns, table.lines)
    keep = owner_rows(table, {"label": title_column}, id_column, pieces.items, report)
    if not extras.has_graph:
        links = (_GENRES, _DECADE)
        pieces.links.extend(link_rows(table, links, id_column, "item", keep, report))
    extras.add_to(pieces, report)
