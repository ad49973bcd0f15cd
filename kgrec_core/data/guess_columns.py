"""Which column of one table plays which part: ids, label, document, weight, time, links."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import PurePath

from kgrec_core.data.guess_words import (
    find_separator,
    is_friend_word,
    is_id_name,
    is_item_word,
    is_numeric,
    is_user_word,
    link_name,
    name_words,
    text_likeness,
    words_of,
)
from kgrec_core.data.interactions import NO_TIME
from kgrec_core.data.mapping import LinkColumn
from kgrec_core.data.report import ProblemReport
from kgrec_core.data.tables import RawTable
from kgrec_core.data.values import parse_times

__all__ = [
    "Sample",
    "find_friend",
    "find_item",
    "find_label",
    "find_links",
    "find_named",
    "find_text",
    "find_time",
    "find_triples",
    "find_user",
    "find_weight",
    "time_named_but_unread",
    "weight_named_but_unread",
]

_WEIGHT_WORDS = (
    *("rating", "score", "stars", "star", "grade", "rate", "playcount", "plays", "play"),
    *("listens", "listen", "weight", "quantity", "qty", "count", "views", "clicks", "hours"),
    *("minutes", "bewertung", "sterne", "note", "menge", "anzahl"),
)
_TIME_WORDS = words_of("timestamp time date datetime ts when day created datum zeit at on")
_LABEL_WORDS = ("title", "name", "label", "titel", "bezeichnung", "headline")
_NO_LINK_WORDS = words_of("url uri link image img poster picture photo id homepage")
_TRIPLE_NAMES = (
    ("head", "relation", "tail"),
    ("h", "r", "t"),
    ("subject", "predicate", "object"),
    ("source", "relation", "target"),
    ("quelle", "beziehung", "ziel"),
)
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}.*|\d{1,2}[./]\d{1,2}[./]\d{2,4}.*")
_MAX_DISTINCT = 0.6


@dataclass(frozen=True)
class Sample:
    """The first rows of one table.

    Attributes:
        file: file name.
        header: column names.
        columns: name -> cells.
    """

    file: str
    header: tuple[str, ...]
    columns: dict[str, list[str]]

    @classmethod
    def of(cls, table: RawTable) -> Sample:
        """The sample that a table is."""
        return cls(table.file, table.header, table.columns)

    @property
    def n_rows(self) -> int:
        """Rows in the sample."""
        return len(next(iter(self.columns.values())))

    @property
    def stem(self) -> str:
        """File name without its endings ("movies")."""
        return PurePath(self.file).name.split(".")[0]

    def distinct(self, column: str) -> float:
        """Share of different cells among those that are not empty; 0 when all are empty."""
        filled = [cell for cell in self.columns[column] if cell]
        return len(set(filled)) / len(filled) if filled else 0.0

    def is_key(self, column: str) -> bool:
        """True when hardly any value occurs twice (a few slips are allowed)."""
        return self.distinct(column) >= 0.95


def find_user(sample: Sample) -> list[str]:
    """Columns that name users, those that say "id" first."""
    return _found(sample, is_user_word)


def find_item(sample: Sample) -> list[str]:
    """Columns that name items, those that say "id" first."""
    return _found(sample, is_item_word)


def find_friend(sample: Sample) -> list[str]:
    """Columns that name the other end of a link between users."""
    return _found(sample, is_friend_word)


def find_named(sample: Sample, words: Sequence[str], taken: Sequence[str] = ()) -> str | None:
    """The column with the first of `words` in its name that is still free."""
    for word in words:
        for name in sample.header:
            if name not in taken and word in name_words(name):
                return name
    return None


def find_triples(sample: Sample) -> dict[str, str] | None:
    """Parts of a table of triples, None when it is none."""
    plain = [" ".join(w for w in name_words(n) if w != "id") for n in sample.header]
    for names in _TRIPLE_NAMES:
        if all(name in plain for name in names):
            at = [sample.header[plain.index(name)] for name in names]
            return dict(zip(("head", "relation", "tail"), at, strict=True))
    return None


def find_weight(sample: Sample, taken: Sequence[str]) -> str | None:
    """The numeric column whose name speaks of ratings or counts."""
    free = [name for name in sample.header if name not in taken]
    for word in _WEIGHT_WORDS:
        for name in free:
            if word in name_words(name) and is_numeric(sample.columns[name]):
                return name
    return None


def weight_named_but_unread(sample: Sample, taken: Sequence[str]) -> str | None:
    """A column that is named like a weight and holds numbers or NaN, but too few to be one."""
    for name in sample.header:
        named = name not in taken and any(word in name_words(name) for word in _WEIGHT_WORDS)
        if named and any(is_numeric([cell]) or _is_float(cell) for cell in sample.columns[name]):
            return name
    return None


def time_named_but_unread(sample: Sample, taken: Sequence[str]) -> str | None:
    """A column that is named like a time and holds dates or numbers, but too few to be one."""
    for name in sample.header:
        named = name not in taken and bool(_TIME_WORDS & set(name_words(name)))
        cells = [cell for cell in sample.columns[name][:200] if cell]
        if named and any(_are_times([cell]) or _is_float(cell) for cell in cells):
            return name
    return None


def find_time(sample: Sample, taken: Sequence[str]) -> str | None:
    """The column of times, by name or by cells that look like dates."""
    free = [name for name in sample.header if name not in taken]
    for name in free:
        if _TIME_WORDS & set(name_words(name)) and _are_times(sample.columns[name]):
            return name
    return next((name for name in free if _are_dates(sample.columns[name])), None)


def find_label(sample: Sample, taken: Sequence[str]) -> str | None:
    """The column that names a row for people, by its name or as short, different text."""
    named = find_named(sample, _LABEL_WORDS, taken)
    if named:
        return named
    for name in sample.header:
        cells = [cell for cell in sample.columns[name] if cell]
        if name in taken or not cells or is_numeric(cells) or _are_dates(cells):
            continue
        n_words = sum(cell.count(" ") + 1 for cell in cells) / len(cells)
        is_short = n_words <= 10 and max(map(len, cells[:200])) <= 200
        if is_short and sample.distinct(name) > 0.8 and not _says_no_link(name):
            return name
    return None


def find_text(sample: Sample, taken: Sequence[str]) -> str | None:
    """The column that reads most like prose."""
    free = [name for name in sample.header if name not in taken]
    likeness = {name: text_likeness(name, sample.columns[name]) for name in free}
    best = max(free, key=lambda name: likeness[name], default=None)
    return best if best is not None and likeness[best] >= 1 else None


def find_links(sample: Sample, taken: Sequence[str]) -> tuple[LinkColumn, ...]:
    """Columns whose values group the rows: genres, people, countries, decades."""
    free = [name for name in sample.header if name not in taken]
    return tuple(link for name in free if (link := _link(sample, name)))


def _found(sample: Sample, is_kind: Callable[[str], bool]) -> list[str]:
    names = [name for name in sample.header if is_kind(name)]
    return sorted(names, key=lambda name: not is_id_name(name))


def _are_dates(cells: Sequence[str]) -> bool:
    filled = [cell for cell in cells[:200] if cell]
    return bool(filled) and sum(map(bool, map(_DATE.fullmatch, filled))) >= 0.9 * len(filled)


def _are_times(cells: Sequence[str]) -> bool:
    filled = [cell for cell in cells[:500] if cell]
    nowhere = range(len(filled))
    times = parse_times(filled, file="", column="", lines=nowhere, report=ProblemReport())
    return bool(filled) and float((times != NO_TIME).mean()) >= 0.5


def _is_float(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True


def _says_no_link(column: str) -> bool:
    return bool(_NO_LINK_WORDS & set(name_words(column)))


def _link(sample: Sample, column: str) -> LinkColumn | None:
    cells = [cell for cell in sample.columns[column] if cell]
    relation, entity_type, width = link_name(column)
    if not cells or _says_no_link(column) or _are_dates(cells):
        return None
    if is_numeric(cells):
        if width is None or not _are_years(cells):
            return None
        return LinkColumn(column=column, relation=relation, entity_type=entity_type, bin=width)
    if text_likeness(column, cells) >= 1:
        return None
    separator = find_separator(cells)
    values = [value for cell in cells for value in (cell.split(separator) if separator else [cell])]
    distinct = len({value.strip() for value in values})
    is_known = not relation.startswith("has_") or entity_type == "genre"
    if distinct < 2 or (distinct > _MAX_DISTINCT * len(values) and not is_known):
        return None
    return LinkColumn(
        column=column, relation=relation, entity_type=entity_type, separator=separator
    )


def _are_years(cells: Sequence[str]) -> bool:
    plausible = sum(cell[:4].isdigit() and 1000 <= int(cell[:4]) <= 2100 for cell in cells)
    return plausible >= 0.9 * len(cells)
