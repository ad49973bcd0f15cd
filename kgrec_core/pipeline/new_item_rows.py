"""Many new items from one table: which column is what, and what each row makes of it."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from rapidfuzz import process

from kgrec_core.data.guess_columns import Sample, find_label, find_text
from kgrec_core.data.mapping import LinkColumn
from kgrec_core.data.report import Problem, ProblemReport
from kgrec_core.data.tables import RawTable, read_table
from kgrec_core.errors import ConfigError
from kgrec_core.graph.knowledge_graph import KnowledgeGraph
from kgrec_core.graph.naming import bin_names
from kgrec_core.graph.search import folded
from kgrec_core.pipeline.new_items import NewItemForm

__all__ = [
    "ANY_TYPE",
    "IGNORED",
    "LINKS",
    "MAX_ROWS",
    "NAME",
    "TEXT",
    "ItemRow",
    "RowProblem",
    "column_roles",
    "guess_roles",
    "read_item_table",
    "read_rows",
]

NAME, TEXT, IGNORED = "name", "text", "ignored"
LINKS = "links:"
"""A column of links has the role "links:TYPE"."""
ANY_TYPE = "*"
"""The type of a column of links to entities of any type."""
MAX_ROWS = 500
"""Rows of one table: a page has to answer while somebody waits."""
SEPARATORS = ("|", ";", ",")
GUESS_ROWS = 200
LEAST_KNOWN = 0.4
"""Share of the values of a column that must be known before it is taken for links."""
DECADE = LinkColumn(column="year", relation="from_decade", entity_type="decade", bin=10.0)
N_NEAR = 2


@dataclass(frozen=True)
class RowProblem:
    """Something in one row that could not be used.

    Attributes:
        line: line of the file, counted from 1.
        column: its name, "" when the whole row is meant.
        value: what stands there.
        text: what was found and what was done about it, in words.
    """

    line: int
    column: str
    value: str
    text: str


@dataclass(frozen=True)
class ItemRow:
    """One row of the table.

    Attributes:
        line: line of the file, counted from 1.
        label: the name that the item has from now on; unique in the table.
        form: the described item; None when nothing is known that could place it.
        problems: what could not be used.
    """

    line: int
    label: str
    form: NewItemForm | None
    problems: tuple[RowProblem, ...] = ()


@dataclass(frozen=True)
class _Entities:
    """Entities of a graph by name; items are left out."""

    graph: KnowledgeGraph

    @cached_property
    def by_type(self) -> dict[str, dict[str, str]]:
        """Type -> folded label -> entity id; the first of equal labels counts."""
        found: dict[str, dict[str, str]] = {}
        graph = self.graph
        rows = zip(graph.entities.ids, graph.entity_labels, graph.entity_types, strict=True)
        for index, (id_, label, kind) in enumerate(rows):
            if index >= graph.n_items:
                for type_ in (kind, ANY_TYPE):
                    found.setdefault(type_, {}).setdefault(folded(label), id_)
        return found

    def find(self, value: str, entity_type: str) -> str | None:
        """The entity called `value`, or of this id, or the decade that a year lies in."""
        known = self.by_type.get(entity_type, {})
        if value in self.graph.entities and self.graph.entities.index_of(value) >= (
            self.graph.n_items
        ):
            return value
        return known.get(folded(value)) or known.get(folded(_decade(value)))

    def hint(self, value: str, entity_type: str) -> str:
        """Near names in words, "" without any."""
        names = self.by_type.get(entity_type, {})
        matches = process.extract(folded(value), list(names), limit=N_NEAR, score_cutoff=75)
        labels = [
            self.graph.entity_labels[self.graph.entities.index_of(names[name])]
            for name, _, _ in matches
        ]
        return f" Near ones: {', '.join(labels)}." if labels else ""


def read_item_table(data: bytes, file: str) -> tuple[RawTable, list[Problem]]:
    """An uploaded table, and what was wrong with it as a file.

    Raises:
        DataError: it is no text, empty, or has fewer than two columns.
    """
    report = ProblemReport()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "upload"
        path.write_bytes(data)
        table = read_table(path, report=report, file=file)
    return table, report.problems


def column_roles(graph: KnowledgeGraph) -> list[str]:
    """All roles that a column can have: name, text, links of each type, of any type, none."""
    kinds = sorted({kind for kind in graph.entity_types[graph.n_items :]})
    return [NAME, TEXT, *(f"{LINKS}{kind}" for kind in kinds), LINKS + ANY_TYPE, IGNORED]


def guess_roles(table: RawTable, graph: KnowledgeGraph) -> dict[str, str]:
    """A role for each column: names by heading or look, text by look, links by known values."""
    sample = Sample.of(table)
    entities = _Entities(graph)
    links = {name: _links_of(name, table.columns[name], entities) for name in table.header}
    label = find_label(sample, [name for name, kind in links.items() if kind])
    label = label or find_label(sample, []) or table.header[0]
    text = find_text(sample, [label, *(name for name, kind in links.items() if kind)])
    roles = {}
    for name in table.header:
        kind = links[name]
        roles[name] = LINKS + kind if kind else IGNORED
    if text is not None:
        roles[text] = TEXT
    roles[label] = NAME
    return roles


def read_rows(
    table: RawTable, roles: Mapping[str, str], graph: KnowledgeGraph, *, reads_text: bool
) -> tuple[ItemRow, ...]:
    """Every row of the table as an item, or with the reason why it cannot be placed.

    Args:
        table: the rows.
        roles: column -> role, see `column_roles`; missing columns are not used.
        graph: names the entities that can be linked.
        reads_text: False leaves texts out, for runs that cannot read them.

    Raises:
        ConfigError: no column or several hold the name or the text, or there are too many rows.
    """
    named = [column for column, role in roles.items() if role == NAME]
    texts = [column for column, role in roles.items() if role == TEXT]
    if len(named) != 1 or len(texts) > 1:
        raise ConfigError(
            f"One column must be the name and at most one the text (got {len(named)} and "
            f"{len(texts)}). Change the roles of the columns."
        )
    if len(table) > MAX_ROWS:
        raise ConfigError(
            f"{table.file} has {len(table)} rows; at most {MAX_ROWS} new items are placed at once. "
            "Split the file."
        )
    links = {
        column: role.removeprefix(LINKS) for column, role in roles.items() if role.startswith(LINKS)
    }
    reader = _Reader(table, named[0], texts[0] if texts and reads_text else "", links, graph)
    return tuple(reader.rows())


class _Reader:
    """Turns rows into items and keeps the names that are taken."""

    def __init__(
        self,
        table: RawTable,
        name: str,
        text: str,
        links: Mapping[str, str],
        graph: KnowledgeGraph,
    ) -> None:
        self._table, self._name, self._text, self._links = table, name, text, links
        self._entities = _Entities(graph)
        self._taken: set[str] = set()

    def rows(self) -> Iterable[ItemRow]:
        """The rows in order."""
        for position, line in enumerate(self._table.lines):
            problems: list[RowProblem] = []
            label = self._label(position, line, problems)
            text = self._cell(self._text, position) if self._text else ""
            ids = self._linked(position, line, problems)
            form = NewItemForm(label, text, ids) if text or ids else None
            if form is None:
                words = "No text and no known link, so nothing tells where it belongs. Not placed."
                problems.append(RowProblem(line, "", label, words))
            yield ItemRow(line, label, form, tuple(problems))

    def _cell(self, column: str, position: int) -> str:
        return self._table.columns[column][position].strip()

    def _label(self, position: int, line: int, problems: list[RowProblem]) -> str:
        label = self._cell(self._name, position)
        if not label:
            label = f"Row {line}"
            words = f"The name is missing. The item is called “{label}” here."
            problems.append(RowProblem(line, self._name, "", words))
        if label in self._taken:
            given, label = label, f"{label} (row {line})"
            words = f"An earlier row has the same name. This one is called “{label}” here."
            problems.append(RowProblem(line, self._name, given, words))
        self._taken.add(label)
        return label

    def _linked(self, position: int, line: int, problems: list[RowProblem]) -> tuple[str, ...]:
        found: dict[str, None] = {}
        for column, kind in self._links.items():
            for value, id_ in _values(self._cell(column, position), kind, self._entities):
                if id_ is not None:
                    found[id_] = None
                    continue
                what = "entity" if kind == ANY_TYPE else kind.replace("_", " ")
                words = f"“{value}” is not known as {what}; this link is left out."
                words += self._entities.hint(value, kind)
                problems.append(RowProblem(line, column, value, words))
        return tuple(found)


def _values(cell: str, kind: str, entities: _Entities) -> list[tuple[str, str | None]]:
    """The values of one cell with their entities; a cell that is known as a whole is one value."""
    if not cell:
        return []
    whole = entities.find(cell, kind)
    separator = next((sign for sign in SEPARATORS if sign in cell), None)
    if whole is not None or separator is None:
        return [(cell, whole)]
    parts = [part.strip() for part in cell.split(separator)]
    return [(part, entities.find(part, kind)) for part in parts if part]


def _links_of(heading: str, cells: list[str], entities: _Entities) -> str | None:
    """The type whose entities most values of a column are; None when too few are known.

    A type that the heading names ("genres", "genre") wins over one that knows more of the values.
    """
    filled = [cell for cell in cells[:GUESS_ROWS] if cell.strip()]
    shares: dict[str, float] = {}
    for kind in entities.by_type:
        if kind == ANY_TYPE:
            continue
        found = [id_ for cell in filled for _, id_ in _values(cell, kind, entities)]
        shares[kind] = sum(id_ is not None for id_ in found) / len(found) if found else 0.0
    known = [kind for kind, share in shares.items() if share >= LEAST_KNOWN]
    return max(known, key=lambda kind: (kind in heading.lower(), shares[kind]), default=None)


def _decade(value: str) -> str:
    """The label of the decade of a year, "" when `value` is no year."""
    if not (value.isascii() and value.isdecimal() and len(value) == 4):
        return ""
    names = bin_names(float(value), DECADE)
    return names[1] if names else ""
